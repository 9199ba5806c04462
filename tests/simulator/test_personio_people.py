"""The people of the simulated Personio: those of the sample roster and more, and as many made-up ones as wanted."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from stdnum import iban
from stdnum.nl import bsn

from loket_portal.simulator import Options, create_simulator
from loket_portal.simulator.personio import generated, people
from tests.simulator.conftest import Start
from tests.simulator.personio_client import Client

ROSTER = Path(__file__).parents[2] / "docs" / "samples" / "roster.csv"
TEXTS = {
    "dynamic_24401": "Personeelsnummer",
    "dynamic_24402": "Inkomstenverhouding",
    "first_name": "Voornaam",
    "last_name": "Achternaam",
    "dynamic_24404": "Voorletters",
    "dynamic_24405": "Tussenvoegsel",
    "dynamic_24407": "BSN",
    "dynamic_24408": "IBAN",
    "dynamic_24411": "Straat",
    "dynamic_24412": "Huisnummer",
    "dynamic_24413": "Toevoeging",
    "dynamic_24414": "Postcode",
    "dynamic_24415": "Plaats",
    "dynamic_24417": "Telefoon",
    "dynamic_24418": "Mobiel",
    "dynamic_24419": "E-mail",
    "position": "Functie",
}
DATES = {"dynamic_24406": "Geboortedatum", "hire_date": "Startdatum", "termination_date": "Einddatum"}
STATUSES = {"active": "Actief", "inactive": "Inactief", "leave": "Verlof", "onboarding": "Onboarding"}


def roster() -> list[tuple[str, ...]]:
    """The sample roster as one tuple of texts a row."""
    with ROSTER.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [
        (*(row[name] for name in (*TEXTS.values(), *DATES.values())), row["Status"], row["Afdeling"], hours(row))
        for row in rows
    ]


def hours(row: dict[str, str]) -> str:
    return row["Uren per week"].replace(",", ".")


def as_roster(row: dict[str, Any]) -> tuple[str, ...]:
    """An employee of v1 as the roster has him."""
    values = {key: attribute["value"] for key, attribute in row.items()}
    texts = [str(values[key] or "") for key in TEXTS]
    dates = ["-".join(reversed((values[key] or "")[:10].split("-"))) for key in DATES]
    department = values["department"]["attributes"]["name"]
    return (*texts, *dates, STATUSES[values["status"]], department, values["weekly_working_hours"])


def entity(row: dict[str, Any]) -> int:
    value = row["subcompany"]["value"]
    return int(value["attributes"]["id"]) if value else 0


def test_everyone_of_the_sample_roster_is_in_linde_horeca_as_he_is_in_the_roster(start: Start) -> None:
    found = [as_roster(row) for row in Client(start()).everybody() if entity(row) == 701]
    assert sorted(found) == sorted(roster())
    assert len(found) == 60


def test_others_are_in_other_legal_entities_or_in_none(start: Start) -> None:
    assert Counter(map(entity, Client(start()).everybody())) == {701: 60, 702: 14, 703: 9, 0: 2}


def test_every_value_of_a_list_is_one_of_its_options(start: Start) -> None:
    client = Client(start())
    definitions = client.definitions()
    for row in client.everybody():
        for key, attribute in row.items():
            if attribute["type"] == "list" and attribute["value"]:
                assert attribute["value"] in definitions[key]["options"]


def test_the_made_up_ones_are_always_the_same_and_are_not_stored(start: Start) -> None:
    simulator = start(personio_people=300)
    client = Client(simulator)
    rows = client.employees(limit=100, offset=85)
    assert [row["id"]["value"] for row in rows[:2]] == [generated.FIRST_ID, generated.FIRST_ID + 1]
    assert rows == client.employees(limit=100, offset=85)
    assert {entity(row) for row in rows} == {701}
    assert simulator.world.rows("SELECT COUNT(*) FROM records WHERE kind = ?", people.KIND) == [(85,)]
    client.tell(personio_people=0)
    assert len(client.everybody()) == 85


def test_the_made_up_ones_have_numbers_of_their_own_that_hold() -> None:
    made = [generated.generated(index)["values"] for index in range(5000)]
    given = [person["values"] for person in people.json.loads(people.SOURCE.read_text("utf-8"))]
    for key in ("dynamic_24401", "dynamic_24407", "dynamic_24408", "email"):
        assert len({values[key] for values in made}) == 5000
        assert not {values[key] for values in made} & {values.get(key) for values in given}
    assert all(bsn.is_valid(values["dynamic_24407"]) and iban.is_valid(values["dynamic_24408"]) for values in made)


def test_an_edit_of_a_made_up_one_is_kept(start: Start) -> None:
    client = Client(start(personio_people=10))
    client.lever("/people/edit", {"id": generated.FIRST_ID + 3, "attributes": {"dynamic_24415": "Soest"}})
    assert client.employee(generated.FIRST_ID + 3)["dynamic_24415"] == "Soest"
    assert len(client.everybody()) == 95


def test_edits_and_removals_survive_a_restart(tmp_path: Path) -> None:
    options = Options(db=str(tmp_path / "world.sqlite3"))
    with create_simulator(options) as simulator:
        client = Client(simulator)
        client.lever("/people/edit", {"number": 1001, "attributes": {"last_name": "Berkel"}})
        client.lever("/people/remove", {"number": 1002})
    with create_simulator(options.copy()) as simulator:
        client = Client(simulator)
        assert client.employee(41001)["last_name"] == "Berkel"
        assert len(client.everybody()) == 84


def test_a_world_of_an_older_version_gets_the_people(tmp_path: Path) -> None:
    path = str(tmp_path / "world.sqlite3")
    with create_simulator(Options(db=path)):
        pass
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM records WHERE kind = ?", (people.KIND,))
        db.execute("DELETE FROM facts WHERE name LIKE 'personio%'")
    with create_simulator(Options(db=path)) as simulator:
        assert len(Client(simulator).everybody()) == 85


@pytest.mark.parametrize(
    ("day", "position"), [(date(2020, 1, 1), "Old"), (date(2022, 1, 1), "Present"), (date(2031, 1, 1), "Next")]
)
def test_the_employment_of_a_day_is_the_one_in_force(day: date, position: str) -> None:
    employments = [
        {"start": "2030-01-01", "position": "Next"},
        {"start": "2021-01-01", "end": "2029-12-31", "position": "Present"},
        {"start": "2019-01-01", "end": "2020-06-30", "position": "Old"},
    ]
    assert people.Person(1, {}, employments).employment_on(day)["position"] == position


def test_between_two_employments_the_next_one_counts_and_after_all_the_last() -> None:
    past = {"start": "2019-01-01", "end": "2020-06-30"}
    coming = [{"start": "2031-01-01"}, {"start": "2030-01-01"}]
    day = date(2025, 1, 1)
    assert people.Person(1, {}, [*coming, past]).employment_on(day) == {"start": "2030-01-01"}
    assert people.Person(1, {}, [past]).employment_on(day) == past
