"""Values of Loket's lists that a published mapping stands on and that are in no administration's list any more (rule 30)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from mapping import drift, rules
from mapping.models import FieldRule, MappingSet
from mapping.services import frozen_rule
from mapping.services.lists import former_values, value_lists
from onboarding.models import Company, Issue, LegalEntity
from onboarding.services import issues
from onboarding.services.issues import Found

KIND = Issue.Kind.LOKET_VALUE_GONE
RENAMED = gettext_noop("It is called “%(now)s” there now.")


def note_vanished(company: Company) -> None:
    """Makes the issues about values that went at Loket exactly what is wrong with the published mappings now."""
    gone = former_values(company)
    found = _found(company, gone) if gone else {}
    issues.report(company, Issue.Source.LOKET, [KIND], found.values())


def note_vanished_of(company_pk: int | None = None) -> int:
    """The same for a company by its number, else for every one that publishes a mapping; gives how many were looked at."""
    rows = Company.objects.filter(mapping_sets__state=MappingSet.State.PUBLISHED).distinct().order_by("pk")
    found = list(rows if company_pk is None else rows.filter(pk=company_pk))
    for company in found:
        note_vanished(company)
    return len(found)


def _found(company: Company, gone: rules.ValueLists) -> dict[str, Found]:
    """By subject. What more than one legal entity stands on is of the company; what one stands on is of that one."""
    lists, found = value_lists(company), dict[str, Found]()
    for entity, rule in _rules(company):
        for one in drift.vanished(rule, lists, gone):
            known = found.get(one.subject)
            is_of_one = known is None or known.entity == entity
            own = entity if is_of_one else None
            found[one.subject] = Found(one.kind, one.subject, _params(one.params), one.is_blocking, own)
    return found


def _params(params: Mapping[str, Any]) -> dict[str, Any]:
    """With what the value is called today, as a sentence of its own where Loket has only renamed it."""
    renamed = {"msgid": RENAMED if params["now"] else "", "params": {"now": params["now"]}}
    return {**params, "renamed": renamed}


def _rules(company: Company) -> Iterator[tuple[LegalEntity | None, rules.Rule]]:
    """The rules in force of both sources, each with the legal entity that has it in place of the company's."""
    rows = FieldRule.objects.filter(mapping_set__company=company, mapping_set__state=MappingSet.State.PUBLISHED)
    for row in rows.select_related("entity", "option_map").prefetch_related("option_map__entries").order_by("pk"):
        yield row.entity, frozen_rule(row)
