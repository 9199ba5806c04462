"""Who changed what of an employee, and when: the audit trail. Only what really changed in this world is in it."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime
from typing import Any

from .calls import Call, Listing, Routes, broken
from .clock import NETHERLANDS, today
from .company import EMPLOYER_PATH, employer
from .labels import label
from .logins import performer, user_record
from .metadata import ValueLists
from .people import employment_shape, on_day
from .render import flat
from .rules import Message
from .shapes.person import EMPLOYEE
from .world import Record, World

ROUTES = Routes()
KIND = "audit"
ENTITIES = {"employee": 1, "employment": 2}
TYPES = {"toevoegen": 1, "wijzigen": 2, "verwijderen": 3}
BY_USER = {"key": 1, "value": "By user"}


@ROUTES.add("GET", f"{EMPLOYER_PATH}/auditTrail/EmployeeData", "GetEmployeeDataAuditTrailByEmployerId")
def employee_data(call: Call) -> Listing:
    """The changes from `startDate` to `endDate`, both mandatory and both included."""
    first, last = _day(call, "startDate"), _day(call, "endDate")
    records = call.world.all(KIND, employer(call).id)
    chosen = [record for record in records if first <= _dutch_day(record.body["timeStamp"]) <= last]
    return Listing(chosen, lambda record: _row(record, call))


def hired(world: World, record: Record, user: str) -> None:
    """Notes that an employee was made."""
    _add(world, record, user, _person(record), "employee", "employeeNumber", None, record.body["employeeNumber"])


def changed(world: World, lists: ValueLists, before: Record, after: Record, user: str) -> int:
    """Notes what is different about an employee or an employment; gives the number of fields."""
    old, new = _fields(before, lists), _fields(after, lists)
    paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    employee = after if after.kind == "employee" else world.get("employee", after.mark)
    person = _person(employee) if employee else {}
    for path in paths:
        _add(world, after, user, person, after.kind, path, old.get(path), new.get(path))
    return len(paths)


def _add(
    world: World, record: Record, user: str, person: dict[str, Any], entity: str, path: str, old: Any, new: Any
) -> None:
    is_employment = entity == "employment"
    start = record.body["startDate"] if is_employment else None
    kind = "toevoegen" if old is None else "verwijderen" if new is None else "wijzigen"
    body = {
        "employee": person,
        "employment": {"id": record.id if is_employment else None, "startDate": start},
        "entity": entity,
        "path": path,
        "mutationType": kind,
        "newValue": _text(new),
        "oldValue": _text(old),
        "performedBy": user,
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    world.add(KIND, record.owner, body)


def _fields(record: Record, lists: ValueLists) -> dict[str, Any]:
    """The filled-in fields by their path, metadata as text."""
    if record.kind == "employment":
        return dict(flat(employment_shape(), on_day(record, today().isoformat()), lists))
    number = record.body.get("_bsn")
    return dict(flat(EMPLOYEE, record.body, lists)) | ({"citizenServiceNumber": number} if number else {})


def _row(record: Record, call: Call) -> dict[str, Any]:
    body, company = record.body, employer(call)
    kept = {name: body[name] for name in ("employee", "employment", "newValue", "oldValue", "timeStamp")}
    return {
        **kept,
        "employer": {
            "companyName": company.body["companyName"],
            "employerNumber": company.body["employerNumber"],
            "id": company.id,
        },
        "entity": {"key": ENTITIES[body["entity"]], "value": body["entity"]},
        "field": {"key": zlib.crc32(body["path"].encode()) % 100_000, "value": label(body["path"])},
        "identification": None,
        "mutationOrigin": BY_USER,
        "mutationType": {"key": TYPES[body["mutationType"]], "value": body["mutationType"]},
        "performedBy": performer(user_record(call.world, body["performedBy"])),
    }


def _person(record: Record) -> dict[str, Any]:
    name = record.body["personalDetails"]["lastName"]
    return {"employeeNumber": record.body["employeeNumber"], "id": record.id, "name": name}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:250]


def _day(call: Call, name: str) -> date:
    try:
        return date.fromisoformat(call.query.get(name, "")[:10])
    except ValueError:
        raise broken(400, Message(52, f"{name} must be a date (yyyy-MM-dd)", (name,))) from None


def _dutch_day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(NETHERLANDS).date()
