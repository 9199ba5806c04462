"""Where a legal entity stands and the one thing to do next: what its overview page shows. No network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from onboarding.models import Connection, LegalEntity, LoketLogin, User
from onboarding.services import access, logins
from sync.models import Roster, Run
from sync.services import history, left_out, people, personio_state, results, rosters, runs, schedules, set_aside
from sync.services.personio_state import PersonioState


class NextStep(StrEnum):
    """The one thing to do next for an entity."""

    NOT_DUTCH = "not_dutch"
    SETUP = "setup"
    SIGN_IN_AGAIN = "sign_in_again"
    PERSONIO = "personio"
    PERSONIO_ISSUE = "personio_issue"
    UPLOAD = "upload"
    PREVIEW = "preview"
    SYNC = "sync"
    PREVIEW_FAILED = "preview_failed"
    SYNC_FAILED = "sync_failed"
    SYNC_CANCELLED = "sync_cancelled"
    NOTHING_TO_SEND = "nothing_to_send"
    SOME_NEED_YOU = "some_need_you"
    SOME_NOT_SENT = "some_not_sent"
    DONE = "done"


FAILURES = frozenset({NextStep.PREVIEW_FAILED, NextStep.SYNC_FAILED})


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page of one entity shows."""

    entity: LegalEntity
    connection: Connection | None
    login: LoketLogin | None
    roster: Roster | None
    active_run: Run | None
    last_preview: Run | None
    last_sync: Run | None
    may_connect: bool
    may_edit_payroll: bool
    next_step: NextStep
    scope: people.ScopeCounts | None
    stopped: Run | None
    """The run whose failure is the next thing to deal with."""
    synced: Run | None
    """The newest sync of the roster in use that was completed, and below what it came to, per filter."""
    came_to: Mapping[str, int]
    compared: Run | None = None
    """Of Personio: a preview that was completed after that sync, and below what it found. It knows best who needs
    somebody now; who failed in the sync is known by the sync alone."""
    found: Mapping[str, int] = field(default_factory=dict)
    personio: PersonioState | None = None
    """Where the entity stands with Personio, if its people come from there."""
    set_aside: int = 0
    """People of whom nothing is sent before something about them changes."""
    left_out: int = 0
    """People with a change that somebody had left out, and that isn't asked about as long as it is the same."""
    schedule: schedules.Shown | None = None
    """When it syncs by itself; None until it is connected."""

    @property
    def has_people(self) -> bool:
        """Whether a run has somebody to compare: there is a roster, or the run itself reads Personio."""
        return self.roster is not None or self.entity.reads_personio


def read(entity: LegalEntity, user: User) -> Overview:
    """The state of one entity, and what comes next. No network."""
    connection = Connection.objects.select_related("login").filter(entity=entity).first()
    all_runs = Run.objects.filter(connection=connection) if connection else Run.objects.none()
    finished = all_runs.exclude(state__in=Run.ACTIVE)
    roster = rosters.current(entity)
    login = logins.authorized_for(entity)  # a check sign-in connects nothing: the next step is to connect
    counted = _counted(entity, roster)
    state = personio_state.read(entity) if entity.reads_personio else None
    next_step = _next_step(entity, connection, login, roster, state) or _step_of(entity, counted)
    synced = _newest(counted, is_dry=False, state__in=Run.FINISHED)
    compared = _compared_since(entity, counted, synced) if synced else None
    return Overview(
        entity=entity,
        connection=connection,
        login=login,
        roster=roster,
        active_run=all_runs.filter(state__in=Run.ACTIVE).first(),
        last_preview=finished.filter(is_dry=True).first(),
        last_sync=finished.filter(is_dry=False).first(),
        may_connect=access.may_connect(user, entity),
        may_edit_payroll=access.may_edit_payroll(user, entity),
        next_step=next_step,
        scope=people.scope(roster) if roster else None,
        stopped=_newest(counted, is_dry=next_step is NextStep.PREVIEW_FAILED) if next_step in FAILURES else None,
        synced=synced,
        came_to=results.counts(synced) if synced else {},
        compared=compared,
        found=_found(compared) if compared else {},
        personio=state,
        set_aside=set_aside.count(connection),
        left_out=left_out.count(connection),
        schedule=schedules.of(entity) if connection else None,
    )


def _next_step(
    entity: LegalEntity,
    connection: Connection | None,
    login: LoketLogin | None,
    roster: Roster | None,
    state: PersonioState | None,
) -> NextStep | None:
    """What comes before any run; None when a run can be made, or was."""
    must_sign_in = login is not None and login.state == LoketLogin.State.SIGN_IN_NEEDED
    steps = [
        (not entity.is_dutch, NextStep.NOT_DUTCH),
        (connection is None, NextStep.SETUP),
        (must_sign_in, NextStep.SIGN_IN_AGAIN),
        (state is not None and not state.can_read, NextStep.PERSONIO),
        (state is not None and bool(state.blocking), NextStep.PERSONIO_ISSUE),
        (roster is None and state is None, NextStep.UPLOAD),
    ]
    return next((step for holds, step in steps if holds), None)


def _counted(entity: LegalEntity, roster: Roster | None) -> QuerySet[Run]:
    """The runs that say what is next: those of the roster in use; of Personio, which each run reads anew, all."""
    if entity.reads_personio:
        return history.since_switch(entity)
    return Run.objects.filter(roster=roster, roster__isnull=False)


def _step_of(entity: LegalEntity, counted: QuerySet[Run]) -> NextStep:
    """What these runs leave to do."""
    sync = _newest(counted, is_dry=False)
    if sync is not None:
        return _BROKE_OFF.get(sync.state) or _after_sync(entity, counted, sync)
    preview = _newest(counted, is_dry=True)
    seen = _newest(counted, is_dry=True, state__in=Run.FINISHED)
    if preview is None or seen is None:
        return NextStep.PREVIEW_FAILED if preview and preview.state == Run.State.FAILED else NextStep.PREVIEW
    if runs.needs_preview(entity):  # the only ones began by themselves, and nobody has asked for one
        return NextStep.PREVIEW
    return NextStep.SYNC if has_to_send(results.counts(seen)) else NextStep.NOTHING_TO_SEND


_BROKE_OFF: Mapping[str, NextStep] = {
    Run.State.FAILED: NextStep.SYNC_FAILED,
    Run.State.CANCELLED: NextStep.SYNC_CANCELLED,
}


def _newest(counted: QuerySet[Run], **which: Any) -> Run | None:
    """The newest run of this roster that has ended, however it did."""
    return counted.filter(**which).exclude(state__in=Run.ACTIVE).first()


def _compared_since(entity: LegalEntity, counted: QuerySet[Run], sync: Run) -> Run | None:
    """The newest preview after this sync; of a file nothing can have changed since."""
    return _newest(counted, is_dry=True, state__in=Run.FINISHED, pk__gt=sync.pk) if entity.reads_personio else None


def _found(preview: Run) -> Mapping[str, int]:
    """What a preview counted; those whom a sync would make now wait for nobody yet."""
    found = results.counts(preview)
    return found | {"waiting": found["waiting"] - found["new_concepts"]}


def _after_sync(entity: LegalEntity, counted: QuerySet[Run], sync: Run) -> NextStep:
    done, compared = results.counts(sync), _compared_since(entity, counted, sync)
    if compared is None:
        needs_somebody, left = sync.state == Run.State.PARTIAL or done["problems"], done
    else:
        left = results.counts(compared)
        if has_to_send(left):  # Personio has changed since
            return NextStep.SYNC
        needs_somebody = left["problems"] or done["failed"]
    if needs_somebody:
        return NextStep.SOME_NEED_YOU
    return NextStep.SOME_NOT_SENT if left["not_sent"] or left["waiting"] else NextStep.DONE


def has_to_send(found: Mapping[str, int]) -> bool:
    """Whether a preview with these counts has anything that a sync would write."""
    return bool(found["created"] or found["changed"])
