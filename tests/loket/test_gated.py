"""Every request of the client goes through its gate, and the client counts them."""

import pytest
import responses

from loket_portal.lib.gate import Gate, GateClosed, Met, Trouble
from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import RecordRejected, Retryable
from loket_portal.loket.transport import TOTAL

API = "https://api.loket.example/v2"
ID = "904d6856-6034-4624-bcbc-886188c115c5"
PATH = f"/providers/employers/employees/{ID}/citizenservicenumber"
LIST = f"{API}/providers/employers/{ID}/employees"
ANSWER = {"content": {"citizenServiceNumber": None}}


@pytest.fixture
def met() -> list[Met]:
    return []


@pytest.fixture
def gate(met: list[Met]) -> Gate:
    return Gate(4, watch=met.append)


@pytest.fixture
def client_here(gate: Gate) -> LoketClient:
    return LoketClient(API, lambda: "token", gate=gate, sleep=lambda seconds: None)


@responses.activate
def test_calls_and_repeats_are_counted_those_after_a_401_too(client_here: LoketClient) -> None:
    responses.get(API + PATH, status=500)
    responses.get(API + PATH, status=401)
    responses.get(API + PATH, json=ANSWER)
    client_here.get_bsn(ID)
    assert (client_here.calls, client_here.repeats) == (3, 2)
    client_here.get_bsn(ID)
    assert (client_here.calls, client_here.repeats) == (4, 2)


@responses.activate
def test_a_fault_about_one_person_names_that_record_and_one_of_a_list_none(
    client_here: LoketClient, met: list[Met]
) -> None:
    responses.put(API + PATH, status=500)
    responses.get(LIST, status=500)
    with pytest.raises(Retryable):
        client_here.put_bsn(ID, "999901333")
    with pytest.raises(Retryable):
        list(client_here.iter_employees(ID))
    assert met == [Met(Trouble.FAULT, about=PATH)] + [Met(Trouble.FAULT)] * 4


@responses.activate
def test_a_refused_record_is_an_answer(client_here: LoketClient, met: list[Met]) -> None:
    responses.put(API + PATH, status=400, json={"messages": []})
    with pytest.raises(RecordRejected):
        client_here.put_bsn(ID, "999901333")
    assert met == [Met(about=PATH)]


@responses.activate
def test_what_the_gate_sends_home_was_not_written_and_may_be_tried_again(client_here: LoketClient, gate: Gate) -> None:
    gate.close(retry_after=60)
    with pytest.raises(GateClosed) as caught:
        client_here.put_bsn(ID, "999901333")
    assert isinstance(caught.value, Retryable)
    assert caught.value.retry_after == 60
    assert len(responses.calls) == 0


@responses.activate
def test_a_wait_of_a_minute_ends_the_call_at_once_and_those_after_it(client_here: LoketClient) -> None:
    responses.put(API + PATH, status=429, headers={"Retry-After": "60"})
    for _ in range(3):
        with pytest.raises(Retryable) as caught:
            client_here.put_bsn(ID, "999901333")
        assert caught.value.retry_after == 60
    assert len(responses.calls) == 1, "no other request is refused for it"


def test_an_attempt_ends_before_the_lease_of_a_run_does() -> None:
    assert TOTAL <= 40
