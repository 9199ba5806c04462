"""One client for many threads at once: each has its own remarks, connections are used again, nothing is mixed up."""

import json
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import responses

from loket_portal.loket.client import LoketClient
from loket_portal.loket.payloads import Raw
from loket_portal.simulator import Simulator
from tests.contract.plugin import Traffic
from tests.loket.test_answers import API, BSN, EMPLOYEE, ID

OTHER = "11111111-6034-4624-bcbc-886188c115c5"
THREADS = 16
NUMBERS = range(1001, 1017)


@pytest.fixture
def client() -> LoketClient:
    return LoketClient(API, lambda: "t", sleep=lambda seconds: None)


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Does all of it at once, each in a thread of its own."""
    start = threading.Barrier(len(works))
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(lambda work: (start.wait(10), work())[1], works))


@responses.activate
def test_a_thread_gets_the_remarks_on_its_own_writes_only(client: LoketClient) -> None:
    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        number = json.loads(request.body or "")["citizenServiceNumber"]
        said = {"code": 1, "id": None, "type": "Warning", "description": number, "properties": []}
        return 200, {}, json.dumps({"messages": [said], "content": {"citizenServiceNumber": number}})

    responses.add_callback("PUT", BSN, callback=answer)
    both = threading.Barrier(8)

    def write(number: str) -> list[str]:
        client.put_bsn(ID, number)
        both.wait(10)  # every remark is there before anybody takes one
        return [message.description for message in client.take_warnings()]

    own = [f"99990133{digit}" for digit in range(8)]
    assert at_once([lambda number=number: write(number) for number in own]) == [[number] for number in own]
    assert client.take_warnings() == ()


@responses.activate
def test_the_end_of_a_version_is_logged_once_by_all_threads_together(
    client: LoketClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "loket.versions")
    version = {"obsoleteDate": "2027-06-30", "resourceVersion": "2018-01-01"}
    responses.get(f"{API}/user", json={"content": {}, "version": version})
    at_once([client.get_user] * THREADS)
    assert len([record for record in caplog.records if record.name == "loket.versions"]) == 1


@responses.activate
def test_what_another_thread_read_is_no_condition_of_the_put_of_somebody_else(
    client: LoketClient, loket_traffic: Traffic
) -> None:
    other = f"{API}/providers/employers/employees/{OTHER}"
    responses.get(EMPLOYEE, json={"content": {}}, headers={"ETag": '"seven"'})
    responses.put(EMPLOYEE, json={"content": {}})
    responses.put(other, json={"content": {}})
    at_once([lambda: client.get_employee(ID)])
    at_once([lambda: client.put_employee(OTHER, {}), lambda: client.put_employee(ID, {})])
    sent = {call.request.url: call.request.headers.get("If-Match") for call in responses.calls}
    assert (sent[other], sent[EMPLOYEE]) == (None, '"seven"')
    loket_traffic.exchanges.clear()  # the bodies are made up


def test_threads_write_at_once_and_each_gets_its_own_answer(client_here: LoketClient, simulator: Simulator) -> None:
    employer = client_here.list_employers()[0].id
    rows = {row["employeeNumber"]: row for row in client_here.iter_employees(employer)}

    def write(number: int) -> Raw:
        row = rows[number]
        row["personalDetails"]["placeOfBirth"] = f"Dorp {number}"
        return client_here.put_employee(row["id"], row)

    stored = at_once([lambda number=number: write(number) for number in NUMBERS])
    assert [(item["employeeNumber"], item["personalDetails"]["placeOfBirth"]) for item in stored] == [
        (number, f"Dorp {number}") for number in NUMBERS
    ]


def test_as_many_connections_as_threads_are_kept_and_used_again(client_here: LoketClient, simulator: Simulator) -> None:
    for _ in range(5):
        at_once([client_here.get_user] * THREADS)
    session = client_here._calls._session._session
    pools = session.get_adapter(simulator.url).poolmanager.pools  # type: ignore[attr-defined]
    (pool,) = (pools[key] for key in pools.keys())  # noqa: SIM118  it is no dict
    assert pool.num_requests == 5 * THREADS
    assert pool.num_connections <= THREADS
    assert pool.pool.maxsize >= THREADS
