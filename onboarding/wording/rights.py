"""The 15 rights in the reader's language: what each name means, what this version does with it, what breaks without it.

The names themselves are Loket's and stay Dutch (`loket_portal.loket.rights`). Which call needs which right is our
reading (RIGHT_OF there); a right that none of our calls needs says so.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from loket_portal.loket.diagnosis import Cause
from loket_portal.loket.rights import Right
from onboarding.services.rights import RightState
from onboarding.wording.base import Text, Words, names


@dataclass(frozen=True, slots=True)
class RightWords:
    """`english` is our translation of the name, word for word: it stands beside it, in both languages of the portal."""

    english: str
    use: Text
    without: Text
    is_used: bool = True


_UNUSED = _("Nothing yet: no call of this version needs it.")
_NOTHING_YET = _("Nothing breaks in this version, but no administration can be chosen until all 15 are there.")


def _unused(english: str) -> RightWords:
    return RightWords(english, _UNUSED, _NOTHING_YET, is_used=False)


RIGHT_WORDS: dict[str, RightWords] = {
    "applicatiebeheer-werkgever": RightWords(
        "Application management of the employer",
        _(
            "Reads administrations, functions, departments and distribution units, modules, and the rights of this user."
        ),
        _("No administration can be chosen, and the checks see less."),
    ),
    "beheer-beloningen": _unused("Manage pay"),
    "beheer-concept-werknemers": RightWords(
        "Manage concept employees",
        _("Sends new people to Loket as concept employees."),
        _("New people do not reach Loket."),
    ),
    "beheer-dienstverbanden": RightWords(
        "Manage employments",
        _("Writes changed data of employees and of their employments: hours, function, start and end."),
        _("No change of an employee reaches Loket."),
    ),
    "beheer-diverse-vaste-gegevens-salarisverw": RightWords(
        "Manage various fixed data of payroll processing; Loket's list cuts the name off",
        _("Writes the bank accounts that wages are paid to."),
        _("Nobody's bank account is sent. Everything else goes on."),
    ),
    "beheren-en-raadplegen-bsn": RightWords(
        "Manage and consult the BSN",
        _("Compares and writes the citizen service number."),
        _("Nobody's BSN is sent. Everything else goes on."),
    ),
    "beheer-hrm": RightWords(
        "Manage HRM",
        _("Reads who changed data of employees by hand in Loket."),
        _("Changes made by hand in Loket are not shown before they are overwritten."),
    ),
    "beheer-variabele-gegevens": _unused("Manage variable data"),
    "raadplegen-beloningen": _unused("Consult pay"),
    "raadplegen-concept-werknemers": RightWords(
        "Consult concept employees",
        _("Reads which new people are waiting in Loket."),
        _("No sync runs: it could send somebody twice."),
    ),
    "raadplegen-dienstverbanden": RightWords(
        "Consult employments",
        _("Reads employees and employments, to compare them before anything is written."),
        _("No sync and no preview runs."),
    ),
    "raadplegen-journaalprofiel": _unused("Consult the journal profile"),
    "raadplegen-kostprijs-per-uur": _unused("Consult the cost price per hour"),
    "raadplegen-loonoutput-beperkt": RightWords(
        "Consult payroll output, limited",
        _("Reads the payroll periods and whether a payroll run of this month has begun."),
        _("Nobody is warned while a payroll run is being made."),
    ),
    "raadplegen-variabele-gegevens": _unused("Consult variable data"),
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """What is known of a right: the word, its tone, and a sign that says it without colour."""

    word: Text
    tone: str
    sign: str


STATES: dict[RightState, StateWords] = {
    RightState.GRANTED: StateWords(_("Granted"), "ok", "✓"),
    RightState.DERIVED: StateWords(_("Granted, derived"), "derived", "✓"),
    RightState.MISSING: StateWords(_("Missing"), "problem", "!"),
    RightState.UNKNOWN: StateWords(_("Not yet known"), "", "?"),
}

CAUSES: dict[Cause, Words] = {
    Cause.CLIENT: Words(
        _("Does our application have the activity at Loket?"), _("No: support arranges it with Loket. You can't.")
    ),
    Cause.RIGHT: Words(
        _("Does the integration user have the right?"),
        _("No: give it in Loket."),
    ),
    Cause.ROLE: Words(
        _("May a user of this kind do it?"),
        _("No: the user must be one of the employer. Create it there."),
    ),
    Cause.MODULE: Words(
        _("Does the employer have the module?"),
        _("No: switch it on in Loket, or order it."),
    ),
    Cause.VISIBILITY: Words(
        _("Does the user see what the call is about?"),
        _("No: give the user access to it in Loket."),
    ),
    Cause.UNKNOWN: Words(
        _("Which of these it is could not be read"),
        _("Give what is missing above first, then check again. If it stays, support looks into it."),
    ),
}
"""Loket's five questions before it lets a call through, in its order, and who can change a no (rule 19)."""


def not_all_ticked(missing: tuple[Right, ...]) -> Words:
    """Why the task was not reported as done."""
    text = ngettext(
        "One right has no tick yet: %(names)s.", "%(number)s rights have no tick yet: %(names)s.", len(missing)
    )
    return Words(
        text % {"number": len(missing), "names": names([right.name for right in missing])},
        _("Give them in Loket and tick them, then report the task as done. Your ticks are saved."),
    )
