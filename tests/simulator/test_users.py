"""Several users of Loket: tokens belong to the one who signed in, and employers show their users (rules 11 to 18)."""

from __future__ import annotations

from typing import Any

import pytest

from loket_portal.simulator import Simulator
from loket_portal.simulator.logins import ACCOUNTANT
from loket_portal.simulator.options import USERNAME
from tests.simulator.loket import PERSON_VERSION, Loket, signed_in

ROOS = "integratie@rooshoreca.example"
SECOND = "tweede@tulphoreca.example"
EMPLOYERS = {
    USERNAME: ["Tulp Horeca B.V."],
    ROOS: ["Roos Horeca B.V."],
    ACCOUNTANT: ["Tulp Horeca B.V.", "Roos Horeca B.V."],
    SECOND: ["Tulp Horeca B.V."],
}


def own_row(loket: Loket, **more: Any) -> dict[str, Any]:
    """The signed-in user in the list of his employer's users, found by e-mail as rule 18 wants."""
    address = loket.get("/user")["contactInformation"]["emailAddress"]
    query = {"filter": f"contactInformation.emailAddress eq '{address}'"}
    rows: list[dict[str, Any]] = loket.get(f"{loket.employer}/users", params=query, **more)
    assert len(rows) == 1
    return rows[0]


def names(loket: Loket) -> list[str]:
    """The employers that the signed-in user reaches."""
    return [row["companyName"] for row in loket.get("/providers/employers")]


@pytest.mark.parametrize("user", EMPLOYERS)
def test_whoever_signs_in_is_the_user_of_the_tokens(simulator: Simulator, user: str) -> None:
    loket = Loket(simulator.url).sign_in(user.upper())
    loket.tokens = loket.refresh(loket.tokens["refresh_token"]).json()
    assert loket.get("/user")["contactInformation"]["emailAddress"] == user
    assert names(loket) == EMPLOYERS[user]


def test_another_employer_s_people_are_not_found(simulator: Simulator) -> None:
    tulp, roos = signed_in(simulator), signed_in(simulator, ROOS)
    concept, employee = tulp.create_concept(2001), tulp.employee(1001)
    administration = tulp.get(f"{tulp.employer}/payrolladministrations")[0]
    for method, path in (
        ("GET", f"/providers/employers/employees/{employee['id']}"),
        ("GET", f"/providers/employers/employees/{employee['id']}/citizenservicenumber"),
        ("DELETE", f"/providers/employers/conceptemployees/{concept['id']}"),
        ("GET", f"/providers/employers/payrolladministrations/{administration['id']}/payrollruns"),
        ("GET", f"{tulp.employer}/users"),
    ):
        assert roos.call(method, path, version=PERSON_VERSION).status_code == 404, path
    assert tulp.get(f"/providers/employers/conceptemployees/{concept['id']}") == concept


def test_one_user_s_tokens_can_be_revoked(simulator: Simulator) -> None:
    first, second = signed_in(simulator), signed_in(simulator, SECOND)
    first.control("POST", "/tokens/revoke", {"user": SECOND})
    assert second.call("GET", "/user").status_code == 401
    assert second.refresh(second.tokens["refresh_token"]).status_code == 400
    assert first.get("/user")
    assert first.refresh(first.tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("body", [{"user": "nobody"}, {"username": USERNAME}])
def test_revoking_for_somebody_unknown_is_refused(simulator: Simulator, body: dict[str, str]) -> None:
    loket = signed_in(simulator)
    assert USERNAME in loket.control("POST", "/tokens/revoke", body)["message"]
    assert loket.get("/user")


def test_an_employer_shows_its_users(simulator: Simulator) -> None:
    tulp, roos = signed_in(simulator), signed_in(simulator, ROOS)
    listed = {row["userName"]: row["isLinkedToMultipleEmployers"] for row in tulp.get(f"{tulp.employer}/users")}
    assert listed == {USERNAME: False, ACCOUNTANT: True, SECOND: False}
    assert [row["userName"] for row in roos.get(f"{roos.employer}/users")] == [ROOS, ACCOUNTANT]


def test_the_integration_user_is_as_the_article_wants_it(loket: Loket) -> None:
    row = own_row(loket)
    assert row["loginMethod"]["value"] == "Via website en SSO"
    assert row["accessStatus"]["value"] == "Has access to Client"
    assert row["twoFactorAuthenticationRequired"] is True
    assert row["hasIntegrations"] is True
    assert row["userSpecifiedRole"]["value"] == "Systeemkoppeling"


@pytest.mark.parametrize(
    ("option", "field", "value"),
    [
        ({"login_method": "Webservice"}, "loginMethod.value", "Webservice"),
        ({"no_two_factor": True}, "twoFactorAuthenticationRequired", False),
        ({"access_blocked": True}, "accessStatus.value", "No access to Client"),
        ({"linked_to_multiple": True}, "isLinkedToMultipleEmployers", True),
        ({"two_employers": True}, "isLinkedToMultipleEmployers", True),
    ],
)
def test_each_flag_can_be_wrong(loket: Loket, option: dict[str, Any], field: str, value: Any) -> None:
    def present() -> Any:
        name, *inner = field.split(".")
        found = own_row(loket)[name]
        return found[inner[0]] if inner else found

    before = present()
    loket.tell(**option)
    assert present() == value != before


def test_the_accountant_s_own_login_keeps_its_login_method(simulator: Simulator) -> None:
    loket = signed_in(simulator, ACCOUNTANT)
    loket.tell(login_method="Webservice")
    assert own_row(loket)["loginMethod"]["value"] == "Via website en SSO"


def test_the_users_have_a_version_that_is_a_name(loket: Loket) -> None:
    """The document writes SSO_gebruiker where a date belongs; no other call knows such a version."""
    assert own_row(loket, version="SSO_gebruiker") == own_row(loket)
    assert loket.call("GET", f"{loket.employer}/users", version="Iets_anders").status_code == 400
    assert loket.call("GET", f"{loket.employer}/modules", version="SSO_gebruiker").status_code == 400


def test_users_can_be_hidden(loket: Loket) -> None:
    row, before = own_row(loket), loket.activities()
    loket.tell(users_hidden=True)
    for path in ("users", f"users/{row['id']}/authorizations"):
        assert loket.call("GET", f"{loket.employer}/{path}").status_code == 403
    assert before - loket.activities() == {
        "GetEmployerUsersByEmployerId",
        "GetEmployerUserAuthorizationsByEmployerIdAndUserId",
    }


def test_nobody_has_an_employer_when_told_so(simulator: Simulator) -> None:
    loket = signed_in(simulator)
    employer = loket.employer
    loket.tell(no_employer=True)
    assert names(loket) == names(signed_in(simulator, ACCOUNTANT)) == []
    assert loket.call("GET", f"{employer}/functions").status_code == 404


def test_a_second_employer_is_the_first_user_s_only(simulator: Simulator) -> None:
    loket = signed_in(simulator)
    loket.tell(two_employers=True)
    assert names(loket) == EMPLOYERS[ACCOUNTANT]
    assert names(signed_in(simulator, SECOND)) == EMPLOYERS[SECOND]
    roos = signed_in(simulator, ROOS)
    assert USERNAME in [row["userName"] for row in roos.get(f"{roos.employer}/users")]
