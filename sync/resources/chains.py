"""Linked chains: where somebody works in the organization, and when. No gaps, no overlap, added to at the end (rule 54).

A change from a day on is a new record from that day, a copy of the present one with what differs; Loket ends the one
before it. A record that begins on that very day, or after it, is corrected instead. The past is never rewritten, and
where Loket has a record that is still to come nothing is added: its chain is somebody's plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from mapping.apply import Mapped
from mapping.catalogue import LOKET_FIELDS, Resource
from sync.diff import Change, diff_part, overlay, part_of, read, same
from sync.ports import Target
from sync.resources.actions import HOURS_POST, HOURS_PUT, ORGANIZATION_POST, ORGANIZATION_PUT
from sync.resources.days import day_in_hr, day_of
from sync.resources.words_given import hold
from sync.work import Body, RunContext, Work, ask, mark, put_surely

Raw = dict[str, Any]
_OF_LOKET = ("id", "endDate", "aggregatedHoursPerWeek")
"""What Loket itself fills in: a new record is sent without."""
_BY_PATTERN = "calculateUsingWorkPattern.deviatingDaysAndHours"
HOURS_A_WEEK = "workingHours.deviatingHoursPerWeek"
_WORKED_OUT = (HOURS_A_WEEK, "workingHours.deviatingSvDaysPerPeriod")
"""What Loket works out from the work pattern where the record says so: it would overwrite what is sent."""


@dataclass(frozen=True)
class Chain:
    """One of the two: its calls, what they are called in the journal, and the name of their right in problems."""

    resource: Resource
    right: str
    post: str
    put: str
    records: Callable[[Target, str], Sequence[Raw]]
    one: Callable[[Target, str], Raw]
    create: Callable[[Target, str, Raw], Raw]
    replace: Callable[[Target, str, Raw], Raw]


ORGANIZATION = Chain(
    Resource.ORGANIZATION,
    "organization",
    ORGANIZATION_POST,
    ORGANIZATION_PUT,
    lambda target, employment_id: target.list_organizational_entities(employment_id),
    lambda target, record_id: target.get_organizational_entity(record_id),
    lambda target, employment_id, body: target.create_organizational_entity(employment_id, body),
    lambda target, record_id, body: target.put_organizational_entity(record_id, body),
)
HOURS = Chain(
    Resource.WORKING_HOURS,
    "hours",
    HOURS_POST,
    HOURS_PUT,
    lambda target, employment_id: target.list_working_hours(employment_id),
    lambda target, record_id: target.get_working_hours(record_id),
    lambda target, employment_id, body: target.create_working_hours(employment_id, body),
    lambda target, record_id, body: target.put_working_hours(record_id, body),
)


def plan_chain(
    chain: Chain, row: Mapping[str, Any], mapped: Mapped, context: RunContext, since: Mapping[str, date]
) -> list[Change]:
    """What differs in the present record, and from which day it is to count."""
    present = part_of(row, chain.resource)
    changes = _changes(chain, present or {}, mapped, context)
    going = [change.field for change in changes if not change.held]
    if not going:
        return changes
    if present is None:
        return hold(changes, "no_record")
    if follower := _follower(present, row):
        return hold(changes, "later_record", day=follower.isoformat())
    bounds = [day_of(present.get("startDate")), day_of(row.get("startDate"))]
    day = max([day_in_hr(going, context.mapping, since, context.today), *filter(None, bounds)])
    return [replace(change, from_day="" if change.held else day.isoformat()) for change in changes]


def _changes(chain: Chain, present: Mapping[str, Any], mapped: Mapped, context: RunContext) -> list[Change]:
    """What differs, but for what Loket works out itself."""
    changes = diff_part(chain.resource, present, mapped.values, context.mapping)
    if not changes:
        return []
    after = overlay(present, (change for change in changes if not change.held))
    pattern = read(after, "workPattern")
    if not pattern or read(after, _BY_PATTERN) is not True:
        return changes
    weeks = [sum(hours or 0 for hours in week.values()) for week in (pattern["oddWeeks"], pattern["evenWeeks"])]
    as_loket = round(sum(weeks) / len(weeks), 2)
    hours = LOKET_FIELDS[HOURS_A_WEEK]
    kept = [one for one in changes if one.field != HOURS_A_WEEK or not same(hours, as_loket, one.wanted)]
    worked_out = [change for change in kept if change.field in _WORKED_OUT]
    return [*(change for change in kept if change not in worked_out), *hold(worked_out, "by_work_pattern")]


def _follower(present: Mapping[str, Any], row: Mapping[str, Any]) -> date | None:
    """The first day of the record after the present one. That of the last one ends with the employment, or not at all."""
    last_day, end = day_of(present.get("endDate")), day_of(row.get("endDate"))
    is_followed = last_day is not None and (end is None or last_day < end)
    return last_day + timedelta(days=1) if last_day and is_followed else None


@dataclass(frozen=True)
class _Step(Body):
    """A body with the record that it replaces; "" for a new one."""

    record_id: str = ""


def send_chain(chain: Chain, work: Work, row: Mapping[str, Any], mapped: Mapped, changes: Sequence[Change]) -> None:
    """Adds a record from the planned day on, or corrects the one that begins on it.

    A POST without an answer is found again by its first day: no chain has two records from one day.
    """
    target, employment_id, first = work.context.target, str(row["id"]), list[Change]()
    day, fields = date.fromisoformat(changes[0].from_day), {change.field for change in changes}

    def todo() -> _Step | None:
        records = ask(work, chain.right, lambda: chain.records(target, employment_id))
        present = _present(work, records, day, changes)
        if present is None:
            return None
        is_new = day_of(present["startDate"]) != day
        record_id = str(present["id"])
        whole = present if is_new else ask(work, chain.right, lambda: chain.one(target, record_id))
        found = [
            replace(change, from_day=changes[0].from_day)
            for change in _changes(chain, whole, mapped, work.context)
            if change.field in fields and not change.held
        ]
        first.extend(() if first else found)
        if not found:
            return None
        body = overlay(whole, found)
        return _Step(as_new(body, day), found) if is_new else _Step(body, found, record_id)

    def write(step: _Step) -> tuple[Raw, list[Change]]:
        if step.record_id:
            return ask(work, chain.right, lambda: chain.replace(target, step.record_id, step.whole)), step.changes
        return ask(work, chain.right, lambda: chain.create(target, employment_id, step.whole)), step.changes

    begins = day_of((part_of(row, chain.resource) or {}).get("startDate"))
    action = chain.put if begins == day else chain.post
    work.took(first, put_surely(work, action, todo, write, mark))


def _present(work: Work, records: Sequence[Raw], day: date, changes: Sequence[Change]) -> Raw | None:
    """The record that holds on this day, when it is the last; None with the reason told: the chain has grown since."""
    ordered = sorted(records, key=lambda record: str(record["startDate"]))
    begins = day_of(ordered[-1]["startDate"]) if ordered else None
    if begins is not None and begins <= day:
        return ordered[-1]
    held = hold(changes, "later_record", day=begins.isoformat()) if begins else hold(changes, "no_record")
    work.changes.extend(held)
    work.problems.extend(change.held for change in held if change.held)
    return None


def as_new(body: Raw, day: date) -> Raw:
    """The body of a new record from this day on."""
    return {name: value for name, value in body.items() if name not in _OF_LOKET} | {"startDate": day.isoformat()}
