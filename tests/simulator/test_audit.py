"""The audit trail and edits by hand: who changed what, and only what really changed."""

from __future__ import annotations

from typing import Any

import pytest

from loket_portal.simulator.clock import today
from loket_portal.simulator.logins import ACCOUNTANT
from loket_portal.simulator.options import USERNAME
from tests.simulator.loket import PERSON_VERSION, Loket

ALWAYS = {"startDate": "2000-01-01", "endDate": "2999-12-31"}


def trail(loket: Loket, **query: str) -> list[dict[str, Any]]:
    """The audit trail of all days unless the query says otherwise."""
    rows: list[dict[str, Any]] = loket.get(f"{loket.employer}/auditTrail/EmployeeData", params=ALWAYS | query)
    return rows


def edit(loket: Loket, field: str, value: Any, number: int = 1001, **more: Any) -> Any:
    """Somebody edits an employee by hand."""
    return loket.control("POST", "/people/edit", {"employeeNumber": number, "field": field, "value": value, **more})


def version(loket: Loket, number: int = 1001) -> int:
    """The version number of somebody's employment."""
    rows = loket.get(f"{loket.employer}/employees/employments/lastmodifiedversionnumbers")
    own_id = loket.employment(number)["id"]
    return int(next(row["lastModifiedVersionNumber"] for row in rows if row["id"] == own_id))


def author(loket: Loket) -> dict[str, Any]:
    """The signed-in user as the list of users shows him."""
    address = loket.get("/user")["contactInformation"]["emailAddress"]
    found: dict[str, Any] = next(row for row in loket.get(f"{loket.employer}/users") if row["userName"] == address)
    return found


def test_nothing_has_changed_at_first(loket: Loket) -> None:
    assert trail(loket) == []


def test_a_put_is_written_down_field_by_field_as_the_integration_user_s(loket: Loket) -> None:
    person = loket.employee(1001)
    loket.put_employee(person)
    assert trail(loket) == []  # nothing was different
    person["personalDetails"] |= {"firstName": "Jo", "prefix": None}
    loket.put_employee(person)
    rows = {row["field"]["value"]: row for row in trail(loket)}
    assert set(rows) == {"Voornaam", "Voorvoegsel"}
    first = rows["Voornaam"]
    assert (first["oldValue"], first["newValue"], first["mutationType"]["value"]) == ("Johanna", "Jo", "wijzigen")
    assert first["employee"] == {"employeeNumber": 1001, "id": person["id"], "name": "Berg"}
    assert first["performedBy"]["id"] == author(loket)["id"]
    assert rows["Voorvoegsel"]["mutationType"]["value"] == "verwijderen"


def test_a_new_employee_and_a_new_bsn_are_written_down(loket: Loket) -> None:
    concept = loket.create_concept(2001)
    assert trail(loket) == []  # a concept is not an employee yet
    loket.convert(concept["id"], validate_only=True)
    assert trail(loket) == []
    loket.convert(concept["id"])
    path = f"/providers/employers/employees/{concept['id']}/citizenservicenumber"
    assert loket.call("PUT", path, {"citizenServiceNumber": "111222333"}).status_code == 200
    assert [(row["field"]["value"], row["mutationType"]["value"]) for row in trail(loket)] == [
        ("Personeelsnummer", "toevoegen"),
        ("Burgerservicenummer", "toevoegen"),
    ]


def test_an_edit_by_hand_is_another_user_s_and_raises_the_version(loket: Loket) -> None:
    before = version(loket), version(loket, 1002)
    assert edit(loket, "personalDetails.gender", "Man") == {"changed": 1}
    assert loket.employee(1001)["personalDetails"]["gender"]["value"] == "Man"
    row = trail(loket)[0]
    assert (row["oldValue"], row["newValue"], row["entity"]["value"]) == ("Vrouw", "Man", "employee")
    assert row["performedBy"]["lastName"] == "Jansen"
    assert version(loket) > before[0]
    assert version(loket, 1002) == before[1]


def test_the_employment_can_be_edited_by_hand(loket: Loket) -> None:
    before = version(loket)
    assert edit(loket, "employment.organizationalEntity.department", "Keuken") == {"changed": 1}
    assert edit(loket, "employment.workinghours.deviatingHoursPerWeek", 20) == {"changed": 1}
    assert edit(loket, "employment.namePayslip", "J. Berg") == {"changed": 1}
    shown = loket.employment(1001)
    assert shown["organizationalEntity"]["department"]["description"] == "Keuken"
    assert (shown["workinghours"]["deviatingHoursPerWeek"], shown["namePayslip"]) == (20, "J. Berg")
    rows = trail(loket)
    assert {row["employment"]["id"] for row in rows} == {shown["id"]}
    assert [row["field"]["value"] for row in rows[:2]] == ["Afdeling", "Afwijkende uren per week"]
    assert version(loket) > before


def test_the_number_and_the_bsn_can_be_edited_by_hand(loket: Loket) -> None:
    edit(loket, "citizenServiceNumber", "111222333")
    path = f"/providers/employers/employees/{loket.employee(1001)['id']}/citizenservicenumber"
    assert loket.get(path) == {"citizenServiceNumber": "111222333"}
    edit(loket, "employeeNumber", 4711)
    assert loket.employee(4711)["personalDetails"]["firstName"] == "Johanna"
    assert edit(loket, "employeeNumber", 4711, number=4711) == {"changed": 0}


def test_who_edits_can_be_chosen(loket: Loket) -> None:
    edit(loket, "personalDetails.firstName", "Jo", user=USERNAME)
    assert trail(loket)[0]["performedBy"]["lastName"] == "Tulp Horeca"


def test_no_difference_is_no_edit(loket: Loket) -> None:
    before = version(loket)
    assert edit(loket, "personalDetails.firstName", "Johanna") == {"changed": 0}
    assert (trail(loket), version(loket)) == ([], before)


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("personalDetails.nickname", "Jo", "no field"),
        ("personalDetails", {}, "can't be edited"),
        ("personalDetails.formattedName", "Jo", "can't be edited"),
        ("personalDetails.firstName", 5, "Invalid type"),
        ("personalDetails.lastName", None, "required"),
        ("personalDetails.lastName", "x" * 26, "too long"),
        ("personalDetails.gender", "Vrouwelijk", "does not take"),
        ("deviatingPostalAddress.city", "Soest", "is empty"),
    ],
)
def test_an_impossible_edit_is_refused(loket: Loket, field: str, value: Any, word: str) -> None:
    assert word in edit(loket, field, value)["message"]
    assert trail(loket) == []


def test_edits_of_nobody_or_by_nobody_are_refused(loket: Loket) -> None:
    assert "no employee" in edit(loket, "personalDetails.firstName", "Jo", number=9999)["message"]
    assert ACCOUNTANT in edit(loket, "personalDetails.firstName", "Jo", user="nobody")["message"]
    assert "people/edit takes" in edit(loket, "personalDetails.firstName", "Jo", when="now")["message"]
    assert "people/edit takes" in loket.control("POST", "/people/edit", {"employeeNumber": 1001})["message"]


def test_the_trail_is_asked_for_by_days(loket: Loket) -> None:
    edit(loket, "personalDetails.firstName", "Jo")
    day = today().isoformat()
    assert len(trail(loket, startDate=day, endDate=day)) == 1
    assert trail(loket, endDate="2020-01-01") == []
    assert trail(loket, startDate="2999-01-01") == []
    assert len(trail(loket, filter="field.value eq 'Voornaam'")) == 1


@pytest.mark.parametrize("query", [{}, {"startDate": "2026-01-01"}, {"startDate": "x", "endDate": "2026-01-01"}])
def test_both_days_are_mandatory(loket: Loket, query: dict[str, str]) -> None:
    assert loket.call("GET", f"{loket.employer}/auditTrail/EmployeeData", params=query).status_code == 400


def test_the_trail_needs_its_right(loket: Loket) -> None:
    loket.tell(missing_rights=["Beheer HRM"])
    answer = loket.call("GET", f"{loket.employer}/auditTrail/EmployeeData", params=ALWAYS, version=PERSON_VERSION)
    assert answer.status_code == 403
