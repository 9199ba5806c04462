"""A person as v1 shows him: each attribute in its wrapper, with the many ways of v1 to say that there is nothing."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..options import Options
from .attributes import Attribute, renaming
from .company import COST_CENTERS, DEPARTMENTS, ENTITIES, OFFICES, unit_id
from .days import local, midnight
from .people import Employment, Person

NOTHING: dict[str, tuple[Any, ...]] = {
    "text": (None, ""),
    "list": (None, "", None),
    "tags": (None, "", []),
    "object": (None, "", []),
    "date": (None,),
    "integer": (None,),
    "decimal": (0,),
}
OBJECTS = frozenset(
    {"supervisor", "subcompany", "office", "department", "team", "cost_centers", "holiday_calendar"}
    | {"work_schedule", "absence_entitlement"}
)
ALWAYS_TEXT = ("termination_type", "termination_reason", "fix_salary_interval")
EMPLOYMENT_FIELDS = {
    "status": "status",
    "position": "position",
    "employment_type": "type",
    "weekly_working_hours": "hours",
    "hire_date": "start",
    "contract_end_date": "contract_end",
    "termination_date": "termination",
    "termination_type": "ending",
    "termination_reason": "reason",
    "probation_period_end": "probation_end",
    "last_working_day": "last_day",
    "subcompany": "legal_entity",
    "office": "office",
    "department": "department",
}
HOLIDAYS = {
    "type": "HolidayCalendar",
    "attributes": {"id": 31, "name": "Nederland", "country": "NL", "state": None},
}
MEANT = {"CONTRACT_EXPIRED": "contract-expired", "SUB_COMPANY_SWITCH": "sub-company-switch"}


@dataclass(frozen=True)
class Shower:
    """Shows people as they are on a day. `look_up` finds the person who is somebody's supervisor."""

    options: Options
    day: date
    attributes: list[Attribute]
    look_up: Callable[[int], Person | None]
    host: str

    def employee(self, person: Person, wanted: frozenset[str] = frozenset()) -> dict[str, Any]:
        """One employee with the wanted attributes, or with all that may be read. The id is always there."""
        shown = [item for item in self.attributes if not wanted or item.shown_key in wanted or item.key == "id"]
        is_null = person.id == self.options.personio_null_record
        attributes = {item.shown_key: self._wrapped(item, person, is_null) for item in shown}
        return {"type": "Employee", "attributes": attributes}

    def _wrapped(self, attribute: Attribute, person: Person, is_null: bool) -> dict[str, Any]:
        wrapper = {
            "label": attribute.label,
            "value": None if is_null else self.value(attribute, person),
            "type": attribute.type,
            "universal_id": attribute.universal_id,
        }
        return wrapper | ({"currency": "EUR"} if attribute.type == "decimal" else {})

    def value(self, attribute: Attribute, person: Person) -> Any:
        """What v1 has as the value: as it was stored or edited, else one of the ways to say nothing."""
        key = attribute.key
        found = self._employment_value(key, person) if key in EMPLOYMENT_FIELDS else self._own_value(key, person)
        if found is MISSING:
            return nothing(attribute, person)
        return self._as_v1(attribute, found, person)

    def shown_employment(self, person: Person) -> Employment:
        """The employment that v1 is about: the one in force, or the latest where the option says so."""
        return person.employments[0] if self.options.personio_v1_shows_latest else person.employment_on(self.day)

    def _employment_value(self, key: str, person: Person) -> Any:
        employment = with_termination(self.shown_employment(person))
        if key == "status":
            return status_on(employment, self.day)
        return employment.get(EMPLOYMENT_FIELDS[key], "internal" if key == "employment_type" else MISSING)

    def _own_value(self, key: str, person: Person) -> Any:
        moments = {"created_at": local(person.created), "last_modified_at": local(person.modified)}
        picture = f"{self.host}/v1/company/employees/{person.id}/profile-picture"
        own = {"id": person.id, "profile_picture": picture, "holiday_calendar": HOLIDAYS, **moments, **person.values}
        return own.get(key, MISSING)

    def _as_v1(self, attribute: Attribute, found: Any, person: Person) -> Any:
        if attribute.key == "supervisor" and isinstance(found, int):
            return self._supervisor(found)
        if attribute.key in UNITS and isinstance(found, str):
            return UNITS[attribute.key](found)
        if attribute.type == "date" and (attribute.key in EMPLOYMENT_FIELDS or person.id % 2):
            return midnight(found)  # half of the customer's own dates are plain days
        if attribute.type == "tags" and isinstance(found, list) and found:
            return json.dumps(found) if person.id % 2 else ",".join(found)
        return renaming(attribute.key, self.options)(found)

    def _supervisor(self, person_id: int) -> Any:
        person = self.look_up(person_id)
        if person is None:
            return None
        return self.employee(person, frozenset({"id", "first_name", "last_name", "email"}))


MISSING = object()


def nothing(attribute: Attribute, person: Person) -> Any:
    """How v1 says that there is no value: another way for another person, always the same for one."""
    if attribute.key in ALWAYS_TEXT:
        return ""
    kind = "object" if attribute.key in OBJECTS else attribute.type
    ways = NOTHING.get(kind, NOTHING["text"])
    return ways[zlib.crc32(f"{person.id} {attribute.key}".encode()) % len(ways)]


def status_on(employment: Employment, day: date) -> Any:
    """The status of an employment: what is to come has begun on its first day, what ended is over the day after."""
    status, text = employment.get("status"), day.isoformat()
    if status == "onboarding" and str(employment["start"]) <= text:
        return "active"
    if status in ("active", "leave") and employment.get("end") and str(employment["end"]) < text:
        return "inactive"
    return status


def with_termination(employment: Employment) -> Employment:
    """The employment with the day of its termination; one that just goes over into the next has none."""
    ending = employment.get("ending")
    if not ending:
        return employment
    end = employment.get("end")
    return {"termination": end, "last_day": end, **employment, "ending": MEANT.get(ending, ending.lower())}


def _unit(kind: str, units: dict[str, int]) -> Callable[[str], Any]:
    return lambda name: {"type": kind, "attributes": {"id": unit_id(units, name), "name": name}} if name else name


def _subcompany(entity_id: str) -> Any:
    entity = ENTITIES.get(entity_id)
    if entity is None:
        return entity_id
    return {"type": "Subcompany", "attributes": {"id": entity.subcompany, "name": entity.name}}


def _cost_center(name: str) -> Any:
    attributes = {"id": unit_id(COST_CENTERS, name), "name": name, "percentage": 100}
    return [{"type": "CostCenter", "attributes": attributes}]


UNITS: dict[str, Callable[[str], Any]] = {
    "subcompany": _subcompany,
    "office": _unit("Office", OFFICES),
    "department": _unit("Department", DEPARTMENTS),
    "cost_centers": _cost_center,
}
