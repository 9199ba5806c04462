"""An answer of another shape is said to be so: a check neither crashes on it nor takes it for good news."""

from typing import Any

import pytest
import responses

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import ConfigProblem, SyncError
from tests.contract.plugin import Traffic
from tests.loket.setup_rows import (
    ACTIVITY,
    ADMINISTRATION,
    API,
    CHANGE,
    EMPLOYEES,
    EMPLOYER,
    ID,
    INTEGRATION,
    PERIOD,
    USER,
    without,
)


@pytest.fixture
def client_here() -> LoketClient:
    return LoketClient(API, lambda: "t", sleep=lambda seconds: None)


LISTS = {
    "users": (f"{EMPLOYER}/users", lambda client: client.list_employer_users(ID)),
    "rights": (f"{EMPLOYER}/users/{ID}/authorizations", lambda client: client.list_user_rights(ID, ID)),
    "integrations": (f"{API}/users/integrations", lambda client: client.get_integrations()),
    "application": (
        f"{API}/applications/{ID}/authorizations",
        lambda client: client.list_application_authorizations(ID),
    ),
    "modules": (f"{EMPLOYER}/modules", lambda client: client.list_modules(ID)),
    "periods": (f"{ADMINISTRATION}/payrollperiods", lambda client: client.list_payroll_periods(ID)),
    "versions": (
        f"{EMPLOYEES}/employments/lastmodifiedversionnumbers",
        lambda client: client.list_employment_versions(ID, 1),
    ),
    "changes": (f"{EMPLOYER}/auditTrail/EmployeeData", lambda client: client.list_employee_changes(ID)),
    "employers": (f"{API}/providers/employers", lambda client: client.list_employers()),
    "activities": (f"{EMPLOYER}/authorizations", lambda client: client.list_authorizations(ID)),
    "administrations": (f"{EMPLOYER}/payrolladministrations", lambda client: client.list_administrations(ID)),
    "departments": (f"{EMPLOYER}/departments", lambda client: client.list_departments(ID)),
    "first employee": (EMPLOYEES, lambda client: client.first_employee_id(ID)),
}
GOOD = {
    "users": (USER, ["id", "isLinkedToMultipleEmployers", "loginMethod", "accessStatus"]),
    "integrations": (INTEGRATION, ["application"]),
    "application": (ACTIVITY, ["activity"]),
    "periods": (PERIOD, ["id", "year", "periodNumber", "startDate", "endDate"]),
    "changes": (CHANGE, ["timeStamp", "entity"]),
}


def problem(client: LoketClient, name: str, body: Any) -> SyncError:
    url, ask = LISTS[name]
    responses.get(url, json=body)
    with pytest.raises(ConfigProblem) as caught:
        ask(client)
    assert "not what Loket documents" in caught.value.message
    return caught.value


@responses.activate
@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("row", [None, 3, "x", []], ids=repr)
def test_a_row_that_is_no_object_is_not_what_loket_documents(client_here: LoketClient, name: str, row: object) -> None:
    problem(client_here, name, {"_embedded": [row]})


@responses.activate
@pytest.mark.parametrize("name", [name for name in LISTS if name != "activities"])
def test_an_empty_row_is_not_what_loket_documents(client_here: LoketClient, name: str) -> None:
    problem(client_here, name, {"_embedded": [{}]})


@responses.activate
@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("body", [{}, {"_embedded": None}, {"_embedded": 3}], ids=repr)
def test_no_list_is_not_what_loket_documents(client_here: LoketClient, name: str, body: object) -> None:
    problem(client_here, name, body)


@responses.activate
@pytest.mark.parametrize(("name", "field"), [(name, field) for name, (_, fields) in GOOD.items() for field in fields])
@pytest.mark.parametrize("value", ["GONE", None, [], {}], ids=repr)
def test_a_field_that_decides_is_never_guessed(client_here: LoketClient, name: str, field: str, value: Any) -> None:
    good = GOOD[name][0]
    problem(client_here, name, {"_embedded": [without(good, field) if value == "GONE" else good | {field: value}]})


@responses.activate
def test_the_problem_holds_no_value_of_a_person(client_here: LoketClient, loket_traffic: Traffic) -> None:
    error = problem(client_here, "changes", {"_embedded": [CHANGE | {"timeStamp": "Hermans"}]})
    assert "Hermans" not in f"{error.message} {error.hint} {error.detail} {error.__cause__}"


@responses.activate
@pytest.mark.parametrize("content", [[], None, 3, {"personalDetails": 3}, {"contactInformation": []}], ids=repr)
def test_a_user_of_another_shape_is_not_what_loket_documents(client_here: LoketClient, content: object) -> None:
    responses.get(f"{API}/user", json={"content": content})
    if content == {"contactInformation": []}:
        assert client_here.get_user().email == ""
    else:
        with pytest.raises(ConfigProblem):
            client_here.get_user()
