"""What the engine needs of the world around it, and what it tells. Protocols and plain data; no Loket, no database.

`sync/target.py` and `sync/services/` implement these; `tests/sync/fakes.py` has them in memory.

**Threads.** The engine's own thread (which called `engine.run`) reads the people, plans, and is the only one that calls
the Reporter. Threads of the window call Target, Memory, Journal and Seal, for different people at the same moment; what
each of these says about one person is called by one thread at a time. With `Options.parallel == 1` everything happens in
the engine's own thread.
"""

import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from mapping.rules import ValueLists
from sync.outcomes import Begun, MessageLike, PersonResult, Remark
from sync.packed import Concepts, LoketPerson, Staff
from sync.records import HRRecord

__all__ = [
    "BSN_PUT",
    "CONCEPT_BSN",
    "CONCEPT_CONVERT",
    "CONCEPT_POST",
    "CONCEPT_PUT",
    "EMPLOYEE_PUT",
    "Confirmed",
    "EmploymentTarget",
    "Journal",
    "LeaseLost",
    "LoketPerson",
    "Memory",
    "Options",
    "People",
    "Quarantined",
    "Reporter",
    "Seal",
    "SliceOver",
    "Snapshot",
    "StandingFacts",
    "Stopped",
    "Target",
    "Versions",
]

EMPLOYEE_PUT, BSN_PUT = "employee.put", "bsn.put"
CONCEPT_POST, CONCEPT_PUT, CONCEPT_BSN, CONCEPT_CONVERT = (
    "concept.post",
    "concept.put",
    "concept.bsn",
    "concept.convert",
)
"""The journal's actions."""
NUMBERS_A_CALL = 50
"""Employee numbers that one call asks for; the address of a call has an end."""


class LeaseLost(Exception):
    """Somebody else owns this run now: stop at once and write nothing more."""


class Stopped(Exception):
    """A person asked for it: what is in flight is finished, nothing is begun any more. The results so far stay."""

    def __init__(self, kind: Literal["pause", "cancel"]) -> None:
        super().__init__(kind)
        self.kind = kind


class SliceOver(Exception):
    """This run has had its turn: it goes to the end of the queue and goes on later. No fault, and no attempt."""


@dataclass(frozen=True)
class Snapshot:
    """Loket's present state, read in full at the start of a run (D1, D2), held packed."""

    people: Staff
    concepts: Concepts
    """Concept employees of the whole employer, every administration's."""
    value_lists: ValueLists = field(repr=False)
    concept_defaults: Callable[[], dict[str, Any]] = field(repr=False)
    """What a new concept employee starts with: read when the first one is planned. Not to be changed."""


@dataclass(frozen=True)
class Versions:
    """Loket's change numbers. `moved` has, by employment id, those above what was asked from; `highest` never falls."""

    highest: int
    moved: Mapping[str, int] = field(default_factory=dict)


class OptionLike(Protocol):
    """One value of a list as Loket gives it."""

    @property
    def key(self) -> int | str: ...
    @property
    def value(self) -> str: ...


class People(Protocol):
    """The source, streamed; each iteration reads anew. Only the engine's own thread reads it.

    The engine reads it once, whole, before it asks Memory anything, and keeps the records packed: an implementation may
    note on the way what Memory needs of each record (its number, its row, which of BSN and IBAN are plain).
    """

    def __iter__(self) -> Iterator[HRRecord]: ...


class EmploymentTarget(Protocol):
    """Reads and writes an employment and its parts: the Loket client's own methods, by their names.

    A PUT goes with If-Match where a single read of the same object came before it.
    """

    def get_employment(self, employment_id: str, /) -> dict[str, Any]: ...
    def put_employment(self, employment_id: str, body: dict[str, Any], /) -> dict[str, Any]: ...
    def terminate(self, employment_id: str, body: dict[str, Any], /) -> Sequence[MessageLike]: ...
    def reinstate(self, employment_id: str, /) -> Sequence[MessageLike]: ...
    def correct_start_date(self, employment_id: str, body: dict[str, Any], /) -> Sequence[MessageLike]: ...
    def list_organizational_entities(self, employment_id: str, /) -> Sequence[dict[str, Any]]: ...
    def create_organizational_entity(self, employment_id: str, body: dict[str, Any], /) -> dict[str, Any]: ...
    def get_organizational_entity(self, record_id: str, /) -> dict[str, Any]: ...
    def put_organizational_entity(self, record_id: str, body: dict[str, Any], /) -> dict[str, Any]: ...
    def list_working_hours(self, employment_id: str, /) -> Sequence[dict[str, Any]]: ...
    def create_working_hours(self, employment_id: str, body: dict[str, Any], /) -> dict[str, Any]: ...
    def get_working_hours(self, record_id: str, /) -> dict[str, Any]: ...
    def put_working_hours(self, record_id: str, body: dict[str, Any], /) -> dict[str, Any]: ...
    def list_payment_information(self, employment_id: str, /) -> Sequence[dict[str, Any]]: ...
    def create_payment_information(self, employment_id: str, body: dict[str, Any], /) -> dict[str, Any]: ...
    def get_payment_information(self, record_id: str, /) -> dict[str, Any]: ...
    def put_payment_information(self, record_id: str, body: dict[str, Any], /) -> dict[str, Any]: ...
    def payment_metadata(self, employment_id: str, /) -> Mapping[str, Sequence[OptionLike]]: ...
    def payment_defaults(self, employment_id: str, /) -> dict[str, Any]:
        """What a new payment record starts with; what has no default is null."""


class Target(EmploymentTarget, Protocol):
    """Reads and writes one employer in Loket. Errors are those of `loket_portal.loket.errors`. Thread-safe."""

    def snapshot(self, numbers: Sequence[int] | None = None) -> Snapshot:
        """Lists only, pages in parallel, by the engine's own thread or one beside it.

        With `numbers` of the people with these employee numbers alone, and of no concept employee.
        """

    def add_unemployed(self, staff: Staff) -> None:
        """The employees list, for those who are in no employment: wanted when somebody may be one of them."""

    def versions(self, since: int | None) -> Versions:
        """What moved after `since`, one call when that is little; None: only the highest number, in one call."""

    def require_answer(self) -> None:
        """A cheap call about nobody; raises Retryable when Loket is away."""

    def get_employee(self, employee_id: str) -> dict[str, Any]: ...
    def put_employee(self, person: LoketPerson, body: dict[str, Any]) -> dict[str, Any]:
        """With If-Match where a single read of this employee came before it."""

    def get_bsn(self, person: LoketPerson) -> str | None: ...
    def put_bsn(self, person: LoketPerson, bsn: str) -> None: ...
    def people_again(self, numbers: Sequence[int] | None = None) -> Iterable[LoketPerson]:
        """The comprehensive list once more, a row each: what Loket holds after the writes. Somebody with two
        employments is there twice; in another administration the row has no `employment`. `numbers` as in `snapshot`."""

    def get_concept(self, concept_id: str) -> dict[str, Any] | None:
        """A fresh read of one concept employee; None when it is gone."""

    def find_concepts(self, unique_name: str) -> Sequence[dict[str, Any]]:
        """Reads all of them again: only for a POST whose answer was lost, to see whether it has landed (D5)."""

    def find_employee(self, number: int) -> dict[str, Any] | None:
        """The employee with this number, by reading the lists again; for the same."""

    def find_person(self, number: int) -> LoketPerson | None:
        """The same with the employment here, by a list of this one alone: for somebody who was converted just now."""

    def create_concept(self, body: dict[str, Any]) -> dict[str, Any]: ...
    def put_concept(self, concept_id: str, body: dict[str, Any]) -> dict[str, Any]: ...
    def get_concept_bsn(self, concept_id: str) -> str | None: ...
    def put_concept_bsn(self, concept_id: str, bsn: str) -> None: ...
    def validate_concept(self, concept_id: str) -> Sequence[MessageLike]: ...
    def convert_concept(self, concept_id: str) -> Sequence[MessageLike]: ...
    def take_warnings(self) -> Sequence[MessageLike]:
        """What Loket remarked on this thread's writes that succeeded, since it asked last (rule 50)."""

    def take_calls(self) -> tuple[int, int]:
        """Calls and repeated calls of all threads since this was asked last. Only the engine's own thread asks."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Loket was seen to hold all that this person's mark stands for. `version`: the highest number known just before."""

    key: str
    mark: str
    version: int | None
    look_on: date | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Somebody set aside, bound to the mark of what was refused; `reason` is a `Quarantine.Reason`."""

    mark: str
    reason: str
    messages: tuple[Remark, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """How the connection stood after its last sync; empty where nothing is known.

    `mark` is that of everybody, "" when somebody was not certain; `people` how many the source had.
    """

    mark: str = ""
    version: int | None = None
    look_on: date | None = None
    compared_at: datetime | None = None
    people: int | None = None


class Memory(Protocol):
    """What Loket confirmed last, per connection and person. Outlives runs. Thread-safe."""

    def fingerprint(self, key: str, field: str) -> str | None: ...
    def remember(self, key: str, field: str, fingerprint: str) -> None:
        """Loket confirmed the value that HR has: from now on its fingerprint is enough, and our copy may go."""

    def seen(self, key: str, field: str, fingerprint: str) -> None:
        """Loket holds this, which is not what HR has: noted as its fingerprint, and our copy stays."""

    def linked_id(self, key: str) -> str | None: ...
    def link(self, key: str, loket_id: str, is_concept: bool) -> None: ...
    def is_concept(self, key: str) -> bool:
        """Whether the Loket id was a concept employee's when it was last seen: those are in no list of employees."""

    def is_current(self, key: str) -> bool:
        """Whether the Loket id stands under this very key and number; else it is known from another source, say."""

    def confirmed_mark(self, key: str) -> tuple[str, int | None, date | None]:
        """Mark, version and look_on of the last confirmation; ("", None, None)."""

    def confirm(self, confirmed: Sequence[Confirmed]) -> None:
        """In bulk. Only of linked people; mark "" forgets the confirmation."""

    def quarantined(self, key: str) -> Quarantined | None: ...
    def quarantine(self, result: "PersonResult", mark: str, reason: str) -> None:
        """Set aside until the mark is another or a person releases: "rejected", "not_stable" or "crashed"."""

    def release(self, key: str) -> None:
        """The person changed, or Loket agrees now."""

    def left_out(self, key: str) -> Mapping[str, str]:
        """What somebody had left out, by guard: the fingerprint of the difference that the answer was about."""

    def ask_again(self, key: str, guard: str) -> None:
        """That difference is no more, here or at Loket: the answer is about nothing."""

    def standing(self) -> StandingFacts: ...
    def confirm_all(self, facts: StandingFacts, *, is_full: bool) -> None:
        """At the end of a run; `is_full`: everybody was compared with Loket's lists, so `compared_at` is now."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A write that was written down ahead: what it is about, and the journal's number."""

    mark: str = field(repr=False)
    op: int


class Journal(Protocol):
    """Each write of this run (D4). Thread-safe.

    `sent` returns after its commit, and raises LeaseLost when the run is somebody else's; the ends may be queued: after a
    crash an end that was lost only means reading back.
    """

    def sent(self, key: str, action: str, fingerprint: str) -> int: ...
    def sent_ahead(self, writes: Sequence[tuple[str, str, str]]) -> Sequence[int]:
        """Key, action and fingerprint of several writes that are about to be made, in one commit.

        One that is not made after all is told as rejected, with status 0.
        """

    def confirmed(self, op: int, status: int = 200) -> None: ...
    def rejected(self, op: int, status: int, text: str) -> None: ...
    def unknown(self, op: int, text: str) -> None: ...
    def was_sent(self, key: str, action: str) -> bool:
        """True when this run sent it in this or an earlier attempt and Loket did not refuse it."""

    def sent_before(self, key: str) -> bool:
        """Whether an earlier run of the connection sent something of this one too. Asked only when Loket did not keep it."""


class Reporter(Protocol):
    """Keeps the run's results and its lease. Only the engine's own thread calls it; each may raise LeaseLost."""

    def finals(self) -> Container[str]:
        """Result keys of people with a final result, from earlier attempts. The engine only asks `in`."""

    def begun(self) -> Mapping[str, Begun]:
        """Result key, and what this run has sent, of people who wait for the rest of it: asked by `get` only."""

    def suspects(self) -> Mapping[str, int]:
        """Result key and attempts of people without a final result whom somebody began: asked by `get` and `in` only."""

    def begin(self, total: int) -> None: ...
    def plan(self, results: Sequence["PersonResult"]) -> None:
        """Bulk, PLANNED and final ones. A row that an earlier attempt planned is replaced; its attempts stay."""

    def planned(self, people: int, same: int) -> None:
        """The plan is whole: so many are to be written (of this attempt and earlier ones), so many need no look."""

    def started(self, keys: Sequence[str], *, with_next: bool = False) -> None:
        """Attempts + 1, committed before it returns; `with_next`: with what the journal is told next."""

    def returned(self, keys: Sequence[str]) -> None:
        """Begun by name only, and handed back in good order (pause, throttled, slice over): attempts - 1."""

    def person(self, result: "PersonResult", *, as_planned: bool = False) -> None:
        """One final result; queued. `as_planned`: but for the end it says what this person's row of the plan does."""

    def told(self, keys: Sequence[str]) -> Mapping[str, "PersonResult"]:
        """By result key the final results that this attempt has told of these people; `person` is empty in them."""

    def revise(self, results: Sequence["PersonResult"]) -> None:
        """Final results that the confirming look at Loket turned out to be wrong about: replaced, in bulk."""

    def check(self) -> None:
        """Cheap enough to be asked for each person. Raises LeaseLost, or Stopped when a person asked for it."""

    def flush(self) -> None:
        """All that is queued is committed."""

    def slice_is_over(self) -> bool:
        """Whether the run has had its turn of SLICE_SECONDS."""

    def same_as_before(self, total: int) -> None:
        """Nothing moved on either side since the last confirmed run: its results still hold."""

    def called(self, calls: int, repeats: int) -> None:
        """So many more calls to Loket, of which repeats."""


class Seal(Protocol):
    """Keyed fingerprints and masks; knows the key, which the engine doesn't. Thread-safe."""

    def fingerprint(self, purpose: str, value: str) -> str: ...
    def matches(self, purpose: str, value: str, known: str) -> bool:
        """Whether `known` is the value's fingerprint, also under a key that was the newest one earlier."""

    def mask(self, value: str) -> str: ...


@dataclass(frozen=True)
class Options:
    """How a run goes; what a preview needs is by default.

    `approved` is by guard how many a person agreed to, 0 leaves them out. `is_first`: the first sync of the connection.
    `is_full`: everybody is compared with Loket's lists, whatever is remembered (the last time is more than a day ago).
    `leave` is called at the end of each thread of the window, which may have opened a database connection. `ends_turn`
    are exceptions that may come at any moment and are no fault of the person who is being worked on. `unreadable` are
    columns that the mapping reads and the source doesn't show to anybody now: absent is not empty, so nobody new is made
    without them.
    """

    administration_id: str
    dry_run: bool = False
    convert_new: bool = False
    parallel: int = 1
    asks_for_iban: bool = True
    approved: Mapping[str, int] = field(default_factory=dict)
    is_first: bool = False
    is_full: bool = False
    slice_people: int = 250
    wait: Callable[[float], object] = threading.Event().wait
    """Waits so many seconds."""
    leave: Callable[[], object] = lambda: None
    ends_turn: tuple[type[Exception], ...] = ()
    unreadable: frozenset[str] = frozenset()
