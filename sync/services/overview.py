"""Where a legal entity stands and the one thing to do next: what its overview page shows. No network."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from onboarding.models import Connection, LegalEntity, LoketLogin, User
from onboarding.services import access, logins
from sync.models import Roster, Run
from sync.services import people, results, rosters


class NextStep(StrEnum):
    """The one thing to do next for an entity."""

    NOT_DUTCH = "not_dutch"
    SETUP = "setup"
    SIGN_IN_AGAIN = "sign_in_again"
    UPLOAD = "upload"
    PREVIEW = "preview"
    SYNC = "sync"
    PREVIEW_FAILED = "preview_failed"
    SYNC_FAILED = "sync_failed"
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


def read(entity: LegalEntity, user: User) -> Overview:
    """The state of one entity, and what comes next. No network."""
    connection = Connection.objects.select_related("login").filter(entity=entity).first()
    all_runs = Run.objects.filter(connection=connection) if connection else Run.objects.none()
    finished = all_runs.exclude(state__in=Run.ACTIVE)
    roster = rosters.current(entity)
    login = logins.authorized_for(entity)  # a check sign-in connects nothing: the next step is to connect
    next_step = _next_step(entity, connection, login, roster)
    synced = _newest(roster, is_dry=False, state__in=Run.FINISHED)
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
        stopped=_newest(roster, is_dry=next_step is NextStep.PREVIEW_FAILED) if next_step in FAILURES else None,
        synced=synced,
        came_to=results.counts(synced) if synced else {},
    )


def _next_step(
    entity: LegalEntity, connection: Connection | None, login: LoketLogin | None, roster: Roster | None
) -> NextStep:
    must_sign_in = login is not None and login.state == LoketLogin.State.SIGN_IN_NEEDED
    steps = [
        (not entity.is_dutch, NextStep.NOT_DUTCH),
        (connection is None, NextStep.SETUP),
        (must_sign_in, NextStep.SIGN_IN_AGAIN),
        (roster is None, NextStep.UPLOAD),
    ]
    return next((step for holds, step in steps if holds), None) or _step_of_roster(roster)


def _step_of_roster(roster: Roster | None) -> NextStep:
    """What the runs of the roster in use leave to do."""
    sync = _newest(roster, is_dry=False)
    if sync is not None:
        return NextStep.SYNC_FAILED if sync.state == Run.State.FAILED else _after_sync(sync)
    preview = _newest(roster, is_dry=True)
    if preview is None:
        return NextStep.PREVIEW
    seen = _newest(roster, is_dry=True, state__in=Run.FINISHED)
    if seen is None:
        return NextStep.PREVIEW_FAILED
    return NextStep.SYNC if has_to_send(results.counts(seen)) else NextStep.NOTHING_TO_SEND


def _newest(roster: Roster | None, **which: Any) -> Run | None:
    """The newest run of this roster that has ended, however it did."""
    return Run.objects.filter(roster=roster, roster__isnull=False, **which).exclude(state__in=Run.ACTIVE).first()


def _after_sync(sync: Run) -> NextStep:
    found = results.counts(sync)
    if sync.state == Run.State.PARTIAL or found["problems"]:
        return NextStep.SOME_NEED_YOU
    return NextStep.SOME_NOT_SENT if found["not_sent"] or found["waiting"] else NextStep.DONE


def has_to_send(found: Mapping[str, int]) -> bool:
    """Whether a preview with these counts has anything that a sync would write."""
    return bool(found["created"] or found["changed"])
