"""Words of the four tasks before the start: why something was refused, and the audit trail of these pages."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.models import LegalEntity
from onboarding.services import acknowledgements, legal_entities, payroll_person, permissions
from onboarding.wording.base import Text, Words

PERSON: dict[str, Words] = {
    payroll_person.Refusal.NOT_A_COLLEAGUE: Words(
        _("This colleague can't do the tasks here."),
        _("Choose somebody with payroll edit for this legal entity. An administrator of your company can give it."),
    ),
    payroll_person.Refusal.IS_A_COLLEAGUE: Words(
        _("This e-mail address belongs to a member of your company."),
        _("Choose “A colleague” above: the tasks are done with the account that is there."),
    ),
}

SCOPE_REFUSED: dict[str, Words] = {
    acknowledgements.Refusal.OTHER_TEXT: Words(
        _("The text has changed while you were reading."), _("Read it as it is now and confirm again.")
    ),
    acknowledgements.Refusal.POINTS_OPEN: Words(
        _("Each point needs a tick of its own."), _("Is one of them not so? Settle that first, then come back.")
    ),
}

LEGAL_ENTITY: dict[str, Words] = {
    legal_entities.Refusal.BAD_KVK_NUMBER: Words(
        _("A KvK number has 8 digits, for example 12345678."), _("It stands on the extract of the trade register.")
    ),
    legal_entities.Refusal.BAD_TAX_ID: Words(
        _("A loonheffingennummer has 9 digits, the letter L and 2 digits, for example 123456789L01."),
        _("It stands on the letters of the tax authority (Belastingdienst) about payroll taxes."),
    ),
    legal_entities.Refusal.TAX_ID_OF_OTHER: Words(
        _("%(names)s has this tax ID already."),
        _(
            "Each legal entity needs a tax ID of its own. Correct the one that is wrong; for a new number your payroll "
            "administrator or tax accountant asks the tax authority (Belastingdienst)."
        ),
    ),
    legal_entities.Refusal.NOT_DUTCH: Words(
        _("Only a legal entity in the Netherlands can be connected."), _("Is the country wrong? Support corrects it.")
    ),
    legal_entities.Refusal.CONNECTED: Words(
        _("This legal entity was connected in the meantime, so its numbers are fixed."),
        _("Are they wrong? Support corrects them."),
    ),
}

PERMISSIONS: dict[str, Words] = {
    permissions.Refusal.LAST_CONNECTOR: Words(
        _("%(names)s would be left without an administrator with payroll edit."),
        _(
            "Only such an administrator can sign in at Loket and choose the administration. Give it to somebody else first."
        ),
    ),
    permissions.Refusal.LAST_ADMINISTRATOR: Words(
        _("Then your company would have no administrator."),
        _("Make somebody else administrator first."),
    ),
    permissions.Refusal.CHANGED_MEANWHILE: Words(
        _("Somebody has changed the permissions while you were looking."),
        _("Below they are as they are now. Nothing of yours was saved: make your change again."),
    ),
    permissions.Refusal.NOBODY_MAY_CONNECT: Words(
        _("No administrator has payroll edit for this legal entity, so nobody could connect it."),
        _("Tick payroll edit for a role of administrators that has a member, and save. Then confirm."),
    ),
}

_FIELDS: dict[str, Text] = {
    "name": _("Name"),
    "country": _("Country"),
    "kvk_number": _("KvK number"),
    "tax_id": _("Tax ID (loonheffingennummer)"),
}
_CHANGES: dict[str, Text] = {
    "given": _("Payroll edit given: %(what)s"),
    "taken": _("Payroll edit taken away: %(what)s"),
    "moved": _("Other role: %(what)s"),
    "added": _("Role added: %(what)s"),
}


def entity_change(detail: str) -> str:
    """Which numbers of an entity were changed: the detail of ENTITY_CHANGED, in words."""
    return ", ".join(str(_FIELDS.get(field, field)) for field in detail.split(", "))


def permission_change(detail: str) -> str:
    """What was changed: the detail of PERMISSIONS_SET, in words; names as they were."""
    kind, _colon, what = detail.partition(":")
    return str(_CHANGES[kind]) % {"what": what} if kind in _CHANGES else detail


def first_message(entity: LegalEntity) -> str:
    """What the message to the payroll processing person begins as; whoever sends it changes it as he likes."""
    return gettext(
        "We are going to keep our employees in Loket.nl up to date from our HR system, and would like to have you with "
        "us from the start. Could you create the integration user in Loket for %(entity)s and check the items named "
        "Algemeen? The tasks tell you how, and see for themselves whether everything is right."
    ) % {"entity": entity.name}
