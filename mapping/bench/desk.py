"""What the page of the mapping workbench shows of one company and source, in a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Max

from mapping import coverage, rules
from mapping.attributes import open_requests, value_lists
from mapping.bench import drafts
from mapping.bench.catalog import Attribute, attributes_of
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, LoketField, ScopeField
from mapping.converters import Fault, option_for
from mapping.coverage import Facts, Share, State
from mapping.models import AttributeRequest, HRAttribute, MappingChange, MappingSet, Preview
from mapping.rules import Option, Rule
from mapping.services import Source, source_of
from mapping.services.sets import RulesByPlace, rule_at
from mapping.suggest import fits, name_key
from mapping.words import UNDERSTOOD
from onboarding.models import Company, LegalEntity

SCOPE = "scope"
"""The group of the targets that decide who is sent; they are in no group of the catalogue."""
Target = LoketField | ScopeField


@dataclass(frozen=True, slots=True)
class Row:
    """One target. `rule` counts for who is looked at: the company, or the legal entity that was chosen.

    `is_own`: the legal entity has a rule of its own here. `overrides`: who else has. `listed` and `mapped`: how many
    values the attribute's list has, and how many of them stand for one of Loket's; both 0 without a list.
    """

    field: Target
    group: str
    rule: Rule | None
    attribute: Attribute | None
    state: State
    is_required: bool
    is_changed: bool = False
    is_own: bool = False
    overrides: tuple[str, ...] = ()
    listed: int = 0
    mapped: int = 0
    request: AttributeRequest | None = None

    @property
    def target(self) -> str:
        return self.field.key

    @property
    def is_list(self) -> bool:
        """Whether Loket, or the portal, wants one of a list here."""
        return isinstance(self.field, ScopeField) or bool(self.field.options)


@dataclass(frozen=True)
class Desk:
    """One company and source. `shown` is the draft, or else the version in force, which nobody changes."""

    company: Company
    source: str
    draft: MappingSet | None
    published: MappingSet | None
    entities: tuple[LegalEntity, ...]
    entity: LegalEntity | None
    attributes: Mapping[str, Attribute]
    lists: rules.ValueLists
    rules: RulesByPlace
    rows: tuple[Row, ...]
    may_undo: bool = False
    may_redo: bool = False
    exact: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> MappingSet | None:
        return self.draft or self.published

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """How far each group is."""
        return coverage.shares((row.group, row.target, row.state) for row in self.rows)

    @property
    def changes(self) -> int:
        """How many targets are another than in the version in force."""
        return sum(row.is_changed for row in self.rows)

    def row(self, target: str) -> Row | None:
        """The row of a target; None for what the catalogue doesn't have."""
        return next((row for row in self.rows if row.target == target), None)


def targets(source: str) -> list[Target]:
    """What a mapping of this source can fill, in the order of the page; a roster says by its columns who is sent."""
    scope: list[Target] = list(SCOPE_FIELDS.values()) if source == Source.PERSONIO else []
    return scope + list(LOKET_FIELDS.values())


def group_of(target: Target) -> str:
    """What it belongs to on the page."""
    return SCOPE if isinstance(target, ScopeField) else str(target.group)


def desk(company_pk: int, source: str, entity_pk: int | None = None, *, in_force: bool = False) -> Desk | None:
    """The workbench of a company; None for a company or a source that doesn't exist, or an entity that isn't its own.

    `in_force`: what counts now, as if there were no draft; so the customer sees it.
    """
    company = Company.objects.filter(pk=company_pk).first()
    if company is None or source not in Source.values:
        return None
    rows = company.entities.order_by("name", "pk")
    entities = tuple(one for one in rows if one.is_dutch and source_of(one) == source)  # rule 1
    entity = next((one for one in entities if one.pk == entity_pk), None)
    if entity_pk is not None and entity is None:
        return None
    draft, published = _sets(company, source)
    return _Maker(company, source, None if in_force else draft, published, entities, entity).made()


def _sets(company: Company, source: str) -> tuple[MappingSet | None, MappingSet | None]:
    states = (MappingSet.State.DRAFT, MappingSet.State.PUBLISHED)
    rows = MappingSet.objects.filter(company=company, source=source, state__in=states)
    found = {row.state: row for row in rows.select_related("based_on", "created_by", "published_by", "company")}
    return found.get(states[0]), found.get(states[1])


class _Maker:
    """Everything that the rows are made of, asked for once."""

    def __init__(
        self,
        company: Company,
        source: str,
        draft: MappingSet | None,
        published: MappingSet | None,
        entities: Sequence[LegalEntity],
        entity: LegalEntity | None,
    ) -> None:
        self.company, self.source, self.entities, self.entity = company, source, tuple(entities), entity
        self.draft, self.published = draft, published
        self.names = {one.pk: one.name for one in entities}
        self.in_force: RulesByPlace = drafts.rules_of(published) if published else {}
        self.rules: RulesByPlace = drafts.rules_of(draft) if draft else self.in_force
        self.attributes = attributes_of(company, source)
        self.lists = value_lists(company)
        self.texts = {name: coverage.texts_of(options) for name, options in self.lists.items()}
        self.requests = {row.target: row for row in open_requests(company)} if source == Source.PERSONIO else {}
        changes = MappingChange.objects.filter(mapping_set=draft) if draft else MappingChange.objects.none()
        self.changed = dict(changes.values_list("target").annotate(last=Max("at")).order_by())
        self.previews = self._previews()

    def made(self) -> Desk:
        rows = tuple(self._row(target) for target in targets(self.source))
        return Desk(
            company=self.company,
            source=self.source,
            draft=self.draft,
            published=self.published,
            entities=self.entities,
            entity=self.entity,
            attributes=self.attributes,
            lists=self.lists,
            rules=self.rules,
            rows=rows,
            may_undo=self.draft is not None and drafts.can_undo(self.draft),
            may_redo=self.draft is not None and drafts.can_redo(self.draft),
            exact=self._exact(rows) if self.draft else {},
        )

    def _row(self, target: Target) -> Row:
        key = target.key
        entity_pk = self.entity.pk if self.entity else None
        rule = rule_at(self.rules, key, entity_pk)
        attribute = self.attributes.get(rule.source) if rule and rule.source else None
        listed, mapped = self._options(target, rule, attribute)
        request = self.requests.get(key)
        facts = Facts(
            is_required=is_required(target),
            is_gone=bool(rule and rule.source) and (attribute is None or not attribute.is_there),
            is_undecided=attribute is not None and attribute.migration == HRAttribute.Migration.OPEN,
            is_asked=request is not None,
            values_missing=listed - mapped or self._unmapped_people(key),
        )
        return Row(
            field=target,
            group=group_of(target),
            rule=rule,
            attribute=attribute,
            state=coverage.state_of(rule, facts),
            is_required=facts.is_required,
            is_changed=self._is_changed(key),
            is_own=entity_pk is not None and (key, entity_pk) in self.rules,
            overrides=self._overrides(key),
            listed=listed,
            mapped=mapped,
            request=request,
        )

    def _options(self, target: Target, rule: Rule | None, attribute: Attribute | None) -> tuple[int, int]:
        if rule is None or attribute is None:
            return 0, 0
        texts = self._texts(target)
        if texts is None:
            return 0, 0
        values = attribute.options
        if rule.converter == "auto" or isinstance(target, ScopeField):
            return len(values), len(values) - len(coverage.unmapped(values, rule, texts))
        return len(values), sum(is_settled(rule, value, self.lists.get(target.options, ())) for value in values)

    def _texts(self, target: Target) -> frozenset[str] | None:
        """What an HR value may say here; None where anything goes, or Loket's list isn't known yet."""
        if isinstance(target, ScopeField):
            return frozenset(UNDERSTOOD[target.key]) | frozenset(target.values)
        return self.texts.get(target.options) if target.options else None

    def _unmapped_people(self, target: str) -> int:
        """By the newest preview of each legal entity, where nobody changed the target since."""
        changed = self.changed.get(target)
        counts = [int(row.unmapped.get(target, 0)) for row in self.previews if changed is None or row.at > changed]
        return max(counts, default=0)

    def _previews(self) -> list[Preview]:
        shown = self.draft or self.published
        wanted = [self.entity] if self.entity else self.entities
        found: dict[int, Preview] = {}
        for row in Preview.objects.filter(mapping_set=shown, entity__in=wanted).order_by("at", "pk") if shown else ():
            found[row.entity_id] = row
        return list(found.values())

    def _is_changed(self, target: str) -> bool:
        """Whether its rule, or that of a legal entity in view, is another than in the version in force."""
        if self.draft is None:
            return False
        places = [self.entity.pk] if self.entity else [None, *self.names]
        return any(self.rules.get((target, place)) != self.in_force.get((target, place)) for place in places)

    def _overrides(self, target: str) -> tuple[str, ...]:
        others = (pk for pk in self.names if self.entity is None or pk != self.entity.pk)
        return tuple(self.names[pk] for pk in others if (target, pk) in self.rules)

    def _exact(self, rows: Iterable[Row]) -> dict[str, str]:
        """The attribute for each target without one that is called exactly the same, where only one is."""
        if self.entity is not None:
            return {}
        return exact_ones((row.field for row in rows if row.rule is None), self.attributes.values())


def is_settled(rule: Rule, text: str, options: Sequence[Option]) -> bool:
    """Whether the option map or the converter makes something of an HR value; to say nothing settles it too."""
    found = option_for(rule, text, tuple(options))
    return not isinstance(found, Fault) or found.code == "ambiguous_option"


def exact_ones(wanted: Iterable[Target], attributes: Iterable[Attribute]) -> dict[str, str]:
    """Targets and the key of the one attribute that is called so; two of a name are for a person to tell apart."""
    by_label: dict[str, list[Attribute]] = {}
    for one in attributes:
        if one.is_there:
            by_label.setdefault(name_key(one.label), []).append(one)
    found = {}
    for target in wanted:
        fitting = [one for name in _own_names(target) for one in by_label.get(name, ())]
        if len({one.key for one in fitting}) == 1 and fits(target, fitting[0].type):
            found[target.key] = fitting[0].key
    return found


def _own_names(target: Target) -> set[str]:
    return {name_key(target.label), name_key(target.label_nl)}


def is_required(target: Target) -> bool:
    """Whether an entity is enabled only with an attribute for it (rule 29)."""
    return isinstance(target, ScopeField) or target.required_for_new
