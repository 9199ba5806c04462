"""Whether a result would be the same tomorrow, as long as neither HR nor the employments in Loket change. Pure.

Whoever is certain need not be looked at again (D2). A right that is missing today, a function that Loket hasn't got yet, a
concept employee that somebody completes: none of them moves a version number, so these people are looked at each time.
What somebody had left out stays so while both sides are as they were then; that it is to be asked again is in the mark
(`roll.with_answers`).
"""

from datetime import date, timedelta

from sync.diff import AS_EMPLOYEE, Change
from sync.outcomes import Outcome, PersonResult
from sync.packed import Packed
from sync.person import Seat
from sync.policy import Reason
from sync.ports import Options

_DONE = frozenset({Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED})
_PLAIN = frozenset({"", Reason.CONVERTED, Reason.AFTER_INTERRUPTION, Reason.WAITS_AS_CONCEPT, Reason.LEFT_OUT})


def is_certain(result: PersonResult, seat: Seat, options: Options) -> bool:
    """Whether nothing but a change of HR or of the employment in Loket can lead to something else."""
    if seat.decision.blocked:
        return True
    if result.outcome is Outcome.SKIPPED:
        return not any(map(_is_open, result.changes))
    if result.outcome not in _DONE or result.reason not in _PLAIN:
        return False
    if result.reason == Reason.WAITS_AS_CONCEPT and options.convert_new:
        return False
    is_open = any(not change.sendable and _is_open(change) for change in result.changes)
    return not is_open and len(result.problems) == len(dict.fromkeys(seat.decision.problems))


def _is_open(change: Change) -> bool:
    """Whether a change that was not sent waits for something else than a day of HR's, or another value on either side.

    What was left out of this run alone is asked about by the next one.
    """
    return not change.left_out and change.waits_until in ("", AS_EMPLOYEE)


def look_on(seat: Seat, today: date) -> date | None:
    """The next day on which the calendar alone may lead to something else: one of HR's, or an end in Loket."""
    days = [seat.entry.look_on] if seat.entry.look_on else []
    if isinstance(seat.who, Packed) and seat.who.ends:
        days.append(date.fromisoformat(seat.who.ends) + timedelta(days=1))
    return min((day for day in days if day > today), default=None)
