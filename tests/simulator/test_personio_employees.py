"""API v1: paging, projection, what may be read, and the shapes of values."""

from __future__ import annotations

import json
from datetime import date

import pytest

from loket_portal.simulator.personio import v1
from tests.simulator.conftest import Start
from tests.simulator.personio_client import Client

LIST = "/v1/company/employees"


@pytest.fixture
def client(start: Start) -> Client:
    return Client(start())


def test_a_page_has_fifty_and_never_more_than_a_hundred(start: Start) -> None:
    client = Client(start(personio_people=100))
    usual, most = client.get(LIST), client.get(LIST, params={"limit": 200})
    assert (len(usual["data"]), usual["limit"]) == (50, 50)
    assert (len(most["data"]), most["limit"]) == (100, 100)
    assert most["metadata"] == {"total_elements": 185, "current_page": 0, "total_pages": 2}


def test_the_offset_counts_records(client: Client) -> None:
    page = client.get(LIST, params={"limit": 20, "offset": 80})
    assert (page["offset"], len(page["data"]), page["metadata"]["current_page"]) == (80, 5, 4)
    assert client.employees(offset=85) == []
    assert client.employees(offset=1)[0] == client.employees()[1]


@pytest.mark.parametrize("wrong", [{"limit": "0"}, {"limit": "x"}, {"offset": "-1"}, {"updated_since": "today"}])
def test_a_wrong_number_or_moment_is_refused(client: Client, wrong: dict[str, str]) -> None:
    answer = client.call("GET", LIST, params=wrong)
    assert (answer.status_code, answer.json()["success"]) == (422, False)


def test_everybody_is_met_once_on_the_pages(client: Client) -> None:
    found = [row["id"]["value"] for row in client.everybody(limit=30)]
    assert len(found) == len(set(found)) == 85


def test_a_projection_has_the_wanted_attributes_and_the_id(client: Client) -> None:
    row = client.employees(**{"attributes[]": ["last_name", "dynamic_24407"]})[0]
    assert list(row) == ["id", "last_name", "dynamic_24407"]


def test_an_email_finds_one(client: Client) -> None:
    page = client.get(LIST, params={"email": "zoe.degraaf@lindehoreca.example"})
    assert [row["attributes"]["id"]["value"] for row in page["data"]] == [41005]
    assert client.employees(email="nobody@lindehoreca.example") == []


def test_updated_since_ignores_the_paging(client: Client) -> None:
    everybody = client.get(LIST, params={"updated_since": "2026-02-20T16:29:59", "limit": 1, "offset": 9})
    assert len(everybody["data"]) == everybody["metadata"]["total_elements"] == 85
    assert client.employees(updated_since="2026-02-20T16:30:00") == []  # that is the moment itself, in Dutch time


def test_updated_since_with_attributes_asks_for_changes_of_those(client: Client) -> None:
    client.lever("/people/edit", {"id": 41005, "attributes": {"dynamic_24415": "Zeist"}})
    since = {"updated_since": "2026-03-01"}
    assert [row["id"]["value"] for row in client.employees(**since)] == [41005]
    assert len(client.employees(**since, **{"attributes[]": ["dynamic_24415"]})) == 1
    assert client.employees(**since, **{"attributes[]": ["last_name"]}) == []


def test_one_employee_is_as_in_the_list(client: Client) -> None:
    assert client.get(f"{LIST}/41001")["data"]["attributes"] == client.employees()[0]
    missing = client.call("GET", f"{LIST}/1")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, 404)


def test_a_value_is_wrapped_with_label_type_and_universal_id(client: Client) -> None:
    row = client.employees()[0]
    assert row["dynamic_24408"] == {
        "label": "IBAN",
        "value": "NL18TEST0026007007",
        "type": "standard",
        "universal_id": "iban",
    }
    assert row["dynamic_24402"]["value"] == 1
    assert row["weekly_working_hours"]["value"] == "36"
    assert row["subcompany"]["value"] == {
        "type": "Subcompany",
        "attributes": {"id": 701, "name": "Linde Horeca B.V."},
    }


def test_salaries_are_not_readable_unless_told_so(client: Client) -> None:
    assert "fix_salary" not in client.employees()[0].keys() | client.definitions().keys()
    client.tell(personio_unreadable=[])
    assert client.employees()[0]["fix_salary"] == {
        "label": "Fix salary",
        "value": 0,
        "type": "decimal",
        "universal_id": "fix_salary",
        "currency": "EUR",
    }


def test_what_may_not_be_read_is_absent_everywhere(client: Client) -> None:
    client.tell(personio_unreadable=["dynamic_24407", "subcompany", "last_name"])
    hidden = {"dynamic_24407", "subcompany", "last_name"}
    assert not hidden & (client.employees()[0].keys() | client.definitions().keys())
    person = client.get("/v2/persons/41001")
    assert "last_name" not in person
    assert "dynamic_24407" not in {item["id"] for item in person["custom_attributes"]}
    assert "legal_entity" not in client.employments(41001)[0]


@pytest.mark.parametrize("name", ["attributes", "custom-attributes"])
def test_definitions_have_options_for_lists_and_tags_only(client: Client, name: str) -> None:
    found = {row["key"]: row for row in client.get(f"{LIST}/{name}")["data"]}
    assert found["dynamic_24409"] == {
        "key": "dynamic_24409",
        "label": "Geslacht",
        "type": "list",
        "universal_id": None,
        "options": ["Male", "Female", "Diverse"],
    }
    assert {row["type"] for row in found.values() if row["options"]} == {"list", "tags"}
    assert found["dynamic_24406"]["universal_id"] == "date_of_birth"


def test_the_offset_of_a_date_is_that_of_its_season(client: Client) -> None:
    assert client.employee(41001)["hire_date"] == "2015-04-01T00:00:00+02:00"
    assert client.employee(41007)["hire_date"] == "2016-11-01T00:00:00+01:00"
    assert client.employee(41016)["termination_date"] == "2026-10-31T00:00:00+01:00"


def test_own_dates_come_with_and_without_an_offset(client: Client) -> None:
    assert client.employee(41001)["dynamic_24406"] == "1984-03-12T00:00:00+01:00"
    assert client.employee(41002)["dynamic_24406"] == "1991-07-23"
    assert client.employee(41133)["dynamic_24406"] == "1988-02-31"


def test_nothing_is_said_in_many_ways(client: Client) -> None:
    rows = client.everybody()

    def ways(key: str) -> set[str]:
        return {json.dumps(row[key]["value"]) for row in rows}

    assert {"null", '""', "[]"} <= ways("team")
    assert {"null", '""'} <= ways("dynamic_24405")
    assert {"null"} == ways("contract_end_date")
    assert '""' in ways("termination_type")
    assert ways("team") == {"null", '""', "[]"}


def test_tags_come_as_comma_text_and_as_json_text(client: Client) -> None:
    texts = {row["dynamic_33501"]["value"] for row in client.everybody() if row["dynamic_33501"]["value"]}
    assert {"Nederlands,Engels", '["Nederlands", "Engels"]'} <= texts


def test_somebody_without_a_legal_entity_has_no_subcompany(client: Client) -> None:
    assert client.employee(44001)["subcompany"] in (None, "", [])
    assert client.employments(44001)[0]["legal_entity"] is None


def test_all_statuses_occur(client: Client) -> None:
    assert {row["status"]["value"] for row in client.everybody()} == {"active", "inactive", "onboarding", "leave"}


def test_v1_shows_the_employment_of_the_day_or_the_latest_when_told_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (client.employee(41005)["position"], client.employee(41005)["weekly_working_hours"]) == ("Bediening", "24")
    monkeypatch.setattr(v1, "today", lambda: date(2100, 1, 1))
    assert (client.employee(41005)["position"], client.employee(41005)["status"]) == ("Souschef", "active")
    monkeypatch.undo()
    client.tell(personio_v1_shows_latest=True)
    assert (client.employee(41005)["position"], client.employee(41005)["status"]) == ("Souschef", "onboarding")


def test_labels_and_messages_can_be_german(client: Client) -> None:
    client.tell(personio_language="de")
    found = client.definitions()
    assert found["last_name"]["label"] == client.employees()[0]["last_name"]["label"] == "Nachname"
    assert (found["dynamic_24414"]["label"], found["dynamic_24407"]["label"]) == ("Postleitzahl", "BSN")
    assert "nicht gefunden" in client.call("GET", f"{LIST}/1").json()["error"]["message"]
