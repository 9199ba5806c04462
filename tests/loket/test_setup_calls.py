"""What the checks of the setup ask Loket, and how each answer is read (rules 11 to 22 and the check catalogue)."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import responses

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import ConfigProblem, Forbidden, RecordRejected, WriteUnsure
from loket_portal.loket.setup_payloads import (
    ApplicationActivity,
    AuditChange,
    Integration,
    PayrollPeriod,
    UserRight,
    moment,
)
from tests.loket.setup_rows import (
    ACTIVITY,
    ADMINISTRATION,
    API,
    CHANGE,
    EMPLOYEES,
    EMPLOYER,
    ID,
    INTEGRATION,
    OTHER,
    PERIOD,
    USER,
    rows,
    without,
)


@pytest.fixture
def client_here() -> LoketClient:
    return LoketClient(API, lambda: "t", sleep=lambda seconds: None)


def sent() -> Any:
    return json.loads(responses.calls[-1].request.body)


def query() -> dict[str, str]:
    return responses.calls[-1].request.params


# The user


@responses.activate
def test_a_user_is_read_with_what_the_checks_judge(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/users", USER)
    (user,) = client_here.list_employer_users(ID)
    assert (user.id, user.email, user.user_name) == (OTHER, "integratie@tulp.example", "integratie")
    assert (user.login_method, user.access_status) == ("Via website en SSO", "Has access to Client")
    assert (user.requires_two_factor, user.is_linked_to_multiple_employers) == (True, False)
    assert user.last_login_at == datetime(2026, 11, 2, 8, 15, 30, 123456, UTC)
    assert "0612345678" not in repr(user)


@responses.activate
def test_the_users_are_asked_for_by_a_date_and_not_by_the_document_s_slip(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/users")
    assert client_here.list_employer_users(ID) == []
    assert responses.calls[0].request.headers["Accept"] == "application/json;version=2018-01-01"


@responses.activate
def test_a_user_who_never_signed_in_has_no_moment_of_it(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/users", USER | {"dateTimeLastLogin": None, "userName": None})
    (user,) = client_here.list_employer_users(ID)
    assert (user.last_login_at, user.user_name) == (None, "")


@responses.activate
def test_a_second_factor_that_is_not_said_to_be_required_is_not(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/users", without(USER, "twoFactorAuthenticationRequired"))
    assert client_here.list_employer_users(ID)[0].requires_two_factor is False


@responses.activate
def test_rights_come_with_those_that_the_user_lacks(client_here: LoketClient) -> None:
    names = ("Beheer HRM", "Beheer beloningen", "Kantoor")
    flags = ((True, True), (False, True), (None, False))
    rows(
        f"{EMPLOYER}/users/{OTHER}/authorizations",
        *(
            {"id": ID, "description": name, "isEnabled": enabled, "availableForEmployerUser": available}
            for name, (enabled, available) in zip(names, flags, strict=True)
        ),
    )
    assert client_here.list_user_rights(ID, OTHER) == [
        UserRight(ID, "Beheer HRM", True, True),
        UserRight(ID, "Beheer beloningen", False, True),
        UserRight(ID, "Kantoor", False, False),
    ]


@responses.activate
def test_a_right_that_is_not_said_to_be_enabled_is_not(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/users/{OTHER}/authorizations", {"id": ID, "description": "Beheer HRM"})
    assert client_here.list_user_rights(ID, OTHER) == [UserRight(ID, "Beheer HRM", False, True)]


@responses.activate
@pytest.mark.parametrize("body", [[INTEGRATION], {"_embedded": [INTEGRATION]}, {"_embedded": INTEGRATION}])
def test_integrations_are_a_list_whatever_the_document_says(client_here: LoketClient, body) -> None:
    responses.get(f"{API}/users/integrations", json=body)
    assert client_here.get_integrations() == [Integration(OTHER, "Loket Portal", False)]


@responses.activate
@pytest.mark.parametrize("body", [[], {"_embedded": []}, {"_embedded": {}}])
def test_no_integration_is_no_integration(client_here: LoketClient, body) -> None:
    responses.get(f"{API}/users/integrations", json=body)
    if body == {"_embedded": {}}:
        with pytest.raises(ConfigProblem):
            client_here.get_integrations()
    else:
        assert client_here.get_integrations() == []


@responses.activate
@pytest.mark.parametrize(("for_user", "for_all"), [(True, False), (False, True)])
def test_an_application_is_blocked_for_one_or_for_all(client_here: LoketClient, for_user: bool, for_all: bool) -> None:
    application = {**INTEGRATION["application"], "isBlocked": for_all, "name": None}
    responses.get(f"{API}/users/integrations", json=[INTEGRATION | {"isBlocked": for_user, "application": application}])
    assert client_here.get_integrations() == [Integration(OTHER, "", True)]


@responses.activate
def test_an_activity_says_what_it_asks(client_here: LoketClient) -> None:
    bare = {"activity": "GetUserByToken", "displayName": None, "requiredUserAuthorizations": None, "allowedRoles": []}
    responses.get(f"{API}/applications/{OTHER}/authorizations", json={"_embedded": [ACTIVITY, bare]})
    assert client_here.list_application_authorizations(OTHER) == [
        ApplicationActivity(
            "GetFunctionsByEmployerId",
            "Lijst functies",
            ("Applicatiebeheer werkgever",),
            ("Personeelsregistratie", "Verlof"),
            ("Werkgever",),
        ),
        ApplicationActivity("GetUserByToken", "", (), (), ()),
    ]


@responses.activate
def test_modules_are_their_names(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/modules", {"id": ID, "description": "Verlof"}, {"id": OTHER, "description": "Loket HR"})
    assert client_here.list_modules(ID) == ["Verlof", "Loket HR"]
    assert query() == {}, "the document gives this list no pages"


# "Algemeen"


@responses.activate
def test_a_function_is_made_by_its_name(client_here: LoketClient) -> None:
    content = {"key": OTHER, "description": "Algemeen", "group": None}
    responses.post(f"{EMPLOYER}/functions", status=201, json={"content": content})
    made = client_here.create_function(ID, "Algemeen")
    assert (made.key, made.description, made.code, made.raw) == (OTHER, "Algemeen", None, content)
    assert sent() == {"description": "Algemeen"}


@responses.activate
@pytest.mark.parametrize(
    ("method", "part"), [("create_department", "departments"), ("create_distribution_unit", "distributionunits")]
)
def test_departments_and_units_are_made_with_a_code(client_here: LoketClient, method: str, part: str) -> None:
    responses.post(f"{EMPLOYER}/{part}", status=201, json={"content": {"id": OTHER, "code": 7, "description": "A"}})
    made = getattr(client_here, method)(ID, "Algemeen", 7)
    assert (made.key, made.code) == (OTHER, 7)
    assert sent() == {"code": 7, "description": "Algemeen"}


@responses.activate
def test_a_code_in_use_is_refused_with_loket_s_reason(client_here: LoketClient) -> None:
    said = {"code": 5, "id": None, "type": "BrokenBusinessRule", "description": "Code bestaat", "properties": ["code"]}
    responses.post(f"{EMPLOYER}/departments", status=400, json={"messages": [said]})
    with pytest.raises(RecordRejected) as caught:
        client_here.create_department(ID, "Algemeen", 1)
    assert [message.description for message in caught.value.messages] == ["Code bestaat"]


@responses.activate
@pytest.mark.parametrize("answer", [{"status": 502}, {"status": 201, "json": {"content": {"description": "A"}}}])
def test_a_creation_without_a_clear_answer_is_unsure(client_here: LoketClient, answer) -> None:
    responses.post(f"{EMPLOYER}/functions", **answer)
    with pytest.raises(WriteUnsure):
        client_here.create_function(ID, "Algemeen")
    assert len(responses.calls) == 1, "a second one could make two of them"


@responses.activate
def test_what_exists_shows_its_code(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/departments", {"id": OTHER, "code": 12, "description": "Algemeen "})
    rows(f"{EMPLOYER}/functions", {"key": OTHER, "description": "Kok", "group": None})
    (department,), (function,) = client_here.list_departments(ID), client_here.list_functions(ID)
    assert (department.code, department.description, function.code) == (12, "Algemeen ", None)


# The month


@responses.activate
def test_a_period_has_the_state_of_its_runs(client_here: LoketClient) -> None:
    rows(f"{ADMINISTRATION}/payrollperiods", PERIOD, PERIOD | {"payrollRuns": None, "testYear": True, "id": 1})
    first, second = client_here.list_payroll_periods(ID)
    assert first == PayrollPeriod(202611, 2026, 11, date(2026, 11, 1), date(2026, 11, 30), False, (1, 9))
    assert (second.run_statuses, second.is_test_year) == ((), True)


# What others changed


@responses.activate
def test_only_employments_after_a_number_come(client_here: LoketClient) -> None:
    listed = ({"id": ID, "lastModifiedVersionNumber": 70}, {"id": OTHER, "lastModifiedVersionNumber": 90})
    rows(f"{EMPLOYEES}/employments/lastmodifiedversionnumbers", *listed)
    found = client_here.list_employment_versions(ID, 70)
    assert query()["filter"] == "lastModifiedVersionNumber gt 70"
    assert (found.by_employment, found.highest) == ({OTHER: 90}, 90)


@responses.activate
@pytest.mark.parametrize(("since", "highest"), [(None, 0), (70, 70)])
def test_no_change_keeps_the_number(client_here: LoketClient, since: int | None, highest: int) -> None:
    rows(f"{EMPLOYEES}/employments/lastmodifiedversionnumbers")
    found = client_here.list_employment_versions(ID, since)
    assert (found.by_employment, found.highest) == ({}, highest)
    assert ("filter" in query()) is (since is not None)


@responses.activate
def test_the_audit_trail_tells_who_and_which_field_and_no_more(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/auditTrail/EmployeeData", CHANGE)
    changes = client_here.list_employee_changes(ID, date(2026, 11, 20))
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert changes == [AuditChange("Jong, I de", OTHER, at, "Werknemer", "Achternaam")]
    for personal in ("Hermans", "Dekker", "1001", "2005"):
        assert personal not in repr(changes)
    assert AuditChange.__slots__ == ("performed_by", "performed_by_id", "at", "entity", "field")


@responses.activate
def test_a_change_that_nobody_made_has_no_name(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/auditTrail/EmployeeData", CHANGE | {"performedBy": None, "field": None})
    (change,) = client_here.list_employee_changes(ID, date(2026, 11, 1))
    assert (change.performed_by, change.performed_by_id, change.field) == ("", "", "")


@responses.activate
def test_changes_before_the_moment_are_left_out(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/auditTrail/EmployeeData", CHANGE, CHANGE | {"timeStamp": "2026-11-20T09:59:59Z"})
    since = datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert [change.at for change in client_here.list_employee_changes(ID, since)] == [since]


@responses.activate
def test_the_audit_trail_is_asked_for_whole_days_around_the_span(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/auditTrail/EmployeeData")
    amsterdam = datetime.fromisoformat("2026-11-20T00:30:00+01:00")  # still the nineteenth in UTC
    client_here.list_employee_changes(ID, amsterdam)
    assert query()["startDate"] == "2026-11-19"
    assert query()["endDate"] > datetime.now(UTC).date().isoformat()


@responses.activate
def test_without_a_moment_the_audit_trail_goes_thirty_days_back(client_here: LoketClient) -> None:
    rows(f"{EMPLOYER}/auditTrail/EmployeeData")
    before = datetime.now(UTC)
    client_here.list_employee_changes(ID)
    days = {(at - timedelta(days=30)).date().isoformat() for at in (before, datetime.now(UTC))}
    assert query()["startDate"] in days


def test_a_time_without_a_zone_is_the_later_one() -> None:
    assert moment("2026-11-20T10:00:00") == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert moment("2026-11-20T10:00:00+01:00") == datetime(2026, 11, 20, 9, tzinfo=UTC)


# The pilot person


@responses.activate
def test_the_first_employee_is_asked_for_alone(client_here: LoketClient) -> None:
    responses.get(EMPLOYEES, json={"totalPages": 40, "totalSize": 40, "_embedded": [{"id": OTHER}]})
    assert client_here.first_employee_id(ID) == OTHER
    assert query() == {"pageNumber": "1", "pageSize": "1"}
    assert len(responses.calls) == 1, "nobody else is read"


@responses.activate
def test_an_employer_without_people_has_no_first_one(client_here: LoketClient) -> None:
    rows(EMPLOYEES)
    assert client_here.first_employee_id(ID) is None


@responses.activate
@pytest.mark.parametrize("body", [{"content": {"citizenServiceNumber": "999901333"}}, {"content": None}])
def test_a_bsn_that_may_be_read_is_thrown_away(client_here: LoketClient, body) -> None:
    responses.get(f"{API}/providers/employers/employees/{ID}/citizenservicenumber", json=body)
    assert client_here.probe_bsn(ID) is None  # type: ignore[func-returns-value]
    assert len(responses.calls) == 1


@responses.activate
def test_a_bsn_that_may_not_be_read_names_the_right(client_here: LoketClient) -> None:
    responses.get(f"{API}/providers/employers/employees/{ID}/citizenservicenumber", status=403, json={"message": "No"})
    with pytest.raises(Forbidden, match="Beheren en raadplegen BSN"):
        client_here.probe_bsn(ID)


@responses.activate
@pytest.mark.parametrize("answer", [{"json": {"messages": [], "content": {}}}, {"body": ""}])
def test_a_concept_is_removed(client_here: LoketClient, answer) -> None:
    responses.delete(f"{API}/providers/employers/conceptemployees/{ID}", **answer)
    client_here.delete_concept(ID)
    assert responses.calls[0].request.body is None


@responses.activate
def test_a_concept_that_is_gone_already_is_said_so(client_here: LoketClient) -> None:
    responses.delete(f"{API}/providers/employers/conceptemployees/{ID}", status=404)
    with pytest.raises(RecordRejected) as caught:
        client_here.delete_concept(ID)
    assert caught.value.status == 404
