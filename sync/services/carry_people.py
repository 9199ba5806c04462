"""The people whose old data a copy of an attribute takes over: who has what, and what each value may become (rule 25)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from mapping import suggest
from mapping.models import FieldRule, HRAttribute, MappingSet, ValueImport
from mapping.portal import carrying, files
from mapping.portal.carrying import Person, Plan
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.rules import OWN, Option, option_key
from onboarding.models import LegalEntity, User
from sync.records import Sealed
from sync.services import bench, bench_people
from sync.services.portal_values import who
from sync.sources.columns import normal_header

MOST = 500
"""So many distinct values are shown, the most frequent first: more than that is no list, and goes as it is."""
SURE = frozenset({suggest.Reason.SAME_LABEL})


@dataclass(frozen=True, slots=True)
class Old:
    """One old value and how many people have it. `chosen` is what it becomes as far as somebody said so before, or as
    the values are the same; `suggested` what it may mean.
    """

    text: str = field(repr=False)
    count: int
    chosen: str
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A copy, the attribute it was made from, and what is known of that one's data.

    `unread` are the legal entities whose people nobody has read this attribute of.
    """

    mapping_set: MappingSet
    attribute: HRAttribute
    target: str
    old_key: str
    old_label: str
    entities: tuple[LegalEntity, ...]
    unread: tuple[LegalEntity, ...]
    olds: tuple[Old, ...]
    hidden: int
    total: int
    empty: int
    is_sensitive: bool
    imports: tuple[ValueImport, ...]


def desk(mapping_set: MappingSet, attribute_pk: int) -> Desk | None:
    """What there is to carry over into a copy of the set's company; None where it is no copy, or nobody knows of what."""
    attribute = _attribute(mapping_set, attribute_pk)
    rule = _rule(mapping_set, attribute) if attribute else None
    original = attribute.duplicate_of if attribute else None
    old_key = (rule.former_source if rule else "") or (original.key if original else "")
    if attribute is None or not old_key:
        return None
    entities = bench.place(mapping_set).entities
    unread = tuple(one for one in entities if _is_unread(bench_people.look(one, mapping_set, [old_key]), old_key))
    is_sensitive = files.is_sensitive(attribute) or old_key in bench.hidden_keys(mapping_set)
    texts = Counter((person.old or "").strip() for person in _people(mapping_set, old_key, entities))
    empty = texts.pop("", 0)
    olds = () if is_sensitive else _olds(attribute, texts)
    imports = attribute.imports.filter(kind=ValueImport.Kind.CARRIED).select_related("by").defer("rejects", "former")
    return Desk(
        mapping_set=mapping_set,
        attribute=attribute,
        target=rule.target if rule else "",
        old_key=old_key,
        old_label=original.label if original else bench.labels_of(mapping_set).get(old_key, old_key),
        entities=entities,
        unread=unread,
        olds=olds[:MOST],
        hidden=max(len(olds) - MOST, 0),
        total=sum(texts.values()) + empty,
        empty=empty,
        is_sensitive=is_sensitive,
        imports=tuple(imports),
    )


def _attribute(mapping_set: MappingSet, pk: int) -> HRAttribute | None:
    rows = HRAttribute.objects.filter(company=mapping_set.company_id, source=HRAttribute.Source.PORTAL)
    found = rows.select_related("duplicate_of", "section", "company", "migrated_by").exclude(migration="")
    return found.filter(pk=pk).first()


def _rule(mapping_set: MappingSet, attribute: HRAttribute) -> FieldRule | None:
    """The rule that reads the copy, and remembers what it read before."""
    rows = mapping_set.rules.filter(source=attribute.key).exclude(former_source="")
    return rows.order_by("entity_id", "position").first()


def _is_unread(look: bench_people.Look, old_key: str) -> bool:
    """Whether there may be old data that nobody has read; a roster without the column has none."""
    if bench_people.has_text(look, old_key):
        return False
    if look.entity.reads_personio:
        return True
    if look.roster is None:
        return False
    first = look.roster.people.first()
    left_out = {f"{OWN}{normal_header(header)}" for header in look.roster.ignored_columns}
    return old_key in left_out | set(first.values if first else ())


def people(found: Desk) -> Iterator[Person]:
    """Everybody whom the old attribute says something of, or nothing, in the legal entities that were read."""
    return _people(found.mapping_set, found.old_key, found.entities)


def _people(mapping_set: MappingSet, old_key: str, entities: tuple[LegalEntity, ...]) -> Iterator[Person]:
    for entity in entities:
        look = bench_people.look(entity, mapping_set, [old_key])
        if bench_people.has_text(look, old_key):
            for record, value in bench_people.texts(look, old_key):
                old = value.masked if isinstance(value, Sealed) else value
                yield Person(entity, record.key, record.name, old, who(record))


def _olds(attribute: HRAttribute, texts: Counter[str]) -> tuple[Old, ...]:
    """The most frequent first; spellings that an option map can't tell apart are one."""
    kept = {option_key(old): new for old, new in (attribute.carry_map or {}).items()}
    options = [Option(place, text) for place, text in enumerate(attribute.options)]
    spelling: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for text, count in texts.most_common():
        counts[spelling.setdefault(option_key(text), text)] += count
    return tuple(
        _old(text, count, kept.get(option_key(text), ""), options)
        for text, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].casefold()))
    )


def _old(text: str, count: int, kept: str, options: list[Option]) -> Old:
    """What is the same needs no click; what only looks alike is shown beside it (nothing is guessed)."""
    best = next(iter(suggest.suggest_option(text, options)), None)
    same = best.option.value if best and best.reason in SURE else ""
    suggested = best.option.value if best and not same else ""
    return Old(text, count, kept or same, suggested)


def plan(found: Desk, user: User, option_map: Mapping[str, str]) -> Plan:
    """What carrying over would do with these choices, which are kept; nothing of a person is stored."""
    carrying.keep_option_map(found.attribute, user, option_map)
    return carrying.plan(found.attribute, people(found), option_map)


@transaction.atomic
def carry(found: Desk, user: User, option_map: Mapping[str, str], effective_on: date | None) -> ValueImport:
    """Carries the old data over; refused while somebody's was not read. Raises NotAllowed and PortalRefused."""
    if found.unread:
        raise PortalRefused(Refusal.NOT_READ, entities=", ".join(map(str, found.unread)))
    return carrying.carry(found.attribute, user, people(found), option_map, effective_on)


def old_data(found: Desk) -> bytes:
    """What the old attribute says of everybody, as a CSV file."""
    return files.old_data(found.attribute, people(found), is_masked=found.is_sensitive)


def import_of(found: Desk, pk: int) -> ValueImport | None:
    """One carrying over of this copy."""
    rows = found.attribute.imports.filter(kind=ValueImport.Kind.CARRIED)
    return rows.select_related("attribute__company", "attribute__duplicate_of", "by").filter(pk=pk).first()
