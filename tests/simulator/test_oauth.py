"""The sign-in pages and the token endpoint (rules 32, 33 and 34)."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
import requests

from loket_portal.simulator import Options, Simulator
from loket_portal.simulator.options import PASSWORD, SECOND_FACTOR, USERNAME
from tests.simulator.conftest import Start
from tests.simulator.loket import BACK, Loket, came_back


@pytest.fixture
def visitor(simulator: Simulator) -> Loket:
    return Loket(simulator.url)


def test_signing_in_by_the_pages_gives_tokens_that_work(visitor: Loket) -> None:
    assert visitor.call("GET", "/user").status_code == 401
    tokens = visitor.sign_in().tokens
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3599)
    assert visitor.get("/user")["contactInformation"]["emailAddress"] == USERNAME


def test_pages_are_dutch_and_say_that_this_is_a_simulator(visitor: Loket) -> None:
    for page in (visitor.open_sign_in(), visitor.password_page_done(), visitor.open_sign_in(client_id="other")):
        assert '<html lang="nl">' in page.text
        assert "Dit is een simulator van Loket" in page.text
        for name in re.findall(r'<input id="(\w+)"', page.text):
            assert f'<label for="{name}">' in page.text


def test_state_comes_back_unchanged(visitor: Loket) -> None:
    answer = visitor.submit(visitor.password_page_done(state="a b&c=é"), code=SECOND_FACTOR)
    assert came_back(answer)["state"] == "a b&c=é"


@pytest.mark.parametrize(
    "form", [{"username": USERNAME, "password": "nee"}, {"username": "wie", "password": PASSWORD}, {}]
)
def test_a_wrong_password_shows_the_page_again_and_goes_nowhere(visitor: Loket, form: dict[str, str]) -> None:
    page = visitor.open_sign_in()
    answer = visitor.submit(page, **form)
    assert answer.status_code == 401
    assert "De gebruikersnaam of het wachtwoord is onjuist." in answer.text
    assert visitor.http.get(f"{page.url}/code").status_code == 400  # the second step is still closed
    assert visitor.submit(page, username=USERNAME, password=PASSWORD).status_code == 303


def test_what_was_typed_is_shown_as_text(visitor: Loket) -> None:
    answer = visitor.submit(visitor.open_sign_in(), username='"><script>', password="x")
    assert "<script>" not in answer.text


def test_a_wrong_verification_code_shows_the_page_again(visitor: Loket) -> None:
    page = visitor.password_page_done()
    answer = visitor.submit(page, code="654321")
    assert answer.status_code == 401
    assert "De verificatiecode is onjuist." in answer.text
    assert "code" in came_back(visitor.submit(page, code=" 123 456 "))


def test_cancel_goes_back_with_access_denied_from_either_page(visitor: Loket) -> None:
    for page in (visitor.open_sign_in(), visitor.password_page_done()):
        assert "Annuleren" in page.text
        assert came_back(visitor.submit(page, action="cancel")) == {"error": "access_denied", "state": "s1"}
        assert visitor.http.get(page.url).status_code == 400  # that sign-in is over


@pytest.mark.parametrize(
    "changes", [{"client_id": "other"}, {"redirect_uri": "https://elsewhere.example/x"}, {"redirect_uri": ""}]
)
def test_a_stranger_gets_a_page_and_no_redirect(visitor: Loket, changes: dict[str, str]) -> None:
    answer = visitor.http.get(f"{visitor.url}/authorize", params={**visitor.ask, **changes}, allow_redirects=False)
    assert answer.status_code == 400
    assert "Inloggen kan niet" in answer.text


def test_a_registered_redirect_uri_is_compared_to_the_letter(start: Start) -> None:
    visitor = Loket(start(redirect_uris=(BACK,)).url)
    assert visitor.open_sign_in().status_code == 200
    assert visitor.open_sign_in(redirect_uri=f"{BACK}/").status_code == 400


def test_another_response_type_goes_back_with_an_error(visitor: Loket) -> None:
    query = {**visitor.ask, "response_type": "token"}
    answer = visitor.http.get(f"{visitor.url}/authorize", params=query, allow_redirects=False)
    assert came_back(answer)["error"] == "unsupported_response_type"


def test_a_code_works_once(visitor: Loket) -> None:
    code = visitor.code()
    assert visitor.redeem(code).status_code == 200
    assert refused(visitor.redeem(code)) == "invalid_grant"


def test_a_code_is_bound_to_its_redirect_uri(visitor: Loket) -> None:
    assert refused(visitor.redeem(visitor.code(), redirect_uri=f"{BACK}2")) == "invalid_grant"


def test_a_code_expires(simulator: Simulator, visitor: Loket) -> None:
    assert simulator.options.code_life == 600
    simulator.options.code_life = 0
    assert refused(visitor.redeem(visitor.code())) == "invalid_grant"


def test_pkce_is_checked_when_it_is_used(visitor: Loket) -> None:
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
    assert refused(visitor.redeem(visitor.code(**pkce))) == "invalid_grant"
    assert refused(visitor.redeem(visitor.code(**pkce), code_verifier="w" * 50)) == "invalid_grant"
    assert visitor.redeem(visitor.code(**pkce), code_verifier=verifier).status_code == 200


def test_a_refresh_token_works_once_and_gives_the_next_pair(visitor: Loket) -> None:
    first = visitor.sign_in().tokens
    second = visitor.refresh(first["refresh_token"]).json()
    assert not {first["access_token"], first["refresh_token"]} & {second["access_token"], second["refresh_token"]}
    assert refused(visitor.refresh(first["refresh_token"])) == "invalid_grant"
    assert visitor.refresh(second["refresh_token"]).status_code == 200
    assert visitor.get("/user")  # the first access token lives until its own end


def test_the_secret_counts_only_in_the_form(visitor: Loket) -> None:
    code = visitor.code()
    wrong = visitor.redeem(code, client_secret="other")
    assert (wrong.status_code, refused(wrong)) == (401, "invalid_client")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    basic = requests.post(f"{visitor.url}/token", data=form, auth=(Options.client_id, Options.client_secret), timeout=5)
    assert refused(basic) == "invalid_client"
    assert visitor.redeem(code).status_code == 200  # neither attempt used the code up


def test_unknown_grants_are_refused(visitor: Loket) -> None:
    assert refused(visitor.token(grant_type="password")) == "unsupported_grant_type"
    assert refused(visitor.refresh("unknown")) == "invalid_grant"


def test_tokens_expire_and_can_be_revoked(visitor: Loket, start: Start) -> None:
    short = Loket(start(token_life=0).url).sign_in()
    assert short.tokens["expires_in"] == 0
    answer = short.call("GET", "/user")
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    visitor.sign_in().control("POST", "/tokens/expire")
    assert visitor.call("GET", "/user").status_code == 401
    visitor.tokens = visitor.refresh(visitor.tokens["refresh_token"]).json()
    assert visitor.get("/user")
    visitor.control("POST", "/tokens/revoke")
    assert refused(visitor.refresh(visitor.tokens["refresh_token"])) == "invalid_grant"


def refused(answer: requests.Response) -> str:
    """The error code of a token answer."""
    assert answer.status_code in (400, 401), answer.text
    error: str = answer.json()["error"]
    return error
