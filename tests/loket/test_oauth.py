"""OAuth with Loket (rules 32 and 34): what the browser gets, what the token endpoint gets, what refusals mean."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from loket_portal.loket.auth import CodeExpired, OAuth, Tokens
from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded, SyncError
from loket_portal.simulator import Simulator
from tests.loket.helpers import REDIRECT, VERIFIER, code_at, oauth, sign_in

URL = "https://oauth.loket.example"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD = Tokens("old-access", "old-refresh", NOW, 4)
PAIR = {"access_token": "a", "token_type": "bearer", "expires_in": 3599, "refresh_token": "r", "two_factor_state": "x"}


@pytest.fixture
def server() -> OAuth:
    return OAuth(f"{URL}/", "our-id", "our-secret", clock=lambda: NOW)


def exchange(server: OAuth) -> Tokens:
    return server.exchange("the-code", REDIRECT, VERIFIER)


def refresh(server: OAuth) -> Tokens:
    return server.refresh(OLD)


def test_the_browser_gets_the_challenge_and_not_the_verifier(server: OAuth) -> None:
    url = urlsplit(server.authorization_url(REDIRECT, "a-state", VERIFIER))
    challenge = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{URL}/authorize"
    assert parse_qs(url.query) == {
        "client_id": ["our-id"],
        "redirect_uri": [REDIRECT],
        "response_type": ["code"],
        "scope": ["all"],
        "state": ["a-state"],
        "code_challenge": [challenge],
        "code_challenge_method": ["S256"],
    }


@responses.activate
def test_a_code_is_exchanged_by_a_form(server: OAuth) -> None:
    responses.post(f"{URL}/token", json=PAIR)
    assert exchange(server) == Tokens("a", "r", NOW + timedelta(seconds=3599), 0)
    form = parse_qs(responses.calls[0].request.body)
    assert form == {
        "grant_type": ["authorization_code"],
        "code": ["the-code"],
        "redirect_uri": [REDIRECT],
        "client_id": ["our-id"],
        "client_secret": ["our-secret"],
        "code_verifier": [VERIFIER],
    }
    assert "Authorization" not in responses.calls[0].request.headers


@responses.activate
@pytest.mark.parametrize("more", [{}, {"refresh_token": None}, {"refresh_token": ""}])
def test_a_refresh_keeps_the_version_and_an_omitted_refresh_token(server: OAuth, more) -> None:
    responses.post(f"{URL}/token", json={"access_token": "a", "token_type": "bearer", "expires_in": 60, **more})
    assert refresh(server) == Tokens("a", "old-refresh", NOW + timedelta(seconds=60), 4)


@responses.activate
@pytest.mark.parametrize(
    ("call", "error", "kind"),
    [
        (refresh, "invalid_grant", SignInNeeded),
        (exchange, "invalid_grant", CodeExpired),
        (refresh, "invalid_client", ConfigProblem),
        (exchange, "invalid_client", ConfigProblem),
        (exchange, "unauthorized_client", ConfigProblem),
        (exchange, "invalid_request", ConfigProblem),
    ],
)
@pytest.mark.parametrize("status", [400, 401])
def test_a_refusal_says_who_acts(server: OAuth, call, error: str, kind: type, status: int) -> None:
    responses.post(f"{URL}/token", status=status, json={"error": error, "error_description": "No"})
    with pytest.raises(SyncError) as caught:
        call(server)
    assert type(caught.value) is kind
    assert caught.value.hint
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("call", [refresh, exchange])
@pytest.mark.parametrize(
    "answer",
    [
        {"body": requests.ConnectionError("our-secret")},
        {"body": requests.ReadTimeout("our-secret")},
        {"status": 500},
        {"status": 503, "body": "<html>", "headers": {"Retry-After": "9"}},
        {"status": 429, "json": {"error": "slow_down"}},
    ],
)
def test_no_clear_answer_is_for_later(server: OAuth, call, answer) -> None:
    responses.post(f"{URL}/token", **answer)
    with pytest.raises(Retryable) as caught:
        call(server)
    assert "our-secret" not in f"{caught.value} {caught.value.detail}"
    assert len(responses.calls) == 1, "the one who holds the lease decides about a repeat"
    assert caught.value.retry_after == (9 if "headers" in answer else None)


@responses.activate
@pytest.mark.parametrize("call", [refresh, exchange])
@pytest.mark.parametrize(
    "answer",
    [
        {"body": "<html>Welcome</html>"},
        {"json": {"token_type": "bearer"}},
        {"status": 302, "headers": {"Location": "https://evil.example/token"}},
    ],
)
def test_what_is_no_oauth_is_ours_to_set_right(server: OAuth, call, answer) -> None:
    responses.post(f"{URL}/token", **answer)
    with pytest.raises(ConfigProblem, match="OAuth"):
        call(server)
    assert len(responses.calls) == 1, "the secret follows no redirect"


@responses.activate
def test_a_first_pair_without_refresh_token_is_refused(server: OAuth) -> None:
    responses.post(f"{URL}/token", json={"access_token": "a", "token_type": "bearer", "expires_in": 60})
    with pytest.raises(ConfigProblem):
        exchange(server)


def test_a_code_works_once(simulator: Simulator) -> None:
    code = code_at(simulator.url)
    assert oauth(simulator.url).exchange(code, REDIRECT, VERIFIER).access_token
    with pytest.raises(CodeExpired):
        oauth(simulator.url).exchange(code, REDIRECT, VERIFIER)


def test_a_code_needs_its_own_verifier(simulator: Simulator) -> None:
    with pytest.raises(CodeExpired):
        oauth(simulator.url).exchange(code_at(simulator.url), REDIRECT, "w" * 50)


def test_a_refresh_token_rotates(simulator: Simulator) -> None:
    first = sign_in(simulator.url)
    second = oauth(simulator.url).refresh(first)
    assert second.refresh_token != first.refresh_token
    with pytest.raises(SignInNeeded):
        oauth(simulator.url).refresh(first)


def test_a_wrong_secret_is_a_config_problem(simulator: Simulator) -> None:
    with pytest.raises(ConfigProblem, match="invalid_client"):
        OAuth(simulator.url, "loket-portal-demo", "wrong").refresh(OLD)
