"""What a rule of one company may say: its attribute exists, its settings fit, its legal entity is one of this source."""

from mapping import rules, services
from mapping.attributes import default_roster
from mapping.bench.catalog import roster_columns
from mapping.bench.refusals import NotPossible, Refusal
from mapping.catalogue import LOKET_FIELDS, TARGETS, FieldType
from mapping.models import FieldRule, HRAttribute, MappingSet, OptionMapEntry
from mapping.services import Source
from mapping.services.changes import rule_in
from onboarding.models import LegalEntity

PURGED = frozenset({FieldType.BSN, FieldType.IBAN})
DECIDING = (
    *("employee.employeeNumber", "employment.incomeRelationshipNumber", "employee.personalDetails.dateOfBirth"),
    *("employment.startDate", "employment.endDate", "bsn", "iban"),
)
SCOPE_COLUMNS = ("status", "consider_in_nl_payroll")
"""Columns of a roster that the default mapping doesn't name, for the roster's reader knows them."""


def roster_keys() -> frozenset[str]:
    """The columns that every roster may have; besides, a file may bring columns of its own ("column:…")."""
    return frozenset(one.key for one in roster_columns()).union(SCOPE_COLUMNS)


def deciding_columns() -> dict[str, str]:
    """The columns that a roster's reader itself fills as the mapping says (`sync.sources.deciding`), by their target."""
    columns = {row["target"]: row["source"] for row in default_roster()["rules"] if "source" in row}
    return {target: columns[target] for target in DECIDING}


def known_keys(mapping_set: MappingSet, *, is_there: bool = False) -> set[str]:
    """The attributes that a rule of this set may name: those that the company has or had; `is_there`: that it has now."""
    sources = (mapping_set.source, HRAttribute.Source.PORTAL)
    rows = HRAttribute.objects.filter(company=mapping_set.company_id, source__in=sources)
    rows = rows.filter(gone_at__isnull=True) if is_there else rows
    columns = roster_keys() if mapping_set.source == Source.ROSTER else frozenset[str]()
    return {*rows.values_list("key", flat=True), *columns}


class Validity:
    """Looks at rules for one draft; the company's attributes are read once, for however many rules."""

    def __init__(self, draft: MappingSet) -> None:
        self.draft = draft
        self.known = known_keys(draft)

    def checked(self, target: str, rule: rules.Rule | None, entity: LegalEntity | None) -> rules.Rule | None:
        """The rule as it is stored. None where nothing is to be: a company's rule without source and fallback is none.

        Raises NotPossible.
        """
        self._check_entity(entity, is_removed=rule is None)
        if rule is None or (entity is None and not rule.source and not rule.fallback):
            return None
        found = self._sound(target, rule)
        _check_purged(found)
        if found.source is not None and found.source not in self.known:
            raise NotPossible(Refusal.ATTRIBUTE_UNKNOWN, {"attribute": found.source})
        _check_lengths(found)
        return found

    def _check_entity(self, entity: LegalEntity | None, *, is_removed: bool) -> None:
        """What was set before its people came from elsewhere can still be removed."""
        if entity is None:
            return
        is_elsewhere = services.source_of(entity) != self.draft.source and not is_removed
        if entity.company_id != self.draft.company_id or is_elsewhere:
            raise NotPossible(Refusal.OTHER_ENTITY, {"entity": entity.name})

    def _sound(self, target: str, rule: rules.Rule) -> rules.Rule:
        """The rule as a document would have it, so that no page can store what no document may say."""
        try:
            services.refuse_scope(target, self.draft.source)
            found = rule_in({**rules.row_of(rule), "target": target})
        except ValueError as error:
            raise NotPossible(Refusal.RULE_INVALID, {"text": str(error)}) from error
        if found is None or (found.source is None and found.fallback is None and target not in TARGETS):
            raise NotPossible(Refusal.RULE_INVALID, {"text": target})
        return found


def _check_purged(rule: rules.Rule) -> None:
    """A BSN or an IBAN is purged from its own column once Loket has confirmed it; in another one it would stay."""
    field = LOKET_FIELDS.get(rule.target)
    if field is not None and field.type in PURGED and (rule.source or "").startswith(rules.OWN):
        raise NotPossible(Refusal.OWN_COLUMN, {"target": rule.target})


def _check_lengths(rule: rules.Rule) -> None:
    """What is longer than a row has room for."""
    names = ("source", "argument", "fallback", "former_source")
    texts = [(name, _room(FieldRule, name), getattr(rule, name) or "") for name in names]
    texts += [("hr_value", _room(OptionMapEntry, "hr_value"), key) for key in rule.option_map]
    texts += [("loket_value", _room(OptionMapEntry, "loket_value"), text) for text in rule.option_map.values()]
    for name, limit, text in texts:
        if len(text) > limit:
            raise NotPossible(Refusal.TEXT_TOO_LONG, {"setting": name, "limit": str(limit)})


def _room(model: type[FieldRule] | type[OptionMapEntry], name: str) -> int:
    limit: int = getattr(model._meta.get_field(name), "max_length")  # noqa: B009
    return limit
