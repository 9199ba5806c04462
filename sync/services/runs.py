"""Runs: start, sweep, and take up again. The row is the truth; the message only rings (D6, rule 56).

How a worker claims a run, keeps it and lets it go: `leases.py`. What a person says to one: `approvals.py`.
"""

from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib import bell
from mapping.services import frozen_rules, published_for
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, User
from onboarding.services import access, audit, issues, personio
from sync.models import Run
from sync.services import beats, history, leases, roster_columns, rosters
from sync.services.leases import (
    MAX_ATTEMPTS,
    MAX_RETRIES,
    OTHER_PEOPLE,
    RELEASED,
    TASK,
    Heartbeat,
    claim,
    end_overtaken,
    finish,
    give_back,
    hand_back,
    hold,
    later,
    progress,
    renew,
)

__all__ = [
    "MAX_ATTEMPTS",
    "MAX_RETRIES",
    "OTHER_PEOPLE",
    "RELEASED",
    "TASK",
    "Heartbeat",
    "Refusal",
    "RunRefused",
    "claim",
    "end_overtaken",
    "finish",
    "give_back",
    "hand_back",
    "hold",
    "later",
    "needs_preview",
    "progress",
    "refusal_to_start",
    "renew",
    "resume_blocked",
    "start",
    "sweep",
]

AT_ONCE = 50
"""So many rings at most for the runs that wait, at one sweep; whoever ends one of them rings again."""
JUST_AFTER = 1.0
"""Seconds after the end of a lease when a dead worker's run is rung."""
HELD_DAYS = 30
"""So long a run waits for a person; the values of people in it have their term, too."""


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

    A comparison that began by itself holds up nobody: it ends for a run that somebody asks for, and for a scheduled sync.
    A run that waits for a person holds up every other one: it is shown, and can be let go on or cancelled.
    """
    if refusal := refusal_to_start(entity, is_dry=is_dry, user=user):
        raise RunRefused(refusal)
    connection = entity.connection
    try:
        with transaction.atomic():
            if trigger in Run.BY_SOMEBODY or not is_dry:
                leases.end_automatic(connection)
            run = Run.objects.create(
                connection=connection,
                roster=None if entity.reads_personio else rosters.current(entity),  # Personio is read by the run
                mapping_set=published_for(entity),
                personio_id=entity.personio_id,
                is_dry=is_dry,
                started_by=user,
                trigger=trigger,
            )
            if trigger in Run.BY_SOMEBODY or not is_dry:  # a comparison that began by itself writes nothing
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


# --- Sweeping -----------------------------------------------------------------------------------------------------------


def sweep() -> int:
    """Rings the runs whose worker is gone, and those that wait, who waited longest first; gives their number.

    Harmless to call at any time. Of those that wait only the head of the queue: a worker that ends a run rings for the
    next one, and these rings are forgotten when the next sweep comes, so that they never heap up. A run whose worker seems
    to be gone, since its lease ends before the next sweep, is rung for the moment when it ends. Runs that wait for a person
    go on when what they wait for is there, or end after HELD_DAYS.
    """
    beats.note(beats.SWEEP)
    leases.end_overtaken()
    leases.settle_asked(Run.objects.all())
    end_forgotten()
    resume_blocked()
    _ring_at_the_end_of_their_lease()
    found = leases.in_turn()
    ids = list(found.filter(state=Run.State.RUNNING).values_list("pk", flat=True))
    ids += found.filter(state=Run.State.QUEUED).values_list("pk", flat=True)[:AT_ONCE]
    for run_id in ids:
        bell.ring(TASK, run_id, expires=settings.SWEEP_SECONDS)
    return len(ids)


def _ring_at_the_end_of_their_lease() -> None:
    now = timezone.now()
    soon = now, now + timedelta(seconds=settings.SWEEP_SECONDS)  # a living worker renews its lease long before
    for run in Run.objects.filter(state=Run.State.RUNNING, lease_until__range=soon):
        if run.lease_until is not None:
            bell.ring(TASK, run.pk, countdown=(run.lease_until - now).total_seconds() + JUST_AFTER)


def resume_blocked(login: LoketLogin | None = None) -> int:
    """Takes up the runs that waited for a new sign-in and have it now, of this sign-in or of all; gives their number."""
    ready = Run.objects.filter(state=Run.State.BLOCKED, connection__login__state=LoketLogin.State.ACTIVE)
    if login is not None:
        ready = ready.filter(connection__login=login)
    resumed = 0
    for run_id in ready.values_list("pk", flat=True):
        if Run.objects.filter(pk=run_id, state=Run.State.BLOCKED).update(**leases.queued_now()):
            bell.ring(TASK, run_id)
            resumed += 1
    return resumed


def end_forgotten() -> int:
    """Ends the runs that nobody has said anything to for HELD_DAYS; gives their number."""
    old = timezone.now() - timedelta(days=HELD_DAYS)
    return leases.end(Run.objects.filter(state__in=Run.HELD, lease_until__lt=old), _FORGOTTEN)


_FORGOTTEN = (
    gettext_noop("Nobody answered for a month, so this sync or preview was ended. What was sent until then stays."),
    gettext_noop("Make a new preview and start again."),
)
