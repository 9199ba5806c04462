"""The head of a task's page, and what happened to the task so far, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.models import Evidence, Guest
from onboarding.progress import State, Status
from onboarding.services import evidence
from onboarding.services.hub import Board
from onboarding.steps import STEPS as ALL
from onboarding.steps import StepKey
from onboarding.wording import base, checks
from onboarding.wording.base import Text, Words
from onboarding.wording.steps import GROUPS, STEPS
from onboarding.wording.tasks import actor, hint, problem, tag


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the page of a task. `number` of nine; `blocked_by`: tasks to do first, with their keys.

    `problems`: those that no check shows further down, each with who acts. `following`: the next task, to read ahead.
    """

    group: Text
    number: int
    title: Text
    why: Text
    who: Text
    tag: base.Status
    hint: str
    blocked_by: tuple[tuple[StepKey, Text], ...]
    problems: tuple[tuple[Words, str], ...]
    following: tuple[StepKey, Text] | None


def head(board: Board, state: State, guest: Guest | None = None) -> Head:
    """The head of the page of a task, for a member or for the guest who holds it."""
    state = _held_by_reader(state) if guest else state
    step, told = state.step, STEPS[state.step.key]
    besides = [fact for fact in state.problems if fact.key not in step.checks]
    return Head(
        group=GROUPS[step.group],
        number=ALL.index(step) + 1,
        title=told.title,
        why=told.why,
        who=_YOU_IN_LOKET if guest else told.who,
        tag=tag(state),
        hint="" if besides or state.status is Status.BLOCKED else hint(board, state),
        blocked_by=tuple((key, STEPS[key].title) for key in state.blocked_by),
        problems=tuple((problem(fact), actor(board, state, fact)) for fact in besides),
        following=_following(state),
    )


_YOU_IN_LOKET = _("You, in Loket")


def _held_by_reader(state: State) -> State:
    """The guest who holds the task reads "you" where members read his name."""
    return replace(state, holder=replace(state.holder, name=gettext("you"))) if state.holder else state


def _following(state: State) -> tuple[StepKey, Text] | None:
    rest = ALL[ALL.index(state.step) + 1 :]
    return (rest[0].key, STEPS[rest[0].key].title) if rest else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history: when, what was seen or said, of what, by whom ("" for the portal itself)."""

    at: datetime
    what: Text
    of: Text
    by: str
    note: str


def history(rows: Iterable[Evidence]) -> list[Line]:
    """What was seen and said of a task, in words."""
    return [Line(row.at, _what(row), _of(row.fact), _by(row), row.params.get("note", "")) for row in rows]


def _what(row: Evidence) -> Text:
    words = checks.words_of(evidence.as_fact(row)) if row.code else None
    return words.text if words else row.get_outcome_display()


def _of(fact: str) -> Text:
    return "" if fact in set(StepKey) else checks.TITLES.get(fact, "")


def _by(row: Evidence) -> str:
    other = row.params.get("on_behalf_of")
    name = evidence.said_by(row)
    return gettext("%(name)s for %(other)s") % {"name": name, "other": other} if other else name
