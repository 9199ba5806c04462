"""What differs between Loket and what it should hold, field by field, and the whole object with only that changed.

Comparing is tolerant to how Loket writes a value (blanks, dots in initials, "1012AB", "+31 6"), never to what it says.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers

from mapping.apply import Value
from mapping.catalogue import (
    ADDRESS_DEMANDED,
    EMPLOYEE_NUMBER,
    LOKET_FIELDS,
    SECTION,
    FieldType,
    LoketField,
    Resource,
    empty_parent,
)
from mapping.converters import Plain
from mapping.rules import MappingSet, Option, Problem, Sealed, WriteMode

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `old` and `new` are for the screen, masked where the field is sensitive.

    `path` is where it goes in the object that is sent. `sendable` False: this version doesn't send it yet, or, where
    `waits_until` has an ISO day, it is planned in HR and goes on that day (rule 43). `wanted` is the value itself and
    must not be stored or shown.
    """

    field: str
    old: str
    new: str
    path: str = ""
    sendable: bool = True
    wanted: Plain | None = dataclasses.field(default=None, repr=False)
    waits_until: str = ""


def diff_employee(
    employee: Raw, wanted: Mapping[str, Value], mapping: MappingSet
) -> tuple[list[Change], list[Problem]]:
    """What a PUT of this employee must change. The employee number is how we found the person and is never changed."""
    fields = [f for f in LOKET_FIELDS.values() if f.resource is Resource.EMPLOYEE and f.key != EMPLOYEE_NUMBER]
    changes = _compare(employee, wanted, mapping, fields, lambda f: f.path)
    return _without_half_address(employee, changes)


def diff_employment(employment: Raw | None, wanted: Mapping[str, Value], mapping: MappingSet) -> list[Change]:
    """What differs in a row of the comprehensive employments. This version shows it and doesn't send it."""
    fields = [f for f in LOKET_FIELDS.values() if f.resource in SECTION]
    return _compare(employment or {}, wanted, mapping, fields, _path_in_row, sendable=False)


def diff_concept(concept: Raw, wanted: Mapping[str, Value], mapping: MappingSet) -> list[Change]:
    """What a PUT of this concept employee must change, IBAN and BSN apart. Its employee number stays as it is."""
    fields = [f for f in LOKET_FIELDS.values() if f.concept_path and not f.sensitive and f.key != EMPLOYEE_NUMBER]
    return _compare(concept, wanted, mapping, fields, lambda f: f.concept_path)


def new_values(wanted: Mapping[str, Value]) -> list[Change]:
    """All that a new person gets, sensitive fields apart. What a concept employee can't hold is not sendable."""
    pairs = ((LOKET_FIELDS[key], value.value) for key, value in wanted.items())
    return [
        Change(f.key, "", display(f, value), f.concept_path, bool(f.concept_path), value)
        for f, value in pairs
        if value is not None and not isinstance(value, Sealed) and not f.sensitive
    ]


def overlay(obj: Raw, changes: Iterable[Change]) -> dict[str, Any]:
    """A new object: a deep copy in which only the paths of these changes hold something else.

    A parent that Loket has as null becomes a whole one, since a PUT must not lack a field.
    """
    whole: dict[str, Any] = deepcopy(dict(obj))
    for change in changes:
        place = whole
        *parents, last = change.path.split(".")
        for depth, name in enumerate(parents, start=1):
            if not isinstance(place.get(name), dict):
                place[name] = empty_parent(".".join(parents[:depth]))
            place = place[name]
        place[last] = to_json(change.wanted)
    return whole


def not_stored(answer: Raw, changes: Iterable[Change]) -> list[Change]:
    """Those of the sent changes that Loket's answer doesn't show."""
    return [c for c in changes if not same(LOKET_FIELDS[c.field], read(answer, c.path), c.wanted)]


def read(obj: Raw, path: str) -> Any:
    """The value at a dotted path; None where it or a parent is missing or null."""
    value: Any = obj
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def to_json(value: Plain | None) -> Any:
    """The value as Loket's JSON has it. An option goes by its key alone; its text is read-only there."""
    match value:
        case Option():
            return {"key": value.key}
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
            return str(value.get("value") or value.get("description") or value.get("key") or "")
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
    return _number_text(value) if f.type is FieldType.DECIMAL else str(value)


def same(f: LoketField, current: Any, wanted: Plain | None) -> bool:
    """True when Loket's value says the same as the wanted one, however it is written."""
    if wanted is None or is_empty(current):
        return wanted is None and is_empty(current)
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
    fields: Iterable[LoketField],
    path_of: Callable[[LoketField], str],
    sendable: bool = True,
) -> list[Change]:
    changes = []
    for f in fields:
        value = wanted.get(f.key)
        if value is None or value.is_fallback or isinstance(value.value, Sealed):
            continue
        current = read(obj, path_of(f))
        if not same(f, current, value.value) and _may_write(mapping, f, current):
            changes.append(
                Change(f.key, display(f, current), display(f, value.value), path_of(f), sendable, value.value)
            )
    return changes


def _may_write(mapping: MappingSet, f: LoketField, current: Any) -> bool:
    rule = mapping.rule(f.key)
    mode = rule.write_mode if rule else WriteMode.OVERWRITE
    return mode is WriteMode.OVERWRITE or (mode is WriteMode.ONLY_IF_EMPTY and is_empty(current))


def _path_in_row(f: LoketField) -> str:
    section = SECTION[f.resource]
    return f"{section}.{f.path}" if section else f.path


def _without_half_address(employee: Raw, changes: list[Change]) -> tuple[list[Change], list[Problem]]:
    """Loket takes no part of an address where it has none: then all that is demanded must be there, or nothing goes."""
    ours = [change for change in changes if change.path.startswith("address.")]
    if not ours or employee.get("address") is not None:
        return changes, []
    given = {change.path.removeprefix("address.") for change in ours}
    missing = [LOKET_FIELDS[f"employee.address.{name}"].label for name in ADDRESS_DEMANDED if name not in given]
    if not missing:
        return changes, []
    problem = Problem("address_incomplete", "employee.address.street", "", {"missing": ", ".join(missing)})
    return [change for change in changes if change not in ours], [problem]


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
    key = value.key if isinstance(value, Option) else value.get("key") if isinstance(value, Mapping) else value
    return str(key).casefold()


def _phone(value: Any) -> str:
    text = str(value)
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
