"""Every answer becomes the error that says who does what next (rules 19, 50 to 52)."""

import socket

import pytest
import requests
import responses

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import (
    ConfigProblem,
    Conflict,
    Forbidden,
    RecordRejected,
    Retryable,
    SignInNeeded,
    SyncError,
    WriteUnsure,
)
from tests.contract.plugin import Traffic

API = "https://api.loket.example/v2"
ID = "904d6856-6034-4624-bcbc-886188c115c5"
EMPLOYEE, CONCEPT = f"{API}/providers/employers/employees/{ID}", f"{API}/providers/employers/conceptemployees/{ID}"
LIST = f"{API}/providers/employers/{ID}/employees"
BROKEN = {"code": 12, "id": None, "type": "BrokenBusinessRule", "description": "Ongeldig", "properties": ["lastName"]}
WARNING = BROKEN | {"type": "Warning", "description": "Let op"}


class Tokens:
    """Access tokens that count how often a new one was wanted."""

    def __init__(self) -> None:
        self.stale: list[str] = []

    def access_token(self) -> str:
        return "first"

    def after_401(self, stale: str) -> str:
        self.stale.append(stale)
        return "second"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def client_here(tokens: Tokens) -> LoketClient:
    return LoketClient(API, tokens, sleep=lambda seconds: None)


def get(client: LoketClient) -> object:
    return client.get_bsn(ID)


def put(client: LoketClient) -> object:
    return client.put_bsn(ID, "999901333")


BSN = f"{EMPLOYEE}/citizenservicenumber"


def refusal(call, client: LoketClient) -> SyncError:
    with pytest.raises(SyncError) as caught:
        call(client)
    error = caught.value
    assert error.message
    assert error.hint, "somebody must know what to do"
    assert "999901333" not in f"{error.message} {error.hint} {error.detail}"
    return error


# 401 and 403


@responses.activate
def test_401_gets_one_new_token_and_one_repeat(client_here: LoketClient, tokens: Tokens) -> None:
    responses.get(BSN, status=401)
    responses.get(BSN, json={"content": {"citizenServiceNumber": "999901333"}})
    assert client_here.get_bsn(ID) == "999901333"
    assert tokens.stale == ["first"]
    assert [call.request.headers["Authorization"] for call in responses.calls] == ["Bearer first", "Bearer second"]


@responses.activate
def test_a_write_is_repeated_after_401_too_for_it_was_not_done(client_here: LoketClient) -> None:
    responses.put(BSN, status=401)
    responses.put(BSN, json={"content": {}})
    put(client_here)
    assert len(responses.calls) == 2


@responses.activate
@pytest.mark.parametrize("call", [get, put])
def test_a_second_401_never_loops(client_here: LoketClient, call) -> None:
    responses.get(BSN, status=401)
    responses.put(BSN, status=401)
    assert type(refusal(call, client_here)) is SignInNeeded
    assert len(responses.calls) == 2


@responses.activate
@pytest.mark.parametrize("call", [get, put])
def test_403_names_the_activity_and_is_not_repeated(client_here: LoketClient, call) -> None:
    for method in ("GET", "PUT"):
        responses.add(method, BSN, status=403, json={"message": "No right for 999901333"})
    error = refusal(call, client_here)
    assert type(error) is Forbidden
    assert "Beheren en raadplegen BSN" in error.message
    assert "CitizenServiceNumberByEmployeeId" in error.hint
    assert "accountant" in error.hint
    assert "No right" in error.detail
    assert len(responses.calls) == 1


# What is sent


@responses.activate
def test_a_body_names_its_version_as_the_document_does(client_here: LoketClient) -> None:
    responses.put(BSN, json={"content": {}})
    responses.get(BSN, json={"content": {}})
    put(client_here)
    get(client_here)
    wrote, read = (call.request.headers for call in responses.calls)
    assert wrote["Content-Type"] == wrote["Accept"] == "application/json;version=2018-01-01"
    assert "Content-Type" not in read


# Refusals of one record


@responses.activate
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"json": {"messages": [BROKEN, WARNING]}}, ["Ongeldig", "Let op"]),
        ({"body": "Ongeldig verzoek", "content_type": "text/plain"}, ["Ongeldig verzoek"]),
        ({"json": {"message": "Ongeldig"}}, ["Ongeldig"]),
        ({"json": "Ongeldig"}, ["Ongeldig"]),
        ({"body": ""}, []),
        ({"body": "<html><h1>Bad Request</h1></html>", "content_type": "text/html"}, []),
    ],
)
def test_400_rejects_the_record_with_what_loket_says(client_here: LoketClient, body, said) -> None:
    responses.put(BSN, status=400, **body)
    error = refusal(put, client_here)
    assert isinstance(error, RecordRejected)
    assert [message.description for message in error.messages] == said
    assert error.status == 400


@responses.activate
def test_a_message_keeps_its_field_and_code(client_here: LoketClient) -> None:
    responses.put(BSN, status=400, json={"messages": [BROKEN]})
    error = refusal(put, client_here)
    assert isinstance(error, RecordRejected)
    message = error.messages[0]
    assert (message.code, message.type, message.properties) == (12, "BrokenBusinessRule", ("lastName",))


@responses.activate
@pytest.mark.parametrize("kind", ["BrokenBusinessRule", "Exception", "NotFound"])
def test_200_with_a_refusal_in_its_messages_is_no_success(client_here: LoketClient, kind: str) -> None:
    responses.put(BSN, json={"messages": [WARNING, BROKEN | {"type": kind}], "content": {}})
    error = refusal(put, client_here)
    assert isinstance(error, RecordRejected)
    assert error.status == 200
    assert [message.type for message in error.messages] == ["Warning", kind]


@responses.activate
def test_200_with_a_warning_is_a_success_with_a_warning(client_here: LoketClient) -> None:
    responses.put(BSN, json={"messages": [WARNING], "content": {"citizenServiceNumber": "999901333"}})
    put(client_here)
    assert [message.description for message in client_here.take_warnings()] == ["Let op"]
    assert client_here.take_warnings() == ()


@responses.activate
def test_404_of_a_record_rejects_the_person(client_here: LoketClient) -> None:
    responses.get(BSN, status=404)
    error = refusal(get, client_here)
    assert isinstance(error, RecordRejected)
    assert error.status == 404


ODD = [405, 406, 410, 413, 415, 418, 422]


@responses.activate
@pytest.mark.parametrize("call", [get, put])
@pytest.mark.parametrize("status", ODD)
def test_any_other_refusal_of_a_record_stops_only_the_person(client_here: LoketClient, call, status: int) -> None:
    for method in ("GET", "PUT"):
        responses.add(method, BSN, status=status, json={"message": "Dat kan niet"})
    error = refusal(call, client_here)
    assert isinstance(error, RecordRejected)
    assert (error.status, [message.description for message in error.messages]) == (status, ["Dat kan niet"])


@responses.activate
def test_a_refusal_without_words_says_its_status(client_here: LoketClient) -> None:
    responses.put(BSN, status=415, body="<html>Unsupported</html>")
    error = refusal(put, client_here)
    assert isinstance(error, RecordRejected)
    assert [message.description for message in error.messages] == ["HTTP 415"]


@responses.activate
@pytest.mark.parametrize("status", [400, 404, *ODD])
def test_the_same_of_a_list_stops_the_connection(client_here: LoketClient, status: int) -> None:
    responses.get(LIST, status=status)
    assert type(refusal(lambda client: list(client.iter_employees(ID)), client_here)) is ConfigProblem


@responses.activate
@pytest.mark.parametrize("status", [409, 412])
def test_a_lost_update_is_a_conflict_and_was_not_written(client_here: LoketClient, status: int) -> None:
    responses.put(BSN, status=status, json={"messages": []})
    error = refusal(put, client_here)
    assert isinstance(error, Conflict)
    assert not isinstance(error, WriteUnsure)


# Later


@responses.activate
@pytest.mark.parametrize("call", [get, put])
@pytest.mark.parametrize("status", [429, 503])
def test_a_polite_refusal_says_when_to_come_back(client_here: LoketClient, call, status: int) -> None:
    for method in ("GET", "PUT"):
        responses.add(method, BSN, status=status, headers={"Retry-After": "120"})
    error = refusal(call, client_here)
    assert isinstance(error, Retryable)
    assert not isinstance(error, WriteUnsure)
    assert error.retry_after == 120
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_5xx_leaves_a_write_unsure_and_only_a_write(client_here: LoketClient, status: int) -> None:
    responses.put(BSN, status=status)
    responses.get(BSN, status=status)
    assert isinstance(refusal(put, client_here), WriteUnsure)
    assert len(responses.calls) == 1
    assert type(refusal(get, client_here)) is Retryable


@responses.activate
def test_a_lost_answer_leaves_a_write_unsure_and_only_a_write(client_here: LoketClient) -> None:
    responses.put(BSN, body=requests.ReadTimeout())
    responses.get(BSN, body=requests.ReadTimeout())
    assert isinstance(refusal(put, client_here), WriteUnsure)
    assert type(refusal(get, client_here)) is Retryable


def test_a_write_that_never_left_is_not_unsure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # nobody listens there any more
    nobody = LoketClient(f"http://127.0.0.1:{port}/v2", lambda: "t", sleep=lambda seconds: None)
    assert type(refusal(put, nobody)) is Retryable


# Not what the document says


@responses.activate
@pytest.mark.parametrize("text", ["<html>Sign in to the hotel's network</html>", "[" * 100_000])
def test_what_cannot_be_read_stops_one_person_and_leaves_a_write_unsure(client_here: LoketClient, text: str) -> None:
    for method, url in (("GET", BSN), ("PUT", BSN), ("GET", LIST)):
        responses.add(method, url, body=text, content_type="text/html")
    read = refusal(get, client_here)
    assert isinstance(read, RecordRejected)
    assert "not what Loket documents" in read.message
    assert read.status == 200
    assert isinstance(refusal(put, client_here), WriteUnsure), "it may have been stored: read it back"
    assert type(refusal(lambda client: list(client.iter_employees(ID)), client_here)) is ConfigProblem


@responses.activate
@pytest.mark.parametrize("body", [{"body": ""}, {"json": []}, {"json": {}}, {"json": {"content": []}}, {"body": "3"}])
def test_an_answer_without_content_is_no_answer(client_here: LoketClient, body, loket_traffic: Traffic) -> None:
    responses.get(EMPLOYEE, **body)
    responses.put(EMPLOYEE, **body)
    assert isinstance(refusal(lambda client: client.get_employee(ID), client_here), RecordRejected)
    assert isinstance(refusal(lambda client: client.put_employee(ID, {}), client_here), WriteUnsure)
    loket_traffic.exchanges.clear()  # the body is made up


@responses.activate
def test_an_answer_that_is_too_long_is_like_one_that_cannot_be_read(client_here: LoketClient, monkeypatch) -> None:
    monkeypatch.setattr("loket_portal.lib.deadline.MAX_BODY", 10)
    for method, url in (("GET", BSN), ("PUT", BSN), ("GET", LIST)):
        responses.add(method, url, json={"content": "x" * 10})
    assert isinstance(refusal(get, client_here), RecordRejected)
    assert isinstance(refusal(put, client_here), WriteUnsure)
    assert type(refusal(lambda client: list(client.iter_employees(ID)), client_here)) is ConfigProblem
    assert len(responses.calls) == 3, "asking again would be as long"


@responses.activate
@pytest.mark.parametrize(
    "more",
    [{"version": {"obsoleteDate": "soon"}}, {"messages": 3}, {"messages": [{"type": "Warning", "properties": 7}]}],
)
def test_an_oddity_beside_the_content_does_not_spoil_a_write_that_succeeded(client_here: LoketClient, more) -> None:
    responses.put(BSN, json={"content": {"citizenServiceNumber": "999901333"}, **more})
    put(client_here)


@responses.activate
@pytest.mark.parametrize("body", [{"body": ""}, {"json": {}}, {"json": {"_embedded": {}}}])
def test_a_list_without_rows_is_no_list(client_here: LoketClient, body) -> None:
    responses.get(LIST, **body)
    assert type(refusal(lambda client: list(client.iter_employees(ID)), client_here)) is ConfigProblem


@responses.activate
def test_a_redirect_stops_the_connection(client_here: LoketClient) -> None:
    responses.get(BSN, status=302, headers={"Location": "https://evil.example"})
    assert type(refusal(get, client_here)) is ConfigProblem
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("wrong_id", ["..", "a/b", "../../x", "", "a?b=c", "%2e%2e"])
def test_an_id_cannot_lead_elsewhere(client_here: LoketClient, wrong_id: str) -> None:
    assert isinstance(refusal(lambda client: client.get_employee(wrong_id), client_here), ConfigProblem)
    assert len(responses.calls) == 0


# Validation and conversion


@responses.activate
@pytest.mark.parametrize("status", [200, 400])
def test_a_validation_gives_loket_s_verdict_as_messages(client_here: LoketClient, status: int) -> None:
    responses.patch(f"{CONCEPT}/convertToEmployee", status=status, json={"messages": [BROKEN]})
    assert [message.description for message in client_here.validate_concept(ID)] == ["Ongeldig"]
    assert responses.calls[0].request.headers["X-ValidateOnly"] == "true"


@responses.activate
def test_a_refused_validation_without_words_is_still_no_success(client_here: LoketClient) -> None:
    responses.patch(f"{CONCEPT}/convertToEmployee", status=400)
    assert [message.is_warning for message in client_here.validate_concept(ID)] == [False]


@responses.activate
def test_a_validation_of_nobody_is_rejected(client_here: LoketClient) -> None:
    responses.patch(f"{CONCEPT}/convertToEmployee", status=404)
    assert isinstance(refusal(lambda client: client.validate_concept(ID), client_here), RecordRejected)


@responses.activate
def test_a_conversion_validates_nothing_and_may_answer_nothing(client_here: LoketClient) -> None:
    responses.patch(f"{CONCEPT}/convertToEmployee", status=200)
    assert client_here.convert_concept(ID) == ()
    assert "X-ValidateOnly" not in responses.calls[0].request.headers


@responses.activate
def test_a_refused_conversion_raises(client_here: LoketClient) -> None:
    responses.patch(f"{CONCEPT}/convertToEmployee", json={"messages": [BROKEN]})
    assert isinstance(refusal(lambda client: client.convert_concept(ID), client_here), RecordRejected)


# Words


def test_the_words_can_be_translated() -> None:
    error = ConfigProblem("No right for %(activity)s", "Ask %(activity)s", params={"activity": "GetUserByToken"})
    assert error.message == "No right for GetUserByToken"
    assert error.message_id % error.params == error.message
    assert error.hint == "Ask GetUserByToken"
    assert SyncError("100 % certain").message == "100 % certain"
