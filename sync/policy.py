"""Who is in a run and who is not, and why (rules 39 to 43). Pure: today (in Amsterdam) is passed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mapping.catalogue import EMPLOYEE_NUMBER, INCOME_NUMBER, LOKET_FIELDS
from mapping.converters import Fault, convert
from sync.diff import compact
from sync.records import ELSEWHERE, START_DATE, Effect, HRRecord, Problem, Sealed


class Reason(StrEnum):
    """Why somebody is in or out; `sync/wording/reasons.py` has the words."""

    ACTIVE = "active"
    NOT_CONSIDERED = "not_considered"
    NOT_ACTIVE_ONBOARDING = "not_active_onboarding"
    NOT_ACTIVE_LEAVE = "not_active_leave"
    NOT_ACTIVE_INACTIVE = "not_active_inactive"
    STARTS_LATER = "starts_later"
    HAS_LEFT = "has_left"
    WORKS_ELSEWHERE = "works_elsewhere"
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
    LEFT_OUT = "left_out"
    WAITS_AS_CONCEPT = "waits_as_concept"
    CONVERTED = "converted"
    CONVERSION_REFUSED = "conversion_refused"
    AFTER_INTERRUPTION = "after_interruption"
    BEGUN = "begun"
    SET_ASIDE = "set_aside"
    CRASHED = "crashed"
    REJECTED = "rejected"
    NOT_STORED = "not_stored"
    NOT_STABLE = "not_stable"
    NOT_SURE = "not_sure"
    LOKET_UNREACHABLE = "loket_unreachable"
    STOPPED = "stopped"
    UNEXPECTED = "unexpected"


LEAVERS = frozenset({Reason.NOT_ACTIVE_INACTIVE, Reason.HAS_LEFT, Reason.WORKS_ELSEWHERE})
GONE = "gone_in_personio"
NOT_KNOWN = frozenset({GONE, "employments_unreadable", "works_at_two"})
"""Problems with which nobody can tell whether somebody is still to be sent: they block, whatever the status says."""
DUPLICATE = "duplicate_number"
_NOT_ACTIVE = {
    "onboarding": Reason.NOT_ACTIVE_ONBOARDING,
    "leave": Reason.NOT_ACTIVE_LEAVE,
    "inactive": Reason.NOT_ACTIVE_INACTIVE,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """`in_scope`: to be sent. `blocked`: should be sent but can't be, see `problems`. Neither: rightly left out.

    `day` is the first day of somebody who is left out because of starting later, of a leaver who comes back, or of the
    work at another legal entity. `is_succeeded`: the number of this leaver is somebody else's now.
    """

    in_scope: bool
    blocked: bool
    reason: Reason
    problems: tuple[Problem, ...] = ()
    day: date | None = None
    is_succeeded: bool = False


_SENT = Decision(in_scope=True, blocked=False, reason=Reason.ACTIVE)
"""Of most people: kept once."""
DIGITS = 10  # of an int32, which Loket's number is


def decide_all(records: Sequence[HRRecord], today: date) -> list[tuple[HRRecord, Decision]]:
    """Everybody of a roster with the decision, in the order given; two with one number are both blocked (rule 41).

    Somebody who has left holds no number back: it may have gone on to a successor.
    """
    holders = number_holders(records, today)
    return [(record, decide_one(record, holders, today)) for record in records]


def decide_one(record: HRRecord, holders: Mapping[str, Sequence[int]], today: date) -> Decision:
    """The decision about one of a roster whose `number_holders` are these."""
    rows = holders.get(canonical_number(record) or "", ())
    if not holds_number(record, today):
        return replace(decide(undoubled(record), today), is_succeeded=bool(rows))
    if len(rows) > 1 or _lacks_key(record):
        return duplicate(record, map(str, rows))
    return decide(undoubled(record), today)


def _lacks_key(record: HRRecord) -> bool:
    """Whether a file had the number twice: then the row has no key to be known by until the next file."""
    return record.key == f"row-{record.row}" and undoubled(record) is not record


def number_holders(records: Iterable[HRRecord], today: date) -> dict[str, list[int]]:
    """The rows of those who hold a number, in canonical form."""
    rows: dict[str, list[int]] = {}
    for record in records:
        number = canonical_number(record)
        if number is not None and holds_number(record, today):
            rows.setdefault(number, []).append(record.row)
    return rows


def holds_number(record: HRRecord, today: date) -> bool:
    """Whether nobody else may have this person's number. Whoever left, or was deleted, may have a successor."""
    return not has_left(record, today) and all(problem.code != GONE for problem in record.problems)


def has_left(record: HRRecord, today: date) -> bool:
    """Whether the person is known to work here no more. One of whom it can't be told has not left."""
    if record.text(ELSEWHERE):
        return True
    if is_not_known(record) or _is_faulty(record, {"status"}):
        return False
    end = _day(record, "end_date")
    return (record.text("status") or "inactive") == "inactive" or (end is not None and end < today)


def is_not_known(record: HRRecord) -> bool:
    """Whether nobody can tell if this person is still to be sent."""
    return any(problem.code in NOT_KNOWN and problem.effect is Effect.PERSON for problem in record.problems)


def undoubled(record: HRRecord) -> HRRecord:
    """Without the reader's word that somebody else has the same number: that one may have left since."""
    kept = tuple(problem for problem in record.problems if problem.code != DUPLICATE)
    return record if kept == record.problems else replace(record, problems=kept)


def duplicate(record: HRRecord, rows: Iterable[str]) -> Decision:
    """Blocked, since somebody else has the same number; `rows` are those of all who have it."""
    if any(problem.code == DUPLICATE for problem in record.problems):  # the source has told it already
        return _blocked(Reason.DUPLICATE_NUMBER, *record.problems)
    number, params = record.number, {"rows": ", ".join(rows)}
    problem = Problem(DUPLICATE, "employee_number", number, params, Effect.PERSON)
    return _blocked(Reason.DUPLICATE_NUMBER, *record.problems, problem)


def decide(record: HRRecord, today: date) -> Decision:
    """Whether this person is sent on this day, looking at the record alone (duplicates: see `duplicates`)."""
    if record.text(ELSEWHERE):
        return Decision(False, False, Reason.WORKS_ELSEWHERE, day=_day(record, ELSEWHERE))
    if is_not_known(record) or _is_faulty(record, {"status", "consider_in_nl_payroll"}):
        return _blocked(Reason.FAULTY_DATA, *record.problems)
    if (reason := _left_out(record, today)) is not None:
        return Decision(False, False, reason, day=_first_day(record, reason, today))
    if record.text("employee_number") is None and not _is_faulty(record, {"employee_number"}):
        return _blocked(Reason.NO_EMPLOYEE_NUMBER, *record.problems, _person("no_employee_number", "employee_number"))
    if record.text("income_number") is None and not _is_faulty(record, {"income_number"}):
        return _blocked(Reason.NO_INCOME_NUMBER, *record.problems, _person("no_income_number", "income_number"))
    problems = (*record.problems, *_impossible(record, today))
    if any(problem.effect is Effect.PERSON for problem in problems):
        return _blocked(Reason.FAULTY_DATA, *problems)
    return Decision(True, False, Reason.ACTIVE, problems) if problems else _SENT


def duplicates(records: Iterable[HRRecord], today: date) -> set[str]:
    """Numbers of more than one person who has not left, in canonical form: neither is sent (rule 41)."""
    return {number for number, rows in number_holders(records, today).items() if len(rows) > 1}


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
        record.row: (mark, record.text("income_number"))
        for record in records
        if (mark := bsn_mark(record, fingerprint))
    }
    counted = Counter(marks.values())
    return {row for row, mark in marks.items() if counted[mark] > 1}


def bsn_mark(record: HRRecord, fingerprint: Callable[[str], str]) -> str | None:
    """What the BSN is compared by, sealed or not; None where there is none."""
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
    start, end = _day(record, START_DATE), _day(record, "end_date")
    if end is not None and end < today:
        return Reason.HAS_LEFT
    return Reason.STARTS_LATER if start is not None and start > today else None


def _first_day(record: HRRecord, reason: Reason, today: date) -> date | None:
    """Somebody whom HR has as Onboarding has a first day too, mostly; a leaver has one where the return is planned."""
    if reason in LEAVERS:
        return min(
            (later.on for later in record.later if later.column == START_DATE and later.on > today), default=None
        )
    start = _day(record, START_DATE)
    is_told = reason in {Reason.STARTS_LATER, Reason.NOT_ACTIVE_ONBOARDING}
    return start if is_told and start is not None and start > today else None


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
