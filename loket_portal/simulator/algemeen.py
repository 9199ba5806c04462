"""The "Algemeen" of the three company lists (rule 20): missing, called a little differently, or there twice."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .options import Options
from .world import Record, World

NAME = "Algemeen"
TWIN = "twin"  # the mark of the second "Algemeen", which is there only when told so
OURS = "created"  # the mark of what was created by a call: no option is about that
TWINS: dict[str, dict[str, Any]] = {
    "function": {"description": NAME, "group": "F90"},
    "department": {"code": 90, "description": NAME, "emailLeaveRequest": None},
    "distributionunit": {"code": 90, "description": NAME},
}


def add_twins(world: World) -> None:
    """Stores the second "Algemeen" of every list, for options to show."""
    for employer in world.all("employer", ""):
        add_twins_of(world, employer)


def add_twins_of(world: World, employer: Record) -> None:
    """The same for one employer."""
    for kind, body in TWINS.items():
        if not world.all(kind, employer.id, TWIN):
            own_id = str(uuid.uuid5(uuid.UUID(employer.id), f"{kind} {TWIN}"))
            world.add(kind, employer.id, body, mark=TWIN, record_id=own_id)


def shown(records: Iterable[Record], options: Options) -> list[Record]:
    """The records of one list as the options want them."""
    return [as_told(record, options) for record in records if _is_there(record, options)]


def as_told(record: Record, options: Options) -> Record:
    """A record by the name that the options give it."""
    variant = options.algemeen_variants.get(record.kind)
    if variant is None or not _is_algemeen(record):
        return record
    return replace(record, text=json.dumps({**record.body, "description": variant}))


def _is_there(record: Record, options: Options) -> bool:
    if record.mark == TWIN:
        return record.kind in options.algemeen_twice
    return not (_is_algemeen(record) and record.kind in options.missing_algemeen)


def _is_algemeen(record: Record) -> bool:
    return record.kind in TWINS and record.mark not in (TWIN, OURS) and record.body["description"] == NAME
