"""Personio misbehaves as the options say, and options that make no sense are refused."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from loket_portal.simulator import Options, create_simulator
from loket_portal.simulator.personio.gate import SCOPES
from tests.simulator.conftest import Start
from tests.simulator.loket import signed_in
from tests.simulator.personio_client import CREDENTIALS, Client

LIST = "/v1/company/employees"
WRONG = [
    ("personio_unreadable", ["dynamic_1"], "no attribute"),
    ("personio_unreadable", ["id"], "no attribute"),
    ("personio_missing_scopes", ["persons"], "no scope"),
    ("personio_changed_ids", {"last_name": "dynamic_1"}, "not an object"),
    ("personio_changed_ids", {"dynamic_24407": "bsn"}, "does not have keys"),
    ("personio_changed_ids", {"dynamic_24407": "dynamic_24408"}, "one key"),
    ("personio_changed_ids", {"dynamic_24407": "dynamic_1", "dynamic_24408": "dynamic_1"}, "one key"),
    ("personio_renamed_options", {"dynamic_24409": {"Man": "M"}}, "no such options"),
    ("personio_renamed_options", {"dynamic_24407": {"Man": "M"}}, "no such options"),
    ("personio_renamed_options", {"dynamic_24409": {"Male": "a,b"}}, "without commas"),
    ("personio_renamed_options", ["Male"], "not an object"),
    ("personio_language", "nl", "no language"),
    ("personio_people", 40_001, "whole number"),
    ("personio_people", 1.5, "whole number"),
    ("personio_token_life", -1, "whole number"),
    ("personio_expire_after", -1, "whole number"),
    ("personio_repeat_page", -1, "whole number"),
    ("personio_null_record", True, "whole number"),
    ("personio_success_false", -1, "whole number"),
    ("personio_busy", "many", "whole number"),
    ("personio_retry_after", 5, "does not take"),
    ("personio_limits", 1, "does not take"),
    ("personio_client_secret", "x", "can't be changed"),
]


@pytest.fixture
def client(start: Start) -> Client:
    return Client(start())


def statuses(client: Client, count: int, path: str = LIST) -> list[int]:
    return [client.call("GET", path, params={"limit": 1}).status_code for _ in range(count)]


@pytest.mark.parametrize(("name", "value", "word"), WRONG)
def test_what_makes_no_sense_is_refused_and_changes_nothing(client: Client, name: str, value: Any, word: str) -> None:
    before = client.control("GET", "/options").json()
    answer = client.control("POST", "/options", {"personio_limits": True, name: value})
    assert answer.status_code == 400
    assert word in answer.json()["message"]
    assert client.control("GET", "/options").json() == before


def test_what_makes_no_sense_is_refused_at_the_start_too() -> None:
    with pytest.raises(ValueError, match="no language"):
        create_simulator(Options(personio_language="nl"))


def test_the_credentials_are_an_option_of_the_start(start: Start) -> None:
    client = Client(start(personio_client_id="a", personio_client_secret="b"), has_token=False)
    assert client.call("POST", "/v1/auth", json=CREDENTIALS).status_code == 403
    answer = client.call("POST", "/v1/auth", json={"client_id": "a", "client_secret": "b"})
    assert answer.status_code == 200


def test_a_changed_id_is_the_key_everywhere(client: Client) -> None:
    client.tell(personio_changed_ids={"dynamic_24407": "dynamic_99001"})
    assert "dynamic_24407" not in client.definitions()
    assert client.definitions()["dynamic_99001"]["label"] == "BSN"
    assert client.employee(41001)["dynamic_99001"] == "999901333"
    assert list(client.employees(**{"attributes[]": "dynamic_99001"})[0]) == ["id", "dynamic_99001"]
    assert "dynamic_99001" in {item["id"] for item in client.get("/v2/persons/41001")["custom_attributes"]}
    client.lever("/people/edit", {"id": 41001, "attributes": {"dynamic_99001": "999901370"}})
    assert client.employee(41001)["dynamic_99001"] == "999901370"


def test_a_renamed_option_is_renamed_in_definitions_and_values(client: Client) -> None:
    client.tell(personio_renamed_options={"dynamic_24409": {"Female": "Woman"}})
    assert client.definitions()["dynamic_24409"]["options"] == ["Male", "Woman", "Diverse"]
    assert client.employee(41001)["dynamic_24409"] == "Woman"
    assert "Woman" in [item["value"] for item in client.get("/v2/persons/41001")["custom_attributes"]]


def test_so_many_calls_are_told_to_wait_without_saying_how_long(client: Client) -> None:
    client.tell(personio_busy=2)
    answer = client.call("GET", LIST)
    assert (answer.status_code, answer.json()["success"]) == (429, False)
    assert "Retry-After" not in answer.headers
    assert statuses(client, 2, "/v2/persons") == [429, 200]


def test_a_waiting_time_is_given_when_told_so(client: Client) -> None:
    client.tell(personio_busy=1, personio_retry_after="7")
    assert client.call("GET", LIST).headers["Retry-After"] == "7"


def test_so_many_calls_of_v1_are_answered_200_without_success(client: Client) -> None:
    client.tell(personio_success_false=1, personio_language="de")
    answer = client.call("GET", LIST)
    assert answer.status_code == 200
    assert answer.json() == {"success": False, "error": {"code": 0, "message": "Etwas ist schiefgelaufen"}}
    assert client.get(LIST)["success"] is True


def test_the_token_ends_after_so_many_calls_once(client: Client) -> None:
    client.tell(personio_expire_after=2)
    assert statuses(client, 3) == [200, 200, 403]
    client.token = client.sign_in()
    assert statuses(client, 3) == [200, 200, 200]


def test_a_page_can_repeat_the_one_before_it(client: Client) -> None:
    first, third = client.employees(limit=20), client.employees(limit=20, offset=40)
    client.tell(personio_repeat_page=2)
    assert client.employees(limit=20) == first
    assert client.employees(limit=20, offset=20) == first
    assert client.employees(limit=20, offset=40) == third


def test_a_cursor_can_lead_to_its_own_page(client: Client) -> None:
    client.tell(personio_repeat_page=2)
    second = client.get("/v2/persons")["_meta"]["links"]["next"]["href"].removeprefix(client.url)
    page = client.get(second)
    again = client.get(page["_meta"]["links"]["next"]["href"].removeprefix(client.url))
    assert page["_data"] == again["_data"]
    assert page["_data"] != client.get("/v2/persons")["_data"]


def test_one_record_can_have_every_field_null(client: Client) -> None:
    client.tell(personio_null_record=41002)
    page = client.get(LIST, params={"limit": 100})
    nulls = [row for row in page["data"] if all(attribute["value"] is None for attribute in row["attributes"].values())]
    assert len(nulls) == 1
    assert len(page["data"]) == page["metadata"]["total_elements"] == 85


def test_one_row_of_the_persons_can_have_every_field_null(client: Client) -> None:
    client.tell(personio_null_person=41002)
    rows = client.get("/v2/persons", params={"limit": 50})["_data"]
    (empty,) = [row for row in rows if row["id"] is None]
    assert set(empty.values()) == {None}
    assert client.get("/v2/persons/41002")["id"] == "41002"


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("employees:read", LIST, 403),
        ("employees:read", f"{LIST}/attributes", 403),
        ("personio:persons:read", "/v2/persons", 401),
        ("personio:persons:read", "/v2/persons/41001/employments", 401),
        ("personio:legal-entities:read", "/v2/legal-entities", 403),
        ("personio:webhooks:read", "/v2/webhooks", 403),
    ],
)
def test_a_missing_scope_is_refused_and_not_in_the_token(start: Start, scope: str, path: str, status: int) -> None:
    client = Client(start(personio_missing_scopes=(scope,)))
    assert client.call("GET", path).status_code == status
    granted = client.call("POST", "/v1/auth", json=CREDENTIALS).json()["data"]["scope"].split()
    assert set(SCOPES) - set(granted) == {scope}


def test_v1_takes_fifteen_calls_a_second_and_three_hundred_a_minute(start: Start) -> None:
    simulator = start(personio_limits=True)
    client, now = Client(simulator), [100.0]
    simulator.personio.gate.clock = lambda: now[0]
    assert statuses(client, 17) == [200] * 15 + [429, 429]
    for _ in range(19):
        now[0] += 1.0
        assert set(statuses(client, 15)) == {200}
    now[0] += 1.0
    assert statuses(client, 1) == [429], "that would be the 301st within the minute"
    now[0] += 60.0
    assert statuses(client, 1) == [200]


def test_without_the_option_there_are_no_limits(client: Client) -> None:
    assert set(statuses(client, 20)) == {200}


def test_each_endpoint_of_v2_says_how_much_is_left(start: Start) -> None:
    simulator = start(personio_limits=True)
    client, now = Client(simulator), [100.0]
    simulator.personio.gate.clock = lambda: now[0]
    headers = client.call("GET", "/v2/persons").headers
    assert (headers["x-ratelimit-replenish-rate"], headers["x-ratelimit-burst-capacity"]) == ("30", "100")
    assert (headers["x-ratelimit-requested-tokens"], headers["x-ratelimit-remaining"]) == ("1", "99")
    assert set(statuses(client, 99, "/v2/persons")) == {200}
    assert statuses(client, 1, "/v2/persons") == [429]
    assert statuses(client, 1, "/v2/legal-entities") == [200]
    now[0] += 1.0
    assert client.call("GET", "/v2/persons").headers["x-ratelimit-remaining"] == "29"


def test_planned_faults_reach_personio_only_by_its_own_path(start: Start) -> None:
    simulator = start(error_rate=1)
    client = Client(simulator)
    simulator.faults.plan(action="status", status=502, path="/employees")
    assert client.call("GET", LIST).status_code == 200, "that fault and that rate are Loket's"
    simulator.faults.plan(action="status", status=502, path="/personio/v1/company/employees")
    answer = client.call("GET", LIST)
    assert (answer.status_code, answer.json()["success"]) == (502, False)
    simulator.faults.plan(action="drop_before", path="/personio/v2")
    with pytest.raises(requests.ConnectionError):
        client.call("GET", "/v2/persons")


def test_the_log_has_the_calls_and_the_recorder_has_not(start: Start) -> None:
    simulator = start()
    client = Client(simulator)
    client.get(LIST)
    entries = client.control("GET", "/log").json()
    assert [(item["method"], item["path"]) for item in entries["requests"]] == [
        ("POST", "/personio/v1/auth"),
        ("GET", "/personio/v1/company/employees"),
    ]
    assert entries["writes"] == simulator.exchanges == []


def test_loket_goes_on_as_before(start: Start) -> None:
    simulator = start(personio_busy=5)
    assert signed_in(simulator).get("/user")
    assert simulator.options.personio_busy == 5
