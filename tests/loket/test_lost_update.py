"""A PUT never undoes what somebody else did in Loket since we read it: ETag and If-Match, inside the client."""

import threading
from copy import deepcopy

import pytest
import responses

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import Conflict, SyncError
from loket_portal.simulator import Simulator
from tests.contract.plugin import Traffic
from tests.loket.helpers import sign_in
from tests.loket.test_answers import API, BSN, CONCEPT, EMPLOYEE, ID, Tokens

OTHER = "11111111-6034-4624-bcbc-886188c115c5"


@pytest.fixture
def colleague(simulator: Simulator) -> LoketClient:
    """Somebody else who works in Loket."""
    tokens = sign_in(simulator.url)
    return LoketClient(f"{simulator.url}/v2", lambda: tokens.access_token)


@pytest.fixture
def employee_id(client_here: LoketClient) -> str:
    return str(next(client_here.iter_employees(client_here.list_employers()[0].id))["id"])


def test_an_edit_between_our_read_and_our_put_survives(
    client_here: LoketClient, colleague: LoketClient, employee_id: str
) -> None:
    ours, theirs = client_here.get_employee(employee_id), colleague.get_employee(employee_id)
    theirs["address"]["street"] = "Nieuwstraat"
    colleague.put_employee(employee_id, theirs)
    ours["personalDetails"]["firstName"] = "Jo"
    with pytest.raises(Conflict):
        client_here.put_employee(employee_id, ours)
    fresh = client_here.get_employee(employee_id)
    assert fresh["address"]["street"] == "Nieuwstraat"
    fresh["personalDetails"]["firstName"] = "Jo"
    stored = client_here.put_employee(employee_id, fresh)
    assert (stored["personalDetails"]["firstName"], stored["address"]["street"]) == ("Jo", "Nieuwstraat")


def test_the_bsn_has_a_tag_of_its_own(client_here: LoketClient, colleague: LoketClient, employee_id: str) -> None:
    assert client_here.get_bsn(employee_id) != "111222333"
    client_here.get_employee(employee_id)
    colleague.put_bsn(employee_id, "111222333")
    with pytest.raises(Conflict):
        client_here.put_bsn(employee_id, "999901333")
    assert colleague.get_bsn(employee_id) == "111222333"


def test_two_puts_after_one_read_are_no_conflict_with_ourselves(client_here: LoketClient, employee_id: str) -> None:
    employee = client_here.get_employee(employee_id)
    for name in ("Jo", "Jans"):
        changed = deepcopy(employee)
        changed["personalDetails"]["firstName"] = name
        assert client_here.put_employee(employee_id, changed)["personalDetails"]["firstName"] == name


# What is sent


@pytest.fixture
def client() -> LoketClient:
    return LoketClient(API, Tokens(), sleep=lambda seconds: None)


def sent() -> list[str | None]:
    """If-Match of every PUT."""
    return [call.request.headers.get("If-Match") for call in responses.calls if call.request.method == "PUT"]


@responses.activate
def test_the_tag_goes_along_once_and_with_its_own_object_only(client: LoketClient, loket_traffic: Traffic) -> None:
    other = f"{API}/providers/employers/employees/{OTHER}"
    responses.get(EMPLOYEE, json={"content": {}}, headers={"ETag": '"seven"'})
    for url in (EMPLOYEE, other, BSN, CONCEPT):
        responses.put(url, json={"content": {}}, headers={"ETag": '"eight"'})
    client.get_employee(ID)
    client.put_employee(OTHER, {})
    client.put_bsn(ID, "999901333")
    client.put_concept(ID, {})
    assert sent() == [None, None, None]
    client.put_employee(ID, {})
    client.put_employee(ID, {})
    assert sent()[3:] == ['"seven"', None]
    loket_traffic.exchanges.clear()  # the bodies are made up


@responses.activate
def test_the_newest_read_counts_with_or_without_a_tag(client: LoketClient) -> None:
    for tag in ({"ETag": '"one"'}, {"ETag": '"two"'}, {"ETag": '"three"'}, {}):
        responses.get(BSN, json={"content": {}}, headers=tag)
    responses.put(BSN, json={"content": {}})
    for _ in range(2):
        client.get_bsn(ID)
        client.get_bsn(ID)
        client.put_bsn(ID, "999901333")
    assert sent() == ['"two"', None]


@responses.activate
def test_a_list_leaves_no_tag(client: LoketClient, loket_traffic: Traffic) -> None:
    url = f"{API}/providers/employers/{ID}/employees"
    responses.get(url, json={"totalPages": 1, "totalSize": 1, "_embedded": [{"id": ID}]}, headers={"ETag": '"list"'})
    responses.put(EMPLOYEE, json={"content": {}})
    client.put_employee(ID, next(client.iter_employees(ID)))
    assert sent() == [None]
    loket_traffic.exchanges.clear()  # the bodies are made up


@responses.activate
def test_the_repeat_after_a_401_is_as_careful(client: LoketClient) -> None:
    responses.get(BSN, json={"content": {}}, headers={"ETag": '"one"'})
    responses.put(BSN, status=401)
    responses.put(BSN, status=429, headers={"Retry-After": "0"})
    responses.put(BSN, json={"content": {}})
    client.get_bsn(ID)
    client.put_bsn(ID, "999901333")
    assert sent() == ['"one"'] * 3


@responses.activate
@pytest.mark.parametrize("status", [409, 412, 500])
def test_a_tag_that_was_used_is_forgotten_whatever_came_of_it(client: LoketClient, status: int) -> None:
    responses.get(BSN, json={"content": {}}, headers={"ETag": '"one"'})
    responses.put(BSN, status=status)
    responses.put(BSN, json={"content": {}})
    client.get_bsn(ID)
    with pytest.raises(SyncError):
        client.put_bsn(ID, "999901333")
    client.put_bsn(ID, "999901333")
    assert sent() == ['"one"', None]


@responses.activate
def test_of_several_threads_one_takes_the_tag(client: LoketClient) -> None:
    responses.get(BSN, json={"content": {}}, headers={"ETag": '"one"'})
    responses.put(BSN, json={"content": {}})
    client.get_bsn(ID)
    threads = [threading.Thread(target=client.put_bsn, args=(ID, "999901333")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent(), key=str) == ['"one"', *[None] * 7]
