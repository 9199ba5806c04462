"""The parts of an employment that have an id and an address of their own: where one is found, and how it is stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from . import audit
from .calls import Call, not_found
from .world import Record, World

HOURS, ORGANIZATION, PAYMENTS = "_workinghours", "_organization", "_payments"
LISTS = (HOURS, ORGANIZATION, PAYMENTS)


@dataclass
class Part:
    """One record of a part, in the list of its employment."""

    employment: Record
    name: str
    place: int

    @property
    def all(self) -> list[dict[str, Any]]:
        """The whole list."""
        found: list[dict[str, Any]] = self.employment.body[self.name]
        return found

    @property
    def body(self) -> dict[str, Any]:
        """What is stored of it."""
        return self.all[self.place]

    def replaced(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The list with another body in its place."""
        return [*self.all[: self.place], body, *self.all[self.place + 1 :]]


def find(call: Call, name: str, path_name: str) -> Part:
    """The part that the address names, if the user reaches it. Raises Refused (404)."""
    wanted = call.path[path_name].lower()
    employment = call.world.get("employment", _index(call.world).employment_of(wanted))
    if employment is None or employment.owner not in {employer.id for employer in call.employers}:
        raise not_found(path_name)
    for place, part in enumerate(employment.body[name]):
        if part["id"] == wanted:
            return Part(employment, name, place)
    raise not_found(path_name)


def store(call: Call, record: Record, body: dict[str, Any], day: str | None = None) -> Record:
    """Stores an employment and notes what is different about it, on that day (today when left out)."""
    stored = call.world.replace(record, body)
    audit.changed(call.world, call.lists, record, stored, call.user, day)
    return stored


class _Index:
    """Which employment has a part. Read from the employments that changed since it was read, when one is not known."""

    def __init__(self, world: World) -> None:
        self._db, self._lock, self._seen = world.db, world.lock, 0
        self._employment_of: dict[str, str] = {}

    def employment_of(self, part_id: str) -> str:
        """The id of its employment; "" for an id that no part has."""
        with self._lock:
            if part_id not in self._employment_of:
                self._read_on()
            return self._employment_of.get(part_id, "")

    def _read_on(self) -> None:
        sql = "SELECT id, version, body FROM records WHERE kind = 'employment' AND version > ?"
        for employment, version, text in self._db.execute(sql, (self._seen,)):
            self._seen = max(self._seen, version)
            body = json.loads(text)
            self._employment_of.update({part["id"]: employment for name in LISTS for part in body[name]})


_INDEXES: WeakKeyDictionary[World, _Index] = WeakKeyDictionary()


def _index(world: World) -> _Index:
    with world.lock:
        return _INDEXES.setdefault(world, _Index(world))
