"""A run: everybody of the roster once, each with a result, whatever happens to one of them (D1, rule 50).

Killed at any point, the same run goes on where it stopped: people with a result are left alone, and for the one who was
being worked on the journal and Loket tell what has landed.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import date

from loket_portal.loket.errors import ConfigProblem, Conflict, RecordRejected, Retryable, WriteUnsure
from mapping.rules import MappingSet
from sync.identity import Identity, Newcomer, OurConcept, Stop, unique_name
from sync.known import show_end_date, sync_known
from sync.newcomers import sync_newcomer
from sync.policy import LEAVERS, Decision, Reason, decide_all, duplicate_bsns, loket_number
from sync.ports import (
    Counts,
    Journal,
    LeaseLost,
    LoketPerson,
    Memory,
    MessageLike,
    Outcome,
    PersonResult,
    Reporter,
    Seal,
    Snapshot,
    Target,
)
from sync.records import HRRecord
from sync.work import RunContext, Work

__all__ = [
    "Counts",
    "Journal",
    "LeaseLost",
    "LoketPerson",
    "Memory",
    "MessageLike",
    "Outcome",
    "PersonResult",
    "Reporter",
    "Seal",
    "Snapshot",
    "Target",
    "run",
    "unique_name",
]

MAX_UNREACHABLE = 5
"""For so many people in a row Loket may give no answer; then the run pauses instead of failing all others too."""

_ANSWERED = frozenset({Outcome.CREATED, Outcome.CHANGED, Outcome.FAILED})
"""Outcomes that tell that Loket was there. The others may have needed no call."""

logger = logging.getLogger("sync.engine")


def run(
    records: Sequence[HRRecord],
    *,
    mapping: MappingSet,
    target: Target,
    memory: Memory,
    journal: Journal,
    reporter: Reporter,
    seal: Seal,
    today: date,
    administration_id: str,
    dry_run: bool,
    convert_new: bool,
) -> Counts:
    """Compares everybody with Loket and, unless `dry_run`, writes what differs. `today` is the day in Amsterdam.

    Raises ConfigProblem (also SignInNeeded) when the run can't go on before a person changes something, LeaseLost when
    it is somebody else's now, and Retryable when it should go on later: not even the first reading succeeds, or Loket
    answers for MAX_UNREACHABLE people in a row no more.
    """
    done = reporter.done_keys()
    reporter.begin(len(records))
    plan = decide_all(records, today)
    in_scope = [record for record, decision in plan if decision.in_scope]
    snapshot = target.snapshot()
    context = RunContext(
        mapping=mapping,
        target=target,
        memory=memory,
        journal=journal,
        seal=seal,
        today=today,
        administration_id=administration_id,
        dry_run=dry_run,
        convert_new=convert_new,
        snapshot=snapshot,
        identity=Identity(snapshot, records, mapping, memory, journal, target, administration_id),
        double_bsn_rows=frozenset(duplicate_bsns(in_scope, lambda bsn: seal.fingerprint("bsn", bsn))),
    )
    return _everybody(context, plan, reporter, done)


def _everybody(
    context: RunContext, plan: Sequence[tuple[HRRecord, Decision]], reporter: Reporter, done: frozenset[str]
) -> Counts:
    teller = _Teller(reporter, context.target)
    for record, decision in plan:
        if _result_key(record, decision) in done:
            teller.outcomes["resumed"] += 1
        else:
            _one(context, record, decision, teller)
    teller.tell_held()
    return Counts(total=len(plan), **teller.outcomes)


class _Teller:
    """Reports results. Those of people for whom Loket gave no answer wait until it answers for somebody again.

    So a Loket that is away costs nobody a result: the run pauses, and these people are tried again when it goes on.
    """

    def __init__(self, reporter: Reporter, target: Target) -> None:
        self.outcomes: Counter[str] = Counter()
        self._reporter, self._target = reporter, target
        self._held: list[PersonResult] = []

    def tell(self, result: PersonResult) -> None:
        if result.outcome in _ANSWERED:
            self.tell_held()
        self._reporter.person(result)
        self.outcomes[result.outcome.value] += 1

    def hold(self, result: PersonResult) -> None:
        """When it is one too many in a row, a call about nobody tells: Loket is away, or it is about these people.

        Raises Retryable when Loket is away.
        """
        self._held.append(result)
        if len(self._held) == MAX_UNREACHABLE:
            self._target.require_answer()
            self.tell_held()

    def tell_held(self) -> None:
        held, self._held = self._held, []
        for result in held:
            self.tell(result)


def _result_key(record: HRRecord, decision: Decision) -> str:
    """Two people with one number need a result each, and neither may be taken for the other."""
    is_shared = decision.reason is Reason.DUPLICATE_NUMBER or decision.is_succeeded
    is_double = is_shared and record.key == record.text("employee_number")
    return f"row-{record.row}" if is_double else record.key


def _one(context: RunContext, record: HRRecord, decision: Decision, teller: _Teller) -> None:
    """The one try per person. What concerns the whole run is raised; what was written before that is reported."""
    work = Work(context, record, _result_key(record, decision), problems=list(decision.problems))
    try:
        _person(work, decision)
    except LeaseLost:
        raise
    except ConfigProblem:
        teller.tell_held()
        if not context.dry_run and any(change.sendable for change in work.changes):
            work.fail(Reason.STOPPED)
            teller.tell(work.result())
        raise
    except (WriteUnsure, Conflict):  # somebody edits this very record, again and again: the next run reads first too
        work.fail(Reason.NOT_SURE)
    except Retryable:
        work.fail(Reason.LOKET_UNREACHABLE)
        return teller.hold(work.result())
    except RecordRejected as error:
        work.hear(error.messages)
        work.fail(Reason.REJECTED)
    except Exception as error:  # noqa: BLE001 (rule 50: a fault of ours in one person stops nobody else)
        _log(error)
        work.fail(Reason.UNEXPECTED)
    return teller.tell(work.result())


def _log(error: Exception) -> None:
    """The kind of error and its place only: its text may hold a value of this person."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("a person failed: %s in %s line %s", type(error).__name__, frame.name, frame.lineno)


def _person(work: Work, decision: Decision) -> None:
    if decision.blocked:
        return work.block(decision.reason)
    if not decision.in_scope:
        return _left_out(work, decision)
    number = loket_number(work.record)
    if number is None:  # the policy lets nobody through without one
        return work.block(Reason.NO_EMPLOYEE_NUMBER)
    match work.context.identity.of(work.record, number):
        case Stop(reason, problem):
            work.problems.extend([problem] if problem else [])
            return work.block(reason)
        case OurConcept(concept):
            return sync_newcomer(work, number, concept)
        case Newcomer():
            return sync_newcomer(work, number, None)
        case person:
            return sync_known(work, person)


def _left_out(work: Work, decision: Decision) -> None:
    work.outcome, work.reason, work.day = Outcome.SKIPPED, decision.reason, decision.day
    number = loket_number(work.record)
    if number is None or decision.reason not in LEAVERS or decision.is_succeeded:
        return  # with a successor, Loket's employment under this number is the successor's
    person = work.context.identity.of(work.record, number)
    if isinstance(person, LoketPerson):
        show_end_date(work, person)
