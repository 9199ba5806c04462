"""The words for codes of the sync: what is wrong, how to fix it, who does it. Everything is translated.

A test walks all codes that the core, the roster reader and the services can give, so that none is without words.
`%(name)s` places are filled from the params of a Problem or a refusal.
"""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mapping.catalogue import LOKET_FIELDS, FieldType
from onboarding.wording import Status, Words
from sync.policy import Reason
from sync.services.overview import NextStep
from sync.sources.columns import ROSTER_COLUMNS

_HR = _("Correct it in your HR system and upload the roster again.")
_IN_LOKET = _("Your payroll administrator or tax accountant looks at it in Loket.")
_BSN_FIX = _("Check it against the identity document, correct it in your HR system and upload the roster again.")
_IBAN_FIX = _("Ask the person for the right one, correct it in your HR system and upload the roster again.")
_SUPPORT_MAPS = _("Support adds it to the attribute mapping.")

REASONS: dict[str, Words] = {
    Reason.ACTIVE: Words(_("Active and considered in NL payroll.")),
    Reason.NOT_CONSIDERED: Words(_("“Consider in NL payroll” is not Yes.")),
    Reason.NOT_ACTIVE_ONBOARDING: Words(_("The status is Onboarding; comes in when it is Active.")),
    Reason.NOT_ACTIVE_LEAVE: Words(_("The status is Leave; only active people are synced.")),
    Reason.NOT_ACTIVE_INACTIVE: Words(
        _("The status is Inactive; only active people are synced."),
        _("Is the employment in Loket still open? Your payroll administrator ends it there."),
    ),
    Reason.STARTS_LATER: Words(_("Starts later; comes in on the start date.")),
    Reason.HAS_LEFT: Words(
        _("The end date has passed."),
        _("Is the employment in Loket still open? Your payroll administrator ends it there."),
    ),
    Reason.NO_EMPLOYEE_NUMBER: Words(_("The employee number is missing.")),
    Reason.NO_INCOME_NUMBER: Words(_("The income number is missing.")),
    Reason.DUPLICATE_NUMBER: Words(_("Somebody else has the same employee number.")),
    Reason.FAULTY_DATA: Words(_("A value has to be corrected first.")),
    Reason.OTHER_PERSON: Words(_("Loket has somebody else under this number.")),
    Reason.EMPLOYED_ELSEWHERE: Words(_("Works in another administration of the same employer.")),
    Reason.GONE_IN_LOKET: Words(_("Was in Loket and is gone there.")),
    Reason.CONCEPT_OF_OTHERS: Words(_("Loket has a concept employee with this number that we did not make.")),
    Reason.CONCEPT_ELSEWHERE: Words(_("Is a concept employee in another administration of the same employer.")),
    Reason.MAYBE_IN_LOKET: Words(_("Loket may have this person already under another number.")),
    Reason.NOT_YET_SENT: Words(_("Only changes that are not yet sent.")),
    Reason.WAITS_AS_CONCEPT: Words(
        _("Is a concept employee in Loket (%(name)s), not completed yet."),
        _("Your payroll administrator completes the person there."),
    ),
    Reason.CONVERTED: Words(_("Was made a full employee in Loket.")),
    Reason.CONVERSION_REFUSED: Words(
        _(
            "Is a concept employee in Loket (%(name)s), not completed yet: Loket did not accept the person as a "
            "full employee."
        ),
        _("Your payroll administrator completes the person there."),
    ),
    Reason.AFTER_INTERRUPTION: Words(_("Was finished after an interruption; nothing was sent twice.")),
    Reason.REJECTED: Words(_("Loket refused this person.")),
    Reason.NOT_STORED: Words(_("Loket stored something else than it was sent.")),
    Reason.NOT_SURE: Words(_("It is not certain whether Loket stored it.")),
    Reason.LOKET_UNREACHABLE: Words(_("Loket did not answer."), _("The next sync tries again.")),
    Reason.STOPPED: Words(_("The run stopped before this person."), _("The next sync takes it up.")),
    Reason.UNEXPECTED: Words(_("Something unexpected happened."), _("Support looks at the log.")),
}

REASONS_OF_PREVIEW: dict[str, Words] = {
    Reason.CONVERTED: Words(_("Becomes an employee in Loket.")),
}
"""For those who would be new or changed; that the new ones become concept employees is said once, above them."""

PROBLEMS: dict[str, Words] = {
    # who may be sent
    "no_employee_number": Words(_("is missing. Without it nobody is sent to Loket."), _HR),
    "no_income_number": Words(_("is missing. Without it nobody is sent to Loket."), _HR),
    "invalid_employee_number": Words(_("must be a whole number from 1."), _HR),
    "invalid_income_number": Words(_("must be a whole number from 1 to 9999."), _HR),
    "duplicate_number": Words(
        _("stands at more than one person (rows %(rows)s). Neither is sent."),
        _("Give each person a number of their own in your HR system and upload the roster again."),
    ),
    "duplicate_bsn": Words(
        _("stands at more than one person with the same income number. Neither is sent."),
        _("Find out whose it is, correct it in your HR system and upload the roster again."),
    ),
    "birth_date_in_future": Words(_("lies in the future."), _HR),
    # cells of the roster
    "missing_value": Words(_("is empty."), _HR),
    "row_too_long": Words(
        _("The row has more values than the %(columns)s columns of the header, so values stand in the wrong place."),
        _(
            "Often a separator stands inside a value: put the value in quotes, or save as XLSX, and upload the roster again."
        ),
    ),
    "bad_text": Words(_("has characters that do not belong in a text."), _HR),
    "excel_error": Words(
        _("holds an error of Excel instead of a value."), _("Correct the cell and upload the roster again.")
    ),
    "bad_number": Words(
        _("is not a number we can read."),
        _("Write 32 or 32.5, without a mark for thousands, in your HR system and upload the roster again."),
    ),
    "bad_date": Words(
        _("is no date, or not written in a way we can read."),
        _("Write 2026-09-01 or 01-09-2026 in your HR system and upload the roster again."),
    ),
    "unknown_status": Words(
        _("is not a status we know."),
        _("Write Onboarding, Active, Leave or Inactive in your HR system and upload the roster again."),
    ),
    "unknown_yes_no": Words(
        _("is neither yes nor no."), _("Write Yes or No in your HR system and upload the roster again.")
    ),
    "bad_bsn": Words(_("is not a valid BSN: the eleven test fails."), _BSN_FIX),
    "bad_iban": Words(_("is not a valid IBAN: the check digits are wrong."), _IBAN_FIX),
    # values that Loket can't take
    "too_long": Words(
        _("has %(length)s characters; Loket takes %(limit)s at most. We never cut it off by ourselves."),
        _("Shorten it in your HR system and upload the roster again."),
    ),
    "too_small": Words(_("is too small; the lowest value is %(minimum)s."), _HR),
    "too_large": Words(_("is too large; the highest value is %(maximum)s."), _HR),
    "too_many_decimals": Words(_("has more than %(decimals)s decimals."), _HR),
    "invalid_integer": Words(_("must be a whole number."), _HR),
    "invalid_decimal": Words(_("must be a number."), _HR),
    "invalid_date": Words(_("is not a date."), _HR),
    "invalid_boolean": Words(_("must be yes or no."), _HR),
    "invalid_bsn": Words(_("is not a valid BSN: the eleven test fails."), _BSN_FIX),
    "invalid_iban": Words(_("is not a valid IBAN: the check digits are wrong."), _IBAN_FIX),
    "invalid_phone": Words(_("is not a phone number."), _HR),
    "invalid_email": Words(_("is not an e-mail address."), _HR),
    "invalid_postcode": Words(
        _("is not a Dutch postcode."),
        _("Write 1234 AB, or correct the country, in your HR system and upload the roster again."),
    ),
    "unmapped_option": Words(_("does not match a value in Loket yet."), _SUPPORT_MAPS),
    "ambiguous_option": Words(_("fits more than one value of Loket's list."), _SUPPORT_MAPS),
    "no_value_list": Words(
        _("can't be filled: Loket gave no list of values."), _("Try again later; then ask support.")
    ),
    "fallback_missing": Words(
        _("can't be filled: Loket has no “%(option)s”."),
        _("Your payroll administrator or tax accountant creates it in Loket, at the employer under Management."),
    ),
    "cannot_clear": Words(_("is empty, but Loket does not let it be empty."), _HR),
    "required_for_new": Words(_("is missing. Loket makes nobody new without it."), _HR),
    # comparing with Loket
    "address_incomplete": Words(
        _("is missing in the address; Loket takes an address whole or not at all."),
        _("Complete the address in your HR system and upload the roster again."),
    ),
    "address_held": Words(
        _("can't go as it is, so the whole address waits: half an address would be wrong in Loket."), _HR
    ),
    "value_purged": Words(
        _("is no longer kept here, since Loket confirmed it earlier."),
        _("Upload the roster again to send it once more."),
    ),
    # from the run
    "bsn_not_allowed": Words(
        _("was not written: the integration user may not read or write BSNs. All else was sent."),
        _("Your payroll administrator or tax accountant gives the right “Beheren en raadplegen BSN” in Loket."),
    ),
    "iban_not_allowed": Words(
        _("was not compared: the integration user may not read bank accounts. All else was sent."),
        _("Your payroll administrator or tax accountant checks the rights of the integration user in Loket."),
    ),
    "other_person": Words(
        _("belongs to somebody else in Loket, going by name and birth date. Nothing was sent."),
        _("Find out who has the number. Correct your HR system, or let your payroll administrator correct Loket."),
    ),
    "employed_elsewhere": Words(
        _("works in another administration of the same employer, not in this one. Nothing was sent."), _IN_LOKET
    ),
    "gone_in_loket": Words(
        _("was in Loket before and is gone there. Nothing was sent."),
        _(
            "Your payroll administrator looks whether the person was removed in Loket for good. If so, support forgets "
            "the link; the next preview then shows a new person."
        ),
    ),
    "maybe_in_loket": Words(
        _("Loket has somebody with this name and birth date under number %(number)s."),
        _(
            "Is it the same person? Then give the person that number in your HR system and upload the roster again. "
            "If not, your payroll administrator adds the new person in Loket with the new number."
        ),
    ),
    "concept_of_others": Words(
        _("stands in Loket at a concept employee that the portal did not make. Nothing was sent."),
        _("Your payroll administrator completes or deletes that concept employee in Loket."),
    ),
    "concept_elsewhere": Words(
        _("stands in Loket at a concept employee of another administration of the same employer. Nothing was sent."),
        _("Find out which administration the person belongs to. Your payroll administrator corrects it in Loket."),
    ),
    "validation_not_allowed": Words(
        _("Loket did not check this person beforehand: the integration user may not do that."),
        _("Your payroll administrator or tax accountant checks the rights of the integration user in Loket."),
    ),
    "stopped": Words(_("The run stopped before this person was finished."), _("The next sync takes it up.")),
    "not_stored": Words(_("Loket stored something else than it was sent."), _IN_LOKET),
    "not_sure": Words(
        _("Loket did not answer in time, so it is not certain whether it was stored."),
        _("The next sync looks first and sends only what is missing."),
    ),
    "rejected": Words(_("Loket refused it; its reason stands below."), _HR),
    "loket_unreachable": Words(_("Loket did not answer."), _("The next sync tries again.")),
    "unexpected": Words(_("Something unexpected happened; the others went on."), _("Support looks at the log.")),
}

OUTCOMES: dict[str, Status] = {
    "created": Status(_("New"), "done"),
    "changed": Status(_("Changed"), "done"),
    "unchanged": Status(_("Unchanged")),
    "skipped": Status(_("Not in the sync")),
    "blocked": Status(_("Blocked"), "problem"),
    "failed": Status(_("Failed"), "problem"),
}
PREVIEW_MADE = Status(_("Done"), "ok")
PREVIEW_FAILED, SYNC_FAILED = Status(_("Could not be made"), "problem"), Status(_("Not completed"), "problem")
SCOPES: dict[str, Status] = {
    "in": Status(_("In the sync"), "ok"),
    "out": Status(_("Not in the sync")),
    "blocked": Status(_("Blocked"), "problem"),
}
RESULT_FILTERS = {
    "all": _("Everybody"),
    "problems": _("Blocked or failed"),
    "created": _("New"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "skipped": _("Not in the sync"),
    "not_sent": _("Not yet sent"),
    "waiting": _("Concept employee"),
}
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


def value(name: str, text: str) -> str:
    """A value of a Loket field as people write it: dates in the reader's language, all else as it is."""
    field = LOKET_FIELDS.get(name)
    if field is None or field.type is not FieldType.DATE:
        return text
    try:
        return date_format(date.fromisoformat(text), "j F Y")
    except ValueError:
        return text


def words(found: dict[str, Words], code: str) -> Words:
    """The words of a code; a code without words (an older run's) is shown as it is, never an error page."""
    return found.get(code) or Words(code.replace("_", " "))


NEXT_STEPS: dict[str, Words] = {
    NextStep.NOT_DUTCH: Words(
        _("This legal entity can't be connected"),
        _("Loket.nl is for legal entities in the Netherlands. Is the country wrong? Support corrects it."),
    ),
    NextStep.SETUP: Words(_("Set up the connection with Loket.nl")),  # and where the setup stands
    NextStep.SIGN_IN_AGAIN: Words(
        _("Sign in at Loket again"),
        _("Loket no longer accepts the sign-in, so nothing is synced. The connection itself stays as it is."),
    ),
    NextStep.UPLOAD: Words(
        _("Upload the roster"),
        _("A CSV or XLSX file with your people, exported from your HR system. Uploading writes nothing to Loket."),
    ),
    NextStep.PREVIEW: Words(
        _("See what will change"),
        _("The preview compares every person with Loket and writes nothing."),
    ),
    NextStep.SYNC: Words(
        _("Sync with Loket.nl"),
        _("You have seen the preview. The sync now writes these changes to Loket."),
    ),
    NextStep.SOME_NEED_YOU: Words(
        _("The sync is done, but some people need you"),
        _("The last sync shows who is blocked or failed, with the field and the fix. The others were not held up."),
    ),
    NextStep.SOME_NOT_SENT: Words(
        _("The sync is done; the rest is for your payroll administrator"),
        _("It is done by hand in Loket. The last sync shows for whom, and which values."),
    ),
    NextStep.NOTHING_TO_SEND: Words(
        _("Nothing is left to send"),
        _("The preview found no value that the sync would write to Loket."),
    ),
    NextStep.PREVIEW_FAILED: Words(_("The preview could not be made")),
    NextStep.SYNC_FAILED: Words(_("The sync could not be completed")),
    NextStep.DONE: Words(
        _("Loket is up to date with your roster"),
        _("Something changed in your HR system? Upload the new roster."),
    ),
}
