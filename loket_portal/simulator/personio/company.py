"""The simulated company at Personio: its legal entities, and the units that people work in."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

COMPANY_ID = "170071"


@dataclass(frozen=True)
class Entity:
    """A legal entity (v2), which v1 calls a subcompany and gives another id."""

    id: str
    subcompany: int
    name: str
    country: str


ENTITIES = {
    entity.id: entity
    for entity in (
        Entity("170", 701, "Linde Horeca B.V.", "NL"),
        Entity("171", 702, "Linde Catering B.V.", "NL"),
        Entity("172", 703, "Linde Gastro GmbH", "DE"),
    )
}
DEPARTMENTS = {
    "Keuken": 2801,
    "Bediening": 2802,
    "Kantoor": 2803,
    "Events": 2804,
    "Marketing": 2805,
    "Algemeen": 2806,
    "Logistiek": 2807,
    "Küche": 2811,
    "Service": 2812,
    "Büro": 2813,
}
OFFICES = {"Utrecht": 1310, "Amersfoort": 1311, "Köln": 1312}
COST_CENTERS = {"KP-100": 829, "KP-200": 830}


def unit_id(units: dict[str, int], name: str) -> int:
    """The id of a department, office or cost center; one that an edit named for the first time gets its own."""
    return units.get(name) or 100_000 + zlib.crc32(name.encode()) % 100_000


def entity_id(text: str) -> str:
    """The id of a legal entity that is named by its name, id or subcompany id; "" is none. Raises ValueError."""
    for entity in ENTITIES.values():
        if text in (entity.id, entity.name, str(entity.subcompany)):
            return entity.id
    if text:
        raise ValueError(
            f"There is no legal entity {text!r}; these are: {', '.join(e.name for e in ENTITIES.values())}"
        )
    return ""
