"""Who is in a run (rules 39 to 43)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mapping.rules import Effect, Problem, Sealed
from sync.policy import (
    NOT_KNOWN,
    Decision,
    Reason,
    decide,
    decide_all,
    duplicate_bsns,
    duplicates,
    loket_number,
)
from sync.records import ELSEWHERE, PROBLEM_CODES, HRRecord, Later
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


@pytest.mark.parametrize(
    ("values", "day"),
    [
        ({"start_date": "2026-11-24"}, date(2026, 11, 24)),
        ({"start_date": "2027-01-01", "status": "onboarding"}, date(2027, 1, 1)),
        ({"start_date": "2026-11-23", "status": "onboarding"}, None),
        ({"status": "onboarding"}, None),
        ({"start_date": "2026-11-24", "status": "inactive"}, None),
        ({"start_date": "2026-11-24", "consider_in_nl_payroll": "no"}, None),
        ({"start_date": "2020-01-01"}, None),
    ],
)
def test_who_starts_later_has_a_first_day(values: dict[str, Any], day: date | None) -> None:
    """Rules 39 and 43: people who come later are shown, with their day."""
    assert decide(record(1001, **values), TODAY).day == day


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


def test_two_of_personio_with_one_number_are_told_who_has_it() -> None:
    """Rule 41; the roster's reader has told it already, Personio is read a page at a time."""
    twins = [HRRecord(f"personio-{row}", row, record(1001).values) for row in (7, 9)]
    told = Problem("duplicate_number", "employee_number", "1001", {"rows": "2, 3"}, Effect.PERSON)
    both = [decision for _record, decision in decide_all([*twins, record(1002)], TODAY)][:2]
    expected = Problem("duplicate_number", "employee_number", "1001", {"rows": "7, 9"}, Effect.PERSON)
    assert [(decision.reason, decision.problems) for decision in both] == [(Reason.DUPLICATE_NUMBER, (expected,))] * 2
    rows = [replace(record(1001, row), key=f"row-{row}", problems=(told,)) for row in (2, 3)]
    assert [decision.problems for _record, decision in decide_all(rows, TODAY)] == [(told,)] * 2


LEFT: list[dict[str, Any]] = [
    {"status": "inactive"},
    {"end_date": "2026-11-22"},
    {ELSEWHERE: "2026-01-01"},
    {"problems": [Problem("gone_in_personio", effect=Effect.PERSON)]},
]


@pytest.mark.parametrize("values", LEFT)
@pytest.mark.parametrize("is_told", [False, True])
def test_who_has_left_blocks_no_successor(values: dict[str, Any], is_told: bool) -> None:
    """Rule 41 is about two of whom both could be sent."""
    told = (Problem("duplicate_number", "employee_number", "1001", {"rows": "7, 9"}, Effect.PERSON),)
    gone = replace(record(1001, **values), key="personio-7", row=7)
    new = HRRecord("personio-9", 9, record(1001).values, told if is_told else ())
    plan = [decision for _record, decision in decide_all([gone, new], TODAY)]
    assert plan[0].is_succeeded
    assert plan[0].reason is not Reason.DUPLICATE_NUMBER
    assert (plan[1].in_scope, plan[1].problems, plan[1].is_succeeded) == (True, (), False)


def test_two_leavers_with_one_number_have_left() -> None:
    both = [HRRecord(f"personio-{row}", row, record(1001, status="inactive").values) for row in (7, 8)]
    assert [d.reason for _record, d in decide_all(both, TODAY)] == [Reason.NOT_ACTIVE_INACTIVE] * 2
    assert not any(d.is_succeeded for _record, d in decide_all(both, TODAY))


def test_a_row_that_lost_its_key_stays_blocked_when_the_other_one_leaves() -> None:
    """Without a key of its own nobody could tell next time who it is."""
    told = Problem("duplicate_number", "employee_number", "1001", {"rows": "2, 3"}, Effect.PERSON)
    rows = [replace(record(1001, row), key=f"row-{row}", problems=(told,)) for row in (2, 3)]
    ended = replace(rows[1], values=record(1001, end_date="2026-11-22").values)
    assert [d.reason for _record, d in decide_all([rows[0], ended], TODAY)] == [
        Reason.DUPLICATE_NUMBER,
        Reason.HAS_LEFT,
    ]


@pytest.mark.parametrize(("since", "day"), [("2026-01-01", date(2026, 1, 1)), ("?", None)])
def test_who_works_elsewhere_is_left_out_with_the_day(since: str, day: date | None) -> None:
    found = decide(HRRecord("personio-7", 7, {"last_name": "Berg", ELSEWHERE: since}), TODAY)
    assert found == Decision(False, False, Reason.WORKS_ELSEWHERE, day=day)


@pytest.mark.parametrize("code", sorted(NOT_KNOWN))
def test_who_can_not_be_judged_is_blocked_whatever_the_status_says(code: str) -> None:
    found = decide(record(1001, status="inactive", problems=[Problem(code, effect=Effect.PERSON)]), TODAY)
    assert (found.blocked, found.reason) == (True, Reason.FAULTY_DATA)


def test_a_leaver_who_comes_back_has_the_day() -> None:
    back = (Later("hours_per_week", "20", date(2026, 12, 1)), Later("start_date", "2027-01-01", date(2027, 1, 1)))
    for gone in (record(1001, status="inactive"), record(1001, end_date="2026-11-22")):
        assert decide(replace(gone, later=back), TODAY).day == date(2027, 1, 1)


def test_one_number_twice_is_seen_through_leading_zeros() -> None:
    """Rule 41; Loket's employee number is an integer."""
    records = [record(1), record(2), HRRecord("0001", 4, record(1).values | {"employee_number": "0001"})]
    assert duplicates(records, TODAY) == {"1"}
    assert duplicates([record(None), record(None, row=3)], TODAY) == set()


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
