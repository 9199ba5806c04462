"""The words on the pictures, and the sentence behind each. Everything is translated."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Owner
from onboarding.pictures import Links, Pair, Swimlanes, Task, links, stack, swimlanes, track
from onboarding.progress import State, Status
from onboarding.services import hub
from onboarding.services.company_picture import Between, Join
from onboarding.services.hub import Board
from onboarding.wording.base import Text
from onboarding.wording.hub import accountants, sentence
from onboarding.wording.steps import GROUPS, STATUSES, STEPS, age, quoted
from onboarding.wording.tasks import problem

_SYMBOLS = {
    Status.TO_DO: "○",
    Status.WAITING: "…",
    Status.BLOCKED: "–",
    Status.PROBLEM: "!",
    Status.COMPLETED: "✓",
    Status.VERIFIED: "✓",
}
_WORDS: dict[Status, Text] = {Status.WAITING: _("Waiting"), Status.BLOCKED: _("Not yet"), Status.PROBLEM: _("Problem")}
_LANES = {Owner.PAYROLL: 0, Owner.ADMINISTRATOR: 0, Owner.ACCOUNTANT: 1, Owner.SUPPORT: 2}


@dataclass(frozen=True, slots=True)
class WhoDoesWhat:
    """The picture "Who does what next": two layouts, the sentence, and the tasks with their lanes for the table."""

    wide: Swimlanes
    narrow: Swimlanes
    sentence: str
    rows: tuple[tuple[Task, str], ...]


def who_does_what(board: Board) -> WhoDoesWhat:
    """The nine tasks in the lanes of those who do something for them."""
    lanes = [
        gettext("Payroll manager or administrator"),
        accountants(board) or gettext("Payroll administrator or tax accountant"),
        gettext("Support"),
    ]
    tasks = [_task(board, state) for state in board.states]
    told = sentence(board)
    next_one = "" if told.next_key is None else " " + gettext("Next: %(task)s.") % {"task": quoted(told.next_key)}
    rows = tuple((task, lanes[task.lane]) for task in tasks)
    return WhoDoesWhat(swimlanes(tasks, lanes), track(tasks, lanes), told.said + next_one, rows)


def _task(board: Board, state: State) -> Task:
    words, status = STEPS[state.step.key], state.status
    is_next = state.step.key is board.next_step
    return Task(
        title=str(words.title),
        short=str(words.short),
        group=str(GROUPS[state.step.group]),
        lane=_lane(state),
        tone=STATUSES[status].tone or "later",
        symbol=_SYMBOLS[status],
        word=str(_WORDS.get(status, STATUSES[status].word)),
        note=_note(state) or (gettext("for you") if is_next else ""),
        href="" if status is Status.BLOCKED else _page(board, state),
    )


def _page(board: Board, state: State) -> str:
    return reverse("setup_step", kwargs={"pk": board.entity.pk, "step": state.step.key})


def _note(state: State) -> str:
    return age(state.holder.since) if state.status is Status.WAITING and state.holder else ""


def _lane(state: State) -> int:
    """Of whoever has to do something for it: the owner of the problem, the holder, else whose task it is."""
    if state.problems:
        return _LANES[hub.owner_of(state, state.problems[0])]
    if state.holder is not None:
        return 1 if state.holder.is_guest else _LANES[state.holder.owner or Owner.PAYROLL]
    return _LANES[state.step.owner]


# --- Legal entities and administrations ---------------------------------------------------------------------------------------

BETWEEN: dict[Between, tuple[str, str, Text, Text]] = {
    Between.CONNECTED: ("ok", "✓", _("Connected"), ""),
    Between.SIGN_IN_NEEDED: ("problem", "!", _("Connected"), _("an administrator has to sign in at Loket again")),
    Between.PROBLEM: ("problem", "!", _("Problem found"), ""),
    Between.NOT_DUTCH: ("problem", "×", _("Not possible"), _("not in the Netherlands")),
    Between.CHECK_FIRST: ("attention", "…", _("Waits"), _("for the check sign-in with the integration user")),
    Between.TAX_ID_FIRST: ("attention", "…", _("Waits"), _("for the tax ID of the legal entity")),
    Between.ENABLE_FIRST: ("attention", "…", _("Waits"), _("for support, which enables the legal entity")),
    Between.CHOOSE: ("attention", "…", _("Waits"), _("for an administrator, who authorizes and chooses")),
    Between.NO_TAX_ID: ("problem", "×", _("Not possible"), _("no tax ID in Loket")),
    Between.SHARED_TAX_ID: ("problem", "×", _("Not possible"), _("shares its tax ID with %(names)s")),
    Between.TAX_ID_CONNECTED: ("problem", "×", _("Not possible"), _("its tax ID is connected already")),
    Between.TAKEN: ("problem", "×", _("Not possible"), _("connected to another legal entity")),
    Between.ENDED: ("problem", "×", _("Not possible"), _("the administration has ended")),
    Between.FREE: ("attention", "…", _("Free"), _("no legal entity has its tax ID yet")),
}
"""What is between the two: tone, symbol, word, and the reason that stands on the line."""


_NONE: dict[Between, Text] = {Between.NOT_DUTCH: _("No administration"), Between.PROBLEM: _("No administration")}


@dataclass(frozen=True, slots=True)
class EntitiesAndAdministrations:
    """The picture of a company: two layouts, the sentence, and its pairs for the table."""

    wide: Links
    narrow: Links
    sentence: str
    pairs: tuple[Pair, ...]


def entities_and_administrations(joins: Sequence[Join]) -> EntitiesAndAdministrations:
    """What may be connected to what, and why not."""
    pairs = tuple(_pair(join) for join in joins)
    return EntitiesAndAdministrations(links(pairs), stack(pairs), _counted(joins), pairs)


def _pair(join: Join) -> Pair:
    tone, symbol, word, reason = BETWEEN[join.between]
    told = str(reason) % {"names": join.names}
    if join.fact is not None:
        told = str(problem(join.fact).text)
    entity = join.entity
    return Pair(
        left=entity.name if entity else gettext("No legal entity"),
        right=" ".join(filter(None, (join.number, join.administration)))
        or str(_NONE.get(join.between, _("Not known yet"))),
        tone=tone,
        symbol=symbol,
        word=str(word),
        reason=told,
        href=reverse("setup", kwargs={"pk": entity.pk}) if entity else "",
        is_left_empty=entity is None,
        is_right_empty=not join.administration,
    )


def _counted(joins: Sequence[Join]) -> str:
    """ "Connected: 1 of 3. Waiting: 1. With a problem: 1." """
    entities = {join.entity.pk: join for join in reversed(joins) if join.entity}.values()
    tones = [BETWEEN[join.between][0] for join in entities]
    counts = {
        gettext("Connected: %(count)s of %(all)s."): sum(join.is_connected for join in entities),
        gettext("Waiting: %(count)s."): tones.count("attention"),
        gettext("With a problem: %(count)s."): tones.count("problem"),
    }
    told = [text % {"count": count, "all": len(tones)} for text, count in counts.items() if count or "%(all)s" in text]
    return " ".join(told)
