"""Who is in a run and who is not, and why (rules 39 to 43). Pure: today (in Amsterdam) is passed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mapping.catalogue import EMPLOYEE_NUMBER, INCOME_NUMBER, LOKET_FIELDS
from mapping.converters import Fault, convert
from sync.diff import compact
from sync.records import Effect, HRRecord, Problem, Sealed


class Reason(StrEnum):
    """Why somebody is in or out; `sync/wording.py` has the words."""

    ACTIVE = "active"
    NOT_CONSIDERED = "not_considered"
    NOT_ACTIVE_ONBOARDING = "not_active_onboarding"
    NOT_ACTIVE_LEAVE = "not_active_leave"
    NOT_ACTIVE_INACTIVE = "not_active_inactive"
    STARTS_LATER = "starts_later"
    HAS_LEFT = "has_left"
    NO_EMPLOYEE_NUMBER = "no_employee_number"
    NO_INCOME_NUMBER = "no_income_number"
    DUPLICATE_NUMBER = "duplicate_number"
    FAULTY_DATA = "faulty_data"
    OTHER_PERSON = "other_person"
    EMPLOYED_ELSEWHERE = "employed_elsewhere"
    GONE_IN_LOKET = "gone_in_loket"
    CONCEPT_OF_OTHERS = "concept_of_others"
    CONCEPT_ELSEWHERE = "concept_elsewhere"
    MAYBE_IN_LOKET = "maybe_in_loket"
    NOT_YET_SENT = "not_yet_sent"
    WAITS_AS_CONCEPT = "waits_as_concept"
    CONVERTED = "converted"
    CONVERSION_REFUSED = "conversion_refused"
    AFTER_INTERRUPTION = "after_interruption"
    REJECTED = "rejected"
    NOT_STORED = "not_stored"
    NOT_SURE = "not_sure"
    LOKET_UNREACHABLE = "loket_unreachable"
    STOPPED = "stopped"
    UNEXPECTED = "unexpected"


LEAVERS = frozenset({Reason.NOT_ACTIVE_INACTIVE, Reason.HAS_LEFT})
_NOT_ACTIVE = {
    "onboarding": Reason.NOT_ACTIVE_ONBOARDING,
    "leave": Reason.NOT_ACTIVE_LEAVE,
    "inactive": Reason.NOT_ACTIVE_INACTIVE,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """`in_scope`: to be sent. `blocked`: should be sent but can't be, see `problems`. Neither: rightly left out."""

    in_scope: bool
    blocked: bool
    reason: Reason
    problems: tuple[Problem, ...] = ()


DIGITS = 10  # of an int32, which Loket's number is


def decide_all(records: Sequence[HRRecord], today: date) -> list[tuple[HRRecord, Decision]]:
    """Everybody of a roster with the decision, in the order given; two with one number are both blocked (rule 41)."""
    twice = duplicates(records)
    return [
        (record, _duplicate(record) if canonical_number(record) in twice else decide(record, today))
        for record in records
    ]


def _duplicate(record: HRRecord) -> Decision:
    if any(problem.code == "duplicate_number" for problem in record.problems):  # the source has told it already
        return _blocked(Reason.DUPLICATE_NUMBER, *record.problems)
    problem = _person("duplicate_number", "employee_number", record.text("employee_number") or "")
    return _blocked(Reason.DUPLICATE_NUMBER, *record.problems, problem)


def decide(record: HRRecord, today: date) -> Decision:
    """Whether this person is sent on this day, looking at the record alone (duplicates: see `duplicates`)."""
    if _is_faulty(record, {"status", "consider_in_nl_payroll"}):
        return _blocked(Reason.FAULTY_DATA, *record.problems)
    if (reason := _left_out(record, today)) is not None:
        return Decision(False, False, reason)
    if record.text("employee_number") is None and not _is_faulty(record, {"employee_number"}):
        return _blocked(Reason.NO_EMPLOYEE_NUMBER, *record.problems, _person("no_employee_number", "employee_number"))
    if record.text("income_number") is None and not _is_faulty(record, {"income_number"}):
        return _blocked(Reason.NO_INCOME_NUMBER, *record.problems, _person("no_income_number", "income_number"))
    problems = (*record.problems, *_impossible(record, today))
    if any(problem.effect is Effect.PERSON for problem in problems):
        return _blocked(Reason.FAULTY_DATA, *problems)
    return Decision(True, False, Reason.ACTIVE, problems)


def duplicates(records: Iterable[HRRecord]) -> set[str]:
    """Employee numbers that more than one record carries, in canonical form: neither is sent (rule 41)."""
    counted = Counter(number for record in records if (number := canonical_number(record)) is not None)
    return {number for number, times in counted.items() if times > 1}


def canonical_number(record: HRRecord) -> str | None:
    """The employee number without leading zeros, since Loket's is an integer; other text as it is."""
    number = record.text("employee_number")
    return None if number is None else number.strip().lstrip("0") or "0"


def loket_number(record: HRRecord) -> int | None:
    """The employee number as Loket has it; None where there is none or it can't be one. Loket's begin at 1."""
    number = canonical_number(record) or ""
    is_number = number.isascii() and number.isdigit() and len(number) <= DIGITS  # int() refuses thousands of digits
    return int(number) or None if is_number else None


def duplicate_bsns(records: Iterable[HRRecord], fingerprint: Callable[[str], str]) -> set[int]:
    """Rows in which the same BSN and income number occur as in another row.

    The tax authority tells employments apart by just these two (rule 42), so one of them must be wrong. Somebody with
    two jobs has one BSN and two income numbers.
    """
    marks = {
        record.row: (mark, record.text("income_number")) for record in records if (mark := _mark(record, fingerprint))
    }
    counted = Counter(marks.values())
    return {row for row, mark in marks.items() if counted[mark] > 1}


def _mark(record: HRRecord, fingerprint: Callable[[str], str]) -> str | None:
    value = record.values.get("bsn")
    if isinstance(value, Sealed):
        return value.fingerprint
    return fingerprint(compact(value)) if value and value.strip() else None


def _left_out(record: HRRecord, today: date) -> Reason | None:
    if record.text("consider_in_nl_payroll") != "yes":
        return Reason.NOT_CONSIDERED
    status = record.text("status") or "inactive"
    if status != "active":
        return _NOT_ACTIVE.get(status, Reason.NOT_ACTIVE_INACTIVE)
    start, end = _day(record, "start_date"), _day(record, "end_date")
    if end is not None and end < today:
        return Reason.HAS_LEFT
    return Reason.STARTS_LATER if start is not None and start > today else None


def _impossible(record: HRRecord, today: date) -> list[Problem]:
    checks = (
        (EMPLOYEE_NUMBER, "employee_number", "invalid_employee_number"),
        (INCOME_NUMBER, "income_number", "invalid_income_number"),
    )
    problems = [
        _person(code, column, text)
        for key, column, code in checks
        if (text := record.text(column)) and isinstance(convert(LOKET_FIELDS[key], text), Fault)
    ]
    birth = _day(record, "birth_date")
    if birth is not None and birth > today:
        problems.append(_person("birth_date_in_future", "birth_date", birth.isoformat()))
    return problems


def _day(record: HRRecord, column: str) -> date | None:
    try:
        return date.fromisoformat(record.text(column) or "")
    except ValueError:
        return None


def _is_faulty(record: HRRecord, columns: set[str]) -> bool:
    return any(problem.field in columns and problem.effect is Effect.PERSON for problem in record.problems)


def _person(code: str, column: str, value: str = "") -> Problem:
    return Problem(code, column, value, {}, Effect.PERSON)


def _blocked(reason: Reason, *problems: Problem) -> Decision:
    return Decision(False, True, reason, problems)
