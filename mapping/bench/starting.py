"""What a draft begins with: the rules in force, the default mapping as it fits one company, or none."""

from enum import StrEnum

from mapping import rules, services
from mapping.attributes import default_document, default_roster, of_company
from mapping.bench.refusals import NotPossible, Refusal
from mapping.models import MappingSet
from mapping.resolve import resolve
from mapping.services import Source
from mapping.services.sets import rules_of
from onboarding.models import Company

NAMES = {Source.PERSONIO: "Personio", Source.ROSTER: "Roster"}
Beginning = tuple[str, dict[tuple[str, int | None], rules.Rule]]
"""The name of the set, and its rules."""


class Start(StrEnum):
    """What a draft begins with."""

    PUBLISHED = "published"
    EMPTY = "empty"
    DEFAULT = "default"


def beginning(company: Company, source: str, start: Start) -> Beginning:
    """The name and the rules of a new draft; raises NotPossible where there is nothing to begin with."""
    current = services.published(company, source)
    if start is Start.PUBLISHED:
        return _of_published(current)
    name = current.name if current else NAMES[Source(source)]
    return (name, {}) if start is Start.EMPTY else (name, _of_default(company, source))


def _of_published(current: MappingSet | None) -> Beginning:
    if current is None:
        raise NotPossible(Refusal.NOTHING_PUBLISHED)
    return current.name, rules_of(current)


def _of_default(company: Company, source: str) -> dict[tuple[str, int | None], rules.Rule]:
    """The default mapping; of Personio's, what no attribute is found for stays with its fallback, or is left out."""
    if source == Source.ROSTER:
        return _company_rules(rules.from_dict(default_roster()))
    attributes = list(of_company(company).filter(gone_at__isnull=True))
    if not attributes:
        raise NotPossible(Refusal.ATTRIBUTES_UNREAD)
    found = resolve(default_document(), attributes).document
    return _company_rules(rules.from_dict(found)) if found["rules"] else {}


def _company_rules(found: rules.MappingSet) -> dict[tuple[str, int | None], rules.Rule]:
    return {(rule.target, None): rule for rule in found.rules}
