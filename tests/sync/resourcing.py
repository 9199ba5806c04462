"""One person's employment through `sync.resources`, on a Loket in memory and without an engine."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from mapping.rules import Empty, MappingSet, Rule
from sync import resources
from sync.diff import Change
from sync.outcomes import MessageLike
from sync.ports import LoketPerson, Options
from sync.records import HRRecord
from sync.work import Mode, RunContext, Work
from tests.sync.fake_resources import FakeResources
from tests.sync.fakes import (
    ADMINISTRATION,
    ROSTER,
    TODAY,
    VALUE_LISTS,
    FakeJournal,
    FakeMemory,
    FakeSeal,
    World,
    record,
)

START, END = "employment.startDate", "employment.endDate"
INCOME = "employment.incomeRelationshipNumber"
HOURS, AVERAGE = "workingHours.deviatingHoursPerWeek", "workingHours.averageHoursPerWeek"
FUNCTION, DEPARTMENT = "organization.function", "organization.department"
REASON = "ending.endOfEmploymentReasonTaxAuthorities"
OLD_REASON = "ending.endOfEmploymentReason"
WHY = {REASON: "endOfEmploymentReasonTaxAuthorities een", OLD_REASON: "endOfEmploymentReason twee"}
ENDS = {"ended_employments": 9}


class Target(FakeResources):
    """The calls of an employment alone."""

    def __init__(self, world: World) -> None:
        self.world = world

    def take_warnings(self) -> tuple[MessageLike, ...]:
        return ()


def hired(world: World, **row: Any) -> dict[str, Any]:
    """Somebody with records since 2015, as `World.hire` has them; gives the row of the list."""
    loket_id = world.hire(1001)
    employment = world.employments[loket_id]
    employment |= {"id": "b-1001"} | row
    target = Target(world)
    target.list_working_hours("b-1001")
    target.list_organizational_entities("b-1001")
    world.calls.clear()
    return employment


def everything(values: Mapping[str, Any], *rules: Rule, empty: Empty = Empty.KEEP) -> MappingSet:
    """A mapping that has a column for each of these fields, named as the field is."""
    named = {rule.target for rule in rules}
    others = (rule for rule in ROSTER.rules if rule.target not in {*values, *named})
    return MappingSet("M", 1, (*others, *(Rule(key, key, empty=empty) for key in values if key not in named), *rules))


def context_of(
    world: World, mapping: MappingSet, mode: Mode, today: date, real: Any = None, **options: Any
) -> RunContext:
    """A new run with this one person in it, on the `world`; or on a `real` target, with a journal in memory."""
    world.earlier_ops += world.ops
    world.ops.clear()
    alone: Any = SimpleNamespace(value_lists=real.snapshot().value_lists if real else VALUE_LISTS)
    nobody: Any = None
    target: Any = real or Target(world)
    memory: Any = FakeMemory(world)
    return RunContext(
        mapping=mapping,
        target=target,
        memory=memory,
        journal=FakeJournal(world),
        seal=FakeSeal(),
        today=today,
        options=Options(ADMINISTRATION, wait=lambda _seconds: None, **options),
        snapshot=alone,
        identity=nobody,
        mode=mode,
    )


def done(
    world: World,
    values: Mapping[str, Any],
    *rules: Rule,
    mode: Mode = Mode.APPLY,
    empty: Empty = Empty.KEEP,
    since: Mapping[str, date] | None = None,
    is_leaver: bool = False,
    today: date = TODAY,
    stale: dict[str, Any] | None = None,
    **options: Any,
) -> Work:
    """Plans and sends for the one who is in this Loket; `stale` is the row that the list had."""
    (loket_id,) = world.employees
    context = context_of(world, everything(values, *rules, empty=empty), mode, today, **options)
    someone: HRRecord = record(1001)
    someone = replace(someone, values={**someone.values, **values}, since=dict(since or {}))
    work = Work(context, someone, "1001")
    person = LoketPerson(1001, loket_id, world.employees[loket_id], deepcopy(stale or world.employments.get(loket_id)))
    mapped = work.mapped(is_new=False)
    if is_leaver:
        changes = resources.plan_leaver(person, mapped, context)
        mapped = replace(mapped, values={})
    else:
        changes = resources.plan(person, mapped, context, since=someone.since)
    resources.send(work, person, mapped, changes)
    return work


def told(work: Work) -> dict[str, tuple[str, str]]:
    """The changes that Loket took, or would be sent."""
    return {change.field: (change.old, change.new) for change in work.changes if change.sendable}


def unsent(work: Work) -> dict[str, str]:
    """The others, each with the word that it needs."""
    return {change.field: change.needs for change in work.changes if not change.sendable}


def codes(work: Work) -> list[str]:
    """The problems, each once."""
    return sorted({problem.code for problem in work.problems})


def change(work: Work, field: str) -> Change:
    """The one change of this field."""
    (found,) = (change for change in work.changes if change.field == field)
    return found


def chain(world: World, name: str) -> list[tuple[str, str | None]]:
    """First and last day of the records of a chain."""
    (records,) = vars(world)[f"kept_{name}"].values()
    return [(one["startDate"], one["endDate"]) for one in records]
