"""The portal's own attributes: their types, where they stand, and what keeps one from being deleted (rules 23 and 26)."""

import uuid
from collections.abc import Sequence
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from loket_portal.lib.text import one_line
from mapping.catalogue import LOKET_FIELDS, FieldType, LoketField
from mapping.models import FieldRule, HRAttribute, MappingSet, PersonValue, Section
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.portal.rights import record, require_management
from mapping.rules import PORTAL, Decision, option_key
from onboarding.models import AuditEvent, Company, User
from onboarding.services import locks


class AttributeType(StrEnum):
    """What kind of value an attribute of the portal holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    YES_NO = "yes_no"
    LIST = "list"
    BSN = "bsn"
    IBAN = "iban"


LONGEST_LABEL, LONGEST_OPTION = 100, 100
SENSITIVE = frozenset({AttributeType.BSN, AttributeType.IBAN})
READING = (MappingSet.State.DRAFT, MappingSet.State.PUBLISHED, MappingSet.State.RETIRED)
SECRET_COLUMNS = frozenset({"bsn", "iban"})
"""The columns of every roster that hold such a number."""
CHANGED = AuditEvent.Action.ATTRIBUTE_CHANGED
_TYPE_OF: dict[FieldType, AttributeType] = {
    FieldType.DECIMAL: AttributeType.DECIMAL,
    FieldType.DATE: AttributeType.DATE,
    FieldType.BOOLEAN: AttributeType.YES_NO,
    FieldType.OPTION: AttributeType.LIST,
    FieldType.BSN: AttributeType.BSN,
    FieldType.IBAN: AttributeType.IBAN,
}


def type_for(field: LoketField) -> AttributeType:
    """The type of a new attribute for this field of Loket. Whole numbers are texts: a number type loses zeros in front."""
    return _TYPE_OF.get(field.type, AttributeType.TEXT)


def of_company(company: Company) -> QuerySet[HRAttribute]:
    """The attributes that the portal keeps for the company, by section and name."""
    rows = HRAttribute.objects.filter(company=company, source=HRAttribute.Source.PORTAL)
    return rows.select_related("section").order_by("section__position", "section__name", "label", "pk")


def make(
    section: Section,
    user: User | None,
    label: str,
    kind: str,
    options: Sequence[str] = (),
    *,
    duplicate_of: HRAttribute | None = None,
    migration: str = "",
) -> HRAttribute:
    """A new attribute in a section, with a key that no other ever gets. Raises NotAllowed and PortalRefused."""
    now = timezone.now()
    with transaction.atomic():
        _begin(section.company, user)
        made = HRAttribute.objects.create(
            company=section.company,
            source=HRAttribute.Source.PORTAL,
            key=f"{PORTAL}{uuid.uuid4().hex}",
            label=_label(section.company, label),
            type=AttributeType(kind),
            options=_options(kind, options),
            first_seen_at=now,
            seen_at=now,
            section=section,
            duplicate_of=duplicate_of,
            migration=migration,
        )
        made.key = f"{PORTAL}{made.pk}"
        made.save(update_fields=["key"])
        record(CHANGED, section.company, user, f"made:{section.name}: {made.label}")
    return made


@transaction.atomic
def rename(attribute: HRAttribute, user: User | None, label: str) -> None:
    """Gives it another name; the key stays, so mappings go on reading it. Raises NotAllowed and PortalRefused."""
    _begin(attribute.company, user)
    former, attribute.label = attribute.label, _label(attribute.company, label, attribute)
    attribute.save(update_fields=["label"])
    record(CHANGED, attribute.company, user, f"renamed:{former} → {attribute.label}")


@transaction.atomic
def move(attribute: HRAttribute, user: User | None, section: Section) -> None:
    """Puts it into another section of the company, mapped or not: who sees that one sees it from now on (rule 26)."""
    _begin(attribute.company, user)
    if section.company_id != attribute.company_id:
        raise PortalRefused(Refusal.OTHER_COMPANY)
    former, attribute.section = attribute.section, section
    attribute.save(update_fields=["section"])
    record(CHANGED, attribute.company, user, f"moved:{attribute.label}: {former} → {section}")


@transaction.atomic
def set_options(attribute: HRAttribute, user: User | None, options: Sequence[str]) -> None:
    """Gives a list other options; one that somebody has is refused to go. Raises NotAllowed and PortalRefused."""
    _begin(attribute.company, user)
    wanted = _options(attribute.type, options)
    gone = set(attribute.options) - set(wanted)
    held = {row.value for row in attribute.values.iterator()} if gone else set()
    if lost := sorted(gone & held):
        raise PortalRefused(Refusal.OPTION_IN_USE, options=", ".join(lost))
    attribute.options = wanted
    attribute.save(update_fields=["options"])
    record(CHANGED, attribute.company, user, f"options:{attribute.label}: {len(wanted)}")


@transaction.atomic
def delete(attribute: HRAttribute, user: User | None) -> None:
    """Deletes it with the values of all people; refused while a draft, published or retired mapping reads it (rule 26)."""
    _begin(attribute.company, user)
    if found := readers(attribute):
        raise PortalRefused(Refusal.IS_MAPPED, attribute=attribute.label, sets=", ".join(map(str, found)))
    record(CHANGED, attribute.company, user, f"deleted:{attribute.section}: {attribute.label}")
    attribute.delete()


def readers(attribute: HRAttribute) -> list[MappingSet]:
    """The drafts, published and retired mappings that read the attribute; while there is one it stays (rule 26)."""
    rows = MappingSet.objects.filter(company=attribute.company_id, state__in=READING, rules__source=attribute.key)
    return list(rows.distinct())


def people_with_a_value(attribute: HRAttribute) -> int:
    """Of how many people the portal keeps something in this attribute."""
    return PersonValue.objects.filter(attribute=attribute).values("person_hash").distinct().count()


def sensitive_keys(company: Company) -> frozenset[str]:
    """The keys of attributes whose values are masked wherever they are shown: a BSN or an IBAN, by type or by target.

    The roster's own columns of that kind always are. What was one in a former version still is; and so is what was
    copied from one, whatever the copy fills.
    """
    targets = [field.key for field in LOKET_FIELDS.values() if field.sensitive]
    rules = FieldRule.objects.filter(mapping_set__company=company, mapping_set__state__in=READING).exclude(source="")
    own = HRAttribute.objects.filter(company=company, type__in=SENSITIVE)
    found = {
        *SECRET_COLUMNS,
        *rules.filter(target__in=targets).values_list("source", flat=True),
        *own.values_list("key", flat=True),
    }
    copies = HRAttribute.objects.filter(company=company, source=HRAttribute.Source.PORTAL)
    copied = copies.filter(duplicate_of__key__in=found).values_list("key", flat=True)
    is_copy = Q(decision=Decision.DUPLICATE) | Q(source__in=copies.exclude(migration="").values("key"))
    former = rules.filter(is_copy, former_source__in=found)
    return frozenset(found).union(copied, former.values_list("source", flat=True))


def _begin(company: Company, user: User | None) -> None:
    locks.company(company.pk)
    require_management(user, company)


def _label(company: Company, label: str, attribute: HRAttribute | None = None) -> str:
    """The name as it is stored; a company has no two of one name, since files and documents call them by it."""
    label = one_line(label)[:LONGEST_LABEL].strip()
    if not label:
        raise PortalRefused(Refusal.NAME_MISSING)
    others = of_company(company).exclude(pk=attribute.pk if attribute else 0)
    if option_key(label) in {option_key(other) for other in others.values_list("label", flat=True)}:
        raise PortalRefused(Refusal.NAME_TAKEN, name=label)
    return label


def _options(kind: str, options: Sequence[str]) -> list[str]:
    """The options of a list, each once, in their order; other types have none."""
    if kind != AttributeType.LIST:
        return []
    found = [text for option in options if (text := one_line(option)[:LONGEST_OPTION].strip())]
    if not found:
        raise PortalRefused(Refusal.NO_OPTIONS)
    keys = [option_key(option) for option in found]
    if len(set(keys)) < len(keys):
        twice = next(option for option, key in zip(found, keys, strict=True) if keys.count(key) > 1)
        raise PortalRefused(Refusal.OPTION_TWICE, option=twice)
    return found
