"""A run: everybody of the roster once, each with a result, whatever happens to one of them (D1, rule 50).

Killed at any point, the same run goes on where it stopped: people with a result are left alone, and for the one who was
being worked on the journal and Loket tell what has landed.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import date

from loket_portal.loket.errors import ConfigProblem, RecordRejected, Retryable, WriteUnsure
from mapping.rules import MappingSet
from sync.known import show_end_date, sync_known
from sync.likeness import by_birth_date
from sync.newcomers import sync_newcomer, unique_name
from sync.policy import LEAVERS, Decision, Reason, canonical_number, decide_all, duplicate_bsns
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
    it is somebody else's now, and Retryable when not even the first reading succeeds.
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
        people_by_id={person.employee_id.casefold(): person for person in snapshot.people.values()},
        people_by_birth_date=by_birth_date(snapshot),
        roster_numbers=frozenset(map(_number, records)),
        double_bsn_rows=frozenset(duplicate_bsns(in_scope, lambda bsn: seal.fingerprint("bsn", bsn))),
    )
    return _everybody(context, plan, reporter, done)


def _everybody(
    context: RunContext, plan: Sequence[tuple[HRRecord, Decision]], reporter: Reporter, done: frozenset[str]
) -> Counts:
    outcomes: Counter[str] = Counter()
    for record, decision in plan:
        if _result_key(record, decision) in done:
            outcomes["resumed"] += 1
            continue
        result = _result(context, record, decision, reporter)
        reporter.person(result)
        outcomes[result.outcome.value] += 1
    return Counts(total=len(plan), **outcomes)


def _result_key(record: HRRecord, decision: Decision) -> str:
    """Two people with one number need a result each, and neither may be taken for the other."""
    return f"row-{record.row}" if decision.reason is Reason.DUPLICATE_NUMBER else record.key


def _result(context: RunContext, record: HRRecord, decision: Decision, reporter: Reporter) -> PersonResult:
    """The one try per person. What concerns the whole run is raised; what was written before that is reported."""
    work = Work(context, record, _result_key(record, decision), problems=list(decision.problems))
    try:
        _person(work, decision)
    except LeaseLost:
        raise
    except ConfigProblem:
        if not context.dry_run and any(change.sendable for change in work.changes):
            work.fail(Reason.STOPPED)
            reporter.person(work.result())
        raise
    except WriteUnsure:
        work.fail(Reason.NOT_SURE)
    except Retryable:
        work.fail(Reason.LOKET_UNREACHABLE)
    except RecordRejected as error:
        work.hear(error.messages)
        work.fail(Reason.REJECTED)
    except Exception as error:  # noqa: BLE001 (rule 50: a fault of ours in one person stops nobody else)
        _log(error)
        work.fail(Reason.UNEXPECTED)
    return work.result()


def _log(error: Exception) -> None:
    """The kind of error and its place only: its text may hold a value of this person."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("a person failed: %s in %s line %s", type(error).__name__, frame.name, frame.lineno)


def _person(work: Work, decision: Decision) -> None:
    if decision.blocked:
        return work.block(decision.reason)
    snapshot, number = work.context.snapshot, _number(work.record)
    if not decision.in_scope:
        work.outcome, work.reason = Outcome.SKIPPED, decision.reason
        known = snapshot.people.get(number)
        if known is not None and decision.reason in LEAVERS:
            show_end_date(work, known)
        return None
    found = _find(work, number)
    if isinstance(found, Reason):
        return work.block(found)
    return sync_newcomer(work, number) if found is None else sync_known(work, found)


def _number(record: HRRecord) -> int:
    text = canonical_number(record) or ""
    return int(text) if text.isascii() and text.isdigit() else 0


def _find(work: Work, number: int) -> LoketPerson | Reason | None:
    """The employee by the stored Loket id, then by number (rule 42); None for a newcomer; a Reason to stop and ask."""
    context = work.context
    linked, by_number = context.memory.linked_id(work.key), context.snapshot.people.get(number)
    if linked is None:
        return by_number
    by_id = context.people_by_id.get(linked.casefold())
    if by_number is not None and by_number is not by_id:
        return Reason.OTHER_PERSON
    if by_id is not None:
        return by_id
    concepts = {str(concept.get("id")).casefold() for concept in context.snapshot.concepts.values()}
    return None if linked.casefold() in concepts else Reason.GONE_IN_LOKET
