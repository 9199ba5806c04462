"""The nine tasks in words: what to do, why, who does it, and where it stands. Everything is translated."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.facts import Owner
from onboarding.progress import Status as StepStatus
from onboarding.services import known
from onboarding.steps import Group, StepKey
from onboarding.wording.base import Status, Text, Words


@dataclass(frozen=True, slots=True)
class StepWords:
    """A task: its name (verb first), its name on a picture, why it is there, and who usually does it."""

    title: Text
    short: Text
    why: Text
    who: Text


_PAYROLL = _("Somebody of your company with payroll edit")
_ADMINISTRATOR = _("An administrator of your company")
_ACCOUNTANT = _("Your payroll administrator or tax accountant, in Loket")

STEPS: dict[StepKey, StepWords] = {
    StepKey.PAYROLL_PERSON: StepWords(
        _("Involve the person who runs your payroll"),
        _("Payroll person"),
        _("The integration changes how payroll is prepared, and this person knows your payroll best."),
        _PAYROLL,
    ),
    StepKey.SCOPE: StepWords(
        _("Understand what the integration does"),
        _("Scope"),
        _("HR data leads from now on: what is changed in Loket by hand is overwritten by the next sync."),
        _("Everybody of your company with payroll edit"),
    ),
    StepKey.LEGAL_ENTITY: StepWords(
        _("Check the legal entity and its tax ID"),
        _("Legal entity"),
        _("Only a Dutch legal entity whose tax ID no other administration shares can be connected."),
        _PAYROLL,
    ),
    StepKey.PERMISSIONS: StepWords(
        _("Set who may do what"),
        _("Permissions"),
        _("People need payroll edit for this legal entity to sync, and an administrator with it connects."),
        _ADMINISTRATOR,
    ),
    StepKey.INTEGRATION_USER: StepWords(
        _("Create the integration user in Loket"),
        _("Loket user"),
        _("The portal signs in to Loket as a user of its own, which sees one employer and has 15 authorizations."),
        _ACCOUNTANT,
    ),
    StepKey.LOKET_ACCOUNT: StepWords(
        _("Create the default items named “Algemeen”"),
        _("“Algemeen”"),
        _("New people need a function, a department and a distribution unit in Loket, also where HR has none."),
        _ACCOUNTANT,
    ),
    StepKey.BOOKING: StepWords(
        _("Book the integration"),
        _("Booking"),
        _("With the booking support begins to set up the integration for this legal entity."),
        _PAYROLL,
    ),
    StepKey.ATTRIBUTES: StepWords(
        _("Have the attributes set up"),
        _("Attributes"),
        _("Support matches your HR attributes with Loket's fields, and then enables the integration."),
        _("Support"),
    ),
    StepKey.AUTHORIZE: StepWords(
        _("Authorize and choose the administration"),
        _("Authorize"),
        _("An administrator signs in to Loket and connects this legal entity to its administration, for good."),
        _ADMINISTRATOR,
    ),
}


def quoted(key: StepKey) -> str:
    """The name of a task inside a sentence: “Book the integration”."""
    return f"“{to_quote(key)}”"


def to_quote(key: StepKey) -> str:
    """The name of a task, for quotation marks around it."""
    return str(STEPS[key].title).replace("“", "‘").replace("”", "’")


GROUPS: dict[Group, Text] = {
    Group.BEFORE: _("Before you start"),
    Group.LOKET: _("In Loket"),
    Group.CONNECT: _("Connect"),
}

OWNERS: dict[Owner, Text] = {
    Owner.ADMINISTRATOR: _("an administrator of your company"),
    Owner.PAYROLL: _("somebody of your company with payroll edit"),
    Owner.ACCOUNTANT: _("your payroll administrator or tax accountant"),
    Owner.SUPPORT: _("support"),
}

STATUSES: dict[StepStatus, Status] = {
    StepStatus.TO_DO: Status(_("To do"), "todo"),
    StepStatus.WAITING: Status(_("Waiting on %(name)s"), "attention"),
    StepStatus.BLOCKED: Status(_("Cannot start yet")),
    StepStatus.PROBLEM: Status(_("Problem found"), "problem"),
    StepStatus.COMPLETED: Status(_("Completed"), "plain"),
    StepStatus.VERIFIED: Status(_("Verified"), "ok"),
}

PROBLEMS: dict[str, Words] = {
    known.COUNTRY: Words(
        _("This legal entity is not in the Netherlands. Loket.nl runs Dutch payroll only, so it can't be connected."),
        _("Is the country wrong? Support corrects it."),
    ),
    known.NOBODY_MAY_CONNECT: Words(
        _("No administrator has payroll edit for this legal entity, so nobody can connect it."),
        _("An administrator opens “Set who may do what” and ticks payroll edit for a role of administrators."),
    ),
    known.BOOKING_DECLINED: Words(
        _("Support declined the booking."), _("Read support's message, then book again or answer it.")
    ),
    known.SIGN_IN_NEEDED: Words(
        _("Loket no longer accepts the sign-in of %(user)s."), _("Sign in at Loket again; everything else stays.")
    ),
}
"""What fails without a check; wording/checks.py has the words of the checks."""


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _written(day: date) -> str:
    return date_format(day, "j F" if day.year == timezone.localdate().year else "j F Y")


def day(at: datetime) -> str:
    """A day as people write it: 4 March, with the year where it isn't this one."""
    return _written(_day(at))


def since(at: datetime) -> str:
    """ "since today", "since Monday", "since 4 March": as people say it, in the reader's language."""
    there = _day(at)
    days = (timezone.localdate() - there).days
    if days < 2:
        return gettext("since yesterday") if days == 1 else gettext("since today")
    if days < 7:
        return gettext("since %(weekday)s") % {"weekday": date_format(there, "l")}
    return gettext("since %(date)s") % {"date": _written(there)}


def age(at: datetime) -> str:
    """ "today", "1 day", "3 days": how long it has been."""
    days = (timezone.localdate() - _day(at)).days
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days > 0 else gettext("today")


def ago(at: datetime) -> str:
    """ "today", "1 day ago", "3 days ago": when it was."""
    told = age(at)
    return told if told == gettext("today") else gettext("%(days)s ago") % {"days": told}
