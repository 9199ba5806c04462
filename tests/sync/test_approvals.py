"""What a person says to a run counts once, and only from who may say it: agree, pause, let go on, cancel (D10)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections as database
from django.utils import timezone

from onboarding.models import AuditEvent, Connection, Mail, Role, User
from onboarding.services.access import NotAllowed
from sync.guards import Code, Guard, to_json
from sync.models import Run, Standing
from sync.services import approvals, asking, leases, standing
from sync.services.approvals import Refusal, WordRefused
from tests.factories import ConnectionFactory, EntityFactory, member

pytestmark = pytest.mark.usefixtures("rung")

ASKED = (Guard(Code.TOO_MANY_CHANGES, 30, 60), Guard(Code.BANK_ACCOUNTS, 3, 60))
YES = {Code.TOO_MANY_CHANGES: True, Code.BANK_ACCOUNTS: True}
FUTURE = timedelta(minutes=1)


@pytest.fixture
def connection(db: None) -> Connection:
    return ConnectionFactory(entity=EntityFactory())


@pytest.fixture
def user(connection: Connection) -> User:
    assert connection.entity
    return member(connection.entity)


def made(connection: Connection, state: str, **fields: Any) -> Run:
    return Run.objects.create(connection=connection, is_dry=False, trigger="person", state=state, **fields)


def waiting(connection: Connection) -> Run:
    return made(connection, "waiting", guards=to_json(ASKED), lease_until=timezone.now())


def running(connection: Connection, lease: timedelta = FUTURE) -> Run:
    return made(connection, "running", claimed_by="worker", lease_until=timezone.now() + lease, attempts=1)


def refused(word: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(WordRefused) as caught:
        word(*args, **more)
    return caught.value.refusal


# --- agreeing ---------------------------------------------------------------------------------------------------------


def test_who_agrees_lets_the_run_go_on_under_his_name(connection: Connection, user: User, rung: list[int]) -> None:
    run = approvals.approve(waiting(connection), user, YES)
    assert (run.state, run.approved_by, run.attempts) == ("queued", user, 0)
    assert run.approved == {"too_many_changes": 30, "bank_accounts": 3}
    assert run.approved_at is not None
    assert rung == [run.pk]
    told = AuditEvent.objects.get(action="run_approved")
    assert (told.actor, told.entity) == (user, connection.entity)
    assert "too_many_changes: 30; bank_accounts: 3" in told.detail
    assert leases.claim(run.pk, "worker") is not None


def test_what_is_left_out_is_kept_as_none(connection: Connection, user: User) -> None:
    run = approvals.approve(waiting(connection), user, {**YES, Code.BANK_ACCOUNTS: False})
    assert run.approved == {"too_many_changes": 30, "bank_accounts": 0}


def test_a_no_to_the_whole_ends_the_run(connection: Connection, user: User, rung: list[int]) -> None:
    run = approvals.approve(waiting(connection), user, {**YES, Code.TOO_MANY_CHANGES: False})
    assert (run.state, run.approved, rung) == ("cancelled", {}, [])
    assert run.finished_at is not None


def test_a_later_answer_keeps_the_earlier_ones(connection: Connection, user: User) -> None:
    run = waiting(connection)
    Run.objects.update(approved={"start_dates": 1, "bank_accounts": 2})
    run.refresh_from_db()
    assert approvals.approve(run, user, YES).approved == {
        "start_dates": 1, "bank_accounts": 3, "too_many_changes": 30,
    }  # fmt: skip


def test_every_question_wants_its_answer(connection: Connection, user: User) -> None:
    run = waiting(connection)
    assert refused(approvals.approve, run, user, {Code.BANK_ACCOUNTS: True}) == Refusal.UNANSWERED
    run.refresh_from_db()
    assert run.state == "waiting"


def test_an_answer_to_another_question_counts_for_nothing(connection: Connection, user: User) -> None:
    run = waiting(connection)
    seen = approvals.mark(run)
    run.guards = to_json((Guard(Code.BANK_ACCOUNTS, 4, 60),))
    run.save()
    assert refused(approvals.approve, run, user, YES, seen=seen) == Refusal.QUESTION_CHANGED
    assert approvals.approve(run, user, YES, seen=approvals.mark(run)).state == "queued"


def test_a_run_that_has_moved_on_meanwhile_is_not_answered(connection: Connection, user: User) -> None:
    run = waiting(connection)
    Run.objects.update(guards=to_json(ASKED[:1]))
    assert refused(approvals.approve, run, user, YES) == Refusal.NOT_WAITING
    run.refresh_from_db()
    assert (run.state, run.approved) == ("waiting", {})


@pytest.mark.parametrize("word", [approvals.pause, approvals.resume, approvals.cancel])
def test_only_payroll_edit_of_this_entity_counts(connection: Connection, word: Any) -> None:  # rule 7
    assert connection.entity
    elsewhere = member(EntityFactory(company=connection.entity.company), Role.Preset.PAYROLL_MANAGER)
    Role.objects.get(name="Payroll Manager").payroll_entities.remove(connection.entity)
    run = waiting(connection)
    for say in (word, lambda run, user: approvals.approve(run, user, YES)):
        with pytest.raises(NotAllowed):
            say(run, elsewhere)
    run.refresh_from_db()
    assert run.state == "waiting"
    assert not AuditEvent.objects.exists()


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [approvals.approve, approvals.cancel])
def test_of_two_words_at_once_one_is_heard(other: Any) -> None:
    connection = ConnectionFactory(entity=EntityFactory())
    waiting(connection)
    words = [lambda run: approvals.approve(run, None, YES)] * 4
    words += (
        [lambda run: other(run, None, YES)] * 4 if other is approvals.approve else [lambda run: other(run, None)] * 4
    )

    def say(word: Any) -> object:
        try:
            return word(run_seen).state
        except WordRefused as error:
            return error.refusal
        finally:
            database.close_all()

    run_seen = Run.objects.select_related("connection__entity__company").get()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, words))
    run = Run.objects.get()
    heard = AuditEvent.objects.filter(action="run_approved").count()
    assert heard == (1 if run.approved_at else 0)
    assert AuditEvent.objects.filter(action="run_cancelled").count() == (run.state == "cancelled")
    assert run.state in {"queued", "cancelled"}
    if other is approvals.approve:
        assert (run.state, heard) == ("queued", 1)


# --- pausing, going on, cancelling ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["queued", "waiting", "blocked"])
@pytest.mark.parametrize(("word", "becomes"), [(approvals.pause, "paused"), (approvals.cancel, "cancelled")])
def test_a_run_that_no_worker_has_stops_at_once(
    connection: Connection, user: User, state: str, word: Any, becomes: str
) -> None:
    run = word(made(connection, state), user)
    assert run.state == becomes
    assert leases.claim(run.pk, "worker") is None


@pytest.mark.parametrize(("word", "asked"), [(approvals.pause, "pause"), (approvals.cancel, "cancel")])
def test_a_worker_is_asked(connection: Connection, user: User, word: Any, asked: str) -> None:
    run = word(running(connection), user)
    assert (run.state, run.asked) == ("running", asked)
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(("word", "becomes"), [(approvals.pause, "paused"), (approvals.cancel, "cancelled")])
def test_a_run_whose_worker_is_gone_stops_at_once(connection: Connection, user: User, word: Any, becomes: str) -> None:
    assert word(running(connection, -FUTURE), user).state == becomes


@pytest.mark.parametrize(("asked", "becomes"), [("pause", "paused"), ("cancel", "cancelled")])
def test_what_was_asked_of_a_worker_that_was_killed_holds(connection: Connection, asked: str, becomes: str) -> None:
    run = running(connection)
    Run.objects.update(asked=asked, lease_until=timezone.now() - FUTURE)
    assert leases.claim(run.pk, "next") is None
    run.refresh_from_db()
    assert (run.state, run.asked) == (becomes, "")


def test_who_cancels_is_heard_after_a_pause_and_not_the_other_way_round(connection: Connection, user: User) -> None:
    run = approvals.cancel(approvals.pause(running(connection), user), user)
    assert run.asked == "cancel"
    assert refused(approvals.pause, run, user) == Refusal.NOT_POSSIBLE


def test_a_paused_run_goes_on_with_all_its_attempts(connection: Connection, user: User, rung: list[int]) -> None:
    run = approvals.resume(made(connection, "paused", attempts=4, retries=9), user)
    assert (run.state, run.attempts, run.retries, rung) == ("queued", 0, 0, [run.pk])


def test_a_pause_that_the_worker_has_not_come_to_is_taken_back(
    connection: Connection, user: User, rung: list[int]
) -> None:
    run = approvals.resume(approvals.pause(running(connection), user), user)
    assert (run.state, run.asked, rung) == ("running", "", [])


@pytest.mark.parametrize("state", ["succeeded", "partial", "failed", "cancelled"])
@pytest.mark.parametrize("word", [approvals.pause, approvals.resume, approvals.cancel])
def test_nothing_can_be_said_to_a_run_that_has_ended(connection: Connection, user: User, state: str, word: Any) -> None:
    assert refused(word, made(connection, state), user) == Refusal.NOT_POSSIBLE


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_run_that_meets_a_guard_waits_and_says_so_once(connection: Connection, user: User) -> None:
    run = leases.claim(made(connection, "queued").pk, "worker")
    assert run
    assert asking.wait(run, "worker", ASKED)
    run.refresh_from_db()
    assert (run.state, approvals.questions(run), run.claimed_by) == ("waiting", ASKED, "")
    mail = Mail.objects.get(kind="run_waiting")
    assert mail.to == user.email
    assert "bank account" in mail.text
    assert f"/runs/{run.pk}/" in mail.text
    approvals.resume(approvals.pause(run, user), user)
    again = leases.claim(run.pk, "worker")
    assert again
    assert asking.wait(again, "worker", ASKED)
    assert Mail.objects.count() == 1, "nobody has answered, and nothing else is asked"


def test_who_lost_the_run_asks_nobody(connection: Connection, user: User) -> None:
    run = leases.claim(made(connection, "queued").pk, "worker")
    assert run
    Run.objects.update(claimed_by="another")
    assert not asking.wait(run, "worker", ASKED)
    assert not Mail.objects.exists()


# --- the question about bank accounts ----------------------------------------------------------------------------------


def test_the_question_about_bank_accounts_is_switched_by_who_may_and_audited(
    connection: Connection, user: User
) -> None:
    assert standing.asks_for_iban(connection), "until somebody decides otherwise it is asked"
    Standing.objects.create(connection=connection, mark="as it was")
    assert standing.set_asks_for_iban(connection, user, asks=False)
    assert not standing.asks_for_iban(connection)
    assert Standing.objects.get().mark == "", "the next sync looks at everybody again"
    assert not standing.set_asks_for_iban(connection, user, asks=False), "it was off already"
    assert AuditEvent.objects.get().detail == "do not ask"
    stranger = member(EntityFactory())
    with pytest.raises(NotAllowed):
        standing.set_asks_for_iban(connection, stranger, asks=True)
