"""Whether a person has given the word that a change needs (D10, rule 53)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mapping.catalogue import END_DATE, START_DATE
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
        if change.sendable and (context.dry_run or _has_word(work, change.needs)):
            going.append(change)
            continue
        work.changes.append(replace(change, sendable=False))
        if change.sendable and context.approved.get(change.needs) != 0:
            work.asks.add(change.needs)
    return going


def _has_word(work: Work, needs: str) -> bool:
    """Whether nobody need be asked, or somebody agreed; a yes is about no more people than it was given for."""
    context = work.context
    if not needs or context.withholds(needs):
        return not needs
    agreed_to = context.approved.get(needs)
    return agreed_to is None or context.worded.covers(needs, work.result_key, agreed_to)


# --- what somebody had left out before ------------------------------------------------------------------------------------

_ABOUT = {START_DATES: START_DATE, ENDED_EMPLOYMENTS: END_DATE, REINSTATEMENTS: END_DATE}
"""The field that a question is about; what else needs its answer follows it. Of bank accounts: `payment`."""
_PURPOSE = "left_out"


def as_answered(work: Work, changes: Sequence[Change]) -> list[Change]:
    """The same changes, each that is asked about with its sign; what somebody had left out just so is not sent.

    An answer holds until HR or Loket has something else: then it is forgotten.
    """
    if not any(change.needs for change in changes) and not work.context.memory.left_out(work.key):
        return list(changes)
    signs, out = dict[str, str](), set[str]()
    for needs, field in _ABOUT.items():
        found = next((change for change in changes if change.field == field), None)
        if found is None or found.needs != needs:
            if found is None or not found.held:
                no_longer(work, needs)
            continue
        it = text_of(work, field, found.old, found.new)
        signs[field] = sign(work, it)
        out |= {needs} if was_left_out(work, needs, it) else set()
    return [_answered(change, signs.get(change.field, ""), change.needs in out) for change in changes]


def _answered(change: Change, signed: str, is_out: bool) -> Change:
    return replace(change, sign=signed, left_out=is_out, sendable=change.sendable and not is_out)


def text_of(work: Work, field: str, old: str, new: str) -> str:
    """One difference of this person. It may hold values: only its fingerprint is kept."""
    return "\n".join((work.key, field, old, new))


def sign(work: Work, difference: str) -> str:
    """What is kept of a difference that somebody is asked about."""
    return work.context.seal.fingerprint(_PURPOSE, difference)


def was_left_out(work: Work, needs: str, difference: str) -> bool:
    """Whether somebody had just this left out; an answer about something else is forgotten."""
    known = work.context.memory.left_out(work.key).get(needs)
    if known is not None and work.context.seal.matches(_PURPOSE, difference, known):
        return True
    no_longer(work, needs)
    return False


def no_longer(work: Work, needs: str) -> None:
    """What was left out under this guard is no more; a preview only sees it."""
    context = work.context
    if not context.is_preview and needs in context.memory.left_out(work.key):
        context.memory.ask_again(work.key, needs)


def hold(changes: Iterable[Change], code: str, **params: str) -> list[Change]:
    """The same changes, which can't go whatever anybody says; each tells why, unless it had a reason of its own."""
    return [
        change
        if change.held
        else replace(change, sendable=False, needs="", held=Problem(code, change.field, change.new, {**params}))
        for change in changes
    ]
