"""One run and one person in it, while they are being worked on; and the only way in which anything is written.

Every write is journalled before its socket opens (D4), and one without a clear answer is read back before it is sent
again (D5). The same steps plan and do: while a run plans they read nobody, a preview reads and never writes.
"""

import random
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, Generic, TypeVar

from loket_portal.lib.redact import redact_text
from loket_portal.loket.errors import (
    Conflict,
    Forbidden,
    RecordRejected,
    Retryable,
    SyncError,
    WriteUnsure,
    status_of,
)
from mapping.apply import Mapped, apply
from mapping.rules import Effect, MappingSet, Problem
from sync import guards
from sync.diff import Change, not_stored
from sync.identity import Identity
from sync.outcomes import NOT_BEGUN, Begun, MessageLike, Outcome, PersonResult, Remark, so_far
from sync.policy import Reason
from sync.ports import Claimed, Journal, LeaseLost, Memory, Options, Seal, Snapshot, Target
from sync.records import HRRecord

MAX_SENDS = 3
"""How often one write may be sent when its answers get lost."""
PAUSE = (0.05, 2.0)
"""Seconds between two sends of one write: anything between, so that parallel senders don't come back together."""

POLITE, MOMENT = 3, 2.0
"""How often, and how many seconds at most, a thread waits because Loket asks for it (429)."""

Todo = TypeVar("Todo")
Answer = TypeVar("Answer")


class Mode(Enum):
    """What the steps do: PLAN reads nobody, LOOK reads, APPLY writes."""

    PLAN = "plan"
    LOOK = "look"
    APPLY = "apply"


class MustLook(Exception):
    """A plan can't tell without reading this person."""


@dataclass(frozen=True)
class RunContext:
    """What all people of a run share. Safe for several threads.

    `refused` grows: what Loket's rights forbid is asked once in a run. `moved` are the employee numbers of people
    whose employment changed at Loket since the lists were read. `halted` is set when nothing may be written any more.
    """

    mapping: MappingSet
    target: Target
    memory: Memory
    journal: Journal
    seal: Seal
    today: date
    options: Options
    snapshot: Snapshot
    identity: Identity
    mode: Mode = Mode.APPLY
    begun: Mapping[str, Begun] = field(default_factory=dict, repr=False)
    """By result key what this run has sent of people who waited for the rest of it."""
    double_bsn_rows: frozenset[int] = frozenset()
    moved: Container[int] = frozenset()
    worded: guards.Worded = field(default_factory=guards.Worded, repr=False)
    refused: set[str] = field(default_factory=set)
    claimed: dict[tuple[str, str], Claimed] = field(default_factory=dict, repr=False)
    """By key and action the writes that were written down ahead."""
    halted: threading.Event = field(default_factory=threading.Event)

    @property
    def administration_id(self) -> str:
        """The payroll administration that this run is about."""
        return self.options.administration_id

    @property
    def convert_new(self) -> bool:
        """Whether new people become employees at once."""
        return self.options.convert_new

    @property
    def approved(self) -> Mapping[str, int]:
        """By guard how many changes a person agreed to."""
        return self.options.approved

    @property
    def asks_for_iban(self) -> bool:
        """Whether a changed bank account waits for somebody's word."""
        return self.options.asks_for_iban

    @property
    def dry_run(self) -> bool:
        """Whether the steps only tell what they would do: in a preview, and in the plan of a sync."""
        return self.mode is not Mode.APPLY

    @property
    def is_preview(self) -> bool:
        """Whether this run writes nothing at all, neither at Loket nor in what is remembered as linked."""
        return self.options.dry_run

    def withholds(self, needs: str) -> bool:
        """Whether a change that needs this word is shown and not sent."""
        options = self.options
        return guards.is_left_out(needs, options.approved, asks_for_iban=options.asks_for_iban)

    def pause(self) -> None:
        """Waits a moment before the same is sent again."""
        self.options.wait(random.uniform(*PAUSE))  # noqa: S311  nothing secret about it


@dataclass(frozen=True)
class Body:
    """A whole object that is about to be sent, and the changes in it."""

    whole: dict[str, Any] = field(repr=False)
    changes: list[Change]


def mark(body: Body) -> str:
    """What a PUT is about, for its fingerprint."""
    return "\n".join(f"{change.field}={change.new}" for change in body.changes)


@dataclass
class Work:
    """One person in progress: what was done so far stays known when a later step fails."""

    context: RunContext
    record: HRRecord
    result_key: str
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    messages: list[Remark] = field(default_factory=list)
    outcome: Outcome = Outcome.UNCHANGED
    reason: Reason | str = ""
    day: date | None = None
    column: str = ""
    """What the present step is about, for a problem that it may end in."""
    must_look: bool = False
    """A plan that can't tell without reading this person."""
    asks: set[str] = field(default_factory=set)
    """Guards that a difference was found for which nobody was asked about yet: the person waits for the answer."""
    sends: list[str] = field(default_factory=list)
    """The journal's actions of the writes that Loket took."""
    stored: int | None = None
    """The digest of the employee as Loket said it was stored."""

    @property
    def key(self) -> str:
        """The person's key in memory and journal."""
        return self.record.key

    @property
    def begun(self) -> Begun:
        """What this run sent of the person before somebody had to be asked about the rest."""
        return self.context.begun.get(self.result_key, NOT_BEGUN)

    def mapped(self, *, is_new: bool) -> Mapped:
        """The person's wanted values; their problems are added to the result.

        A BSN that another row has too is left out; somebody new isn't made without it: the two may be one person. Nor is
        anybody new made without what the mapping reads and the source doesn't show now: nobody knows whether it is empty,
        and a value that blocks the person may be behind it (rule 24).
        """
        context, values, double = self.context, dict(self.record.values), list[Problem]()
        rule = context.mapping.rule("bsn")
        if rule and rule.source and self.record.row in context.double_bsn_rows:
            values.pop(rule.source, None)
            double = [Problem("duplicate_bsn", rule.source, effect=Effect.PERSON if is_new else Effect.FIELD)]
        absent = self._absent() if is_new else []
        mapped = apply(context.mapping, values, context.snapshot.value_lists, is_new=is_new)
        mapped = replace(mapped, problems=(*double, *absent, *mapped.problems))
        self.problems.extend(mapped.problems)
        return mapped

    def _absent(self) -> list[Problem]:
        """What can't be read now, by column."""
        missing = self.context.options.unreadable - self.record.values.keys()
        return [Problem("attribute_absent", column, effect=Effect.PERSON) for column in sorted(missing)]

    def problem(self, code: str, column: str = "", value: str = "", effect: Effect = Effect.FIELD) -> None:
        """Adds a problem to the result."""
        self.problems.append(Problem(code, column, value, {}, effect))

    def block(self, reason: Reason) -> None:
        """This person is not sent; the reason is told as a problem too, unless one that blocks is told already."""
        self.outcome, self.reason = Outcome.BLOCKED, reason
        if not any(problem.effect is Effect.PERSON for problem in self.problems):
            self.problem(reason.value, effect=Effect.PERSON)

    def fail(self, reason: Reason) -> None:
        """Something went wrong on the way; changes that Loket took remain in the result."""
        self.outcome, self.reason = Outcome.FAILED, reason
        self.problem(reason.value, self.column)

    def did(self, changes: Sequence[Change]) -> None:
        """Loket took these changes, or would be sent them: in a preview and in a plan."""
        self.changes.extend(changes)
        if changes and self.outcome is Outcome.UNCHANGED:
            self.outcome = Outcome.CHANGED

    def check_earlier(self, action: str) -> None:
        """Nothing differs (any more): when this run wrote it before it was interrupted, the person did change."""
        is_untold = self.outcome is Outcome.UNCHANGED and not self.context.is_preview and action not in self.begun.told
        if is_untold and self.context.journal.was_sent(self.key, action):
            self.outcome, self.reason = Outcome.CHANGED, Reason.AFTER_INTERRUPTION

    def hear(self, messages: Sequence[MessageLike]) -> None:
        """Loket's own words, kept for the result without the BSN or IBAN that they may quote."""
        self.messages.extend(Remark(said.type, redact_text(said.description), said.code) for said in messages)

    def took(self, changes: Sequence[Change], answer: tuple[dict[str, Any], Sequence[Change]] | None) -> None:
        """Compares Loket's answer with what was sent; None: the changes were seen to be there by reading."""
        missed = not_stored(*answer) if answer else []
        self.did([change for change in changes if change.field not in {gone.field for gone in missed}])
        if missed:
            self.missed(missed)

    def missed(self, changes: Sequence[Change]) -> None:
        """Loket said yes, and its answer shows something else."""
        self.outcome, self.reason = Outcome.FAILED, Reason.NOT_STORED
        self.problems.extend(Problem("not_stored", change.field, change.new) for change in changes)

    def result(self) -> PersonResult:
        """The result as it is reported. Changes that are not sent get their reason."""
        earlier = self.begun.still(self.changes)
        if earlier and self.outcome in (Outcome.UNCHANGED, Outcome.SKIPPED):
            self.outcome = Outcome.CHANGED
        if self.outcome is Outcome.UNCHANGED and not self.reason:
            self.reason = self._why_unsent()
        return PersonResult(
            key=self.result_key,
            row=self.record.row,
            name=self.record.name,
            outcome=self.outcome,
            reason=str(self.reason),
            changes=(*earlier, *self.changes),
            problems=tuple(dict.fromkeys(self.problems)),
            messages=tuple(dict.fromkeys((*self.begun.messages, *self.messages))),
            day=self.day,
            number=self.record.number,
            person=self.key,
        )

    def plan(self) -> PersonResult:
        """The same as the plan has it: still to be done, what is done of it apart."""
        found = self.result()
        reason = str(Reason.BEGUN) if any(change.is_done for change in found.changes) else ""
        return replace(found, outcome=Outcome.PLANNED, reason=reason, told=self.begun.told)

    def waiting(self) -> PersonResult:
        """The same for somebody about whom a question came up on the way: what Loket took is done, the rest waits."""
        told = dict.fromkeys((*self.begun.told, *self.sends))
        self.changes = [*self.begun.still(self.changes), *(so_far(change, self.asks) for change in self.changes)]
        return replace(self.plan(), told=tuple(told))

    @property
    def is_to_do(self) -> bool:
        """Whether something is to be written, or first to be looked at."""
        return self.must_look or any(change.sendable for change in self.changes)

    def _why_unsent(self) -> Reason | str:
        unsent = [change for change in self.changes if not change.waits_until]
        if any(change.needs for change in unsent):
            return Reason.LEFT_OUT
        return Reason.NOT_YET_SENT if unsent else ""


def permitted(work: Work, right: str, column: str, step: Callable[[], None]) -> None:
    """Does a step that Loket may forbid or refuse by itself; the rest of the person goes on (rule 47).

    Forbidden: the column gets a problem. Refused: the person has failed. Any other problem of the connection stops
    the run: a Loket that can't be understood is no missing right.
    """
    work.column = column
    try:
        step()
    except MustLook:
        work.must_look = True
    except Forbidden:
        work.context.refused.add(right)
        work.problem(f"{right}_not_allowed", column)
    except RecordRejected as error:
        work.hear(error.messages)
        work.fail(Reason.REJECTED)
    work.column = ""


def ask(work: Work, right: str, call: Callable[[], Answer]) -> Answer:
    """Makes a call inside `permitted`, unless the right was refused before in this run (rule 51).

    A plan makes none: then it is known that the person must be looked at.
    """
    if right in work.context.refused:
        raise Forbidden("Loket refused this right before in this run.")
    if work.context.mode is Mode.PLAN:
        raise MustLook
    return patiently(work.context, call)


def patiently(context: RunContext, call: Callable[[], Answer]) -> Answer:
    """The answer; Loket's wish to be asked again in a moment is granted. A longer wait is for the run, not for a thread."""
    for _ in range(POLITE):
        try:
            return call()
        except (WriteUnsure, Conflict):
            raise
        except Retryable as busy:
            if busy.retry_after is None or busy.retry_after > MOMENT:
                raise
            context.options.wait(busy.retry_after)
    return call()


@dataclass(frozen=True)
class Sent(Generic[Answer]):
    """A journalled write: its answer, or `lost` where the answer never came."""

    op: int
    answer: Answer | None = None
    lost: WriteUnsure | None = None


def send_once(work: Work, action: str, mark: str, call: Callable[[], Answer]) -> Sent[Answer]:
    """One write, journalled before and after by the fingerprint of its `mark`; what Loket remarks on it goes to the result."""
    journal = work.context.journal
    if work.context.halted.is_set():
        raise LeaseLost
    op = _claim(work, action, mark)
    try:
        answer = patiently(work.context, call)
    except WriteUnsure as error:
        journal.unknown(op, error.message)
        return Sent(op, lost=error)
    except SyncError as error:
        journal.rejected(op, status_of(error), error.message)
        raise
    journal.confirmed(op)
    work.sends.append(action)
    work.hear(work.context.target.take_warnings())
    return Sent(op, answer)


def _claim(work: Work, action: str, mark: str) -> int:
    """The journal's number of this write: made now, unless just this was written down ahead."""
    context = work.context
    ahead = context.claimed.pop((work.key, action), None)
    if ahead is not None and ahead.mark == mark:
        return ahead.op
    if ahead is not None:
        context.journal.rejected(ahead.op, 0, "not sent")
    return context.journal.sent(work.key, action, context.seal.fingerprint(action, mark))


def put_surely(
    work: Work, action: str, todo: Callable[[], Todo | None], put: Callable[[Todo], Answer], mark: Callable[[Todo], str]
) -> Answer | None:
    """Sends what `todo` (a fresh read) says is to be sent, until its end is sure; None when nothing was to be done.

    Raises WriteUnsure or Conflict after the third time. What was written without an answer is recognised by reading.
    """
    last: WriteUnsure | Conflict | None = None
    lost: list[int] = []
    sends = 0
    while (body := todo()) is not None:
        if last is not None and sends == MAX_SENDS:
            raise last
        if isinstance(last, WriteUnsure):
            work.context.pause()
        sends += 1
        try:
            sent = send_once(work, action, mark(body), partial(put, body))
        except Conflict as conflict:
            last = conflict
            continue
        if sent.lost is None:
            return sent.answer
        last, lost = sent.lost, [*lost, sent.op]
    for op in lost:
        work.context.journal.confirmed(op)
    return None
