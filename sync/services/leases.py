"""Who works on a run: claimed by one conditional UPDATE, kept by a lease, let go in good order (D6).

While its process lives a heartbeat renews the lease; when the process is killed the lease ends, the run shows as
interrupted, and is rung as soon as that (`runs.sweep`). Attempts count since somebody in the run was last finished, so a
run that only kills its workers ends.

Who lets go of a run rings for the next (`turns.py`), so that a queue of hundreds is worked off without the beat.

A run is held only while its connection is, and while its people come from where they came from when it was started: when
support releases the one (rule 37), or an administrator chooses another source, the worker stops before its next write.
"""

import logging
import socket
import threading
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib import bell
from loket_portal.lib.errors import ConfigProblem, Retryable, SyncError
from loket_portal.loket.transport import TOTAL
from onboarding.models import Connection
from sync.guards import Guard, to_json
from sync.models import Run
from sync.ports import LeaseLost, SliceOver, Stopped

TASK = "sync.tasks.execute"
BEATS = 10
"""So often a lease is renewed before it would end."""
MAX_ATTEMPTS = 5
MAX_RETRIES = 12
RETRY_SECONDS = 15
MAX_RETRY_SECONDS = 900

log = logging.getLogger(__name__)

hand_back = threading.Event()
"""Set when this process is about to stop: runs go back to the queue after what is in flight."""


def longest_call() -> float:
    """Seconds after which one attempt of a call is given up: nobody may take the run over while a write could still land.

    With the shipped values: a request begins only while its slot was renewed within the last 10 seconds
    (`onboarding.services.slots`), and ends 40 later at most. Whoever can't reach the database any more has by then a lease
    of 54 seconds at least, since the heartbeat renewed it 6 seconds before at the latest.
    """
    return min(TOTAL, float(settings.RUN_LEASE_SECONDS) * 2 / 3)


def worker_name() -> str:
    """A name for one claim, unlike any other claim's."""
    return f"{socket.gethostname()[:20]}-{uuid.uuid4().hex[:12]}"


# --- Whose turn it is ---------------------------------------------------------------------------------------------------


def claimable() -> Q:
    """Those that a worker may take now."""
    now = timezone.now()
    waiting = Q(state=Run.State.QUEUED) & (Q(lease_until__isnull=True) | Q(lease_until__lte=now))
    return waiting | Q(state=Run.State.RUNNING, lease_until__lt=now)


def in_turn() -> QuerySet[Run]:
    """Those that a worker may take now, who waits longest first: since it was put back, or since it was made."""
    return Run.objects.filter(claimable()).order_by(Coalesce("lease_until", "created_at"), "pk")


def ring_next() -> None:
    """Rings for the run that waits longest, if any does: said by whoever lets go of one, once for each turn."""
    if hand_back.is_set():  # else this very process would hear it
        return
    if (run_id := in_turn().values_list("pk", flat=True).first()) is not None:
        bell.ring(TASK, run_id)


# --- Claiming and keeping ----------------------------------------------------------------------------------------------


def claim(run_id: int, worker: str) -> Run | None:
    """The run, if this worker won it; None when somebody else has it, it is held, finished or was overtaken."""
    if not Run.objects.filter(claimable(), pk=run_id).exists():  # a ring too many, of which there may be hundreds
        return None
    end_overtaken()
    settle_asked(Run.objects.filter(pk=run_id))
    now = timezone.now()
    rows = Run.objects.filter(claimable(), _is_as_started(), pk=run_id)
    won = rows.filter(attempts__lt=MAX_ATTEMPTS).update(
        state=Run.State.RUNNING, claimed_by=worker, lease_until=_until(), attempts=F("attempts") + 1, **Run.words(None)
    )
    if not won:
        end(rows.filter(attempts__gte=MAX_ATTEMPTS), _TIRED)
        return None
    Run.objects.filter(pk=run_id, started_at__isnull=True).update(started_at=now)
    with_all = Run.objects.select_related("connection__entity__company", "connection__login", "mapping_set", "roster")
    return with_all.get(pk=run_id)


def _until() -> datetime:
    return timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def renew(run: Run, worker: str, **fields: Any) -> bool:
    """Whether the worker still has the run; its lease starts again, and these fields of it are stored."""
    return _held(run, worker).update(lease_until=_until(), **fields) == 1


def asked(run: Run) -> str:
    """What a person asked of the run that a worker has: a `Run.Asked`, or nothing."""
    return Run.objects.values_list("asked", flat=True).get(pk=run.pk)


def progress(
    run: Run, worker: str, *, done: int | None = None, total: int | None = None, read: int | None = None
) -> bool:
    """Stores how far the run is and starts the lease again; tells whether the worker still has it."""
    given = (("done", done), ("total", total), ("read", read))
    return renew(run, worker, **{name: value for name, value in given if value is not None})


def hold(run: Run, worker: str, heartbeat: "Heartbeat", **how_far: int | None) -> None:
    """As `progress`; raises LeaseLost when the run is somebody else's, and what `require` raises."""
    if heartbeat.lost or not progress(run, worker, **how_far):
        raise LeaseLost
    require(asked(run))


def require(asked: str) -> None:
    """Raises Stopped when a person asked for it, and SliceOver when this process is about to stop."""
    if asked == Run.Asked.CANCEL:
        raise Stopped("cancel")
    if asked == Run.Asked.PAUSE:
        raise Stopped("pause")
    if hand_back.is_set():
        raise SliceOver


def _held(run: Run, worker: str) -> QuerySet[Run]:
    return Run.objects.filter(_is_as_started(), pk=run.pk, state=Run.State.RUNNING, claimed_by=worker)


def _is_connected() -> Exists:
    # Not a join: Django would put all conditions of the UPDATE into a subquery, and two workers could both win.
    return Exists(_live_connection())


def _is_as_started() -> Exists:
    return Exists(_live_connection().filter(entity__personio_id=OuterRef("personio_id")))


def _live_connection() -> QuerySet[Connection]:
    return Connection.objects.filter(pk=OuterRef("connection"), released_at__isnull=True)


# --- Letting go --------------------------------------------------------------------------------------------------------


def _let_go(run: Run, worker: str, **fields: Any) -> bool:
    """The last thing a worker does with a run, if it still has it; one that was overtaken ends here, too. Then it is the
    next one's turn."""
    won = _held(run, worker).update(**fields) == 1
    if not won:
        end_overtaken()
    ring_next()
    return won


def finish(run: Run, worker: str, state: Run.State, error: SyncError | None = None) -> bool:
    """Ends the run, if the worker still has it; tells whether it did. `error` is what stopped it.

    Raises ValueError for a state that is no end: nobody would ever take the run up again.
    """
    if state in Run.ACTIVE:
        raise ValueError(f"{state.value} is no end of a run")
    ended = {"state": state, "finished_at": timezone.now(), "lease_until": None, "asked": ""}
    return _let_go(run, worker, **ended, **Run.words(error))


def give_back(run: Run, worker: str, *, is_attempt: bool = False) -> bool:
    """Puts the run at the end of the queue; this attempt counts for nothing unless it `is_attempt`."""
    fields: dict[str, Any] = {"state": Run.State.QUEUED, "claimed_by": "", "lease_until": timezone.now()}
    if not is_attempt:
        fields["attempts"] = _ATTEMPT_BACK
    return _let_go(run, worker, **fields)


_ATTEMPT_BACK = Greatest(F("attempts") - 1, 0)


def later(run: Run, worker: str, error: Retryable) -> bool:
    """Puts the run back in the queue for a while; after MAX_RETRIES in a row (some two hours) it ends as failed.

    That counts as a retry, not as an attempt: attempts are for workers that were killed.
    """
    retries = Run.objects.values_list("retries", flat=True).get(pk=run.pk)  # each person that is finished sets it back
    if retries >= MAX_RETRIES:
        return finish(run, worker, Run.State.FAILED, _given_up(error))
    pause = min(error.retry_after or RETRY_SECONDS * 2**retries, MAX_RETRY_SECONDS)
    fields = {
        "state": Run.State.QUEUED,
        "claimed_by": "",
        "lease_until": timezone.now() + timedelta(seconds=pause),
        "attempts": _ATTEMPT_BACK,
        "retries": F("retries") + 1,
    }
    return _let_go(run, worker, **fields, **Run.words(error))


def _given_up(error: Retryable) -> SyncError:
    """The same fault for a run that is not tried again by itself."""
    hint = gettext_noop("Start again in a few minutes. When it stays like this, support looks into it.")
    return SyncError(error.message_id, hint, error.detail, params=error.params)


def hold_up(
    run: Run, worker: str, state: Run.State, error: SyncError | None = None, guards: tuple[Guard, ...] | None = None
) -> bool:
    """Leaves the run to a person: WAITING with the guards to answer, PAUSED, or BLOCKED by what `error` says."""
    fields: dict[str, Any] = {} if guards is None else {"guards": to_json(guards)}
    return _let_go(run, worker, **_held_up(state), **fields, **Run.words(error))


def _held_up(state: Run.State) -> dict[str, Any]:
    # Of a held run nobody has a lease: it says since when it is held.
    return {"state": state, "claimed_by": "", "lease_until": timezone.now(), "attempts": 0, "asked": ""}


def stop(run: Run, worker: str, kind: str) -> bool:
    """What a person asked for while the worker had the run: it is paused or cancelled now."""
    if kind == Run.Asked.CANCEL:
        return finish(run, worker, Run.State.CANCELLED)
    return hold_up(run, worker, Run.State.PAUSED)


def settle_asked(rows: QuerySet[Run]) -> int:
    """Pauses or cancels those of which it was asked and which no worker has now; gives their number."""
    idle = rows.filter(claimable()).exclude(asked="")
    cancelled = idle.filter(asked=Run.Asked.CANCEL).update(**cancelled_now())
    return cancelled + idle.filter(asked=Run.Asked.PAUSE).update(**_held_up(Run.State.PAUSED))


def cancelled_now() -> dict[str, Any]:
    """The fields of a run that ends because somebody wants it to."""
    ended = {"state": Run.State.CANCELLED, "claimed_by": "", "finished_at": timezone.now(), "lease_until": None}
    return ended | {"asked": ""} | Run.words(None)


def paused_now() -> dict[str, Any]:
    """The fields of a run that is held until somebody lets it go on."""
    return _held_up(Run.State.PAUSED) | Run.words(None)


def queued_now() -> dict[str, Any]:
    """The fields of a run that somebody lets go on."""
    return {"state": Run.State.QUEUED, "lease_until": None, "attempts": 0, "retries": 0, "asked": ""} | Run.words(None)


# --- Ending what may not go on -----------------------------------------------------------------------------------------


def end_overtaken() -> int:
    """Ends the runs that may not go on, whoever has them; gives their number. Held ones, too.

    Those of connections that support has released (rule 37), and those whose people come from elsewhere now.
    """
    ends = ((_is_connected(), RELEASED), (_is_as_started(), OTHER_PEOPLE))
    return sum(end(Run.objects.filter(~holds, state__in=Run.ACTIVE), words) for holds, words in ends)


def end_automatic(connection: Connection) -> int:
    """Cancels a preview that nobody asked for, waiting or not; its worker has lost it, and sees so before its next step."""
    rows = Run.objects.filter(connection=connection, is_dry=True, trigger__in=Run.AUTOMATIC, state__in=Run.ACTIVE)
    return end(rows, _MADE_WAY, Run.State.CANCELLED)


def end(rows: QuerySet[Run], words: tuple[str, str], state: Run.State = Run.State.FAILED) -> int:
    """Ends these in that state, with these words (message and hint); gives their number."""
    ended = {"state": state, "claimed_by": "", "finished_at": timezone.now(), "lease_until": None}
    return rows.update(**ended, asked="", **Run.words(ConfigProblem(*words)))


RELEASED = (
    gettext_noop(
        "Support released the connection before this sync or preview was done. What was sent until then stays."
    ),
    gettext_noop("An administrator connects the legal entity anew; then you start again."),
)
OTHER_PEOPLE = (
    gettext_noop(
        "The people of this legal entity were read anew, or come from elsewhere now, before this sync or preview was done. "
        "What was sent until then stays."
    ),
    gettext_noop("Make a new preview and start again."),
)
_MADE_WAY = (
    gettext_noop("Another sync or preview was started, so this comparison, which had begun by itself, was ended."),
    gettext_noop("Nobody needs to do anything; what was started shows what there is."),
)
_TIRED = (
    gettext_noop("This sync or preview was interrupted five times in a row."),
    gettext_noop("Tell support: the cause is in the log of the worker. Then start it again."),
)


class Heartbeat:
    """Renews the lease in a thread while the `with` block works; `lost` tells that somebody else has the run."""

    def __init__(self, run: Run, worker: str) -> None:
        self.lost = False
        self._run, self._worker = run, worker
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease-of-run-{run.pk}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        renewed_at = time.monotonic()
        try:
            while not self.lost and not self._stop.wait(settings.RUN_LEASE_SECONDS / BEATS):
                try:
                    self.lost = not renew(self._run, self._worker)
                    renewed_at = time.monotonic()
                except DatabaseError as error:  # one busy moment must not end the heartbeat in silence
                    log.warning("the lease of run %s could not be renewed: %s", self._run.pk, type(error).__name__)
                    connections.close_all()
                    self.lost = time.monotonic() - renewed_at > settings.RUN_LEASE_SECONDS * 2 / 3
        finally:
            connections.close_all()
