"""Support's own pages about mappings, in the admin and beside it: found by their addresses, with something to show."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mapping.models import HRAttribute, MappingSet, ValueImport
from mapping.portal import carrying
from mapping.portal.carrying import Plan
from mapping.rules import Decision, Rule
from onboarding.models import Company
from tests.mapping.portal import value_list
from tests.sync.bench import GENDER, draft

BESIDE, IN_ADMIN = "support/", "workbench/"


@dataclass(frozen=True)
class Desk:
    """What the desk has of one company: a draft that reads a copy of a column, a carrying over of old data, the number of
    an earlier version.
    """

    draft: MappingSet
    copy: HRAttribute
    made: ValueImport
    earlier: int = 1


def _patterns(found: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in found:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        elif pattern.name and (route.startswith(BESIDE) or IN_ADMIN in route):
            yield pattern.name, tuple(sorted(pattern.pattern.converters))


PAGES = sorted(set(_patterns(get_resolver().url_patterns)))
"""The name of every address, and the names of its places."""


def desk_of(company: Company) -> Desk:
    """A copy of the roster's column, read by the draft; two versions came before where the company had none."""
    for state in (MappingSet.State.RETIRED, MappingSet.State.PUBLISHED):
        if not MappingSet.objects.filter(company=company, source="roster", state=MappingSet.State.PUBLISHED).exists():
            MappingSet.objects.filter(pk=draft(company, "roster", Rule(GENDER, "gender")).pk).update(state=state)
    copy = copied(company)
    rule = Rule(GENDER, copy.key, decision=Decision.DUPLICATE, former_source="gender")
    made = carrying.store(copy, None, Plan(0, (), 0, ()), None, ValueImport.Kind.CARRIED)
    made_of = draft(company, "roster", rule)
    return Desk(made_of, copy, made, made_of.version - 2)


def copied(company: Company) -> HRAttribute:
    """A copy of the company's column, whose old data isn't carried over yet."""
    value_list(company, "gender", "Zzman", "Zzvrouw")
    return carrying.duplicate(company, None, "gender", GENDER)


def address(name: str, places: tuple[str, ...], desk: Desk, **query: object) -> str:
    """Where the page is. Fails for a place that nobody has taught the tests: then a page would go unseen."""
    values = {"pk": desk.draft.pk, "attribute_pk": desk.copy.pk, "kind": "undo", "target": GENDER}
    values |= {"company": desk.draft.company_id, "source": desk.draft.source, "name": "undo", "version": desk.earlier}
    assert set(places) <= set(values), f"{name} has a place the tests don't know: give it an object of the company"
    page = f"admin:{name}" if name.startswith("mapping_") else name
    return reverse(page, kwargs={one: values[one] for one in places}, query=query)
