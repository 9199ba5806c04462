"""The calls about one employment: what is sent, what comes back, and what each error means (rules 45, 50, 53 and 54)."""

import json
from collections.abc import Callable

import pytest
import responses

from loket_portal.loket.calls import ALL_CALLS, DELETE_CONCEPT
from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import ConfigProblem, Conflict, Forbidden, RecordRejected, WriteUnsure
from loket_portal.loket.payloads import Raw
from loket_portal.simulator import Simulator
from tests.contract.plugin import Traffic
from tests.loket.helpers import sign_in
from tests.loket.surface import termination

API = "https://api.loket.example/v2"
ID = "904d6856-6034-4624-bcbc-886188c115c5"
EMPLOYMENTS = f"{API}/providers/employers/employees/employments"
VERSIONS = f"{API}/providers/employers/{ID}/employees/employments/lastmodifiedversionnumbers"
FUTURE = "2027-03-01"
Calls = Callable[[LoketClient, Raw], object]


@pytest.fixture
def client() -> LoketClient:
    return LoketClient(API, lambda: "t", sleep=lambda seconds: None)


@pytest.fixture
def employer(client_here: LoketClient) -> str:
    return client_here.list_employers()[0].id


@pytest.fixture
def row(client_here: LoketClient, employer: str) -> Raw:
    """Somebody's employment, as the comprehensive list has it."""
    return next(client_here.iter_employments(employer))


def now(client: LoketClient, employer: str, row: Raw) -> Raw:
    """The same employment, as the list has it now."""
    return next(item for item in client.iter_employments(employer) if item["id"] == row["id"])


def test_the_product_deletes_nothing_but_a_concept_of_its_own() -> None:
    assert [call for call in ALL_CALLS if call.method == "DELETE"] == [DELETE_CONCEPT]


# What is written shows in the list


def test_a_changed_record_shows_in_the_list_of_employments(client_here, employer, row) -> None:
    client_here.put_working_hours(row["workinghours"]["id"], row["workinghours"] | {"deviatingHoursPerWeek": 12.5})
    place = row["organizationalEntity"] | {"placeOfEmployment": "Soest"}
    client_here.put_organizational_entity(place["id"], place)
    found = now(client_here, employer, row)
    assert (found["workinghours"]["deviatingHoursPerWeek"], found["organizationalEntity"]) == (12.5, place)


def test_the_parts_of_a_row_of_the_list_go_back_as_they_came(client_here, employer, row) -> None:
    """So the sync needs no call of its own to read them."""
    for part, put in (
        (row["workinghours"], client_here.put_working_hours),
        (row["organizationalEntity"], client_here.put_organizational_entity),
    ):
        assert put(part["id"], part) == part
    own = {name: value for name, value in row.items() if name not in ("workinghours", "organizationalEntity", "wage")}
    short = client_here.get_employment(row["id"])["employee"]
    assert client_here.put_employment(row["id"], own | {"employee": short}) == own | {"employee": short}
    assert now(client_here, employer, row) == row


def test_a_new_record_ends_the_one_before_it(client_here, row) -> None:
    made = client_here.create_working_hours(row["id"], row["workinghours"] | {"startDate": FUTURE})
    first, second = client_here.list_working_hours(row["id"])
    assert (first["endDate"], second["startDate"], second["endDate"]) == ("2027-02-28", FUTURE, None)
    assert second == made


def test_an_employment_is_ended_and_taken_up_again(client_here, employer, row) -> None:
    lists = client_here.employment_metadata(row["id"])
    assert client_here.terminate(row["id"], termination(lists, FUTURE)) == ()
    assert now(client_here, employer, row)["endDate"] == FUTURE
    assert client_here.reinstate(row["id"]) == ()
    assert now(client_here, employer, row) == row


def test_a_start_date_is_corrected(client_here, employer, row) -> None:
    assert client_here.correct_start_date(row["id"], {"startDate": "2001-02-03"}) == ()
    assert now(client_here, employer, row)["startDate"] == "2001-02-03"


def test_a_bank_account_is_replaced(client_here, row) -> None:
    (account,) = client_here.list_payment_information(row["id"])
    stored = client_here.put_payment_information(account["id"], account | {"iban": "NL91ABNA0417164300"})
    assert client_here.list_payment_information(row["id"]) == [stored]
    assert stored == account | {"iban": "NL91ABNA0417164300"}


# Version numbers


def test_a_termination_asks_for_the_version_with_the_reason_of_the_tax_authorities(client: LoketClient) -> None:
    with responses.RequestsMock() as loket:
        loket.patch(f"{EMPLOYMENTS}/{ID}/terminate", json={"content": {}})
        client.terminate(ID, {"endDate": FUTURE})
        sent = loket.calls[0].request
    assert sent.headers["Accept"] == sent.headers["Content-Type"] == "application/json;version=2019-12-16"


def test_every_kind_of_write_moves_the_version_number_of_that_employment_only(client_here, employer, row) -> None:
    employee, own = row["employee"], client_here.get_employment(row["id"])
    lists, (account,) = client_here.employment_metadata(row["id"]), client_here.list_payment_information(row["id"])
    writes: list[Callable[[], object]] = [
        lambda: client_here.put_employee(employee["id"], employee),
        lambda: client_here.put_bsn(employee["id"], "111222333"),
        lambda: client_here.put_employment(row["id"], own),
        lambda: client_here.put_working_hours(row["workinghours"]["id"], row["workinghours"]),
        lambda: client_here.create_organizational_entity(
            row["id"], row["organizationalEntity"] | {"startDate": "2027-01-01"}
        ),
        lambda: client_here.put_payment_information(account["id"], account),
        lambda: client_here.terminate(row["id"], termination(lists, FUTURE)),
        lambda: client_here.reinstate(row["id"]),
        lambda: client_here.correct_start_date(row["id"], {"startDate": "2001-02-03"}),
    ]
    for write in writes:
        before = client_here.list_employer_versions()[employer]
        write()
        ((moved, number),) = client_here.iter_employment_versions(employer, before)
        assert moved == row["id"]
        assert client_here.list_employer_versions()[employer] == number > before


@responses.activate
def test_versions_are_asked_for_from_a_number_on_and_the_answer_is_not_trusted(client: LoketClient) -> None:
    rows = [{"id": ID, "lastModifiedVersionNumber": number} for number in (70, 71)]
    responses.get(VERSIONS, json={"totalPages": 1, "totalSize": 2, "_embedded": rows})
    assert list(client.iter_employment_versions(ID, 70)) == [(ID, 71)]
    assert responses.calls[0].request.params["filter"] == "lastModifiedVersionNumber gt 70"
    assert len(list(client.iter_employment_versions(ID))) == 2


@responses.activate
@pytest.mark.parametrize("row", [{}, {"id": 5, "lastModifiedVersionNumber": 1}, {"id": ID}])
def test_a_version_that_is_none_is_no_answer_of_loket(client: LoketClient, row: Raw) -> None:
    responses.get(VERSIONS, json={"totalPages": 1, "totalSize": 1, "_embedded": [row]})
    with pytest.raises(ConfigProblem):
        list(client.iter_employment_versions(ID))


# Errors

WRITES: dict[str, Calls] = {
    "employment": lambda client, row: client.put_employment(row["id"], client.get_employment(row["id"])),
    "hours": lambda client, row: client.put_working_hours(row["workinghours"]["id"], row["workinghours"]),
    "new hours": lambda client, row: client.create_working_hours(
        row["id"], row["workinghours"] | {"startDate": FUTURE}
    ),
    "organization": lambda client, row: client.put_organizational_entity(
        row["organizationalEntity"]["id"], row["organizationalEntity"]
    ),
    "termination": lambda client, row: client.terminate(row["id"], {}),
    "reinstatement": lambda client, row: client.reinstate(row["id"]),
    "start": lambda client, row: client.correct_start_date(row["id"], {"startDate": "2001-02-03"}),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_without_the_right_names_the_right(client_here, simulator: Simulator, row: Raw, name: str) -> None:
    simulator.options.change({"missing_rights": ["Beheer dienstverbanden"]})
    with pytest.raises(Forbidden) as caught:
        WRITES[name](client_here, row)
    assert caught.value.params["right"] == "Beheer dienstverbanden"


def test_a_bank_account_without_the_right_names_the_right(client_here, simulator: Simulator, row: Raw) -> None:
    simulator.options.change({"missing_rights": ["Beheer diverse vaste gegevens salarisverw"]})
    (account,) = client_here.list_payment_information(row["id"])
    with pytest.raises(Forbidden, match="salarisverw"):
        client_here.put_payment_information(account["id"], account)


def test_loket_s_reasons_name_the_field(client_here, row) -> None:
    (account,) = client_here.list_payment_information(row["id"])
    with pytest.raises(RecordRejected) as caught:
        client_here.put_payment_information(account["id"], account | {"iban": "NL00ABNA0417164300"})
    assert [message.properties for message in caught.value.messages] == [("iban",)]


@pytest.mark.parametrize("part", ["employment", "working_hours", "organizational_entity", "payment_information"])
def test_an_edit_between_our_read_and_our_put_is_a_conflict(client_here, simulator: Simulator, row, part: str) -> None:
    tokens = sign_in(simulator.url)
    colleague = LoketClient(f"{simulator.url}/v2", lambda: tokens.access_token)
    own_id, field, value = {
        "employment": (row["id"], "namePayslip", "Iemand"),
        "working_hours": (row["workinghours"]["id"], "averageHoursPerWeek", 3),
        "organizational_entity": (row["organizationalEntity"]["id"], "placeOfEmployment", "Soest"),
        "payment_information": (client_here.list_payment_information(row["id"])[0]["id"], "description1", "Loon"),
    }[part]
    get, put = (getattr(client_here, f"{name}_{part}") for name in ("get", "put"))
    ours = get(own_id)
    getattr(colleague, f"put_{part}")(own_id, ours | {field: value})
    with pytest.raises(Conflict):
        put(own_id, ours)
    assert get(own_id)[field] == value


def test_our_own_termination_is_no_conflict_for_our_own_put(client_here, employer, row) -> None:
    own = client_here.get_employment(row["id"])
    client_here.terminate(row["id"], termination(client_here.employment_metadata(row["id"]), FUTURE))
    client_here.put_employment(row["id"], own | {"namePayslip": "J. Berg"})
    found = now(client_here, employer, row)
    assert (found["namePayslip"], found["endDate"]) == ("J. Berg", FUTURE)


@responses.activate
@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_end_without_a_clear_answer_is_not_repeated(
    client: LoketClient, status: int, loket_traffic: Traffic
) -> None:
    responses.patch(f"{EMPLOYMENTS}/{ID}/reinstate", status=status)
    with pytest.raises(WriteUnsure):
        client.reinstate(ID)
    assert len(responses.calls) == 1
    assert json.loads(responses.calls[0].request.body or "") == {}


@responses.activate
def test_the_warnings_of_an_end_go_to_who_asked_for_it(client: LoketClient) -> None:
    said = {"code": 1, "id": None, "type": "Warning", "description": "Ziek gemeld", "properties": []}
    responses.patch(f"{EMPLOYMENTS}/{ID}/reinstate", json={"messages": [said], "content": {}})
    assert [message.description for message in client.reinstate(ID)] == ["Ziek gemeld"]
    assert client.take_warnings() == ()
