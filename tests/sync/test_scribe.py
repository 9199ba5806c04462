"""What a run does is written down for all its threads at once: committed before the call, fenced, repeated, once (D4)."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connections
from django.db import connection as database
from django.utils import timezone

from sync.models import Operation, Result, Run
from sync.outcomes import Outcome, PersonResult
from sync.ports import LeaseLost
from sync.services import leases, statements
from sync.services.batch import Batch
from sync.services.ports import DbJournal, DbReporter
from sync.services.scribe import Scribe
from tests.factories import ConnectionFactory

ME = "worker"


def claimed() -> Run:
    made = Run.objects.create(connection=ConnectionFactory(), is_dry=False, trigger="person")
    run = leases.claim(made.pk, ME)
    assert run is not None
    return run


@pytest.fixture
def run(transactional_db: None) -> Run:
    return claimed()


@pytest.fixture
def scribe(run: Run) -> Iterator[Scribe]:
    with suppress(LeaseLost), Scribe(run, ME, is_threaded=True) as scribe:
        yield scribe


def in_threads(number: int, work: Callable[[int], object]) -> list[object]:
    """What each of so many threads comes to: its answer, or the error."""

    def done(n: int) -> object:
        try:
            return work(n)
        except Exception as error:  # noqa: BLE001
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(done, range(number)))


def lose(run: Run) -> None:
    """Somebody else has the run now."""
    Run.objects.filter(pk=run.pk).update(claimed_by="another")


@pytest.mark.any_database
def test_what_eight_threads_send_is_there_when_each_of_them_goes_on(run: Run, scribe: Scribe) -> None:
    journal = DbJournal(run, scribe)

    def send(n: int) -> bool:
        ops = [journal.sent(f"{n}-{k}", "put", "mark") for k in range(5)]
        return Operation.objects.filter(pk__in=ops, state="sent").count() == 5

    assert in_threads(8, send) == [True] * 8
    assert Operation.objects.count() == 40


def test_what_waits_while_a_transaction_is_under_way_goes_with_the_next_one(
    run: Run, scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, renew, begun, all_wait = Scribe._put, statements.hold, threading.Event(), threading.Semaphore(0)
    transactions: list[object] = []

    def slow(*args: object, **fields: object) -> bool:
        transactions.append(args)
        begun.set()
        for _ in range(8 if len(transactions) == 1 else 0):
            assert all_wait.acquire(timeout=10)
        return renew(*args, **fields)  # type: ignore[arg-type]

    def counted(self: Scribe, *args: object, **more: bool) -> object:
        page = put(self, *args, **more)  # type: ignore[arg-type]
        all_wait.release()
        return page

    def send(n: int) -> int:
        assert n == 0 or begun.wait(10)
        return journal.sent(str(n), "put", "")

    monkeypatch.setattr(statements, "hold", slow)
    monkeypatch.setattr(Scribe, "_put", counted)
    journal = DbJournal(run, scribe)
    assert len({*in_threads(8, send)}) == 8
    assert len(transactions) == 2


@pytest.mark.any_database
def test_who_lost_the_run_writes_nothing_and_everybody_who_waits_hears_of_it(run: Run, scribe: Scribe) -> None:
    journal = DbJournal(run, scribe)
    op = journal.sent("1", "put", "")
    lose(run)
    assert {type(end) for end in in_threads(6, lambda n: journal.sent(str(n), "put", ""))} == {LeaseLost}
    with pytest.raises(LeaseLost):
        journal.confirmed(op)
    assert [(row.pk, row.state) for row in Operation.objects.all()] == [(op, "sent")]


def test_a_lost_run_ends_the_block_with_that_error(run: Run) -> None:
    with pytest.raises(LeaseLost), Scribe(run, ME, is_threaded=True) as scribe:
        scribe.note(lambda batch: lose(run))


@pytest.mark.any_database
def test_what_nobody_waits_for_is_committed_at_the_end(run: Run) -> None:
    with Scribe(run, ME, is_threaded=True) as scribe:
        journal = DbJournal(run, scribe)
        journal.confirmed(journal.sent("1", "put", ""), 204)
        journal.rejected(journal.sent("2", "put", ""), 400, "no")
    ends = Operation.objects.order_by("pk").values_list("state", "http_status")
    assert list(ends) == [("confirmed", 204), ("rejected", 400)]
    assert not Operation.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.skipif(database.vendor != "postgresql", reason="ends a connection of PostgreSQL")
def test_a_database_that_ends_the_connection_in_the_middle_costs_nothing(
    run: Run, scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, ended = Batch.write, []

    def cut(self: Batch, run: Run, *, is_repeat: bool) -> None:
        write(self, run, is_repeat=is_repeat)
        if not ended:
            ended.append(True)
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(Batch, "write", cut)
    op = DbJournal(run, scribe).sent("1", "put", "")
    assert ended
    assert [row.pk for row in Operation.objects.all()] == [op]


@pytest.mark.any_database
@pytest.mark.parametrize("is_threaded", [True, False])
def test_a_commit_whose_answer_was_lost_is_repeated_and_nothing_is_there_twice(
    run: Run, is_threaded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, answers = Scribe._write, []

    def lost(self: Scribe, batch: Batch, is_repeat: bool) -> None:
        write(self, batch, is_repeat)
        answers.append(is_repeat)
        if not is_repeat:
            raise OperationalError("server closed the connection unexpectedly")

    with Scribe(run, ME, is_threaded=is_threaded) as scribe:
        journal = DbJournal(run, scribe)
        with leases.Heartbeat(run, ME) as heartbeat:
            reporter = DbReporter(run, scribe, heartbeat)
            reporter.plan([PersonResult("1", 2, "J", Outcome.PLANNED)])
            scribe.flush()
            monkeypatch.setattr(Scribe, "_write", lost)
            op = journal.sent("1", "put", "")
            reporter.started(["1"])
            journal.confirmed(op)
            reporter.person(PersonResult("1", 2, "J", Outcome.CHANGED))
            scribe.flush()
    assert True in answers
    assert [(row.pk, row.state, row.attempt) for row in Operation.objects.all()] == [(op, "confirmed", 1)]
    assert [(row.outcome, row.attempts) for row in Result.objects.all()] == [("changed", 1)]


def test_a_database_that_stays_away_for_a_whole_lease_ends_the_work(
    run: Run, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RUN_LEASE_SECONDS = 0.3

    def away(*_args: object) -> None:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(Scribe, "_write", away)
    with pytest.raises(LeaseLost), Scribe(run, ME, is_threaded=True) as scribe:
        DbJournal(run, scribe).sent("1", "put", "")


def test_a_fault_of_ours_is_raised_where_it_is_waited_for_and_afterwards(run: Run) -> None:
    def fail(_batch: Batch, *_args: object, **_more: object) -> None:
        raise ValueError("a fault")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Batch, "write", fail)
        with suppress(ValueError), Scribe(run, ME, is_threaded=True) as scribe:
            for say in (scribe.flush, scribe.flush, lambda: scribe.note(lambda batch: None)):
                with pytest.raises(ValueError, match="a fault"):
                    say()


@pytest.mark.django_db
def test_one_call_at_a_time_needs_no_thread_and_no_second_connection() -> None:
    run = claimed()
    before = threading.active_count()
    with Scribe(run, ME, is_threaded=False) as scribe:
        journal = DbJournal(run, scribe)
        journal.confirmed(journal.sent("1", "put", ""))
        assert threading.active_count() == before
        assert Operation.objects.get().state == "confirmed"


@pytest.mark.django_db
def test_each_transaction_renews_the_lease_and_hears_what_was_asked() -> None:
    run = claimed()
    Run.objects.filter(pk=run.pk).update(asked="pause", lease_until=timezone.now() - timedelta(seconds=1))
    with Scribe(run, ME, is_threaded=False) as scribe:
        scribe.flush()
        assert scribe.asked == "pause"
    run.refresh_from_db()
    assert run.lease_until is not None
    assert run.lease_until > timezone.now()
