"""Personio's tokens: how they are asked for, how long they live, what a call without a good one gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from loket_portal.simulator import Options, create_simulator
from loket_portal.simulator.personio import tokens
from tests.simulator.conftest import Start
from tests.simulator.personio_client import CREDENTIALS, Client

LIST = "/v1/company/employees"


@pytest.fixture
def stranger(start: Start) -> Client:
    """An application without a token."""
    return Client(start(), has_token=False)


@pytest.mark.parametrize("form", ["json", "data"])
def test_v1_takes_credentials_as_json_and_as_a_form(stranger: Client, form: str) -> None:
    answer = stranger.call("POST", "/v1/auth", **{form: CREDENTIALS})
    data = answer.json()["data"]
    assert answer.json()["success"] is True
    assert data["token"].startswith("papi-")
    assert data["expires_in"] == 86_400
    assert "employees:read" in data["scope"].split()
    assert answer.headers["Authorization"] == f"Bearer {data['token']}"


def test_v1_refuses_right_credentials_in_the_query_string(stranger: Client) -> None:
    assert stranger.call("POST", "/v1/auth", params=CREDENTIALS).status_code == 403
    assert stranger.call("POST", "/v1/auth", params=CREDENTIALS, json=CREDENTIALS).status_code == 403


@pytest.mark.parametrize("wrong", [{}, {"client_id": "linde-demo-client"}, CREDENTIALS | {"client_secret": "x"}])
def test_v1_refuses_wrong_credentials(stranger: Client, wrong: dict[str, str]) -> None:
    answer = stranger.call("POST", "/v1/auth", json=wrong)
    assert answer.status_code == 403
    assert answer.json() == {"success": False, "error": {"code": 0, "message": "Wrong credentials"}}


def test_v2_takes_a_form_only(stranger: Client) -> None:
    asked = {"grant_type": "client_credentials", **CREDENTIALS}
    answer = stranger.call("POST", "/v2/auth/token", data=asked).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 86_400)
    assert "personio:persons:read" in answer["scope"].split()
    refused = stranger.call("POST", "/v2/auth/token", json=asked)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert refused.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "x"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": None}, "invalid_request"),
    ],
)
def test_v2_says_what_is_wrong(stranger: Client, change: dict[str, str | None], error: str) -> None:
    asked = {"grant_type": "client_credentials", **CREDENTIALS, **change}
    answer = stranger.call("POST", "/v2/auth/token", data={key: value for key, value in asked.items() if value})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_the_token_is_the_same_until_it_ends_and_then_another(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = start(personio_token_life=100)
    now = [1000.0]
    monkeypatch.setattr(tokens.time, "time", lambda: now[0])
    client = Client(simulator)
    now[0] = 1099.0
    assert client.sign_in() == client.token
    assert client.call("GET", LIST).status_code == 200
    now[0] = 1100.0
    assert client.call("GET", LIST).status_code == 403
    assert client.sign_in() != client.token


def test_v1_and_v2_give_the_same_token(start: Start) -> None:
    client = Client(start())
    form = {"grant_type": "client_credentials", **CREDENTIALS}
    assert client.call("POST", "/v2/auth/token", data=form).json()["access_token"] == client.token


def test_without_a_token_v1_says_401_and_with_a_wrong_one_403(stranger: Client) -> None:
    answer = stranger.call("GET", LIST)
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "Authorization is not provided")
    stranger.token = "papi-wrong"
    answer = stranger.call("GET", LIST)
    assert (answer.status_code, answer.json()["error"]["message"]) == (403, "Provided authorization is not valid")


def test_without_a_good_token_v2_says_401(stranger: Client) -> None:
    answer = stranger.call("GET", "/v2/persons")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["title"] == "Unauthorized Request"
    assert answer.json()["personio_trace_id"]


def test_a_revoked_token_is_over(start: Start) -> None:
    client = Client(start())
    assert client.call("POST", "/v2/auth/revoke", data={"token": "papi-other"}).status_code == 200
    assert client.call("GET", LIST).status_code == 200
    assert client.call("POST", "/v2/auth/revoke", data={"token": client.token}).status_code == 200
    assert client.call("GET", LIST).status_code == 403


def test_the_answers_of_v1_repeat_the_token_unless_told_not_to(start: Start) -> None:
    client = Client(start())
    assert client.call("GET", LIST).headers["Authorization"] == f"Bearer {client.token}"
    client.tell(personio_repeats_token=False)
    assert "Authorization" not in client.call("GET", LIST).headers


def test_the_token_survives_a_restart(tmp_path: Path) -> None:
    options = Options(db=str(tmp_path / "world.sqlite3"))
    with create_simulator(options) as simulator:
        token = Client(simulator).token
    with create_simulator(options.copy()) as simulator:
        assert Client(simulator).token == token
