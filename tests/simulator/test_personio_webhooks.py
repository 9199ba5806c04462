"""Webhooks: registering them, and how events are delivered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from loket_portal.simulator import Simulator
from loket_portal.simulator.personio import sender
from tests.simulator.conftest import Start
from tests.simulator.personio_client import Client

TOKEN = "Bearer hook-token"
PERSON, EMPLOYMENT = "person.updated", "employment.updated"


class Receiver(ThreadingHTTPServer):
    """Keeps what was delivered; answers with the next of `statuses`, or 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Delivered)
        self.got: list[tuple[str, str, dict[str, Any]]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Delivered(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((self.path, self.headers.get("Authorization", ""), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def simulator(start: Start) -> Simulator:
    return start(personio_hook_delay=0)


@pytest.fixture
def client(simulator: Simulator) -> Client:
    return Client(simulator)


def hook(url: str = "https://portal.example/hook", **changes: Any) -> dict[str, Any]:
    """The body of a webhook that wants both events."""
    wanted = {"url": url, "description": "Portal", "token": TOKEN, "enabled_events": [PERSON, EMPLOYMENT]}
    return {**wanted, "status": "ENABLED", **changes}


def register(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.call("POST", "/v2/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def events(simulator: Simulator, receiver: Receiver) -> list[str]:
    """The names of the events that arrived."""
    assert simulator.personio.sender.wait()
    return [body["event_name"] for _, _, body in receiver.got]


def test_a_webhook_is_off_unless_it_is_told_otherwise(client: Client) -> None:
    body = hook()
    del body["status"]
    made = register(client, body)
    assert (made["status"], made["auth_type"]) == ("DISABLED", "TOKEN")
    assert "token" not in made


def test_a_webhook_is_listed_changed_and_removed(client: Client) -> None:
    made = register(client, hook())
    path = f"/v2/webhooks/{made['id']}"
    assert client.get("/v2/webhooks")["_data"] == [made] == [client.get(path)]
    assert client.call("PATCH", path, json={"status": "DISABLED"}).json() == {**made, "status": "DISABLED"}
    assert client.call("DELETE", path).status_code == 204
    assert client.call("GET", path).status_code == 404
    assert client.get("/v2/webhooks")["_data"] == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"url": "http://portal.example/hook"}, "url"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"url": None}, "url"),
        ({"description": ""}, "description"),
        ({"status": "ON"}, "status"),
        ({"auth_type": "HMAC"}, "auth_type"),
        ({"token": None}, "token"),
        ({"custom_headers": {"X-Key": "1"}}, "custom_headers"),
        ({"auth_type": "CUSTOM", "custom_headers": dict.fromkeys("abcd", "1")}, "custom_headers"),
        ({"enabled_events": []}, "enabled_events"),
        ({"enabled_events": ["person.renamed"]}, "enabled_events"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_wrong_webhook_is_refused(client: Client, change: dict[str, Any], name: str) -> None:
    answer = client.call("POST", "/v2/webhooks", json=hook(**change))
    assert answer.status_code == 422
    assert name in answer.json()["errors"][0]["detail"]
    assert client.get("/v2/webhooks")["_data"] == []


def test_registering_needs_the_scope_to_write(start: Start) -> None:
    client = Client(start(personio_missing_scopes=("personio:webhooks:write",)))
    answer = client.call("POST", "/v2/webhooks", json=hook())
    assert (answer.status_code, answer.json()["errors"][0]["title"]) == (403, "Insufficient access scope")
    assert client.get("/v2/webhooks")["_data"] == []


def test_an_edit_is_delivered_with_the_token_and_ids_only(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    register(client, hook(receiver.url))
    client.lever("/people/edit", {"id": 41001, "attributes": {"dynamic_24415": "Soest"}})
    assert events(simulator, receiver) == [PERSON]
    path, authorization, body = receiver.got[0]
    assert (path, authorization, body["payload"]) == ("/hook", TOKEN, {"id": "41001"})
    assert body.keys() == {"company_id", "event_name", "occurred_at", "payload", "meta"}


def test_an_edit_of_the_employment_is_another_event(simulator: Simulator, client: Client, receiver: Receiver) -> None:
    register(client, hook(receiver.url))
    client.lever("/people/edit", {"id": 41001, "attributes": {"position": "Chef"}})
    assert events(simulator, receiver) == [EMPLOYMENT]
    payload = receiver.got[0][2]["payload"]
    assert payload == {"id": client.employments(41001)[0]["id"], "person": {"id": "41001"}}
    client.lever("/people/edit", {"id": 41001, "attributes": {"position": "Kok", "last_name": "Berkel"}})
    assert events(simulator, receiver) == [EMPLOYMENT, PERSON, EMPLOYMENT]


@pytest.mark.parametrize("change", [{"fix_salary": 3000}, {"last_name": "Berg"}])
def test_salaries_and_edits_that_change_nothing_fire_no_event(
    simulator: Simulator, client: Client, receiver: Receiver, change: dict[str, Any]
) -> None:
    register(client, hook(receiver.url))
    client.lever("/people/edit", {"id": 41001, "attributes": change})
    assert events(simulator, receiver) == []


@pytest.mark.parametrize("change", [{"status": "DISABLED"}, {"enabled_events": ["document.created"]}])
def test_only_webhooks_that_are_on_and_want_it_get_an_event(
    simulator: Simulator, client: Client, receiver: Receiver, change: dict[str, Any]
) -> None:
    register(client, hook(receiver.url, **change))
    assert client.lever("/events", {"event_name": PERSON}) == {"webhooks": 0}
    assert events(simulator, receiver) == []


def test_any_event_can_be_sent_several_times(simulator: Simulator, client: Client, receiver: Receiver) -> None:
    register(client, hook(receiver.url))
    client.lever("/events", {"event_name": PERSON, "payload": {"odd": [1]}, "times": 3})
    assert events(simulator, receiver) == [PERSON] * 3
    assert {json.dumps(body["payload"]) for _, _, body in receiver.got} == {'{"odd": [1]}'}


def test_a_ping_and_a_test_event_come_although_it_is_off(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    path = f"/v2/webhooks/{register(client, hook(receiver.url, status='DISABLED'))['id']}"
    assert client.call("POST", f"{path}/ping").status_code == 204
    assert client.call("POST", f"{path}/test-event", json={"event_name": PERSON}).status_code == 204
    assert client.call("POST", f"{path}/test-event", json={"event_name": "x"}).status_code == 422
    assert events(simulator, receiver) == ["ping", PERSON]


def test_custom_headers_take_the_place_of_the_token(simulator: Simulator, client: Client, receiver: Receiver) -> None:
    custom = {"auth_type": "CUSTOM", "token": None, "custom_headers": {"Authorization": "Basic eA=="}}
    register(client, hook(receiver.url, **custom))
    client.lever("/events", {"event_name": PERSON})
    assert events(simulator, receiver) == [PERSON]
    assert receiver.got[0][1] == "Basic eA=="


@pytest.mark.parametrize(
    ("statuses", "attempts"),
    [([500, 503, 204], 3), ([500] * 9, sender.ATTEMPTS), ([404], 1), ([501], 1), ([302], 1), ([204], 1)],
)
def test_a_failure_of_the_receiver_is_tried_again_a_few_times(
    simulator: Simulator, client: Client, receiver: Receiver, statuses: list[int], attempts: int
) -> None:
    receiver.statuses = list(statuses)
    register(client, hook(receiver.url))
    client.lever("/events", {"event_name": PERSON})
    assert len(events(simulator, receiver)) == attempts
    assert {path for path, _, _ in receiver.got} == {"/hook"}, "no redirect is followed"
    found = client.control("GET", "/personio/deliveries").json()["deliveries"]
    assert [item["status"] for item in found] == statuses[:attempts]


def test_a_receiver_that_is_not_there_is_given_up(simulator: Simulator, client: Client) -> None:
    register(client, hook("http://127.0.0.1:9/hook"))
    client.lever("/events", {"event_name": PERSON})
    assert simulator.personio.sender.wait()
    found = client.control("GET", "/personio/deliveries").json()["deliveries"]
    assert [item["status"] for item in found] == [0] * sender.ATTEMPTS


def test_stopping_does_not_wait_for_the_next_attempt(start: Start, receiver: Receiver) -> None:
    simulator = start(personio_hook_delay=3600)
    client = Client(simulator)
    receiver.statuses = [500]
    register(client, hook(receiver.url))
    client.lever("/events", {"event_name": PERSON})
    simulator.stop()
    assert len(receiver.got) <= 1
