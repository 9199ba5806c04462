"""Who is in a run (rules 39 to 43)."""

from typing import Any

import pytest

from mapping.rules import Effect, Problem, Sealed
from sync.policy import Reason, decide, decide_all, duplicate_bsns, duplicates, loket_number
from sync.records import PROBLEM_CODES, HRRecord
from tests.sync.fakes import TODAY, record


def reason(**values: Any) -> Reason:
    return decide(record(1001, **values), TODAY).reason


def test_active_and_considered_is_in_scope() -> None:
    decision = decide(record(1001, birth_date="2026-11-23", start_date="2026-11-23", end_date="2026-11-23"), TODAY)
    assert (decision.in_scope, decision.blocked, decision.reason) == (True, False, Reason.ACTIVE)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": "onboarding"}, Reason.NOT_ACTIVE_ONBOARDING),
        ({"status": "leave"}, Reason.NOT_ACTIVE_LEAVE),
        ({"status": "inactive"}, Reason.NOT_ACTIVE_INACTIVE),
        ({"status": None}, Reason.NOT_ACTIVE_INACTIVE),
        ({"consider_in_nl_payroll": "no"}, Reason.NOT_CONSIDERED),
        ({"consider_in_nl_payroll": None}, Reason.NOT_CONSIDERED),
        ({"consider_in_nl_payroll": "no", "status": "leave"}, Reason.NOT_CONSIDERED),
        ({"start_date": "2026-11-24"}, Reason.STARTS_LATER),
        ({"end_date": "2026-11-22"}, Reason.HAS_LEFT),
    ],
)
def test_everybody_left_out_has_a_reason_and_is_not_blocked(values: dict[str, Any], expected: Reason) -> None:
    decision = decide(record(1001, **values), TODAY)
    assert (decision.in_scope, decision.blocked, decision.reason) == (False, False, expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"employee_number": None}, Reason.NO_EMPLOYEE_NUMBER),
        ({"income_number": None}, Reason.NO_INCOME_NUMBER),
        ({"income_number": "10000"}, Reason.FAULTY_DATA),
        ({"income_number": "1a"}, Reason.FAULTY_DATA),
        ({"employee_number": "0"}, Reason.FAULTY_DATA),
        ({"employee_number": "A12"}, Reason.FAULTY_DATA),
        ({"birth_date": "2026-11-24"}, Reason.FAULTY_DATA),
    ],
)
def test_somebody_in_scope_who_cannot_be_sent_is_blocked_with_a_problem(
    values: dict[str, Any], expected: Reason
) -> None:
    """Rules 40 and 41."""
    decision = decide(record(1001, **values), TODAY)
    assert (decision.in_scope, decision.blocked, decision.reason) == (False, True, expected)
    assert {problem.effect for problem in decision.problems} == {Effect.PERSON}
    assert {problem.code for problem in decision.problems} <= set(PROBLEM_CODES)


def test_a_row_that_could_not_be_read_blocks_only_people_who_would_be_sent() -> None:
    fault = Problem("invalid_date", "birth_date", "31-02", {}, Effect.PERSON)
    assert decide(record(1001, problems=[fault]), TODAY).reason is Reason.FAULTY_DATA
    assert decide(record(1001, problems=[fault], status="inactive"), TODAY).reason is Reason.NOT_ACTIVE_INACTIVE


def test_an_unreadable_status_is_not_taken_for_inactive() -> None:
    fault = Problem("invalid_status", "status", "aktief", {}, Effect.PERSON)
    decision = decide(record(1001, problems=[fault], status=None), TODAY)
    assert (decision.blocked, decision.reason, decision.problems) == (True, Reason.FAULTY_DATA, (fault,))


def test_an_unreadable_number_is_told_once() -> None:
    fault = Problem("invalid_employee_number", "employee_number", "10 01", {}, Effect.PERSON)
    decision = decide(record(1001, employee_number=None, problems=[fault]), TODAY)
    assert (decision.reason, decision.problems) == (Reason.FAULTY_DATA, (fault,))


def test_a_problem_of_one_field_leaves_the_person_in_scope() -> None:
    fault = Problem("invalid_phone", "phone", "?", {})
    decision = decide(record(1001, problems=[fault]), TODAY)
    assert decision.in_scope
    assert decision.problems == (fault,)


def test_one_number_twice_is_seen_through_leading_zeros() -> None:
    """Rule 41; Loket's employee number is an integer."""
    records = [record(1), record(2), HRRecord("0001", 4, record(1).values | {"employee_number": "0001"})]
    assert duplicates(records) == {"1"}
    assert duplicates([record(None), record(None, row=3)]) == set()


@pytest.mark.parametrize(
    ("text", "number"), [("1001", 1001), (" 0017", 17), ("0", None), ("10-1", None), ("²", None), (None, None)]
)
def test_the_number_as_loket_has_it(text: str | None, number: int | None) -> None:
    assert loket_number(record(1, employee_number=text)) == number


def test_one_bsn_twice_is_an_error_only_with_one_income_number() -> None:
    """Rule 42: somebody with two jobs has two income numbers."""
    a, b = record(1, 2, bsn="111222333"), record(2, 3, bsn="1112.22.333")
    second_job = record(3, 4, bsn="111222333", income_number="2")
    purged = record(4, 5, bsn=Sealed("#111222333", "••••••333"))
    others = [record(5, 6, bsn=None), record(6, 7, bsn=None), record(7, 8)]
    assert duplicate_bsns([a, b, second_job, *others], lambda bsn: "#" + bsn) == {2, 3}
    assert duplicate_bsns([a, purged], lambda bsn: "#" + bsn) == {2, 5}
    assert duplicate_bsns([a, second_job], lambda bsn: "#" + bsn) == set()


def test_every_reason_that_blocks_or_fails_has_a_problem_code() -> None:
    told_otherwise = {Reason.FAULTY_DATA, Reason.NOT_STORED}
    stops = [r for r in Reason if r in _STOPS]
    assert {r.value for r in stops} - {r.value for r in told_otherwise} <= set(PROBLEM_CODES)


_STOPS = {
    *(Reason.NO_EMPLOYEE_NUMBER, Reason.NO_INCOME_NUMBER, Reason.DUPLICATE_NUMBER, Reason.FAULTY_DATA),
    *(Reason.OTHER_PERSON, Reason.EMPLOYED_ELSEWHERE, Reason.GONE_IN_LOKET, Reason.CONCEPT_OF_OTHERS),
    *(Reason.REJECTED, Reason.NOT_STORED, Reason.NOT_SURE, Reason.LOKET_UNREACHABLE, Reason.STOPPED),
    *(Reason.CONCEPT_ELSEWHERE, Reason.MAYBE_IN_LOKET, Reason.UNEXPECTED),
}


def test_an_endless_number_is_no_number_and_stops_nobody_else() -> None:
    """Python refuses to turn thousands of digits into an integer."""
    endless = record(None, employee_number="9" * 5000)
    assert loket_number(endless) is None
    decided = decide_all((endless, record(1001, row=3)), TODAY)
    assert [decision.in_scope for _record, decision in decided] == [False, True]
