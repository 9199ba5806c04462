"""The engine's ports on our database: what is remembered, what was sent, what came out."""

from collections import Counter, defaultdict
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from loket_portal.lib import crypto
from loket_portal.lib.redact import mask
from onboarding.models import Connection
from sync.models import Link, Operation, Result, Roster, Run
from sync.ports import LeaseLost, PersonResult
from sync.records import HRRecord, Sealed
from sync.services import codec, rosters, runs

PERSON = "person"


def key_hashes(connection: Connection, key: str) -> list[str]:
    """What stands for a person in our tables, under every key of this installation, newest first."""
    return crypto.fingerprints(PERSON, f"{connection.pk}:{key}")


class DbMemory:
    """`Memory`: the stored Loket id and the fingerprints of the last confirmed BSN and IBAN, per connection.

    What is confirmed is purged from the roster at once: from then on only the fingerprint stays.
    """

    def __init__(self, connection: Connection, roster: Roster, records: dict[str, HRRecord]) -> None:
        self._connection, self._roster, self._records = connection, roster, records
        self._links: dict[str, Link] = {link.key_hash: link for link in connection.links.all()}

    def _link(self, key: str) -> Link | None:
        return next((self._links[h] for h in key_hashes(self._connection, key) if h in self._links), None)

    def fingerprint(self, key: str, field: str) -> str | None:
        link = self._link(key)
        return (getattr(link, f"{field}_fingerprint") or None) if link else None

    def remember(self, key: str, field: str, fingerprint: str) -> None:
        if self.fingerprint(key, field) != fingerprint:
            self._update(key, **{f"{field}_fingerprint": fingerprint})
        record = self._records.get(key)
        value = record.values.get(field) if record else None
        if record and isinstance(value, str):
            rosters.seal(self._roster, record.row, field, Sealed(fingerprint, mask(value)))

    def linked_id(self, key: str) -> str | None:
        link = self._link(key)
        return str(link.loket_id) if link and link.loket_id else None

    def link(self, key: str, loket_id: str, is_concept: bool) -> None:
        self._update(key, loket_id=UUID(loket_id), is_concept=is_concept)

    def _update(self, key: str, **fields: object) -> None:
        link = self._link(key) or self._by_loket_id(fields.get("loket_id")) or Link(connection=self._connection)
        self._links.pop(link.key_hash, None)
        link.key_hash = key_hashes(self._connection, key)[0]  # renewed after a key rotation
        for name, value in fields.items():
            setattr(link, name, value)
        link.save()
        self._links[link.key_hash] = link

    def _by_loket_id(self, loket_id: object) -> Link | None:
        """The link of a person whose hash can't be recognised any more, since its key was taken away."""
        return next((link for link in self._links.values() if loket_id and link.loket_id == loket_id), None)


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
                "not_sent_count": sum(1 for change in result.changes if not change.sendable),
                "person": {"key": result.key, "name": result.name},
                "detail": detail_to_json(result),
            },
        )
        self._finished += 1
        if self._watcher:
            self._watcher(result)
        self._hold(done=self._finished)

    def _hold(self, *, done: int | None = None, total: int | None = None) -> None:
        if (
            runs.hand_back.is_set()
            or self._heartbeat.lost
            or not runs.progress(self._run, self._worker, done=done, total=total)
        ):
            raise LeaseLost


def detail_to_json(result: PersonResult) -> dict[str, object]:
    """What a result shows: changes with masked values, problems, Loket's messages."""
    return {
        "changes": [{"field": c.field, "old": c.old, "new": c.new, "sendable": c.sendable} for c in result.changes],
        "problems": [codec.problem_to_json(problem) for problem in result.problems],
        "messages": [list(message) for message in result.messages],
    }
