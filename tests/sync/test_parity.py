"""The two sources are one port: the same 60 people, through the roster and through Personio, each against its own copy of
the same employer in Loket, come to the same."""

import csv
import json
from typing import Any

import pytest
import requests
import yaml
from django.core.management import call_command

from loket_portal.simulator import Simulator
from mapping import services as mappings
from onboarding.models import Connection, User
from onboarding.services import personio_entities
from sync.models import Link, Run
from sync.services import results, rosters, runs
from sync.services.setup import DEFAULT_MAPPING
from tests.sync.answers import worked
from tests.sync.conftest import SAMPLE
from tests.sync.personio import HORECA, LINDE, work

ONLY_IN_PERSONIO = "personio-42008"  # works at Catering, and moves to Horeca later
ALIKE = {"end_reason_unmapped": "end_reason_missing"}
"""By default the reason of an end has a column in a roster, and no attribute in Personio (docs/mapping.md)."""


def by_roster(connection: Connection, user: User, *, is_dry: bool) -> Run:
    assert connection.entity
    run = worked(runs.start(connection.entity, is_dry=is_dry, user=user, ring=False))
    assert run is not None
    return run


def told(run: Run) -> dict[str, dict[str, Any]]:
    """What a run says of everybody, by name; what is planned for later only Personio knows."""
    assert run.state in Run.FINISHED, (run.shown_message, run.shown_hint)
    found = {}
    for result in run.results.all():
        if result.person["key"] == ONLY_IN_PERSONIO:
            continue
        detail = result.detail
        name = result.person["name"]
        assert name not in found, "a name is enough to tell the people of the sample apart"
        found[name] = {
            "outcome": result.outcome,
            "reason": result.reason,
            "not sent": result.not_sent_count,
            "problems": [(ALIKE.get(p["code"], p["code"]), p["field"], p["effect"]) for p in detail["problems"]],
            "changes": [
                (c["field"], c["old"], c["new"], c["sendable"]) for c in detail["changes"] if not c.get("waits_until")
            ],
            "messages": [message[0] for message in detail["messages"]],
        }
    return found


def loket(simulator: Simulator, employer: str) -> Any:
    answer = requests.get(f"{simulator.url}/_simulator/state", params={"employer": employer}, timeout=10)
    answer.raise_for_status()
    return json.loads(answer.text.replace('"Tulp ', '"Linde '))  # the administrations have names of their own


@pytest.mark.django_db(transaction=True)
def test_the_same_people_come_to_the_same_through_both_sources(
    sample: Connection, linde: Connection, administrator: User, simulator: Simulator
) -> None:
    people = list(csv.DictReader(SAMPLE.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert loket(simulator, "Tulp Horeca B.V.") == loket(simulator, LINDE), "both begin alike"

    previews = by_roster(sample, administrator, is_dry=True), work(linde)
    roster, personio = map(told, previews)
    assert len(roster) == len(people) == 60
    assert personio == roster

    syncs = by_roster(sample, administrator, is_dry=False), work(linde, is_dry=False)
    roster, personio = map(told, syncs)
    assert personio == roster
    assert loket(simulator, LINDE) == loket(simulator, "Tulp Horeca B.V."), "and both end alike"

    again = by_roster(sample, administrator, is_dry=True), work(linde)
    assert told(again[1]) == told(again[0])
    assert results.counts(again[1])["changed"] == 0, "and nothing is left to send"


@pytest.mark.django_db(transaction=True)
def test_a_legal_entity_that_goes_over_to_personio_doubles_nobody(linde: Connection, simulator: Simulator) -> None:
    assert linde.entity
    entity = linde.entity
    mappings.publish(entity.company, yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8")))
    personio_entities.unbind(entity, None)
    rosters.upload(entity, None, SAMPLE.name, SAMPLE.read_bytes())
    for is_dry in (True, False):
        work(linde, is_dry=is_dry)
    before, wrote, known = loket(simulator, LINDE), len(simulator.log.writes()), Link.objects.count()
    assert wrote

    personio_entities.take(entity.company, None, HORECA)
    linde.refresh_from_db()
    assert runs.needs_preview(linde.entity), "nobody has seen what Personio would change"
    for is_dry in (True, False):
        work(linde, is_dry=is_dry)
    assert loket(simulator, LINDE) == before
    assert len(simulator.log.writes()) == wrote
    assert Link.objects.count() == known, "the same people, remembered once"


@pytest.mark.django_db(transaction=True)
def test_the_shell_syncs_an_entity_of_personio_and_forgets_a_person_by_number(
    linde: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert linde.entity
    name = linde.entity.name
    for words in ("Nothing was written", "created 22, changed 15"):
        with pytest.raises(SystemExit):
            call_command("sync_now", name)
        assert words in capsys.readouterr().out
    known = Link.objects.count()
    call_command("forget_person", name, "1001", "--reason", "removed from Loket")
    assert Link.objects.count() == known - 1
