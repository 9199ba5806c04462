"""Why the workbench doesn't do something, and what to do about it."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mapping.bench.publishing import Against
from mapping.bench.refusals import NotPossible, Refusal
from mapping.wording import names
from onboarding.wording.base import Words

SETTINGS = {
    "source": _("HR attribute"),
    "argument": _("setting of the converter"),
    "fallback": _("value for new people"),
    "former_source": _("former HR attribute"),
    "hr_value": _("HR value"),
    "loket_value": _("Loket value"),
}
_LOOK_AGAIN = _("Look at the changes again, then publish.")
_CORRECT = _("Correct it and import it again. Nothing was changed.")
NOT_POSSIBLE: dict[Refusal, Words] = {
    Refusal.NOT_A_DRAFT: Words(
        _("This is not a draft any more: it was published or discarded meanwhile."), _("Begin a new draft.")
    ),
    Refusal.DRAFT_OPEN: Words(
        _("There is a draft already, for version %(number)s."), _("Work on that one, or discard it first.")
    ),
    Refusal.NOTHING_PUBLISHED: Words(
        _("No version is in force yet."), _("Begin with the default mapping, or with an empty one.")
    ),
    Refusal.ATTRIBUTES_UNREAD: Words(
        _("The attributes of Personio were not read yet."),
        _("Connect Personio, or read it again; then begin with the default mapping."),
    ),
    Refusal.OTHER_ENTITY: Words(
        _("%(entity)s does not take its people from this source."), _("Open the workbench of its own source.")
    ),
    Refusal.RULE_CHANGED: Words(
        _("%(who)s has changed this field on %(when)s, after you opened it. Nothing of yours is saved yet."),
        _("Compare it with what you typed; save again to put yours in its place, or close the field."),
    ),
    Refusal.ATTRIBUTE_UNKNOWN: Words(
        _("There is no attribute %(attribute)s."), _("Choose one from the list, or create it.")
    ),
    Refusal.OWN_COLUMN: Words(
        _("A column that only this file has can't fill %(target)s: its values would stay here after Loket has them."),
        _("The customer names the column %(target)s in the file and uploads it again; then choose that column."),
    ),
    Refusal.RULE_INVALID: Words(_("This setting can't be stored: %(text)s"), _("Change it, and save again.")),
    Refusal.TEXT_TOO_LONG: Words(
        _("The text is too long (%(setting)s): %(limit)s characters at most."), _("Make it shorter, and save again.")
    ),
    Refusal.NO_PERSONIO: Words(
        _("This company has no Personio here."), _("Create the attribute in the portal instead.")
    ),
    Refusal.TARGET_UNKNOWN: Words(_("Loket has no field %(target)s here."), _("Choose a field of the list.")),
    Refusal.REQUEST_NAME: Words(
        _("Give the attribute a name of at most %(limit)s characters."), _("The customer types exactly this name.")
    ),
    Refusal.REQUEST_TYPE: Words(_("Personio has no type %(type)s."), _("Choose one of the list.")),
    Refusal.REQUEST_OPTIONS: Words(_("A list needs at least one option."), _("Write one option on each line.")),
    Refusal.NOTHING_MAPPED: Words(_("Nothing is mapped yet."), _("Map at least one field, then publish.")),
    Refusal.NOTHING_CHANGED: Words(
        _("This is exactly version %(version)s, which is in force."), _("There is nothing to publish.")
    ),
    Refusal.MIGRATION_OPEN: Words(
        _("Nobody has decided what becomes of the old data of %(attribute)s."),
        _("Carry the data over, or leave the copy empty on purpose."),
    ),
    Refusal.REQUEST_OPEN: Words(
        _("The customer was asked for the attribute %(attribute)s and has not made it yet."),
        _("Wait for it, map another attribute, or withdraw the request."),
    ),
    Refusal.ATTRIBUTE_GONE: Words(
        _("The attribute %(attribute)s is no longer there."), _("Map another one, or remove the mapping of the field.")
    ),
    Refusal.DRAFT_CHANGED: Words(_("Somebody has changed the draft since you looked at it."), _LOOK_AGAIN),
    Refusal.READ_TWICE: Words(
        _("%(target)s comes from another column, so nothing else can read the column %(attribute)s."),
        _("Map another column here, or fill %(target)s from its own column again."),
    ),
    Refusal.PUBLISHED_MEANWHILE: Words(_("Somebody has published version %(version)s meanwhile."), _LOOK_AGAIN),
    Refusal.NOT_A_VERSION: Words(_("This was never in force."), _("Choose one of the versions.")),
    Refusal.IN_FORCE: Words(_("Version %(version)s is in force already."), _("There is nothing to roll back.")),
    Refusal.TOO_LARGE: Words(_("The document is too large."), _("Choose a file that was exported here.")),
    Refusal.BAD_YAML: Words(
        _("This is not readable YAML, in line %(line)s: %(text)s"),
        _CORRECT,
    ),
    Refusal.BAD_DOCUMENT: Words(_("The document can't be used: %(text)s"), _CORRECT),
    Refusal.OTHER_SOURCE: Words(
        _("This document is for another source: %(source)s."), _("Import it in the workbench of that source.")
    ),
}


def not_possible(error: NotPossible | Against) -> Words:
    """Why it was not done, in the reader's words; codes of fields and settings become their names."""
    params = dict(error.params)
    if target := params.get("target"):
        params["target"] = names.field(target)
    if setting := params.get("setting"):
        params["setting"] = str(SETTINGS.get(setting, setting))
    if error.code is Refusal.RULE_CHANGED:
        params = {"who": params.get("who") or gettext("The portal"), "when": _moment(params.get("when", ""))}
    return NOT_POSSIBLE[error.code].filled(params)


def _moment(when: str) -> str:
    """ "23-11-2026 14:05", of a time as a refusal has it."""
    return date_format(timezone.localtime(datetime.fromisoformat(when)), "SHORT_DATETIME_FORMAT") if when else "–"
