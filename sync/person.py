"""One person through all steps; the same for the plan, a preview and the writing."""

from dataclasses import dataclass, field

from sync.diff import AS_EMPLOYEE
from sync.identity import Identified, Newcomer, OurConcept, Stop
from sync.known import sync_known, sync_leaver
from sync.newcomers import sync_newcomer
from sync.outcomes import Outcome
from sync.packed import Packed
from sync.policy import Decision, Reason
from sync.records import HRRecord
from sync.roll import Entry
from sync.work import RunContext, Work


@dataclass(slots=True)
class Seat:
    """One person of the run: the line of the roll, the decision, and who it is in Loket (None: nobody asks)."""

    entry: Entry
    key: str
    """The key of the result."""
    decision: Decision = field(repr=False)
    who: Identified | None = None
    is_plain: bool = False
    """Whether the plan found one PUT of the employee to be all there is to do."""


def begin(context: RunContext, seat: Seat, record: HRRecord) -> Work:
    """The work on this person, with nothing done yet."""
    return Work(context, record, seat.key, problems=list(seat.decision.problems))


def go_through(work: Work, seat: Seat) -> None:
    """All steps, as far as the mode of the run takes them."""
    decision = seat.decision
    if decision.blocked:
        return work.block(decision.reason)
    if not decision.in_scope:
        return _left_out(work, seat)
    number = seat.entry.number
    if number is None:  # the policy lets nobody through without one
        return work.block(Reason.NO_EMPLOYEE_NUMBER)
    match seat.who:
        case Stop(reason, problem):
            work.problems.extend([problem] if problem else [])
            return work.block(reason)
        case OurConcept() | Newcomer() as who:
            sync_newcomer(work, number, who)
            return _complete(work, number)
        case Packed() as packed:
            return sync_known(work, work.context.snapshot.people.whole(packed))
    return work.block(Reason.NO_EMPLOYEE_NUMBER)


def _complete(work: Work, number: int) -> None:
    """What a concept employee had no room for goes when it is an employee: at once, where this run made it one."""
    waiting = [change for change in work.changes if change.waits_until == AS_EMPLOYEE]
    is_made = work.reason is Reason.CONVERTED and not work.context.dry_run and work.outcome is not Outcome.FAILED
    person = work.context.target.find_person(number) if waiting and is_made else None
    if person is not None:
        work.changes = [change for change in work.changes if change not in waiting]
        sync_known(work, person)


def _left_out(work: Work, seat: Seat) -> None:
    decision = seat.decision
    work.outcome, work.reason, work.day = Outcome.SKIPPED, decision.reason, decision.day
    if isinstance(seat.who, Packed):
        sync_leaver(work, work.context.snapshot.people.whole(seat.who))
