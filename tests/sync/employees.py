"""Employees of Personio for the pure tests: made by hand, or as the simulator's account shows them on a day."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from loket_portal.personio import payloads
from loket_portal.personio.payloads import Attribute, Employee, Employment
from loket_portal.simulator.options import Options
from loket_portal.simulator.personio import people
from loket_portal.simulator.personio.attributes import readable
from loket_portal.simulator.personio.employees import Shower
from loket_portal.simulator.personio.persons import View
from mapping.catalogue import CONSIDER, STATUS
from mapping.resolve import resolve
from mapping.rules import MappingSet, Rule, from_dict
from sync.records import HRRecord
from sync.sources.columns import ROSTER_COLUMNS
from sync.sources.personio import Lens, lens, record

DEFAULTS = Path(__file__).parents[2] / "mapping/defaults"
PERSON: dict[str, Any] = {
    "status": "active",
    "consider_in_nl_payroll": "Yes",
    "employee_number": "1001",
    "income_number": 1,
    "last_name": "Berg",
}
EVERY_COLUMN = MappingSet("Personio", 1, tuple(Rule(column.target, f"the_{column.name}") for column in ROSTER_COLUMNS))
"""Each column from an attribute that is called after it."""
LENS = lens(EVERY_COLUMN)
ABSENT = object()


def employee(values: dict[str, Any], person_id: int | None = 41001, kind: str = "standard") -> Employee:
    """An employee with these attributes by key, all of one type."""
    return Employee(person_id, {key: Attribute(key, value, kind) for key, value in values.items()})


def read(through: Lens = LENS, kind: str = "standard", **values: Any) -> HRRecord:
    """The record of somebody active with these values by column; `ABSENT` takes one away."""
    given = {f"the_{name}": value for name, value in (PERSON | values).items() if value is not ABSENT}
    return record(employee(given, kind=kind), through)


def scope_lens(**options: dict[str, str]) -> Lens:
    """A lens whose rules of who is sent have option maps."""
    maps = {STATUS: options.get("status", {}), CONSIDER: options.get("consider", {})}
    rules = (replace(rule, option_map=maps.get(rule.target, {})) for rule in EVERY_COLUMN.rules)
    return lens(MappingSet("Personio", 1, tuple(rules)))


def account_lens(options: Options) -> Lens:
    """The default mapping as it is published for the simulator's account."""
    document = yaml.safe_load((DEFAULTS / "personio.yaml").read_text(encoding="utf-8"))
    roster = yaml.safe_load((DEFAULTS / f"{document.pop('options_of')}.yaml").read_text(encoding="utf-8"))
    words = {rule["target"]: rule.get("options") or {} for rule in roster["rules"]}
    for rule in document["rules"]:
        if "options" in rule:
            rule["options"] = words.get(rule["target"], {}) | rule["options"]
    definitions = payloads.definitions({"data": [attribute.definition() for attribute in readable(options)]})
    return lens(from_dict(resolve(document, definitions).document))


def account(options: Options, day: date) -> list[tuple[Employee, list[Employment]]]:
    """Everybody of the simulator's account, as v1 and v2 show them on this day."""
    given = json.loads(people.SOURCE.read_text(encoding="utf-8"))
    persons = [people.Person(one["id"], one["values"], list(people._dated(one["employments"], day))) for one in given]
    found = {person.id: person for person in persons}
    v1, v2 = Shower(options, day, readable(options), found.get, ""), View(options, day, "")
    return [
        (
            payloads.employee(v1.employee(person)),
            [payloads.employment(v2.employment(person, one)) for one in person.employments],
        )
        for person in persons
    ]
