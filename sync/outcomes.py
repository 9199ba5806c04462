"""What a run tells of people: how each ended, what was or would be changed, what Loket said. Plain data."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from mapping.rules import Problem
from sync.diff import Change


class MessageLike(Protocol):
    """What Loket says beside an answer."""

    @property
    def code(self) -> int | None: ...
    @property
    def type(self) -> str: ...
    @property
    def description(self) -> str: ...


class Remark(NamedTuple):
    """One of Loket's own messages as a result keeps it: with its code (rule 50), without a BSN or IBAN in its text."""

    type: str
    text: str
    code: int | None = None


class Outcome(StrEnum):
    """How one person ended. `changed` and `created` are the only ones where Loket was written (or would be)."""

    PLANNED = "planned"
    """No end: the plan says that something is to be written."""
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True)
class PersonResult:
    """What happened to one person; `changes` are those that Loket took (in a dry run, and in a plan: those it would be
    sent) and, with `sendable` False, those that are not sent or that wait for their day (rule 43). `day` is
    the first day of somebody who starts later, `number` the employee number as HR has it."""

    key: str
    row: int
    name: str
    outcome: Outcome
    reason: str = ""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    messages: tuple[Remark, ...] = ()
    day: date | None = None
    number: str = ""
    person: str = ""
    """The person's key in Memory and Journal, which is `key` unless two people share a number."""
    told: tuple[str, ...] = ()
    """Of somebody still to be done: the journal's actions that brought the changes that are done."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What this run has sent of somebody before a word was needed for the rest: changes that are done, the journal's
    actions that brought them, and what Loket said."""

    changes: tuple[Change, ...] = ()
    told: tuple[str, ...] = ()
    messages: tuple[Remark, ...] = ()

    def still(self, changes: Sequence[Change]) -> list[Change]:
        """Those that none of the present changes is about: what differs again is told as it is now."""
        now = {(change.field, change.from_day) for change in changes}
        return [change for change in self.changes if (change.field, change.from_day) not in now]


NOT_BEGUN = Begun()


def so_far(change: Change, asks: Set[str]) -> Change:
    """A change of somebody who waits for an answer to these questions: done, still to be done, or never to be sent."""
    if change.sendable:
        return replace(change, is_done=True, needs="", sign="")
    is_asked = change.needs in asks and not (change.held or change.left_out)
    return replace(change, sendable=True) if is_asked else change


@dataclass(frozen=True)
class Counts:
    """`total` = people of the source = `same` + `resumed` (done by an earlier attempt) + the outcomes of this one."""

    total: int
    resumed: int = 0
    same: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    blocked: int = 0
    failed: int = 0
