"""What tests and training can do to Personio's people, and what they are told of its secrets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Start
from tests.simulator.personio_client import CREDENTIALS, Client


@pytest.fixture
def client(start: Start) -> Client:
    return Client(start())


def test_an_edit_changes_what_v1_and_v2_show(client: Client) -> None:
    changes = {"position": "Chef", "weekly_working_hours": "30", "department": "Events", "dynamic_24415": "Soest"}
    assert client.lever("/people/edit", {"number": 1001, "attributes": changes}) == {"id": 41001, "changed": 4}
    values, employment = client.employee(41001), client.employments(41001)[0]
    assert (values["position"], values["weekly_working_hours"], values["dynamic_24415"]) == ("Chef", "30", "Soest")
    assert values["department"]["attributes"] == {"id": 2804, "name": "Events"}
    assert (employment["position"]["title"], employment["weekly_working_hours"]) == ("Chef", 30)
    assert values["last_modified_at"] > "2026-02-21"


@pytest.mark.parametrize("value", [None, "", [], 0])
@pytest.mark.parametrize("key", ["dynamic_24415", "department", "weekly_working_hours", "subcompany"])
def test_an_edit_can_say_nothing_in_each_way(client: Client, key: str, value: Any) -> None:
    client.lever("/people/edit", {"id": 41001, "attributes": {key: value}})
    shown = client.employee(41001)[key]
    assert shown == value
    assert type(shown) is type(value)
    assert client.employments(41001)
    assert client.get("/v2/persons/41001")


def test_an_edit_of_dates_and_of_the_legal_entity(client: Client) -> None:
    changes = {"subcompany": "Linde Catering B.V.", "termination_date": "2030-07-31", "hire_date": "2015-05-01"}
    client.lever("/people/edit", {"id": 41001, "attributes": changes})
    values, employment = client.employee(41001), client.employments(41001)[0]
    assert values["subcompany"]["attributes"]["id"] == 702
    assert (values["hire_date"], values["termination_date"]) == (
        "2015-05-01T00:00:00+02:00",
        "2030-07-31T00:00:00+02:00",
    )
    assert (employment["legal_entity"]["id"], employment["termination"]["termination_date"]) == ("171", "2030-07-31")
    client.lever("/people/edit", {"id": 41001, "attributes": {"termination_date": None}})
    assert client.employments(41001)[0]["termination"] is None
    assert client.employee(41001)["termination_date"] is None


def test_an_edit_that_changes_nothing_says_so(client: Client) -> None:
    assert client.lever("/people/edit", {"id": 41001, "attributes": {"last_name": "Berg"}})["changed"] == 0


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("/people/edit", {"id": 1, "attributes": {}}, "0 people"),
        ("/people/edit", {"number": 1134, "attributes": {}}, "2 people"),
        ("/people/edit", {"id": 41001, "attributes": {"bsn": "1"}}, "no attribute"),
        ("/people/edit", {"id": 41001, "attributes": {"created_at": "1"}}, "can't be edited"),
        ("/people/edit", {"id": 41001, "attributes": {"subcompany": "Roos"}}, "no legal entity"),
        ("/people/edit", {"id": 41001, "values": {}}, "This takes"),
        ("/people/edit", {"id": 41001, "attributes": []}, "must be an object"),
        ("/people/add", {"id": 41001, "employment": {"start": "2026-01-01"}}, "already"),
        ("/people/add", {"id": 60_000, "employment": {"start": "2026-01-01"}}, "takes an id"),
        ("/people/add", {"id": 45001}, "employment takes"),
        ("/people/remove", {"id": 1}, "0 people"),
        ("/employments", {"id": 41001, "employment": {"begin": "x"}}, "employment takes"),
        ("/events", {"event_name": "person.renamed"}, "no event"),
        ("/events", {"event_name": "person.updated", "times": 0}, "times from 1"),
    ],
)
def test_what_makes_no_sense_is_refused(client: Client, path: str, body: dict[str, Any], word: str) -> None:
    answer = client.control("POST", f"/personio{path}", body)
    assert answer.status_code == 400
    assert word in answer.json()["message"]
    assert len(client.everybody()) == 85


def test_somebody_is_added_and_removed(client: Client) -> None:
    new = {"start": "2026-09-01", "position": "Kok", "hours": "24", "legal_entity": "170", "department": "Keuken"}
    attributes = {"first_name": "Nina", "last_name": "Nieuw", "dynamic_24401": "1500"}
    client.lever("/people/add", {"id": 45001, "attributes": attributes, "employment": new})
    values = client.employee(45001)
    assert (values["last_name"], values["position"], values["status"]) == ("Nieuw", "Kok", "active")
    assert values["subcompany"]["attributes"]["id"] == 701
    client.lever("/people/remove", {"number": 1500})
    assert client.call("GET", "/v1/company/employees/45001").status_code == 404


def test_a_further_employment_is_in_v2_only_until_it_begins(client: Client) -> None:
    coming = {"start": "2099-01-01", "position": "Manager", "hours": "40"}
    made = client.lever("/employments", {"id": 41002, "employment": coming})
    newest, present = client.employments(41002)
    assert (newest["id"], newest["position"]["title"], newest["status"]) == (
        made["employment"],
        "Manager",
        "ONBOARDING",
    )
    assert newest["legal_entity"] == present["legal_entity"]
    assert client.employee(41002)["position"] == present["position"]["title"] == "Bediening"


def test_tokens_can_be_ended(client: Client) -> None:
    client.lever("/tokens/expire")
    assert client.call("GET", "/v1/company/employees").status_code == 403


def test_the_secrets_are_all_that_were_ever_given_out(client: Client) -> None:
    first = client.token
    client.lever("/tokens/expire")
    second = client.sign_in()
    client.token = second
    hook = {
        "url": "http://127.0.0.1:9/",
        "description": "x",
        "token": "hook-secret",
        "enabled_events": ["person.updated"],
    }
    made = client.call("POST", "/v2/webhooks", json=hook).json()
    client.call("DELETE", f"/v2/webhooks/{made['id']}")
    found = client.control("GET", "/personio/secrets").json()["secrets"]
    assert set(found) == {first, second, "hook-secret", CREDENTIALS["client_secret"]}
