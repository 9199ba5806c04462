"""What the simulator counts: how many calls were under way at once, of whom, and how often each was made."""

from __future__ import annotations

import threading

import pytest
import requests

from loket_portal.simulator import Simulator
from tests.simulator.conftest import Start
from tests.simulator.loket import Loket, signed_in

USER = "integratie@tulphoreca.example"


def test_calls_are_counted_by_route_and_forgotten_on_request(loket: Loket) -> None:
    loket.control("DELETE", "/traffic")
    loket.get("/user")
    loket.get(f"{loket.employer}/functions")
    loket.get(f"{loket.employer}/functions")
    shown = loket.control("GET", "/traffic")
    assert shown["calls"] == {
        "GET /v2/user": 1,
        "GET /v2/providers/employers": shown["calls"]["GET /v2/providers/employers"],
        "GET /v2/providers/employers/<employer_id>/functions": 2,
    }
    assert (shown["in_flight"], shown["max_inflight"], shown["max_inflight_per_user"]) == (0, 1, {USER: 1})
    loket.control("DELETE", "/traffic")
    assert loket.control("GET", "/traffic")["total"] == 0


def test_what_waits_for_its_answer_is_under_way_and_no_more_after_it(simulator: Simulator, loket: Loket) -> None:
    simulator.traffic.reset()
    simulator.faults.plan(action="hold_before", path="/user", times=3)
    users = [signed_in(simulator) for _ in range(3)]
    threads = [threading.Thread(target=one.get, args=("/user",)) for one in users]
    for thread in threads:
        thread.start()
    assert simulator.faults.wait_held(3)
    assert loket.control("GET", "/traffic")["in_flight"] == 3
    simulator.faults.release()
    for thread in threads:
        thread.join()
    shown = loket.control("GET", "/traffic")
    assert (shown["in_flight"], shown["max_inflight_per_user"][USER]) == (0, 3)


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "status"])
def test_a_call_that_goes_wrong_is_no_longer_under_way(simulator: Simulator, loket: Loket, action: str) -> None:
    simulator.faults.plan(action=action, path="/user")
    if action == "status":
        assert loket.call("GET", "/user").status_code == 500
    else:
        with pytest.raises(requests.ConnectionError):
            loket.call("GET", "/user")
    assert loket.control("GET", "/traffic")["in_flight"] == 0


def test_rates_can_spare_what_reads(start: Start) -> None:
    loket = signed_in(start(error_rate=1, only_writes=True))
    johanna = loket.employee(1001)
    assert loket.put_employee(johanna).status_code == 500
    loket.tell(error_rate=0, drop_after=1)
    assert loket.employee(1001) == johanna
    with pytest.raises(requests.ConnectionError):
        loket.put_employee(johanna)
