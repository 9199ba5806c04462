"""The main job without a browser: the real services, client, engine and database, the simulator over HTTP."""

import pytest
import requests

from loket_portal.simulator import Simulator
from onboarding.models import Connection, User
from sync.models import Link, Result, RosterPerson, Run
from sync.services import results, runs
from tests import expected
from tests.sync.answers import worked
from tests.sync.conftest import writes


def state(simulator: Simulator) -> dict[str, object]:
    return requests.get(f"{simulator.url}/_simulator/state", timeout=10).json()


def work(connection: Connection, user: User, *, is_dry: bool) -> Run:
    run = runs.start(connection.entity, is_dry=is_dry, user=user, ring=False)
    finished = worked(run)
    assert finished.state in {"succeeded", "partial"}, (finished.shown_message, finished.shown_hint)
    return finished


@pytest.mark.django_db(transaction=True)
def test_the_sample_roster_reaches_loket_and_a_second_run_writes_nothing(
    sample: Connection, administrator: User, simulator: Simulator
) -> None:
    before = state(simulator)

    preview = work(sample, administrator, is_dry=True)
    assert writes(simulator) == []
    assert state(simulator) == before

    first = work(sample, administrator, is_dry=False)
    assert results.counts(first) == {**results.counts(preview)}
    assert state(simulator) == expected.world()

    sent = len(writes(simulator))
    second = work(sample, administrator, is_dry=False)
    assert len(writes(simulator)) == sent
    counts = results.counts(second)
    assert (counts["created"], counts["changed"], counts["failed"]) == (0, 0, 0)
    assert Result.objects.filter(run=first, outcome="created").count() == 22
    assert Link.objects.count() == 49
    stored = [p.values for p in RosterPerson.objects.all()]
    assert sum(isinstance(v.get("bsn"), dict) for v in stored) == 49, "a confirmed BSN is purged from the roster"
