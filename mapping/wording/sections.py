"""The words of the portal's own sections and attributes: types, access, and why something stays as it is."""

from django.utils.translation import gettext_lazy as _

from mapping.models import HRAttribute
from mapping.portal import sections
from mapping.portal.attributes import AttributeType
from mapping.portal.refusals import PortalRefused, Refusal
from onboarding.wording.base import Status, Text, Words

TYPES: dict[str, Text] = {
    AttributeType.TEXT: _("Text"),
    AttributeType.INTEGER: _("Whole number"),
    AttributeType.DECIMAL: _("Decimal number"),
    AttributeType.DATE: _("Date"),
    AttributeType.YES_NO: _("Yes or no"),
    AttributeType.LIST: _("One of a list"),
    AttributeType.BSN: _("BSN"),
    AttributeType.IBAN: _("IBAN"),
}
ACCESS: dict[str, Text] = {"": _("No access"), sections.VIEW: _("See"), sections.EDIT: _("See and change")}
MIGRATIONS: dict[str, Status] = {
    HRAttribute.Migration.OPEN: Status(
        _("Data open"), "attention", _("Carry the old data over, or leave it empty on purpose.")
    ),
    HRAttribute.Migration.CARRIED: Status(_("Carried over"), "ok"),
    HRAttribute.Migration.EMPTY: Status(_("Left empty on purpose"), "ok"),
}

_AGAIN = _("Open the page again and look at it as it is now.")
_OTHER_NAME = _("Choose another name.")
REFUSALS: dict[str, Words] = {
    Refusal.NAME_MISSING: Words(_("There is no name."), _("Write a name.")),
    Refusal.NAME_TAKEN: Words(_("“%(name)s” is there already."), _OTHER_NAME),
    Refusal.IS_LOKET: Words(
        _("The section “Loket” is part of the integration: it can't be renamed or deleted."),
        _("Make another section and move attributes there."),
    ),
    Refusal.HOLDS_MAPPED: Words(
        _("This section holds attributes that the mapping with Loket reads: %(attributes)s."),
        _("Deleting the section would delete them. Move them to another section first."),
    ),
    Refusal.OTHER_COMPANY: Words(_("This belongs to another company."), _AGAIN),
    Refusal.IS_MAPPED: Words(
        _("“%(attribute)s” is mapped with Loket (%(sets)s), so it can't be deleted."),
        _("You can move it to another section."),
    ),
    Refusal.NO_OPTIONS: Words(_("A list needs options."), _("Write one option on each line.")),
    Refusal.OPTION_TWICE: Words(_("The option “%(option)s” is there twice."), _("Leave one of them out.")),
    Refusal.OPTION_IN_USE: Words(
        _("Somebody has this option: %(options)s."), _("Give these people another value first, or keep the option.")
    ),
    Refusal.NO_VALUE_LIST: Words(
        _("Loket's list for %(field)s is not here yet."),
        _("It comes with the check sign-in of a legal entity. Then try again."),
    ),
    Refusal.NO_NUMBER: Words(
        _("This row of the roster has no employee number of its own, so nobody can tell who it is in the next file."),
        _("Give the person an employee number and upload the roster again."),
    ),
    Refusal.BAD_TEXT: Words(_("The text has signs that nobody can read."), _("Type it again.")),
    Refusal.TOO_LONG: Words(_("The text is longer than %(limit)s characters."), _("Shorten it.")),
    Refusal.BAD_WHOLE: Words(_("This is no whole number."), _("Write digits only, for example 12.")),
    Refusal.BAD_DECIMAL: Words(_("This is no number."), _("Write it without thousands, for example 32.5.")),
    Refusal.BAD_DATE: Words(_("This is no date."), _("Write it as 2026-09-01 or 01-09-2026.")),
    Refusal.BAD_YES_NO: Words(_("This is neither yes nor no."), _("Write yes or no.")),
    Refusal.NOT_AN_OPTION: Words(_("This is no option of “%(attribute)s”."), _("Choose one of its options.")),
    Refusal.BAD_BSN: Words(_("This is no BSN."), _("A BSN has nine digits and passes the eleven test.")),
    Refusal.BAD_IBAN: Words(_("This is no IBAN."), _("Copy it from the bank statement.")),
    Refusal.CHANGED_MEANWHILE: Words(_("The people were read again meanwhile."), _AGAIN),
    Refusal.NO_TABLE: Words(_("The file holds no rows."), _("Use the export as a template.")),
    Refusal.NO_PERSON_COLUMN: Words(
        _("No column says whose values these are."),
        _("The file needs a column “Person” or “Employee number”. Use the export as a template."),
    ),
    Refusal.NO_ATTRIBUTE_COLUMN: Words(
        _("No column is called like an attribute of this section."), _("Use the export as a template.")
    ),
    Refusal.UNKNOWN_COLUMN: Words(
        _("Nobody knows the column “%(column)s”. Nothing was imported."),
        _("Name it like an attribute of this section, or leave it out."),
    ),
    Refusal.COLUMN_TWICE: Words(
        _("The column “%(column)s” is there twice. Nothing was imported."), _("Leave one of them out.")
    ),
    Refusal.TOO_MANY_ROWS: Words(_("The file has more than %(limit)s rows."), _("Import it in parts.")),
    Refusal.EXPIRED: Words(_("This file was checked too long ago, or on another page."), _("Choose the file again.")),
    Refusal.UNKNOWN_PERSON: Words(
        _("Nobody of this legal entity is called so."), _("Copy the person from the export.")
    ),
    Refusal.PERSON_TWICE: Words(_("This person is there twice with different values."), _("Leave the wrong one out.")),
    Refusal.NO_ENTRY: Words(_("No option was chosen for this value."), _("Choose one and carry over again.")),
    Refusal.NOT_READ: Words(
        _("The old data of %(entities)s was not read yet, so it can't be carried over."),
        _("From Personio it is read for the mapping; a roster is uploaded once more."),
    ),
    Refusal.NOT_A_DUPLICATE: Words(_("This attribute is no copy of another one."), _AGAIN),
    Refusal.NO_REASON: Words(_("There is no reason."), _("Write why the old data isn't needed.")),
    Refusal.UNDONE: Words(_("This import was taken back already."), _AGAIN),
    Refusal.PURGED: Words(
        _("This import is too old to be taken back: what the values were before is no longer kept."),
        _("Import or fill in the values that should count now."),
    ),
    Refusal.STILL_READ: Words(
        _("The mapping in force (%(sets)s) reads “%(attribute)s”, so its data can't be open again."),
        _("Publish a version that doesn't read it first; then take it back here."),
    ),
    Refusal.SENSITIVE_COPY: Words(
        _("“%(attribute)s” holds a BSN or an IBAN, and %(field)s is a field that everybody sees."),
        _("Choose another attribute. A BSN or an IBAN is copied only for Loket's own field of it."),
    ),
}


MAY_NOT = Words(_("Your role may not change this."), _("An administrator of your company can change that."))


def refused(error: PortalRefused) -> Words:
    """Why it stays as it is, and what to do."""
    return REFUSALS[error.refusal].filled(error.params)


def reasons() -> dict[str, Text]:
    """Why single rows and people were left out, in one sentence by code."""
    return {code: words.filled({}).text for code, words in REFUSALS.items() if "%" not in str(words.text)} | {
        Refusal.NOT_AN_OPTION: _("This is no option of the list."),
        Refusal.TOO_LONG: _("The text is too long."),
    }
