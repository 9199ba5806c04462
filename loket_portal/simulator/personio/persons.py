"""A person and his employments as v2 shows them: ids instead of names, plain days, moments in UTC."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..options import Options
from .attributes import Attribute, readable, renaming
from .company import DEPARTMENTS, ENTITIES, OFFICES, unit_id
from .employees import EMPLOYMENT_FIELDS, status_on, with_termination
from .people import Employment, Person

KINDS = {"date": "date", "integer": "int", "decimal": "double", "tags": "string_list"}
DATES = {
    "employment_start_date": "hire_date",
    "contract_end_date": "contract_end_date",
    "probation_end_date": "probation_period_end",
}


@dataclass(frozen=True)
class View:
    """Shows people as they are on a day. What the credential may not read is left out, as in v1."""

    options: Options
    day: date
    host: str

    @property
    def readable(self) -> dict[str, Attribute]:
        """The attributes that may be read, by the key that the world stores them by."""
        return {attribute.key: attribute for attribute in readable(self.options)}

    def person(self, person: Person) -> dict[str, Any]:
        """One person."""
        attributes, values = self.readable, person.values
        names = [name for name in ("email", "first_name", "last_name", "preferred_name") if name in attributes]
        shown: dict[str, Any] = {"id": str(person.id), "created_at": person.created, "updated_at": person.modified}
        shown |= {name: values.get(name) for name in names}
        if "gender" in attributes:
            shown["gender"] = str(values.get("gender") or "unspecified").upper()
        if "status" in attributes:
            shown["status"] = latest_status(person, self.day)
        custom = [self._custom(item, person) for key, item in attributes.items() if values.get(key) and is_custom(key)]
        numbers = [{"id": person.number_of(employment)} for employment in person.employments]
        link = {"href": f"{self.host}/v2/persons/{person.id}/employments"}
        return shown | {
            "custom_attributes": custom,
            "employments": numbers,
            "_meta": {"links": {"employments": link}},
        }

    def _custom(self, attribute: Attribute, person: Person) -> dict[str, Any]:
        value = person.values[attribute.key]
        number = str(8_000_000 + zlib.crc32(attribute.key.encode()) % 999_999)
        return {
            "id": custom_id(attribute),
            "type": KINDS.get(attribute.type, "string"),
            "global_id": attribute.universal_id or number,
            "value": renaming(attribute.key, self.options)(value),
        }

    def employment(self, person: Person, employment: Employment) -> dict[str, Any]:
        """One employment of that person."""
        keys = self.readable
        self_link = {"href": f"{self.host}/v2/persons/{person.id}"}
        base = {"id": person.number_of(employment), "person": {"id": str(person.id)}}
        shown: dict[str, Any] = {
            **base,
            "status": str(status_on(employment, self.day) or "unspecified").upper(),
            "type": str(employment.get("type") or "internal").upper(),
            "employment_end_date": employment.get("end"),
            "created_at": person.created,
            "updated_at": person.modified,
        }
        shown |= {name: employment.get(EMPLOYMENT_FIELDS[key]) for name, key in DATES.items() if key in keys}
        for key, parts in self._parts(person, employment).items():
            shown |= parts if key in keys else {}
        return shown | {"_meta": {"links": {"person": self_link}}}

    def _parts(self, person: Person, employment: Employment) -> dict[str, dict[str, Any]]:
        """What each attribute of v1 is in v2."""
        entity = ENTITIES.get(employment.get("legal_entity") or "")
        department, office = employment.get("department"), employment.get("office")
        manager = person.values.get("supervisor")
        unit = _unit(DEPARTMENTS, department)
        return {
            "position": {"position": {"title": employment["position"]} if employment.get("position") else None},
            "weekly_working_hours": {
                "weekly_working_hours": _number(employment.get("hours")),
                "full_time_weekly_working_hours": 38,
            },
            "subcompany": {
                "legal_entity": {"id": entity.id} if entity else None,
                "sub_company": {"id": str(entity.subcompany)} if entity else None,
            },
            "department": {"org_units": [{"type": "department", **unit}] if unit else []},
            "office": {"office": _unit(OFFICES, office)},
            "supervisor": {"supervisor": {"id": str(manager)} if manager else None},
            "cost_centers": {"cost_centers": []},
            "termination_date": {"termination": _termination(employment)},
        }


def latest_status(person: Person, day: date) -> str:
    """ACTIVE when the latest employment is active, on leave or still to begin; else INACTIVE."""
    return "INACTIVE" if status_on(person.employments[0], day) == "inactive" else "ACTIVE"


def custom_id(attribute: Attribute) -> str:
    """The id in v2, which is the key of v1 only for texts, dates and numbers: others have a part more."""
    if attribute.type not in ("list", "tags"):
        return attribute.shown_key
    account = hashlib.sha256(b"personio").hexdigest()[:12]
    return f"dynamic_{account}.{attribute.shown_key.removeprefix('dynamic_')}"


def is_custom(key: str) -> bool:
    """Whether the attribute is the customer's own."""
    return key.startswith("dynamic_")


def _termination(employment: Employment) -> dict[str, Any] | None:
    ended = with_termination(employment)
    if not ended.get("termination"):
        return None
    return {
        "termination_date": ended["termination"],
        "last_working_day": ended.get("last_day"),
        "terminated_at": None,
        "type": employment.get("ending"),
        "reason": employment.get("reason") or None,
    }


def _unit(units: dict[str, int], name: Any) -> dict[str, str] | None:
    return {"id": str(unit_id(units, name))} if isinstance(name, str) and name else None


def _number(hours: Any) -> float | int | None:
    try:
        number = float(hours)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() else number
