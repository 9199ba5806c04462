"""What differs between Loket and what it should hold, field by field, and the whole object with only that changed.

Comparing is tolerant to how Loket writes a value (blanks, dots in initials, "1012AB", "+31 6"), never to what it says.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import phonenumbers

from mapping.apply import Value
from mapping.catalogue import (
    EMPLOYEE_NUMBER,
    LOKET_FIELDS,
    SECTION,
    WHOLES,
    FieldType,
    LoketField,
    Resource,
    Whole,
    empty_parent,
    whole_of,
)
from mapping.converters import Plain
from mapping.rules import MappingSet, Option, Problem, Sealed, WriteMode

Raw = Mapping[str, Any]

_DUTCH_PHONE = re.compile(r"(?:0|\+31)([1-9][0-9]{8})")
_FIELDS = [f for f in LOKET_FIELDS.values() if f.key != EMPLOYEE_NUMBER]
_OF = {resource: {f.key: f for f in _FIELDS if f.resource is resource} for resource in Resource}
_PLACE = {f.key: place for place, f in enumerate(_FIELDS)}
"""Changes are shown and sent in the order of the catalogue."""
_OF_CONCEPT = {f.key: f for f in _FIELDS if f.concept_path and not f.sensitive}


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `old` and `new` are for the screen, masked where the field is sensitive.

    `path` is where it goes in the object that is sent. `sendable` False: it is not sent now. Why not, tell
    `waits_until` (the ISO day on which it goes, rule 43, or AS_EMPLOYEE), `needs` (somebody left it out) or `held` (a
    problem stands in the way); none of them: this version never sends it. `needs` is the guard without whose approval
    it isn't sent (D10, rule 53), `from_day` the ISO day from which it counts in a record with a date. `wanted` is the
    value itself and must not be stored or shown. `sign` stands for the difference that a word is asked about (a keyed
    fingerprint), `left_out`: somebody had just this one left out before. `is_done`: Loket took it earlier in this run, while
    the rest of the person is still to be done.
    """

    field: str
    old: str
    new: str
    path: str = ""
    sendable: bool = True
    wanted: Plain | None = dataclasses.field(default=None, repr=False)
    waits_until: str = ""
    needs: str = ""
    from_day: str = ""
    held: Problem | None = dataclasses.field(default=None, repr=False)
    sign: str = ""
    left_out: bool = False
    is_done: bool = False


AS_EMPLOYEE = "employee"
"""`Change.waits_until` of what a concept employee has no room for: it goes when the person is an employee."""


def diff_employee(
    employee: Raw, wanted: Mapping[str, Value], mapping: MappingSet
) -> tuple[list[Change], list[Problem]]:
    """What a PUT of this employee must change. The employee number is how we found the person and is never changed."""
    changes = _compare(employee, wanted, mapping, _OF[Resource.EMPLOYEE], lambda f: f.path)
    return _without_halves(changes, _wholes_of(Resource.EMPLOYEE), lambda whole: read(employee, whole.path))


def diff_part(resource: Resource, part: Raw, wanted: Mapping[str, Value], mapping: MappingSet) -> list[Change]:
    """What a write of this object must change: an employment, working hours, an organizational entity, a payment.

    Parts of what goes whole or not at all are held where they aren't all there.
    """
    changes = _compare(part, wanted, mapping, _OF[resource], lambda f: f.path)
    if not changes:
        return []
    _, problems = _without_halves(changes, _wholes_of(resource), lambda whole: read(part, whole.path))
    halves = {problem.params["target"]: problem for problem in problems}
    return [_held(change, halves) for change in changes] if halves else changes


def _held(change: Change, halves: Mapping[str, Problem]) -> Change:
    whole = whole_of(change.field)
    problem = halves.get(whole.demanded[0]) if whole else None
    return dataclasses.replace(change, sendable=False, held=problem) if problem else change


@cache
def _wholes_of(resource: Resource) -> tuple[Whole, ...]:
    return tuple(whole for whole in WHOLES if LOKET_FIELDS[whole.demanded[0]].resource is resource)


def part_of(row: Raw, resource: Resource) -> Raw | None:
    """This object inside a row of the comprehensive employments; None where the employment has none now."""
    section = SECTION[resource]
    found: Any = row.get(section) if section else row
    return found if isinstance(found, Mapping) else None


def diff_concept(concept: Raw, wanted: Mapping[str, Value], mapping: MappingSet) -> tuple[list[Change], list[Problem]]:
    """What a PUT of this concept employee must change, IBAN and BSN apart. Its employee number stays as it is."""
    return whole_in_concept(concept, _compare(concept, wanted, mapping, _OF_CONCEPT, lambda f: f.concept_path))


def new_values(wanted: Mapping[str, Value]) -> list[Change]:
    """All that a new person gets, sensitive fields apart. What a concept employee can't hold waits until it is one."""
    pairs = ((LOKET_FIELDS[key], value.value) for key, value in wanted.items())
    return [
        Change(
            f.key,
            "",
            display(f, value),
            f.concept_path,
            bool(f.concept_path),
            value,
            waits_until="" if f.concept_path else AS_EMPLOYEE,
        )
        for f, value in pairs
        if value is not None and not isinstance(value, Sealed) and not f.sensitive and f.resource is not Resource.ENDING
    ]


def whole_in_concept(concept: Raw, changes: list[Change]) -> tuple[list[Change], list[Problem]]:
    """The changes that a concept employee can take: what goes in whole or not at all is there whole, or not at all."""
    wholes = [whole for whole in WHOLES if whole.is_whole_in_concept]
    return _without_halves(changes, wholes, lambda whole: read(concept, whole.concept_path))


def overlay(obj: Raw, changes: Iterable[Change]) -> dict[str, Any]:
    """A new object in which only the paths of these changes hold something else; the other parts are those of `obj`.

    A parent that Loket has as null becomes a whole one, since a PUT must not lack a field.
    """
    whole: dict[str, Any] = dict(obj)
    own: set[str] = set()  # paths of the parts that are copies
    for change in changes:
        place = whole
        *parents, last = change.path.split(".")
        for depth, name in enumerate(parents, start=1):
            path = ".".join(parents[:depth])
            if path not in own:
                part = place.get(name)
                place[name] = dict(part) if isinstance(part, dict) else empty_parent(path)
                own.add(path)
            place = place[name]
        place[last] = to_json(change.wanted, _identity(change.field))
    return whole


def not_stored(answer: Raw, changes: Iterable[Change]) -> list[Change]:
    """Those of the sent changes that Loket's answer doesn't show."""
    return [c for c in changes if not same(LOKET_FIELDS[c.field], read(answer, c.path), c.wanted)]


def read(obj: Raw, path: str) -> Any:
    """The value at a dotted path; None where it or a parent is missing or null."""
    value: Any = obj
    for name in path.split("."):
        # what JSON was read into is a dict, which is much sooner seen than that it is a Mapping
        value = value.get(name) if isinstance(value, dict) or isinstance(value, Mapping) else None  # noqa: SIM101
    return value


def to_json(value: Plain | None, identity: str = "key") -> Any:
    """The value as Loket's JSON has it. An option goes by its key alone, under the name that its field has for it."""
    match value:
        case Option():
            return {identity: value.key}
        case date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
    return value


def display(f: LoketField, value: Any) -> str:
    """The text on screen for a wanted value or for what Loket's JSON holds; "" for nothing. Not for BSN and IBAN."""
    match value:
        case None:
            return ""
        case Option():
            return value.value
        case Mapping():
            return str(value.get("value") or value.get("description") or value.get(f.identity) or "")
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
    return _number_text(value) if f.type is FieldType.DECIMAL else str(value)


def same(f: LoketField, current: Any, wanted: Plain | None) -> bool:
    """True when Loket's value says the same as the wanted one, however it is written."""
    if wanted is None or is_empty(current):
        return wanted is None and is_empty(current)
    if current is wanted or (type(current) is type(wanted) and current == wanted):
        return True
    normal = _NORMAL[f.type]
    return normal(current) == normal(wanted)


def is_empty(current: Any) -> bool:
    """True for what Loket means as "no value"."""
    return current is None or (isinstance(current, str) and not current.strip())


def compact(value: str) -> str:
    """A BSN or IBAN as it is compared and fingerprinted: without blanks, dots and dashes, upper case."""
    return value.translate({ord(mark): None for mark in " .-"}).upper()


def _compare(
    obj: Raw,
    wanted: Mapping[str, Value],
    mapping: MappingSet,
    fields: Mapping[str, LoketField],
    path_of: Callable[[LoketField], str],
) -> list[Change]:
    if fields.keys().isdisjoint(wanted):  # as of most resources in most mappings
        return []
    changes = []
    keys = sorted((key for key in wanted if key in fields), key=_PLACE.__getitem__)
    for f, value in ((fields[key], wanted[key]) for key in keys):
        if value.is_fallback or isinstance(value.value, Sealed):
            continue
        current = read(obj, path_of(f))
        if not same(f, current, value.value) and _may_write(mapping, f, current):
            shown = display(f, current), display(f, value.value)
            changes.append(Change(f.key, *shown, path_of(f), wanted=value.value))
    return changes


def _may_write(mapping: MappingSet, f: LoketField, current: Any) -> bool:
    rule = mapping.rule(f.key)
    mode = rule.write_mode if rule else WriteMode.OVERWRITE
    return mode is WriteMode.OVERWRITE or (mode is WriteMode.ONLY_IF_EMPTY and is_empty(current))


def _identity(key: str) -> str:
    field = LOKET_FIELDS.get(key)
    return field.identity if field else "key"


def _without_halves(
    changes: list[Change], wholes: Iterable[Whole], standing: Callable[[Whole], Any]
) -> tuple[list[Change], list[Problem]]:
    """Loket takes no part of an object that it has not: then all that is demanded must be there, or nothing goes."""
    problems = []
    for whole in wholes:
        missing = _missing(whole, changes) if standing(whole) is None else []
        if missing:
            told = {"missing": ", ".join(LOKET_FIELDS[key].label for key in missing), "target": whole.demanded[0]}
            problems.append(Problem(whole.incomplete, missing[0], "", told))
            changes = [change for change in changes if not whole.has(change.field)]
    return changes, problems


def _missing(whole: Whole, changes: list[Change]) -> list[str]:
    """What the changes lack to be all of it; nothing where they have no part of it."""
    given = {change.field for change in changes if whole.has(change.field)}
    return [key for key in whole.demanded if key not in given] if given else []


def _text(value: Any) -> str:
    return " ".join(str(value).split())


def _initials(value: Any) -> str:
    return "".join(str(value).replace(".", " ").split())


def _number_text(value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return format(number.normalize(), "f") if number.is_finite() else str(value)


def _date(value: Any) -> str:
    """Loket's dates may come with a time; only the day counts."""
    return value.isoformat() if isinstance(value, date) else str(value)[:10]


def _key(value: Any) -> str:
    if isinstance(value, Mapping):
        value = next((value[name] for name in ("key", "shiftNumber") if name in value), None)
    return str(value.key if isinstance(value, Option) else value).casefold()


def _phone(value: Any) -> str:
    text = str(value)
    if dutch := _DUTCH_PHONE.fullmatch(text.replace("-", "").replace(" ", "")):  # the library takes 25 times as long
        return f"+31{dutch[1]}"
    try:
        number = phonenumbers.parse(text, "NL")
    except phonenumbers.NumberParseException:
        return "".join(c for c in text if c.isdigit() or c == "+")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_NORMAL: dict[FieldType, Callable[[Any], str]] = {
    FieldType.TEXT: _text,
    FieldType.INITIALS: _initials,
    FieldType.INTEGER: _number_text,
    FieldType.DECIMAL: _number_text,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: str,
    FieldType.OPTION: _key,
    FieldType.BSN: lambda value: compact(str(value)),
    FieldType.IBAN: lambda value: compact(str(value)),
    FieldType.PHONE: _phone,
    FieldType.EMAIL: lambda value: _text(value).casefold(),
    FieldType.POSTCODE: lambda value: compact(str(value)),
}
