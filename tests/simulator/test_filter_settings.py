"""The user filter on its own address (rule 22), and what it hides."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from loket_portal.simulator import Simulator
from loket_portal.simulator.filter_settings import NEUTRAL, SERVER
from tests.simulator.loket import PERSON_VERSION, Loket


def ask(loket: Loket, **more: Any) -> requests.Response:
    """The call for the filter of the signed-in user."""
    return loket.call("GET", f"/user/filtersettings/{loket.employer.rsplit('/', 1)[-1]}", server=SERVER, **more)


def employments(loket: Loket) -> list[dict[str, Any]]:
    """The employments that Loket lists."""
    path = f"{loket.employer}/employees/employments/comprehensive"
    rows: list[dict[str, Any]] = loket.get(path, version="2019-12-16")
    return rows


def test_the_filter_is_neutral_at_first(loket: Loket) -> None:
    assert ask(loket).json()["content"] == {"employmentFilter": NEUTRAL}


def test_it_is_only_on_its_own_address(loket: Loket) -> None:
    employer = loket.employer.rsplit("/", 1)[-1]
    assert loket.call("GET", f"/user/filtersettings/{employer}").status_code == 404


def test_it_wants_a_token_a_version_and_the_activity(loket: Loket) -> None:
    assert ask(loket, headers={"Authorization": "Bearer other"}).status_code == 401
    assert ask(loket, headers={"Accept": "application/json"}).status_code == 400
    loket.tell(client_lacks=["GetUserFilterSettingsByEmployerId"])
    assert ask(loket).status_code == 403


def test_its_calls_are_logged_and_recorded_and_fail_as_planned(simulator: Simulator, loket: Loket) -> None:
    assert ask(loket).status_code == 200
    assert simulator.exchanges[-1]["path"].startswith("/user/filtersettings/")
    assert loket.control("GET", "/log")["requests"][-1]["path"].startswith(SERVER)
    loket.control("POST", "/faults", {"action": "status", "status": 502, "path": "filtersettings"})
    assert ask(loket).status_code == 502


@pytest.mark.parametrize("status", [404, 503])
def test_it_can_be_down(loket: Loket, status: int) -> None:
    loket.tell(filter_down=status)
    assert ask(loket).status_code == status
    loket.tell(filter_down=0)
    assert ask(loket).status_code == 200


def test_a_department_filter_hides_the_others_employments_and_no_employee(loket: Loket) -> None:
    loket.tell(filter={"filterOnDepartments": ["Keuken"]})
    keuken = next(row["id"] for row in loket.get(f"{loket.employer}/departments") if row["description"] == "Keuken")
    assert ask(loket).json()["content"]["employmentFilter"] == {**NEUTRAL, "filterOnDepartments": [{"key": keuken}]}
    shown = employments(loket)
    assert {row["organizationalEntity"]["department"]["description"] for row in shown} == {"Keuken"}
    assert len(shown) == 16
    numbers = loket.get(f"{loket.employer}/employees/employments/lastmodifiedversionnumbers")
    assert [row["id"] for row in numbers] == [row["id"] for row in shown]
    assert len(loket.get(f"{loket.employer}/employees", version=PERSON_VERSION)) == 40


def test_the_filter_on_the_employed_status_counts_by_date(loket: Loket) -> None:
    concept = loket.create_concept(2001)
    concept["employmentData"]["startDate"] = "2999-01-01"
    assert loket.call("PUT", f"/providers/employers/conceptemployees/{concept['id']}", concept).status_code == 200
    assert loket.convert(concept["id"]).status_code == 200
    counted = {}
    for status in ("AllEmployments", "ActiveEmployments", "ActiveAndFutureEmployments", "ActiveAndHistoricEmployments"):
        loket.tell(filter={"filterOnEmployedStatus": status})
        assert ask(loket).json()["content"]["employmentFilter"]["filterOnEmployedStatus"] == status
        counted[status] = len(employments(loket))
    assert list(counted.values()) == [41, 40, 41, 40]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"filterOnOnCallEmployment": True}, 3),
        ({"filterOnOnCallEmployment": False}, 37),
        ({"filterOnEmploymentCategoryType": ["Stage"]}, 0),
        ({"filterOnEmploymentCategoryType": ["Regulier"]}, 40),
        ({"filterOnAdministrations": ["Tulp Catering"]}, 0),
        ({"filterOnAdministrations": ["Tulp Catering", "Tulp Horeca B.V."]}, 40),
    ],
)
def test_every_part_of_the_filter_works(loket: Loket, wanted: dict[str, Any], count: int) -> None:
    loket.tell(filter=wanted)
    name = next(iter(wanted))
    assert ask(loket).json()["content"]["employmentFilter"][name] != NEUTRAL[name]
    assert len(employments(loket)) == count
