"""One run and one person in it, while they are being worked on; and the only way in which anything is written.

Every write is journalled before its socket opens (D4), and one without a clear answer is read back before it is sent
again (D5). A dry run never gets here: the steps plan instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Generic, TypeVar

from loket_portal.lib.redact import redact_text
from loket_portal.loket.errors import (
    ConfigProblem,
    Conflict,
    Forbidden,
    RecordRejected,
    SignInNeeded,
    SyncError,
    WriteUnsure,
)
from mapping.apply import Mapped, apply
from mapping.rules import Effect, MappingSet, Problem
from sync.diff import Change, not_stored
from sync.identity import Identity
from sync.policy import Reason
from sync.ports import Journal, Memory, MessageLike, Outcome, PersonResult, Remark, Seal, Snapshot, Target
from sync.records import HRRecord

MAX_SENDS = 3
"""How often one PUT may be sent when its answers get lost. A POST is sent once."""

Todo = TypeVar("Todo")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class RunContext:
    """What all people of a run share. `refused` grows: what Loket's rights forbid is asked once in a run."""

    mapping: MappingSet
    target: Target
    memory: Memory
    journal: Journal
    seal: Seal
    today: date
    administration_id: str
    dry_run: bool
    convert_new: bool
    snapshot: Snapshot
    identity: Identity
    double_bsn_rows: frozenset[int] = frozenset()
    refused: set[str] = field(default_factory=set)


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

    @property
    def key(self) -> str:
        """The person's key in memory and journal."""
        return self.record.key

    def mapped(self, *, is_new: bool) -> Mapped:
        """The person's wanted values; their problems are added to the result.

        A BSN that another row has too is left out; somebody new isn't made without it: the two may be one person.
        """
        context, values, double = self.context, dict(self.record.values), list[Problem]()
        rule = context.mapping.rule("bsn")
        if rule and rule.source and self.record.row in context.double_bsn_rows:
            values.pop(rule.source, None)
            double = [Problem("duplicate_bsn", rule.source, effect=Effect.PERSON if is_new else Effect.FIELD)]
        mapped = apply(context.mapping, values, context.snapshot.value_lists, is_new=is_new)
        mapped = replace(mapped, problems=(*double, *mapped.problems))
        self.problems.extend(mapped.problems)
        return mapped

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
        """Loket took these changes, or would be sent them in a dry run."""
        self.changes.extend(changes)
        if changes and self.outcome is Outcome.UNCHANGED:
            self.outcome = Outcome.CHANGED

    def check_earlier(self, action: str) -> None:
        """Nothing differs (any more): when this run wrote it before it was interrupted, the person did change."""
        is_untold = self.outcome is Outcome.UNCHANGED and not self.context.dry_run
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
        """The result as it is reported. Changes that only wait for a later version get their reason."""
        is_unsent = any(not change.waits_until for change in self.changes)
        if self.outcome is Outcome.UNCHANGED and not self.reason and is_unsent:
            self.reason = Reason.NOT_YET_SENT
        return PersonResult(
            key=self.result_key,
            row=self.record.row,
            name=self.record.name,
            outcome=self.outcome,
            reason=str(self.reason),
            changes=tuple(self.changes),
            problems=tuple(dict.fromkeys(self.problems)),
            messages=tuple(dict.fromkeys(self.messages)),
            day=self.day,
            number=self.record.number,
        )


def permitted(work: Work, right: str, column: str, step: Callable[[], None]) -> None:
    """Does a step that Loket may forbid or refuse by itself; the rest of the person goes on (rule 47).

    Forbidden: the column gets a problem. Refused: the person has failed. Any other problem of the connection stops
    the run: a Loket that can't be understood is no missing right.
    """
    work.column = column
    try:
        step()
    except Forbidden:
        work.context.refused.add(right)
        work.problem(f"{right}_not_allowed", column)
    except RecordRejected as error:
        work.hear(error.messages)
        work.fail(Reason.REJECTED)
    work.column = ""


def ask(work: Work, right: str, call: Callable[[], Answer]) -> Answer:
    """Makes a call inside `permitted`, unless the right was refused before in this run (rule 51)."""
    if right in work.context.refused:
        raise Forbidden("Loket refused this right before in this run.")
    return call()


@dataclass(frozen=True)
class Sent(Generic[Answer]):
    """A journalled write: its answer, or `lost` where the answer never came."""

    op: int
    answer: Answer | None = None
    lost: WriteUnsure | None = None


def send_once(work: Work, action: str, mark: str, call: Callable[[], Answer]) -> Sent[Answer]:
    """One write, journalled before and after. `mark` is what it is about; only its fingerprint is kept.

    What Loket remarks on it, though it succeeded, goes to the result.
    """
    journal = work.context.journal
    op = journal.sent(work.key, action, work.context.seal.fingerprint(action, mark))
    try:
        answer = call()
    except WriteUnsure as error:
        journal.unknown(op, error.message)
        return Sent(op, lost=error)
    except SyncError as error:
        journal.rejected(op, _status(error), error.message)
        raise
    journal.confirmed(op)
    work.hear(work.context.target.take_warnings())
    return Sent(op, answer)


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


def _status(error: SyncError) -> int:
    match error:
        case RecordRejected():
            return error.status
        case Forbidden():
            return 403
        case SignInNeeded():
            return 401
        case ConfigProblem():
            return 0  # an answer that nobody could read
        case Conflict():
            return 409
    return 503
