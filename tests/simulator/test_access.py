"""Tokens, versions and rights: what has to be right before a call means anything (rules 11, 15, 19, 20, 51)."""

from __future__ import annotations

import pytest

from loket_portal.simulator import Options, Simulator, create_simulator
from loket_portal.simulator.rights import RIGHTS, UnknownRight
from tests.simulator.conftest import Start
from tests.simulator.loket import PERSON_VERSION, Loket, signed_in

CALLS = {
    "Beheren en raadplegen BSN": ("GET", "/providers/employers/employees/{employee}/citizenservicenumber"),
    "Raadplegen dienstverbanden": ("GET", "{employer}/employees"),
    "Beheer dienstverbanden": ("PUT", "/providers/employers/employees/{employee}"),
    "Raadplegen concept werknemers": ("GET", "{employer}/conceptemployees"),
    "Beheer concept werknemers": ("POST", "{employer}/conceptemployees"),
    "Applicatiebeheer werkgever": ("GET", "{employer}/payrolladministrations"),
}


def test_all_fifteen_rights_are_known() -> None:
    assert len(RIGHTS) == 15  # rule 15


@pytest.mark.parametrize("name", CALLS)
def test_without_a_right_its_calls_are_forbidden(simulator: Simulator, loket: Loket, name: str) -> None:
    method, path = CALLS[name]
    path = path.format(employee=loket.employee(1001)["id"], employer=loket.employer)
    before = {row["name"] for row in loket.get(f"{loket.employer}/authorizations")}
    assert loket.call(method, path, {}, version=PERSON_VERSION).status_code != 403
    loket.control("POST", "/options", {"missing_rights": [name.lower()]})
    answer = loket.call(method, path, {}, version=PERSON_VERSION)
    gone = before - {row["name"] for row in loket.get(f"{loket.employer}/authorizations")}
    assert answer.status_code == 403
    assert gone == set(RIGHTS[name].split())
    assert any(activity in answer.json()["message"] for activity in gone)
    assert loket.get("/user")


def test_an_unknown_right_is_a_mistake() -> None:
    with pytest.raises(UnknownRight, match="Beheer HRM"):
        create_simulator(Options(missing_rights=("Beheer alles",)))


def test_authorizations_have_a_newer_version(loket: Loket) -> None:
    rows = loket.get(f"{loket.employer}/authorizations", version="2019-02-11")
    assert {"description", "id"} == set(rows[0])


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "application/json;version=2017-01-01", "text/csv;version=2018-01-01"]
)
def test_the_version_is_mandatory(loket: Loket, accept: str) -> None:
    assert loket.call("GET", "/user", headers={"Accept": accept}).status_code == 400


@pytest.mark.parametrize(
    ("wanted", "given", "has_business_address"),
    [
        ("2018-12-31", "2018-12-31", False),
        ("2021-03-28", "2018-12-31", False),
        ("2021-03-29", "2021-03-29", True),
        ("2030-01-01", "2021-03-29", True),
    ],
)
def test_the_newest_version_on_or_before_the_date_is_given(
    loket: Loket, wanted: str, given: str, has_business_address: bool
) -> None:
    body = loket.call("GET", f"/providers/employers/employees/{loket.employee(1001)['id']}", version=wanted).json()
    assert body["version"] == {"resourceVersion": given, "obsoleteDate": None}
    assert ("businessEmailAddress" in body["content"]["contactInformation"]) is has_business_address


def test_an_obsolete_date_can_be_announced(start: Start) -> None:
    loket = signed_in(start(obsolete_date="2027-01-01"))
    assert loket.call("GET", "/user").json()["version"]["obsoleteDate"] == "2027-01-01"


def test_unknown_objects_and_addresses_are_not_found(loket: Loket) -> None:
    missing = loket.call(
        "GET", "/providers/employers/employees/11111111-1111-4111-8111-111111111111", version=PERSON_VERSION
    )
    assert (missing.status_code, missing.json()["messages"][0]["type"]) == (404, "NotFound")
    assert loket.call("GET", "/nowhere").status_code == 404


def test_upper_case_ids_are_the_same_ids(loket: Loket) -> None:
    employee = loket.employee(1001)
    assert loket.get(f"/providers/employers/employees/{employee['id'].upper()}", version=PERSON_VERSION) == employee
    assert loket.get(f"{loket.employer.upper().replace('/PROVIDERS/EMPLOYERS', '/providers/employers')}/functions")


def test_a_second_employer_shows_only_when_wanted(start: Start) -> None:
    loket = signed_in(start())
    assert len(loket.get("/providers/employers")) == 1
    loket.control("POST", "/options", {"two_employers": True})
    second = loket.get("/providers/employers")[1]
    assert loket.get(f"/providers/employers/{second['id']}/payrolladministrations")
    loket.control("POST", "/options", {"two_employers": False})
    assert loket.call("GET", f"/providers/employers/{second['id']}/payrolladministrations").status_code == 404


@pytest.mark.parametrize(
    ("kind", "path", "field"),
    [("function", "functions", "function"), ("distributionunit", "distributionunits", "distributionUnit")],
)
def test_algemeen_can_be_missing_everywhere(start: Start, kind: str, path: str, field: str) -> None:
    loket = signed_in(start(missing_algemeen=(kind,)))
    assert "Algemeen" not in [row["description"] for row in loket.get(f"{loket.employer}/{path}")]
    assert "Algemeen" in [row["description"] for row in loket.get(f"{loket.employer}/departments")]
    options = loket.options(f"{loket.employer}/conceptemployees/metadata")[field]
    assert "Algemeen" not in [row["description"] for row in options]


def test_control_calls_refuse_what_they_don_t_know(loket: Loket) -> None:
    assert "can't be changed" in loket.control("POST", "/options", {"seed": 2})["message"]
    assert "does not take" in loket.control("POST", "/options", {"latency": "much"})["message"]
    assert "no right" in loket.control("POST", "/options", {"missing_rights": ["x"]})["message"]
    assert "not one of" in loket.control("POST", "/faults", {"action": "explode"})["message"]


def test_control_calls_exist_only_for_this_machine(start: Start) -> None:
    loket = signed_in(start(host="0.0.0.0"))
    assert loket.http.get(f"{loket.url}/_simulator/state").status_code == 404
    assert loket.get("/user")
