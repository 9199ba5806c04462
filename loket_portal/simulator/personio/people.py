"""The people of the simulated Personio. They are in the world's database, so that what is edited survives a restart."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..clock import today
from ..options import Options
from ..world import Record, World
from .days import month_start
from .generated import FIRST_ID, generated

KIND = "personio_person"
SOURCE = Path(__file__).with_name("people.json")
VERSION = "1"
CREATED = "2026-02-20T15:30:00Z"
Employment = dict[str, Any]


@dataclass
class Person:
    """One person: `values` by attribute key, employments newest first, and when which attribute changed last."""

    id: int
    values: dict[str, Any]
    employments: list[Employment]
    created: str = CREATED
    modified: str = CREATED
    changed: dict[str, str] = field(default_factory=dict)

    def employment_on(self, day: date) -> Employment:
        """The employment in force on that day; else the next to begin, else the last that ended."""
        text = day.isoformat()
        begun = [item for item in self.employments if str(item["start"]) <= text]
        lasting = [item for item in begun if not item.get("end") or str(item["end"]) >= text]
        coming = [item for item in self.employments if item not in begun]
        return (lasting or coming[-1:] or begun)[0]

    def number_of(self, employment: Employment) -> str:
        """The id of one of this person's employments."""
        rank = len(self.employments) - self.employments.index(employment)
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"personio {self.id} {rank}"))


def ensure(world: World) -> None:
    """Adds the people to a world that was made without them. Who was removed since then stays away."""
    if world.fact("personio_people") == VERSION:
        return
    with world.transaction() as db:
        for given in json.loads(SOURCE.read_text("utf-8")):
            person = Person(given["id"], given["values"], list(_dated(given["employments"], today())))
            # Not by World.add: the version numbers of Loket's records stay as they were without Personio.
            db.execute(
                "INSERT OR IGNORE INTO records (id, kind, owner, mark, version, body) VALUES (?, ?, '', ?, 0, ?)",
                (_record_id(person.id), KIND, str(person.id), _text(person)),
            )
        world.remember("personio_people", VERSION)


def ids(world: World, options: Options) -> list[int]:
    """The ids of all people, the generated ones too, lowest first."""
    stored = {int(mark) for (mark,) in world.rows("SELECT mark FROM records WHERE kind = ?", KIND)}
    return sorted(stored | set(range(FIRST_ID, FIRST_ID + options.personio_people)))


def find(world: World, options: Options, person_id: int) -> Person | None:
    """One person, or None. A generated one is made anew each time, unless an edit stored him."""
    for record in world.all(KIND, "", str(person_id)):
        return Person(**record.body)
    index = person_id - FIRST_ID
    return Person(**generated(index)) if 0 <= index < options.personio_people else None


def stored(world: World) -> Iterator[Person]:
    """The people who are in the database."""
    return (Person(**record.body) for record in world.all(KIND, ""))


def save(world: World, person: Person) -> None:
    """Stores a person, who may be new."""
    record = _record(world, person.id)
    if record:
        world.replace(record, vars(person))
    else:
        world.add(KIND, "", vars(person), mark=str(person.id), record_id=_record_id(person.id))


def remove(world: World, person_id: int) -> None:
    """Deletes a person. Raises ValueError for one who isn't stored."""
    record = _record(world, person_id)
    if record is None:
        raise ValueError(f"There is no stored person with id {person_id!r}")
    world.remove(record)


def _record(world: World, person_id: int) -> Record | None:
    found = world.all(KIND, "", str(person_id))
    return found[0] if found else None


def _record_id(person_id: int) -> str:
    return f"personio-{person_id}"


def _text(person: Person) -> str:
    return json.dumps(vars(person))


def _dated(employments: list[Employment], day: date) -> Iterator[Employment]:
    """Turns "in 2 months" into the first of that month; the employment before it ends the day before."""
    successor: date | None = None
    for employment in employments:
        words = str(employment["start"]).split()
        start = month_start(day, int(words[1])) if words[0] == "in" else date.fromisoformat(words[0])
        ends = {"end": (successor - timedelta(days=1)).isoformat()} if successor and "end" not in employment else {}
        yield {**employment, "start": start.isoformat(), **ends}
        successor = start
