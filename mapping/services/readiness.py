"""What still stands between a mapping and the enabling of each legal entity (rule 29), written down on the entity.

Pages of onboarding can't look here, so this is how they know.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone

from mapping import rules
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, described
from mapping.models import HRAttribute, MappingSet, Preview
from mapping.services.sets import Source, published, rules_digest, rules_in_force, rules_of, source_of
from onboarding.models import Company, LegalEntity
from onboarding.services import entities

Lack = dict[str, str]
"""One thing that the mapping lacks: `code` (worded in onboarding/wording/enabling.py) and the field's `label`, `label_nl`;
with `count` where people are meant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A mapping in force as it counts for one legal entity, and what is known beside it.

    `undecided`: labels of the portal's attributes, by key, for which nobody has chosen what becomes of the old data.
    `preview`: the newest one that somebody has seen of these very rules.
    """

    source: Source
    rules: rules.MappingSet
    undecided: Mapping[str, str]
    preview: Preview | None


def _scope_without_source(asked: Asked) -> Iterator[Lack]:
    """A source without these columns must say by its attributes who is sent (rule 39)."""
    for field in SCOPE_FIELDS.values() if asked.source is Source.PERSONIO else ():
        rule = asked.rules.rule(field.key)
        if rule is None or rule.source is None:
            yield {"code": "required_scope", "label": field.label, "label_nl": field.label_nl}


def _required_without_source(asked: Asked) -> Iterator[Lack]:
    """Fields without which nobody new can be made, and which no HR attribute fills. A fallback would be everybody's."""
    for field in LOKET_FIELDS.values():
        rule = asked.rules.rule(field.key)
        if field.required_for_new and (rule is None or rule.source is None):
            yield {"code": "required_field", "label": field.label, "label_nl": field.label_nl}


def _undecided(asked: Asked) -> Iterator[Lack]:
    """Duplicates for which nobody has chosen: carry the data over, or start empty (rule 25)."""
    for key in dict.fromkeys(rule.source for rule in asked.rules.rules if rule.source in asked.undecided):
        label = asked.undecided[key or ""]
        yield {"code": "migration_open", "label": label, "label_nl": label}


def _preview_missing(asked: Asked) -> Iterator[Lack]:
    if asked.preview is None:
        yield {"code": "preview_missing", "label": "", "label_nl": ""}


def _values_unmapped(asked: Asked) -> Iterator[Lack]:
    """List values that people really have and that stand for nothing in Loket, as the newest preview has counted them."""
    for target, count in (asked.preview.unmapped if asked.preview else {}).items():
        field = described(target)
        yield {"code": "unmapped_values", "label": field.label, "label_nl": field.label_nl, "count": str(count)}


Question = Callable[[Asked], Iterator[Lack]]
LACKS: tuple[Question, ...] = (
    _scope_without_source,
    _required_without_source,
    _undecided,
    _preview_missing,
    _values_unmapped,
)
"""The questions that a mapping must answer before an entity is enabled, in the order in which support answers them.
A new one is one function here."""


def lacks_of(entity: LegalEntity) -> list[Lack]:
    """What the published mapping lacks for this legal entity; empty when nothing does."""
    return _Looking(entity.company).at(entity)


def write_readiness(company: Company) -> list[Lack]:
    """Writes down on each legal entity of the company what the mapping of its source lacks, and gives the lacks of all.

    What several entities lack is given once.
    """
    looking, found = _Looking(company), dict[tuple[tuple[str, str], ...], Lack]()
    for entity in company.entities.all():
        lacks = looking.at(entity)
        entities.note_mapping(entity, lacks)
        found |= {tuple(sorted(lack.items())): lack for lack in lacks}
    return list(found.values())


def look_for(entity: LegalEntity) -> None:
    """Gives an entity that is about to be stored the readiness of its source: the mapping may be older than itself."""
    entity.mapping_lacks = list(lacks_of(entity))
    entity.mapping_looked_at = timezone.now()


class _Looking:
    """One look at a company: each of its mappings is read once, for however many entities."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.sets: dict[Source, tuple[MappingSet, dict[tuple[str, int | None], rules.Rule]] | None] = {}
        rows = HRAttribute.objects.filter(company=company, migration=HRAttribute.Migration.OPEN)
        self.undecided = dict(rows.values_list("key", "label"))

    def at(self, entity: LegalEntity) -> list[Lack]:
        source = source_of(entity)
        if source not in self.sets:
            current = published(self.company, source)
            self.sets[source] = (current, rules_of(current)) if current else None
        found = self.sets[source]
        if found is None:
            return [{"code": "no_mapping", "label": "", "label_nl": ""}]
        mapping_set, stored = found
        frozen = rules.MappingSet(mapping_set.name, mapping_set.version, rules_in_force(stored, entity.pk))
        asked = Asked(source, frozen, self.undecided, _newest_preview(entity, source, frozen))
        return [lack for question in LACKS for lack in question(asked)]


def _newest_preview(entity: LegalEntity, source: Source, frozen: rules.MappingSet) -> Preview | None:
    """Of these very rules, in whichever version they stood: a roll back brings its preview along."""
    if entity.pk is None:
        return None
    digest = rules_digest(frozen.rules)
    return Preview.objects.filter(entity=entity, mapping_set__source=source, digest=digest).first()
