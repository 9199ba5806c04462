"""A company's mapping as its members see it: what is in force, what they are asked for, what is wrong. Nobody edits here."""

from dataclasses import dataclass
from datetime import datetime

from mapping import drift
from mapping.attributes.asked import Asked, asked
from mapping.bench.catalog import Attribute
from mapping.bench.desk import Desk, Row, desk
from mapping.coverage import State
from mapping.models import MappingSet
from mapping.rules import Rule
from mapping.services import Source, source_of
from mapping.services.lists import lists_read_at
from onboarding.models import Company, Issue, LegalEntity, User
from onboarding.services import issues, personio
from onboarding.services.company_picture import company_of

KINDS = (*drift.KINDS, Issue.Kind.ATTRIBUTES_UNREADABLE, Issue.Kind.LOKET_VALUE_GONE)
"""The issues that are about the mapping."""
EMPTY = frozenset({State.UNMAPPED, State.REQUIRED, State.OFF, State.WAITS})
"""States of a target that nothing fills."""


@dataclass(frozen=True, slots=True)
class Own:
    """What counts for one legal entity in place of the company's rule; without a source and a value it fills nothing."""

    entity: LegalEntity
    rule: Rule
    attribute: Attribute | None


@dataclass(frozen=True, slots=True)
class Target:
    """One field of Loket that something fills, with what counts for single legal entities. `wrong`: what is open there."""

    row: Row
    own: tuple[Own, ...]
    wrong: tuple[Issue, ...]


@dataclass(frozen=True)
class Overview:
    """One company and source. `sources`: those in use, `draft_since`: when support began the next version.

    `entity`: whose rules are looked at; None: the company's.
    """

    desk: Desk
    sources: tuple[str, ...]
    filled: tuple[Target, ...]
    unfilled: tuple[Row, ...]
    asked: tuple[Asked, ...]
    issues: tuple[Issue, ...]
    draft_since: datetime | None
    lists_read_at: datetime | None

    @property
    def company(self) -> Company:
        return self.desk.company

    @property
    def mapping(self) -> MappingSet | None:
        return self.desk.published


def overview(user: User, company_pk: int, source: str = "") -> Overview | None:
    """The mapping in force; None for a company that the user is no member of, as for one that doesn't exist."""
    company = company_of(user, company_pk)
    if company is None:
        return None
    sources = _sources(company)
    found = desk(company.pk, source if source in sources else sources[0], in_force=True)
    if found is None:
        return None
    wrong = _issues(company, found.source)
    rows = [row for row in found.rows if row.state not in EMPTY or _own(found, row)]
    drafts = MappingSet.objects.filter(company=company, source=found.source, state=MappingSet.State.DRAFT)
    return Overview(
        desk=found,
        sources=sources,
        filled=tuple(Target(row, _own(found, row), _about(row, wrong)) for row in rows),
        unfilled=tuple(row for row in found.rows if row not in rows),
        asked=_asked(company) if found.source == Source.PERSONIO else (),
        issues=wrong,
        draft_since=drafts.values_list("created_at", flat=True).first(),
        lists_read_at=lists_read_at(company),
    )


def _asked(company: Company) -> tuple[Asked, ...]:
    """Nothing while the company has no Personio here: nobody could see that it was made."""
    return tuple(asked(company)) if personio.account_of(company) else ()


def _sources(company: Company) -> tuple[str, ...]:
    """Where the people of its legal entities come from, and what it has a mapping of; Personio first."""
    used = {str(source_of(entity)) for entity in company.entities.all()}
    used |= set(company.mapping_sets.filter(state=MappingSet.State.PUBLISHED).values_list("source", flat=True))
    return tuple(one for one in (str(Source.PERSONIO), str(Source.ROSTER)) if one in used) or (str(Source.ROSTER),)


def _issues(company: Company, source: str) -> tuple[Issue, ...]:
    """Those of Loket's lists, and of Personio where the mapping reads it."""
    rows = issues.open_of(company).filter(kind__in=KINDS, source__in=[source, Issue.Source.LOKET])
    return tuple(rows)


def _own(found: Desk, row: Row) -> tuple[Own, ...]:
    rules = ((entity, found.rules.get((row.target, entity.pk))) for entity in found.entities)
    return tuple(
        Own(entity, rule, found.attributes.get(rule.source) if rule.source else None)
        for entity, rule in rules
        if rule is not None
    )


def _about(row: Row, wrong: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """An issue names the field in its words; these are the ones of this field."""
    return tuple(issue for issue in wrong if any(_is(field, row) for field in issue.params.get("fields", ())))


def _is(field: object, row: Row) -> bool:
    return isinstance(field, dict) and field.get("label") == row.field.label
