"""Options with names in them: what there is not is refused, at the start and at run time."""

from __future__ import annotations

from typing import Any

import pytest

from loket_portal.simulator import Options, create_simulator
from loket_portal.simulator.modules import UnknownModule
from tests.simulator.conftest import Start
from tests.simulator.loket import Loket

WRONG = [
    ("missing_rights", ["Beheer alles"], "no right"),
    ("missing_modules", ["Loket Alles"], "no module"),
    ("client_lacks", ["GetEverything"], "no activity"),
    ("role_lacks", ["GetEverything"], "no activity"),
    ("missing_algemeen", ["room"], "no list"),
    ("algemeen_twice", ["room"], "no list"),
    ("algemeen_variants", {"room": "algemeen"}, "no list"),
    ("algemeen_variants", {"function": 5}, "not an object"),
    ("algemeen_variants", ["function"], "not an object"),
    ("filter", {"department": ["Keuken"]}, "no filter"),
    ("filter", {"filterOnDepartments": ["Zolder"]}, "no department"),
    ("filter", {"filterOnAdministrations": ["Tulp"]}, "no administration"),
    ("filter", {"filterOnEmployedStatus": "Everybody"}, "no employed status"),
    ("filter", {"filterOnEmploymentCategoryType": ["Vast"]}, "no employment category"),
    ("filter", {"filterOnOnCallEmployment": "yes"}, "true, false or null"),
    ("filter", "Keuken", "does not take"),
    ("filter_down", 500, "no answer"),
    ("login_method", "Telefoon", "no login method"),
    ("run_status", 5, "no run status"),
    ("run_status", True, "no run status"),
    ("tax_ids", {"Tulp": "812345678L01"}, "no administration"),
    ("tax_ids", {"Tulp Events": 8}, "not an object"),
    ("ended", ["Tulp"], "no administration"),
    ("hidden_administrations", ["Tulp"], "no administration"),
    ("no_two_factor", "yes", "does not take"),
    ("users_hidden", 1, "does not take"),
]


@pytest.mark.parametrize(("name", "value", "word"), WRONG)
def test_what_there_is_not_is_refused_and_changes_nothing(loket: Loket, name: str, value: Any, word: str) -> None:
    before = loket.control("GET", "/options")
    answer = loket.http.post(f"{loket.url}/_simulator/options", json={"two_employers": True, name: value})
    assert answer.status_code == 400
    assert word in answer.json()["message"]
    assert loket.control("GET", "/options") == before


def test_a_refusal_at_the_start_says_what_there_is() -> None:
    with pytest.raises(UnknownModule, match="Loket HR"):
        create_simulator(Options(missing_modules=("Loket Alles",)))
    with pytest.raises(ValueError, match="Tulp Catering"):
        create_simulator(Options(ended=("Tulp",)))


def test_names_are_kept_as_the_simulator_writes_them(start: Start) -> None:
    loket = Loket(start(missing_modules=("loket hr",), algemeen_variants={"distributionUnit": "Alg"}).url)
    shown = loket.control("GET", "/options")
    assert (shown["missing_modules"], shown["algemeen_variants"]) == (["Loket HR"], {"distributionunit": "Alg"})


def test_all_options_can_be_given_back_as_they_are_shown(loket: Loket) -> None:
    shown = loket.control("GET", "/options")
    assert loket.control("POST", "/options", shown) == shown


def test_one_simulator_s_options_are_not_another_s(start: Start) -> None:
    first, second = Loket(start().url), Loket(start().url)
    first.tell(tax_ids={"Tulp Events": None}, filter={"filterOnOnCallEmployment": True})
    assert second.control("GET", "/options")["tax_ids"] == second.control("GET", "/options")["filter"] == {}
