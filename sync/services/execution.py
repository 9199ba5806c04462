"""Executes one run: claims it, reads Personio where people come from there, gives the engine its ports, and writes down
how it ended."""

import logging
from collections.abc import Callable

from django.utils.translation import gettext_noop

from loket_portal.lib.crypto import FernetSeal
from loket_portal.lib.errors import ConfigProblem, Retryable, SyncError
from loket_portal.loket.errors import SignInNeeded
from loket_portal.personio.errors import CredentialsRefused
from mapping.models import MappingSet
from mapping.services import frozen_rules
from onboarding.models import LegalEntity
from onboarding.services import checking, logins, personio, tokens
from sync import engine
from sync.models import Roster, Run
from sync.ports import LeaseLost, PersonResult
from sync.services import comparing, gate, readings, runs, settled
from sync.services.memory import DbMemory
from sync.services.ports import DbJournal, DbReporter
from sync.sources.personio import lens
from sync.target import LoketTarget

log = logging.getLogger(__name__)
Watcher = Callable[[PersonResult], None]


def execute(run_id: int, watcher: Watcher | None = None) -> Run | None:
    """Works the run to its end, or as far as Loket lets it; None when another worker has it.

    Never raises for what Loket or the data do: the run's state, message and hint say what happened and who acts.
    `watcher` is told of each person as the run stores it.
    """
    worker = runs.worker_name()
    run = runs.claim(run_id, worker)
    if run is None:
        return None
    with runs.Heartbeat(run, worker) as heartbeat:
        _to_the_end(run, worker, heartbeat, watcher)
    run.refresh_from_db()
    if run.claimed_by == worker:  # else it is somebody else's, or has made way
        comparing.note_end(run)
    return run


def _to_the_end(run: Run, worker: str, heartbeat: runs.Heartbeat, watcher: Watcher | None) -> None:
    try:
        counts = _work(run, worker, heartbeat, watcher)
    except LeaseLost:
        if not runs.give_back(run, worker):
            log.warning("run %s: another worker has taken it over", run.pk)
    except Retryable as error:
        runs.later(run, worker, error)
    except SyncError as error:
        _note_refused(run, error)
        runs.finish(run, worker, Run.State.FAILED, error)
    except Exception as error:
        log.exception("run %s failed: %s", run.pk, type(error).__name__)
        runs.finish(run, worker, Run.State.FAILED, _UNEXPECTED)
    else:
        needs_you = counts.blocked + counts.failed or _needs_somebody(run)
        runs.finish(run, worker, Run.State.PARTIAL if needs_you else Run.State.SUCCEEDED)


def _note_refused(run: Run, error: SyncError) -> None:
    """A sign-in or credentials that are no longer accepted: from now on every page says so, and who acts."""
    if isinstance(error, SignInNeeded):
        tokens.refused(run.connection.login, error)
    entity = run.connection.entity if isinstance(error, CredentialsRefused) else None
    if entity is not None and (account := personio.account_of(entity.company)):
        personio.note_refused(account)


_UNEXPECTED = ConfigProblem(
    gettext_noop("The sync stopped because of a fault in the portal."),
    gettext_noop("Nothing is lost. Try again; when it happens twice, support looks at the log."),
)


def _needs_somebody(run: Run) -> bool:
    # An earlier attempt of this run may have met people that this one didn't repeat.
    return run.results.filter(outcome__in=["blocked", "failed"]).exists()


def _work(run: Run, worker: str, heartbeat: runs.Heartbeat, watcher: Watcher | None) -> engine.Counts:
    connection = run.connection
    entity, mapping_set = _source(run)
    if not run.is_dry:  # a preview writes nothing, and shows what it can while something is to be mended
        checking.ensure_fresh(connection)
    roster = run.roster if _goes_on(run, mapping_set) else None
    roster = roster or _read(run, entity, mapping_set, lambda read: runs.hold(run, worker, heartbeat, read=read))
    records = tuple(settled.records(entity, roster, mapping_set))
    today = settled.day_of(roster)  # once: whatever it counts for, it is the same day
    rules = frozen_rules(mapping_set, entity)
    client = logins.client_for(connection.login)
    return engine.run(
        records,
        mapping=lens(rules).mapping if run.reads_personio else rules,
        target=LoketTarget(client, connection, today),
        memory=DbMemory(connection, roster, {record.key: record for record in records}),
        journal=DbJournal(run, worker),
        reporter=DbReporter(run, worker, heartbeat, watcher),
        seal=FernetSeal(),
        today=today,
        administration_id=str(connection.administration_id),
        dry_run=run.is_dry,
        convert_new=connection.converts_new_people,
    )


def _source(run: Run) -> tuple[LegalEntity, MappingSet]:
    """Whose people they are, and the mapping they go through, as when the run was started.

    Of Personio there may be no roster yet. But a run with results never reads a second time: a mixture of two readings
    is nobody's.
    """
    entity, mapping_set = run.connection.entity, run.mapping_set
    is_unread = run.reads_personio and not run.results.exists()
    is_there = run.roster is not None or is_unread
    if entity is None or mapping_set is None or not is_there:
        if run.reads_personio:
            raise ConfigProblem(*runs.OTHER_PEOPLE)
        raise ConfigProblem(
            gettext_noop("The roster was replaced before this run was done. What was sent until then stays."),
            gettext_noop("Look at the new roster and start again."),
        )
    return entity, mapping_set


def _goes_on(run: Run, mapping_set: MappingSet) -> bool:
    """Whether an interrupted run goes on with the people it has.

    Of Personio they hold for their day; but with results it goes on as on that day: two readings are not mixed.
    """
    is_kept = run.roster is not None and readings.may_keep(run.roster, mapping_set)
    return not run.reads_personio or is_kept or run.results.exists()


def _read(run: Run, entity: LegalEntity, mapping_set: MappingSet, hold: readings.Hold) -> Roster:
    """Reads Personio, after the look that every reading needs."""
    gate.ensure_ready(entity, mapping_set, is_dry=run.is_dry)
    return comparing.read(run, entity, hold)
