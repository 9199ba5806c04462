"""A connection at work: payroll_period, bsn_access, drift, api_lifetime."""

import pytest
import requests

from onboarding.checks import CHECKS, look
from onboarding.facts import Fact, Finding, Outcome, Owner
from tests.onboarding.checks.conftest import Asker


def kept(found: Finding, ask: Asker) -> dict[str, Fact]:
    """What was found as it is known at the next look."""
    return {"drift": Fact("drift", found.outcome, ask.seen().now, code=found.code, params=found.params)}


def edit(ask: Asker, user: str = "j.jansen@jansen-accountants.example", **change: object) -> None:
    body = {"employeeNumber": 1001, "field": "personalDetails.firstName", "value": "Jo", "user": user, **change}
    answer = requests.post(f"{ask.simulator.url}/_simulator/people/edit", json=body, timeout=5)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("key", ["payroll_period", "bsn_access", "drift", "linked_administration", "new_hire_rules"])
def test_without_a_connection_there_is_nothing_to_look_at(unconnected: Asker, key: str) -> None:
    assert look(CHECKS[key], unconnected.seen()) is None


def test_a_period_without_a_run_is_free(ask: Asker) -> None:
    assert ask.look("payroll_period").code == "period_free"


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_run_under_way_fails_until_it_is_approved(ask: Asker, status: int) -> None:
    ask.tell(run_status=status)
    found = ask.look("payroll_period")
    today = ask.seen().today
    assert (found.outcome, found.code) == (Outcome.FAILED, "period_run")
    assert found.params == {"period": str(today.month), "year": str(today.year)}
    ask.tell(run_status=9)
    assert (ask.look("payroll_period").outcome, ask.look("payroll_period").code) == (Outcome.PROVED, "period_approved")


def test_periods_that_may_not_be_read_name_the_right(ask: Asker) -> None:
    ask.tell(missing_rights=["Raadplegen loonoutput beperkt", "Raadplegen variabele gegevens"])
    found = ask.look("payroll_period")
    assert (found.outcome, found.code) == (Outcome.FAILED, "forbidden_right")


def test_a_bsn_that_may_be_read_is_proved_and_not_kept(ask: Asker) -> None:
    found = ask.look("bsn_access")
    assert (found.outcome, found.code) == (Outcome.PROVED, "bsn_readable")
    assert found.params == {}
    assert found.details == ()


@pytest.mark.parametrize(
    ("option", "value", "code", "owner"),
    [
        ("missing_rights", ["Beheren en raadplegen BSN"], "forbidden_right", None),
        ("client_lacks", ["GetCitizenServiceNumberByEmployeeId"], "forbidden_client", Owner.SUPPORT),
        ("role_lacks", ["GetCitizenServiceNumberByEmployeeId"], "forbidden_role", None),
    ],
)
def test_a_bsn_that_may_not_be_read_fails_with_its_cause(
    ask: Asker, option: str, value: list[str], code: str, owner: Owner | None
) -> None:
    ask.tell(**{option: value})
    found = ask.look("bsn_access")
    assert (found.outcome, found.code, found.owner) == (Outcome.FAILED, code, owner)
    assert found.params["right"] == "Beheren en raadplegen BSN"
    ask.tell(**{option: []})
    assert ask.look("bsn_access").outcome is Outcome.PROVED


def test_without_an_employee_the_access_to_the_bsn_is_derived(ask: Asker) -> None:
    seen = ask.seen()
    seen.answers.known["bsn"] = False
    found = look(CHECKS["bsn_access"], seen)
    assert found is not None
    assert found.outcome is Outcome.DERIVED


def test_the_first_look_at_changes_only_marks_the_place(ask: Asker) -> None:
    found = ask.look("drift")
    assert (found.outcome, found.code) == (Outcome.PROVED, "drift_first")
    assert int(found.params["version"]) > 0


def test_a_change_by_somebody_else_is_counted_by_field_and_once(ask: Asker) -> None:
    first = ask.look("drift")
    edit(ask)
    found = ask.look("drift", kept(first, ask))
    assert (found.outcome, found.code, found.params["number"]) == (Outcome.FAILED, "drift_found", "1")
    assert [row["number"] for row in found.details] == ["1"]
    assert ask.look("drift", kept(found, ask)).code == "drift_none"


def test_what_the_change_was_and_of_whom_is_not_kept(ask: Asker) -> None:
    first = ask.look("drift")
    edit(ask, field="citizenServiceNumber", value="999990019")
    found = ask.look("drift", kept(first, ask))
    assert found.code == "drift_found"
    text = str(found)
    assert "999990019" not in text
    assert "1001" not in text


def test_a_change_by_the_integration_user_is_nothing_new(ask: Asker) -> None:
    first = ask.look("drift")
    edit(ask, user=ask.user)
    assert ask.look("drift", kept(first, ask)).code == "drift_none"


def test_a_trail_that_may_not_be_read_names_the_right_and_the_next_look_begins_at_the_same_place(ask: Asker) -> None:
    first = ask.look("drift")
    edit(ask)
    ask.tell(missing_rights=["Beheer HRM"])
    found = ask.look("drift", kept(first, ask))
    assert (found.code, found.params["right"]) == ("forbidden_right", "Beheer HRM")
    ask.tell(missing_rights=[])
    assert ask.look("drift", kept(found, ask)).code == "drift_found"


def test_without_an_announced_end_the_version_is_proved(ask: Asker) -> None:
    assert ask.look("api_lifetime").code == "api_lasting"


def test_an_announced_end_fails_and_is_ours_to_mend(ask: Asker) -> None:
    ask.tell(obsolete_date="2027-01-31")
    found = ask.look("api_lifetime")
    assert (found.outcome, found.code, found.params["first"]) == (Outcome.FAILED, "api_ending", "2027-01-31")
    assert found.details[0] == {"activity": "GetUserByToken", "ends_on": "2027-01-31"}
    assert CHECKS["api_lifetime"].owner is Owner.SUPPORT
    ask.tell(obsolete_date="")
    assert ask.look("api_lifetime").outcome is Outcome.PROVED
