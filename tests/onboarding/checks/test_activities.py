"""What the user may do, and which of Loket's questions says no: activities and modules (rule 19)."""

import pytest

from onboarding.checks.activities import NEEDED
from onboarding.facts import Outcome, Owner
from tests.onboarding.checks.conftest import Asker, states

BSN = "GetCitizenServiceNumberByEmployeeId"


def test_a_user_who_may_do_everything_is_proved(ask: Asker) -> None:
    found = ask.look("activities")
    assert (found.outcome, found.params["number"]) == (Outcome.PROVED, str(len(NEEDED)))


@pytest.mark.parametrize(
    ("option", "value", "code", "owner"),
    [
        ("missing_rights", ["Beheren en raadplegen BSN"], "activities_right", None),
        ("missing_modules", ["Loket HR"], "activities_module", None),
        ("client_lacks", [BSN], "activities_client", Owner.SUPPORT),
        ("role_lacks", [BSN], "activities_role", None),
    ],
)
def test_what_may_not_be_done_has_its_cause_until_it_is_mended(
    ask: Asker, option: str, value: list[str], code: str, owner: Owner | None
) -> None:
    ask.tell(**{option: value})
    found = ask.look("activities")
    assert (found.outcome, found.code, found.owner) == (Outcome.FAILED, code, owner)
    ask.tell(**{option: []})
    assert ask.look("activities").outcome is Outcome.PROVED


def test_a_missing_right_is_named_for_each_activity(ask: Asker) -> None:
    ask.tell(missing_rights=["Beheren en raadplegen BSN"])
    found = ask.look("activities")
    assert {row["right"] for row in found.details} == {"Beheren en raadplegen BSN"}
    assert {row["cause"] for row in found.details} == {"right"}
    assert BSN in {row["activity"] for row in found.details}


def test_a_lack_of_ours_beside_one_of_the_customers_is_told_as_both(ask: Asker) -> None:
    ask.tell(client_lacks=[BSN], missing_rights=["Beheer concept werknemers"])
    found = ask.look("activities")
    assert (found.code, found.owner) == ("activities_client_too", None)
    assert {row["cause"] for row in found.details} == {"client", "right"}


def test_a_cause_that_cannot_be_known_says_so(ask: Asker) -> None:
    ask.tell(users_hidden=True, missing_rights=["Beheren en raadplegen BSN"])
    assert ask.look("activities").code == "activities_unknown"


def test_the_modules_of_the_employer_are_proved(ask: Asker) -> None:
    found = ask.look("modules")
    assert found.outcome is Outcome.PROVED
    assert "Loket HR" in states(found, "name")


def test_a_module_that_is_gone_is_named_until_it_is_back(ask: Asker) -> None:
    ask.tell(missing_modules=["Loket HR"])
    found = ask.look("modules")
    assert (found.outcome, found.code, found.params["names"]) == (Outcome.FAILED, "modules_missing", "Loket HR")
    ask.tell(missing_modules=[])
    assert ask.look("modules").outcome is Outcome.PROVED


def test_a_module_that_nothing_of_ours_needs_may_be_missing(ask: Asker) -> None:
    ask.tell(missing_modules=["Loket Verlof"])
    assert ask.look("modules").outcome is Outcome.PROVED


def test_without_the_list_of_modules_they_are_derived_from_what_the_user_may_do(ask: Asker) -> None:
    ask.tell(client_lacks=["GetModulesByEmployerId"])
    assert ask.look("modules").outcome is Outcome.DERIVED


def test_without_the_list_of_modules_and_with_something_refused_the_refusal_is_told(ask: Asker) -> None:
    ask.tell(client_lacks=["GetModulesByEmployerId"], missing_modules=["Loket HR"])
    found = ask.look("modules")
    assert (found.outcome, found.code, found.owner) == (Outcome.FAILED, "forbidden_client", Owner.SUPPORT)


def test_without_the_applications_list_nobody_guesses_which_modules_are_needed(ask: Asker) -> None:
    ask.tell(client_lacks=["GetApplicationAuthorizationsByApplicationId"])
    assert ask.look("modules").outcome is Outcome.DERIVED
    ask.tell(missing_modules=["Loket HR"])
    assert ask.look("modules").outcome is Outcome.UNREACHABLE
