"""A connected company of generated people, in the portal and at the simulator, and what a push must leave at Loket.

What is expected is worked out from the roster's own rows and from what Loket had before, without the engine.
"""

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from django.db import transaction

from loket_portal.simulator import Simulator, crowd
from loket_portal.simulator.log import READING
from onboarding.models import Connection
from scripts.bench import bare, inside
from scripts.bench.people import Row, roster
from sync.models import Run
from sync.services import runs
from tests.snapshots import once

State = dict[str, Any]
NUMBER = "employeeNumber"


@dataclass
class Company:
    """One generated company: its roster in the portal, and what the simulator has of it."""

    number: int
    connection: Connection
    simulator: Simulator
    folder: Path
    rows: list[Row]
    before: State = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = self.state()

    def state(self) -> State:
        """All that Loket has of this employer: `employees` by number, `concepts` by unique name."""
        address, name = f"{self.simulator.url}/_simulator/state", crowd.name(self.number)
        found: State = requests.get(address, params={"employer": name}, timeout=30).json()
        return found

    def upload(self, rows: list[Row]) -> None:
        """A newer file, of which somebody has seen a preview. What Loket has now is what a push begins with."""
        self.rows, self.before = rows, self.state()
        inside.upload({"connection": self.connection.pk, "people": str(_file(self.folder, rows))})

    def start(self, *, is_dry: bool = False) -> Run:
        """A run of the present file; however many people it changes, somebody has agreed already. Nobody is rung."""
        assert self.connection.entity
        with transaction.atomic():
            run = runs.start(self.connection.entity, is_dry=is_dry, user=None, trigger=Run.Trigger.COMMAND, ring=False)
            Run.objects.filter(pk=run.pk).update(approved={"too_many_changes": len(self.rows)})
        run.refresh_from_db()
        return run

    def wanted(self) -> State:
        """What Loket must have after a push of the present file: each person once, the details of the file, all else
        as before."""
        found = copy.deepcopy(self.before)
        for row in self.rows:
            person = found["employees"].setdefault(str(row["employee_number"]), {"employee": {}})
            person["employee"] |= details(row)
        return found

    def writes(self) -> list[dict[str, Any]]:
        """What changed something at this employer since the log was cleared, oldest first (`simulator.log`)."""
        user = crowd.username(self.number)
        return [entry for entry in self.simulator.log.writes() if entry["user"] == user]


def connect(simulator: Simulator, folder: Path, people: int, *, number: int = 1, hires: int = 0) -> Company:
    """The company with that number and so many people at Loket; the file has as many `hires` more.

    The mapping is of the details only, and known people are in no other way different; with `hires` it is the default one.
    """
    simulator.options.change({"loket_people": people, "loket_companies": number})
    rows = roster(number, people + hires)
    given = {"url": simulator.url, "companies": [number], "people": {str(number): str(_file(folder, rows))}}
    address = f"{simulator.url}/_simulator/options"

    def make() -> int:
        requests.post(address, json={"loket_people": people}, timeout=60).raise_for_status()
        made: int = inside.prepare(given | {"details_only": not hires})["connections"][0]
        return made

    key = once(f"company {number} of {people} and {hires}", simulator, make)
    connection = Connection.objects.select_related("entity").get(pk=key)
    return Company(number, connection, simulator, folder, rows)


def details(row: Row) -> State:
    """The employee's details of one row, by the dotted path that the simulator's state has; what is empty is left out."""
    found = {path: bare.value(column, row[column]) for column, path in bare.PERSON.items()}
    return {path: value for path, value in found.items() if value is not None}


def moved(rows: list[Row], round_: int) -> list[Row]:
    """The same people, each with three details that nobody had in another round."""
    return [
        row
        | {
            "phone": f"030-{round_:02}{place:05}",
            "house_number": str(1 + (place + 37 * round_) % 900),
            "email": f"ronde{round_:02}.{place:05}@thuis.example",
        }
        for place, row in enumerate(rows)
    ]


def is_write(entry: dict[str, Any]) -> bool:
    """Whether an entry of the simulator's log has changed something at Loket."""
    return entry["method"] not in READING and not entry["validateOnly"] and entry["status"] < 300


def _file(folder: Path, rows: list[Row]) -> Path:
    path = folder / f"people-{len(list(folder.glob('people-*')))}.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path
