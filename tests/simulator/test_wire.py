"""What a request comes to, whatever becomes of it on its way: its count, its place in the log, its version numbers."""

from __future__ import annotations

import contextlib
import json
import socket
from typing import Any

import pytest

from loket_portal.simulator import Simulator, employees
from tests.simulator.loket import PERSON_VERSION, Loket

VALUES = b"application/json;version=" + PERSON_VERSION.encode()


@pytest.fixture
def head(simulator: Simulator, loket: Loket) -> bytes:
    """A usual request for the employees."""
    token = str(loket.tokens["access_token"]).encode()
    fields = (
        b"\r\nHost: x\r\nAuthorization: Bearer " + token + b"\r\nAccept: " + VALUES + b"\r\nConnection: close\r\n\r\n"
    )
    return b"GET /v2" + loket.employer.encode() + b"/employees?pageSize=2 HTTP/1.1" + fields


def test_a_method_that_a_known_address_lacks_is_not_allowed(loket: Loket) -> None:
    assert loket.call("DELETE", f"{loket.employer}/employees").status_code == 405
    assert loket.call("DELETE", f"{loket.employer}/nobody").status_code == 404


def test_a_mistake_in_the_simulator_is_answered_and_logged(
    simulator: Simulator, loket: Loket, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{loket.employer}/employees"
    loket.get(path, version=PERSON_VERSION)
    monkeypatch.setattr(employees, "employer", lambda _call: 1 / 0)
    answer = loket.call("GET", path, version=PERSON_VERSION)

    assert (answer.status_code, list(answer.json())) == (500, ["message"])
    last: dict[str, Any] = simulator.log.all()[-1]
    assert (last["path"], last["status"]) == (f"/v2{path}", 500)
    assert simulator.traffic.shown()["in_flight"] == 0


def test_every_call_is_counted_by_its_rule(simulator: Simulator, loket: Loket) -> None:
    one = f"/providers/employers/employees/{loket.employee(1001)['id']}"
    simulator.traffic.reset()
    for path in (one, one.replace("employees/", "employee%73/")):
        loket.call("GET", path, version=PERSON_VERSION)
    loket.call("HEAD", one, version=PERSON_VERSION)

    rule = "/v2/providers/employers/employees/<employee_id>"
    assert simulator.traffic.shown()["calls"] == {f"GET {rule}": 2, f"HEAD {rule}": 1}


def test_the_employments_of_a_changed_employee_get_numbers_of_their_own(simulator: Simulator, loket: Loket) -> None:
    person, owner = loket.employee(1001), loket.employer.rsplit("/", 1)[-1]
    [first] = simulator.world.all("employment", owner, person["id"])
    simulator.world.add("employment", owner, first.body, mark=person["id"])
    person["address"]["city"] = "Elders"
    assert loket.put_employee(person).status_code == 200
    versions = [record.version for record in simulator.world.all("employment", owner, person["id"])]
    newest = json.loads(simulator.world.fact("version") or "0")

    assert versions == [newest - 1, newest]


def test_a_change_that_is_undone_uses_no_number_up(simulator: Simulator) -> None:
    before = simulator.world.fact("version")
    with contextlib.suppress(ZeroDivisionError), simulator.world.transaction():
        simulator.world.touch("employment", "nobody", "nobody")
        simulator.world.add("concept", "nobody", {})
        raise ZeroDivisionError

    assert simulator.world.fact("version") == before
    simulator.world.touch("employment", "nobody", "nobody")
    assert simulator.world.fact("version") == before


def test_half_a_request_is_acted_on_by_nobody(simulator: Simulator, head: bytes) -> None:
    """Its client was killed while it was sending: no server would take the half for the whole."""
    host, port = simulator.url.removeprefix("http://").split(":")
    before = len(simulator.log.entries)
    half = head.replace(b"GET", b"PUT").replace(b"Host: x", b"Host: x\r\nContent-Length: 100") + b'{"half":'
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(half)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536) == b""
    assert len(simulator.log.entries) == before
