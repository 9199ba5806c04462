"""The look at Loket after the writes: what it holds now is what was meant, or the person has failed (D2, D12).

One pass over the comprehensive list, or over the few who were written. Compared is what was sent: what
somebody else has edited since is nobody's fault, and the next run sees it by its version number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from mapping.catalogue import LOKET_FIELDS, Resource
from mapping.rules import Effect, Problem
from sync import few, resources
from sync.certainty import look_on
from sync.diff import Change, diff_employee
from sync.outcomes import Outcome, PersonResult, Remark
from sync.packed import Blob, LoketPerson, Packed, Press, digest, without_employee
from sync.person import Seat, begin
from sync.policy import Reason
from sync.ports import Confirmed
from sync.roll import Roll
from sync.work import RunContext, Work

_IN_EMPLOYEE = (Resource.EMPLOYEE, Resource.BSN)


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody in whom Loket took something; the result is packed, for it is rarely wanted again."""

    seat: Seat
    outcome: Outcome
    reason: str
    fields: tuple[str, ...]
    sends: tuple[tuple[str, str], ...]
    is_certain: bool
    blob: Blob = field(repr=False)
    stored: int | None = None
    """The digest of the employee as Loket said it was stored."""


class Shelf:
    """Those who were written, small."""

    def __init__(self) -> None:
        self._press = Press()
        self.written: list[Written] = []

    def __len__(self) -> int:
        return len(self.written)

    def keep(self, work: Work, seat: Seat, result: PersonResult, certain: bool) -> None:
        """One more of them."""
        fields = tuple(change.field for change in result.changes if change.sendable)
        told = [result.row, result.name, result.number, [_plain(change) for change in result.changes]]
        told += [[_plain_problem(problem) for problem in result.problems], [list(said) for said in result.messages]]
        blob = self._press.pack(told)
        sends = tuple(work.sends)
        self.written.append(Written(seat, result.outcome, result.reason, fields, sends, certain, blob, work.stored))

    def result(self, one: Written) -> PersonResult:
        """What was told of this person."""
        row, name, number, changes, problems, messages = self._press.unpack(one.blob)
        return PersonResult(
            key=one.seat.key,
            row=row,
            name=name,
            outcome=one.outcome,
            reason=one.reason,
            changes=tuple(Change(**change) for change in changes),
            problems=tuple(
                Problem(code, at, value, params, Effect(effect)) for code, at, value, params, effect in problems
            ),
            messages=tuple(Remark(*said) for said in messages),
            day=one.seat.decision.day,
            number=number,
            person=one.seat.entry.key,
        )


def _plain(change: Change) -> dict[str, object]:
    """As it is shown; its value itself is not wanted again."""
    told = {"field": change.field, "old": change.old, "new": change.new, "sendable": change.sendable}
    return told | {"waits_until": change.waits_until, "needs": change.needs, "from_day": change.from_day}


def _plain_problem(problem: Problem) -> list[object]:
    return [problem.code, problem.field, problem.value, dict(problem.params), problem.effect.value]


@dataclass
class Seen:
    """What the look came to: `agreed` are result keys; `failed` takes the place of what was told before."""

    agreed: set[str] = field(default_factory=set)
    failed: list[PersonResult] = field(default_factory=list)


def look_again(context: RunContext, roll: Roll, shelf: Shelf, version: int | None) -> Seen:
    """Looks at everybody who was written and is an employee now; those who agree are confirmed as of `version`."""
    seen, missing = Seen(), dict[str, Written]()
    for one in shelf.written:
        if loket_id := _loket_id(context, one):
            missing[loket_id] = one
        elif one.is_certain:
            seen.agreed.add(one.seat.key)  # a concept employee: its own answer has told
    confirmed: list[Confirmed] = []
    for person in _again(context, roll, list(missing.values())) if missing else ():
        found = missing.get(person.employee_id.casefold())
        if found is not None and _is_the_one(found, person):
            del missing[person.employee_id.casefold()]
            _compare(context, roll, shelf, found, person, seen)
            if found.seat.key in seen.agreed:
                entry = found.seat.entry
                confirmed.append(Confirmed(entry.key, entry.mark, version, look_on(found.seat, context.today)))
    context.memory.confirm(confirmed)
    return seen


def _loket_id(context: RunContext, one: Written) -> str:
    """The id of the employee; "" of somebody who is none yet."""
    if isinstance(one.seat.who, Packed):
        return one.seat.who.employee_id.casefold()
    is_converted = one.reason == Reason.CONVERTED
    return (context.memory.linked_id(one.seat.entry.key) or "").casefold() if is_converted else ""


def _again(context: RunContext, roll: Roll, written: Sequence[Written]) -> Iterable[LoketPerson]:
    """Their present state: of few by their numbers, of many by the whole list."""
    numbers, everybody = [_number(one) for one in written], max(len(context.snapshot.people), len(roll.entries))
    return context.target.people_again(numbers if few.is_cheaper(len(numbers), everybody) else None)


def _number(one: Written) -> int:
    who = one.seat.who
    return who.number if isinstance(who, Packed) else one.seat.entry.number or 0


def _is_of_employee(one: Written) -> bool:
    return all(LOKET_FIELDS[key].resource in _IN_EMPLOYEE for key in one.fields)


def _is_the_one(one: Written, person: LoketPerson) -> bool:
    """Somebody with several employments is in the list several times: what was written is in this row."""
    who = one.seat.who
    if not isinstance(who, Packed) or not who.is_here:
        return isinstance(who, Packed) or person.employment is not None
    return person.employment is not None and who.employment_id == str(person.employment.get("id")).casefold()


def _compare(context: RunContext, roll: Roll, shelf: Shelf, one: Written, person: LoketPerson, seen: Seen) -> None:
    """What differs still: of what was sent it is a failure, anything else is for the next run."""
    if one.is_certain and _is_as_stored(one, person):
        seen.agreed.add(one.seat.key)
        return
    work = begin(context, one.seat, roll.record(one.seat.entry))
    mapped = work.mapped(is_new=False)
    changes, _ = diff_employee(person.employee, mapped.values, context.mapping)
    changes += [
        change for change in resources.plan(person, mapped, context, since=work.record.since) if change.field != "iban"
    ]
    fields = one.fields if isinstance(one.seat.who, Packed) else ()
    missed = [change for change in changes if change.sendable and change.field in fields]
    if missed:
        seen.failed.append(_failed(context, one, shelf.result(one), missed))
    elif one.is_certain and not changes:
        seen.agreed.add(one.seat.key)


def _is_as_stored(one: Written, person: LoketPerson) -> bool:
    """Whether the employee is just what the answer to our write said, and the employment what it was before."""
    who, row = one.seat.who, person.employment
    if not isinstance(who, Packed) or row is None or one.stored is None or not _is_of_employee(one):
        return False
    return digest(person.employee) == one.stored and digest(without_employee(row)) == who.rest


def _failed(context: RunContext, one: Written, result: PersonResult, missed: Sequence[Change]) -> PersonResult:
    """Not kept. When the very same was sent by an earlier run too, it is not tried a third time (D3)."""
    gone = {change.field for change in missed}
    problems = tuple(Problem("not_stored", change.field, change.new) for change in missed)
    told = replace(
        result,
        outcome=Outcome.FAILED,
        reason=str(Reason.NOT_STORED),
        changes=tuple(change for change in result.changes if change.field not in gone),
        problems=(*result.problems, *problems),
    )
    return unstable(context, one.seat, told, one.sends)


def unstable(context: RunContext, seat: Seat, result: PersonResult, sends: Sequence[tuple[str, str]]) -> PersonResult:
    """The result of somebody in whom Loket did not keep what was sent: set aside when an earlier run sent the very same."""
    entry, journal = seat.entry, context.journal
    if not any(journal.sent_before(entry.key, action, fingerprint) for action, fingerprint in sends):
        return result
    result = replace(result, reason=str(Reason.NOT_STABLE))
    context.memory.quarantine(result, entry.mark, "not_stable")
    return result
