"""A released connection is never written to again: runs of it stop before the next write and end (rule 37)."""

import pytest

from loket_portal.simulator import Simulator
from onboarding.models import Connection, User
from onboarding.services import connections, releases
from sync.models import Link, Run
from sync.outcomes import PersonResult
from sync.services import execution, links, runs
from tests.factories import ConnectionFactory, UserFactory
from tests.onboarding import desk
from tests.sync import pages
from tests.sync.conftest import writes

pytestmark = pytest.mark.any_database


def release(connection: Connection) -> None:
    releases.decide(releases.ask(connection, "Wrong one.", desk.support()), desk.support(), approve=True)


@pytest.fixture
def connection(db: None) -> Connection:
    return ConnectionFactory()


def the_end(run: Run) -> Run:
    run.refresh_from_db()
    assert (run.state, run.lease_until) == (Run.State.FAILED, None)
    assert run.finished_at is not None
    assert "released the connection" in run.shown_message
    assert run.shown_hint
    return run


def test_released_in_the_middle_of_a_run_nothing_more_is_written(
    sample: Connection, administrator: User, simulator: Simulator
) -> None:
    entity = sample.entity
    assert entity is not None
    preview = runs.start(entity, is_dry=True, user=administrator, ring=False)
    execution.execute(preview.pk)
    run = runs.start(entity, is_dry=False, user=administrator, ring=False)
    written: list[int] = []

    def release_after_the_first_write(_result: PersonResult) -> None:
        if writes(simulator) and not written:
            release(sample)
            written.append(len(writes(simulator)))

    execution.execute(run.pk, release_after_the_first_write)
    assert written, "the run wrote before it was released"
    assert len(writes(simulator)) == written[0]
    ended = the_end(run)
    assert 0 < ended.results.exclude(outcome="planned").count() < 60, "what was done until then stays to be read"
    assert execution.execute(run.pk) is None, "nobody takes it up again"


def test_a_run_that_waits_is_never_begun(connection: Connection) -> None:
    run = pages.run(connection, state=Run.State.QUEUED, roster=None)
    release(connection)
    assert runs.claim(run.pk, "worker") is None
    the_end(run)


def test_the_sweep_ends_what_a_killed_worker_has_left(connection: Connection) -> None:
    run = pages.run(connection, state=Run.State.RUNNING, claimed_by="gone", roster=None)
    release(connection)
    assert runs.sweep() == 0, "it is not rung again"
    the_end(run)


@pytest.mark.parametrize("step", ["renew", "progress", "finish", "give_back"])
def test_whoever_works_on_it_has_lost_it(connection: Connection, step: str) -> None:
    run = pages.run(connection, state=Run.State.RUNNING, claimed_by="me", roster=None)
    acts = {
        "renew": lambda: runs.renew(run, "me"),
        "progress": lambda: runs.progress(run, "me", done=2),
        "finish": lambda: runs.finish(run, "me", Run.State.SUCCEEDED),
        "give_back": lambda: runs.give_back(run, "me"),
    }
    assert runs.renew(run, "me"), "before the release it was his"
    release(connection)
    assert not acts[step]()
    runs.sweep()
    the_end(run)


def test_runs_of_other_connections_go_on(connection: Connection) -> None:
    other = pages.run(ConnectionFactory(), state=Run.State.RUNNING, claimed_by="me", roster=None)
    release(connection)
    runs.sweep()
    assert runs.renew(other, "me")


def test_no_run_begins_until_it_is_connected_anew_and_then_with_a_preview(
    sample: Connection, administrator: User
) -> None:
    entity = sample.entity
    assert entity is not None
    pages.run(sample, roster=None)
    release(sample)
    assert runs.refusal_to_start(entity, is_dry=True, user=administrator) == runs.Refusal.NOT_CONNECTED
    ConnectionFactory(entity=entity, login=sample.login)
    assert runs.refusal_to_start(entity, is_dry=False, user=administrator) == runs.Refusal.PREVIEW_FIRST
    assert runs.refusal_to_start(entity, is_dry=True, user=administrator) is None


def test_history_is_neither_switched_nor_forgotten(connection: Connection) -> None:
    link = Link.objects.create(connection=connection, key_hash=links.key_hashes(connection, "1001")[0])
    release(connection)
    connection.refresh_from_db()
    assert not connections.set_conversion(connection, converts=True, user=UserFactory(is_staff=True))
    assert not links.forget(connection, "1001", "gone")
    assert Link.objects.get() == link
