"""The words for codes of the sync: what is wrong, how to fix it, who does it. Everything is translated.

A test walks all codes that the core, the readers and the services can give, for both sources, so that none is without
words. `%(name)s` places are filled from the params of a Problem or a refusal.
"""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from mapping.catalogue import LOKET_FIELDS, FieldType
from mapping.rules import OWN, PORTAL
from onboarding.wording import Status, Words
from sync.records import LEGAL_ENTITY
from sync.services.overview import NextStep
from sync.sources.columns import ROSTER_COLUMNS, Kind
from sync.wording.problems import PROBLEMS, PROBLEMS_OF_PERSONIO, THERE, THERE_IN_PERSONIO
from sync.wording.reasons import REASONS, REASONS_OF_PREVIEW, REASONS_WITH_DAY
from sync.wording.steps import NEXT_STEPS, NEXT_STEPS_OF_PERSONIO

__all__ = ["NEXT_STEPS", "PROBLEMS", "REASONS", "REASONS_OF_PREVIEW"]

OUTCOMES: dict[str, Status] = {
    "planned": Status(_("Still to be done"), "todo"),
    "created": Status(_("New"), "done"),
    "changed": Status(_("Changed"), "done"),
    "unchanged": Status(_("Unchanged")),
    "skipped": Status(_("Not in the sync")),
    "blocked": Status(_("Blocked"), "problem"),
    "failed": Status(_("Failed"), "problem"),
}
PREVIEW_MADE = Status(_("Done"), "ok")
PREVIEW_FAILED, SYNC_FAILED = Status(_("Could not be made"), "problem"), Status(_("Not completed"), "problem")
CANCELLED = Status(_("Cancelled"), "attention")
NOTHING_NEW = Status(_("Nothing had changed"), "ok")
HELD: dict[str, Status] = {
    "waiting": Status(
        _("Waits for an answer"),
        "attention",
        _("The sync asks something before it sends more. Somebody with payroll edit looks and answers."),
    ),
    "paused": Status(_("Paused"), "attention", _("What was sent until then stays. It goes on where it was.")),
    "blocked": Status(
        _("Sign in again"),
        "problem",
        _("Loket no longer accepts the sign-in. After a new sign-in it goes on by itself, where it was."),
    ),
}
"""What keeps a run from going on, and what follows."""
ASIDE: dict[str, Words] = {
    "rejected": Words(
        _("Loket refused what was sent."),
        _("Look at what Loket says, and correct it %(there)s."),
    ),
    "not_stable": Words(
        _("Loket took it and stored something else, twice."),
        _(
            "Your payroll administrator looks at this person in Loket: a setting there may overwrite the value. Then try "
            "again here."
        ),
    ),
    "crashed": Words(
        _("The sync broke off at this person three times, so it leaves the person out."),
        _(
            "Tell support: the cause is in the log. Try again when they have solved it; before that it breaks off again."
        ),
    ),
}
"""Why somebody is set aside, and who does what about it."""
SCHEDULE_STOPS: dict[str, Words] = {
    "sign_in": Words(
        _("The schedule stopped: Loket did not accept the sign-in three times in a row."),
        _(
            "An administrator signs in at Loket again. Then somebody with payroll edit saves the schedule again, which turns it on."
        ),
    ),
    "failing": Words(
        _("The schedule stopped: three syncs in a row could not be made."),
        _(
            "Solve what stopped the last one. Then somebody with payroll edit saves the schedule again, which turns it on."
        ),
    ),
}
SCOPES: dict[str, Status] = {
    "in": Status(_("In the sync"), "ok"),
    "out": Status(_("Not in the sync")),
    "blocked": Status(_("Blocked"), "problem"),
}
RESULT_FILTERS = {
    "all": _("Everybody"),
    "planned": _("Still to be done"),
    "problems": _("Blocked or failed"),
    "created": _("New"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "skipped": _("Not in the sync"),
    "not_sent": _("Not yet sent"),
    "waiting": _("Concept employee"),
}
ASKED_FILTERS = {
    "bank_accounts": _("Bank account changes"),
    "ended_employments": _("Employment ends"),
    "start_dates": _("Start date corrected"),
    "reinstatements": _("Back into service"),
}
"""Results with a change that needs somebody's word."""
PEOPLE_FILTERS = {"all": _("Everybody"), "in": _("In the sync"), "blocked": _("Blocked"), "out": _("Not in the sync")}


def label(name: str) -> str:
    """What people call a roster column or a Loket field: the English or the Dutch name, else the name itself."""
    language = get_language() or "en"
    if column := _COLUMNS.get(name):
        return column.header(language)
    if field := LOKET_FIELDS.get(name):
        if name in _AS_IN_THE_ROSTER:
            return label(_AS_IN_THE_ROSTER[name])
        return field.label_nl if language.startswith("nl") else field.label
    if name == LEGAL_ENTITY:
        return gettext("Legal entity")
    if name.startswith((OWN, PORTAL)):  # a problem brings its label along (`attribute_labels`)
        return name.removeprefix(OWN) if name.startswith(OWN) else gettext("Attribute of the portal")
    return name.rpartition(".")[2]


def both_labels(name: str) -> str:
    """A roster column in the reader's language, with the other language's name behind it where it differs."""
    mine = label(name)
    others = [text for text in (_COLUMNS[name].english, _COLUMNS[name].dutch) if text != mine]
    return f"{mine} ({others[0]})" if others else mine


_COLUMNS = {column.name: column for column in ROSTER_COLUMNS}
_AS_IN_THE_ROSTER = {
    "employee.personalDetails.dateOfBirth": "birth_date",
    "employee.personalDetails.prefix": "prefix",
}
"""Fields that Loket calls otherwise than the roster does: one page, one term."""


_YES_NO = {"yes": _("Yes"), "no": _("No")}


def value(name: str, text: str) -> str:
    """A value of a Loket field or a roster column as people write it: dates, yes and no in their language."""
    field, column = LOKET_FIELDS.get(name), _COLUMNS.get(name)
    if field and field.type is FieldType.BOOLEAN:
        return str(_YES_NO.get(text, text))
    is_date = field.type is FieldType.DATE if field else column is not None and column.kind is Kind.DATE
    return day(text) if is_date else text


def day(text: str) -> str:
    """An ISO day as people write it; what is none stays as it is."""
    try:
        return date_format(date.fromisoformat(text), "j F Y")
    except ValueError:
        return text


def is_hidden(column: str) -> bool:
    """Whether a value of this column is never shown unmasked."""
    return column in _COLUMNS and _COLUMNS[column].is_sensitive


def words(found: dict[str, Words], code: str) -> Words:
    """The words of a code; a code without words (an older run's) is shown as it is, never an error page."""
    return found.get(code) or Words(code.replace("_", " "))


def problem(code: str, params: Mapping[str, str], *, reads_personio: bool = False) -> Words:
    """What is wrong with a person and what to do, where the people come from a roster or from Personio."""
    found = (PROBLEMS_OF_PERSONIO.get(code) if reads_personio else None) or words(PROBLEMS, code)
    return found.filled({**params, **_places(params.get("rows", "?"), reads_personio)})


def _places(rows: str, reads_personio: bool) -> dict[str, str]:
    if reads_personio:
        return {"there": str(THERE_IN_PERSONIO), "them": f"Personio {rows}"}
    return {"there": str(THERE), "them": gettext("rows %(rows)s") % {"rows": rows}}


def reason(code: str, first_day: str = "") -> Words:
    """Why somebody is in, out or ended as they did; with the first day (ISO) where that is told."""
    if first_day and code in REASONS_WITH_DAY:
        return REASONS_WITH_DAY[code].filled({"day": day(first_day)})
    return words(REASONS, code)


def aside(reason: str, *, reads_personio: bool = False) -> Words:
    """Why somebody is set aside, where the people come from a roster or from Personio."""
    return words(ASIDE, reason).filled(_places("", reads_personio))


def next_step(step: NextStep, *, reads_personio: bool = False) -> Words:
    """What comes next for a legal entity."""
    own = NEXT_STEPS_OF_PERSONIO.get(step) if reads_personio else None
    return own or NEXT_STEPS[step]
