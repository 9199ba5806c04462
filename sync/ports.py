"""What the engine needs of the world around it, and what it tells. Protocols and plain data; no Loket, no database.

`sync/target.py` and `sync/services/` implement these; `tests/sync/fakes.py` has them in memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from mapping.rules import Problem, ValueLists
from sync.diff import Change

EMPLOYEE_PUT, BSN_PUT = "employee.put", "bsn.put"
CONCEPT_POST, CONCEPT_PUT, CONCEPT_BSN, CONCEPT_CONVERT = (
    "concept.post",
    "concept.put",
    "concept.bsn",
    "concept.convert",
)
"""The journal's actions."""


class LeaseLost(Exception):
    """Somebody else owns this run now: stop at once and write nothing more."""


@dataclass(frozen=True)
class LoketPerson:
    """One employee of the employer. `employment` is the raw comprehensive row of *this* administration, or None."""

    employee_number: int
    employee_id: str
    employee: dict[str, Any] = field(repr=False)
    employment: dict[str, Any] | None = field(default=None, repr=False)
    is_elsewhere: bool = False
    """True: no employment here but one in another administration of the employer."""


@dataclass(frozen=True)
class Snapshot:
    """Loket's present state, read in full at the start of a run (D1, D2)."""

    people: Mapping[int, LoketPerson]
    concepts: Sequence[dict[str, Any]] = field(repr=False)
    """Raw concept employees of the whole employer, every administration's."""
    value_lists: ValueLists = field(repr=False)
    concept_defaults: dict[str, Any] = field(repr=False)


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


class Target(Protocol):
    """Reads and writes one employer in Loket. Errors are those of `loket_portal.loket.errors`."""

    def snapshot(self) -> Snapshot: ...
    def require_answer(self) -> None:
        """A cheap call about nobody; raises Retryable when Loket is away."""

    def get_employee(self, employee_id: str) -> dict[str, Any]: ...
    def put_employee(self, person: LoketPerson, body: dict[str, Any]) -> dict[str, Any]: ...
    def get_bsn(self, person: LoketPerson) -> str | None: ...
    def put_bsn(self, person: LoketPerson, bsn: str) -> None: ...
    def get_iban(self, person: LoketPerson) -> str | None: ...
    def get_payment(self, person: LoketPerson) -> dict[str, Any] | None:
        """The payment record of the wage, whole; None without an employment or a record."""

    def get_concept(self, concept_id: str) -> dict[str, Any] | None:
        """A fresh read of one concept employee; None when it is gone."""

    def find_concept(self, unique_name: str) -> dict[str, Any] | None:
        """Reads all of them again: only for a POST whose answer was lost, to see whether it has landed (D5)."""

    def create_concept(self, body: dict[str, Any]) -> dict[str, Any]: ...
    def put_concept(self, concept_id: str, body: dict[str, Any]) -> dict[str, Any]: ...
    def get_concept_bsn(self, concept_id: str) -> str | None: ...
    def put_concept_bsn(self, concept_id: str, bsn: str) -> None: ...
    def validate_concept(self, concept_id: str) -> Sequence[MessageLike]: ...
    def convert_concept(self, concept_id: str) -> Sequence[MessageLike]: ...
    def take_warnings(self) -> Sequence[MessageLike]:
        """What Loket remarked on writes that succeeded, since this was asked last (rule 50)."""


class Memory(Protocol):
    """What Loket confirmed last, per connection and person. Outlives runs."""

    def fingerprint(self, key: str, field: str) -> str | None: ...
    def remember(self, key: str, field: str, fingerprint: str) -> None: ...
    def linked_id(self, key: str) -> str | None: ...
    def link(self, key: str, loket_id: str, is_concept: bool) -> None: ...
    def is_current(self, key: str) -> bool:
        """Whether the Loket id stands under this very key and number; else it is known from another source, say."""


class Journal(Protocol):
    """Each write of this run (D4). `sent` commits before the socket is opened."""

    def sent(self, key: str, action: str, fingerprint: str) -> int: ...
    def confirmed(self, op: int, status: int = 200) -> None: ...
    def rejected(self, op: int, status: int, text: str) -> None: ...
    def unknown(self, op: int, text: str) -> None: ...
    def was_sent(self, key: str, action: str) -> bool:
        """True when this run sent it in this or an earlier attempt and Loket did not refuse it."""


class Reporter(Protocol):
    """Keeps the run's results and its lease."""

    def done_keys(self) -> frozenset[str]:
        """People that an earlier attempt of this run has finished."""

    def begin(self, total: int) -> None: ...
    def person(self, result: "PersonResult") -> None:
        """Stores one result and renews the lease. Raises LeaseLost."""


class Seal(Protocol):
    """Keyed fingerprints and masks; knows the key, which the engine doesn't."""

    def fingerprint(self, purpose: str, value: str) -> str: ...
    def mask(self, value: str) -> str: ...


class Outcome(StrEnum):
    """How one person ended. `changed` and `created` are the only ones where Loket was written (or would be)."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True)
class PersonResult:
    """What happened to one person; `changes` are those that Loket took (in a dry run: those it would be sent)
    and, with `sendable` False, those that this version doesn't send yet or that wait for their day (rule 43). `day` is
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


@dataclass(frozen=True)
class Counts:
    """`total` = people of the roster = the outcomes of this attempt + `resumed` (done by an earlier attempt)."""

    total: int
    resumed: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    blocked: int = 0
    failed: int = 0
