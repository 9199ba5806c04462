"""Employees: a PUT replaces the whole object, and Loket's rules are kept (rules 41, 45, 47, 48, 50)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from stdnum.nl import bsn as dutch

from tests.simulator.loket import PERSON_VERSION, Loket, messages


@pytest.fixture
def johanna(loket: Loket) -> dict[str, Any]:
    return loket.employee(1001)


def test_sending_back_what_was_read_changes_nothing(loket: Loket, johanna: dict[str, Any]) -> None:
    before = loket.control("GET", "/state")
    assert loket.put_employee(johanna).json()["content"] == johanna
    assert loket.control("GET", "/state") == before


def test_a_put_replaces_the_whole_object(loket: Loket, johanna: dict[str, Any]) -> None:
    """What the body leaves out is gone afterwards: the trap that rule 45 is about."""
    body = deepcopy(johanna)
    del body["identityDocument"], body["contactInformation"], body["travel"], body["personalDetails"]["placeOfBirth"]
    body["personalDetails"]["lastName"] = "Nieuwenhuis"
    content = loket.put_employee(body).json()["content"]
    assert content == loket.employee(1001)
    assert content["personalDetails"]["lastName"] == "Nieuwenhuis"
    assert content["identityDocument"] is None
    assert content["personalDetails"]["placeOfBirth"] is None
    assert content["travel"] == {"travelDistanceToWork": None}
    assert set(content["contactInformation"].values()) == {None}
    assert johanna["identityDocument"] is not None


def test_an_older_version_of_the_put_keeps_what_it_can_t_know(loket: Loket, johanna: dict[str, Any]) -> None:
    path = f"/providers/employers/employees/{johanna['id']}"
    old = loket.get(path, version="2018-12-31")
    old["contactInformation"]["phoneNumber"] = "030-1112223"
    assert loket.call("PUT", path, old, version="2018-12-31").status_code == 200
    contact = loket.employee(1001)["contactInformation"]
    assert contact == {**johanna["contactInformation"], "phoneNumber": "030-1112223"}


def test_read_only_fields_are_ignored(loket: Loket, johanna: dict[str, Any]) -> None:
    body = deepcopy(johanna)
    body["personalDetails"] |= {"formattedName": "Iemand anders", "aowDate": "2000-01-01"}
    body["personalDetails"]["gender"]["value"] = "Iets"
    body["statusEmployeeSelfService"] = None
    assert loket.put_employee(body).json()["content"] == johanna


CASES: dict[str, tuple[str, Any]] = {
    "unknown property": ("personalDetails.shoeSize", 43),
    "unknown at the top": ("shoeSize", 43),
    "required": ("personalDetails.lastName", None),
    "required object": ("contactInformation", None),
    "too long": ("personalDetails.lastName", "x" * 26),
    "too short": ("personalDetails.initials", ""),
    "wrong type": ("address.houseNumber", "12"),
    "truth is no number": ("address.houseNumber", True),
    "out of range": ("travel.travelDistanceToWork", 0),
    "no date": ("personalDetails.dateOfBirth", "12-03-1984"),
    "born tomorrow": ("personalDetails.dateOfBirth", "2999-01-01"),
    "unknown key": ("personalDetails.gender", {"key": 1001}),
    "no key": ("personalDetails.gender", {"value": "Vrouw"}),
    "text for metadata": ("personalDetails.gender", "Vrouw"),
    "unknown part of metadata": ("personalDetails.gender", {"key": 1, "name": "x"}),
    "Dutch postal code": ("address.postalCode", "1234"),
    "e-mail": ("contactInformation.emailAddress", "geen adres"),
    "number zero": ("employeeNumber", 0),
    "number of somebody else": ("employeeNumber", 1002),
}


@pytest.mark.parametrize("case", CASES)
def test_broken_rules_are_refused_and_change_nothing(loket: Loket, johanna: dict[str, Any], case: str) -> None:
    path, value = CASES[case]
    body = deepcopy(johanna)
    *parents, name = path.split(".")
    target = body
    for parent in parents:
        target = target[parent]
    target[name] = value
    answer = loket.put_employee(body)
    assert answer.status_code == 400, answer.text
    assert {message["type"] for message in answer.json()["messages"]} == {"BrokenBusinessRule"}
    assert path in messages(answer)
    assert loket.employee(1001) == johanna


def test_all_faults_are_named_at_once(loket: Loket, johanna: dict[str, Any]) -> None:
    johanna["personalDetails"] |= {"lastName": "", "initials": "x" * 7}
    assert set(messages(loket.put_employee(johanna))) == {"personalDetails.lastName", "personalDetails.initials"}


def test_a_foreign_postal_code_may_look_different(loket: Loket, johanna: dict[str, Any]) -> None:
    countries = loket.options(f"/providers/employers/employees/{johanna['id']}/metadata")["country"]
    belgium = next(option["key"] for option in countries if option["isoCode"] == "BE")
    johanna["address"] |= {"postalCode": "2000", "country": {"key": belgium}}
    content = loket.put_employee(johanna).json()["content"]
    assert content["address"]["country"] == {"key": belgium, "value": "België", "isoCode": "BE"}


def test_an_employee_number_can_change_to_a_free_one(loket: Loket, johanna: dict[str, Any]) -> None:
    assert loket.put_employee(johanna | {"employeeNumber": 4711}).status_code == 200
    assert loket.employee(4711)["id"] == johanna["id"]
    assert loket.put_employee(loket.employee(1002) | {"employeeNumber": 1001}).status_code == 200


def test_the_name_is_formatted_by_the_chosen_order(loket: Loket, johanna: dict[str, Any]) -> None:
    options = loket.options(f"/providers/employers/employees/{johanna['id']}/metadata")["howToFormatLastName"]
    shown = {}
    for option in options:
        johanna["personalDetails"]["howToFormatLastName"] = {"key": option["key"]}
        shown[option["value"]] = loket.put_employee(johanna).json()["content"]["personalDetails"]["formattedName"]
    assert shown == {
        "Achternaam": "Berg J.M. van der",
        "Achternaam partner": "Bosch J.M.",
        "Achternaam + achternaam partner": "Berg - Bosch J.M. van der",
        "Achternaam partner + achternaam": "Bosch - van der Berg J.M.",
    }


def test_if_match_refuses_what_somebody_else_changed(loket: Loket, johanna: dict[str, Any]) -> None:
    path = f"/providers/employers/employees/{johanna['id']}"
    etag = loket.call("GET", path, version=PERSON_VERSION).headers["ETag"]
    johanna["personalDetails"]["firstName"] = "Jo"
    first = loket.put_employee(johanna, headers={"If-Match": etag})
    assert first.status_code == 200
    assert first.headers["ETag"] != etag
    assert loket.put_employee(johanna, headers={"If-Match": etag}).status_code == 409
    assert loket.put_employee(johanna, headers={"If-Match": first.headers["ETag"]}).status_code == 200


def test_the_bsn_has_its_own_call_and_passes_the_eleven_test(loket: Loket, johanna: dict[str, Any]) -> None:
    path = f"/providers/employers/employees/{johanna['id']}/citizenservicenumber"
    present = loket.get(path)["citizenServiceNumber"]
    assert dutch.is_valid(present)
    assert "citizenServiceNumber" not in str(johanna)
    for wrong in ("123456789", "12345678", "99990133", 999901370, ""):
        assert loket.call("PUT", path, {"citizenServiceNumber": wrong}).status_code == 400
    assert loket.call("PUT", path, {"bsn": "999901370"}).status_code == 400
    assert loket.get(path)["citizenServiceNumber"] == present
    assert loket.call("PUT", path, {"citizenServiceNumber": "999901370"}).json()["content"] == {
        "citizenServiceNumber": "999901370"
    }
    assert loket.call("PUT", path, {"citizenServiceNumber": None}).status_code == 200
    assert loket.get(path) == {"citizenServiceNumber": None}


def test_a_put_of_the_employee_keeps_the_bsn(loket: Loket, johanna: dict[str, Any]) -> None:
    loket.put_employee(johanna)
    assert loket.get(f"/providers/employers/employees/{johanna['id']}/citizenservicenumber")["citizenServiceNumber"]


def test_the_comprehensive_list_has_everything_that_the_put_wants(loket: Loket, johanna: dict[str, Any]) -> None:
    employment = loket.employment(1001)
    assert employment["employee"] == johanna
    assert employment["payrollAdministration"]["name"] == "Tulp Horeca B.V."
    assert employment["organizationalEntity"]["function"]["description"] == "Manager"
    assert employment["workinghours"]["deviatingHoursPerWeek"] == 36
    assert loket.put_employee(employment["employee"]).json()["content"] == johanna


def test_version_numbers_grow_with_every_change(loket: Loket, johanna: dict[str, Any]) -> None:
    path, employment = (
        f"{loket.employer}/employees/employments/lastmodifiedversionnumbers",
        loket.employment(1001)["id"],
    )

    def numbers() -> dict[str, int]:
        return {row["id"]: row["lastModifiedVersionNumber"] for row in loket.get(path)}

    before = numbers()
    loket.put_employee(johanna)
    after = numbers()
    assert after[employment] > max(before.values())
    assert {name for name in after if after[name] != before[name]} == {employment}


def test_payment_information_has_the_iban(loket: Loket) -> None:
    path = f"/providers/employers/employees/employments/{loket.employment(1001)['id']}/paymentinformationsepa"
    rows = loket.get(path)
    assert [(row["iban"], row["payrollComponent"]["value"]) for row in rows] == [("NL18TEST0026007007", "Netto loon")]


@pytest.mark.parametrize("body", ["[]", '"x"', "{", ""])
def test_a_body_that_is_no_object_is_refused(loket: Loket, johanna: dict[str, Any], body: str) -> None:
    path = f"/providers/employers/employees/{johanna['id']}"
    answer = loket.call("PUT", path, version=PERSON_VERSION, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
