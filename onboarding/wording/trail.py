"""The audit trail in words."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.models import AuditEvent
from onboarding.steps import StepKey
from onboarding.wording import before, booking
from onboarding.wording.base import Text, people_count, thousands
from onboarding.wording.connecting import LINK, SIGN_IN
from onboarding.wording.steps import STEPS

_RUNS = {"preview": _("Preview started"), "sync": _("Sync started")}
_PERSONIO = {
    "replaced": _("New credentials"),
    "bound": _("From Personio"),
    "unbound": _("From an uploaded roster"),
    "on": _("Switched on"),
    "off": _("Switched off"),
}
_CONVERSION = {
    "convert": _("New people become employees at once."),
    "leave as concept": _("New people stay concept employees."),
}

_GUARDS = {
    "too_many_changes": _("many changes"),
    "source_empty": _("nobody to send"),
    "source_shrunken": _("far fewer people"),
    "bank_accounts": _("bank accounts"),
    "ended_employments": _("employments that end"),
    "start_dates": _("start dates"),
    "reinstatements": _("people back in service"),
    "refused_at_start": _("many refused by Loket"),
}
_SCHEDULE = {"off": _("Off"), "hourly": _("Every hour"), "daily": _("Every day at")}
_BANK_ACCOUNTS = {
    "ask": _("A sync asks before it changes them."),
    "do not ask": _("A sync changes them without asking."),
}
_KINDS = {"preview": _("Preview"), "sync": _("Sync")}

_SECTIONS = {
    "made": _("Made"),
    "renamed": _("Renamed"),
    "deleted": _("Deleted"),
    "moved": _("Moved"),
    "access": _("Seen by roles"),
    "options": _("Number of options"),
    "empty": _("Old data left behind"),
    "taken_back": _("Value of somebody taken back"),
}
_ACCESS = {"view": _("see"), "edit": _("see and change")}


def _section(detail: str) -> str:
    """ "Renamed: Locker → Cupboard", where the trail has the code of what was done."""
    code, _colon, rest = detail.partition(":")
    if code not in _SECTIONS:
        return detail
    said = re.sub(r"=(view|edit)(?=,|$)", lambda match: f" ({_ACCESS[match[1]]})", rest.strip())
    return f"{_SECTIONS[code]}: {said}"


def _imported(detail: str) -> str:
    """What an import did in numbers, behind the name of the attribute."""
    counted = re.fullmatch(r"(.*): (\d+) stored, (\d+) empty, (\d+) rejected", detail)
    if counted is None:
        return detail
    stored, empty, rejected = (thousands(int(number)) for number in counted.groups()[1:])
    text = gettext("%(name)s: %(stored)s stored, %(empty)s without a value, %(rejected)s left out")
    return text % {"name": counted[1], "stored": stored, "empty": empty, "rejected": rejected}


def _personio(detail: str) -> str:
    return str(_PERSONIO.get(detail, detail))


def _task(detail: str) -> str:
    """ "Book the integration: Jansen Accountants", where the trail has the key of the task."""
    step, colon, rest = detail.partition(":")
    return f"{STEPS[StepKey(step)].title}{colon}{rest}" if step in set(StepKey) else detail


def _run(detail: str) -> str:
    """ "Sync 12", where the trail has the number of the run and what it was."""
    number, colon, kind = detail.partition(": ")
    return f"{_KINDS[kind]} {number}" if colon and kind in _KINDS else detail


def _approved(detail: str) -> str:
    """ "Sync 12: bank accounts 3, start dates left out", where the trail has how many of what."""
    number, _colon, rest = detail.partition(": ")
    answers = [answer.partition(": ") for answer in rest.split("; ")]
    if not all(code in _GUARDS for code, _sep, _count in answers):
        return detail
    said = (f"{_GUARDS[code]} {_many(count)}" for code, _sep, count in answers)
    return f"{_KINDS['sync']} {number}: {', '.join(said)}"


def _many(count: str) -> str:
    return thousands(int(count)) if count.isdecimal() else gettext("left out")


def _schedule(detail: str) -> str:
    often, _space, at = detail.partition(" ")
    return f"{_SCHEDULE[often]} {at}".strip() if often in _SCHEDULE else detail


def _bank_accounts(detail: str) -> str:
    return str(_BANK_ACCOUNTS.get(detail, detail))


def _set_aside(detail: str) -> str:
    number = detail.removeprefix("employee number ")
    return gettext("Employee number %(number)s") % {"number": number} if number != detail else detail


def _left_out(detail: str) -> str:
    """ "Employee number 1003: bank accounts", where the trail has the code of what was left out first."""
    code, colon, rest = detail.partition(": ")
    if code not in _GUARDS:
        return detail
    return f"{_set_aside(rest)}: {_GUARDS[code]}" if colon else str(_GUARDS[code])


_SAID = {
    **dict.fromkeys(
        (
            AuditEvent.Action.DECLARED,
            AuditEvent.Action.WITHDRAWN,
            AuditEvent.Action.ASSIGNED,
            AuditEvent.Action.UNASSIGNED,
        ),
        _task,
    ),
    AuditEvent.Action.ENTITY_CHANGED: before.entity_change,
    AuditEvent.Action.PERMISSIONS_SET: before.permission_change,
    **dict.fromkeys(
        (
            AuditEvent.Action.PERSONIO_CONNECTED,
            AuditEvent.Action.PERSONIO_ENTITY,
            AuditEvent.Action.PERSONIO_EVENTS,
        ),
        _personio,
    ),
    AuditEvent.Action.BOOKING_MOVED: booking.booking_change,
    AuditEvent.Action.SECTION_CHANGED: _section,
    AuditEvent.Action.ATTRIBUTE_CHANGED: _section,
    AuditEvent.Action.VALUES_IMPORTED: _imported,
    AuditEvent.Action.RUN_APPROVED: _approved,
    **dict.fromkeys(
        (AuditEvent.Action.RUN_PAUSED, AuditEvent.Action.RUN_RESUMED, AuditEvent.Action.RUN_CANCELLED), _run
    ),
    AuditEvent.Action.SCHEDULE_SET: _schedule,
    AuditEvent.Action.IBAN_APPROVAL_SET: _bank_accounts,
    AuditEvent.Action.QUARANTINE_RELEASED: _set_aside,
    AuditEvent.Action.LEFT_OUT_ASKED: _left_out,
}


def audit_action(event: AuditEvent) -> Text:
    """What happened."""
    action = event.get_action_display()
    return _RUNS.get(event.detail, action) if event.action == AuditEvent.Action.RUN_STARTED else action


def audit_detail(event: AuditEvent) -> str:
    """What is to be known besides: reasons as sentences; names and notes as they were written."""
    found: Mapping[str, Text] = {}
    if event.action == AuditEvent.Action.SIGN_IN_REFUSED and event.detail in SIGN_IN:
        found = {event.detail: SIGN_IN[event.detail].title}
    elif event.action == AuditEvent.Action.LINK_REFUSED and event.detail in LINK:
        found = {event.detail: LINK[event.detail].filled({"names": gettext("another administration")}).text}
    elif event.action == AuditEvent.Action.CONVERSION_SET:
        found = _CONVERSION
    elif event.action == AuditEvent.Action.RUN_STARTED:
        found = dict.fromkeys(_RUNS, "")
    elif event.action == AuditEvent.Action.ROSTER_UPLOADED:
        found = {event.detail: _roster_detail(event.detail)}
    elif event.action in _SAID:
        found = {event.detail: _SAID[AuditEvent.Action(event.action)](event.detail)}
    return str(found.get(event.detail, event.detail))


def _roster_detail(detail: str) -> str:
    counted = re.fullmatch(r"(\d+) people, (\d+) with a fault", detail)
    if counted is None:
        return detail
    faults = int(counted[2])
    text = ngettext("%(number)s row with a fault", "%(number)s rows with a fault", faults) % {
        "number": thousands(faults)
    }
    return f"{people_count(int(counted[1]))}, {text}"
