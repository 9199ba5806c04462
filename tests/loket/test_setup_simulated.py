"""The checks' calls against the simulator: each of Loket's five causes, and what somebody else changed, is told."""

from typing import Any

import pytest
import requests

from loket_portal.loket.client import LoketClient
from loket_portal.loket.diagnosis import Cause, cause_of
from loket_portal.loket.errors import ConfigProblem, Forbidden, RecordRejected, Retryable
from loket_portal.loket.filter_settings import FilterClient
from loket_portal.loket.rights import NEEDED_ACTIVITIES, missing_rights
from loket_portal.simulator import Simulator
from loket_portal.simulator.clock import today
from tests.loket.helpers import sign_in

BSN = "GetCitizenServiceNumberByEmployeeId"
PUT = "PutEmployeeByEmployeeId"


@pytest.fixture
def employer(client_here: LoketClient) -> str:
    return client_here.list_employers()[0].id


@pytest.fixture
def user_id(client_here: LoketClient, employer: str) -> str:
    email = client_here.get_user().email
    return next(user.id for user in client_here.list_employer_users(employer) if user.email == email)


def causes(client: LoketClient, employer: str, user_id: str) -> dict[str, Cause]:
    """Why each activity that the sync needs is refused."""
    known: dict[str, Any] = {
        "application": client.list_application_authorizations(client.get_integrations()[0].application_id),
        "granted": client.list_authorizations(employer),
        "rights_enabled": enabled(client, employer, user_id),
        "modules": client.list_modules(employer),
    }
    found = {activity: cause_of(activity, **known) for activity in NEEDED_ACTIVITIES}
    return {activity: cause for activity, cause in found.items() if cause}


def enabled(client: LoketClient, employer: str, user_id: str) -> set[str]:
    return {right.description for right in client.list_user_rights(employer, user_id) if right.is_enabled}


def test_an_integration_user_as_the_article_wants_it_lacks_nothing(client_here, employer, user_id) -> None:
    assert missing_rights(enabled(client_here, employer, user_id)) == ()
    assert causes(client_here, employer, user_id) == {}


def test_a_right_that_is_taken_away_is_the_one_that_is_missing(client_here, simulator, employer, user_id) -> None:
    simulator.options.change({"missing_rights": ["Beheren en raadplegen BSN"]})
    missing = missing_rights(enabled(client_here, employer, user_id))
    assert [right.name for right in missing] == ["Beheren en raadplegen BSN"]
    found = causes(client_here, employer, user_id)
    assert found[BSN] is Cause.RIGHT
    assert set(found.values()) == {Cause.RIGHT}
    with pytest.raises(Forbidden, match="BSN"):
        client_here.probe_bsn(client_here.first_employee_id(employer))


@pytest.mark.parametrize(("option", "cause"), [("client_lacks", Cause.CLIENT), ("role_lacks", Cause.ROLE)])
def test_one_activity_that_client_or_role_lacks(client_here, simulator, employer, user_id, option, cause) -> None:
    simulator.options.change({option: [PUT]})
    assert causes(client_here, employer, user_id) == {PUT: cause}


def test_a_missing_module_is_no_missing_right(client_here, simulator, employer, user_id) -> None:
    simulator.options.change({"missing_modules": ["Loket HR"]})
    assert client_here.list_modules(employer) == ["Loket Salaris", "Loket Verlof"]
    assert set(causes(client_here, employer, user_id).values()) == {Cause.MODULE}


def test_hidden_users_are_forbidden_and_the_activities_still_tell(client_here, simulator, employer) -> None:
    simulator.options.change({"users_hidden": True})
    with pytest.raises(Forbidden):
        client_here.list_employer_users(employer)
    assert set(client_here.list_authorizations(employer)) >= NEEDED_ACTIVITIES, "rule 18's other way"


def test_an_unknown_application_is_said_so(client_here, employer) -> None:
    with pytest.raises(ConfigProblem):
        client_here.list_application_authorizations(employer)


# "Algemeen"


def test_what_is_made_is_in_its_list(client_here, simulator, employer) -> None:
    simulator.options.change({"missing_algemeen": ["function", "department", "distributionunit"]})
    kinds = (client_here.list_functions, client_here.list_departments, client_here.list_distribution_units)
    assert not any(item.description == "Algemeen" for kind in kinds for item in kind(employer))
    made = (
        client_here.create_function(employer, "Algemeen"),
        client_here.create_department(employer, "Algemeen", 950),
        client_here.create_distribution_unit(employer, "Algemeen", 950),
    )
    assert all(item in kind(employer) for item, kind in zip(made, kinds, strict=True))


def test_a_code_in_use_is_refused(client_here, employer) -> None:
    taken = next(item.code for item in client_here.list_departments(employer) if item.code is not None)
    with pytest.raises(RecordRejected) as caught:
        client_here.create_department(employer, "Algemeen", taken)
    assert caught.value.messages


# Filter settings


@pytest.fixture
def filters(simulator: Simulator) -> FilterClient:
    tokens = sign_in(simulator.url)
    address = f"{simulator.url}/globalfilter-microservice"
    return FilterClient(address, lambda: tokens.access_token, sleep=lambda seconds: None)


def test_nobody_is_filtered_at_first(filters, employer) -> None:
    assert filters.get_filter_settings(employer).is_neutral


@pytest.mark.parametrize(
    "chosen",
    [
        {"filterOnEmployedStatus": "ActiveEmployments"},
        {"filterOnDepartments": ["Keuken"]},
        {"filterOnEmploymentCategoryType": ["Regulier"]},
        {"filterOnOnCallEmployment": False},
    ],
)
def test_a_filter_is_seen(filters, simulator, employer, chosen) -> None:
    simulator.options.change({"filter": chosen})
    assert not filters.get_filter_settings(employer).is_neutral


@pytest.mark.parametrize(("status", "error"), [(404, ConfigProblem), (503, Retryable)])
def test_a_server_that_does_not_answer_is_no_neutral_filter(filters, simulator, employer, status, error) -> None:
    simulator.options.change({"filter_down": status})
    with pytest.raises(error):
        filters.get_filter_settings(employer)


# What others changed


def test_an_edit_by_hand_is_told_with_its_maker_and_its_field(client_here, simulator, employer, user_id) -> None:
    before = client_here.list_employment_versions(employer).highest
    assert client_here.list_employment_versions(employer, before).by_employment == {}
    edit = {"employeeNumber": 1001, "field": "personalDetails.firstName", "value": "Jo"}
    requests.post(f"{simulator.url}/_simulator/people/edit", json=edit, timeout=10).raise_for_status()

    changes = client_here.list_employee_changes(employer)
    assert changes
    assert all(change.performed_by and change.performed_by_id != user_id for change in changes)
    assert '"Jo"' not in repr(changes)
    after = client_here.list_employment_versions(employer, before)
    assert len(after.by_employment) == 1
    assert after.highest > before


def test_our_own_write_is_ours(client_here, employer, user_id) -> None:
    employee = client_here.get_employee(client_here.first_employee_id(employer))
    employee["personalDetails"]["placeOfBirth"] = "Soest"
    client_here.put_employee(employee["id"], employee)
    assert {change.performed_by_id for change in client_here.list_employee_changes(employer)} == {user_id}


# The month


@pytest.mark.parametrize(("status", "statuses"), [(1, (1,)), (9, (9,)), (None, ())])
def test_the_run_of_this_month_is_told(client_here, simulator, employer, status, statuses) -> None:
    simulator.options.change({"run_status": status})
    day = today()
    periods = client_here.list_payroll_periods(client_here.list_administrations(employer)[0].id)
    present = [period for period in periods if period.start_on <= day <= period.end_on]
    assert [(period.run_statuses, period.is_test_year) for period in present] == [(statuses, False)]
