"""The gate: never more at once than given, fewer after trouble, a pace after refusals, nobody waits for ever."""

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import pytest

from loket_portal.lib.gate import CLEAN, OUT_OF_ORDER, Gate, GateClosed, Met, Trouble

FINE, BUSY, AWAY = Met(), Met(Trouble.BUSY), Met(Trouble.AWAY)


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Timed(Gate):
    """A gate whose waits pass at once."""

    def __init__(self, most: int, clock: Clock, **more: float) -> None:
        super().__init__(most, clock=clock, **more)  # type: ignore[arg-type]
        self.clock = clock
        self.waits: list[float] = []

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> Timed:
    return Timed(4, clock)


def passes(gate: Gate, count: int, met: Met = FINE) -> None:
    for _ in range(count):
        with gate:
            gate.met(met)


def together(gate: Gate, count: int, met: Met) -> None:
    """So many at once, all inside before the first one has its answer."""
    for _ in range(count):
        gate.__enter__()
    for _ in range(count):
        gate.met(met)
        gate.__exit__()


def test_many_threads_are_never_more_at_once_than_the_gate_allows() -> None:
    gate, full = Gate(4), threading.Barrier(4)

    def call(_: int) -> None:
        with gate:
            full.wait(10)  # only four together get through here

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(call, range(40)))
    assert (gate.highest, gate.inflight) == (4, 0)


def test_nobody_gets_in_without_a_slot_and_goes_home_in_the_end(clock: Clock) -> None:
    gate = Timed(4, clock, size=0, patience=30)
    with pytest.raises(GateClosed) as caught:
        gate.__enter__()
    assert caught.value.message == "Loket is too busy."
    assert clock.now == 1030


def test_a_waiting_thread_gets_in_when_slots_come() -> None:
    gate = Gate(4, size=0)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(passes, gate, 1)
        gate.resize(1)
        waiting.result(10)
    assert gate.highest == 1


def test_closing_sends_home_who_waits_and_lets_those_inside_end() -> None:
    gate = Gate(1)
    with ThreadPoolExecutor(1) as thread, gate:
        waiting = thread.submit(passes, gate, 1)
        gate.close(OUT_OF_ORDER, 60)
        with pytest.raises(GateClosed) as caught:
            waiting.result(10)
        assert (caught.value.message, caught.value.retry_after) == ("Loket has a fault of its own.", 60)
        assert gate.inflight == 1
    assert gate.inflight == 0


def test_a_smaller_gate_lets_those_inside_end_and_says_how_many_they_are(gate: Timed) -> None:
    for _ in range(3):
        gate.__enter__()
    assert gate.resize(1) == 3
    gate.__exit__()
    gate.__exit__()
    assert (gate.inflight, gate.limit) == (1, 1)
    assert gate.resize(9) == 1
    assert gate.limit == 4, "never more than it was made for"


def test_nobody_enters_when_the_slots_may_be_somebody_else_s(clock: Clock) -> None:
    gate = Timed(4, clock, patience=30)
    gate.usable_until(clock.now + 5)
    passes(gate, 1)
    clock.now += 5
    with pytest.raises(GateClosed):
        passes(gate, 1)
    gate.usable_until(clock.now + 5)
    passes(gate, 1)


def test_a_refusal_halves_and_fifty_clean_answers_open_by_one(gate: Timed) -> None:
    passes(gate, 1, BUSY)
    assert gate.limit == 2
    passes(gate, 1, AWAY)
    assert gate.limit == 1
    passes(gate, 1, AWAY)
    assert gate.limit == 1, "never none"
    passes(gate, CLEAN - 1)
    assert gate.limit == 1
    passes(gate, 1)
    assert gate.limit == 2
    passes(gate, 10 * CLEAN)
    assert gate.limit == 4


def test_refusals_of_requests_that_were_under_way_together_halve_once(gate: Timed) -> None:
    together(gate, 4, AWAY)
    assert gate.limit == 2
    together(gate, 2, AWAY)
    assert gate.limit == 1


def test_a_fault_of_the_other_side_says_nothing_about_what_it_bears(gate: Timed) -> None:
    passes(gate, 5, Met(Trouble.FAULT))
    assert gate.limit == 4


def test_what_was_asked_to_be_waited_is_waited_out_here_when_it_is_short(gate: Timed, clock: Clock) -> None:
    passes(gate, 1, Met(Trouble.BUSY, wait=2.0))
    passes(gate, 1)
    assert clock.now == 1002


def test_a_long_wait_sends_everybody_home_with_it(gate: Timed) -> None:
    passes(gate, 1, Met(Trouble.BUSY, wait=2.5))
    with pytest.raises(GateClosed) as caught:
        passes(gate, 1)
    assert caught.value.retry_after == 2.5
    assert gate.waits == []


def test_whoever_waits_calls_what_tends_the_gate_in_his_own_thread() -> None:
    seen: list[int] = []

    def tend() -> None:
        seen.append(threading.get_ident())
        gate.resize(len(seen) // 3)

    gate = Gate(1, size=0, look=0.001, tend=tend)
    passes(gate, 1)
    assert seen == [threading.get_ident()] * 3


def test_the_watch_hears_of_everything(clock: Clock) -> None:
    seen: list[Met] = []
    gate = Gate(4, clock=clock, watch=seen.append)
    gate.met(AWAY)
    gate.met(Met())
    assert seen == [AWAY, Met()]


@pytest.mark.parametrize(("seconds", "calls"), [(0.0, 1000), (0.02, 1000), (0.3, 400)])
def test_a_host_that_takes_ten_a_second_refuses_fewer_than_one_in_twenty(
    clock: Clock, seconds: float, calls: int
) -> None:
    """Whatever a call takes: the pace is found from the refusals, since one at a time may be too fast still."""
    gate, taken, refused = Timed(4, clock), deque[float](), 0
    for _ in range(calls):
        with gate:
            while taken and taken[0] <= clock.now - 1:
                taken.popleft()
            is_refused = len(taken) >= 10
            refused += is_refused
            if not is_refused:
                taken.append(clock.now)
            clock.now += seconds / 4  # four at once
            gate.met(Met(Trouble.BUSY, wait=2.0) if is_refused else Met())
    assert refused / calls < 0.05, f"{refused} of {calls}"
    assert (calls - refused) / (clock.now - 1000) > 5, "and it is not much slower than it might be"
