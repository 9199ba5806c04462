"""One attribute of Personio to canonical text, read as a cell of the roster is. What can't be read is a `Fault`.

Personio writes one thing in many shapes: nothing as null, "", [] or 0, a number as text, a list of tags as comma text or
as JSON in a text, a relation as an object. Pure.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from loket_portal.personio.payloads import Attribute
from mapping.rules import option_key
from mapping.words import GERMAN_STATUSES, GERMAN_YES_NO
from sync.sources.cells import Cell
from sync.sources.columns import Kind
from sync.sources.values import Fault, canonical, plain

ZERO_IS_EMPTY = frozenset(
    {
        *("fix_salary", "hourly_salary"),
        *("supervisor", "subcompany", "office", "department", "team", "cost_centers"),
        *("holiday_calendar", "work_schedule", "absence_entitlement"),
    }
)
"""Attributes in which 0 stands for nothing: salaries, and relations to something else."""
GERMAN = {Kind.YES_NO: GERMAN_YES_NO, Kind.STATUS: GERMAN_STATUSES}
SHOWN_CHARACTERS = 80
"""Of a faulty value, as in the roster."""
LONGEST_NUMBER = 128
"""Bits of a whole number: no telephone number has more, and Python makes no text of an endless one."""


def read(kind: Kind, key: str, attribute: Attribute, words: Mapping[str, str]) -> str | None:
    """The canonical text of the attribute that stands under `key`; None where it is there and empty.

    `words` is the option map of a rule that decides who is sent. Raises Fault with the codes of `values.canonical`.
    """
    found = cell(key, attribute)
    if isinstance(found, str) and kind is Kind.DATE:
        found = day(found)
    if kind in GERMAN:
        text = plain(found)
        found = text and (words.get(option_key(text)) or GERMAN[kind].get(text.casefold(), text))
    return canonical(kind, found)


def cell(key: str, attribute: Attribute) -> Cell:
    """The value as a cell of a roster would hold it. Raises Fault where it is of a type that no cell has."""
    value = attribute.value
    if value == 0 and ZERO_IS_EMPTY & {key, attribute.universal_id}:
        return None
    if isinstance(value, str) and attribute.type.casefold() == "tags":
        value = _tags(value)
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := plain(_one(item)))) or None
    return _one(value)


def shown(attribute: Attribute) -> str:
    """The beginning of a value that can't be read, for the screen; "" for what is no text and no number."""
    try:
        text = plain(_scalar(attribute.value))
    except Fault:
        return ""
    return day(text).encode("utf-8", "replace").decode()[:SHOWN_CHARACTERS]


def day(text: str) -> str:
    """The calendar day of a date with a time and an offset, as it is written; other text as it is.

    It is a day in the company's own time: converting "2024-04-01T00:00:00+02:00" to UTC gives the day before.
    """
    return text[:10] if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:", text) else text


def _tags(text: str) -> Any:
    """Personio writes tags as "A,B", or as JSON in a text; options have no commas."""
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return [tag.strip() for tag in text.split(",")]


def _one(value: Any) -> Cell:
    return _name(value) if isinstance(value, Mapping) else None if value == [] else _scalar(value)


def _name(value: Mapping[str, Any]) -> Cell:
    """A department, an office, a legal entity: by its name. A supervisor has a first and a last one."""
    inner = value.get("attributes", value)
    if not inner:
        return None
    if not isinstance(inner, Mapping):
        raise Fault("bad_text")
    names = [name for name in ("first_name", "last_name") if name in inner]
    if "name" in inner:
        names = ["name"]
    if not names:
        raise Fault("bad_text")
    return " ".join(plain(_scalar(_unwrapped(inner[name]))) for name in names).strip() or None


def _unwrapped(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value


def _scalar(value: Any) -> Cell:
    if isinstance(value, bool | str | None):
        return value
    if isinstance(value, int) and value.bit_length() <= LONGEST_NUMBER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise Fault("bad_text")
