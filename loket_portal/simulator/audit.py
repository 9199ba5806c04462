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
from .shapes.employment import PAYMENT
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
    return Listing([line for record in chosen for line in _lines(record)], lambda line: _row(line, call))


def hired(world: World, record: Record, user: str) -> None:
    """Notes that an employee was made."""
    _add(world, record, user, _person(record), [("employeeNumber", None, record.body["employeeNumber"])])


def changed(world: World, lists: ValueLists, before: Record, after: Record, user: str, day: str | None = None) -> int:
    """Notes what is different about an employee or (on that day, or today) an employment; gives the number of fields."""
    old, new = _fields(before, lists, after, day), _fields(after, lists, before, day)
    paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    employee = after if after.kind == "employee" else world.get("employee", after.mark)
    person = _person(employee) if employee else {}
    if paths:
        _add(world, after, user, person, [(path, old.get(path), new.get(path)) for path in paths])
    return len(paths)


def _add(world: World, record: Record, user: str, person: dict[str, Any], fields: list[tuple[str, Any, Any]]) -> None:
    """One record for all that changed at once; the trail has a line for each field."""
    is_employment = record.kind == "employment"
    body = {
        "employee": person,
        "employment": {
            "id": record.id if is_employment else None,
            "startDate": record.body["startDate"] if is_employment else None,
        },
        "entity": record.kind,
        "fields": [(path, _text(old), _text(new)) for path, old, new in fields],
        "performedBy": user,
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    world.add(KIND, record.owner, body)


def _lines(record: Record) -> list[dict[str, Any]]:
    """What is stored, by field; a world of an older version has a record for each."""
    body = record.body
    if "fields" not in body:
        return [body]
    return [
        {**body, "path": path, "oldValue": old, "newValue": new, "mutationType": _kind(old, new)}
        for path, old, new in body["fields"]
    ]


def _kind(old: str | None, new: str | None) -> str:
    return "toevoegen" if old is None else "verwijderen" if new is None else "wijzigen"


def _fields(record: Record, lists: ValueLists, besides: Record, day: str | None) -> dict[str, Any]:
    """The filled-in fields by their path, metadata as text, of what isn't wholly the same in the other record."""
    if record.kind == "employment":
        shown = dict(flat(employment_shape(), on_day(record, day or today().isoformat()), lists))
        for payment in record.body["_payments"]:
            fields = dict(flat(PAYMENT, payment, lists))
            shown |= {f"payment.{fields['payrollComponent']}.{name}": value for name, value in fields.items()}
        return shown
    other, number = besides.body, record.body.get("_bsn")
    differing = {name: value for name, value in record.body.items() if name not in other or value != other[name]}
    return dict(flat(EMPLOYEE, differing, lists)) | ({"citizenServiceNumber": number} if number else {})


def _row(body: dict[str, Any], call: Call) -> dict[str, Any]:
    company = employer(call)
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
