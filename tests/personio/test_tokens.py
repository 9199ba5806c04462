"""The token: asked for in the body, kept, renewed in time and once after a refusal; never in a loop."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from loket_portal.personio.client import Credentials, PersonioClient
from loket_portal.personio.errors import ConfigProblem, CredentialsRefused, NotReadable, Retryable
from tests.personio.conftest import Clock
from tests.personio.server import CLIENT, REFUSED, SECRET, Personio, Reply, bad, record

ME = "/v1/company/employees/7"
LEGAL = "/v2/legal-entities"


def found(personio: Personio) -> None:
    """Makes employee 7 readable with a good token."""
    personio.order(
        ME,
        lambda asked: (
            Reply(body={"success": True, "data": record(7)})
            if asked.token == personio.tokens[-1]
            else Reply(403, REFUSED)
        ),
    )


def test_the_credentials_go_in_the_body_and_never_in_the_address(personio, client_here) -> None:
    client_here.sign_in()
    (asked,) = personio.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/personio/v1/auth", {})
    assert json.loads(asked.body) == {"client_id": CLIENT, "client_secret": SECRET}
    assert "Authorization" not in asked.headers


def test_the_headers_that_personio_asks_for_are_sent(personio, clock) -> None:
    client = PersonioClient(
        personio.url, Credentials(CLIENT, SECRET), app_id="MY_APP", partner_id="ME", sleep=clock.sleep, clock=clock
    )
    list(client.pages())
    for asked in personio.asked:
        assert asked.headers["X-Personio-App-ID"] == "MY_APP"
        assert asked.headers["X-Personio-Partner-ID"] == "ME"
        assert asked.headers["Accept"] == "application/json"


def test_without_a_partner_that_header_is_left_out(personio, client_here) -> None:
    client_here.sign_in()
    assert "X-Personio-Partner-ID" not in personio.asked[0].headers
    assert personio.asked[0].headers["X-Personio-App-ID"] == "LOKET_PORTAL"


def test_one_token_serves_all_calls_of_both_versions(personio, client_here) -> None:
    found(personio)
    personio.order(LEGAL, Reply(body={"_data": []}))
    client_here.get_employee(7)
    client_here.get_employee(7)
    client_here.list_legal_entities()
    assert len(personio.calls("/v1/auth")) == 1
    assert not personio.calls("/v2/auth/token")
    assert personio.calls(LEGAL)[0].token == "papi-token-1"


def test_the_token_in_an_answers_header_is_ignored(personio, client_here) -> None:
    personio.people = [record(1)]
    list(client_here.pages())
    list(client_here.pages())
    assert {asked.token for asked in personio.calls("/v1/company/employees")} == {"papi-token-1"}


@pytest.mark.parametrize(("passed", "asked"), [(86_339, 1), (86_341, 2)])
def test_a_token_is_asked_for_again_a_minute_before_its_end(personio, client_here, clock, passed, asked) -> None:
    found(personio)
    client_here.get_employee(7)
    clock.now += passed
    client_here.get_employee(7)
    assert len(personio.calls("/v1/auth")) == asked


@pytest.mark.parametrize("life", [None, "soon", -5, 0])
def test_a_life_that_is_not_told_counts_as_a_day(personio, client_here, clock: Clock, life) -> None:
    found(personio)
    personio.life = life
    client_here.get_employee(7)
    clock.now += 86_000
    client_here.get_employee(7)
    assert len(personio.calls("/v1/auth")) == 1


def test_a_short_life_is_used_by_half_and_not_asked_for_each_time(personio, client_here, clock: Clock) -> None:
    found(personio)
    personio.life = 30
    client_here.get_employee(7)
    clock.now += 14
    client_here.get_employee(7)
    assert len(personio.calls("/v1/auth")) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        Reply(401, {"success": False, "error": {"code": 401, "message": "Authorization is not provided"}}),
        Reply(403, REFUSED),
        bad(403, "Die Autorisierung ist ungültig", 403),
        bad(401),
    ],
)
def test_after_a_refusal_one_new_token_is_tried(personio, client_here, refusal) -> None:
    personio.order(ME, refusal, Reply(body={"success": True, "data": record(7)}))
    assert client_here.get_employee(7).id == 7
    assert len(personio.calls("/v1/auth")) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_again_ends_in_an_error_and_no_loop(personio, client_here, status) -> None:
    personio.order(ME, bad(status, "Provided authorization is not valid", status))
    with pytest.raises(CredentialsRefused):
        client_here.get_employee(7)
    assert len(personio.calls(ME)) == 2
    assert len(personio.calls("/v1/auth")) == 2


def test_a_missing_right_is_not_taken_for_wrong_credentials(personio, client_here) -> None:
    personio.order("/v1/company/employees/attributes", bad(403, "Zugriff verweigert", 403))
    with pytest.raises(NotReadable) as caught:
        client_here.list_attributes()
    assert caught.value.what == "attributes"
    assert "Zugriff" in caught.value.detail
    assert "Zugriff" not in caught.value.message + caught.value.hint


def test_wrong_credentials_are_told_as_such(personio, clock) -> None:
    client = PersonioClient(personio.url, Credentials(CLIENT, "wrong"), sleep=clock.sleep, clock=clock)
    with pytest.raises(CredentialsRefused) as caught:
        client.sign_in()
    assert len(personio.asked) == 1
    assert "wrong" not in repr(caught.value) + caught.value.detail.replace("Wrong credentials", "")


def test_credentials_that_were_withdrawn_meanwhile_are_told_as_such(personio, client_here) -> None:
    personio.order(ME, Reply(403, REFUSED))
    client_here.sign_in()
    personio.order("/v1/auth", bad(0, "Wrong credentials", 403))
    with pytest.raises(CredentialsRefused):
        client_here.get_employee(7)


def test_a_busy_sign_in_is_no_refusal_of_the_credentials(personio, client_here) -> None:
    personio.order("/v1/auth", Reply(429, {"success": False, "error": {"code": 429, "message": "x"}}))
    with pytest.raises(Retryable) as caught:
        client_here.sign_in()
    assert caught.value.retry_after == 60


def test_a_sign_in_without_an_answer_is_asked_again(personio, client_here) -> None:
    personio.order("/v1/auth", Reply(502), personio.usual)
    client_here.sign_in()
    assert len(personio.asked) == 2


@pytest.mark.parametrize("reply", [Reply(body="<html>Hello</html>"), Reply(body={"data": {}}), Reply(403, "<html>")])
def test_a_sign_in_page_that_is_not_personio_is_no_refusal(personio, client_here, reply) -> None:
    personio.order("/v1/auth", reply)
    with pytest.raises(ConfigProblem, match="not what Personio documents"):
        client_here.sign_in()


@pytest.mark.parametrize("token", ["", 7, "a\r\nHost: evil", "ü"])
def test_a_token_that_cannot_stand_in_a_header_is_refused(personio, client_here, token) -> None:
    personio.order("/v1/auth", Reply(body={"success": True, "data": {"token": token}}))
    with pytest.raises(ConfigProblem):
        client_here.sign_in()


def test_eight_threads_ask_for_one_new_token(personio, clock) -> None:
    found(personio)
    client = PersonioClient(personio.url, Credentials(CLIENT, SECRET), sleep=clock.sleep, clock=clock)
    client.sign_in()
    personio.forget_token()
    with ThreadPoolExecutor(8) as threads:
        people = list(threads.map(lambda _: client.get_employee(7), range(8)))
    assert {person.id for person in people} == {7}
    assert len(personio.calls("/v1/auth")) == 2


# v2


def test_v2_gets_its_own_token_when_it_refuses_that_of_v1(personio, client_here) -> None:
    personio.is_v2_apart = True
    personio.order(
        LEGAL,
        lambda asked: Reply(body={"_data": []}) if asked.token == personio.unasked else Reply(401, {"errors": []}),
    )
    assert client_here.list_legal_entities() == []
    assert client_here.list_legal_entities() == []
    (asked,) = personio.calls("/v2/auth/token")
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.query == {}
    assert asked.body == f"grant_type=client_credentials&client_id={CLIENT}&client_secret={SECRET}"
    assert len(personio.calls(LEGAL)) == 3


@pytest.mark.parametrize("status", [401, 403, 404, 412])
def test_what_v2_does_not_let_be_read_is_named(personio, client_here, status) -> None:
    error = {"title": "Insufficient access scope", "detail": "Client scope insufficient", "type": None}
    personio.order(LEGAL, Reply(status, {"personio_trace_id": "c0ffee", "errors": [error]}))
    with pytest.raises(NotReadable) as caught:
        client_here.list_legal_entities()
    assert caught.value.what == "legal_entities"
    assert "c0ffee" in caught.value.detail
    assert len(personio.calls(LEGAL)) <= 2
    assert len(personio.calls("/v2/auth/token")) <= 1


def test_a_v2_that_is_closed_to_the_credentials_does_not_refuse_them(personio, client_here) -> None:
    personio.is_v2_apart = True
    personio.order("/v2/auth/token", Reply(400, {"error": "invalid_client", "error_description": "no"}))
    with pytest.raises(NotReadable) as caught:
        list(client_here.iter_persons())
    assert caught.value.what == "persons"
