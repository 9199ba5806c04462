"""An employment in Loket, its dated parts, the bank account of the wage, and its ends: what differs, and sending it.

`plan` is pure and looks at the list row alone; `send` makes each write through the journal, on an object that was just
read, one resource after the other. A right that is missing, or a refusal, costs its own resource and no other. What
needs a person's word (`Change.needs`, rule 53) goes only where that was given.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any

from mapping.apply import Mapped
from mapping.catalogue import END_DATE, LOKET_FIELDS, START_DATE, Resource
from mapping.rules import Problem
from sync.diff import Change
from sync.outcomes import Outcome
from sync.ports import LoketPerson
from sync.resources import employment, endings, payment
from sync.resources.actions import ACTIONS
from sync.resources.chains import HOURS, ORGANIZATION, plan_chain, send_chain
from sync.resources.words_given import agreed, as_answered, without_refused
from sync.work import RunContext, Work, permitted

__all__ = ["ACTIONS", "plan", "plan_leaver", "problems", "send"]

CHAINS = (ORGANIZATION, HOURS)
NO_DAYS: Mapping[str, date] = MappingProxyType({})


def plan(
    person: LoketPerson, mapped: Mapped, context: RunContext, *, since: Mapping[str, date] = NO_DAYS
) -> list[Change]:
    """What differs between HR and the employment of somebody who is in the sync, without asking Loket anything.

    `since` has, by HR column, the day from which the present value holds, where HR tells it. A change that can't go
    says so in `held`. The bank account is in no list: see `send`.
    """
    row = person.employment
    if row is None:
        return []
    ends = endings.plan(row, mapped, context)
    changes = [*ends, *employment.plan(row, mapped, context)]
    for chain in CHAINS:
        changes += plan_chain(chain, row, mapped, context, since)
    return without_refused(endings.waiting_for(ends, row, context.today, changes), context)


def plan_leaver(person: LoketPerson, mapped: Mapped, context: RunContext) -> list[Change]:
    """The end of the employment of somebody who has left by HR. Whoever is absent in HR is no leaver (D10)."""
    row = person.employment
    return without_refused(endings.plan_end(row, mapped, context) if row else [], context)


def problems(changes: Sequence[Change]) -> list[Problem]:
    """What stands in the way of these changes, each told once."""
    return list(dict.fromkeys(change.held for change in changes if change.held))


def send(work: Work, person: LoketPerson, mapped: Mapped, changes: Sequence[Change]) -> None:
    """Sends what `plan` found and adds to the work what came of it; a plan and a preview only show it.

    Called without changes too: only here the bank account is compared, where `mapped` has one. A plan reads nothing, a
    preview reads it where that must be.
    """
    work.problems.extend(problems(changes))
    going = agreed(work, as_answered(work, changes))
    if not going:
        _check_earlier(work)
    if work.context.dry_run:
        endings.counts_for_leaver(work, going)
        work.did(going)
        payment.look(work, person, mapped)
    else:
        _send(work, person, mapped, going)


def _check_earlier(work: Work) -> None:
    """Nothing differs (any more), since this run wrote it before it was interrupted: then the person did change."""
    if work.outcome is Outcome.SKIPPED:
        journal, is_preview = work.context.journal, work.context.is_preview
        if not is_preview and any(journal.was_sent(work.key, action) for action in ACTIONS):
            work.outcome = Outcome.CHANGED
        return
    for action in ACTIONS:
        work.check_earlier(action)


def _send(work: Work, person: LoketPerson, mapped: Mapped, going: Sequence[Change]) -> None:
    """An employment is opened again before anything is written in it, and ended when all else is."""
    row = person.employment
    if row is None:
        return
    employment_id = str(row["id"])
    fields = [change for change in going if _resource(change) is Resource.EMPLOYMENT]
    end = [change for change in fields if change.field == END_DATE]
    start = [change for change in fields if change.field == START_DATE]
    fields = [change for change in fields if change not in (*start, *end)]
    is_ending = bool(end) and end[0].wanted is not None
    if end and not is_ending:
        permitted(work, "ending", END_DATE, partial(endings.reinstate, work, employment_id, end))
    if start:
        permitted(work, "ending", START_DATE, partial(endings.correct_start, work, employment_id, start))
    if fields:
        permitted(work, "employment", fields[0].field, partial(employment.send, work, employment_id, mapped, fields))
    _send_chains(work, row, mapped, going)
    payment.send(work, person, mapped)
    if is_ending:
        end += [change for change in going if _resource(change) is Resource.ENDING]
        permitted(work, "ending", END_DATE, partial(endings.terminate, work, employment_id, end))


def _send_chains(work: Work, row: Mapping[str, Any], mapped: Mapped, going: Sequence[Change]) -> None:
    for chain in CHAINS:
        own = [change for change in going if _resource(change) is chain.resource]
        if own:
            permitted(work, chain.right, own[0].field, partial(send_chain, chain, work, row, mapped, own))


def _resource(change: Change) -> Resource:
    return LOKET_FIELDS[change.field].resource
