"""Words about people who do a task for somebody else: why it can't be given, and what a guest is told."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Owner
from onboarding.models import Guest, LegalEntity
from onboarding.services.assignments import Refusal
from onboarding.steps import StepKey
from onboarding.wording.base import Text, Words
from onboarding.wording.steps import OWNERS, to_quote

ASSIGN: dict[str, Words] = {
    Refusal.NOT_FOR_GUESTS: Words(
        _("This task can't be given to somebody outside your company."), _("Choose a colleague with payroll edit.")
    ),
    Refusal.OTHER_COMPANY: Words(
        _("This person was not invited by this company."), _("Invite the person here, by e-mail.")
    ),
    Refusal.REVOKED: Words(
        _("The access of this person was ended."), _("Invite the person again, by e-mail, if that was not meant.")
    ),
    Refusal.CANNOT_ACT: Words(
        _("This person can't do the task: it needs payroll edit for this legal entity."),
        _("Choose somebody else, or an administrator gives the person's role payroll edit first."),
    ),
    Refusal.ENDED: Words(_("This task is in other hands by now."), _("Load the page again to see in whose.")),
    Refusal.JUST_REMINDED: Words(_("A reminder was sent less than an hour ago."), _("Wait a little, or call.")),
    Refusal.IS_MEMBER: Words(
        _("This e-mail address belongs to a colleague."), _("Choose the colleague from the list instead.")
    ),
}
"""Why a task was not given, reminded of or reported, and what to do."""

_FOR_GUESTS: dict[Owner, Text] = {
    Owner.ADMINISTRATOR: _("an administrator of %(company)s"),
    Owner.PAYROLL: _("somebody of %(company)s with payroll edit"),
    Owner.ACCOUNTANT: _("you"),
    Owner.SUPPORT: OWNERS[Owner.SUPPORT],
}


def owner_name(owner: Owner, guest: Guest | None = None) -> str:
    """Who must act, for a member, or for the guest who is the payroll administrator or tax accountant himself."""
    return str(_FOR_GUESTS[owner]) % {"company": guest.company} if guest else str(OWNERS[owner])


def default_message(entity: LegalEntity, step: StepKey) -> str:
    """What the message begins as; whoever gives the task changes it as he likes."""
    return gettext(
        "We connect our HR system with Loket.nl and need your help for %(entity)s: “%(task)s”. The page tells you step by "
        "step what to do, and checks it."
    ) % {"entity": entity.name, "task": to_quote(step)}
