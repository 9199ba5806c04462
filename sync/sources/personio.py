"""Personio: one employee to one `HRRecord`, in the columns of the roster, through a lens that the mapping makes.

The mapping of a company names attributes by their key ("dynamic_24407"), the roster's columns by what they fill. So both
sources end in the same columns, and all that comes after them knows nothing of Personio. What Personio doesn't show has
no column and changes nothing; what is there and empty is empty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from loket_portal.lib.redact import mask
from loket_portal.personio.payloads import Attribute, Employee
from mapping.catalogue import SCOPE_FIELDS
from mapping.rules import PORTAL, MappingSet, Rule
from sync.records import LEGAL_ENTITY, REQUIRED_COLUMNS, Effect, HRRecord, HRValue, Later, Problem
from sync.sources.columns import Column, Kind, column_of
from sync.sources.deciding import meant, settled
from sync.sources.effective import LaterValue
from sync.sources.personio_values import read, shown
from sync.sources.values import Fault

NO_DAYS: Mapping[str, date] = MappingProxyType({})


class NoPersonioId(Exception):
    """The employee has no id, so nobody could tell who it is next time."""


@dataclass(frozen=True, slots=True)
class Source:
    """The attribute that fills one column; `words` are the texts of its own that decide who is sent.

    The column's kind says how it is read: as text where a converter of the mapping makes something of it.
    """

    column: Column
    attribute: str
    words: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Lens:
    """How the employees of one company are read; `mapping` is for the engine and names columns.

    `deciding` are its rules for `settled`: here at reading, and again once the values of the portal are there.
    """

    sources: tuple[Source, ...]
    mapping: MappingSet
    deciding: MappingSet

    @property
    def columns(self) -> dict[str, str]:
        """The attribute's key for each column."""
        return {source.column.name: source.attribute for source in self.sources}

    @property
    def attributes(self) -> frozenset[str]:
        """Keys of all attributes that are read. No other is to be stored."""
        return frozenset(source.attribute for source in self.sources)


def lens(mapping: MappingSet) -> Lens:
    """The lens of a mapping whose sources are keys of Personio's attributes; those of the portal stay as they are."""
    read_here = [rule for rule in mapping.rules if rule.source is not None and not rule.source.startswith(PORTAL)]
    names = {rule.target: column_of(rule.target).name for rule in read_here}
    rules = tuple(replace(rule, source=names.get(rule.target, rule.source)) for rule in mapping.rules)
    engines = tuple(rule for rule in rules if rule.target not in SCOPE_FIELDS)
    return Lens(
        tuple(map(_source, read_here)),
        MappingSet(mapping.name, mapping.version, engines),
        meant(MappingSet(mapping.name, mapping.version, rules)),
    )


def _source(rule: Rule) -> Source:
    """Who is sent is read by words; anything else with a converter as text."""
    column, attribute = column_of(rule.target), rule.source or ""
    if rule.target in SCOPE_FIELDS:
        return Source(column, attribute, rule.option_map)
    return Source(column if rule.converter == "auto" else replace(column, kind=Kind.TEXT), attribute)


def key_of(person_id: int) -> str:
    """The key of a person's record; unlike an employee number it is never corrected."""
    return f"personio-{person_id}"


def record(
    employee: Employee, through: Lens, later: Iterable[LaterValue] = (), since: Mapping[str, date] = NO_DAYS
) -> HRRecord:
    """The person in the roster's columns, with a Problem for each value that can't be read.

    `later` and `since`: see `effective`.

    Raises NoPersonioId.
    """
    if employee.id is None:
        raise NoPersonioId
    values: dict[str, HRValue] = {}
    problems: list[Problem] = []
    for source in through.sources:
        attribute = employee.attributes.get(source.attribute)
        if attribute is not None:
            problems += _read(source, attribute, values)
    problems += _missing(values, {problem.field for problem in problems})
    planned = tuple(found for item in later for found in _later(item, through))
    days = {source.column.name: since[source.attribute] for source in through.sources if source.attribute in since}
    found = HRRecord(key_of(employee.id), employee.id, values, tuple(problems), planned, days)
    return settled(found, through.deciding)


def _read(source: Source, attribute: Attribute, values: dict[str, HRValue]) -> list[Problem]:
    """Adds the value. One with a fault stays as it was written, so that the screen can show what it is."""
    name = source.column.name
    try:
        values[name] = read(source.column.kind, source.attribute, attribute, source.words)
    except Fault as fault:
        text = shown(attribute)
        if text:
            values[name] = text
        return [_blocking(fault.code, name, mask(text) if source.column.is_sensitive else text)]
    return []


def _missing(values: Mapping[str, HRValue], faulty: set[str]) -> list[Problem]:
    """Who has no last name or no status can't be judged, as in the roster; nor who has them where we can't read them.

    Empty is not absent: without a number in HR a person is simply not sent (rules 39 and 40).
    """
    problems = []
    for name in REQUIRED_COLUMNS:
        if name not in values and name not in faulty:
            problems.append(_blocking("attribute_absent", name))
        elif name in ("status", "last_name") and name not in faulty and not values[name]:
            problems.append(_blocking("missing_value", name))
    return problems


def _later(item: LaterValue, through: Lens) -> list[Later]:
    if item.key == LEGAL_ENTITY:
        return [Later(LEGAL_ENTITY, str(item.value), item.on)]
    attribute = Attribute("", item.value)
    return [
        Later(source.column.name, _planned(source, attribute), item.on)
        for source in through.sources
        if source.attribute == item.key
    ]


def _planned(source: Source, attribute: Attribute) -> str | None:
    try:
        return read(source.column.kind, source.attribute, attribute, source.words)
    except Fault:
        return shown(attribute)  # its day will tell what is wrong with it


def _blocking(code: str, column: str, value: str = "") -> Problem:
    return Problem(code, column, value, {}, Effect.PERSON)
