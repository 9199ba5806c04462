"""Changes of an open draft as they are stored: each in the history with who, when, before and after (rule 28).

Who may change what, and to what, is asked above (`mapping.bench.drafts`).
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from mapping import rules
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS
from mapping.compare import differences
from mapping.models import FieldRule, MappingChange, MappingSet
from mapping.services.sets import RulesByPlace, frozen_rule, rules_of, store_rule
from onboarding.models import Company, LegalEntity, User

Wanted = tuple[str, rules.Rule | None, LegalEntity | None]
"""A target, the rule that it shall have (None: none), and for which legal entity (None: the company)."""
PLACES = {target: number for number, target in enumerate((*SCOPE_FIELDS, *LOKET_FIELDS))}
"""Where a new rule stands in its set: in the order of the catalogue."""


def draft_of(company: Company, source: str) -> MappingSet | None:
    """The open draft of this source, of which there is at most one."""
    return MappingSet.objects.filter(company=company, source=source, state=MappingSet.State.DRAFT).first()


def change_rules(
    draft: MappingSet,
    by: User | None,
    wanted: Iterable[Wanted],
    undoes: Sequence[MappingChange] = (),
) -> uuid.UUID | None:
    """Stores the rules in a draft, as one batch of its history; a rule that is there already is no change.

    Gives the batch, or None when nothing changed. `undoes`: the changes that these take back, one for each. For a caller
    that holds the company's lock.
    """
    batch, count = uuid.uuid4(), 0
    for number, (target, rule, entity) in enumerate(wanted):
        former = _replace(draft, target, rule, entity)
        undone = undoes[number] if undoes else None
        if former == rule and undone is None:
            continue
        MappingChange.objects.create(
            mapping_set=draft,
            by=by,
            entity=entity,
            entity_name=entity.name if entity else "",
            target=target,
            batch=batch,
            before=rules.row_of(former) if former else None,
            after=rules.row_of(rule) if rule else None,
            undoes=undone,
        )
        count += 1
    return batch if count else None


def note_whole(draft: MappingSet, by: User | None, what: dict[str, Any]) -> None:
    """Puts into the history what happened to the draft as a whole: that it was begun, published, discarded."""
    MappingChange.objects.create(mapping_set=draft, by=by, batch=uuid.uuid4(), after=what)


def note_differences(made: MappingSet, by: User | None, before: RulesByPlace) -> None:
    """Puts into the history, as one batch, what a set of rules does differently from those before it (rule 28).

    For a version that no draft led to: what a draft became was noted change by change.
    """
    batch = uuid.uuid4()
    places = {entity.pk: entity for entity in LegalEntity.objects.filter(company=made.company_id)}
    found = [(one, places.get(one.entity) if one.entity else None) for one in differences(before, rules_of(made))]
    MappingChange.objects.bulk_create(
        MappingChange(
            mapping_set=made,
            by=by,
            entity=entity,
            entity_name=entity.name if entity else "",
            target=one.target,
            batch=batch,
            before=rules.row_of(one.before) if one.before else None,
            after=rules.row_of(one.after) if one.after else None,
        )
        for one, entity in found
    )


def rule_in(row: dict[str, Any] | None) -> rules.Rule | None:
    """The rule that a row of the history tells; raises ValueError where this version of the portal knows none such."""
    if row is None:
        return None
    if row.get("source") is None and row.get("fallback") is None:  # "not filled here": only for one legal entity
        return rules.Rule(row["target"], None)
    return rules.rule_of(row)


def _replace(draft: MappingSet, target: str, rule: rules.Rule | None, entity: LegalEntity | None) -> rules.Rule | None:
    """Puts the rule in the place of the one that was there, and gives that one."""
    row = draft.rules.filter(target=target, entity=entity).select_related("option_map").first()
    former = frozen_rule(row) if row else None
    if former == rule:
        return former
    position = row.position if row else PLACES.get(target, len(PLACES))
    if row is not None:
        _remove(row)
    if rule is not None:
        store_rule(draft, position, rule, entity)
    return former


def _remove(row: FieldRule) -> None:
    option_map = row.option_map
    row.delete()
    if option_map is not None and not option_map.rules.exists():
        option_map.delete()
