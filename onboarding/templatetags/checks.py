"""What the checks found, for the pages of a task: a member's and a guest's."""

from collections.abc import Mapping

from django import template
from django.utils.html import format_html

from onboarding.facts import Fact
from onboarding.models import Guest, LegalEntity
from onboarding.services import checking
from onboarding.steps import Step
from onboarding.wording import checks, people
from onboarding.wording.calls import CALLS, call_name
from onboarding.wording.checks import CheckRow

register = template.Library()


@register.simple_tag
def check_rows(facts: Mapping[str, Fact], step: Step, is_connected: object = False) -> tuple[CheckRow, ...]:
    """The facts of a task in words; those of a connection at work too, where there is one."""
    return checks.check_rows(facts, checks.keys_of(step, is_connected=bool(is_connected)))


@register.simple_tag
def has_sign_in(entity: LegalEntity) -> bool:
    """Whether there is a sign-in at Loket to check with."""
    return checking.sign_in_of(entity) is not None


@register.filter
def checks_summary(rows: tuple[CheckRow, ...]) -> str:
    """ "Checked at 14:02: 1 problem"; "" before the first look."""
    return checks.summary(rows)


@register.simple_tag
def owner_name(row: CheckRow, guest: Guest | None = None) -> str:
    """Who must act on it, as a member or this guest reads it; "" where nobody must."""
    return people.owner_name(row.owner, guest or None) if row.owner else ""


@register.filter
def call(activity: str) -> str:
    """A call as people call it; where that is Loket's own name, as the name of a machine's part."""
    name = call_name(activity)
    return name if activity in CALLS else format_html('<code translate="no">{}</code>', name)
