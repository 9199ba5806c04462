"""Each rule of the checker can fail: a good exchange is broken in one way, and the checker names just that."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from loket_portal.lib.exchanges import Exchange
from tests.contract.checker import check_exchange

EMPLOYEE = "/providers/employers/employees/{employeeId}"
GET, PUT = f"GET {EMPLOYEE}", f"PUT {EMPLOYEE}"
LIST = "GET /providers/employers/{employerId}/employees"
CONCEPT = "PUT /providers/employers/conceptemployees/{conceptEmployeeId}"
CREATE = "POST /providers/employers/{employerId}/conceptemployees"
USERS = "GET /providers/employers/{employerId}/users"
INTEGRATIONS = "GET /users/integrations"
FILTER = "GET /user/filtersettings/{employerId}"
AUDIT = "GET /providers/employers/{employerId}/auditTrail/EmployeeData"
MAKE = "POST /providers/employers/{employerId}/functions"
EMPLOYMENTS = "/providers/employers/employees/employments"
EMPLOYMENT = f"PUT {EMPLOYMENTS}/{{employmentId}}"
HOURS = f"PUT {EMPLOYMENTS}/workinghours/{{workinghoursId}}"
PLACE = f"POST {EMPLOYMENTS}/{{employmentId}}/organizationalentities"
ACCOUNT = f"PUT {EMPLOYMENTS}/paymentinformationsepa/{{paymentInformationSepaId}}"
END = f"PATCH {EMPLOYMENTS}/{{employmentId}}/terminate"
UNDO = f"PATCH {EMPLOYMENTS}/{{employmentId}}/reinstate"
CODE, REFRESH = "authorization_code", "refresh_token"


def request(path: str, value: Any) -> Callable[[Exchange], Exchange]:
    """Puts a value into the request's body."""
    return lambda exchange: replace(exchange, request_body=_with(exchange.request_body, path, value))


def answer(path: str, value: Any) -> Callable[[Exchange], Exchange]:
    """Puts a value into the answer's body."""
    return lambda exchange: replace(exchange, response_body=_with(exchange.response_body, path, value))


def changed(**parts: Any) -> Callable[[Exchange], Exchange]:
    """Replaces whole parts of the exchange."""
    return lambda exchange: replace(exchange, **parts)


def header(name: str, value: str | None) -> Callable[[Exchange], Exchange]:
    """Sets or takes away a header of the request."""

    def change(exchange: Exchange) -> Exchange:
        headers = {key: text for key, text in exchange.request_headers.items() if key != name}
        return replace(exchange, request_headers=headers if value is None else headers | {name: value})

    return change


def query(**parameters: str) -> Callable[[Exchange], Exchange]:
    """Adds query parameters."""
    return lambda exchange: replace(exchange, query={**exchange.query, **parameters})


def without(name: str) -> Callable[[Exchange], Exchange]:
    """Takes a query parameter away."""
    return lambda exchange: replace(exchange, query={key: text for key, text in exchange.query.items() if key != name})


GONE = object()


def _with(body: Any, path: str, value: Any) -> Any:
    """A copy of the body with one value put in, or taken out (GONE)."""
    body = deepcopy(body)
    *way, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
    part = body
    for step in way:
        part = part[step]
    if value is GONE:
        del part[last]
    else:
        part[last] = value
    return body


OLD_VERSION = "application/json;version=2018-01-01"
BRANCH = "application/json;version=SSO_gebruiker"
ONE = "/providers/employers/employees/904d6856-6034-4624-bcbc-886188c115c5"
FILTER_PATH = "/user/filtersettings/904d6856-6034-4624-bcbc-886188c115c5"
ACTIVE = "content.employmentFilter.filterOnEmployedStatus"
WARNING = {"code": 1, "id": None, "type": "Warning", "description": "x", "properties": []}
NO_DESCRIPTION = {name: value for name, value in WARNING.items() if name != "description"}

REQUESTS = [
    ("unknown path", GET, changed(path="/providers/employers/employee/x"), "unknown path"),
    ("unknown method", GET, changed(method="PATCH"), "unknown method"),
    ("id", GET, changed(path="/providers/employers/employees/1001"), "path {employeeId}: not a uuid"),
    ("no token", GET, header("Authorization", None), "header Authorization"),
    ("version that is no date", USERS, header("Accept", BRANCH), "header Accept: version not documented"),
    ("filter settings of the API's server", FILTER, changed(path=f"/v2{FILTER_PATH}"), "on the wrong server"),
    ("API of the filter's server", GET, changed(path=f"/globalfilter-microservice{ONE}"), "on the wrong server"),
    ("no first day", AUDIT, without("startDate"), "query startDate: missing parameter"),
    ("pages of integrations", INTEGRATIONS, query(pageSize="250"), "query pageSize: unknown parameter"),
    ("name of a function", MAKE, request("description", "a" * 51), "body description: too long"),
    ("code of a function", MAKE, request("code", 1), "body code: unknown property"),
    ("no version", GET, header("Accept", "application/json"), "header Accept: lacks the version"),
    ("wrong version", GET, header("Accept", OLD_VERSION), "header Accept: version not documented"),
    ("unknown header", GET, header("X-Dry-Run", "true"), "header X-Dry-Run: unknown header"),
    ("condition on a GET", GET, header("If-Match", '"1"'), "header If-Match: unknown header"),
    ("unknown condition", PUT, header("If-Unmodified-Since", "today"), "header If-Unmodified-Since: unknown header"),
    ("parameter", LIST, query(employed="yes"), "query employed: unknown parameter"),
    ("parameter of a detail", GET, query(pageSize="250"), "query pageSize: unknown parameter"),
    ("page", LIST, query(pageNumber="0"), "query pageNumber: not a positive integer"),
    ("body of a GET", GET, changed(request_body={"a": 1}), "body: not documented for this call"),
    ("no body", PUT, changed(request_body=None), "body: missing"),
    ("no JSON", PUT, header("Content-Type", "text/plain"), "body: missing, or not JSON"),
    ("two versions", PUT, header("Content-Type", OLD_VERSION), "another version than Accept"),
    ("unknown property", PUT, request("favouriteColour", "red"), "body favouriteColour: unknown property"),
    ("inner unknown", PUT, request("personalDetails.shoeSize", 42), "body personalDetails.shoeSize: unknown property"),
    ("field of another version", CREATE, request("employeeData.contactInformation.businessEmailAddress", None),
     "businessEmailAddress: unknown property"),
    ("missing", PUT, request("contactInformation", GONE), "body contactInformation: missing field"),
    ("inner missing", PUT, request("personalDetails.placeOfBirth", GONE), "placeOfBirth: missing field"),
    ("concept missing", CONCEPT, request("workingHoursData", GONE), "workingHoursData: missing field"),
    ("null", PUT, request("personalDetails.lastName", None), "lastName: null where it is not allowed"),
    ("null object", PUT, request("contactInformation", None), "contactInformation: null where it is not allowed"),
    ("metadata", PUT, request("personalDetails.gender", {"value": "Vrouw"}), "gender: metadata without key"),
    ("metadata of a company list", CONCEPT, request("organizationalEntityData.function", {"description": "Kok"}),
     "organizationalEntityData.function: metadata without key"),
    ("metadata with an id", CONCEPT, request("employmentData.payrollAdministration", {"name": "Tulp"}),
     "payrollAdministration: metadata without id"),
    ("key", PUT, request("personalDetails.gender", {"key": "V"}), "gender.key: wrong type str"),
    ("number as text", PUT, request("employeeNumber", "1001"), "wrong type str, integer is wanted"),
    ("truth as number", PUT, request("employeeNumber", True), "employeeNumber: wrong type bool"),
    ("text as number", PUT, request("address.postalCode", 1234), "address.postalCode: wrong type int"),
    ("object as text", PUT, request("address", "Dorpsstraat 1"), "body address: wrong type str"),
    ("too long", PUT, request("personalDetails.lastName", "a" * 26), "lastName: too long, 26 of 25 characters"),
    ("too short", PUT, request("personalDetails.initials", ""), "initials: too short"),
    ("too small", PUT, request("employeeNumber", 0), "employeeNumber: too small"),
    ("too large", CONCEPT, request("workingHoursData.deviatingHoursPerWeek", 99.5), "too large, over 99"),
    ("decimals", CONCEPT, request("workingHoursData.deviatingHoursPerWeek", 31.125), "does not fit the pattern"),
    ("date", PUT, request("personalDetails.dateOfBirth", "17-05-1998"), "dateOfBirth: not a date"),
    ("impossible date", PUT, request("personalDetails.dateOfBirth", "1998-02-30"), "dateOfBirth: not a date"),
    ("no uuid", CONCEPT, request("organizationalEntityData.function.key", "7"), "function.key: not a uuid"),
    ("row of the list as employment", EMPLOYMENT, request("workinghours", {}), "workinghours: unknown property"),
    ("employment missing", EMPLOYMENT, request("typeOfEmployee", GONE), "typeOfEmployee: missing field"),
    ("income number", EMPLOYMENT, request("incomeRelationshipNumber", 10_000), "too large, over 9999"),
    ("hours missing", HOURS, request("calculateUsingWorkPattern.leaveHours", GONE), "leaveHours: missing field"),
    ("shift without number", HOURS, request("shift", {"fullTimeHoursPerWeek": 38}), "metadata without shiftNumber"),
    ("place", PLACE, request("placeOfEmployment", "a" * 25), "placeOfEmployment: too long, 25 of 24 characters"),
    ("account without component", ACCOUNT, request("payrollComponent", None), "null where it is not allowed"),
    ("account of the other version", ACCOUNT, request("beneficiary", {}), "beneficiary: unknown property"),
    ("end with a reason of our own", END, request("reason", "x"), "reason: unknown property"),
    ("end in two versions", END, header("Content-Type", OLD_VERSION), "another version than Accept"),
    ("condition on a PATCH", END, header("If-Match", '"1"'), "header If-Match: unknown header"),
    ("undoing without a body", UNDO, changed(request_body=None), "body: missing, or not JSON"),
    ("validate only", "PATCH /providers/employers/conceptemployees/{conceptEmployeeId}/convertToEmployee",
     header("X-ValidateOnly", "yes"), "header X-ValidateOnly: neither true nor false"),
]  # fmt: skip

TOKENS = [
    ("content type", REFRESH, header("Content-Type", "application/json"), "header Content-Type: not form-encoded"),
    ("secret in a header", REFRESH, header("Authorization", "Basic x"), "header Authorization: the client's secret"),
    ("grant", REFRESH, request("grant_type", "password"), "form grant_type: unknown"),
    ("no secret", REFRESH, request("client_secret", GONE), "form client_secret: missing field"),
    ("no redirect", CODE, request("redirect_uri", GONE), "form redirect_uri: missing field"),
    ("unknown field", REFRESH, request("scope", "all"), "form scope: unknown property"),
    ("no expiry", REFRESH, answer("expires_in", GONE), "answer expires_in: missing field"),
    ("expiry as text", REFRESH, answer("expires_in", "3599"), "answer expires_in: wrong type"),
    ("refusal", REFRESH, changed(status=400, response_body={}), "answer error: missing field"),
]

ANSWERS = [
    ("status", GET, changed(status=418), "answer 418: status not documented"),
    ("created", CREATE, changed(status=200), "answer 200: status not documented"),
    ("text", GET, changed(response_body="<html>"), "answer body: not a JSON object"),
    ("no envelope", GET, answer("version", GONE), "answer version: missing from the envelope"),
    ("no content", GET, answer("content", GONE), "answer content: missing from the envelope"),
    ("no paging", LIST, answer("totalSize", GONE), "answer totalSize: missing from the envelope"),
    ("paging as text", LIST, answer("totalSize", "40"), "answer totalSize: wrong type str"),
    ("unknown in the envelope", GET, answer("data", {}), "answer data: unknown property"),
    ("unknown property", GET, answer("content.shoeSize", 42), "answer content.shoeSize: unknown property"),
    ("unknown in a row", LIST, answer("_embedded.3.shoeSize", 42), "answer _embedded[3].shoeSize: unknown property"),
    ("missing", GET, answer("content.travel", GONE), "answer content.travel: missing field"),
    (
        "missing in a row",
        LIST,
        answer("_embedded.0.personalDetails.title", GONE),
        "personalDetails.title: missing field",
    ),
    ("read-only missing", GET, answer("content.personalDetails.formattedName", GONE), "formattedName: missing field"),
    ("null", GET, answer("content.employeeNumber", None), "content.employeeNumber: null where it is not allowed"),
    ("type", GET, answer("content.employeeNumber", "1001"), "content.employeeNumber: wrong type str"),
    ("uuid", GET, answer("content.id", "1001"), "answer content.id: not a uuid"),
    ("date", GET, answer("content.personalDetails.dateOfBirth", "1998-5-17"), "dateOfBirth: not a date"),
    ("key", GET, answer("content.personalDetails.gender", {"value": "Man"}), "gender: metadata without key"),
    ("value of metadata", GET, answer("content.personalDetails.gender.value", GONE), "gender.value: missing field"),
    ("version", GET, answer("version.resourceVersion", "2021"), "version.resourceVersion: not a date"),
    ("no obsolete date", GET, answer("version.obsoleteDate", GONE), "version.obsoleteDate: missing field"),
    ("messages", GET, answer("messages", None), "answer messages: not a list"),
    ("message type", GET, answer("messages", [WARNING | {"type": "Oops"}]), "messages[0].type: not one of"),
    ("message", GET, answer("messages", [NO_DESCRIPTION]), "messages[0].description: missing field"),
    ("page size", LIST, query(pageSize="3"), "answer _embedded: more rows than the page size"),
    ("one row for a list", INTEGRATIONS, answer("_embedded", {}), "answer _embedded: wrong type dict"),
    ("row of the integrations", INTEGRATIONS, answer("_embedded.0.application.name", GONE), "name: missing field"),
    ("flag of a user", USERS, answer("_embedded.0.isLinkedToMultipleEmployers", GONE), "Employers: missing field"),
    ("status of the filter", FILTER, answer(ACTIVE, "Active"), "filterOnEmployedStatus: not one of"),
    ("moment of a change", AUDIT, answer("_embedded.0.timeStamp", "2026-11-20"), "timeStamp: not a date-time"),
    ("silent refusal", GET, changed(status=400, response_body={"messages": []}), "answer 400: says nothing"),
    ("odd refusal", GET, changed(status=403, response_body={"reason": "no"}), "answer reason: unknown property"),
]


@pytest.mark.parametrize(("call", "mutate", "named"), [pytest.param(*case[1:], id=case[0]) for case in REQUESTS])
def test_a_broken_request_is_named(recorded, call, mutate, named) -> None:
    _proves(recorded[call], mutate(recorded[call]), named, only_request=True)


@pytest.mark.parametrize(("call", "mutate", "named"), [pytest.param(*case[1:], id=case[0]) for case in ANSWERS])
def test_a_broken_answer_is_named(recorded, call, mutate, named) -> None:
    _proves(recorded[call], mutate(recorded[call]), named)
    assert check_exchange(mutate(recorded[call]), only_request=True) == [], "the request was good all the same"


@pytest.mark.parametrize(("call", "mutate", "named"), [pytest.param(*case[1:], id=case[0]) for case in TOKENS])
def test_a_broken_token_call_is_named(recorded, call, mutate, named) -> None:
    _proves(recorded[call], mutate(recorded[call]), named)


def _proves(good: Exchange, broken: Exchange, named: str, **how: bool) -> None:
    assert check_exchange(good) == []
    found = check_exchange(broken, **how)
    assert len(found) == 1, found
    assert named in found[0]


def test_a_declared_property_is_allowed_and_no_other(recorded) -> None:
    sent = request("personalDetails.newInLoket", 1)(request("other", 2)(recorded[PUT]))
    found = check_exchange(sent, allowed=frozenset({"personalDetails.newInLoket"}))
    assert [text.partition(": ")[2] for text in found] == ["body other: unknown property"]


@pytest.mark.parametrize("status", [409, 412])
def test_a_lost_update_is_an_answer_to_if_match_only(recorded, status: int) -> None:
    refused = changed(status=status, response_body={"messages": []})(recorded[PUT])
    assert check_exchange(header("If-Match", '"1"')(refused)) == []
    assert check_exchange(header("If-Match", None)(refused)) == [f"{PUT}: answer {status}: status not documented"]


def test_read_only_fields_may_go_back_or_stay_away(recorded) -> None:
    for gone in ("id", "personalDetails.aowDate", "personalDetails.gender.value", "statusEmployeeSelfService"):
        assert check_exchange(request(gone, GONE)(recorded[PUT])) == []


def test_a_creation_may_leave_fields_out(recorded) -> None:
    assert check_exchange(request("workingHoursData", GONE)(recorded[CREATE])) == []


def test_the_filter_s_whole_address_is_good_at_its_own_server(recorded) -> None:
    assert recorded[FILTER].path.startswith("/user/")
    whole = replace(recorded[FILTER], path=f"/globalfilter-microservice{recorded[FILTER].path}")
    assert check_exchange(whole) == []


def test_every_recorded_exchange_is_good(recorded) -> None:
    assert [text for exchange in recorded.values() for text in check_exchange(exchange)] == []
    assert len(recorded) >= 37
