"""Linde Horeca B.V., the employer of the company whose people come from Personio: new worlds have it, older ones get it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from loket_portal.simulator import Options, Simulator, create_simulator
from loket_portal.simulator.logins import THIRD
from tests.simulator.conftest import Start
from tests.simulator.loket import Loket, signed_in

NAME = "Linde Horeca B.V."
USER = "integratie@lindehoreca.example"
STATE = f"/state?employer={quote(NAME)}"


def ids(simulator: Simulator) -> dict[str, tuple[Any, ...]]:
    """Every record's id, with what it is and whose."""
    rows = simulator.world.rows("SELECT id, kind, owner, mark, body FROM records")
    return {row[0]: row[1:] for row in rows}


def of_linde(simulator: Simulator) -> set[str]:
    """The ids of all that belongs to Linde, its user and the twins of "Algemeen" included."""
    owner = simulator.world.all("employer", "", THIRD)[0].id
    return {key for key, (_, whose, mark, _) in ids(simulator).items() if owner in (key, whose) or mark == USER}


def test_its_administrations_are_the_same_five_kinds(simulator: Simulator) -> None:
    linde, tulp = signed_in(simulator, USER), signed_in(simulator)
    rows, others = (loket.get(f"{loket.employer}/payrolladministrations") for loket in (linde, tulp))
    numbers = {row["name"]: row["payrollTaxesNumber"] for row in rows}
    assert numbers.pop(NAME) == "867891234L01"
    assert numbers["Linde Catering"] == numbers["Linde Events"]
    assert numbers["Linde Vakantiehuis"] is None
    assert [row["endDate"] for row in rows] == [row["endDate"] for row in others]
    assert not {row["id"] for row in rows} & {row["id"] for row in others}
    taken = {row["payrollTaxesNumber"] for row in others}
    assert taken & set(numbers.values()) == {None}


def test_it_employs_the_same_forty_people_under_its_own_name(loket: Loket) -> None:
    tulp = json.dumps(loket.control("GET", "/state"))
    assert loket.control("GET", STATE) == json.loads(tulp.replace("Tulp Horeca B.V.", NAME))
    assert len(loket.control("GET", STATE)["employees"]) == 40


def test_only_its_own_user_reaches_it(simulator: Simulator) -> None:
    linde = signed_in(simulator, USER)
    assert [row["companyName"] for row in linde.get("/providers/employers")] == [NAME]
    assert [row["userName"] for row in linde.get(f"{linde.employer}/users")] == [USER]
    assert linde.employee(1001)["id"] != signed_in(simulator).employee(1001)["id"]


def test_the_state_is_the_first_employer_s_unless_another_is_named(simulator: Simulator) -> None:
    linde = signed_in(simulator, USER)
    first, own = (linde.control("GET", path) for path in ("/state", STATE))
    johanna = linde.employee(1001)
    johanna["personalDetails"]["firstName"] = "Jo"
    assert linde.put_employee(johanna).status_code == 200
    linde.create_concept(2001)
    assert linde.control("GET", "/state") == first
    now = linde.control("GET", STATE)
    assert (now["employees"]["1001"] != own["employees"]["1001"], len(now["concepts"])) == (True, 1)


def test_the_state_of_an_employer_that_there_is_not_names_those_that_there_are(loket: Loket) -> None:
    answer = loket.http.get(f"{loket.url}/_simulator/state", params={"employer": "Linde"})
    assert answer.status_code == 400
    assert NAME in answer.json()["message"]


def test_its_administrations_can_be_told_to_misbehave(simulator: Simulator) -> None:
    linde = signed_in(simulator, USER)
    linde.tell(tax_ids={"Linde Events": "856789123L01"}, ended=[NAME])
    rows = {row["name"]: row for row in linde.get(f"{linde.employer}/payrolladministrations")}
    assert rows["Linde Events"]["payrollTaxesNumber"] == "856789123L01"
    assert rows[NAME]["endDate"]


def test_its_ids_are_the_same_for_the_same_seed(start: Start) -> None:
    first, same, other = start(seed=1), start(seed=1), start(seed=2)
    assert of_linde(first) == of_linde(same)
    assert not of_linde(first) & of_linde(other)


def test_an_older_world_gets_it_and_everything_else_there_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "loket.sqlite3")
    with create_simulator(Options(db=path, seed=3)) as simulator:
        loket = signed_in(simulator)
        johanna = loket.employee(1001)
        johanna["personalDetails"]["firstName"] = "Jo"
        assert loket.put_employee(johanna).status_code == 200
        before, linde, state = ids(simulator), of_linde(simulator), loket.control("GET", "/state")
    with sqlite3.connect(path) as db:
        db.executemany("DELETE FROM records WHERE id = ?", [(key,) for key in linde])
    db.close()
    for _ in range(2):  # the second time there is nothing to do
        with create_simulator(Options(db=path, seed=4)) as simulator:
            now = ids(simulator)
            assert {key: now[key] for key in now if key not in linde} == {
                key: before[key] for key in before if key not in linde
            }
            assert of_linde(simulator) == linde
            loket.url = simulator.url
            assert loket.control("GET", "/state") == state
            assert len(Loket(simulator.url).sign_in(USER).control("GET", STATE)["employees"]) == 40
