"""A task in words: its status, one line about where it stands, what is wrong and who acts. Everything is translated."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Fact, Owner
from onboarding.progress import Holder, State, Status
from onboarding.services import hub
from onboarding.services.hub import Board
from onboarding.steps import StepKey
from onboarding.wording import base, checks
from onboarding.wording.base import Text, Words, names
from onboarding.wording.steps import OWNERS, PROBLEMS, STATUSES, ago, day, quoted, since

QUESTION = 160  # characters of support's question in a line; the whole stands on the page of the task


def tag(state: State) -> base.Status:
    """The status of a task as its tag: one of six, with the name of whom it waits for."""
    status = STATUSES[state.status]
    if state.status is not Status.WAITING or state.holder is None:
        return status
    return base.Status(str(status.word) % {"name": holder_name(state.holder)}, status.tone)


def holder_name(holder: Holder) -> str:
    """Who holds a task; support has no name."""
    return gettext("support") if holder.owner is Owner.SUPPORT else holder.name


def when(at: datetime) -> str:
    """A moment: 22 November, 14:02."""
    return f"{day(at)}, {date_format(localtime(at), 'H:i')}"


def hint(board: Board, state: State) -> str:
    """One line: who said or checked it and when, or what is missing and who does it."""
    line = _HINTS[state.status](board, state)
    if state.unreachable_since:
        line += " " + gettext("Loket could not be asked %(since)s.") % {"since": since(state.unreachable_since)}
    return line


def _to_do(board: Board, state: State) -> str:
    booking, assignment = board.booking, board.assignments.get(state.step.key)
    if state.step.key is StepKey.BOOKING and booking is not None and booking.reply:
        return gettext("Support asks: “%(question)s”") % {"question": Truncator(booking.reply).chars(QUESTION)}
    if assignment is not None and assignment.assigned_by:
        params = {"name": assignment.assigned_by, "since": since(assignment.assigned_at)}
        return gettext("In your hands %(since)s, from %(name)s.") % params
    if state.step.owner is Owner.ACCOUNTANT:
        return gettext("For your payroll administrator or tax accountant. Nobody has it yet.")
    minutes = state.step.minutes
    return ngettext("About %(minutes)s minute.", "About %(minutes)s minutes.", minutes) % {"minutes": minutes}


def _waiting(board: Board, state: State) -> str:
    holder, assignment = state.holder, board.assignments.get(state.step.key)
    if holder is None:
        return ""
    if holder.owner is Owner.SUPPORT:
        return gettext("In support's hands %(since)s.") % {"since": since(holder.since)}
    if state.step.key is StepKey.SCOPE:
        return gettext("Not everybody with payroll edit has confirmed it yet.")
    who = str(assignment.guest or assignment.member) if assignment else holder.name
    line = gettext("%(name)s has it %(since)s.") % {"name": who, "since": since(holder.since)}
    if assignment and assignment.reminded_at:
        line += " " + gettext("Last reminded: %(age)s.") % {"age": ago(assignment.reminded_at)}
    return line


def _blocked(board: Board, state: State) -> str:
    titles = [quoted(key) for key in state.blocked_by[:2]]
    first = names(titles)
    more = len(state.blocked_by) - 2
    if more > 0:
        first = ngettext("%(first)s and %(more)s more task", "%(first)s and %(more)s more tasks", more) % {
            "first": ", ".join(titles),
            "more": more,
        }
    return gettext("Starts after: %(tasks)s.") % {"tasks": first}


def _problem(board: Board, state: State) -> str:
    fact = state.problems[0]
    line = f"{problem(fact).text} " + gettext("Who acts: %(name)s.") % {"name": actor(board, state, fact)}
    if more := len(state.problems) - 1:
        line += " " + ngettext("And %(more)s more problem.", "And %(more)s more problems.", more) % {"more": more}
    return line


_SAID: dict[StepKey, Text] = {
    StepKey.SCOPE: _("Confirmed by %(name)s, %(day)s."),
    StepKey.BOOKING: _("Booked by %(name)s, %(day)s."),
    StepKey.ATTRIBUTES: _("Enabled by %(name)s, %(day)s."),
    StepKey.AUTHORIZE: _("Connected by %(name)s, %(day)s."),
}


def _completed(board: Board, state: State) -> str:
    told = {"name": state.by, "day": day(state.at) if state.at else ""}
    if not state.by:
        return gettext("Done on %(day)s.") % told
    return str(_SAID.get(state.step.key, _("Reported by %(name)s, %(day)s."))) % told


def _verified(board: Board, state: State) -> str:
    told = {"when": when(state.at) if state.at else "", "name": state.by}
    if state.is_derived:
        return gettext("Derived from what Loket showed on %(when)s.") % told
    if state.by:
        return gettext("Loket showed it on %(when)s, asked by %(name)s.") % told
    return gettext("Loket showed it on %(when)s.") % told


_HINTS = {
    Status.TO_DO: _to_do,
    Status.WAITING: _waiting,
    Status.BLOCKED: _blocked,
    Status.PROBLEM: _problem,
    Status.COMPLETED: _completed,
    Status.VERIFIED: _verified,
}


def actor(board: Board, state: State, fact: Fact) -> str:
    """Who must act on a fact that failed, by name where one is known."""
    owner = hub.owner_of(state, fact)
    if owner is Owner.ACCOUNTANT and state.holder:
        return holder_name(state.holder)
    known = {Owner.ADMINISTRATOR: board.connectors or board.administrators, Owner.PAYROLL: board.editors}.get(owner)
    return names(known) if known else str(OWNERS[owner])


def problem(fact: Fact) -> Words:
    """What is wrong, and who does what about it."""
    own = PROBLEMS.get(fact.code)
    return own.filled(fact.params) if own else checks.words_of(fact) or Words(fact.code)
