"""The engine's ports on our database: what was sent, what came out. What is remembered: `memory.py`."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.utils import timezone

from sync.diff import Change
from sync.guards import CAN_BE_LEFT_OUT, Totals
from sync.models import Operation, Run, Standing
from sync.outcomes import Begun, Outcome, PersonResult
from sync.policy import Reason
from sync.ports import LeaseLost
from sync.services import codec, leases
from sync.services.batch import Batch, Sent
from sync.services.memory import KeyHashes
from sync.services.scribe import Scribe
from sync.services.statements import ResultRow, as_json

Watcher = Callable[[PersonResult], None]
AT_ONCE = 2000
Kept = TypeVar("Kept")


def _is_by_hand(change: Change) -> bool:
    """Whether nobody but a person in Loket will write it: it waits for no day, no word and nothing to be corrected."""
    return not (change.sendable or change.waits_until or change.needs or change.held)


class DbJournal:
    """`Journal`: a row per write, committed before the socket opens, and its end soon after the answer (D4)."""

    def __init__(self, run: Run, scribe: Scribe, hashes: KeyHashes | None = None) -> None:
        self._run, self._scribe, self._hashes = run, scribe, hashes or KeyHashes(run.connection)
        self._lock = threading.Lock()
        self._attempts: Counter[tuple[str, str]] = Counter()  # by person and action
        self._refused: Counter[tuple[str, str]] = Counter()  # of these
        self._open: dict[int, tuple[str, str]] = {}
        rows = run.operations.values_list("key_hash", "action", "state")
        for key_hash, action, state in rows.iterator(chunk_size=AT_ONCE):
            self._attempts[key_hash, action] += 1
            if state == Operation.State.REJECTED:
                self._refused[key_hash, action] += 1

    def sent(self, key: str, action: str, fingerprint: str) -> int:
        """Fenced: only who holds the run may write, and from here the lease outlives the longest call to Loket."""
        return self.sent_ahead([(key, action, fingerprint)])[0]

    def sent_ahead(self, writes: Sequence[tuple[str, str, str]]) -> list[int]:
        """The same for several writes, in one commit."""
        whats = [(self._hashes(key)[0], action) for key, action, _ in writes]
        with self._lock:
            self._attempts.update(whats)
            told = zip(whats, writes, strict=True)
            ones = [Sent(*what, fingerprint, self._attempts[what]) for what, (_, _, fingerprint) in told]
        self._scribe.surely(lambda batch: batch.sent.extend(ones))
        with self._lock:
            self._open.update({one.pk: what for one, what in zip(ones, whats, strict=True)})
        return [one.pk for one in ones]

    def confirmed(self, op: int, status: int = 200) -> None:
        self._end(op, Operation.State.CONFIRMED, status)

    def rejected(self, op: int, status: int, text: str) -> None:
        self._end(op, Operation.State.REJECTED, status)

    def unknown(self, op: int, text: str) -> None:
        self._end(op, Operation.State.UNKNOWN, None)

    def _end(self, op: int, state: Operation.State, status: int | None) -> None:
        with self._lock:
            what = self._open.pop(op, None) if state != Operation.State.UNKNOWN else None
            if what and state == Operation.State.REJECTED:
                self._refused[what] += 1
        self._scribe.note(lambda batch: batch.ended.update({op: (state.value, status)}))

    def was_sent(self, key: str, action: str) -> bool:
        if not self._attempts:  # as in the plan of a run that nobody interrupted: everybody is asked about
            return False
        whats = [(one, action) for one in self._hashes(key)]  # not under the lock: it may let other threads go first
        with self._lock:
            return any(self._attempts.get(what, 0) > self._refused.get(what, 0) for what in whats)

    def sent_before(self, key: str) -> bool:
        about = Operation.objects.filter(key_hash__in=self._hashes(key))
        now = about.filter(run=self._run).exclude(state=Operation.State.REJECTED)
        earlier = about.filter(run__connection=self._run.connection_id, run__lt=self._run.pk)
        confirmed = earlier.filter(state=Operation.State.CONFIRMED)
        return confirmed.filter(fingerprint__in=now.values("fingerprint")).exists()


def settle(run: Run) -> None:
    """At the end of a run: of what a killed attempt had sent nobody heard, and everybody was read back since (D5).

    Who ended well has in Loket what was sent; of the others nothing is known.
    """
    sent = Operation.objects.filter(run=run, state=Operation.State.SENT)
    well = run.results.filter(outcome__in=[Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED])
    sent.filter(key_hash__in=well.values("key_hash")).update(state=Operation.State.CONFIRMED, ended_at=timezone.now())
    sent.update(state=Operation.State.UNKNOWN, ended_at=timezone.now())


class _People(Mapping[str, Kept], Generic[Kept]):
    """What is kept per person by result key, looked up by what stands for the key in our tables."""

    def __init__(self, hashes: KeyHashes, by_hash: dict[str, Kept]) -> None:
        self._hashes, self._by_hash = hashes, by_hash

    def __getitem__(self, key: str) -> Kept:
        for one in self._hashes(key):
            if one in self._by_hash:
                return self._by_hash[one]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("only whether somebody is there can be asked: the keys are not stored in the clear")

    def __len__(self) -> int:
        return len(self._by_hash)


class DbReporter:
    """`Reporter`: a result row per person; stops the engine when the lease is gone, or when a person asked for it.

    `is_sliced`: the run goes back to the queue after SLICE_SECONDS, so that others have their turn; not before somebody is
    done in each of them.
    """

    def __init__(
        self,
        run: Run,
        scribe: Scribe,
        heartbeat: leases.Heartbeat,
        *,
        watcher: Watcher | None = None,
        is_sliced: bool = False,
        hashes: KeyHashes | None = None,
    ) -> None:
        self._run, self._scribe, self._heartbeat, self._watcher = run, scribe, heartbeat, watcher
        self._is_sliced, self._hashes = is_sliced, hashes or KeyHashes(run.connection)
        self._began = time.monotonic()
        self._planned_at = timezone.now()
        self._finals: dict[str, int] = {}
        self._attempts: dict[str, int] = {}
        self._has_begun = False
        for key_hash, outcome, attempts, reason in run.results.values_list("key_hash", "outcome", "attempts", "reason"):
            if outcome != Outcome.PLANNED:
                self._finals[key_hash] = 1
                continue
            self._has_begun |= reason == Reason.BEGUN
            if attempts:
                self._attempts[key_hash] = attempts
        self._calls, self._repeats = run.calls, run.repeats
        self._people, self._same = 0, 0
        self._finals_before = len(self._finals)
        self._outcomes: Counter[str] = Counter()
        self._needs: Counter[str] = Counter()

    def finals(self) -> Container[str]:
        return _People(self._hashes, self._finals)

    def suspects(self) -> Mapping[str, int]:
        return _People(self._hashes, dict(self._attempts))

    def begun(self) -> Mapping[str, Begun]:
        if not self._has_begun:
            return {}
        rows = self._run.results.filter(outcome=Outcome.PLANNED, reason=Reason.BEGUN)
        found = rows.values_list("key_hash", "detail").iterator(AT_ONCE)
        return _People(self._hashes, {key_hash: codec.begun_from_json(detail) for key_hash, detail in found})

    def begin(self, total: int) -> None:
        self._people = total
        self._scribe.surely(lambda batch: batch.run.update(total=total, done=self._done()))

    def plan(self, results: Sequence[PersonResult]) -> None:
        self._store(results)
        for result in results:
            if result.outcome is not Outcome.PLANNED:
                self._tell(result)

    def planned(self, people: int, same: int) -> None:
        self._same, self._began, self._finals_before = same, time.monotonic(), len(self._finals)
        self._scribe.surely(lambda batch: batch.run.update(planned=people, same=same, done=self._done()))
        stale = self._run.results.filter(outcome=Outcome.PLANNED, at__lt=self._planned_at)
        stale.delete()  # of an earlier plan; nothing is to be written for them any more

    def started(self, keys: Sequence[str], *, with_next: bool = False) -> None:
        self._count(keys, +1, is_sure=not with_next)

    def returned(self, keys: Sequence[str]) -> None:
        self._count(keys, -1)

    def person(self, result: PersonResult, *, as_planned: bool = False) -> None:
        self._store((result,), as_planned=as_planned)
        self._tell(result)

    def told(self, keys: Sequence[str]) -> Mapping[str, PersonResult]:
        self._scribe.flush()
        rows = self._run.results.filter(key_hash__in=[self._hash(key) for key in keys])
        return {result.key: result for result in map(codec.result_of, rows.iterator(chunk_size=AT_ONCE))}

    def revise(self, results: Sequence[PersonResult]) -> None:
        self._store(results)

    def check(self) -> None:
        self._require_lease()
        self._scribe.renew()
        leases.require(self._scribe.asked)

    def flush(self) -> None:
        self._scribe.flush()

    def slice_is_over(self) -> bool:
        if leases.hand_back.is_set():
            return True
        is_long = time.monotonic() - self._began > settings.SLICE_SECONDS
        return self._is_sliced and is_long and len(self._finals) > self._finals_before

    def same_as_before(self, total: int) -> None:
        as_in = Standing.objects.filter(connection=self._run.connection_id).values_list("run", flat=True).first()
        self._people = total
        fields: dict[str, Any] = {"total": total, "done": total}
        if as_in != self._run.pk:  # else only its end was lost: its own results are what holds
            self._same = total
            fields |= {"same": total, "planned": 0, "as_in_id": as_in}
        self._scribe.surely(lambda batch: batch.run.update(fields))

    def called(self, calls: int, repeats: int) -> None:
        self._calls, self._repeats = self._calls + calls, self._repeats + repeats
        fields = {"calls": self._calls, "repeats": self._repeats}
        self._scribe.note(lambda batch: batch.run.update(fields))

    def totals(self) -> Totals:
        """What this attempt came to, for the guards that a sync would meet."""
        known = self._outcomes[Outcome.CHANGED] + self._outcomes[Outcome.UNCHANGED] + self._same
        return Totals(self._people, known, self._outcomes[Outcome.CHANGED], dict(self._needs))

    def _require_lease(self) -> None:
        if self._heartbeat.lost:
            raise LeaseLost

    def _done(self) -> int:
        return len(self._finals) + self._same

    def _count(self, keys: Sequence[str], more: int, *, is_sure: bool = True) -> None:
        counted: dict[str, int] = {}
        for key in keys:
            key_hash = self._hash(key)
            counted[key_hash] = self._attempts[key_hash] = max(self._attempts.get(key_hash, 0) + more, 0)
        tell = self._scribe.surely if is_sure else self._scribe.note
        tell(lambda batch: batch.attempts.update(counted))

    def _hash(self, key: str) -> str:
        return self._hashes(key)[0]

    def _store(self, results: Sequence[PersonResult], *, as_planned: bool = False) -> None:
        """`as_planned`: all but the end of them is stored already."""
        self._require_lease()
        told = {self._hash(result.key): result for result in results}
        rows = [] if as_planned else [_row(one, result) for one, result in told.items()]
        ends = {one: _end(result) for one, result in told.items()} if as_planned else {}
        finals = [one for one, result in told.items() if result.outcome is not Outcome.PLANNED]
        is_news = any(one not in self._finals for one in finals)
        self._finals.update(dict.fromkeys(finals, 1))
        for one in finals:
            self._attempts.pop(one, None)
        done = self._done()

        def add(batch: Batch) -> None:
            batch.store_results(rows, ends)
            batch.run["done"] = done
            if is_news:  # somebody was finished, so neither this run nor Loket is stuck
                batch.run.update(attempts=0, retries=0)

        self._scribe.note(add)

    def _tell(self, result: PersonResult) -> None:
        self._outcomes[result.outcome.value] += 1
        asks = {change.needs for change in result.changes if not change.left_out}
        self._needs.update(asks & CAN_BE_LEFT_OUT)
        if self._watcher:
            self._watcher(result)


def _row(key_hash: str, result: PersonResult) -> ResultRow:
    outcome, reason, not_sent = _end(result)
    shown = (as_json(part) for part in (codec.person_to_json(result), codec.detail_to_json(result)))
    return ResultRow(key_hash, result.row, outcome, reason, not_sent, *shown)


def _end(result: PersonResult) -> tuple[str, str, int]:
    """Outcome, reason and number of values that are not sent."""
    return result.outcome.value, result.reason, sum(1 for change in result.changes if _is_by_hand(change))
