"""Mapping sets as they are stored, and as frozen rules for the pure core."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from mapping import rules
from mapping.models import FieldRule, MappingSet, OptionMap, OptionMapEntry
from onboarding.models import Company, LegalEntity

Source = MappingSet.Source
RulesByPlace = Mapping[tuple[str, int | None], rules.Rule]
"""The rules of a set by target and legal entity; None is the company's own."""


def source_of(entity: LegalEntity) -> Source:
    """Where the people of an entity come from, and so which mapping set counts for it."""
    return Source.PERSONIO if entity.reads_personio else Source.ROSTER


def published(company: Company, source: str = Source.ROSTER) -> MappingSet | None:
    """The company's mapping set of this source in force."""
    return MappingSet.objects.filter(company=company, source=source, state=MappingSet.State.PUBLISHED).first()


def published_for(entity: LegalEntity) -> MappingSet | None:
    """The mapping set in force for an entity: the one of its source."""
    return published(entity.company, source_of(entity))


def rules_of(mapping_set: MappingSet) -> dict[tuple[str, int | None], rules.Rule]:
    """All rules of a set in their order, also those that say nothing: an entity's "not filled here"."""
    rows = mapping_set.rules.order_by("position", "pk").select_related("option_map")
    rows = rows.prefetch_related("option_map__entries")
    return {(row.target, row.entity_id): frozen_rule(row) for row in rows}


def frozen_rules(mapping_set: MappingSet, entity: LegalEntity | None = None) -> rules.MappingSet:
    """The set as the pure core wants it: the company's rules, each replaced by the legal entity's own where it has one.

    An override with neither source nor fallback means that the legal entity doesn't fill this field at all.
    """
    found = rules_in_force(rules_of(mapping_set), entity.pk if entity else None)
    return rules.MappingSet(mapping_set.name, mapping_set.version, found)


def rules_in_force(found: RulesByPlace, entity_pk: int | None) -> tuple[rules.Rule, ...]:
    """The rules that count for a legal entity; for None those of the company."""
    own = {target: rule for (target, place), rule in found.items() if place is None}
    if entity_pk is not None:
        own |= {target: rule for (target, place), rule in found.items() if place == entity_pk}
    return tuple(rule for rule in own.values() if rule.source or rule.fallback)


def rule_at(found: RulesByPlace, target: str, entity_pk: int | None) -> rules.Rule | None:
    """The rule of a target for a legal entity, else the company's, also one that says "not filled here"; None: no rule."""
    return found.get((target, entity_pk)) or found.get((target, None))


def frozen_rule(row: FieldRule) -> rules.Rule:
    """One rule as the pure core wants it."""
    entries = row.option_map.entries.all() if row.option_map else []
    return rules.Rule(
        target=row.target,
        source=row.source or None,
        converter=row.converter,
        option_map={rules.option_key(entry.hr_value): entry.loket_value for entry in entries},
        fallback=row.fallback or None,
        write_mode=rules.WriteMode(row.write_mode),
        empty=rules.Empty(row.empty),
        argument=row.argument,
        too_long=rules.TooLong(row.too_long),
        decision=rules.Decision(row.decision) if row.decision else None,
        former_source=row.former_source or None,
    )


def store_rule(
    mapping_set: MappingSet, position: int, rule: rules.Rule, entity: LegalEntity | None = None
) -> FieldRule:
    """Adds a rule to a draft: the company's own, or what counts for one legal entity in its place."""
    return FieldRule.objects.create(
        mapping_set=mapping_set,
        entity=entity,
        position=position,
        target=rule.target,
        source=rule.source or "",
        converter=rule.converter,
        option_map=_stored_options(mapping_set, rule, entity),
        fallback=rule.fallback or "",
        write_mode=rule.write_mode.value,
        empty=rule.empty.value,
        argument=rule.argument,
        too_long=rule.too_long.value,
        decision=rule.decision.value if rule.decision else "",
        former_source=rule.former_source or "",
    )


def store_rules(mapping_set: MappingSet, found: RulesByPlace) -> None:
    """Fills a new draft, in this order; rules of legal entities that the company no longer has are left out."""
    places = {entity.pk: entity for entity in LegalEntity.objects.filter(company=mapping_set.company_id)}
    for position, ((_target, place), rule) in enumerate(found.items()):
        if place is None or place in places:
            store_rule(mapping_set, position, rule, places[place] if place is not None else None)


def _stored_options(mapping_set: MappingSet, rule: rules.Rule, entity: LegalEntity | None) -> OptionMap | None:
    if not rule.option_map:
        return None
    name = f"{rule.target} {entity.pk}" if entity else rule.target
    option_map = OptionMap.objects.create(mapping_set=mapping_set, name=name)
    OptionMapEntry.objects.bulk_create(
        OptionMapEntry(option_map=option_map, hr_value=hr_value, loket_value=loket_value)
        for hr_value, loket_value in rule.option_map.items()
    )
    return option_map


def digest_of(mapping: rules.MappingSet) -> str:
    """Of a document: the same for the same name and rules, whatever its version."""
    return _digest({**rules.to_dict(mapping), "version": 0})  # our own version number counts, not the file's


def rules_digest(found: Iterable[rules.Rule]) -> str:
    """Of what rules do to people, whoever wrote them in whichever order: what a preview was seen of."""
    rows = [rules.row_of(rule) for rule in sorted(found, key=lambda rule: rule.target)]
    history = ("decision", "former_source")  # these tell how support came to the attribute
    return _digest([{name: value for name, value in row.items() if name not in history} for row in rows])


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
