"""Changes of an open draft as they are stored: each in the history with who, when, before and after (rule 28).

Who may change what, and to what, is asked above (`mapping.bench.drafts`).
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from mapping import rules
from mapping.catalogue import TARGETS
from mapping.compare import differences
from mapping.models import FieldRule, MappingChange, MappingSet
from mapping.services.sets import RulesByPlace, frozen_rule, rules_of, store_rule
from onboarding.models import Company, LegalEntity, User

Wanted = tuple[str, rules.Rule | None, LegalEntity | None]
"""A target, the rule that it shall have (None: none), and for which legal entity (None: the company)."""


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


def note_whole(draft: MappingSet, by: User | None, what: dict[str, Any]) -> uuid.UUID:
    """Puts into the history what happened to the draft as a whole: that it was begun, published, discarded; gives the
    batch."""
    batch = uuid.uuid4()
    MappingChange.objects.create(mapping_set=draft, by=by, batch=batch, after=what)
    return batch


def note_beginning(made: MappingSet, by: User | None, what: dict[str, Any], before: RulesByPlace) -> None:
    """Puts into the history that a set was begun, and what it does differently from `before` already: both in one batch,
    which nobody takes back."""
    note_differences(made, by, before, note_whole(made, by, what))


def changes_since_begun(draft: MappingSet) -> QuerySet[MappingChange]:
    """The changes of single rules, without what the draft was begun with."""
    return draft.changes.exclude(target="").exclude(batch__in=draft.changes.filter(target="").values("batch"))


def note_differences(made: MappingSet, by: User | None, before: RulesByPlace, batch: uuid.UUID | None = None) -> None:
    """Puts into the history, as one batch, what a set of rules does differently from those before it (rule 28).

    For rules that were not changed one by one: what a draft became was noted change by change. `batch`: the one that
    they belong to; None: one of their own.
    """
    batch = batch or uuid.uuid4()
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
    position = row.position if row else TARGETS.get(target, len(TARGETS))
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
