"""Whether a person has given the word that a change needs (D10, rule 53)."""

from collections.abc import Iterable
from dataclasses import replace

from mapping.rules import Problem
from sync import guards
from sync.diff import Change
from sync.work import RunContext, Work

BANK_ACCOUNTS, ENDED_EMPLOYMENTS = guards.Code.BANK_ACCOUNTS.value, guards.Code.ENDED_EMPLOYMENTS.value
START_DATES, REINSTATEMENTS = guards.Code.START_DATES.value, guards.Code.REINSTATEMENTS.value


def without_refused(changes: Iterable[Change], context: RunContext) -> list[Change]:
    """What somebody left out of this run stays in sight and is not sent."""
    approved = context.options.approved
    return [
        replace(change, sendable=False)
        if approved.get(change.needs) == 0 and context.withholds(change.needs)
        else change
        for change in changes
    ]


def agreed(work: Work, changes: Iterable[Change]) -> list[Change]:
    """Those that may be written now; the others are told. What nobody was asked about yet, somebody is to be asked."""
    going, context = list[Change](), work.context
    for change in changes:
        is_going = change.sendable and (context.dry_run or not context.withholds(change.needs))
        if is_going:
            going.append(change)
            continue
        work.changes.append(replace(change, sendable=False))
        if change.sendable and change.needs not in context.options.approved:
            work.asks.add(change.needs)
    return going


def hold(changes: Iterable[Change], code: str, **params: str) -> list[Change]:
    """The same changes, which can't go whatever anybody says; each tells why, unless it had a reason of its own."""
    return [
        change
        if change.held
        else replace(change, sendable=False, needs="", held=Problem(code, change.field, change.new, {**params}))
        for change in changes
    ]
