"""A run from the database to Loket and back: several calls at once, in turns, paused, asked about, cut off (D4, D6, D10)."""

import threading
from collections import Counter

import pytest
from django.conf import LazySettings
from django.db import connection as database
from django.utils import timezone

from loket_portal.simulator import Simulator
from onboarding.models import Connection, User
from sync import apply
from sync.guards import Code
from sync.models import Operation, Roster, Run
from sync.outcomes import PersonResult
from sync.services import approvals, execution, results, runs
from tests.sync import personio
from tests.sync.answers import worked
from tests.sync.conftest import writes

pytestmark = [pytest.mark.any_database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def run(sample: Connection, administrator: User, settings: LazySettings) -> Run:
    """A sync of the sample that works with four calls at once; its preview has been seen."""
    runs_first = runs.start(sample.entity, is_dry=True, user=administrator, ring=False)
    Run.objects.filter(pk=runs_first.pk).update(state="partial", finished_at=timezone.now())
    settings.LOKET_PARALLEL_PER_CONNECTION = 4
    return runs.start(sample.entity, is_dry=False, user=administrator, ring=False)


def assert_whole(run: Run, simulator: Simulator) -> None:
    """Loket is as the plan wants it, nobody was made twice, and nothing was sent twice."""
    assert run.state == Run.State.PARTIAL, run.shown_message  # the roster's six faults
    counts = results.counts(run)
    assert (counts["created"], counts["changed"], counts["planned"], counts["failed"]) == (22, 17, 0, 0)
    sent = Counter((e["method"], e["path"]) for e in simulator.log.writes())
    assert sum(number for (_method, path), number in sent.items() if path.endswith("/conceptemployees")) == 22
    assert max(number for (method, _path), number in sent.items() if method == "PUT") == 1
    left = results.counts(worked(runs.start(run.connection.entity, is_dry=True, user=None, ring=False)))
    assert (left["created"], left["changed"], left["failed"]) == (0, 0, 0)


def open_ends() -> tuple[list[str], int]:
    """The threads of runs, and the connections with the database."""
    names = [
        one.name
        for one in threading.enumerate()
        if one.name.startswith(("scribe", "lease", "slots", "pages", "window"))
    ]
    if database.vendor != "postgresql":
        return names, 0
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'"  # and no autovacuum, which comes and goes
        )
        return names, cursor.fetchone()[0]


def test_four_calls_at_once_come_to_the_same_and_leave_nothing_behind(run: Run, simulator: Simulator) -> None:
    before = open_ends()
    finished = worked(run)
    assert open_ends() == before
    assert_whole(finished, simulator)
    assert not Operation.objects.exclude(state="confirmed").exists()


def test_in_turns_it_comes_to_its_end_and_writes_nothing_twice(
    run: Run, simulator: Simulator, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SLICE_SECONDS, settings.SLICE_PEOPLE = 0, 8
    monkeypatch.setattr(apply, "GROUP", 4)  # so that the sixty are several turns
    simulator.options.latency = 20  # else all are begun before the first is done
    turns, ended = 0, run
    while ended.is_active and turns < 80:
        found = execution.execute(run.pk, is_sliced=True)
        assert found is not None
        ended, turns = found, turns + 1
        if ended.state == Run.State.WAITING:
            approvals.approve(ended, None, {guard.code: True for guard in approvals.questions(ended)})
    assert turns > 2
    assert_whole(ended, simulator)


@pytest.mark.parametrize("word", [approvals.pause, approvals.cancel], ids=["pause", "cancel"])
def test_who_stops_it_is_heard_in_the_middle_and_what_was_sent_stays(
    run: Run, simulator: Simulator, word: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "GROUP", 4)
    simulator.options.latency = 20  # else all are sent before the word is heard
    said: list[int] = []

    def say(_result: PersonResult) -> None:
        if writes(simulator) and not said:
            said.append(1)
            word(Run.objects.get(pk=run.pk), None)  # type: ignore[operator]

    stopped = execution.execute(run.pk, say)
    assert stopped is not None
    assert stopped.state == ("paused" if word is approvals.pause else "cancelled")
    sent = len(writes(simulator))
    assert 0 < sent < 37, "not everybody"
    assert execution.execute(run.pk) is None
    if word is approvals.cancel:
        assert len(writes(simulator)) == sent
        return
    finished = worked(approvals.resume(stopped, None))
    assert_whole(finished, simulator)


def test_a_sync_asks_before_bank_accounts_change_and_can_leave_them_out(run: Run, simulator: Simulator) -> None:
    waiting = execution.execute(run.pk)
    assert waiting is not None
    assert waiting.state == Run.State.WAITING
    assert [guard.code for guard in approvals.questions(waiting)] == [Code.BANK_ACCOUNTS]
    assert not [e for e in writes(simulator) if "paymentinformation" in e["path"] and e["method"] == "PUT"]
    approvals.approve(waiting, None, {Code.BANK_ACCOUNTS: False})
    finished = worked(run)
    assert finished.state in Run.FINISHED
    assert not [e for e in writes(simulator) if "paymentinformation" in e["path"] and e["method"] == "PUT"]
    assert results.counts(finished)["planned"] == 0


def test_a_database_that_drops_everybody_in_the_middle_costs_time_only(run: Run, simulator: Simulator) -> None:
    cut: list[int] = []

    def drop_all(_result: PersonResult) -> None:
        if writes(simulator) and not cut:
            cut.append(1)
            others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
            if database.vendor == "postgresql":  # SQLite has nobody to drop: there it only comes to its end
                with database.cursor() as cursor:
                    cursor.execute(f"{others} AND pid <> pg_backend_pid()")

    for _turn in range(4):
        execution.execute(run.pk, drop_all)
        Run.objects.filter(pk=run.pk, state="queued").update(lease_until=timezone.now())
    finished = Run.objects.get(pk=run.pk)
    if finished.state == Run.State.WAITING:
        approvals.approve(finished, None, {guard.code: True for guard in approvals.questions(finished)})
        finished = worked(run)
    assert cut
    assert_whole(finished, simulator)


def test_a_reading_is_a_turn_of_its_own(linde: Connection) -> None:
    run = personio.start(linde, is_dry=True)
    first = execution.execute(run.pk, is_sliced=True)
    assert first is not None
    assert (first.state, first.attempts, first.results.count()) == ("queued", 0, 0)
    assert first.roster == Roster.objects.get()
    second = execution.execute(run.pk, is_sliced=True)
    assert second is not None
    assert (second.state in Run.FINISHED, second.roster) == (True, first.roster)
