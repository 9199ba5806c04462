"""The look at Loket after the writes: what it holds now is what was meant, or the person has failed (D2, D12).

One pass over the comprehensive list, or over the few who were written. Compared is what was sent: what
somebody else has edited since is nobody's fault, and the next run sees it by its version number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from mapping.catalogue import LOKET_FIELDS, Resource
from mapping.rules import Problem
from sync import few, resources
from sync.certainty import look_on
from sync.diff import Change, diff_employee
from sync.outcomes import Outcome, PersonResult
from sync.packed import LoketPerson, Packed, digest, folded, without_employee
from sync.person import Seat, begin
from sync.policy import Reason
from sync.ports import Confirmed
from sync.resources.words_given import as_answered
from sync.roll import Roll
from sync.work import RunContext, Work

BATCH = 250
"""People who are confirmed together."""
Told = Callable[[Sequence[str]], Mapping[str, PersonResult]]
"""Gives by result key what was told of people."""

_IN_EMPLOYEE = (Resource.EMPLOYEE, Resource.BSN)


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody in whom Loket took something."""

    seat: Seat
    outcome: Outcome
    reason: str
    fields: tuple[str, ...]
    """What was sent; one tuple for all who were sent the same."""
    is_certain: bool
    stored: int | None = None
    """The digest of the employee as Loket said it was stored."""


class Shelf:
    """Those who were written, small: what was told of them is asked for again where it turns out to be wrong."""

    def __init__(self) -> None:
        self.written: list[Written] = []
        self._fields: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self.written)

    def keep(self, work: Work, seat: Seat, result: PersonResult, certain: bool) -> None:
        """One more of them."""
        fields = tuple([change.field for change in result.changes if change.sendable])
        fields = self._fields.setdefault(fields, fields)
        self.written.append(Written(seat, result.outcome, result.reason, fields, certain, work.stored))


@dataclass
class Seen:
    """What the look came to: `agreed` are result keys; `failed` takes the place of what was told before."""

    agreed: set[str] = field(default_factory=set)
    failed: list[PersonResult] = field(default_factory=list)


def look_again(context: RunContext, roll: Roll, shelf: Shelf, version: int | None, told: Told) -> Seen:
    """Looks at everybody who was written and is an employee now; those who agree are confirmed as of `version`."""
    seen, missed, confirmed = Seen(), list[tuple[Written, list[Change]]](), list[Confirmed]()
    missing = _looked_for(context, shelf, seen)
    for person in _again(context, roll, list(missing.values())) if missing else ():
        found = missing.get(person.employee_id.casefold())
        if found is None or not _is_the_one(found, person):
            continue
        del missing[person.employee_id.casefold()]
        if changes := _missed(context, roll, found, person, seen):
            missed.append((found, changes))
        elif found.seat.key in seen.agreed:
            entry = found.seat.entry
            confirmed.append(Confirmed(entry.key, entry.mark, version, look_on(found.seat, context.today)))
        if len(confirmed) == BATCH:  # written down while the next pages are read
            context.memory.confirm(confirmed)
            confirmed = []
    context.memory.confirm(confirmed)
    before = told([one.seat.key for one, _ in missed]) if missed else {}
    seen.failed = [_failed(context, one, before[one.seat.key], changes) for one, changes in missed]
    return seen


def _looked_for(context: RunContext, shelf: Shelf, seen: Seen) -> dict[str, Written]:
    """By the id of the employee those who are to be found in the list; of the others their own answer has told."""
    missing: dict[str, Written] = {}
    for one in shelf.written:
        if loket_id := _loket_id(context, one):
            missing[loket_id] = one
        elif one.is_certain:
            seen.agreed.add(one.seat.key)
    return missing


def _loket_id(context: RunContext, one: Written) -> str:
    """The id of the employee; "" of somebody who is none yet."""
    if isinstance(one.seat.who, Packed):
        return folded(one.seat.who.employee_id)
    is_converted = one.reason == Reason.CONVERTED
    return (context.memory.linked_id(one.seat.entry.key) or "").casefold() if is_converted else ""


def _again(context: RunContext, roll: Roll, written: Sequence[Written]) -> Iterable[LoketPerson]:
    """Their present state: of few by their numbers, of many by the whole list."""
    numbers, everybody = [_number(one) for one in written], max(len(context.snapshot.people), len(roll.entries))
    return context.target.people_again(numbers if few.is_cheaper(len(numbers), everybody) else None)


def _number(one: Written) -> int:
    who = one.seat.who
    return who.number if isinstance(who, Packed) else one.seat.entry.number or 0


@cache
def _are_of_employee(fields: tuple[str, ...]) -> bool:
    return all(LOKET_FIELDS[key].resource in _IN_EMPLOYEE for key in fields)


def _is_the_one(one: Written, person: LoketPerson) -> bool:
    """Somebody with several employments is in the list several times: what was written is in this row."""
    who = one.seat.who
    if not isinstance(who, Packed) or not who.is_here:
        return isinstance(who, Packed) or person.employment is not None
    return person.employment is not None and folded(who.employment_id) == folded(str(person.employment.get("id")))


def _missed(context: RunContext, roll: Roll, one: Written, person: LoketPerson, seen: Seen) -> list[Change]:
    """What was sent and is not there, a failure; anything else that differs is for the next run."""
    if one.is_certain and _is_as_stored(one, person):
        seen.agreed.add(one.seat.key)
        return []
    work = begin(context, one.seat, roll.record(one.seat.entry))
    mapped = work.mapped(is_new=False)
    changes, _ = diff_employee(person.employee, mapped.values, context.mapping)
    planned = as_answered(work, resources.plan(person, mapped, context, since=work.record.since))
    changes += [change for change in planned if change.field != "iban" and not change.left_out]
    fields = one.fields if isinstance(one.seat.who, Packed) else ()
    missed = [change for change in changes if change.sendable and change.field in fields]
    if one.is_certain and not changes:
        seen.agreed.add(one.seat.key)
    return missed


def _is_as_stored(one: Written, person: LoketPerson) -> bool:
    """Whether the employee is just what the answer to our write said, and the employment what it was before."""
    who, row = one.seat.who, person.employment
    if not isinstance(who, Packed) or row is None or one.stored is None or not _are_of_employee(one.fields):
        return False
    return digest(person.employee) == one.stored and digest(without_employee(row)) == who.rest


def _failed(context: RunContext, one: Written, result: PersonResult, missed: Sequence[Change]) -> PersonResult:
    """Not kept. When the very same was sent by an earlier run too, it is not tried a third time (D3)."""
    gone = {change.field for change in missed}
    problems = tuple(Problem("not_stored", change.field, change.new) for change in missed)
    told = replace(
        result,
        person=one.seat.entry.key,
        outcome=Outcome.FAILED,
        reason=str(Reason.NOT_STORED),
        changes=tuple(change for change in result.changes if change.field not in gone),
        problems=(*result.problems, *problems),
    )
    return unstable(context, one.seat, told)


def unstable(context: RunContext, seat: Seat, result: PersonResult) -> PersonResult:
    """The result of somebody in whom Loket did not keep what was sent: set aside when an earlier run sent the very same."""
    entry = seat.entry
    if not context.journal.sent_before(entry.key):
        return result
    result = replace(result, reason=str(Reason.NOT_STABLE))
    context.memory.quarantine(result, entry.mark, "not_stable")
    return result
