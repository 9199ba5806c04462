"""Runs as rows: one at a time, claimed once, given back, swept, ended with words (rules 50, 56, 57)."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.db import connections as database
from django.utils import timezone

from loket_portal.lib import bell
from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded
from onboarding.models import Connection, LegalEntity, LoketLogin, Role, User
from sync.models import Operation, Result, Roster, Run
from sync.ports import LeaseLost
from sync.services import execution, retention, runs
from sync.services.ports import DbJournal
from sync.services.runs import Refusal, RunRefused
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
    monkeypatch.setattr(bell, "ring", lambda _task, *ids: heard.extend(ids))
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


def test_the_third_killed_attempt_is_the_last(ready: Connection) -> None:
    run = start(ready)
    for _ in range(runs.MAX_ATTEMPTS):
        assert runs.claim(run.pk, "killed")
        expire(run)
    assert runs.claim(run.pk, "next") is None
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "three times" in run.shown_message
    assert run.shown_hint


def test_a_run_given_back_counts_no_attempt(ready: Connection) -> None:
    run = start(ready)
    runs.claim(run.pk, "stopping")
    assert runs.give_back(run, "stopping")
    run.refresh_from_db()
    assert (run.state, run.attempts, run.lease_until) == (Run.State.QUEUED, 0, None)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ConfigProblem("a right is missing", "the accountant grants it"), "failed"),
        (SignInNeeded("sign in", "the administrator does"), "failed"),
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
    journal = DbJournal(claimed, "one")
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

    monkeypatch.setattr(runs, "renew", renew)
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
