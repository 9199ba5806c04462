"""Lists and value lists: paging, a list that moves, and the shapes that Loket's words allow (rules 4, 30 and 55)."""

from datetime import date

import pytest
import responses

from loket_portal.loket import calls, payloads
from loket_portal.loket.calls import Call
from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import ConfigProblem, Retryable
from loket_portal.loket.payloads import Option, Raw
from tests.contract.document import document
from tests.contract.plugin import need_document

API = "https://api.loket.example/v2"
ID = "904d6856-6034-4624-bcbc-886188c115c5"
LIST = f"{API}/providers/employers/{ID}/employees"
METADATA = f"{API}/providers/employers/employees/{ID}/metadata"
GENDER = [{"field": "personalDetails.gender", "options": [{"key": 7, "value": "Man"}, {"key": 9, "value": "Vrouw"}]}]


@pytest.fixture
def client_here() -> LoketClient:
    return LoketClient(API, lambda: "t")


def page(number: int, rows: list[int], total: int = 3) -> None:
    responses.get(
        LIST,
        json={"currentPage": number, "totalPages": 2, "totalSize": total, "_embedded": [{"n": row} for row in rows]},
        match=[responses.matchers.query_param_matcher({"pageNumber": number, "pageSize": 250})],
    )


@responses.activate
def test_pages_are_asked_for_one_after_another(client_here: LoketClient) -> None:
    page(1, [1, 2])
    page(2, [3])
    assert [row["n"] for row in client_here.iter_employees(ID)] == [1, 2, 3]


@responses.activate
def test_the_first_rows_come_before_the_second_page_is_asked_for(client_here: LoketClient) -> None:
    page(1, [1, 2])
    rows = client_here.iter_employees(ID)
    assert next(rows) == {"n": 1}
    assert len(responses.calls) == 1


@responses.activate
def test_a_row_that_slipped_away_between_two_pages_is_not_taken_for_gone(client_here: LoketClient) -> None:
    page(1, [1, 2], total=4)
    page(2, [4], total=4)
    with pytest.raises(Retryable, match="changed"):
        list(client_here.iter_employees(ID))


@responses.activate
def test_an_empty_list_is_empty(client_here: LoketClient) -> None:
    responses.get(LIST, json={"currentPage": 1, "totalPages": 0, "totalSize": 0, "_embedded": []})
    assert list(client_here.iter_employees(ID)) == []


@responses.activate
@pytest.mark.parametrize("body", [GENDER, {"_embedded": GENDER, "version": {}, "messages": []}])
def test_value_lists_come_with_or_without_an_envelope(client_here: LoketClient, body) -> None:
    responses.get(METADATA, json=body)
    assert client_here.employee_metadata(ID) == {"gender": (Option(7, "Man"), Option(9, "Vrouw"))}


def test_value_lists_are_named_by_the_last_segment_and_joined() -> None:
    rows = [
        {"field": "address.country", "options": [{"key": 1, "value": "Nederland", "isoCode": "NL"}]},
        {"field": "deviatingPostalAddress.country", "options": [{"key": 1, "value": "Nederland", "isoCode": "NL"}]},
        {"field": "function", "options": [{"key": ID, "description": "Kok", "group": None}]},
        {"field": "payrollAdministration", "options": [{"id": ID, "name": "Tulp"}]},
        {"field": "shift", "options": [{"shiftNumber": 1}]},
        {"field": "title", "options": None},
    ]
    lists = payloads.value_lists(rows)
    assert lists["country"] == (Option(1, "Nederland", "NL"),)
    assert lists["function"] == (Option(ID, "Kok"),)
    assert lists["payrollAdministration"] == (Option(ID, "Tulp"),)
    assert lists["shift"] == (Option(1, "1"),), "a shift has no name"
    assert lists["title"] == ()


@responses.activate
def test_general_and_own_defaults_are_laid_together(client_here: LoketClient) -> None:
    base = f"{API}/providers/employers"
    general = {"employeeData": {"address": None, "iban": None}, "wageData": {"applyPayGrade": False}}
    own = {"employeeData": {"iban": "x"}, "wageData": None, "id": None}
    responses.get(f"{base}/{ID}/conceptemployees/defaults", json={"content": general})
    responses.get(f"{base}/conceptemployees/defaults/payrolladministration/{ID}", json={"content": own})
    assert client_here.concept_defaults(ID, ID) == {
        "employeeData": {"address": None, "iban": "x"},
        "wageData": {"applyPayGrade": False},
        "id": None,
    }
    assert client_here.concept_defaults(ID) == own


@pytest.mark.parametrize(
    ("text", "plain"),
    [(" 8123.45.678.l01 ", "812345678L01"), ("812345678L01", "812345678L01"), ("", None), (" . ", None), (None, None)],
)
def test_tax_numbers_compare_as_rule_4_says(text: str | None, plain: str | None) -> None:
    assert payloads.normal_tax_id(text) == plain


def test_a_payroll_administration_is_read_whole() -> None:
    raw = {
        "id": ID,
        "name": "Tulp",
        "clientNumber": 7,
        "payrollTaxesNumber": "8123.45678l01",
        "payrollPeriodType": {"key": 1, "value": "Maand"},
        "startDate": "2020-01-01",
        "endDate": None,
    }
    read = payloads.payroll_administration(raw)
    assert (read.tax_id, read.period_type, read.start_on, read.end_on) == (
        "812345678L01",
        "Maand",
        date(2020, 1, 1),
        None,
    )
    assert read.raw is raw


@pytest.mark.parametrize("odd", [{"id": 5}, {"id": "no-uuid"}, {"companyName": 7}, {"companyName": ["Tulp"]}])
@responses.activate
def test_an_employer_that_is_none_is_said_to_be_no_answer_of_loket(client_here: LoketClient, odd: Raw) -> None:
    responses.get(f"{API}/providers/employers", json={"_embedded": [{"id": ID, "companyName": "Tulp"} | odd]})
    with pytest.raises(ConfigProblem):
        client_here.list_employers()


@pytest.mark.parametrize("address", [5, {"to": "a@b.nl"}, "x" * 250 + "@b.nl", "a\x00@b.nl"])
@responses.activate
def test_an_address_that_is_none_names_nobody(client_here: LoketClient, address: object) -> None:
    responses.get(f"{API}/user", json={"content": {"contactInformation": {"emailAddress": address}}})
    with pytest.raises(ConfigProblem):
        client_here.get_user()


@pytest.mark.parametrize("name", ["x" * 80, "a\x00b", "a\ud800b"])
def test_a_name_is_kept_as_a_database_takes_it(name: str) -> None:
    kept = payloads.employer({"id": ID, "companyName": name}).name
    assert kept in {"x" * 70, "ab", "a?b"}


def test_no_type_shows_its_raw_object() -> None:
    raw = {"id": ID, "companyName": "Tulp", "contact": {"name": "Jansen"}}
    assert "Jansen" not in repr(payloads.employer(raw))


OLDEST = "application/json;version=2018-01-01"


@pytest.mark.parametrize("call", calls.ALL_CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_call_of_the_table_is_in_the_document(call: Call) -> None:
    """With its activity and the newest version that can be asked for (but the one that says why not)."""
    need_document()
    operation = document().find(call.method, call.path.replace("{", "").replace("}", ""))
    assert operation is not None
    assert operation.template == call.path
    assert operation.raw.get("operationId", call.activity) == call.activity
    versions = operation.versions or {OLDEST}  # the answer to a DELETE has none, but the header is mandatory
    assert call.accept == (OLDEST if call is calls.LIST_AUTHORIZATIONS else max(versions))
    assert call.accept in versions
    assert call.is_paged == ("pageNumber" in operation.query and "/metadata" not in call.path)
