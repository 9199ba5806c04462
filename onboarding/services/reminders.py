"""Reminders by the schedule: after 3, 7 and 14 days, once each, while somebody waits for the holder of a task."""

from datetime import datetime, timedelta

from django.utils import timezone

from onboarding.models import Assignment
from onboarding.progress import Status
from onboarding.services import assignments, hub
from onboarding.steps import StepKey

DAYS = (3, 7, 14)


def remind_due() -> int:
    """Reminds after 3, 7 and 14 days, once each, of tasks that are still open; tells how many mails that were."""
    now, reminded = timezone.now(), 0
    rows = Assignment.objects.select_related("entity__company", "guest", "member", "assigned_by").filter(
        ended_at__isnull=True, done_at__isnull=True, assigned_at__lte=now - timedelta(days=DAYS[0])
    )
    for assignment in rows:
        if _is_due(assignment, now) and _can_act(assignment) and not _is_settled(assignment):
            reminded += _remind_once(assignment)
    return reminded


def _is_due(assignment: Assignment, now: datetime) -> bool:
    """Whether one of the days has come since the last reminder, whoever sent that."""
    days = [day for day in DAYS if assignment.assigned_at + timedelta(days=day) <= now]
    latest = assignment.assigned_at + timedelta(days=max(days, default=0))
    if not days or (assignment.guest and assignment.guest.revoked_at):
        return False
    return assignment.reminded_at is None or assignment.reminded_at < latest


def _can_act(assignment: Assignment) -> bool:
    """Whether the holder could still do it: a member who left, or lost payroll edit, hears no more of the entity."""
    member = assignment.member
    return member is None or assignments.colleagues(assignment.entity).filter(pk=member.pk).exists()


def _is_settled(assignment: Assignment) -> bool:
    """Whether it is done, by the checks or by what somebody said, or can't start yet: nobody waits for the holder."""
    status = hub.state(assignment.entity, StepKey(assignment.step), None).status
    return status.is_done or status is Status.BLOCKED


def _remind_once(assignment: Assignment) -> bool:
    try:
        assignments.remind(assignment, None)
    except assignments.AssignRefused:  # taken back, or reminded by somebody, a moment ago
        return False
    return True
