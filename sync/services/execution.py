"""Executes one run: claims it, gives the engine its ports, and writes down how it ended."""

import logging
from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib.crypto import FernetSeal
from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded, SyncError
from mapping.services import frozen_rules
from onboarding.services import checking, logins, tokens
from sync import engine
from sync.models import Run
from sync.ports import LeaseLost, PersonResult
from sync.services import rosters, runs
from sync.services.ports import DbJournal, DbMemory, DbReporter
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
    return run


def _to_the_end(run: Run, worker: str, heartbeat: runs.Heartbeat, watcher: Watcher | None) -> None:
    try:
        counts = _work(run, worker, heartbeat, watcher)
    except LeaseLost:
        if not runs.give_back(run, worker):
            log.warning("run %s: another worker has taken it over", run.pk)
    except Retryable as error:
        runs.later(run, worker, error)
    except SignInNeeded as error:
        tokens.refused(run.connection.login, error)
        runs.finish(run, worker, Run.State.FAILED, error)
    except SyncError as error:
        runs.finish(run, worker, Run.State.FAILED, error)
    except Exception as error:
        log.exception("run %s failed: %s", run.pk, type(error).__name__)
        runs.finish(run, worker, Run.State.FAILED, _UNEXPECTED)
    else:
        needs_you = counts.blocked + counts.failed or _needs_somebody(run)
        runs.finish(run, worker, Run.State.PARTIAL if needs_you else Run.State.SUCCEEDED)


_UNEXPECTED = ConfigProblem(
    gettext_noop("The sync stopped because of a fault in the portal."),
    gettext_noop("Nothing is lost. Try again; when it happens twice, support looks at the log."),
)


def _needs_somebody(run: Run) -> bool:
    # An earlier attempt of this run may have met people that this one didn't repeat.
    return run.results.filter(outcome__in=["blocked", "failed"]).exists()


def _work(run: Run, worker: str, heartbeat: runs.Heartbeat, watcher: Watcher | None) -> engine.Counts:
    connection, roster = run.connection, run.roster
    if roster is None or run.mapping_set is None:  # a newer one has taken its place since the run was started
        raise ConfigProblem(
            gettext_noop("The roster was replaced before this run was done. What was sent until then stays."),
            gettext_noop("Look at the new roster and start again."),
        )
    if not run.is_dry:  # a preview writes nothing, and shows what it can while something is to be mended
        checking.ensure_fresh(connection)
    records = tuple(rosters.records(roster))
    reporter = DbReporter(run, worker, heartbeat, watcher)
    client = logins.client_for(connection.login)
    return engine.run(
        records,
        mapping=frozen_rules(run.mapping_set),
        target=LoketTarget(client, connection, timezone.localdate()),
        memory=DbMemory(connection, roster, {record.key: record for record in records}),
        journal=DbJournal(run, worker),
        reporter=reporter,
        seal=FernetSeal(),
        today=timezone.localdate(),
        administration_id=str(connection.administration_id),
        dry_run=run.is_dry,
        convert_new=connection.converts_new_people,
    )
