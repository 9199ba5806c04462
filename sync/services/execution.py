"""Executes one run: claims it, reads Personio where people come from there, gives the engine its ports, and writes down
how it ended, or why it waits."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib.crypto import FernetSeal
from loket_portal.lib.errors import ConfigProblem, Retryable, SyncError
from loket_portal.loket.errors import SignInNeeded
from loket_portal.personio.errors import CredentialsRefused
from mapping.models import MappingSet
from mapping.services import frozen_rules
from onboarding.models import LegalEntity
from onboarding.services import checking, logins, personio, slots, tokens
from sync import engine
from sync.guards import NeedsApproval, judge, to_json
from sync.models import Roster, Run, Standing
from sync.outcomes import Counts, PersonResult
from sync.ports import LeaseLost, Options, SliceOver, Stopped
from sync.services import asking, comparing, gate, history, leases, readings, schedules, settled
from sync.services.memory import DbMemory, KeyHashes
from sync.services.ports import DbJournal, DbReporter, settle
from sync.services.scribe import Scribe
from sync.services.sheltered import DatabaseAway, sheltered
from sync.sources.personio import lens
from sync.target import LoketTarget

log = logging.getLogger(__name__)
Watcher = Callable[[PersonResult], None]
FULL_AFTER = timedelta(hours=24)
"""So long what is remembered of Loket is believed; then everybody is compared with its lists again (D2)."""


@dataclass(frozen=True, slots=True)
class Job:
    """One claim of a run."""

    run: Run
    worker: str
    heartbeat: leases.Heartbeat
    watcher: Watcher | None
    is_sliced: bool

    def hold(self, read: int) -> None:
        """As a reading keeps the run: see `leases.hold`."""
        leases.hold(self.run, self.worker, self.heartbeat, read=read)


def execute(run_id: int, watcher: Watcher | None = None, *, is_sliced: bool = False) -> Run | None:
    """Works the run to its end, or as far as Loket and people let it; None when no worker may take it now.

    `is_sliced`: it goes back to the queue after SLICE_SECONDS, and after a reading, so that others have their turn.
    Never raises for what Loket or the data do: the run's state, message and hint say what happened and who acts.
    `watcher` is told of each person as the run stores it.
    """
    worker = leases.worker_name()
    run = leases.claim(run_id, worker)
    if run is None:
        return None
    with leases.Heartbeat(run, worker) as heartbeat:
        is_ours = _to_the_end(Job(run, worker, heartbeat, watcher, is_sliced))
    run.refresh_from_db()
    if is_ours:  # else it is somebody else's, or has made way
        comparing.note_end(run)
        schedules.note_end(run)
    return run


def _to_the_end(job: Job) -> bool:
    """Whether the run was still ours when it ended, or was put away."""
    run, worker = job.run, job.worker
    try:
        return leases.finish(run, worker, _work(job))
    except LeaseLost:
        is_ours = leases.give_back(run, worker, is_attempt=True)
        if not is_ours:
            log.warning("run %s: another worker has taken it over", run.pk)
        return is_ours
    except SliceOver:
        return leases.give_back(run, worker)
    except Stopped as stopped:
        return leases.stop(run, worker, stopped.kind)
    except NeedsApproval as question:
        return asking.wait(run, worker, question.guards)
    except Exception as error:  # noqa: BLE001  however it went wrong, the run says so
        return _failed(run, worker, error)


def _failed(run: Run, worker: str, error: Exception) -> bool:
    match error:
        case OperationalError() | InterfaceError():
            log.warning("run %s waits for the database: %s", run.pk, type(error).__name__)
            if not connection.in_atomic_block:
                connection.close()
            return leases.later(run, worker, DatabaseAway())
        case SoftTimeLimitExceeded():
            log.warning("run %s took too long for one turn", run.pk)
            return leases.give_back(run, worker, is_attempt=True)
        case Retryable():
            return leases.later(run, worker, error)
        case SyncError():
            return _refused(run, worker, error)
    log.error("run %s failed: %s", run.pk, type(error).__name__, exc_info=error)
    return leases.finish(run, worker, Run.State.FAILED, _UNEXPECTED)


def _refused(run: Run, worker: str, error: SyncError) -> bool:
    """A sign-in or credentials that are no longer accepted: from now on every page says so, and who acts.

    For a new sign-in a run waits; a comparison that nobody asked for does not, the next one comes by itself.
    """
    if isinstance(error, SignInNeeded):
        tokens.refused(run.connection.login, error)
        if not (run.is_dry and run.trigger in Run.AUTOMATIC):
            return leases.hold_up(run, worker, Run.State.BLOCKED, error)
    entity = run.connection.entity if isinstance(error, CredentialsRefused) else None
    if entity is not None and (account := personio.account_of(entity.company)):
        personio.note_refused(account)
    return leases.finish(run, worker, Run.State.FAILED, error)


_UNEXPECTED = ConfigProblem(
    gettext_noop("The sync stopped because of a fault in the portal."),
    gettext_noop("Nothing is lost. Try again; when it happens twice, tell support: the cause is in the log."),
)


# --- The work ------------------------------------------------------------------------------------------------------------


def _work(job: Job) -> Run.State:
    """The state in which the run ends; whatever keeps it from its end is raised."""
    run, link = job.run, job.run.connection
    entity, mapping_set = _source(run)
    if not run.is_dry:  # a preview writes nothing, and shows what it can while something is to be mended
        checking.ensure_fresh(link)
    roster = run.roster if _goes_on(run, mapping_set) else None
    if roster is None:
        roster = _read(job, entity, mapping_set)
        if job.is_sliced:
            raise SliceOver
    counts = _sync(job, entity, roster, mapping_set)
    with transaction.atomic():
        if not leases.renew(run, job.worker):
            raise LeaseLost
        settle(run)
    as_in = Run.objects.filter(pk=run.pk).values_list("as_in__state", flat=True).get()
    if counts.total and counts.same == counts.total and as_in:
        return Run.State(as_in)
    return Run.State.PARTIAL if _needs_somebody(run) else Run.State.SUCCEEDED


def _needs_somebody(run: Run) -> bool:
    """Whether anybody is not done, also of those whom an earlier attempt of this run has met."""
    return run.results.filter(outcome__in=["blocked", "failed", "planned"]).exists()


def _sync(job: Job, entity: LegalEntity, roster: Roster, mapping_set: MappingSet) -> Counts:
    run, link = job.run, job.run.connection
    today = settled.day_of(roster)  # once: whatever it counts for, it is the same day
    rules = frozen_rules(mapping_set, entity)
    standing = Standing.objects.filter(connection=link).first() or Standing(connection=link)
    read = lens(rules) if run.reads_personio else None
    options = _options(run, standing, gate.unreadable(entity, read.columns) if read else frozenset())
    is_threaded = options.parallel > 1
    with (
        Scribe(run, job.worker, is_threaded=is_threaded) as scribe,
        slots.lease(link.pk, options.parallel) as door,
    ):
        client = logins.client_for(link.login, door, total=leases.longest_call())
        hashes = KeyHashes(link)
        memory = DbMemory(link, scribe, hashes)
        reporter = DbReporter(run, scribe, job.heartbeat, watcher=job.watcher, is_sliced=job.is_sliced, hashes=hashes)
        target = LoketTarget(
            client,
            link,
            today,
            parallel=options.parallel,
            leave=connections.close_all,
            expected=roster.person_count,
        )
        counts = engine.run(
            settled.RosterPeople(entity, roster, mapping_set, memory.note),
            mapping=read.mapping if read else rules,
            target=sheltered(target),
            memory=memory,
            journal=DbJournal(run, scribe, hashes),
            reporter=reporter,
            seal=FernetSeal(),
            today=today,
            options=options,
        )
        if run.is_dry:
            _keep_guards(reporter, scribe, options, standing)
    return counts


def _options(run: Run, standing: Standing, unreadable: frozenset[str]) -> Options:
    compared_at = standing.compared_at
    return Options(
        administration_id=str(run.connection.administration_id),
        dry_run=run.is_dry,
        convert_new=run.connection.converts_new_people,
        parallel=settings.LOKET_PARALLEL_PER_CONNECTION,
        asks_for_iban=standing.asks_for_iban,
        approved=run.approved,
        is_first=not history.has_synced(run.connection),
        is_full=run.is_dry or compared_at is None or compared_at < timezone.now() - FULL_AFTER,
        slice_people=settings.SLICE_PEOPLE,
        leave=connections.close_all,
        ends_turn=(SoftTimeLimitExceeded,),
        unreadable=unreadable,
    )


def _keep_guards(reporter: DbReporter, scribe: Scribe, options: Options, standing: Standing) -> None:
    """What a sync would have to ask before it sends what this preview shows."""
    met = judge(
        reporter.totals(),
        approved={},
        is_first=options.is_first,
        asks_for_iban=options.asks_for_iban,
        people_before=standing.people,
    )
    scribe.note(lambda batch: batch.run.update(guards=to_json(met)))


# --- The people ----------------------------------------------------------------------------------------------------------


def _source(run: Run) -> tuple[LegalEntity, MappingSet]:
    """Whose people they are, and the mapping they go through, as when the run was started.

    Of Personio there may be no roster yet. But a run that has sent something never reads a second time: a mixture of two
    readings is nobody's.
    """
    entity, mapping_set = run.connection.entity, run.mapping_set
    is_unread = run.reads_personio and not run.operations.exists()
    is_there = run.roster is not None or is_unread
    if entity is None or mapping_set is None or not is_there:
        if run.reads_personio:
            raise ConfigProblem(*leases.OTHER_PEOPLE)
        raise ConfigProblem(
            gettext_noop(
                "The roster was replaced before this sync or preview was done. What was sent until then stays."
            ),
            gettext_noop("Look at the new roster and start again."),
        )
    return entity, mapping_set


def _goes_on(run: Run, mapping_set: MappingSet) -> bool:
    """Whether an interrupted run goes on with the people it has.

    Of Personio they hold for their day; but when something was sent it goes on as on that day: two readings are not mixed.
    """
    is_kept = run.roster is not None and readings.may_keep(run.roster, mapping_set)
    return not run.reads_personio or is_kept or run.operations.exists()


def _read(job: Job, entity: LegalEntity, mapping_set: MappingSet) -> Roster:
    """Reads Personio, after the look that every reading needs. What was planned for people as they were before is void."""
    job.run.results.all().delete()
    gate.ensure_ready(entity, mapping_set, is_dry=job.run.is_dry)
    return comparing.read(job.run, entity, job.hold)
