"""Suggestions of the workbench: which attribute support chose before, and taking those that are called the same."""

from collections import Counter

from django.db.models import OuterRef, Subquery

from mapping.bench import drafts
from mapping.bench.desk import Desk, Row
from mapping.models import FieldRule, HRAttribute, MappingSet
from mapping.rules import Decision, Rule
from mapping.suggest import Memory, Suggestion, name_key, suggest
from onboarding.models import User


def for_row(desk: Desk, row: Row) -> tuple[Suggestion, ...]:
    """What may fill a target of the desk, best first, without what fills it already."""
    there = (one for one in desk.attributes.values() if one.is_there)
    found = suggest(row.field, there, memory(row.target, desk.company.pk))
    current = row.rule.source if row.rule else None
    return tuple(one for one in found if one.key != current)


def memory(target: str, company_pk: int) -> Memory:
    """How often support has chosen an attribute called so for this target: in the published mappings of other companies."""
    attribute = HRAttribute.objects.filter(company=OuterRef("mapping_set__company"), key=OuterRef("source"))
    rules = FieldRule.objects.filter(target=target, entity=None, mapping_set__state=MappingSet.State.PUBLISHED)
    others = rules.exclude(source="").exclude(mapping_set__company=company_pk)
    labels = others.annotate(label=Subquery(attribute.values("label")[:1])).values_list("label", flat=True)
    return Counter(name_key(label) for label in labels if label)


def take_exact(desk: Desk, user: User) -> int:
    """Connects every target without a rule to the one attribute that is called exactly so, as one step that can be undone.

    Gives how many there were. Nothing that is only similar is ever taken (rule 23).
    """
    if desk.draft is None or not desk.exact:
        return 0
    wanted = [(target, Rule(target, key, decision=Decision.CONNECT), None) for target, key in desk.exact.items()]
    drafts.change_many(desk.draft, user, wanted)
    return len(wanted)
