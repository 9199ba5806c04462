"""The engine's ports on our database: what was sent, what came out. What is remembered: `memory.py`."""

from collections import Counter, defaultdict
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from sync.diff import Change
from sync.models import Operation, Result, Run
from sync.ports import LeaseLost, PersonResult
from sync.services import codec, runs
from sync.services.memory import key_hashes


class DbJournal:
    """`Journal`: a row per write, committed before the socket opens and again after the answer (D4)."""

    def __init__(self, run: Run, worker: str) -> None:
        self._run, self._worker = run, worker
        self._seen: dict[tuple[str, str], set[int]] = defaultdict(set)  # not refused, by person and action
        self._attempts: Counter[tuple[str, str]] = Counter()
        for pk, key_hash, action, state in run.operations.values_list("pk", "key_hash", "action", "state"):
            self._attempts[key_hash, action] += 1
            if state != Operation.State.REJECTED:
                self._seen[key_hash, action].add(pk)

    @transaction.atomic
    def sent(self, key: str, action: str, fingerprint: str) -> int:
        """Fenced: only who holds the run may write, and from here the lease outlives the longest call to Loket."""
        if not runs.renew(self._run, self._worker):
            raise LeaseLost
        key_hash = key_hashes(self._run.connection, key)[0]
        self._attempts[key_hash, action] += 1
        operation = Operation.objects.create(
            run=self._run,
            key_hash=key_hash,
            action=action,
            fingerprint=fingerprint,
            attempt=self._attempts[key_hash, action],
        )
        self._seen[key_hash, action].add(operation.pk)
        return operation.pk

    def confirmed(self, op: int, status: int = 200) -> None:
        self._end(op, Operation.State.CONFIRMED, status)

    def rejected(self, op: int, status: int, text: str) -> None:
        for operations in self._seen.values():
            operations.discard(op)
        self._end(op, Operation.State.REJECTED, status)

    def unknown(self, op: int, text: str) -> None:
        self._end(op, Operation.State.UNKNOWN, None)

    def _end(self, op: int, state: Operation.State, status: int | None) -> None:
        Operation.objects.filter(pk=op).update(state=state, http_status=status, ended_at=timezone.now())

    def was_sent(self, key: str, action: str) -> bool:
        return any(self._seen.get((key_hash, action)) for key_hash in key_hashes(self._run.connection, key))


class DbReporter:
    """`Reporter`: a result row per person; stops the engine when the lease is gone."""

    def __init__(
        self, run: Run, worker: str, heartbeat: runs.Heartbeat, watcher: Callable[[PersonResult], None] | None = None
    ) -> None:
        self._run, self._worker, self._heartbeat, self._watcher = run, worker, heartbeat, watcher
        self._finished = 0

    def done_keys(self) -> frozenset[str]:
        people = self._run.results.values_list("person", flat=True)
        return frozenset(person["key"] for person in people if person)

    def begin(self, total: int) -> None:
        self._finished = self._run.results.count()
        self._hold(total=total, done=self._finished)

    def person(self, result: PersonResult) -> None:
        Result.objects.update_or_create(
            run=self._run,
            key_hash=key_hashes(self._run.connection, result.key)[0],
            defaults={
                "row": result.row,
                "outcome": result.outcome.value,
                "reason": result.reason,
                "not_sent_count": sum(1 for c in result.changes if not c.sendable and not c.waits_until),
                "person": {"key": result.key, "name": result.name, "number": result.number},
                "detail": detail_to_json(result),
            },
        )
        self._finished += 1
        if self._watcher:
            self._watcher(result)
        self._hold(done=self._finished)

    def _hold(self, *, done: int | None = None, total: int | None = None) -> None:
        runs.hold(self._run, self._worker, self._heartbeat, done=done, total=total)


def detail_to_json(result: PersonResult) -> dict[str, object]:
    """What a result shows: changes with masked values, problems, Loket's messages, the first day of who starts later."""
    return {
        "changes": [_change_to_json(change) for change in result.changes],
        "problems": [codec.problem_to_json(problem) for problem in result.problems],
        "messages": [list(message) for message in result.messages],
        "day": result.day.isoformat() if result.day else "",
    }


def _change_to_json(change: Change) -> dict[str, object]:
    shown = {"field": change.field, "old": change.old, "new": change.new, "sendable": change.sendable}
    return shown | ({"waits_until": change.waits_until} if change.waits_until else {})
