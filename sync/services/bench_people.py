"""The people of a legal entity as a mapping would see them, whether it is in force or a draft.

A roster has them all. Of Personio the reading in use has what the published mapping reads, a reading for the draft
(`bench_reading`) the rest. A value counts only where it is exactly what a sync would read: else it is not read yet.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from django.utils import timezone

from loket_portal.personio.client import Employee
from loket_portal.personio.payloads import Attribute
from mapping.models import MappingSet
from mapping.rules import PORTAL, Rule
from mapping.rules import MappingSet as Rules
from mapping.services import frozen_rules, source_of
from onboarding.models import LegalEntity
from sync.models import Roster, RosterPerson
from sync.records import ELSEWHERE, REQUIRED_COLUMNS, Effect, HRRecord, HRValue, Problem, Sealed
from sync.services import bench_reading, codec, roster_columns, rosters
from sync.services.portal_values import with_portal
from sync.sources import personio as source
from sync.sources.columns import Column, Kind, column_of
from sync.sources.deciding import settled
from sync.sources.personio import Lens, Source

BATCH = rosters.BATCH
Rows = Sequence[int] | None
Way = tuple[str, Kind, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the columns of a mapping; `read`: keys of the attributes that were read of people, whoever has them."""

    record: HRRecord
    read: frozenset[str]


@dataclass(frozen=True, slots=True)
class Look:
    """What is needed to see the people of a legal entity through one mapping.

    `rules` name attributes, `mapping` the columns of the records. `bench` and `roster` are the readings, None where there
    is none; `read` are the attributes of which they have the values.
    """

    entity: LegalEntity
    mapping_set: MappingSet
    rules: Rules
    mapping: Rules
    roster: Roster | None
    day: date
    read: frozenset[str] = frozenset()
    lens: Lens | None = None
    bench: Roster | None = None
    kept: Mapping[Source, str] = field(default_factory=dict)
    """Of Personio: which column of the reading in use holds what is read here."""

    @property
    def reading(self) -> Roster | None:
        """The one that says who the people are; None where nobody is known."""
        return self.bench or self.roster

    @property
    def unread(self) -> tuple[Rule, ...]:
        """The rules whose attribute was not read yet."""
        return tuple(rule for rule in self.rules.rules if rule.source and not self.is_read(rule.source))

    def is_read(self, key: str) -> bool:
        """Whether the values of an attribute are known; those of the portal always are."""
        return key.startswith(PORTAL) or key in self.read

    def column(self, rule: Rule) -> str:
        """Where the value of a rule stands in a record."""
        if self.lens is None or rule.source is None or rule.source.startswith(PORTAL):
            return rule.source or ""
        return column_of(rule.target).name


def look(entity: LegalEntity, mapping_set: MappingSet, as_text: Collection[str] = ()) -> Look:
    """How the people of an entity are seen through a mapping set of its company and source; raises ValueError else.

    The attributes in `as_text` are read as they are written besides, into the column that `text_column` names.
    """
    if mapping_set.company_id != entity.company_id or mapping_set.source != source_of(entity):
        raise ValueError("this mapping is not for this legal entity")
    rules, roster = frozen_rules(mapping_set, entity), rosters.current(entity)
    if not entity.reads_personio:
        read = roster_columns.fitting(roster, rules) if roster else frozenset[str]()
        return Look(entity, mapping_set, rules, rules, roster, timezone.localdate(), read)
    return _look_at_personio(entity, mapping_set, rules, roster, as_text)


def _look_at_personio(
    entity: LegalEntity, mapping_set: MappingSet, rules: Rules, roster: Roster | None, as_text: Collection[str]
) -> Look:
    lens, bench = source.lens(rules), bench_reading.of(entity)
    texts = (Source(Column(text_column(key, entity), "", ""), key) for key in as_text if not key.startswith(PORTAL))
    lens = replace(lens, sources=(*lens.sources, *texts))
    kept = _kept(entity, roster, lens)
    read = frozenset(bench.attributes if bench else ())
    missing = {one.attribute for one in lens.sources if one not in kept}
    read |= frozenset(one.attribute for one in kept if one.attribute not in missing)
    day = (bench or roster or Roster()).day or timezone.localdate()
    return Look(entity, mapping_set, rules, lens.mapping, roster, day, read, lens, bench, kept)


def text_column(key: str, entity: LegalEntity) -> str:
    """The column that holds an attribute as it is written, where `look` was asked for that."""
    return f"text {key}" if entity.reads_personio and not key.startswith(PORTAL) else key


def _kept(entity: LegalEntity, roster: Roster | None, lens: Lens) -> dict[Source, str]:
    """Where the reading in use has what this lens reads: the same attribute, read in the same way."""
    if roster is None or roster.mapping_set is None:
        return {}
    theirs = source.lens(frozen_rules(roster.mapping_set, entity)).sources
    columns = {_way(one): one.column.name for one in theirs}
    return {one: columns[_way(one)] for one in lens.sources if _way(one) in columns}


def _way(one: Source) -> Way:
    return one.attribute, one.column.kind, tuple(sorted(one.words.items()))


def people(entity: LegalEntity, mapping_set: MappingSet) -> Iterator[Person]:
    """Everybody of the legal entity in the columns of this mapping, with what the portal knows of them."""
    found = look(entity, mapping_set)
    return (Person(record, found.read) for record in records(found))


def records(found: Look, rows: Rows = None) -> Iterator[HRRecord]:
    """The people of a look, with what the portal keeps of them; `rows` names those wanted, None is everybody."""
    deciding = found.lens.deciding if found.lens else found.rules
    people = with_portal(found.entity, _records(found, rows), found.day)
    lacking = _unmapped(found)
    return (_explained(settled(record, deciding), lacking) for record in people)


def _unmapped(found: Look) -> tuple[str, ...]:
    """The columns that nobody is sent without and that no attribute of Personio fills; a roster has them of its own."""
    mapped = {column_of(rule.target).name for rule in found.rules.rules if rule.source}
    return tuple(name for name in REQUIRED_COLUMNS if name not in mapped) if found.lens else ()


def _explained(record: HRRecord, lacking: Collection[str]) -> HRRecord:
    """What the mapping lacks is not a fault of the person, nor of what Personio shows."""
    if not lacking:
        return record
    others = tuple(problem for problem in record.problems if problem.field not in lacking)
    told = tuple(Problem("not_mapped", name, effect=Effect.PERSON) for name in lacking)
    return replace(record, problems=(*others, *told))


def _records(found: Look, rows: Rows) -> Iterator[HRRecord]:
    if found.bench is not None and found.lens is not None:
        return _of_bench(found, found.bench, found.lens, rows)
    if found.roster is None:
        return iter(())
    everybody = rosters.records(found.roster, rows)
    if found.lens is None:
        return (_of_file(record, found.read) for record in everybody)
    return (_renamed(record, found.kept) for record in everybody)


def _of_file(record: HRRecord, read: frozenset[str]) -> HRRecord:
    """Without columns that the next file is read otherwise in; a fault in one of those says nothing yet."""
    values = {name: value for name, value in record.values.items() if name in read}
    problems = tuple(one for one in record.problems if one.field in read or one.field not in record.values)
    return replace(record, values=values, problems=problems)


def _renamed(record: HRRecord, kept: Mapping[Source, str]) -> HRRecord:
    """Somebody of the reading in use, in the columns of another mapping: only what that one reads in the same way."""
    values: dict[str, HRValue] = {
        ours.column.name: record.values[theirs] for ours, theirs in kept.items() if theirs in record.values
    }
    if ELSEWHERE in record.values:
        values[ELSEWHERE] = record.values[ELSEWHERE]
    columns = {theirs: ours.column.name for ours, theirs in kept.items()}
    problems = tuple(
        replace(problem, field=columns.get(problem.field, ""))
        for problem in record.problems
        if not problem.field or problem.field in columns
    )
    return HRRecord(record.key, record.row, values, problems)


def _of_bench(found: Look, bench: Roster, lens: Lens, rows: Rows) -> Iterator[HRRecord]:
    """Those whom the reading for the draft has; what it lacks, the reading in use may have."""
    lacking = {ours: theirs for ours, theirs in found.kept.items() if ours.attribute not in bench.attributes}
    rest = (bench.people.all() if rows is None else bench.people.filter(row__in=rows)).iterator(chunk_size=BATCH)
    while some := tuple(islice(rest, BATCH)):
        known: dict[int, HRRecord] = {}
        if lacking and found.roster is not None:
            asked = [person.row for person in some]
            known = {record.row: _renamed(record, lacking) for record in rosters.records(found.roster, asked)}
        yield from (_person(person, lens, known.get(person.row)) for person in some)


def _person(person: RosterPerson, lens: Lens, known: HRRecord | None) -> HRRecord:
    """As a sync would read the person, from what Personio showed; `known`: what only the reading in use has."""
    cells: Mapping[str, object] = person.values["cells"]
    sealed = {key: Sealed(**cell) for key, cell in cells.items() if isinstance(cell, Mapping) and "masked" in cell}
    attributes = {key: Attribute("", cell) for key, cell in cells.items() if key not in sealed}
    record = source.record(Employee(person.row, attributes), lens)
    more = known.values if known else {}
    masked = {one.column.name: sealed[one.attribute] for one in lens.sources if one.attribute in sealed}
    own = tuple(problem for problem in record.problems if problem.field not in {*more, *masked})
    kept = tuple(codec.problem_from_json(problem) for problem in person.problems)
    return HRRecord(
        person.values["key"],
        person.row,
        {**more, **record.values, **masked},
        (*kept, *own, *(known.problems if known else ())),
    )


def has_text(found: Look, key: str) -> bool:
    """Whether it is known what people have in an attribute as it is written; `found` was asked for it."""
    if found.lens is None or key.startswith(PORTAL):
        return found.is_read(key)
    if found.bench is not None and key in found.bench.attributes:
        return True
    column = text_column(key, found.entity)
    return any(one.column.name == column for one in found.kept)


def texts(found: Look, key: str) -> Iterator[tuple[HRRecord, HRValue]]:
    """Everybody with what stands in one attribute, None where it is empty or the person hasn't got it."""
    column = text_column(key, found.entity)
    for record in records(found):
        value = record.values.get(column)
        yield record, value if isinstance(value, Sealed) or (value and value.strip()) else None
