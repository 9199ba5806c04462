"""The world at its start and how it is kept: administrations (rules 4, 36), people, keys per seed, readable state."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from stdnum import iban
from stdnum.nl import bsn

from loket_portal.simulator import Options, Simulator, create_simulator
from loket_portal.simulator.clock import today
from loket_portal.simulator.metadata import UnknownOption
from tests.simulator.conftest import Start
from tests.simulator.loket import Loket, signed_in


def test_the_administrations_are_one_of_each_kind(loket: Loket) -> None:
    rows = loket.get(f"{loket.employer}/payrolladministrations")
    numbers = {row["name"]: row["payrollTaxesNumber"] for row in rows}
    assert list(numbers) == [
        "Tulp Horeca B.V.",
        "Tulp Catering",
        "Tulp Events",
        "Tulp Vakantiehuis",
        "Tulp Strandtent (oud)",
    ]
    assert numbers["Tulp Catering"] == numbers["Tulp Events"] == "823456789L01"
    assert numbers["Tulp Vakantiehuis"] is None
    assert list(numbers.values()).count(numbers["Tulp Horeca B.V."]) == 1
    assert [row["endDate"] for row in rows] == [None] * 4 + [f"{today().year - 1}-12-31"]


def test_algemeen_exists_three_times(loket: Loket) -> None:
    for path in ("functions", "departments", "distributionunits"):
        assert [row["description"] for row in loket.get(f"{loket.employer}/{path}")].count("Algemeen") == 1  # rule 20


def test_forty_people_have_valid_numbers_and_data_that_nobody_maps(loket: Loket) -> None:
    people = loket.control("GET", "/state")["employees"]
    assert len(people) == 40
    for number, person in people.items():
        assert person["employee"]["employeeNumber"] == int(number)
        assert bsn.is_valid(person["bsn"])
        assert all(iban.is_valid(item["iban"]) for item in person["employments"])
        assert person["employee"]["travel.travelDistanceToWork"]
        assert person["employee"]["personalDetails.placeOfBirth"]
        assert all(item["wage.grossWage"] for item in person["employments"])
    assert any("personalDetails.lastNamePartner" in person["employee"] for person in people.values())


def test_the_state_has_texts_and_no_ids(loket: Loket) -> None:
    person = loket.control("GET", "/state")["employees"]["1001"]
    assert person["employee"]["personalDetails.gender"] == "Vrouw"
    assert person["employee"]["address.country"] == "Nederland"
    assert person["employments"][0]["organizationalEntity.function"] == "Manager"
    assert person["employments"][0]["payrollAdministration"] == "Tulp Horeca B.V."
    assert None not in person["employee"].values()
    assert not [name for name in (*person["employee"], *person["employments"][0]) if name.rsplit(".", 1)[-1] == "id"]


def keys(simulator: Simulator) -> dict[str, Any]:
    """All integer keys of the lists."""
    return {
        name: list(options)
        for name, options in simulator.lists.fixed.items()
        if name not in ("shift", "payrollPeriodType")
    }


def test_keys_and_ids_differ_per_seed_and_only_per_seed(start: Start) -> None:
    first, same, other = start(seed=1), start(seed=1), start(seed=2)
    assert keys(first) == keys(same)
    assert all(keys(first)[name] != keys(other)[name] for name in keys(first))
    ids = [signed_in(simulator).employee(1001)["id"] for simulator in (first, same, other)]
    assert ids[0] == ids[1] != ids[2]


def test_the_state_is_the_same_for_every_seed(start: Start) -> None:
    states = [Loket(start(seed=seed).url).control("GET", "/state") for seed in (1, 2)]
    assert states[0] == states[1]


def test_a_text_that_no_list_has_is_a_mistake(simulator: Simulator) -> None:
    with pytest.raises(UnknownOption, match="gender"):
        simulator.lists.key_of("gender", "Vrouwelijk")


def test_a_restart_finds_its_tokens_ids_and_changes(tmp_path: Any) -> None:
    path = str(tmp_path / "var" / "loket.sqlite3")
    with create_simulator(Options(db=path, seed=3)) as simulator:
        loket = signed_in(simulator)
        johanna = loket.employee(1001)
        johanna["personalDetails"]["firstName"] = "Jo"
        assert loket.put_employee(johanna).status_code == 200
        state, tokens = loket.control("GET", "/state"), loket.tokens
    with create_simulator(Options(db=path, seed=4)) as simulator:  # a later seed does not touch a world that is there
        loket = Loket(simulator.url)
        loket.tokens = tokens
        assert loket.control("GET", "/state") == state
        assert loket.employee(1001) == johanna
        assert loket.put_employee(johanna).status_code == 200
        assert loket.refresh(tokens["refresh_token"]).status_code == 200
    with create_simulator(Options(db=path, reset=True)) as simulator:
        loket = Loket(simulator.url)
        loket.tokens = tokens
        assert loket.call("GET", "/user").status_code == 401
        assert signed_in(simulator).employee(1001)["personalDetails"]["firstName"] == "Johanna"


def test_many_threads_get_different_numbers_and_one_refresh(simulator: Simulator) -> None:
    loket = signed_in(simulator)
    concepts = [loket.create_concept(None)["id"] for _ in range(8)]
    statuses: list[int] = []
    ready = threading.Barrier(16)

    def convert(concept: str) -> None:
        mine = Loket(simulator.url)
        mine.tokens = loket.tokens
        ready.wait(10)
        assert mine.convert(concept).status_code == 200

    def refresh() -> None:
        ready.wait(10)
        statuses.append(Loket(simulator.url).refresh(loket.tokens["refresh_token"]).status_code)

    threads = [threading.Thread(target=convert, args=(concept,)) for concept in concepts]
    threads += [threading.Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200] + [400] * 7  # rule 33: a refresh token works once
    numbers = set(loket.control("GET", "/state")["employees"])
    assert {str(number) for number in range(1041, 1049)} <= numbers
