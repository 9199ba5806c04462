"""What a run tells of people: how each ended, what was or would be changed, what Loket said. Plain data."""

from dataclasses import dataclass
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
