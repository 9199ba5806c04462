"""What every look at a mapping with real people needs: which legal entities, which of Loket's lists, what is hidden."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from loket_portal.lib.redact import HIDDEN, mask
from mapping import attributes
from mapping.bench.catalog import attributes_of
from mapping.catalogue import LOKET_FIELDS
from mapping.models import FieldRule, MappingChange, MappingSet
from mapping.portal.attributes import sensitive_keys
from mapping.rules import MappingSet as Rules
from mapping.rules import Option, Rule, ValueLists
from mapping.services import Source, frozen_rules
from mapping.wording.workbench import called
from onboarding.models import Connection, LegalEntity, ValueList
from sync.models import Roster

ROSTER_HIDDEN = frozenset({"bsn", "iban"})
"""The roster's own columns of that kind, mapped or not."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mapping set, and the legal entity that is looked at; None: all that follow the company's own rules."""

    mapping_set: MappingSet
    entity: LegalEntity | None
    entities: tuple[LegalEntity, ...]

    @property
    def rules(self) -> Rules:
        """The rules in force there."""
        return frozen_rules(self.mapping_set, self.entity)

    @property
    def one(self) -> LegalEntity | None:
        """The legal entity that is meant where it takes one: the chosen one, else the first that has people."""
        return self.entity or _first_with_people(self.entities)


def _first_with_people(entities: Sequence[LegalEntity]) -> LegalEntity | None:
    """The first whose people are known, from a roster or a reading; the first of all where nobody's are."""
    rows = Roster.objects.filter(Q(entity__in=entities) | Q(bench_for__in=entities), person_count__gt=0)
    known = {(pk or bench_pk, there) for pk, bench_pk, there in rows.values_list("entity", "bench_for", "personio_id")}
    return next((one for one in entities if (one.pk, one.personio_id) in known), next(iter(entities), None))


def place(mapping_set: MappingSet, entity_pk: str = "") -> Place:
    """The Dutch legal entities (rule 1) whose people come from the set's source.

    Raises LegalEntity.DoesNotExist for any other.
    """
    rows = LegalEntity.objects.filter(company=mapping_set.company_id).select_related("company").order_by("name")
    of_personio = mapping_set.source == Source.PERSONIO
    entities = tuple(row for row in rows if row.is_dutch and row.reads_personio == of_personio)
    if not entity_pk:
        return Place(mapping_set, None, entities)
    chosen = next((one for one in entities if str(one.pk) == entity_pk), None)
    if chosen is None:
        raise LegalEntity.DoesNotExist
    return Place(mapping_set, chosen, entities)


def following(found: Place, target: str) -> tuple[LegalEntity, ...]:
    """The chosen legal entity, else those without a rule of their own for this target."""
    if found.entity is not None:
        return (found.entity,)
    own = set(found.mapping_set.rules.filter(target=target, entity__isnull=False).values_list("entity", flat=True))
    return tuple(one for one in found.entities if one.pk not in own)


def lists_of(entity: LegalEntity) -> ValueLists:
    """Loket's lists as the entity's administration has them; before it is connected, as the company's sign-ins saw them."""
    connection = Connection.objects.filter(entity=entity).first()
    if connection is None:
        return attributes.value_lists(entity.company)
    rows = ValueList.objects.filter(login=connection.login_id, administration_id=connection.administration_id)
    lists = {row.name: tuple(_option(one) for one in row.options) for row in rows}
    return lists or attributes.value_lists(entity.company)


def _option(row: dict[str, object]) -> Option:
    key, iso_code = row.get("key", ""), row.get("iso_code")
    return Option(
        key if isinstance(key, int) else str(key), str(row.get("value", "")), str(iso_code) if iso_code else None
    )


def hidden_keys(mapping_set: MappingSet) -> frozenset[str]:
    """The attributes whose values are masked wherever they are shown.

    Also those that a retired version, or this draft before its last changes, read a BSN or an IBAN from: the people who
    were read for that may still be here.
    """
    own = ROSTER_HIDDEN if mapping_set.source == Source.ROSTER else frozenset[str]()
    targets = [field.key for field in LOKET_FIELDS.values() if field.sensitive]
    rules = FieldRule.objects.filter(mapping_set__company=mapping_set.company_id, target__in=targets)
    retired = rules.filter(mapping_set__state=MappingSet.State.RETIRED).values_list("source", flat=True)
    changes = MappingChange.objects.filter(mapping_set=mapping_set, target__in=targets)
    former = (str((rule or {}).get("source") or "") for rule in changes.values_list("before", flat=True))
    return sensitive_keys(mapping_set.company) | own | {key for key in (*retired, *former) if key}


def is_sensitive(target: str) -> bool:
    """Whether a target is a BSN or an IBAN in Loket."""
    return target in LOKET_FIELDS and LOKET_FIELDS[target].sensitive


def masked(text: str) -> str:
    """The mask of a value; what is one already stays as it is."""
    return text if text.startswith(HIDDEN) else mask(text)


def labels_of(mapping_set: MappingSet) -> dict[str, str]:
    """What the attributes are called, by key; columns of a roster in the reader's language."""
    return {key: called(one) for key, one in attributes_of(mapping_set.company, mapping_set.source).items()}


def rule_of(rules: Rules, target: str, key: str = "") -> Rule:
    """The rule of a target, or one that reads the attribute `key` in its place; it may read nothing."""
    rule = rules.rule(target)
    if key and (rule is None or rule.source != key):
        return Rule(target, key)
    return rule or Rule(target, None)
