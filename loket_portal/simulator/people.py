"""What Loket works out about people itself (formatted name, date of the state pension), and how people are shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from .clock import today
from .metadata import ValueLists
from .render import Incomplete, render
from .shapes.employment import COMPREHENSIVE, PAYMENT, WITHOUT_PERSON
from .shapes.field import Field
from .shapes.person import EMPLOYEE_VERSIONS
from .world import Record, World

PERSON_VERSION = "2021-03-29"
PENSION_AGE = 67
PART_LISTS = {"workinghours": "_workinghours", "organizationalEntity": "_organization", "wage": "_wages"}


def formatted_name(details: dict[str, Any], lists: ValueLists) -> str:
    """The name as Loket's lists show it, in the order of `howToFormatLastName`; at most 82 characters."""
    chosen = lists.find("howToFormatLastName", details.get("howToFormatLastName")) or {"value": "Achternaam"}
    own = (details.get("prefix"), details.get("lastName"))
    partner = (details.get("prefixPartner"), details.get("lastNamePartner"))
    has_partner = bool(partner[1])
    orders = {
        "Achternaam partner": [partner],
        "Achternaam + achternaam partner": [own, partner],
        "Achternaam partner + achternaam": [partner, own],
    }
    names = orders.get(chosen["value"], [own]) if has_partner else [own]
    first, *others = names
    tail = [f"- {_joined(*other)}" for other in others]
    return _joined(first[1], *tail, details.get("initials"), first[0])[:82]


def pension_date(born: str) -> str:
    """The first day of the state pension (AOW), simplified to one age for everybody."""
    day = date.fromisoformat(born)
    year = day.year + PENSION_AGE
    return (date(year, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=year)).isoformat()


def employee_view(record: Record, lists: ValueLists, version: str = PERSON_VERSION) -> dict[str, Any]:
    """The employee object of that version."""
    view: dict[str, Any] = render(EMPLOYEE_VERSIONS[version], _derived(record, lists), lists)
    return view


def comprehensive_view(record: Record, world: World, lists: ValueLists, day: str) -> dict[str, Any]:
    """The employment with its employee and the dated parts that hold on that day."""
    employee = world.get("employee", record.mark)
    if employee is None:
        raise Incomplete(f"employment {record.id} has no employee")
    body = {**on_day(record, day), "employee": _derived(employee, lists)}
    view: dict[str, Any] = render(COMPREHENSIVE, body, lists)
    return view


def on_day(record: Record, day: str) -> dict[str, Any]:
    """The stored employment with of each dated part the record of that day (before the first one: the first one)."""
    parts = {name: _holding(record.body[source], day) for name, source in PART_LISTS.items()}
    return {**record.body, "id": record.id, **parts}


def payment_view(payment: dict[str, Any], lists: ValueLists) -> dict[str, Any]:
    """One record of SEPA payment information."""
    view: dict[str, Any] = render(PAYMENT, payment, lists)
    return view


def employment_shape() -> Field:
    """The employment without its employee, for the readable state."""
    return WITHOUT_PERSON


def holding_today(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the records of a dated part the one of today (before the first one: the first one)."""
    return _holding(parts, today().isoformat())


def _derived(record: Record, lists: ValueLists) -> dict[str, Any]:
    details = record.body["personalDetails"]
    extra = {"formattedName": formatted_name(details, lists), "aowDate": pension_date(details["dateOfBirth"])}
    return {**record.body, "id": record.id, "personalDetails": {**details, **extra}}


def _holding(parts: list[dict[str, Any]], day: str) -> dict[str, Any]:
    started = [part for part in parts if part["startDate"] <= day]
    return started[-1] if started else parts[0]


def _joined(*words: str | None) -> str:
    return " ".join(word for word in words if word)
