"""API v2: persons and employments by pages and cursors, legal entities, the lists in beta."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from loket_portal.simulator.clock import today
from loket_portal.simulator.personio import v2
from tests.simulator.conftest import Start
from tests.simulator.personio_client import Client


@pytest.fixture
def client(start: Start) -> Client:
    return Client(start())


def follow(client: Client, path: str, **params: Any) -> list[Any]:
    """All items of a list, by its links."""
    found, url, asked = [], client.url + path, params
    while url:
        body = client.get(url.removeprefix(client.url), params=asked)
        found += body["_data"]
        url, asked = body["_meta"]["links"].get("next", {}).get("href", ""), {}
    return found


def month_after_next() -> date:
    first = today().replace(day=1)
    for _ in range(2):
        first = (first + timedelta(days=32)).replace(day=1)
    return first


def test_the_links_lead_to_everybody_once(client: Client) -> None:
    found = [row["id"] for row in follow(client, "/v2/persons", limit=50)]
    assert len(found) == len(set(found)) == 85
    assert len(client.get("/v2/persons")["_data"]) == 10
    assert "next" not in client.get("/v2/persons", params={"id": "41001"})["_meta"]["links"]


@pytest.mark.parametrize("limit", ["0", "51", "100", "x"])
def test_a_limit_that_is_too_high_is_refused(client: Client, limit: str) -> None:
    answer = client.call("GET", "/v2/persons", params={"limit": limit})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == "Provided value for limit is not valid"


def test_a_wrong_cursor_or_filter_is_refused(client: Client) -> None:
    assert client.call("GET", "/v2/persons", params={"cursor": "cur_x"}).status_code == 400
    answer = client.call("GET", "/v2/persons", params={"id.foo": "1"})
    assert answer.json()["errors"][0]["detail"] == "Provided filter encoding is invalid."
    assert client.call("GET", "/v2/persons", params={"updated_at.gt": "x"}).status_code == 400


def test_filters_are_combined_and_kept_by_the_cursor(client: Client) -> None:
    inactive = follow(client, "/v2/persons", status="INACTIVE", limit=1)
    assert [row["id"] for row in inactive] == ["41016", "42010", "43007"]
    both = {"id": "41001,41016", "status": "INACTIVE"}
    assert [row["id"] for row in follow(client, "/v2/persons", **both)] == ["41016"]


def test_updated_at_finds_what_was_edited(client: Client) -> None:
    client.lever("/people/edit", {"id": 41005, "attributes": {"dynamic_24415": "Zeist"}})
    since = {"updated_at.gt": "2026-02-20T15:30:00Z"}
    assert [row["id"] for row in follow(client, "/v2/persons", **since)] == ["41005"]


def test_a_person_has_typed_attributes_without_labels(client: Client) -> None:
    person = client.get("/v2/persons/41002")
    custom = {item["id"]: item for item in person["custom_attributes"]}
    assert (person["gender"], person["status"], person["updated_at"]) == ("FEMALE", "ACTIVE", "2026-02-20T15:30:00Z")
    assert custom["dynamic_24408"]["global_id"] == "iban"
    assert (custom["dynamic_24406"]["type"], custom["dynamic_24406"]["value"]) == ("date", "1991-07-23")
    assert (custom["dynamic_24402"]["type"], custom["dynamic_24402"]["value"]) == ("int", 1)
    assert not any("label" in item for item in custom.values())
    tags = [item for item in custom.values() if item["type"] == "string_list"]
    assert [item["value"] for item in tags] == [["Nederlands", "Engels"]]
    assert tags[0]["id"].endswith(".33501"), "ids of v2 are not always the keys of v1"


def test_who_is_not_there_is_404(client: Client) -> None:
    for path in ("/v2/persons/1", "/v2/persons/x", "/v2/persons/1/employments", "/v2/legal-entities/1"):
        answer = client.call("GET", path)
        assert (answer.status_code, answer.json()["errors"][0]["title"]) == (404, "Resource not found")


def test_employments_come_newest_first_and_one_by_one(client: Client) -> None:
    newest, present = client.employments(41005)
    assert (newest["position"]["title"], newest["weekly_working_hours"]) == ("Souschef", 38)
    assert newest["employment_start_date"] == month_after_next().isoformat()
    assert present["employment_end_date"] == (month_after_next() - timedelta(days=1)).isoformat()
    assert (present["status"], present["employment_start_date"]) == ("ACTIVE", "2021-06-01")
    assert client.get(f"/v2/persons/41005/employments/{present['id']}") == present
    assert [item["id"] for item in client.get("/v2/persons/41005")["employments"]] == [newest["id"], present["id"]]


def test_an_old_employment_has_ended(client: Client) -> None:
    present, former = client.employments(41015)
    assert (former["status"], former["termination"]["type"]) == ("INACTIVE", "CONTRACT_EXPIRED")
    assert former["employment_end_date"] < present["employment_start_date"]
    assert present["termination"] is None


def test_somebody_moves_to_another_legal_entity_later(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    newest, present = client.employments(42008)
    assert [item["legal_entity"]["id"] for item in (newest, present)] == ["170", "171"]
    assert present["termination"]["type"] == "SUB_COMPANY_SWITCH"
    monkeypatch.setattr(v2, "today", lambda: date(2100, 1, 1))
    assert [item["status"] for item in client.employments(42008)] == ["ACTIVE", "INACTIVE"]


def test_hours_of_v1_are_numbers_in_v2(client: Client) -> None:
    assert client.employee(41107)["weekly_working_hours"] == "32.5"
    assert client.employments(41107)[0]["weekly_working_hours"] == 32.5


def test_legal_entities_come_newest_first_with_their_country(client: Client) -> None:
    rows = client.get("/v2/legal-entities")["_data"]
    assert [(row["id"], row["name"], row["country"]) for row in rows] == [
        ("172", "Linde Gastro GmbH", "DE"),
        ("171", "Linde Catering B.V.", "NL"),
        ("170", "Linde Horeca B.V.", "NL"),
    ]
    assert client.get("/v2/legal-entities", params={"country": "DE"})["_data"] == rows[:1]
    assert client.get("/v2/legal-entities/170") == rows[2]


def test_legal_entities_can_be_missing(client: Client) -> None:
    client.tell(personio_no_legal_entities=True)
    assert client.call("GET", "/v2/legal-entities").status_code == 412


@pytest.mark.parametrize("name", ["cost-centers", "workplaces", "org-units"])
def test_lists_in_beta_need_their_header(client: Client, name: str) -> None:
    assert client.call("GET", f"/v2/{name}").status_code == 404
    rows = client.get(f"/v2/{name}", headers={"Beta": "true"})["_data"]
    assert all(row["id"] and row["name"] for row in rows)


def test_departments_of_v2_are_those_of_v1(client: Client) -> None:
    units = {row["name"]: row["id"] for row in client.get("/v2/org-units", headers={"Beta": "true"})["_data"]}
    department = client.employee(41005)["department"]["attributes"]
    assert units[department["name"]] == str(department["id"]) == client.employments(41005)[0]["org_units"][0]["id"]
