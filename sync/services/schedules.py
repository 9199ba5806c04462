"""Schedules are rows (D7): the beat only asks for what is due, so two beats start one sync, and missed slots become one.

A slot in which no sync can begin passes; the page says why. After three in a row, or three syncs in a row that could not
be made, the schedule stops, and the payroll editors are told once.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from onboarding.facts import Owner
from onboarding.models import AuditEvent, LegalEntity, LoketLogin, User
from onboarding.services import access, audit, mails
from sync.models import Run, Schedule
from sync.services import beats, runs
from sync.times import next_daily, next_hourly

TASK = "sync.tasks.dispatch"
MAX_FAILURES = 3
OVERDUE = timedelta(minutes=3)
"""So long after its moment a sync that has not begun tells that the background is not running."""
DEFAULT_AT = time(6, 0)


class ScheduleRefused(Exception):
    """The schedule stays as it is: there is no connection to sync, or a daily one has no time."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of an entity says of its schedule."""

    schedule: Schedule
    is_overdue: bool
    """Its moment is over and nothing began: the background of the portal is not running."""


def of(entity: LegalEntity) -> Shown:
    """The schedule of an entity; one that is off where none was set."""
    schedule = Schedule.objects.select_related("set_by").filter(entity=entity).first() or Schedule(entity=entity)
    due = schedule.next_run_at if schedule.is_on else None
    return Shown(schedule, is_overdue=due is not None and due < timezone.now() - OVERDUE)


@transaction.atomic
def set_for(entity: LegalEntity, user: User | None, frequency: Schedule.Frequency, at: time | None = None) -> Schedule:
    """Sets it, and lets a stopped one begin anew. Raises NotAllowed and ScheduleRefused."""
    access.require_payroll_edit(user, entity)
    if frequency != Schedule.Frequency.OFF and not hasattr(entity, "connection"):
        raise ScheduleRefused
    if frequency == Schedule.Frequency.DAILY and at is None:
        raise ScheduleRefused
    now = timezone.now()
    fields = {
        "frequency": frequency,
        "at": at if frequency == Schedule.Frequency.DAILY else None,
        "failures": 0,
        "stopped": "",
        "stopped_at": None,
        "refusal": "",
        "set_by": user,
        "set_at": now,
    }
    schedule, _made = Schedule.objects.update_or_create(entity=entity, defaults=fields)
    schedule.next_run_at = _next(schedule, now)
    schedule.save(update_fields=["next_run_at"])
    audit.record(
        AuditEvent.Action.SCHEDULE_SET, company=entity.company, entity=entity, actor=user, detail=_detail(schedule)
    )
    return schedule


def dispatch() -> int:
    """Starts the syncs that are due, and gives their number. Harmless to call at any time, by however many beats."""
    beats.note(beats.DISPATCH)
    due = Schedule.objects.filter(next_run_at__lte=timezone.now()).order_by("next_run_at")
    return sum(_fire(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _fire(pk: int) -> bool:
    """The next moment and the run in one transaction: who finds the row locked, or moved on, leaves it alone."""
    now = timezone.now()
    rows = Schedule.objects.select_for_update(skip_locked=True, of=("self",)).select_related("entity__company")
    schedule = rows.filter(pk=pk, next_run_at__lte=now).first()
    if schedule is None:
        return False
    schedule.next_run_at = _next(schedule, now)  # one slot, however many were missed
    begun = schedule.is_on and hasattr(schedule.entity, "connection") and _begin(schedule, now)
    schedule.save()
    return begun


def _begin(schedule: Schedule, now: datetime) -> bool:
    try:
        run = runs.start(schedule.entity, is_dry=False, user=None, trigger=Run.Trigger.SCHEDULE)
    except runs.RunRefused as refused:
        schedule.refusal = refused.refusal.value
        _count_failure(schedule)
        return False
    schedule.refusal = ""
    schedule.last_run_at = now
    return run.trigger == Run.Trigger.SCHEDULE and run.created_at >= now  # else one was under way


def note_end(run: Run) -> None:
    """Counts how a scheduled sync ended; a sign-in that Loket refuses counts like any other."""
    entity = run.connection.entity
    if entity is None or run.is_dry or run.trigger != Run.Trigger.SCHEDULE:
        return
    with transaction.atomic():
        schedule = Schedule.objects.select_for_update().filter(entity=entity).first()
        if schedule is None:
            return
        if run.state in (Run.State.FAILED, Run.State.BLOCKED):
            _count_failure(schedule, run)
        elif run.state in Run.FINISHED:
            schedule.failures, schedule.refusal = 0, ""
        schedule.save()


def _count_failure(schedule: Schedule, run: Run | None = None) -> None:
    """One more in a row; the third stops it. `run` is the sync that failed, None: none could begin, as `refusal` says."""
    schedule.failures += 1
    if schedule.failures >= MAX_FAILURES and schedule.is_on:
        entity = schedule.entity
        is_sign_in = entity.connection.login.state == LoketLogin.State.SIGN_IN_NEEDED
        schedule.stopped = Schedule.Stop.SIGN_IN if is_sign_in else Schedule.Stop.FAILING
        schedule.stopped_at, schedule.next_run_at = timezone.now(), None
        told = {
            "is_sign_in": is_sign_in,
            "run": run,
            "refusal": "" if run else schedule.refusal,
            "reads_personio": entity.reads_personio,
            "url": mails.link("schedule", pk=entity.pk),
        }
        mails.to_owner(entity, Owner.PAYROLL, "schedule_stopped", told)


def _next(schedule: Schedule, after: datetime) -> datetime | None:
    match schedule.frequency:
        case Schedule.Frequency.HOURLY:
            return next_hourly(after, schedule.entity_id * 7)
        case Schedule.Frequency.DAILY:
            return next_daily(after, schedule.at or DEFAULT_AT)
    return None


def _detail(schedule: Schedule) -> str:
    return f"{schedule.frequency} {schedule.at:%H:%M}" if schedule.at else schedule.frequency
