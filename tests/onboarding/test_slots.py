"""Slots of Loket's host: never more than there are, shared fairly, free again when their holder is gone."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connections
from django.db.models import F

from loket_portal.lib.gate import Gate, GateClosed, Met, Trouble
from loket_portal.loket.transport import TOTAL
from onboarding.models import HostLease, HostSlot
from onboarding.services import circuit, keeper, slots
from onboarding.services.host_rows import HostRows
from onboarding.services.keeper import CALL, HURRY, TERM, Keeper
from tests.factories import ConnectionFactory

HOST = "api.loket.example"
MANY = 6


@pytest.fixture(autouse=True)
def host(settings: LazySettings) -> None:
    circuit._streaks.clear()
    settings.LOKET_API_URL = f"https://{HOST}/v2"
    settings.LOKET_PARALLEL_PER_HOST = 4


def rows(holder: str, most: int = 4) -> HostRows:
    made = HostRows(HOST, most, holder, TERM)
    made.open()
    return made


def keeping(name: str, parallel: int, most: int = 4) -> Keeper:
    """A lease whose beats the test makes."""
    made = Keeper(rows(name, most), None, parallel, circuit.Watch(HOST, is_trial=False))
    made.begin()
    return made


def end_of_terms() -> None:
    """What a minute without a renewal does."""
    HostSlot.objects.update(until=F("until") - timedelta(seconds=TERM + 1))
    HostLease.objects.update(until=F("until") - timedelta(seconds=TERM + 1))


def held() -> dict[str, int]:
    counted: dict[str, int] = {}
    for holder in HostSlot.objects.exclude(holder="").values_list("holder", flat=True):
        counted[holder] = counted.get(holder, 0) + 1
    return counted


# The rows


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_threads_that_take_at_the_same_moment_get_no_more_slots_than_there_are() -> None:
    rows("nobody")
    start = threading.Barrier(MANY)

    def take(number: int) -> int:
        try:
            start.wait(10)
            return sum(HostRows(HOST, 4, f"n{number}", TERM).take() for _ in range(3))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(MANY) as threads:
        taken = sum(threads.map(take, range(MANY)))
    assert taken == 4
    assert sum(held().values()) == 4


@pytest.mark.any_database
@pytest.mark.django_db
def test_what_a_killed_process_had_is_free_when_its_term_is_over() -> None:
    dead, heir = rows("dead"), rows("heir")
    assert [dead.take() for _ in range(5)] == [True] * 4 + [False]
    assert not heir.take()
    end_of_terms()
    assert heir.free() == 4
    assert heir.take()
    assert dead.renew() == 3, "what somebody else took in the meantime is his"
    assert held() == {"dead": 3, "heir": 1}


@pytest.mark.any_database
@pytest.mark.django_db
def test_more_slots_come_with_the_setting_and_fewer_are_used_at_once() -> None:
    few, many = rows("a", 2), rows("b", 6)
    assert [many.take() for _ in range(7)] == [True] * 6 + [False]
    assert few.free() == 0
    many.give_back(6)
    assert [few.take() for _ in range(3)] == [True, True, False]


# A lease


def test_a_term_outlives_every_call_that_may_begin_in_it() -> None:
    assert CALL > TOTAL
    assert TERM - CALL > 2 * keeper.BEAT, "and a beat may be late"


@pytest.mark.any_database
@pytest.mark.django_db
def test_who_is_alone_has_all_that_it_wants_at_once_and_never_more_than_the_host_has() -> None:
    assert keeping("a", 3).gate.limit == 3
    assert held() == {"a": 3}
    with slots.lease(None, 1) as gate:
        assert gate.limit == 1
    with slots.lease(ConnectionFactory().pk, 1):
        assert HostLease.objects.filter(connection__isnull=False).count() == 1
    assert held() == {"a": 3}
    assert HostLease.objects.count() == 1


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_newcomer_gets_its_share_when_the_others_look_again() -> None:
    first = keeping("a", 4)
    second = keeping("b", 4)
    assert (first.gate.limit, second.gate.limit) == (4, 0)
    first.beat()
    second.beat()
    assert (first.gate.limit, second.gate.limit) == (2, 2)
    second.end()
    first.beat()
    assert first.gate.limit == 4


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_slot_is_given_back_when_the_request_that_uses_it_has_ended() -> None:
    first = keeping("a", 4)
    for _ in range(4):
        first.gate.__enter__()
    keeping("b", 4)
    first.beat()
    assert first.gate.limit == 2
    assert held() == {"a": 4}, "all four are used"
    first.gate.__exit__()
    first.beat()
    assert held() == {"a": 3}


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_slot_in_use_at_the_end_of_a_lease_stays_taken_until_its_term_is_over() -> None:
    one = keeping("a", 2)
    one.gate.__enter__()
    one.end()
    assert held() == {"a": 1}
    assert not HostLease.objects.exists()


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_killed_run_that_waited_is_not_waited_for() -> None:
    keeping("a", 4)
    keeping("dead", 4)
    HostLease.objects.filter(holder="dead").update(until=F("until") - timedelta(seconds=5))
    HostSlot.objects.filter(number=0).update(holder="", until=None)
    assert keeping("c", 4).gate.limit == 1


@pytest.mark.django_db
def test_nobody_may_begin_a_call_when_the_slots_could_not_be_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    one = keeping("a", 1)
    monkeypatch.setattr(one.gate, "_patience", 0.0)
    with one.gate:
        pass

    def down(_: HostRows) -> int:
        raise OperationalError("the database is away")

    monkeypatch.setattr(HostRows, "renew", down)
    one.gate.usable_until(time.monotonic())  # ten seconds later
    one._next_look = 0.0
    with pytest.raises(GateClosed):
        one.gate.__enter__()
    monkeypatch.undo()
    one._next_look = 0.0
    with one.gate:
        assert one.gate.inflight == 1, "and it goes on when the database is back"


@pytest.mark.django_db
def test_what_was_lost_meanwhile_is_no_longer_used() -> None:
    one = keeping("a", 4)
    end_of_terms()
    assert [rows("b").take() for _ in range(3)] == [True] * 3
    one.beat()
    assert one.gate.limit == 1


@pytest.mark.django_db(transaction=True)
def test_a_lease_renews_itself_and_makes_room_in_a_thread_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "BEAT", 0.02)
    monkeypatch.setattr(keeper, "HURRY", 0.02)
    with slots.lease(None, 4) as first, slots.lease(None, 4) as second:
        for gate in (first, second):
            with gate:
                pass  # the second one waits until the first makes room
        until = time.monotonic() + 10
        while (first.limit, second.limit) != (2, 2) and time.monotonic() < until:
            time.sleep(0.01)
        assert (first.limit, second.limit) == (2, 2)
    assert held() == {}


@pytest.mark.django_db(transaction=True)
def test_three_leases_and_pages_beside_them_never_have_more_under_way_than_the_host_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In threads here; tests/faults/test_limits.py has processes."""
    monkeypatch.setattr(keeper, "BEAT", 0.02)
    monkeypatch.setattr(keeper, "HURRY", 0.02)
    monkeypatch.setattr(slots, "HURRY", 0.02)
    lock, inside, most, calls = threading.Lock(), 0, 0, 0

    def call(door: Any) -> None:
        nonlocal inside, most, calls
        with door:
            with lock:
                inside, calls = inside + 1, calls + 1
                most = max(most, inside)
            time.sleep(0.002)
            with lock:
                inside -= 1

    def run(_: int) -> None:
        try:
            with slots.lease(None, 3) as gate, ThreadPoolExecutor(5) as threads:
                list(threads.map(lambda _: call(gate), range(60)))
        finally:
            connections.close_all()

    def page(_: int) -> None:
        try:
            for _ in range(5):
                call(slots.door())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as threads:
        work = [threads.submit(run, number) for number in range(3)] + [threads.submit(page, n) for n in range(2)]
        for one in work:
            one.result(60)
    assert calls == 190
    assert most == 4
    assert held() == {}


# Calls outside runs


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_call_outside_a_run_takes_one_slot_and_gives_it_back() -> None:
    door = slots.door()
    with door:
        assert sum(held().values()) == 1
        door.met(Met())
    assert held() == {}
    assert not HostLease.objects.exists()


@pytest.mark.django_db
def test_a_call_outside_a_run_is_sent_away_when_there_is_no_slot_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PAGE_PATIENCE", 0.0)
    keeping("a", 4)
    with pytest.raises(GateClosed) as caught, slots.door():
        pass
    assert caught.value.message == "Loket is too busy."
    assert not HostLease.objects.filter(has=0).exists()


@pytest.mark.django_db
def test_a_run_makes_room_for_a_page_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    run = keeping("a", 4)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        run.beat()

    monkeypatch.setattr(slots.time, "sleep", sleep)
    with slots.door():
        assert held()["a"] == 3
    assert waits == [HURRY]


@pytest.mark.django_db
def test_a_page_does_not_go_before_a_run_that_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PAGE_PATIENCE", 0.0)
    keeping("a", 4)
    keeping("b", 1)
    HostSlot.objects.filter(number=0).update(holder="", until=None)
    with pytest.raises(GateClosed), slots.door():
        pass


# A host with faults: what becomes of gates (test_circuit.py has the rest)


@pytest.mark.django_db
def test_five_faults_shut_the_gate_of_every_run_and_no_run_begins() -> None:
    broken, other = keeping("a", 2), keeping("b", 2)
    with broken.gate:
        for _ in range(circuit.FAULTS):
            broken.gate.met(Met(Trouble.FAULT))
    broken.beat()
    other.beat()
    for gate in (broken.gate, other.gate):
        with pytest.raises(GateClosed) as caught:
            gate.__enter__()
        assert 55 < (caught.value.retry_after or 0) <= 60
    assert 55 < slots.circuit() <= 60
    with pytest.raises(GateClosed), slots.lease(None, 1):
        pass
    with pytest.raises(GateClosed), slots.door():
        pass


@pytest.mark.django_db
def test_after_the_rest_one_call_tries_first_and_its_answer_lets_everybody_in() -> None:
    circuit.Watch(HOST, is_trial=False)._open()
    circuit.HostState.objects.update(rests_until=F("rests_until") - timedelta(seconds=60))
    assert slots.circuit() == 0
    trial = Keeper(rows("a"), None, 4, circuit.Watch(HOST, is_trial=circuit.admit(HOST)))
    trial.begin()
    assert trial.gate.limit == 1
    with pytest.raises(GateClosed), slots.lease(None, 1):
        pass
    with trial.gate:
        trial.gate.met(Met())
    trial.beat()
    with slots.lease(None, 1) as gate:
        assert isinstance(gate, Gate)
