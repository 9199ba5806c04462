"""Mapping sets: publish a version from plain data, hand it to the sync as frozen rules, and say what it still lacks."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from mapping import rules
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS
from mapping.models import FieldRule, MappingSet, OptionMap, OptionMapEntry
from onboarding.models import AuditEvent, Company, LegalEntity, User
from onboarding.services import audit, entities, locks

Source = MappingSet.Source


def source_of(entity: LegalEntity) -> Source:
    """Where the people of an entity come from, and so which mapping set counts for it."""
    return Source.PERSONIO if entity.reads_personio else Source.ROSTER


def published(company: Company, source: str = Source.ROSTER) -> MappingSet | None:
    """The company's mapping set of this source in force."""
    return MappingSet.objects.filter(company=company, source=source, state=MappingSet.State.PUBLISHED).first()


def published_for(entity: LegalEntity) -> MappingSet | None:
    """The mapping set in force for an entity: the one of its source."""
    return published(entity.company, source_of(entity))


@transaction.atomic
def publish(
    company: Company, data: Mapping[str, Any], user: User | None = None, source: str = Source.ROSTER
) -> MappingSet:
    """Stores the rules as a new published version and retires the one before; the same rules again change nothing.

    Raises ValueError, naming the rule, when the data isn't a mapping of this source (`rules.from_dict`).
    """
    wanted = rules.from_dict(data)
    _refuse_scope(wanted, source)
    digest = _digest(wanted)
    locks.company(company.pk)
    current = published(company, source)
    if current is not None and current.digest == digest:
        write_readiness(company)
        return current
    versions = MappingSet.objects.filter(company=company, source=source)
    newest = versions.order_by("-version").first()
    made = MappingSet.objects.create(
        company=company, source=source, name=wanted.name, version=newest.version + 1 if newest else 1, digest=digest
    )
    for position, rule in enumerate(wanted.rules):
        _store_rule(made, position, rule)
    versions.filter(state=MappingSet.State.PUBLISHED).update(state=MappingSet.State.RETIRED)
    made.state, made.published_at, made.published_by = MappingSet.State.PUBLISHED, timezone.now(), user
    made.save(update_fields=["state", "published_at", "published_by"])
    audit.record(AuditEvent.Action.MAPPING_PUBLISHED, company=company, actor=user, detail=str(made))
    write_readiness(company)
    return made


def _refuse_scope(mapping: rules.MappingSet, source: str) -> None:
    if source != Source.PERSONIO and (found := next((r for r in mapping.rules if r.target in SCOPE_FIELDS), None)):
        raise ValueError(f"{found.target} has columns of its own in a roster; no rule fills it.")


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
        option_map={rules.option_key(entry.hr_value): entry.loket_value for entry in entries},
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


def _scope_without_source(mapping: rules.MappingSet) -> Iterator[Lack]:
    """A source without these columns must say by its attributes who is sent (rule 39)."""
    for field in SCOPE_FIELDS.values():
        rule = mapping.rule(field.key)
        if rule is None or rule.source is None:
            yield {"code": "required_scope", "label": field.label, "label_nl": field.label_nl}


LACKS: tuple[Callable[[rules.MappingSet], Iterator[Lack]], ...] = (_required_without_source,)
"""The questions that a mapping must answer before an entity is enabled (rule 29). A new one is one function here."""
LACKS_OF: dict[str, tuple[Callable[[rules.MappingSet], Iterator[Lack]], ...]] = {
    Source.PERSONIO: (_scope_without_source,)
}
"""The questions to the mapping of one source only; they come first."""


def readiness(company: Company, source: str = Source.ROSTER) -> list[Lack]:
    """What the company's published mapping of this source still lacks; empty when nothing does."""
    current = published(company, source)
    if current is None:
        return [{"code": "no_mapping", "label": "", "label_nl": ""}]
    frozen = frozen_rules(current)
    return [lack for lacks in (*LACKS_OF.get(source, ()), *LACKS) for lack in lacks(frozen)]


def write_readiness(company: Company) -> list[Lack]:
    """Writes down on each entity of the company what the mapping of its source lacks, and gives the lacks of all.

    Pages of onboarding can't look here, so this is how they know.
    """
    found = {source: readiness(company, source) for source in Source}
    for source, lacks in found.items():
        entities.note_mapping(company, lacks, reads_personio=source is Source.PERSONIO)
    used = {source_of(entity) for entity in company.entities.all()} or {Source.ROSTER}
    return [lack for source in Source if source in used for lack in found[source]]


def look_for(entity: LegalEntity) -> None:
    """Gives an entity that is about to be stored the readiness of its source: the mapping may be older than itself."""
    entity.mapping_lacks = list(readiness(entity.company, source_of(entity)))
    entity.mapping_looked_at = timezone.now()
