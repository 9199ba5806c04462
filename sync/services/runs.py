"""Runs: start, claim, keep alive, finish, sweep. The row is the truth; the message only rings (D6, rule 56).

A run is claimed by one conditional UPDATE. While its process lives a heartbeat renews the lease; when the process is
killed the lease ends, the run shows as interrupted, and the next sweep rings it again. The third killed attempt is the
last one, so that a run that kills its worker can't do so for ever.

A run is held only while its connection is, and while its people come from where they came from when it was started: when
support releases the one (rule 37), or an administrator chooses another source, the worker stops before its next write.
"""

import logging
import socket
import threading
import time
import uuid
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib import bell
from loket_portal.lib.errors import ConfigProblem, Retryable, SyncError
from mapping.services import frozen_rules, published_for
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, User
from onboarding.services import access, audit, issues, personio
from sync.models import Run
from sync.ports import LeaseLost
from sync.services import history, roster_columns, rosters

TASK = "sync.tasks.execute"
SWEEP_KEY = "sync.last_sweep"
"""Cache key of the moment of the last sweep (time.time()), which /readyz looks at."""
MAX_ATTEMPTS = 3
MAX_RETRIES = 12
RETRY_SECONDS = 15
MAX_RETRY_SECONDS = 900


log = logging.getLogger(__name__)
hand_back = threading.Event()
"""Set when this process is about to stop: runs go back to the queue after their present person."""


class Refusal(StrEnum):
    """Why a run can't start; the pages word it."""

    NOT_DUTCH = "not_dutch"
    NOT_ALLOWED = "not_allowed"
    NOT_ENABLED = "not_enabled"
    NOT_CONNECTED = "not_connected"
    SIGN_IN_AGAIN = "sign_in_again"
    PERSONIO_NOT_CONNECTED = "personio_not_connected"
    PERSONIO_REFUSED = "personio_refused"
    PERSONIO_ISSUE = "personio_issue"
    NO_ROSTER = "no_roster"
    NO_MAPPING = "no_mapping"
    ROSTER_MISREAD = "roster_misread"
    PREVIEW_FIRST = "preview_first"


class RunRefused(Exception):
    """The run was not made."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def worker_name() -> str:
    """A name for one claim, unlike any other claim's."""
    return f"{socket.gethostname()[:20]}-{uuid.uuid4().hex[:12]}"


def refusal_to_start(entity: LegalEntity, *, is_dry: bool, user: User | None) -> Refusal | None:
    """Why this run can't start now, or None (rule 57). `user` None is the command line."""
    connection = Connection.objects.select_related("login").filter(entity=entity).first()
    checks = [
        (not entity.is_dutch, Refusal.NOT_DUTCH),  # rule 1
        (user is not None and not access.may_edit_payroll(user, entity), Refusal.NOT_ALLOWED),
        (not entity.is_enabled, Refusal.NOT_ENABLED),
        (connection is None, Refusal.NOT_CONNECTED),
        (
            connection is not None and connection.login.state == LoketLogin.State.SIGN_IN_NEEDED,
            Refusal.SIGN_IN_AGAIN,
        ),
    ]
    refusal = next((refusal for broken, refusal in checks if broken), None)
    return refusal or _refusal_of_source(entity, is_dry) or _refusal_of_rules(entity, is_dry)


def _refusal_of_source(entity: LegalEntity, is_dry: bool) -> Refusal | None:
    """Whether there are people to compare: a roster, or a Personio that can be read when the run begins."""
    if not entity.reads_personio:
        return None if rosters.current(entity) else Refusal.NO_ROSTER
    account = personio.account_of(entity.company)
    if account is None:
        return Refusal.PERSONIO_NOT_CONNECTED
    if not account.is_working:
        return Refusal.PERSONIO_REFUSED
    # As the last look at Personio found it; the run looks again. A preview shows what it can.
    return Refusal.PERSONIO_ISSUE if not is_dry and issues.blocking(entity.company, entity) else None


def _refusal_of_rules(entity: LegalEntity, is_dry: bool) -> Refusal | None:
    mapping_set = published_for(entity)
    if mapping_set is None:
        return Refusal.NO_MAPPING
    roster = None if entity.reads_personio else rosters.current(entity)
    if roster is not None and roster_columns.misread(roster, frozen_rules(mapping_set, entity)):
        return Refusal.ROSTER_MISREAD
    return Refusal.PREVIEW_FIRST if not is_dry and needs_preview(entity) else None


def needs_preview(entity: LegalEntity) -> bool:
    """Whether the first sync is still to come and nobody has seen a preview of what it would send.

    It is to come anew when the people come from elsewhere. Of a file that is a preview of the present roster; of
    Personio, which each run reads anew, one that somebody asked for.
    """
    finished = history.since_switch(entity).filter(state__in=Run.FINISHED)
    if finished.filter(is_dry=False).exists():
        return False
    seen = finished.filter(trigger__in=Run.BY_SOMEBODY)
    if not entity.reads_personio:
        seen = seen.filter(roster__isnull=False, roster__entity=entity)
    return not seen.exists()


def start(
    entity: LegalEntity,
    *,
    is_dry: bool,
    user: User | None,
    trigger: Run.Trigger = Run.Trigger.PERSON,
    ring: bool = True,
) -> Run:
    """The new run, or the one that is under way (rule 56); raises RunRefused. `ring` off: the caller executes it.

    A comparison that began by itself holds up nobody: it ends for a run that somebody asks for.
    """
    if refusal := refusal_to_start(entity, is_dry=is_dry, user=user):
        raise RunRefused(refusal)
    connection = entity.connection
    try:
        with transaction.atomic():
            if trigger in Run.BY_SOMEBODY:
                _end_automatic(connection)
            run = Run.objects.create(
                connection=connection,
                roster=None if entity.reads_personio else rosters.current(entity),  # Personio is read by the run
                mapping_set=published_for(entity),
                personio_id=entity.personio_id,
                is_dry=is_dry,
                started_by=user,
                trigger=trigger,
            )
            if trigger in Run.BY_SOMEBODY:  # nobody answers for a comparison that started by itself: it writes nothing
                audit.record(
                    AuditEvent.Action.RUN_STARTED,
                    company=entity.company,
                    entity=entity,
                    actor=user,
                    detail="preview" if is_dry else "sync",
                )
            if ring:
                bell.ring(TASK, run.pk)
            return run
    except IntegrityError:
        active = Run.objects.filter(connection=connection, state__in=Run.ACTIVE).first()
        # None: it ended between the two statements, so there is room for ours now.
        return active or start(entity, is_dry=is_dry, user=user, trigger=trigger, ring=ring)


def _end_automatic(connection: Connection) -> None:
    """Ends a preview that nobody asked for, waiting or not; its worker has lost it, and sees so before its next step."""
    rows = Run.objects.filter(connection=connection, is_dry=True, trigger__in=Run.AUTOMATIC, state__in=Run.ACTIVE)
    _end(rows, _MADE_WAY)


def _claimable() -> Q:
    now = timezone.now()
    waiting = Q(state=Run.State.QUEUED) & (Q(lease_until__isnull=True) | Q(lease_until__lt=now))
    return waiting | Q(state=Run.State.RUNNING, lease_until__lt=now)


def claim(run_id: int, worker: str) -> Run | None:
    """The run, if this worker won it; None when somebody else has it, it is finished or was overtaken."""
    end_overtaken()
    now = timezone.now()
    rows = Run.objects.filter(_claimable(), _is_as_started(), pk=run_id)
    won = rows.filter(attempts__lt=MAX_ATTEMPTS).update(
        state=Run.State.RUNNING,
        claimed_by=worker,
        lease_until=now + timedelta(seconds=settings.RUN_LEASE_SECONDS),
        attempts=F("attempts") + 1,
        **Run.words(None),
    )
    if not won:
        tired = Run.words(
            ConfigProblem(
                gettext_noop("The run was interrupted three times."),
                gettext_noop("Support looks at the log of the worker, then you start it again."),
            )
        )
        rows.filter(attempts__gte=MAX_ATTEMPTS).update(state=Run.State.FAILED, finished_at=now, **tired)
        return None
    Run.objects.filter(pk=run_id, started_at__isnull=True).update(started_at=now)
    return Run.objects.select_related("connection__entity__company", "connection__login", "mapping_set", "roster").get(
        pk=run_id
    )


def renew(run: Run, worker: str) -> bool:
    """Whether the worker still has the run; its lease starts again."""
    until = timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)
    return _held(run, worker).update(lease_until=until) == 1


def progress(
    run: Run, worker: str, *, done: int | None = None, total: int | None = None, read: int | None = None
) -> bool:
    """Stores how far the run is and starts the lease again; tells whether the worker still has it."""
    given = (("done", done), ("total", total), ("read", read))
    fields = {name: value for name, value in given if value is not None}
    until = timezone.now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)
    return _held(run, worker).update(lease_until=until, **fields) == 1


def hold(run: Run, worker: str, heartbeat: "Heartbeat", **how_far: int | None) -> None:
    """As `progress`; raises LeaseLost when the run is somebody else's, or is to be given back."""
    if hand_back.is_set() or heartbeat.lost or not progress(run, worker, **how_far):
        raise LeaseLost


def _held(run: Run, worker: str) -> QuerySet[Run]:
    return Run.objects.filter(_is_as_started(), pk=run.pk, state=Run.State.RUNNING, claimed_by=worker)


def _is_connected() -> Exists:
    # Not a join: Django would put all conditions of the UPDATE into a subquery, and two workers could both win.
    return Exists(_live_connection())


def _is_as_started() -> Exists:
    return Exists(_live_connection().filter(entity__personio_id=OuterRef("personio_id")))


def _live_connection() -> QuerySet[Connection]:
    return Connection.objects.filter(pk=OuterRef("connection"), released_at__isnull=True)


def end_overtaken() -> int:
    """Ends the runs that may not go on, whoever has them; gives their number.

    Those of connections that support has released (rule 37), and those whose people come from elsewhere now.
    """
    ends = ((_is_connected(), RELEASED), (_is_as_started(), OTHER_PEOPLE))
    return sum(_end(Run.objects.filter(~holds, state__in=Run.ACTIVE), words) for holds, words in ends)


def _end(rows: QuerySet[Run], words: tuple[str, str]) -> int:
    ended = {"state": Run.State.FAILED, "claimed_by": "", "finished_at": timezone.now(), "lease_until": None}
    return rows.update(**ended, **Run.words(ConfigProblem(*words)))


RELEASED = (
    gettext_noop("Support released the connection before this run was done. What was sent until then stays."),
    gettext_noop("An administrator connects the legal entity anew; then you start again."),
)
OTHER_PEOPLE = (
    gettext_noop(
        "The people of this legal entity were read anew, or come from elsewhere now, before this run was done. What was "
        "sent until then stays."
    ),
    gettext_noop("Make a new preview and start again."),
)
_MADE_WAY = (
    gettext_noop("Somebody started a run, so this comparison, which had begun by itself, was ended."),
    gettext_noop("Nobody needs to do anything; the run that was started shows what there is."),
)


def _let_go(run: Run, worker: str, **fields: Any) -> bool:
    """The last thing a worker does with a run, if it still has it. One that was overtaken ends here, too."""
    won = _held(run, worker).update(**fields) == 1
    if not won:
        end_overtaken()
    return won


def finish(run: Run, worker: str, state: Run.State, error: SyncError | None = None) -> bool:
    """Ends the run, if the worker still has it; tells whether it did. `error` is what stopped it."""
    return _let_go(run, worker, state=state, finished_at=timezone.now(), lease_until=None, **Run.words(error))


def later(run: Run, worker: str, error: Retryable) -> bool:
    """Puts the run back in the queue for a while; after MAX_RETRIES (some two hours) it ends as failed.

    That counts as a retry, not as an attempt: attempts are for workers that were killed.
    """
    if run.retries >= MAX_RETRIES:
        return finish(run, worker, Run.State.FAILED, _given_up(error))
    pause = min(error.retry_after or RETRY_SECONDS * 2**run.retries, MAX_RETRY_SECONDS)
    fields = {
        "state": Run.State.QUEUED,
        "claimed_by": "",
        "lease_until": timezone.now() + timedelta(seconds=pause),
        "attempts": F("attempts") - 1,
        "retries": F("retries") + 1,
    }
    return _let_go(run, worker, **fields, **Run.words(error))


def _given_up(error: Retryable) -> SyncError:
    """The same fault for a run that is not tried again by itself."""
    hint = gettext_noop("Start again in a few minutes. When it stays like this, support looks into it.")
    return SyncError(error.message_id, hint, error.detail, params=error.params)


def give_back(run: Run, worker: str) -> bool:
    """Puts the run back in the queue at once; this attempt counts for nothing."""
    fields = {"state": Run.State.QUEUED, "claimed_by": "", "lease_until": None, "attempts": F("attempts") - 1}
    return _let_go(run, worker, **fields)


def sweep() -> int:
    """Rings every run that waits or whose worker is gone; gives their number. Harmless to call at any time."""
    _note_sweep()
    end_overtaken()
    ids = list(Run.objects.filter(_claimable()).values_list("pk", flat=True))
    for run_id in ids:
        bell.ring(TASK, run_id)
    return len(ids)


def _note_sweep() -> None:
    try:
        cache.set(SWEEP_KEY, time.time(), None)
    except Exception as error:  # noqa: BLE001  whatever the cache is: a sweep without it is better than none
        log.warning("the sweep could not be noted for /readyz: %s", type(error).__name__)


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
            while not self.lost and not self._stop.wait(settings.RUN_LEASE_SECONDS / 5):
                try:
                    self.lost = not renew(self._run, self._worker)
                    renewed_at = time.monotonic()
                except DatabaseError as error:  # one busy moment must not end the heartbeat in silence
                    log.warning("the lease of run %s could not be renewed: %s", self._run.pk, type(error).__name__)
                    connections.close_all()
                    self.lost = time.monotonic() - renewed_at > settings.RUN_LEASE_SECONDS * 2 / 3
        finally:
            connections.close_all()
