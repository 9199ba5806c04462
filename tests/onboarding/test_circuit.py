"""When a host is left alone: five faults in a row, of the host and not of one person or one customer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import F

from loket_portal.lib.gate import GateClosed, Met, Trouble
from onboarding.models import HostState
from onboarding.services import circuit
from onboarding.services.circuit import FAULTS, REST, Watch

HOST = "api.loket.example"
FAULT = Met(Trouble.FAULT)
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    """What this process remembers of the host."""
    circuit._streaks.clear()
    yield
    circuit._streaks.clear()


def met(*several: Met) -> float:
    watch = Watch(HOST, is_trial=False)
    for one in several:
        watch.met(one)
    return watch.settle()


def pass_by(seconds: float) -> None:
    by = timedelta(seconds=seconds)
    HostState.objects.update(rests_until=F("rests_until") - by, answered_at=F("answered_at") - by)


@pytest.mark.parametrize("trouble", [Trouble.FAULT, Trouble.AWAY])
def test_five_in_a_row_let_the_host_rest_for_a_minute(trouble: Trouble) -> None:
    assert met(*[Met(trouble)] * (FAULTS - 1)) == 0
    assert circuit.wait_of(HOST) == 0
    assert met(Met(trouble)) == REST, "whoever meets the fifth"
    assert REST - 5 < circuit.wait_of(HOST) <= REST
    assert circuit.wait_of("api.loket-acc.example") == 0


@pytest.mark.parametrize("answer", [Met(), Met(Trouble.BUSY, 2.0)])
def test_any_answer_begins_the_row_anew(answer: Met) -> None:
    assert met(*[FAULT] * 4, answer, *[FAULT] * 4) == 0


def test_one_person_s_poisoned_record_stops_nobody_else() -> None:
    assert met(*[Met(Trouble.FAULT, about="/employees/1")] * 50) == 0
    others = [Met(Trouble.FAULT, about=f"/employees/{number}") for number in range(2, 6)]
    assert met(*others) == REST, "the same of five persons is the host's"


def test_one_customer_s_faults_stop_nobody_while_another_process_gets_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setattr(circuit, "_process", "another")
        met(Met())
        assert met(Met()) == 0
    circuit._streaks.clear()
    assert met(*[FAULT] * 10) == 0
    pass_by(3)
    assert met(FAULT) == REST, "when the other gets none either"


def test_its_own_earlier_answers_are_no_reason_to_go_on() -> None:
    met(Met())
    met(Met())
    assert met(*[FAULT] * 5) == REST


def test_after_the_rest_one_tries_and_the_others_wait_once_more() -> None:
    met(*[FAULT] * 5)
    with pytest.raises(GateClosed) as caught:
        circuit.admit(HOST)
    assert caught.value.message == "Loket has a fault of its own."
    pass_by(REST)
    assert circuit.wait_of(HOST) == 0
    assert circuit.admit(HOST)
    with pytest.raises(GateClosed):
        circuit.admit(HOST)


def test_the_answer_of_who_tried_ends_the_rest() -> None:
    met(*[FAULT] * 5)
    pass_by(REST)
    watch = Watch(HOST, is_trial=circuit.admit(HOST))
    watch.met(Met())
    assert watch.is_pressing
    assert watch.settle() == 0
    assert not circuit.admit(HOST)


def test_one_fault_of_who_tried_is_enough_for_another_rest() -> None:
    met(*[FAULT] * 5)
    pass_by(REST)
    watch = Watch(HOST, is_trial=circuit.admit(HOST))
    watch.met(FAULT)
    assert watch.settle() == REST
    assert circuit.wait_of(HOST) > REST - 5


def test_a_host_that_never_had_faults_admits_everybody() -> None:
    assert not circuit.admit(HOST)
    assert not circuit.admit(HOST)
