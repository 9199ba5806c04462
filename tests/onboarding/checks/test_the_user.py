"""The sign-in and its user: token_works, single_employer, employer_user (rules 11 to 14)."""

from uuid import uuid4

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.loket.payloads import Employer
from onboarding.checks import CHECKS, look
from onboarding.facts import Outcome, Owner
from tests.onboarding.checks.conftest import Asker, states


def test_the_sign_in_of_the_same_user_works(ask: Asker) -> None:
    found = ask.look("token_works")
    assert (found.outcome, found.code) == (Outcome.PROVED, "token_works")


def test_a_sign_in_that_became_another_users_fails(ask: Asker) -> None:
    ask.user = "tweede@tulphoreca.example"
    found = ask.look("token_works")
    assert (found.outcome, found.code) == (Outcome.FAILED, "token_other_user")
    assert found.params["found"] == "tweede@tulphoreca.example"


def test_a_revoked_sign_in_fails_and_leaves_the_other_checks_unreachable(ask: Asker) -> None:
    seen = ask.seen()
    _ = seen.client
    ask.simulator.keys.revoke()
    token, other = look(CHECKS["token_works"], seen), look(CHECKS["single_employer"], seen)
    assert token is not None
    assert other is not None
    assert (token.outcome, token.code) == (Outcome.FAILED, "sign_in_needed")
    assert (other.outcome, other.code) == (Outcome.UNREACHABLE, "no_sign_in")


def test_one_employer_is_proved_by_name(ask: Asker) -> None:
    found = ask.look("single_employer")
    assert (found.outcome, found.params["names"]) == (Outcome.PROVED, "Tulp Horeca B.V.")


def test_a_second_employer_fails_until_it_is_taken_away(ask: Asker) -> None:
    ask.tell(two_employers=True)
    found = ask.look("single_employer")
    assert (found.outcome, found.code) == (Outcome.FAILED, "several_employers")
    assert [row["name"] for row in found.details] == ["Tulp Horeca B.V.", "Roos Horeca B.V."]
    ask.tell(two_employers=False)
    assert ask.look("single_employer").outcome is Outcome.PROVED


def test_of_a_whole_office_only_some_names_are_kept(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    customers = [Employer(str(uuid4()), f"Customer {number}", {}) for number in range(300)]
    monkeypatch.setattr(LoketClient, "list_employers", lambda _self: customers)
    found = ask.look("single_employer")
    assert (len(found.details), found.params["number"]) == (10, "300")
    assert "Customer 10" not in found.params["names"]


def test_no_employer_fails(ask: Asker) -> None:
    ask.tell(no_employer=True)
    assert ask.look("single_employer").code == "no_employer"
    ask.tell(no_employer=False)
    assert ask.look("single_employer").outcome is Outcome.PROVED


def test_another_employer_than_the_one_signed_in_for_fails(ask: Asker) -> None:
    ask.user = "integratie@rooshoreca.example"
    found = ask.look("single_employer")
    assert (found.code, found.params["names"]) == ("other_employer", "Roos Horeca B.V.")


def test_an_integration_user_as_it_must_be_is_proved(ask: Asker) -> None:
    found = ask.look("employer_user")
    assert (found.outcome, found.code) == (Outcome.PROVED, "user_fits")
    assert set(states(found).values()) == {"fits"}


@pytest.mark.parametrize(
    ("option", "value", "mended", "code", "row"),
    [
        ("linked_to_multiple", True, False, "user_several_employers", "one_employer"),
        ("login_method", "Via website", "Via website en SSO", "user_login_method", "login_method"),
        ("login_method", "Only via SSO", "Via website en SSO", "user_login_method", "login_method"),
        ("login_method", "Webservice", "Via website en SSO", "user_webservice", "login_method"),
        ("no_two_factor", True, False, "user_no_two_factor", "two_factor"),
        ("access_blocked", True, False, "user_blocked", "access"),
    ],
)
def test_a_setting_of_the_user_fails_until_it_is_mended(
    ask: Asker, option: str, value: object, mended: object, code: str, row: str
) -> None:
    ask.tell(**{option: value})
    found = ask.look("employer_user")
    assert (found.outcome, found.code) == (Outcome.FAILED, code)
    assert [slug for slug, state in states(found).items() if state == "wrong"] == [row]
    ask.tell(**{option: mended})
    assert ask.look("employer_user").outcome is Outcome.PROVED


def test_several_wrong_settings_are_told_together(ask: Asker) -> None:
    ask.tell(no_two_factor=True, login_method="Webservice")
    found = ask.look("employer_user")
    assert (found.code, found.params["number"]) == ("user_several_flags", "2")
    assert states(found)["two_factor"] == states(found)["login_method"] == "wrong"


def test_the_accountants_own_user_is_not_an_integration_user(ask: Asker) -> None:
    ask.user = "j.jansen@jansen-accountants.example"
    assert ask.look("employer_user").code == "user_several_employers"


def test_without_the_list_of_users_the_settings_are_derived(ask: Asker) -> None:
    ask.tell(users_hidden=True)
    found = ask.look("employer_user")
    assert (found.outcome, found.code) == (Outcome.DERIVED, "user_derived")
    assert states(found)["login_method"] == "unknown"


def test_without_the_list_of_users_a_second_employer_is_still_seen(ask: Asker) -> None:
    ask.tell(users_hidden=True, two_employers=True)
    assert ask.look("employer_user").outcome is Outcome.FAILED


def test_nobody_of_the_customer_is_named_as_the_owner_of_the_sign_in(ask: Asker) -> None:
    ask.tell(two_employers=True)
    assert ask.look("single_employer").owner is None  # the check's usual one
    assert CHECKS["single_employer"].owner is Owner.ACCOUNTANT
    assert CHECKS["token_works"].owner is Owner.ADMINISTRATOR
