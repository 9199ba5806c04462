"""Misbehaviour on demand: errors, dropped connections before and after the write, held requests (rules 51 and 52)."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import requests

from loket_portal.simulator import Simulator
from loket_portal.simulator.options import USERNAME
from tests.simulator.conftest import Start
from tests.simulator.loket import Loket, signed_in


def first_name(simulator: Simulator, number: int = 1001) -> Any:
    """What is stored now."""
    return simulator.world.rows(
        "SELECT json_extract(body, '$.personalDetails.firstName') FROM records WHERE mark = ?", str(number)
    )[0][0]


def test_errors_come_at_a_rate_and_the_same_for_a_seed(start: Start) -> None:
    def statuses(seed: int) -> list[int]:
        loket = signed_in(start(error_rate=0.5, error_status=500, seed=seed))
        return [loket.call("GET", "/user").status_code for _ in range(40)]

    first = statuses(1)
    assert set(first) == {200, 500}
    assert first == statuses(1) != statuses(2)


@pytest.mark.parametrize(("status", "retry_after"), [(429, "1"), (503, "1"), (500, None)])
def test_too_many_requests_say_when_to_come_back(start: Start, status: int, retry_after: str | None) -> None:
    answer = signed_in(start(error_rate=1, error_status=status)).call("GET", "/user")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)


def test_the_sign_in_is_spared(start: Start) -> None:
    assert Loket(start(error_rate=1).url).sign_in().tokens


def test_dropped_before_the_write_nothing_happened(simulator: Simulator, loket: Loket) -> None:
    johanna = loket.employee(1001)
    johanna["personalDetails"]["firstName"] = "Jo"
    loket.control("POST", "/options", {"drop_before": 1})
    with pytest.raises(requests.ConnectionError):
        loket.put_employee(johanna)
    assert first_name(simulator) == "Johanna"


def test_dropped_after_the_write_it_did_happen(simulator: Simulator, loket: Loket) -> None:
    johanna = loket.employee(1001)
    johanna["personalDetails"]["firstName"] = "Jo"
    loket.control("POST", "/options", {"drop_after": 1})
    with pytest.raises(requests.ConnectionError):
        loket.put_employee(johanna)
    assert first_name(simulator) == "Jo"
    last = loket.control("GET", "/log")["writes"][-1]
    assert (last["method"], last["status"], last["dropped"]) == ("PUT", 200, True)


def test_a_planned_fault_hits_exactly_the_request_it_names(loket: Loket) -> None:
    loket.control(
        "POST",
        "/faults",
        {"action": "status", "status": 503, "method": "GET", "path": "/functions", "skip": 1, "times": 2},
    )
    path = loket.employer
    assert [loket.call("GET", f"{path}/functions").status_code for _ in range(4)] == [200, 503, 503, 200]
    loket.control("POST", "/faults", {"action": "drop_after", "path": "/departments"})
    assert loket.call("GET", f"{path}/functions").status_code == 200
    with pytest.raises(requests.ConnectionError):
        loket.call("GET", f"{path}/departments")
    assert loket.call("GET", f"{path}/departments").status_code == 200
    assert loket.control("GET", "/faults") == {"planned": [], "held": 0}


def test_planned_faults_reach_the_token_endpoint_too(simulator: Simulator, loket: Loket) -> None:
    simulator.faults.plan(action="drop_after", path="/token")
    with pytest.raises(requests.ConnectionError):
        loket.refresh(loket.tokens["refresh_token"])
    assert (
        loket.refresh(loket.tokens["refresh_token"]).json()["error"] == "invalid_grant"
    )  # it was used up all the same


@pytest.mark.parametrize(("action", "while_held"), [("hold_before", "Johanna"), ("hold_after", "Jo")])
def test_a_request_can_be_held_until_it_is_let_go(
    simulator: Simulator, loket: Loket, action: str, while_held: str
) -> None:
    johanna = loket.employee(1001)
    johanna["personalDetails"]["firstName"] = "Jo"
    simulator.faults.plan(action=action, method="PUT")
    statuses: list[int] = []
    other = signed_in(simulator)
    thread = threading.Thread(target=lambda: statuses.append(other.put_employee(johanna).status_code))
    thread.start()
    assert simulator.faults.wait_held()
    assert (first_name(simulator), statuses) == (while_held, [])
    assert loket.get("/user")  # the others go on
    loket.control("POST", "/faults/release")
    thread.join(10)
    assert (first_name(simulator), statuses) == ("Jo", [200])


@pytest.mark.parametrize("validation", [True, False])
def test_a_fault_can_tell_a_verdict_from_a_conversion(simulator: Simulator, loket: Loket, validation: bool) -> None:
    concept = str(loket.create_concept(1990)["id"])
    simulator.faults.plan(action="status", method="PATCH", path="/convertToEmployee", validation=validation)
    assert (loket.convert(concept, validate_only=not validation).status_code == 500) is False
    assert loket.convert(concept, validate_only=validation).status_code == 500


def test_the_log_tells_who_wrote_and_when(loket: Loket) -> None:
    began = time.time()
    loket.put_employee(loket.employee(1001))
    last = loket.control("GET", "/log")["writes"][-1]
    assert last["user"] == USERNAME
    assert began < last["at"] < time.time()


def test_stopping_lets_nobody_hang(start: Start) -> None:
    simulator = start()
    loket = signed_in(simulator)
    assert loket.get("/user")  # leaves an open connection behind
    simulator.stop()
    with pytest.raises(requests.ConnectionError):
        loket.call("GET", "/user")


def test_connections_stay_open_between_requests(simulator: Simulator) -> None:
    loket = signed_in(simulator)
    ports = set()
    for _ in range(5):
        answer = loket.call("GET", "/user", stream=True)
        ports.add(answer.raw._connection.sock.getsockname()[1])
        answer.content  # noqa: B018 - reading it gives the connection back
    johanna = loket.employee(1001)
    assert loket.put_employee(johanna | {"employeeNumber": 0}).status_code == 400
    assert loket.put_employee(johanna).status_code == 200
    assert len(ports) == 1


def test_the_log_proves_that_reading_writes_nothing(loket: Loket) -> None:
    loket.control("DELETE", "/log")
    loket.employment(1001)
    loket.get(f"{loket.employer}/conceptemployees")
    log = loket.control("GET", "/log")
    assert log["writes"] == []
    assert {(item["method"], item["status"]) for item in log["requests"]} == {("GET", 200)}
    loket.create_concept(2001)
    assert [item["method"] for item in loket.control("GET", "/log")["writes"]] == ["POST"]


def test_latency_is_added_to_every_call(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("loket_portal.simulator.faults.time.sleep", slept.append)
    signed_in(start(latency=250)).get("/user")
    assert slept == [0.25]
