"""What a customer says of its legal entity: KvK number and tax ID (rules 1 and 4). The API proves the tax ID later."""

import re
from contextlib import suppress
from enum import StrEnum

from django.db import transaction
from stdnum.nl import bsn

from onboarding.facts import Finding, Outcome
from onboarding.models import AuditEvent, Connection, Evidence, LegalEntity, User
from onboarding.services import access, audit, checking, evidence, locks
from onboarding.steps import StepKey

KVK_NUMBER = re.compile(r"\d{8}", re.ASCII)
TAX_ID = re.compile(r"\d{9}L\d{2}", re.ASCII)
OWN_TAX_ID = "own_tax_id"  # the check that proves the number


class Refusal(StrEnum):
    """Why the numbers were not taken; wording/before.py words it."""

    BAD_KVK_NUMBER = "bad_kvk_number"
    BAD_TAX_ID = "bad_tax_id"
    TAX_ID_OF_OTHER = "tax_id_of_other"
    NOT_DUTCH = "not_dutch"
    CONNECTED = "connected"


class EntityRefused(Exception):
    """Nothing was changed; `names` are the entities of the company that have this number."""

    def __init__(self, refusal: Refusal, names: tuple[str, ...] = ()) -> None:
        super().__init__(refusal.value)
        self.refusal, self.names = refusal, names


def normalise(number: str) -> str:
    """A number as it is stored and compared (rule 4): capitals, without spaces, dots and dashes."""
    return re.sub(r"[\s.\-–]", "", number).upper()


def kvk_number(text: str) -> str:
    """The KvK number in `text`; raises EntityRefused for anything but 8 digits."""
    number = normalise(text)
    if not KVK_NUMBER.fullmatch(number):
        raise EntityRefused(Refusal.BAD_KVK_NUMBER)
    return number


def tax_id(text: str) -> str:
    """The loonheffingennummer in `text`; raises EntityRefused for anything but 9 digits, L and 2 digits."""
    number = normalise(text)
    if not TAX_ID.fullmatch(number):
        raise EntityRefused(Refusal.BAD_TAX_ID)
    return number


def own_tax_id(entity: LegalEntity, text: str) -> str:
    """The loonheffingennummer in `text`, where no other entity of the company has it; else raises EntityRefused (rule 4)."""
    number = tax_id(text)
    if names := _others_with(entity, number):
        raise EntityRefused(Refusal.TAX_ID_OF_OTHER, names)
    return number


def looks_mistyped(number: str) -> bool:
    """Whether the nine digits fail the eleven test: a hint to look again. Only Loket can say that a number is wrong."""
    return bool(number) and not bsn.is_valid(number[:9])


def review(entity: LegalEntity, by: User, *, kvk: str, tax: str) -> bool:
    """Stores both numbers and writes down that `by` has reviewed the entity; tells whether a number changed.

    Where there is a sign-in at Loket already, a new tax ID is looked up at once. Raises NotAllowed without payroll edit
    (rule 7), and EntityRefused. Once connected, nothing can be changed.
    """
    access.require_payroll_edit(by, entity)
    changed = _take(entity, by, kvk, tax)
    if "tax_id" in changed:
        with suppress(checking.NoSignIn):
            checking.check(entity, (OWN_TAX_ID,), actor=by)
    return bool(changed)


@transaction.atomic
def _take(entity: LegalEntity, by: User, kvk: str, tax: str) -> list[str]:
    row = _locked(entity)
    if Connection.objects.filter(entity=row).exists():
        raise EntityRefused(Refusal.CONNECTED)
    numbers = {"kvk_number": kvk_number(kvk), "tax_id": own_tax_id(row, tax)}
    changed = _store(row, by, numbers)
    evidence.declare(row, StepKey.LEGAL_ENTITY, actor=by)
    entity.refresh_from_db(fields=list(numbers))
    return changed


@transaction.atomic
def confirm(entity: LegalEntity, by: User) -> None:
    """Writes down that `by` has reviewed a connected entity. A tax ID that nobody had entered is the connection's."""
    access.require_payroll_edit(by, entity)
    row = _locked(entity)
    connection = Connection.objects.get(entity=row)
    if not row.tax_id:
        _store(row, by, {"tax_id": connection.tax_id})
    evidence.declare(row, StepKey.LEGAL_ENTITY, actor=by)
    entity.refresh_from_db(fields=["tax_id"])


def _locked(entity: LegalEntity) -> LegalEntity:
    """The entity as it is now. Its company is locked too: of two entities that take one number at once, one is refused."""
    locks.company(entity.company_id)
    row = LegalEntity.objects.select_for_update(of=("self",)).select_related("company").get(pk=entity.pk)
    if not row.is_dutch:
        raise EntityRefused(Refusal.NOT_DUTCH)
    return row


def _others_with(entity: LegalEntity, number: str) -> tuple[str, ...]:
    """Names of the company's other entities with this tax ID, or connected to an administration that has it (rule 4)."""
    others = LegalEntity.objects.filter(company=entity.company_id).exclude(pk=entity.pk)
    found = others.filter(tax_id=number) | others.filter(connection__tax_id=number)
    return tuple(found.order_by("name").values_list("name", flat=True).distinct())


def _store(entity: LegalEntity, by: User, numbers: dict[str, str]) -> list[str]:
    changed = [field for field, number in numbers.items() if getattr(entity, field) != number]
    if not changed:
        return []
    LegalEntity.objects.filter(pk=entity.pk).update(**{field: numbers[field] for field in changed})
    audit.record(
        AuditEvent.Action.ENTITY_CHANGED,
        company=entity.company,
        entity=entity,
        actor=by,
        detail=", ".join(changed),  # which, not what: the nine digits of a sole trader's number are his BSN
    )
    if "tax_id" in changed:
        _forget_proof(entity, by)
    return changed


def _forget_proof(entity: LegalEntity, by: User) -> None:
    """What Loket said of the former number says nothing of the new one."""
    if Evidence.objects.filter(entity=entity, fact=OWN_TAX_ID).exists():
        finding = Finding(Outcome.WITHDRAWN, "number_changed")
        evidence.record(finding, OWN_TAX_ID, entity=entity, actor=by)
