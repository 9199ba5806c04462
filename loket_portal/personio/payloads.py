"""Personio's answers as small frozen types. What Personio left out is not there: absent is not empty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value of an employee. Match on the key it stands under: the label is the customer's own text."""

    label: str
    value: Any = field(repr=False)
    type: str = "standard"
    universal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Employee:
    """An employee of v1 with every attribute that the credentials may read, by key; `id` is None for a broken record."""

    id: int | None
    attributes: Mapping[str, Attribute] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the employees; `total` is how many Personio has in all, None when it doesn't say."""

    employees: tuple[Employee, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class Definition:
    """An attribute that the credentials may read; `options` are the texts that a list or tags can hold."""

    key: str
    label: str
    type: str
    universal_id: str | None
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonioEntity:
    """A legal entity; `country` is ISO alpha-2, "" when Personio doesn't say."""

    id: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person of v2: the id is that of the employee in v1; None for a broken row, of which nobody knows whose it is."""

    id: int | None
    employment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Employment:
    """One employment of a person; "" and None where Personio says nothing. The status is in lower case."""

    id: str
    status: str
    position: str
    weekly_hours: str
    start_on: date | None
    end_on: date | None
    contract_end_on: date | None
    termination_on: date | None
    legal_entity_id: str
    sub_company_id: str
    department_id: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that is registered at Personio; its address holds a key."""

    id: str
    url: str = field(repr=False)
    description: str
    is_enabled: bool


def employee(row: Any) -> Employee:
    """An employee of v1; a row that holds nothing is an employee without an id, so that it is counted."""
    given = _object(_object(row).get("attributes"))
    attributes = {
        key: _attribute(key, item) for key, item in given.items() if isinstance(item, dict) and "value" in item
    }
    return Employee(_number(attributes["id"].value) if "id" in attributes else None, attributes)


def related(attributes: Mapping[str, Attribute], key: str) -> tuple[str, str]:
    """Number and name of the subcompany, department …; both "" where there is none: null, "" and [] in Personio."""
    value = attributes[key].value if key in attributes else None
    if isinstance(value, str):
        return "", value.strip()
    inner = value.get("attributes", value) if isinstance(value, dict) else {}
    if not isinstance(inner, dict):
        return "", ""
    number = _id(inner)
    return "" if number == "0" else number, _text(inner.get("name"))


def page(body: Any) -> Page:
    """A page of the list of employees."""
    if not isinstance(body["data"], list):
        raise TypeError
    return Page(tuple(map(employee, body["data"])), _number(_object(body.get("metadata")).get("total_elements")))


def step(body: Any, asked: int) -> int:
    """How many records a page covers: what was asked for, or fewer when the answer says that it gives no more."""
    given = _number(body.get("limit"))
    return given if given and given < asked else asked


def definitions(body: Any) -> list[Definition]:
    """The attribute definitions; one without a key can't be mapped by anybody and is left out."""
    return [_definition(row) for row in body["data"] if row.get("key")]


def _definition(row: Raw) -> Definition:
    """An attribute definition; old accounts lack the universal id and the options."""
    key, options = str(row["key"]), row.get("options")
    return Definition(
        key,
        _text(row.get("label")) or key,
        _text(row.get("type")) or "standard",
        _text(row.get("universal_id")) or None,
        tuple(filter(None, map(_text, options))) if isinstance(options, list) else (),
    )


def rows(body: Any) -> list[tuple[str, Any]]:
    """The rows of a list of v2, each with its id, "" for one that has none."""
    if not isinstance(body["_data"], list):
        raise TypeError
    return [(_id(row), row) for row in body["_data"]]


def legal_entity(row: Raw) -> PersonioEntity:
    """A legal entity; which fields it has besides the id is documented nowhere."""
    return PersonioEntity(str(row["id"]), _text(row.get("name")), _text(row.get("country")).upper())


def person(row: Any) -> Person:
    """A person of v2; a row that doesn't tell who it is, or which employments there are, is a person without an id."""
    given = _object(row)
    listed = given.get("employments") or []
    ids = tuple(map(_id, listed)) if isinstance(listed, list) else ("",)
    return Person(_number(given.get("id")) if all(ids) else None, tuple(filter(None, ids)))


def employment(row: Raw) -> Employment:
    """An employment of v2; with fewer rights Personio sends only the id and the status."""
    ended = _object(row.get("termination"))
    position = row.get("position")
    return Employment(
        id=str(row["id"]),
        status=_text(row.get("status")).lower(),
        position=_text(position.get("title") if isinstance(position, dict) else position),
        weekly_hours=_text(row.get("weekly_working_hours")),
        start_on=_day(row.get("employment_start_date")),
        end_on=_day(row.get("employment_end_date")),
        contract_end_on=_day(row.get("contract_end_date")),
        termination_on=_day(ended.get("termination_date")),
        legal_entity_id=_id(row.get("legal_entity")),
        sub_company_id=_id(row.get("sub_company")),
        department_id=_department(row.get("org_units")),
    )


def webhook(row: Raw) -> Webhook:
    """A registered webhook."""
    return Webhook(
        str(row["id"]), _text(row.get("url")), _text(row.get("description")), _text(row.get("status")) == "ENABLED"
    )


def _attribute(key: str, item: Raw) -> Attribute:
    kind = _text(item.get("type")) or "standard"
    return Attribute(_text(item.get("label")) or key, item["value"], kind, _text(item.get("universal_id")) or None)


def _department(units: Any) -> str:
    found = [_id(unit) for unit in units or () if isinstance(unit, dict) and unit.get("type") == "department"]
    return found[0] if found else ""


def _object(value: Any) -> Raw:
    """An object; Personio writes an empty one as null, "" or [] too."""
    return value if isinstance(value, dict) else {}


def _id(value: Any) -> str:
    return _text(_object(value).get("id"))


def _text(value: Any) -> str:
    """A text or a number as text, 36.0 as "36"; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _number(value: Any) -> int | None:
    text = _text(value)
    return int(text) if text.isdecimal() else None


def _day(value: Any) -> date | None:
    """The calendar day as it is written: an offset from UTC must not move it."""
    return date.fromisoformat(str(value)[:10]) if value else None
