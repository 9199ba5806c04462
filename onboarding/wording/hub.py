"""Where a setup stands, in words: the sentence, and a line per task. Everything is translated."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Owner
from onboarding.models import LegalEntity
from onboarding.progress import State, Status
from onboarding.services import hub
from onboarding.services.hub import Board
from onboarding.steps import Group, StepKey
from onboarding.wording import base
from onboarding.wording.base import Text, names
from onboarding.wording.steps import GROUPS, OWNERS, STATUSES, STEPS, quoted, since, to_quote
from onboarding.wording.tasks import actor, hint, tag


@dataclass(frozen=True, slots=True)
class Row:
    """A task on the hub: its name, where it stands, and one line more."""

    key: StepKey
    title: Text
    tag: base.Status
    hint: str
    is_blocked: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A group of tasks."""

    key: Group
    title: Text
    rows: tuple[Row, ...]


def sections(board: Board) -> list[Section]:
    """The hub's three groups, with their tasks in order."""
    return [
        Section(group, GROUPS[group], tuple(_row(board, state) for state in board.states if state.step.group is group))
        for group in Group
    ]


def _row(board: Board, state: State) -> Row:
    key = state.step.key
    return Row(
        key, STEPS[key].title, tag(state), hint(board, state), state.status is Status.BLOCKED, key is board.next_step
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    """ "4 of 9 done. 2 wait for Jansen Accountants since Monday." and what is next, for whom."""

    said: str
    next_key: StepKey | None
    next_title: Text = ""
    next_who: str = ""
    """Empty where it is next for the reader."""


def sentence(board: Board) -> Sentence:
    """Where the setup stands, first of all."""
    said = [gettext("%(done)s of %(all)s done.") % {"done": board.done, "all": len(board.states)}]
    said += [_wait(wait) for wait in board.waits]
    if count := len(board.problems):
        said.append(ngettext("%(count)s has a problem.", "%(count)s have a problem.", count) % {"count": count})
    key = board.next_step or (board.next_of_others if board.entity.is_dutch else None)  # else nothing leads anywhere
    if key is None:
        return Sentence(" ".join(said), None)
    who = "" if board.next_step else _who_is_next(board, board.state(key))
    return Sentence(" ".join(said), key, to_quote(key), who)


def standing(board: Board) -> base.Status:
    """Where a setup stands as a whole, for a list: the word for this reader, and the sentence."""
    told = sentence(board)
    text = told.said
    if told.next_key is not None and not told.next_who:
        text += " " + gettext("Next for you: %(task)s.") % {"task": quoted(told.next_key)}
    if board.problems:
        status = STATUSES[Status.PROBLEM]
    elif board.next_step or not board.waits:
        status = STATUSES[Status.TO_DO]
    else:
        wait = board.waits[0]
        status = base.Status(str(STATUSES[Status.WAITING].word) % {"name": _waited_for(wait)}, "attention")
    return base.Status(status.word, status.tone, text)


def _waited_for(wait: hub.Wait) -> str:
    return gettext("support") if wait.owner is Owner.SUPPORT else wait.name


def _wait(wait: hub.Wait) -> str:
    text = ngettext("%(count)s waits for %(name)s %(since)s.", "%(count)s wait for %(name)s %(since)s.", wait.count)
    return text % {"count": wait.count, "name": _waited_for(wait), "since": since(wait.since)}


def _who_is_next(board: Board, state: State) -> str:
    if state.problems:
        return actor(board, state, state.problems[0])
    people = board.connectors if state.step.owner is Owner.ADMINISTRATOR else board.editors
    return names(people) if people else str(OWNERS[state.step.owner])


def accountants(board: Board) -> str:
    """The guests who have tasks in Loket, by name; "" while nobody was given one."""
    found = {str(row.guest): None for row in board.assignments.values() if row.guest}
    return names(list(found)) if found else ""


def entity_status(entity: LegalEntity, board: Board | None = None) -> base.Status:
    """Where a legal entity stands, for the list of them; `board` is its setup, until it is connected."""
    if not entity.is_dutch:
        return base.Status(_("Not possible"), "", _("Only legal entities in the Netherlands can be connected."))
    connection = getattr(entity, "connection", None)
    if connection is None:
        return standing(board) if board else base.Status(_("To connect"), "todo")
    if connection.login.state == connection.login.State.SIGN_IN_NEEDED:
        return base.Status(_("Sign in again"), "problem", _("Loket no longer accepts the sign-in."))
    return base.Status(_("Connected"), "ok", connection.administration_name)
