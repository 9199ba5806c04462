"""Mapping sets: publish a version from plain data, hand it to the sync as frozen rules, and say what it still lacks."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from mapping import rules
from mapping.catalogue import LOKET_FIELDS
from mapping.models import FieldRule, MappingSet, OptionMap, OptionMapEntry
from onboarding.models import AuditEvent, Company, LegalEntity, User
from onboarding.services import audit, entities


def published(company: Company) -> MappingSet | None:
    """The company's mapping set in force."""
    return MappingSet.objects.filter(company=company, state=MappingSet.State.PUBLISHED).first()


@transaction.atomic
def publish(company: Company, data: Mapping[str, Any], user: User | None = None) -> MappingSet:
    """Stores the rules as a new published version and retires the one before; the same rules again change nothing.

    Raises ValueError, naming the rule, when the data isn't a mapping (`rules.from_dict`).
    """
    wanted = rules.from_dict(data)
    digest = _digest(wanted)
    Company.objects.select_for_update().get(pk=company.pk)
    current = published(company)
    if current is not None and current.digest == digest:
        write_readiness(company)
        return current
    newest = MappingSet.objects.filter(company=company).order_by("-version").first()
    made = MappingSet.objects.create(
        company=company, name=wanted.name, version=newest.version + 1 if newest else 1, digest=digest
    )
    for position, rule in enumerate(wanted.rules):
        _store_rule(made, position, rule)
    MappingSet.objects.filter(company=company, state=MappingSet.State.PUBLISHED).update(state=MappingSet.State.RETIRED)
    made.state, made.published_at, made.published_by = MappingSet.State.PUBLISHED, timezone.now(), user
    made.save(update_fields=["state", "published_at", "published_by"])
    audit.record(AuditEvent.Action.MAPPING_PUBLISHED, company=company, actor=user, detail=str(made))
    write_readiness(company)
    return made


def _digest(mapping: rules.MappingSet) -> str:
    content = {**rules.to_dict(mapping), "version": 0}  # our own version number counts, not the file's
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _store_rule(mapping_set: MappingSet, position: int, rule: rules.Rule) -> None:
    option_map = None
    if rule.option_map:
        option_map = OptionMap.objects.create(mapping_set=mapping_set, name=rule.target)
        OptionMapEntry.objects.bulk_create(
            OptionMapEntry(option_map=option_map, hr_value=hr_value, loket_value=loket_value)
            for hr_value, loket_value in rule.option_map.items()
        )
    FieldRule.objects.create(
        mapping_set=mapping_set,
        position=position,
        target=rule.target,
        source=rule.source or "",
        converter=rule.converter,
        option_map=option_map,
        fallback=rule.fallback or "",
        write_mode=rule.write_mode.value,
        empty=rule.empty.value,
    )


def frozen_rules(mapping_set: MappingSet) -> rules.MappingSet:
    """The set as the pure core wants it."""
    rows = mapping_set.rules.select_related("option_map").prefetch_related("option_map__entries")
    return rules.MappingSet(mapping_set.name, mapping_set.version, tuple(_frozen(row) for row in rows))


def _frozen(row: FieldRule) -> rules.Rule:
    entries = row.option_map.entries.all() if row.option_map else []
    return rules.Rule(
        target=row.target,
        source=row.source or None,
        converter=row.converter,
        option_map={entry.hr_value: entry.loket_value for entry in entries},
        fallback=row.fallback or None,
        write_mode=rules.WriteMode(row.write_mode),
        empty=rules.Empty(row.empty),
    )


Lack = dict[str, str]
"""One thing that the mapping lacks: `code` (worded in onboarding/wording/enabling.py) and the field's `label`, `label_nl`."""


def _required_without_source(mapping: rules.MappingSet) -> Iterator[Lack]:
    """Fields without which nobody new can be made, and which no HR attribute fills. A fallback would be everybody's."""
    for field in LOKET_FIELDS.values():
        rule = mapping.rule(field.key)
        if field.required_for_new and (rule is None or rule.source is None):
            yield {"code": "required_field", "label": field.label, "label_nl": field.label_nl}


LACKS: tuple[Callable[[rules.MappingSet], Iterator[Lack]], ...] = (_required_without_source,)
"""The questions that a mapping must answer before an entity is enabled (rule 29). A new one is one function here."""


def readiness(company: Company) -> list[Lack]:
    """What the company's published mapping still lacks; empty when nothing does."""
    current = published(company)
    if current is None:
        return [{"code": "no_mapping", "label": "", "label_nl": ""}]
    frozen = frozen_rules(current)
    return [lack for lacks in LACKS for lack in lacks(frozen)]


def write_readiness(company: Company) -> list[Lack]:
    """Writes down on the company's entities what the mapping lacks, and gives it: pages of onboarding can't look here."""
    lacks = readiness(company)
    entities.note_mapping(company, lacks)
    return lacks


def look_for_new(entity: LegalEntity) -> None:
    """Gives an entity that is about to be stored the readiness of its company: its mapping may be older than itself."""
    entity.mapping_lacks, entity.mapping_looked_at = list(readiness(entity.company)), timezone.now()
