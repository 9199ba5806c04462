"""Concept employees: hardly checked until conversion, which keeps the id and deletes the concept (rules 46 and 47)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.loket import Loket, messages

PATH = "/providers/employers/conceptemployees"


def test_a_concept_is_listed_read_replaced_and_deleted(loket: Loket) -> None:
    made = loket.create_concept(2001)
    one = f"{PATH}/{made['id']}"
    assert loket.get(f"{loket.employer}/conceptemployees") == [made] == [loket.get(one)]
    body = loket.concept_body(2001, lastName="Anders")
    del body["wageData"], body["employeeData"]["iban"]
    content = loket.call("PUT", one, body).json()["content"]
    assert content["employeeData"]["personalDetails"]["lastName"] == "Anders"
    assert content["wageData"] is None
    assert content["employeeData"]["iban"] is None
    assert (content["id"], content["creationDate"]) == (made["id"], made["creationDate"])
    assert loket.call("DELETE", one).status_code == 200
    assert loket.call("GET", one).status_code == 404


def test_the_defaults_can_be_sent_back_with_only_a_name(loket: Loket) -> None:
    administration = loket.get(f"{loket.employer}/payrolladministrations")[0]
    body = loket.get(f"{PATH}/defaults/payrolladministration/{administration['id']}")
    assert body["employmentData"]["payrollAdministration"]["id"] == administration["id"]
    body["uniqueName"] = "Sollicitant 13"
    refused = loket.call("POST", f"{loket.employer}/conceptemployees", body)
    assert messages(refused) == ["employeeData.personalDetails.lastName"]
    body["employeeData"]["personalDetails"]["lastName"] = "Nieuw"
    assert loket.call("POST", f"{loket.employer}/conceptemployees", body).status_code == 201
    assert loket.get(f"{loket.employer}/conceptemployees/defaults")["employmentData"]["payrollAdministration"] is None


def test_a_concept_needs_hardly_anything(loket: Loket) -> None:
    body = {
        "uniqueName": "X",
        "employeeData": {"personalDetails": {"lastName": "Kort"}, "iban": "no iban", "employeeNumber": 1001},
    }
    answer = loket.call("POST", f"{loket.employer}/conceptemployees", body)
    assert answer.status_code == 201  # neither the IBAN nor the number of somebody else matters yet
    assert answer.json()["content"]["employmentData"] is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("uniqueName", None),
        ("employeeData.personalDetails.lastName", "x" * 26),
        ("employeeData.personalDetails.gender", {"key": 1001}),
        ("organizationalEntityData.function", {"key": "11111111-1111-4111-8111-111111111111"}),
        ("employmentData.payrollAdministration", {"id": "11111111-1111-4111-8111-111111111111"}),
        ("workingHoursData.shift", {"shiftNumber": 9}),
        ("employeeData.nickName", "Kees"),
    ],
)
def test_even_a_concept_has_limits_and_keys(loket: Loket, path: str, value: Any) -> None:
    body = loket.concept_body(2001)
    target = body
    for name in path.split(".")[:-1]:
        target = target[name]
    target[path.rsplit(".", 1)[-1]] = value
    answer = loket.call("POST", f"{loket.employer}/conceptemployees", body)
    assert (answer.status_code, messages(answer)) == (400, [path])
    assert loket.get(f"{loket.employer}/conceptemployees") == []


def test_a_function_that_has_to_be_missing_can_t_be_chosen(loket: Loket) -> None:
    body = loket.concept_body(2001)
    loket.control("POST", "/options", {"missing_algemeen": ["function"]})
    answer = loket.call("POST", f"{loket.employer}/conceptemployees", body)
    assert messages(answer) == ["organizationalEntityData.function"]


def test_validate_only_judges_and_changes_nothing(loket: Loket) -> None:
    concept = loket.create_concept(2001)
    before = loket.control("GET", "/state")
    good = loket.convert(concept["id"], validate_only=True)
    assert good.status_code == 200
    assert [message["type"] for message in good.json()["messages"]] == ["Warning"]  # no BSN yet
    bad = loket.convert(loket.create_concept(1001)["id"], validate_only=True)
    assert (bad.status_code, messages(bad)[0]) == (400, "employeeData.employeeNumber")
    assert loket.control("GET", "/state")["employees"] == before["employees"]
    assert loket.get(f"{PATH}/{concept['id']}") == concept
    log = loket.control("GET", "/log")
    assert [item["method"] for item in log["writes"]] == ["POST", "POST"]  # validating is not writing


def test_conversion_keeps_the_id_and_deletes_the_concept(loket: Loket) -> None:
    concept = loket.create_concept(2001)
    number = {"citizenServiceNumber": "999901370"}
    assert loket.call("PUT", f"{PATH}/{concept['id']}/citizenservicenumber", number).status_code == 200
    assert loket.get(f"{PATH}/{concept['id']}/citizenservicenumber") == number
    answer = loket.convert(concept["id"])
    assert (answer.status_code, answer.json()["messages"]) == (200, [])
    employee, employment = loket.employee(2001), loket.employment(2001)
    assert employee["id"] == concept["id"]
    assert loket.call("GET", f"{PATH}/{concept['id']}").status_code == 404
    assert loket.get(f"/providers/employers/employees/{employee['id']}/citizenservicenumber") == number
    assert employment["startDate"] == "2026-01-01"
    assert employment["workinghours"]["deviatingHoursPerWeek"] == 32
    assert employment["organizationalEntity"]["function"]["description"] == "Algemeen"
    sepa = loket.get(f"/providers/employers/employees/employments/{employment['id']}/paymentinformationsepa")
    assert [row["iban"] for row in sepa] == ["NL91ABNA0417164300"]
    assert loket.convert(concept["id"]).status_code == 404


def test_an_empty_number_becomes_the_highest_plus_one(loket: Loket) -> None:
    concept = loket.create_concept(None)
    assert loket.convert(concept["id"]).status_code == 200
    assert loket.employee(1041)["id"] == concept["id"]


def test_conversion_checks_for_real(loket: Loket) -> None:
    body = loket.concept_body(2001, gender=None, initials=None)
    body["employeeData"]["iban"] = "NL00 TEST"
    body["employeeData"]["address"]["postalCode"] = "123"
    body["employmentData"] |= {"startDate": None}
    body["organizationalEntityData"]["department"] = None
    concept = loket.call("POST", f"{loket.employer}/conceptemployees", body).json()["content"]
    loket.call("PUT", f"{PATH}/{concept['id']}/citizenservicenumber", {"citizenServiceNumber": "123456789"})
    answer = loket.convert(concept["id"])
    assert answer.status_code == 400
    assert set(messages(answer)) == {
        "employeeData.personalDetails.gender",
        "employeeData.personalDetails.initials",
        "employeeData.iban",
        "employeeData.address.postalCode",
        "employmentData.startDate",
        "organizationalEntityData.department",
        "citizenServiceNumber",
    }
    assert loket.get(f"{PATH}/{concept['id']}")["id"] == concept["id"]


def test_nobody_starts_in_an_ended_administration(loket: Loket) -> None:
    ended = next(row for row in loket.get(f"{loket.employer}/payrolladministrations") if row["endDate"])
    body = loket.concept_body(2001)
    body["employmentData"]["payrollAdministration"] = {"id": ended["id"]}
    concept = loket.call("POST", f"{loket.employer}/conceptemployees", body).json()["content"]
    assert messages(loket.convert(concept["id"], validate_only=True))[0] == "employmentData.startDate"


def test_two_concepts_of_one_name_are_both_seen(loket: Loket) -> None:
    loket.create_concept(2001)
    loket.create_concept(2001)
    assert set(loket.control("GET", "/state")["concepts"]) == {"LP-2001", "LP-2001 (2)"}


def test_the_employer_s_metadata_is_that_of_the_administration(loket: Loket) -> None:
    administration = loket.get(f"{loket.employer}/payrolladministrations")[0]["id"]
    of_employer = loket.get(f"{loket.employer}/conceptemployees/metadata")
    assert of_employer == loket.get(f"{PATH}/metadata/payrolladministration/{administration}")
    fields = {row["field"] for row in of_employer}
    assert {
        "employeeData.personalDetails.gender",
        "organizationalEntityData.function",
        "workingHoursData.shift",
    } <= fields
