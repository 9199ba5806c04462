"""Tasks and whoever holds them, in words."""

from collections.abc import Sequence
from datetime import datetime

from django import template

from onboarding.facts import Fact
from onboarding.models import Issue
from onboarding.progress import Status as StepStatus
from onboarding.services.guest_desk import Task
from onboarding.steps import BY_KEY, StepKey
from onboarding.wording import Status, Text, Words, booking, issues, mails, steps, tasks

register = template.Library()


@register.filter
def step_title(step: str) -> Text:
    """The name of a task, verb first."""
    return steps.STEPS[StepKey(step)].title


@register.filter
def step_why(step: str) -> Text:
    """Why the task is there."""
    return steps.STEPS[StepKey(step)].why


@register.filter
def step_minutes(step: str, others: Sequence[str] = ()) -> int:
    """About how long it takes, together with the other tasks."""
    return sum(BY_KEY[StepKey(key)].minutes for key in (step, *others))


@register.filter
def fact_words(fact: Fact) -> Words:
    """What is wrong, and who does what about it."""
    return tasks.problem(fact)


@register.filter
def issue_words(issue: Issue) -> Words:
    """What is wrong at the HR system, and who does what about it."""
    return issues.words(issue)


@register.filter
def booking_status(state: str) -> Status:
    """Where a booking stands, as the customer reads it: a word and a sentence."""
    return booking.STATES[state]


@register.filter
def mail_kind(code: str) -> Text:
    """The name of a kind of e-mail."""
    return mails.kind(code)


@register.filter
def since(at: datetime) -> str:
    """ "since Monday"."""
    return steps.since(at)


@register.filter
def ago(at: datetime) -> str:
    """ "today", "3 days ago"."""
    return steps.ago(at)


@register.filter
def guest_tag(task: Task) -> Status:
    """Where a task stands, as its guest sees it: what waits for him is to be done by him."""
    status = task.state.status
    if status is StepStatus.WAITING:
        status = StepStatus.TO_DO if task.is_open else StepStatus.COMPLETED
    return steps.STATUSES[status]
