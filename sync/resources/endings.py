"""The first and the last day of an employment (rule 53): each has a call of its own, and needs a person's word.

An end date that HR knows goes at once, a later one too: payroll settles with the last wage what is due. What Loket has
ended already on another day, and an employment that HR has and Loket hasn't, are for a person to look at in Loket.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from mapping.apply import Mapped, Value, apply
from mapping.catalogue import END_DATE, LOKET_FIELDS, START_DATE, Resource
from mapping.rules import MappingSet, Option, Problem
from sync.diff import Change, diff_part, display, overlay, same, to_json
from sync.outcomes import MessageLike, Outcome
from sync.resources.actions import EMPLOYMENT_END, EMPLOYMENT_REINSTATE, EMPLOYMENT_START
from sync.resources.days import day_of
from sync.resources.words_given import ENDED_EMPLOYMENTS, REINSTATEMENTS, START_DATES, hold
from sync.work import RunContext, Work, ask, put_surely

Row = Mapping[str, Any]
_FIELDS = tuple(key for key, field in LOKET_FIELDS.items() if field.resource is Resource.ENDING)
_REASON, _ILLNESS = "ending.endOfEmploymentReason", "ending.endOfEmploymentDueToIllness"
_OTHER = frozenset({"overig", "overige", "anders", "other"})
"""Loket wants the older reason to say "other" where nothing else is known; keys differ per environment."""
_NO_NOTICE = {"createMdvEntry": False}


def plan(row: Row, mapped: Mapped, context: RunContext) -> list[Change]:
    """A first day that differs, and an end that is to come, to move or to be undone, of somebody who works here."""
    start = _start(row, mapped, context)
    end = plan_end(row, mapped, context)
    is_another = _is_another(row, start)
    if is_another:
        return hold([*start, *end], "another_employment", end=str(row["endDate"])[:10])
    return [*start, *end]


def waiting_for(ends: Sequence[Change], row: Row, today: date, changes: Sequence[Change]) -> list[Change]:
    """The changes of an employment that Loket has ended: they go with its reinstatement, else not at all."""
    if any(change.held and change.held.code == "another_employment" for change in ends):
        return hold(changes, "another_employment", end=str(row["endDate"])[:10])
    end = day_of(row.get("endDate"))
    if end is None or end >= today:
        return list(changes)
    if any(change.needs == REINSTATEMENTS for change in ends):
        return [change if change.needs else replace(change, needs=REINSTATEMENTS) for change in changes]
    return hold(changes, "employment_ended", end=end.isoformat())


def plan_end(row: Row, mapped: Mapped, context: RunContext) -> list[Change]:
    """The last day, with what Loket wants to know besides; or that there is none any more."""
    found = _date(END_DATE, row, mapped, context)
    if found is None:
        return []
    if found.wanted is None:
        return [replace(found, needs=REINSTATEMENTS)]
    ended = day_of(row.get("endDate"))
    if ended is not None and ended < context.today:
        return hold([found], "ended_otherwise", end=ended.isoformat())
    changes = [replace(found, needs=ENDED_EMPLOYMENTS), *_told_besides(mapped, context)]
    missing = [key for key in _FIELDS if key not in {change.field for change in changes}]
    if missing:
        reason = _why_missing(missing, found.new, context.mapping)
        return [replace(change, sendable=False, needs="", held=reason) for change in changes]
    return changes


def _why_missing(missing: Sequence[str], day: str, mapping: MappingSet) -> Problem:
    """HR doesn't tell it of this person; or nobody has said where HR tells it, which support mends for everybody."""
    unmapped = [key for key in missing if (rule := mapping.rule(key)) is None or rule.source is None]
    told = unmapped or missing
    labels = ", ".join(LOKET_FIELDS[key].label for key in told)
    code = "end_reason_unmapped" if unmapped else "end_reason_missing"
    return Problem(code, END_DATE, day, {"missing": labels, "target": told[0]})


def _start(row: Row, mapped: Mapped, context: RunContext) -> list[Change]:
    found = _date(START_DATE, row, mapped, context)
    return [replace(found, needs=START_DATES)] if found is not None and found.wanted is not None else []


def _date(key: str, row: Row, mapped: Mapped, context: RunContext) -> Change | None:
    wanted = {key: mapped.values[key]} if key in mapped.values else {}
    return next(iter(diff_part(Resource.EMPLOYMENT, row, wanted, context.mapping)), None)


def _is_another(row: Row, start: Sequence[Change]) -> bool:
    """Whether HR has begun an employment after the end of the one in Loket: no correction makes one of the two."""
    end = day_of(row.get("endDate"))
    return end is not None and any(isinstance(change.wanted, date) and change.wanted > end for change in start)


def _told_besides(mapped: Mapped, context: RunContext) -> list[Change]:
    values = {key: _value(key, mapped, context) for key in _FIELDS}
    return [
        Change(key, "", display(LOKET_FIELDS[key], value), LOKET_FIELDS[key].path, True, value, needs=ENDED_EMPLOYMENTS)
        for key, value in values.items()
        if value is not None
    ]


def _value(key: str, mapped: Mapped, context: RunContext) -> Option | bool | None:
    """What HR says; else what support laid down for everybody; else what says nothing, where there is such a thing."""
    rule = context.mapping.rule(key)
    found: Value | None = mapped.values.get(key)
    if (found is None or found.value is None) and rule and rule.fallback:
        alone = MappingSet(context.mapping.name, context.mapping.version, (replace(rule, source=None),))
        found = apply(alone, {}, context.snapshot.value_lists, is_new=True).values.get(key)
    value = found.value if found else None
    if value is None and key == _ILLNESS:
        return False
    if value is None and key == _REASON:
        return _other(context.snapshot.value_lists.get(LOKET_FIELDS[key].options, ()))
    return value if isinstance(value, Option | bool) else None


def _other(options: Iterable[Option]) -> Option | None:
    return next((option for option in options if option.value.strip().casefold() in _OTHER), None)


def body_of(changes: Sequence[Change]) -> dict[str, Any]:
    """What a termination is asked with."""
    return overlay(_NO_NOTICE, changes)


def terminate(work: Work, employment_id: str, changes: Sequence[Change]) -> None:
    """Ends the employment on its last day; one that Loket has ended on another day is opened again first."""
    target, body = work.context.target, body_of(changes)
    if not _is_so(work, employment_id, changes[0]):
        _reopen(work, employment_id, replace(changes[0], wanted=None, new=""))
    _told(
        work,
        changes,
        _patch(work, EMPLOYMENT_END, employment_id, changes[0], lambda: target.terminate(employment_id, body)),
    )


def reinstate(work: Work, employment_id: str, changes: Sequence[Change]) -> None:
    """Undoes the end of the employment."""
    _told(work, changes, _reopen(work, employment_id, changes[0]))


def correct_start(work: Work, employment_id: str, changes: Sequence[Change]) -> None:
    """Moves the first day of the employment."""
    target, body = work.context.target, {"startDate": to_json(changes[0].wanted)}
    is_there = _patch(
        work, EMPLOYMENT_START, employment_id, changes[0], lambda: target.correct_start_date(employment_id, body)
    )
    _told(work, changes, is_there)


def _reopen(work: Work, employment_id: str, change: Change) -> bool:
    target = work.context.target
    return _patch(work, EMPLOYMENT_REINSTATE, employment_id, change, lambda: target.reinstate(employment_id))


def _patch(
    work: Work, action: str, employment_id: str, change: Change, call: Callable[[], Sequence[MessageLike]]
) -> bool:
    """One write whose answer tells nothing of the employment: it is read before and after. Whether Loket has it now."""

    def todo() -> Change | None:
        return None if _is_so(work, employment_id, change) else change

    def send(_change: Change) -> Sequence[MessageLike]:
        return ask(work, "ending", call)

    messages = put_surely(work, action, todo, send, lambda one: f"{one.field}={one.new}")
    work.hear(messages or ())
    return messages is None or _is_so(work, employment_id, change)


def _is_so(work: Work, employment_id: str, change: Change) -> bool:
    fresh = ask(work, "employment", lambda: work.context.target.get_employment(employment_id))
    return same(LOKET_FIELDS[change.field], fresh.get(change.path), change.wanted)


def _told(work: Work, changes: Sequence[Change], is_there: bool) -> None:
    counts_for_leaver(work, changes)
    if is_there:
        work.did(changes)
    else:
        work.missed(changes[:1])


def counts_for_leaver(work: Work, changes: Sequence[Change]) -> None:
    """Somebody who is left out and whose employment is ended has changed in Loket after all."""
    if changes and work.outcome is Outcome.SKIPPED:
        work.outcome = Outcome.UNCHANGED  # until Loket has it
