"""Somebody edits an employee by hand in Loket, while the portal does not look (the drift that the checks are about)."""

from __future__ import annotations

import copy
from typing import Any

from . import audit
from .logins import ACCOUNTANT, LOGINS
from .metadata import UnknownOption, ValueLists
from .people import PART_LISTS, employment_shape, holding_today
from .rules import Checker
from .shapes.concept import BSN
from .shapes.field import Field
from .shapes.person import EMPLOYEE
from .world import Record, World

OF_EMPLOYMENT = "employment."
BSN_FIELD = "citizenServiceNumber"


def edit(world: World, lists: ValueLists, wanted: dict[str, Any]) -> dict[str, int]:
    """Sets one field of the employee with that number; says how many fields are different now.

    `field` is a path as in the API, of the employee, or after `employment.` of his employment; metadata by its text.
    Raises ValueError for what Loket's own screens would refuse.
    """
    unknown = wanted.keys() - {"employeeNumber", "field", "value", "user"}
    user, path = wanted.get("user", ACCOUNTANT), wanted.get("field")
    if unknown or "value" not in wanted or not isinstance(path, str):
        raise ValueError("people/edit takes employeeNumber, field, value and, if it matters, user")
    if user not in LOGINS:
        raise ValueError(f"There is no user {user!r}; these are: {', '.join(LOGINS)}")
    with world.transaction():
        record = _employee(world, wanted.get("employeeNumber"))
        if path.startswith(OF_EMPLOYMENT):
            record = world.all("employment", record.owner, record.id)[0]
        return {"changed": _change(world, lists, record, path.removeprefix(OF_EMPLOYMENT), wanted["value"], user)}


def _employee(world: World, number: Any) -> Record:
    for company in world.all("employer", ""):
        for record in world.all("employee", company.id, str(number)):
            return record
    raise ValueError(f"There is no employee with number {number!r}")


def _change(world: World, lists: ValueLists, record: Record, path: str, value: Any, user: str) -> int:
    body = copy.deepcopy(record.body)
    is_person = record.kind == "employee"
    if is_person and path == BSN_FIELD:
        body["_bsn"] = _clean(BSN.fields[BSN_FIELD], value, path, lists, record.owner)
    else:
        field = _field(EMPLOYEE if is_person else employment_shape(), path)
        _put(body, path, _clean(field, value, path, lists, record.owner))
    if body == record.body:
        return 0
    stored = world.replace(record, body, mark=str(body["employeeNumber"]) if is_person else None)
    if is_person:
        world.touch("employment", record.owner, record.id)
    return audit.changed(world, lists, record, stored, user)


def _field(shape: Field, path: str) -> Field:
    for name in path.split("."):
        if name not in shape.fields:
            raise ValueError(f"There is no field {path!r}")
        shape = shape.fields[name]
    if shape.kind == "object" or shape.read_only:
        raise ValueError(f"{path!r} can't be edited")
    return shape


def _clean(field: Field, value: Any, path: str, lists: ValueLists, owner: str) -> Any:
    checker = Checker(lists, owner)
    if field.kind == "option" and value is not None:
        try:
            value = {field.parts[0]: lists.key_of(field.options, value, owner)}
        except UnknownOption as error:
            raise ValueError(f"{path} does not take {value!r}") from error
    cleaned = checker.clean(field, value, path)
    if checker.messages:
        raise ValueError(checker.messages[0].description)
    return cleaned


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    first, *rest = path.split(".")
    if first in PART_LISTS:
        body, (first, *rest) = holding_today(body[PART_LISTS[first]]), rest
    for name in rest:
        if body[first] is None:
            raise ValueError(f"{path}: {first} is empty, and is not filled field by field")
        body, first = body[first], name
    body[first] = value
