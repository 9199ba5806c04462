"""An employer's world as a person would write it down: numbers instead of ids, texts instead of keys, nothing empty."""

from __future__ import annotations

from typing import Any

from .clock import today
from .metadata import ValueLists
from .people import employment_shape, on_day
from .render import flat
from .shapes.concept import CONCEPT
from .shapes.person import EMPLOYEE
from .world import Record, World


def readable(world: World, lists: ValueLists, employer: str = "") -> dict[str, Any]:
    """Employees by number with their BSN and employments, concepts by unique name. Null and false are left out.

    Of the employer with that name, or the first one. Raises ValueError for a name that no employer has.
    """
    employees: dict[str, Any] = {}
    concepts: dict[str, Any] = {}
    with world.lock:
        owner = _employer(world, employer).id
        for record in world.all("employee", owner):
            employees[record.mark] = _employee(record, world, lists)
        for record in world.all("concept", owner):
            concepts[_free_name(record.body["uniqueName"], concepts)] = _concept(record, lists)
    return {"employees": employees, "concepts": concepts}


def _employer(world: World, name: str) -> Record:
    records = world.all("employer", "")
    for record in records:
        if name in ("", record.body["companyName"]):
            return record
    names = ", ".join(record.body["companyName"] for record in records)
    raise ValueError(f"There is no employer {name!r}; these are: {names}")


def _employee(record: Record, world: World, lists: ValueLists) -> dict[str, Any]:
    employments = world.all("employment", record.owner, record.id)
    shown = {
        "employee": dict(flat(EMPLOYEE, record.body, lists)),
        "bsn": record.body["_bsn"],
        "employments": [_employment(item, lists) for item in employments],
    }
    return {name: value for name, value in shown.items() if value is not None}


def _employment(record: Record, lists: ValueLists) -> dict[str, Any]:
    stored = on_day(record, today().isoformat())
    ibans = [item["iban"] for item in record.body["_payments"]]
    shown = dict(flat(employment_shape(), stored, lists))
    return shown | ({"iban": ibans[0]} if ibans else {})


def _concept(record: Record, lists: ValueLists) -> dict[str, Any]:
    number = record.body["_bsn"]
    return dict(flat(CONCEPT, record.body, lists)) | ({"bsn": number} if number else {})


def _free_name(name: str, taken: dict[str, Any]) -> str:
    count = 1
    while (f"{name} ({count})" if count > 1 else name) in taken:
        count += 1
    return f"{name} ({count})" if count > 1 else name
