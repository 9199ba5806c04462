"""One field of a Loket object, and the short notation in which the shapes are written.

`"text? 1-28"` is a text of 1 to 28 characters that may be null, `"int 1..9999"` a number with bounds,
`"option? gender"` a metadata field with the options of the list "gender" (left out: of the list with the field's own
name), `"date ro"` one that only Loket writes. A nested object is a dict; its name ends in `?` when it may be null, and
in `!` when only Loket writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

OPTION_PARTS: dict[str, tuple[str, ...]] = {
    "country": ("key", "value", "isoCode"),
    "department": ("key", "code", "description"),
    "distributionUnit": ("key", "code", "description"),
    "contractCode": ("key", "code", "description"),
    "function": ("key", "description", "group"),
    "standardFunction": ("key", "value", "code", "category"),
    "shift": ("shiftNumber", "fullTimeHoursPerWeek", "bonusPercentage"),
    "payrollAdministration": ("id", "name", "description", "clientNumber"),
    "nonPayrollAdministration": ("id", "name", "description"),
    "sbi": ("key", "value", "sbiCode"),
}
NOTATION = re.compile(
    r"(?P<kind>[a-z]+)(?P<null>\?)?"
    r"(?: (?P<short>\d+)-(?P<long>\d+)| (?P<low>[\d.]*?)\.\.(?P<high>[\d.]*))?"
    r"(?: (?P<list>(?!ro$)\w+))?(?P<ro> ro)?"
)


@dataclass(frozen=True, slots=True)
class Field:
    """What one field takes. `fields` is filled for kind "object", `options` (a list's name) for kind "option"."""

    kind: str
    nullable: bool = False
    read_only: bool = False
    low: float | None = None
    high: float | None = None
    options: str = ""
    fields: Mapping[str, Field] = default(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        """The properties of an option of this field; the first one identifies it."""
        return OPTION_PARTS.get(self.options, ("key", "value"))


def shape(table: Mapping[str, Any]) -> Field:
    """The object that a table describes."""
    return Field(kind="object", fields=dict(_named(name, value) for name, value in table.items()))


def each(notation: str, names: str) -> dict[str, str]:
    """Several fields of one notation, their names divided by spaces."""
    return dict.fromkeys(names.split(), notation)


def _named(name: str, value: Any) -> tuple[str, Field]:
    plain = name.rstrip("?!")
    if isinstance(value, str):
        return plain, _plain(plain, value)
    inner = shape(value)
    return plain, Field("object", nullable=name.endswith("?"), read_only=name.endswith("!"), fields=inner.fields)


def _plain(name: str, notation: str) -> Field:
    found = NOTATION.fullmatch(notation)
    if not found:
        raise ValueError(f"{name}: {notation!r} is not a field")
    low, high = found["short"] or found["low"], found["long"] or found["high"]
    return Field(
        kind=found["kind"],
        nullable=bool(found["null"]),
        read_only=bool(found["ro"]),
        low=float(low) if low else None,
        high=float(high) if high else None,
        options=(found["list"] or name) if found["kind"] == "option" else "",
    )
