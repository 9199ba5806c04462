"""Runs as rows: one at a time, claimed once, given back, swept, ended with words (rules 50, 56, 57)."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import LazySettings
from django.db import OperationalError
from django.db import connections as database
from django.utils import timezone

from loket_portal.lib import bell
from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded, WriteUnsure
from mapping.rules import Problem
from onboarding.models import Connection, LegalEntity, LoketLogin, Role, User
from sync import tasks as sync_tasks
from sync.diff import Change
from sync.guards import Guard, NeedsApproval, Totals
from sync.models import Operation, Result, Roster, Run, Standing
from sync.outcomes import Outcome, PersonResult, Remark
from sync.ports import LeaseLost, SliceOver, Stopped
from sync.services import execution, leases, retention, runs, turns
from sync.services.ports import DbJournal, DbReporter
from sync.services.runs import Refusal, RunRefused
from sync.services.scribe import Scribe
from sync.services.sheltered import sheltered
from tests.factories import ConnectionFactory, EntityFactory, member


def roster(entity: LegalEntity) -> Roster:
    """A roster of nobody."""
    return Roster.objects.create(
        entity=entity, file_name="r.csv", uploaded_at=timezone.now(), person_count=0, fault_count=0
    )


@pytest.fixture
def ready(mapped: LegalEntity) -> Connection:
    """Connected, with a roster of nobody: enough to start runs."""
    roster(mapped)
    return ConnectionFactory(entity=mapped)


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs that were rung."""
    heard: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda _task, *ids, **_when: heard.extend(ids))
    return heard


def start(connection: Connection, *, is_dry: bool = True) -> Run:
    return runs.start(connection.entity, is_dry=is_dry, user=None)


def expire(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_second_request_gets_the_run_that_is_under_way(ready: Connection, rung: list[int]) -> None:  # rule 56
    first = start(ready)
    assert start(ready) == first
    assert rung == [first.pk]


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_one_claims() -> None:
    run = Run.objects.create(connection=ConnectionFactory(), is_dry=True, trigger="person")
    barrier, won = threading.Barrier(8), []

    def work(number: int) -> None:
        barrier.wait()
        try:
            won.append(runs.claim(run.pk, f"worker-{number}") is not None)
        finally:
            database.close_all()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_of_two_that_start_at_once_one_run_is_made() -> None:  # rule 56
    connection = ConnectionFactory()
    barrier, made = threading.Barrier(2), []

    def work() -> None:
        barrier.wait()
        try:
            Run.objects.create(connection=connection, is_dry=True, trigger="person")
            made.append(True)
        except Exception as error:  # noqa: BLE001
            made.append(type(error).__name__)
        finally:
            database.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, made)) == ["IntegrityError", "True"]


def test_a_run_whose_worker_is_gone_shows_as_interrupted_and_is_rung_by_the_sweep(
    ready: Connection, rung: list[int]
) -> None:
    run = start(ready)
    assert runs.claim(run.pk, "killed")
    run.refresh_from_db()
    assert not run.is_interrupted
    rung.clear()
    runs.sweep()
    assert rung == [], "a living lease is left alone"
    expire(run)
    run.refresh_from_db()
    assert run.is_interrupted
    runs.sweep()
    assert rung == [run.pk]
    assert runs.claim(run.pk, "next") is not None
    assert not runs.progress(run, "killed", done=1), "the killed worker, back from the dead, writes nothing"


def test_the_fifth_killed_attempt_in_a_row_is_the_last(ready: Connection) -> None:
    run = start(ready)
    for _ in range(runs.MAX_ATTEMPTS):
        assert runs.claim(run.pk, "killed")
        expire(run)
    assert runs.claim(run.pk, "next") is None
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "five times" in run.shown_message
    assert run.shown_hint


def test_a_run_given_back_counts_no_attempt(ready: Connection) -> None:
    run = start(ready)
    runs.claim(run.pk, "stopping")
    assert runs.give_back(run, "stopping")
    run.refresh_from_db()
    assert (run.state, run.attempts) == (Run.State.QUEUED, 0)
    assert runs.claim(run.pk, "next") is not None, "at once"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ConfigProblem("a right is missing", "the accountant grants it"), "failed"),
        (SignInNeeded("sign in", "the administrator does"), "blocked"),
        (Retryable("Loket is away", "nothing to do"), "queued"),
        (RuntimeError("BSN 999999990 in a text"), "failed"),
    ],
)
def test_whatever_happens_a_run_ends_with_words(
    ready: Connection,
    error: Exception,
    state: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_args: Any) -> None:
        raise error

    monkeypatch.setattr(execution, "_work", fail)
    run = start(ready)
    execution.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, bool(run.message), bool(run.hint)) == (state, True, True)
    assert "999999990" not in run.message + run.hint


def test_loket_that_is_away_is_tried_again_later_and_not_for_ever(
    ready: Connection, monkeypatch: pytest.MonkeyPatch, rung: list[int]
) -> None:
    def away(*_args: Any) -> None:
        raise Retryable("Loket is away", "nothing to do", retry_after=120)

    monkeypatch.setattr(execution, "_work", away)
    run = start(ready)
    for retry in range(1, runs.MAX_RETRIES + 1):
        execution.execute(run.pk)
        run.refresh_from_db()
        assert (run.state, run.retries, run.attempts) == (Run.State.QUEUED, retry, 0), "no attempt is lost to an outage"
        assert run.lease_until is not None
        assert run.lease_until > timezone.now() + timedelta(seconds=100), "Loket's own wish is honoured"
        assert execution.execute(run.pk) is None, "not before its time"
        expire(run)
    execution.execute(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "by itself" not in run.shown_hint


def test_a_write_is_fenced_by_the_claim(ready: Connection) -> None:
    run = start(ready)
    claimed = runs.claim(run.pk, "one")
    assert claimed is not None
    journal = DbJournal(claimed, Scribe(claimed, "one", is_threaded=False))
    before = Run.objects.get().lease_until
    journal.sent("1", "put", "mark")
    after = Run.objects.get().lease_until
    assert before is not None
    assert after is not None
    assert after > before, "from a write on the lease outlives the longest call"
    expire(run)
    assert runs.claim(run.pk, "two")
    with pytest.raises(LeaseLost):
        journal.sent("1", "put", "mark")
    assert Operation.objects.count() == 1, "what is not allowed to be sent is not journalled"


def test_the_heartbeat_survives_a_busy_database(
    ready: Connection, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RUN_LEASE_SECONDS = 0.5
    answers, told = iter([OperationalError("database is locked"), True, False]), threading.Event()

    def renew(*_args: Any) -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        if not answer:
            told.set()
        return answer

    monkeypatch.setattr(leases, "renew", renew)
    heartbeat = runs.Heartbeat(start(ready), "one")
    with heartbeat:
        assert told.wait(10), "it went on after the error, until somebody else had the run"
    assert heartbeat.lost


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda c: LegalEntity.objects.update(enabled_at=None), Refusal.NOT_ENABLED),
        (lambda c: Connection.objects.all().delete(), Refusal.NOT_CONNECTED),
        (lambda c: LoketLogin.objects.update(state="sign_in_needed"), Refusal.SIGN_IN_AGAIN),
        (lambda c: Roster.objects.all().delete(), Refusal.NO_ROSTER),
        (lambda c: c.entity.company.mapping_sets.update(state="retired"), Refusal.NO_MAPPING),
    ],
)
def test_a_run_is_refused_with_the_reason(ready: Connection, change: Any, refusal: Refusal) -> None:
    change(ready)
    with pytest.raises(RunRefused) as caught:
        runs.start(LegalEntity.objects.get(), is_dry=True, user=None)
    assert caught.value.refusal == refusal


def test_the_first_sync_wants_a_preview_of_the_present_roster(ready: Connection) -> None:  # rule 57
    with pytest.raises(RunRefused) as caught:
        start(ready, is_dry=False)
    assert caught.value.refusal == Refusal.PREVIEW_FIRST
    preview = start(ready)
    Run.objects.update(state=Run.State.PARTIAL)
    Roster.objects.all().delete()
    newer = roster(ready.entity)
    assert runs.needs_preview(ready.entity), "a newer roster wants a preview of its own"
    Run.objects.filter(pk=preview.pk).update(roster=newer)
    ready.entity.refresh_from_db()
    assert not start(ready, is_dry=False).is_dry


def test_a_run_whose_roster_was_replaced_ends_and_says_so(ready: Connection) -> None:
    run = start(ready)
    Roster.objects.all().delete()
    roster(ready.entity)
    ended = execution.execute(run.pk)
    assert ended is not None
    assert ended.state == Run.State.FAILED
    assert "replaced" in ended.shown_message


def test_only_payroll_edit_of_this_entity_counts(ready: Connection) -> None:  # rule 7
    elsewhere = member(EntityFactory(company=ready.entity.company), Role.Preset.PAYROLL_MANAGER)
    Role.objects.get(name="Payroll Manager").payroll_entities.remove(ready.entity)
    with pytest.raises(RunRefused) as caught:
        runs.start(ready.entity, is_dry=True, user=elsewhere)
    assert caught.value.refusal == Refusal.NOT_ALLOWED


def test_names_and_values_are_purged_after_their_term(ready: Connection, settings: LazySettings) -> None:
    run = start(ready)
    Result.objects.create(run=run, key_hash="x", row=2, outcome="changed", person={"key": "1"}, detail={"changes": []})
    old = timezone.now() - timedelta(days=settings.RESULT_RETENTION_DAYS, seconds=1)
    Run.objects.update(state="succeeded", finished_at=timezone.now())
    assert retention.purge() == 0
    Run.objects.update(finished_at=old)
    assert retention.purge() == 1
    result = Result.objects.get()
    assert (result.person, result.detail, result.outcome) == (None, None, "changed")


def test_a_run_started_by_a_user_is_in_the_audit_trail(ready: Connection, administrator: User) -> None:
    runs.start(ready.entity, is_dry=True, user=administrator)
    assert ready.entity.audit_events.filter(action="run_started", actor=administrator, detail="preview").exists()


# --- held, paused, handed on ------------------------------------------------------------------------------------------


def claimed(connection: Connection, **fields: Any) -> Run:
    """A sync that "one" works on."""
    made = Run.objects.create(connection=connection, is_dry=False, trigger="person", **fields)
    run = leases.claim(made.pk, "one")
    assert run is not None
    return run


def ends_with(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever executes a run meets this."""

    def fail(*_args: Any) -> None:
        raise error

    monkeypatch.setattr(execution, "_work", fail)


@pytest.mark.parametrize(
    ("error", "state", "rings"),
    [
        (SliceOver(), "queued", 1),
        (Stopped("pause"), "paused", 0),
        (Stopped("cancel"), "cancelled", 0),
        (NeedsApproval((Guard("bank_accounts", 2, 60),)), "waiting", 0),
        (SignInNeeded("sign in", "the administrator does"), "blocked", 0),
        (OperationalError("the database system is shutting down"), "queued", 0),
        (SoftTimeLimitExceeded(), "queued", 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_run_that_does_not_come_to_its_end_is_put_where_it_belongs(
    ready: Connection, error: Exception, state: str, rings: int, monkeypatch: pytest.MonkeyPatch, rung: list[int]
) -> None:
    ends_with(error, monkeypatch)
    run = Run.objects.create(connection=ready, is_dry=False, trigger="person")
    execution.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, rung.count(run.pk)) == (state, rings)
    assert run.is_active is (state != "cancelled")


@pytest.mark.parametrize("error", [SliceOver(), OperationalError("away")], ids=["a slice", "our database"])
def test_an_attempt_that_was_handed_on_in_good_order_counts_for_nothing(
    ready: Connection, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_with(error, monkeypatch)
    run = Run.objects.create(connection=ready, is_dry=False, trigger="person")
    for _ in range(runs.MAX_ATTEMPTS + 2):
        assert execution.execute(run.pk) is not None
        Run.objects.update(lease_until=timezone.now())
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("queued", 0)


def test_a_comparison_that_nobody_asked_for_waits_for_no_sign_in(
    ready: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_with(SignInNeeded("sign in", "the administrator does"), monkeypatch)
    run = Run.objects.create(connection=ready, is_dry=True, trigger="webhook")
    execution.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"


def test_a_run_that_waited_for_a_sign_in_goes_on_after_it_and_not_before(ready: Connection, rung: list[int]) -> None:
    run = claimed(ready)
    leases.hold_up(run, "one", Run.State.BLOCKED, SignInNeeded("sign in", "the administrator does"))
    LoketLogin.objects.update(state="sign_in_needed")
    runs.sweep()
    run.refresh_from_db()
    assert (run.state, rung) == ("blocked", [])
    assert run.shown_message
    LoketLogin.objects.update(state="active")
    assert runs.resume_blocked(ready.login) == 1
    run.refresh_from_db()
    assert (run.state, run.message, rung) == ("queued", "", [run.pk])


def test_the_sweep_hears_of_a_new_sign_in_too(ready: Connection, rung: list[int]) -> None:
    run = claimed(ready)
    leases.hold_up(run, "one", Run.State.BLOCKED)
    runs.sweep()
    assert set(rung) == {run.pk}
    assert leases.claim(run.pk, "two") is not None


@pytest.mark.parametrize("state", ["waiting", "paused", "blocked"])
def test_no_worker_takes_up_a_run_that_waits_for_a_person(ready: Connection, state: str, rung: list[int]) -> None:
    LoketLogin.objects.update(state="sign_in_needed")
    run = Run.objects.create(connection=ready, is_dry=False, trigger="person", state=state, lease_until=timezone.now())
    runs.sweep()
    assert rung == []
    assert leases.claim(run.pk, "one") is None


@pytest.mark.parametrize("state", ["waiting", "paused", "blocked"])
def test_a_run_that_nobody_answers_ends_after_a_month(ready: Connection, state: str) -> None:
    LoketLogin.objects.update(state="sign_in_needed")
    month = timedelta(days=runs.HELD_DAYS)
    run = Run.objects.create(connection=ready, is_dry=False, trigger="person", state=state)
    Run.objects.update(lease_until=timezone.now() - month + timedelta(hours=1))
    runs.sweep()
    run.refresh_from_db()
    assert run.state == state
    Run.objects.update(lease_until=timezone.now() - month - timedelta(hours=1))
    runs.sweep()
    run.refresh_from_db()
    assert (run.state, run.finished_at is not None) == ("failed", True)
    assert "Nobody answered" in run.shown_message


def test_a_new_run_beside_one_that_waits_is_that_one(ready: Connection, rung: list[int]) -> None:
    waiting = Run.objects.create(connection=ready, is_dry=False, trigger="person", state="waiting")
    assert start(ready) == waiting
    assert rung == []


def test_a_scheduled_sync_ends_a_comparison_that_nobody_asked_for(ready: Connection) -> None:
    Run.objects.create(connection=ready, is_dry=True, trigger="person", state="partial", roster=ready.entity.roster)
    comparison = start_as(ready, Run.Trigger.WEBHOOK, is_dry=True)
    sync = start_as(ready, Run.Trigger.SCHEDULE, is_dry=False)
    comparison.refresh_from_db()
    assert (comparison.state, sync.state, sync.is_dry) == ("cancelled", "queued", False)
    assert ready.entity.audit_events.filter(action="run_started", actor=None, detail="sync").count() == 1


def start_as(connection: Connection, trigger: Run.Trigger, *, is_dry: bool) -> Run:
    assert connection.entity
    return runs.start(connection.entity, is_dry=is_dry, user=None, trigger=trigger)


def test_the_sweep_rings_first_who_waits_longest(db: None, rung: list[int]) -> None:
    now = timezone.now()

    def made(**fields: Any) -> int:
        return Run.objects.create(connection=ConnectionFactory(), is_dry=False, trigger="person", **fields).pk

    served = made(lease_until=now - timedelta(seconds=5))
    earlier = made(lease_until=now - timedelta(seconds=50))
    newest, never = made(), made()
    Run.objects.filter(pk=never).update(created_at=now - timedelta(seconds=70))
    gone = made(state="running", claimed_by="killed", lease_until=now - timedelta(seconds=1))
    made(lease_until=now + timedelta(seconds=50))
    assert runs.sweep() == 5
    assert rung == [gone, never, earlier, served, newest]


def test_one_sweep_rings_only_the_head_of_a_long_queue(
    db: None, rung: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    made = [Run.objects.create(connection=ConnectionFactory(), is_dry=False, trigger="person").pk for _ in range(4)]
    runs.sweep()
    assert rung == made[:2]


def queued(**fields: Any) -> Run:
    """One more run that waits for a worker."""
    return Run.objects.create(connection=ConnectionFactory(), is_dry=False, trigger="person", **fields)


@pytest.mark.parametrize(
    "end",
    [
        lambda run: leases.finish(run, "one", Run.State.SUCCEEDED),
        lambda run: leases.give_back(run, "one"),
        lambda run: leases.later(run, "one", Retryable("Loket is away", "nothing to do")),
        lambda run: leases.hold_up(run, "one", Run.State.PAUSED),
        lambda run: leases.finish(run, "somebody else", Run.State.SUCCEEDED),
    ],
    ids=["done", "given back", "put off", "held", "lost"],
)
def test_who_lets_go_of_a_run_rings_the_one_that_waits_longest(
    ready: Connection, end: Callable[[Run], bool], rung: list[int]
) -> None:
    run, longest, _other = claimed(ready), queued(), queued()
    end(run)
    assert rung == [longest.pk]


def test_a_night_of_runs_is_worked_off_after_one_sweep(
    db: None, rung: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 3)
    worked: list[int] = []
    monkeypatch.setattr(execution, "_work", lambda job: worked.append(job.run.pk) or Run.State.SUCCEEDED)
    made = [queued().pk for _ in range(12)]
    runs.sweep()
    deliveries = 0
    while rung:
        sync_tasks.execute(rung.pop(0))
        deliveries += 1
    assert worked == made, "each once, who waited longest first"
    assert deliveries <= len(made) + 3, "one ring for each turn, and what the sweep began with"


def test_a_ring_is_for_whoever_waits_longest(ready: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[int] = []
    monkeypatch.setattr(execution, "_work", lambda job: worked.append(job.run.pk) or Run.State.SUCCEEDED)
    taken, longest, newest = claimed(ready), queued(), queued()
    sync_tasks.execute(newest.pk)
    sync_tasks.execute(taken.pk)
    sync_tasks.execute(taken.pk)
    assert worked == [longest.pk, newest.pk]


def test_who_was_taken_by_another_worker_meanwhile_is_passed_by(
    ready: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, tried = [queued().pk, queued().pk, queued().pk], []
    outcomes = iter([None, Run()])
    monkeypatch.setattr(execution, "execute", lambda pk, **_how: tried.append(pk) or next(outcomes))
    turns.take()
    assert tried == given[:2]


def test_a_process_that_stops_rings_nobody(ready: Connection, rung: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "hand_back", threading.Event())
    leases.hand_back.set()
    run, _waiting = claimed(ready), queued()
    leases.give_back(run, "one")
    assert rung == []


@pytest.mark.parametrize("state", Run.ACTIVE)
def test_a_run_does_not_finish_in_a_state_that_is_no_end(ready: Connection, state: Run.State) -> None:
    run = claimed(ready)
    with pytest.raises(ValueError, match="no end"):
        leases.finish(run, "one", state)
    run.refresh_from_db()
    assert (run.state, run.claimed_by) == ("running", "one")


def test_a_dead_workers_run_is_rung_for_the_end_of_its_lease(
    ready: Connection, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SWEEP_SECONDS = 30
    orders: list[tuple[float, int]] = []
    monkeypatch.setattr(bell, "ring", lambda _task, run_id, countdown: orders.append((countdown, run_id)))
    run = claimed(ready)
    runs.sweep()
    assert orders == [], "a lease that outlives the next sweep is a living worker's"
    Run.objects.update(lease_until=timezone.now() + timedelta(seconds=20))
    assert runs.sweep() == 0
    [(seconds, run_id)] = orders
    assert run_id == run.pk
    assert 20 < seconds < 22, "after the lease has ended, not a sweep later"


def test_an_outage_after_progress_begins_to_count_anew(ready: Connection) -> None:
    run = claimed(ready)
    leases.later(run, "one", Retryable("Loket is away", "nothing to do", retry_after=1))
    expire(run)
    again = leases.claim(run.pk, "two")
    assert again
    with Scribe(again, "two", is_threaded=False) as scribe, leases.Heartbeat(again, "two") as heartbeat:
        reporter = DbReporter(again, scribe, heartbeat)
        reporter.plan([PersonResult("1", 2, "J", Outcome.PLANNED)])
        again.refresh_from_db()
        assert (again.retries, again.attempts) == (1, 1), "a plan is no progress"
        reporter.person(PersonResult("1", 2, "J", Outcome.CHANGED))
    again.refresh_from_db()
    assert (again.retries, again.attempts) == (0, 0)
    assert leases.give_back(again, "two"), "and there is no attempt less than none"


# --- what the engine tells --------------------------------------------------------------------------------------------


@pytest.fixture
def reporter(ready: Connection) -> Iterator[DbReporter]:
    run = claimed(ready)
    with Scribe(run, "one", is_threaded=False) as scribe, leases.Heartbeat(run, "one") as heartbeat:
        yield DbReporter(run, scribe, heartbeat, is_sliced=True)


def renewed() -> DbReporter:
    """As the next claim of the run knows it."""
    run = Run.objects.get()
    return DbReporter(run, Scribe(run, "one", is_threaded=False), leases.Heartbeat(run, "one"))


def planned(*keys: str) -> list[PersonResult]:
    return [PersonResult(key, row, "J", Outcome.PLANNED) for row, key in enumerate(keys, 2)]


def test_who_was_begun_and_has_no_end_is_a_suspect(reporter: DbReporter) -> None:
    reporter.begin(3)
    reporter.plan(planned("1", "2", "3"))
    reporter.started(["1", "2"])
    reporter.returned(["2"])
    reporter.started(["1"])
    again = renewed()
    assert (again.suspects().get("1"), again.suspects().get("2"), "3" in again.suspects()) == (2, None, False)
    reporter.person(PersonResult("1", 2, "J", Outcome.CHANGED))
    again = renewed()
    assert "1" in again.finals()
    assert "2" not in again.finals()
    assert "1" not in again.suspects()


def test_a_new_plan_replaces_the_old_one_and_keeps_what_was_begun(reporter: DbReporter) -> None:
    reporter.plan(planned("1", "2"))
    reporter.started(["1"])
    again = renewed()
    again.plan(planned("1"))
    again.planned(1, same=1)
    run = Run.objects.get()
    assert [(row.row, row.attempts) for row in run.results.all()] == [(2, 1)]
    assert (run.planned, run.same, run.done) == (1, 1, 1)


def test_an_end_that_turned_out_wrong_is_replaced_and_counts_once(reporter: DbReporter) -> None:
    reporter.begin(1)
    reporter.person(PersonResult("1", 2, "J", Outcome.CHANGED))
    reporter.revise([PersonResult("1", 2, "J", Outcome.FAILED, "not_stored")])
    run = Run.objects.get()
    assert (run.done, [row.outcome for row in run.results.all()]) == (1, ["failed"])


WHOLE = PersonResult(
    "1",
    2,
    "J. de Vries",
    Outcome.CHANGED,
    "",
    (
        Change("employee.personalDetails.lastName", "Vries", "Bakker"),
        Change("employee.address.city", "", "Ede", sendable=False, needs="bank_accounts", sign="x", left_out=True),
        Change("employee.address.street", "", "Dam", sendable=False, held=Problem("no_record", "street")),
    ),
    (Problem("too_long", "last_name", "Bakker", {"limit": "4"}),),
    (Remark("Warning", "Let op", 204),),
    date(2026, 12, 1),
    "0001",
)


def test_what_was_told_of_somebody_is_told_again(reporter: DbReporter) -> None:
    reporter.person(WHOLE)
    reporter.person(PersonResult("2", 3, "K", Outcome.UNCHANGED))
    told = reporter.told(["1", "3"])["1"]
    held = told.changes[2].held
    assert held is not None  # what stands in the way is a problem of its own; here only that something does
    assert replace(told, changes=(*told.changes[:2], replace(told.changes[2], held=WHOLE.changes[2].held))) == WHOLE
    reporter.revise([told])
    assert reporter.told(["1"]) == {"1": told}


def test_somebody_who_went_as_planned_is_stored_as_planned_with_another_end(reporter: DbReporter) -> None:
    plan = replace(WHOLE, outcome=Outcome.PLANNED)
    reporter.plan([plan])
    reporter.person(replace(plan, outcome=Outcome.CHANGED, name="never stored"), as_planned=True)
    (told,) = reporter.told(["1"]).values()
    assert (told.outcome, told.name, len(told.changes)) == (Outcome.CHANGED, "J. de Vries", 3)


@pytest.mark.parametrize(
    ("fingerprint", "end", "is_before"), [("x", "confirmed", True), ("x", "rejected", False), ("y", "confirmed", False)]
)
def test_an_earlier_run_that_sent_the_same_of_somebody_is_found(
    reporter: DbReporter, fingerprint: str, end: str, is_before: bool
) -> None:
    run = Run.objects.get()
    given = {"connection": run.connection, "personio_id": run.personio_id, "is_dry": False, "trigger": "person"}
    DbJournal(run, Scribe(run, "one", is_threaded=False)).sent("1", "employee.put", fingerprint)
    run.operations.update(state=end)
    Run.objects.filter(pk=run.pk).update(state="succeeded")
    run = Run.objects.create(**given, state="running", claimed_by="one")
    journal = DbJournal(run, Scribe(run, "one", is_threaded=False))
    journal.sent("1", "employee.put", "x")
    journal.sent("2", "employee.put", "x")
    assert (journal.sent_before("1"), journal.sent_before("2")) == (is_before, False)


def test_calls_add_up_over_the_attempts(reporter: DbReporter) -> None:
    reporter.called(3, 1)
    reporter.called(2, 0)
    renewed().called(1, 1)
    run = Run.objects.get()
    assert (run.calls, run.repeats) == (6, 2)


def test_a_run_that_found_nothing_moved_points_to_the_one_that_holds(reporter: DbReporter) -> None:
    run = Run.objects.get()
    earlier = Run.objects.create(connection=run.connection, is_dry=False, trigger="person", state="partial")
    Standing.objects.create(connection=run.connection, run=earlier)
    reporter.same_as_before(60)
    run.refresh_from_db()
    assert (run.as_in, run.total, run.same, run.done, run.planned) == (earlier, 60, 60, 60, 0)


def test_a_run_of_which_only_the_end_was_lost_holds_itself(reporter: DbReporter) -> None:
    """It had confirmed everybody, and finds on its second claim that nothing has moved since: its own results are what holds."""
    run = Run.objects.get()
    Standing.objects.create(connection=run.connection, run=run)
    reporter.same_as_before(60)
    run.refresh_from_db()
    assert (run.as_in, run.total, run.same, run.done) == (None, 60, 0, 60)


def test_a_turn_ends_after_its_seconds_or_when_the_process_stops(reporter: DbReporter, settings: LazySettings) -> None:
    settings.SLICE_SECONDS = 1000
    assert not reporter.slice_is_over()
    runs.hand_back.set()
    try:
        assert reporter.slice_is_over()
        with pytest.raises(SliceOver):
            reporter.check()
    finally:
        runs.hand_back.clear()
    settings.SLICE_SECONDS = -1
    assert not reporter.slice_is_over(), "nobody is done yet, and a turn without anybody would never end"
    reporter.person(PersonResult("1", 2, "J", Outcome.CHANGED))
    assert reporter.slice_is_over()
    assert not renewed().slice_is_over(), "from a shell a run goes on to its end"


@pytest.mark.parametrize(("asked", "kind"), [("pause", "pause"), ("cancel", "cancel")])
def test_what_a_person_asks_is_heard_at_the_next_check(reporter: DbReporter, asked: str, kind: str) -> None:
    reporter.check()
    Run.objects.update(asked=asked)
    reporter.flush()
    with pytest.raises(Stopped) as stopped:
        reporter.check()
    assert stopped.value.kind == kind


@pytest.mark.parametrize(("lease", "longest"), [(60, 40), (2, 4 / 3)])
def test_a_call_is_given_up_before_somebody_could_take_the_run_over(
    settings: LazySettings, lease: int, longest: float
) -> None:
    settings.RUN_LEASE_SECONDS = lease
    assert leases.longest_call() == pytest.approx(longest)


def test_a_preview_counts_what_its_sync_would_have_to_ask(reporter: DbReporter) -> None:
    iban = Change("iban", "••••••019", "••••••133", needs="bank_accounts")
    reporter.begin(3)
    reporter.person(PersonResult("1", 2, "J", Outcome.CHANGED, changes=(iban, iban)))
    reporter.person(PersonResult("2", 3, "J", Outcome.UNCHANGED))
    reporter.person(PersonResult("3", 4, "J", Outcome.CREATED))
    assert reporter.totals() == Totals(3, known=2, changing=1, needs={"bank_accounts": 1})


def test_our_own_database_that_is_away_during_a_call_says_nothing_of_the_person() -> None:
    class Target:
        """Needs a token for each call."""

        def get_bsn(self, _person: object) -> str:
            raise OperationalError("the database system is starting up")

        def get_iban(self, person: str) -> str:
            return person

    target: Any = sheltered(Target())  # type: ignore[arg-type]
    with pytest.raises(Retryable) as away:
        target.get_bsn("1")
    assert not isinstance(away.value, WriteUnsure), "nothing was sent"
    assert target.get_iban("2") == "2"
