"""The 15 rights, one by one or derived (rules 15 to 18)."""

import pytest

from loket_portal.loket.rights import RIGHTS, RIGHTS_VERSION
from onboarding.checks import CHECKS, look
from onboarding.facts import Outcome
from tests.onboarding.checks.conftest import Asker, states

NAMES = [right.name for right in RIGHTS]


def test_all_fifteen_are_proved_with_the_version_of_the_set(ask: Asker) -> None:
    found = ask.look("rights")
    assert (found.outcome, found.code) == (Outcome.PROVED, "rights_all")
    assert found.params["version"] == str(RIGHTS_VERSION)
    assert [row["name"] for row in found.details] == NAMES
    assert set(states(found).values()) == {"granted"}


@pytest.mark.parametrize("name", NAMES)
def test_each_right_that_is_taken_away_is_missing_until_it_is_given_again(ask: Asker, name: str) -> None:
    ask.tell(missing_rights=[name])
    found = ask.look("rights")
    assert (found.outcome, found.params["names"]) == (Outcome.FAILED, name)
    assert [row["name"] for row in found.details if row["state"] == "missing"] == [name]
    ask.tell(missing_rights=[])
    assert ask.look("rights").outcome is Outcome.PROVED


def test_the_new_rights_are_marked(ask: Asker) -> None:
    new = {row["name"] for row in ask.look("rights").details if row["is_new"]}
    assert new == {"Beheer concept werknemers", "Raadplegen concept werknemers"}


def test_where_the_users_are_hidden_the_rights_are_derived_from_what_the_user_may_do(ask: Asker) -> None:
    ask.tell(users_hidden=True)
    found = ask.look("rights")
    assert (found.outcome, found.code) == (Outcome.DERIVED, "rights_derived")
    assert all(row["is_derived"] for row in found.details)
    by_state = states(found)
    assert by_state["beheren-en-raadplegen-bsn"] == "granted"
    assert by_state["raadplegen-journaalprofiel"] == "unknown"  # nothing that Loket shows belongs to it
    assert int(found.params["number"]) + int(found.params["unknown"]) == 15


@pytest.mark.parametrize("name", ["Beheren en raadplegen BSN", "Beheer concept werknemers", "Beheer HRM"])
def test_a_missing_right_is_derived_too_until_it_is_given(ask: Asker, name: str) -> None:
    ask.tell(users_hidden=True, missing_rights=[name])
    found = ask.look("rights")
    assert (found.outcome, found.code, found.params["names"]) == (Outcome.FAILED, "rights_missing_derived", name)
    ask.tell(missing_rights=[])
    assert ask.look("rights").outcome is Outcome.DERIVED


def test_what_a_module_or_our_application_takes_away_is_not_called_a_missing_right(ask: Asker) -> None:
    ask.tell(users_hidden=True, missing_modules=["Loket HR"], role_lacks=["GetCitizenServiceNumberByEmployeeId"])
    found = ask.look("rights")
    assert "missing" not in states(found).values()
    assert states(found)["beheer-concept-werknemers"] == "unknown"


def test_without_the_applications_own_list_our_reading_of_the_rights_counts(ask: Asker) -> None:
    ask.tell(
        users_hidden=True,
        client_lacks=["GetApplicationAuthorizationsByApplicationId"],
        missing_rights=["Beheren en raadplegen BSN"],
    )
    found = ask.look("rights")
    assert (found.code, found.params["names"]) == ("rights_missing_derived", "Beheren en raadplegen BSN")


def test_a_user_of_the_office_has_its_rights_derived(ask: Asker) -> None:
    seen = ask.seen()
    seen.answers.known["users"] = []
    found = look(CHECKS["rights"], seen)
    assert found is not None
    assert found.outcome is Outcome.DERIVED
