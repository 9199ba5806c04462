"""What Personio's answers become: absent stays absent, null stays null, and a day stays the day that it is."""

import json
from datetime import date
from typing import Any

import pytest

from loket_portal.personio import payloads
from loket_portal.personio.errors import ConfigProblem
from tests.personio.server import Reply, record, wrapped


def employee(**attributes: Any) -> payloads.Employee:
    return payloads.employee({"type": "Employee", "attributes": attributes})


def test_a_value_keeps_its_label_type_and_universal_id() -> None:
    given = {"label": "IBAN", "value": "NL00", "type": "standard", "universal_id": "iban", "currency": "EUR"}
    assert employee(dynamic_1=given).attributes["dynamic_1"] == payloads.Attribute("IBAN", "NL00", "standard", "iban")


def test_old_accounts_send_no_type_and_no_universal_id() -> None:
    found = employee(first_name={"label": "Vorname", "value": "Noor"}).attributes["first_name"]
    assert (found.type, found.universal_id, found.value) == ("standard", None, "Noor")


@pytest.mark.parametrize("value", [None, "", [], 0, {}, False, {"type": "Office", "attributes": {"id": 1}}])
def test_every_kind_of_nothing_is_kept_as_it_is(value: Any) -> None:
    assert employee(office=wrapped(value)).attributes["office"].value == value


def test_what_personio_left_out_is_not_there() -> None:
    found = employee(id=wrapped(7), email=None, bsn={"label": "BSN"}, position=wrapped(None))
    assert sorted(found.attributes) == ["id", "position"]


@pytest.mark.parametrize(
    ("value", "id_"), [(7, 7), ("7", 7), (7.0, 7), (None, None), ("", None), ("x", None), (True, None)]
)
def test_an_id_is_a_number_or_none(value: Any, id_: int | None) -> None:
    assert employee(id=wrapped(value)).id == id_


@pytest.mark.parametrize("row", [None, {}, [], {"attributes": []}, {"attributes": None}, "x"])
def test_a_row_without_anything_is_an_employee_without_an_id(row: Any) -> None:
    assert payloads.employee(row) == payloads.Employee(None, {})


def test_a_representation_shows_no_value() -> None:
    found = employee(id=wrapped(7), dynamic_1=wrapped("999901333", "BSN"))
    assert "999901333" not in repr(found) + repr(found.attributes)


def test_definitions_come_with_their_options(personio, client_here) -> None:
    rows = [
        {"key": "gender", "label": "Geschlecht", "type": "list", "universal_id": "gender", "options": ["m", "w", ""]},
        {"key": "dynamic_1", "label": "BSN"},
        {"key": "dynamic_2", "label": "Tags", "type": "tags", "universal_id": None, "options": None},
        {"label": "no key"},
    ]
    personio.order("/v1/company/employees/attributes", Reply(body={"success": True, "data": rows}))
    assert client_here.list_attributes() == [
        payloads.Definition("gender", "Geschlecht", "list", "gender", ("m", "w")),
        payloads.Definition("dynamic_1", "BSN", "standard", None, ()),
        payloads.Definition("dynamic_2", "Tags", "tags", None, ()),
    ]


def test_one_employee_is_read_by_id_and_none_when_gone(personio, client_here) -> None:
    personio.order("/v1/company/employees/7", Reply(body={"success": True, "data": record(7)}))
    assert client_here.get_employee(7).id == 7
    assert client_here.get_employee(8) is None


def test_one_employee_who_is_gone_inside_a_200_is_none_too(personio, client_here) -> None:
    refusal = {"success": False, "error": {"code": 404, "message": "Etwas ist schiefgelaufen"}}
    personio.order("/v1/company/employees/7", Reply(body=refusal))
    assert client_here.get_employee(7) is None


def test_legal_entities(personio, client_here) -> None:
    rows = [{"id": "170", "name": "Linde Horeca B.V.", "country": "nl"}, {"id": 172, "name": "Linde GmbH"}]
    personio.order("/v2/legal-entities", Reply(body={"_data": rows}))
    assert client_here.list_legal_entities() == [
        payloads.PersonioEntity("170", "Linde Horeca B.V.", "NL"),
        payloads.PersonioEntity("172", "Linde GmbH", ""),
    ]


FULL = {
    "id": "e1",
    "status": "ACTIVE",
    "position": {"title": "Planner"},
    "weekly_working_hours": 36,
    "employment_start_date": "2024-04-01",
    "employment_end_date": None,
    "contract_end_date": "2026-12-31",
    "legal_entity": {"id": "170"},
    "sub_company": {"id": 701},
    "org_units": [{"type": "team", "id": "590"}, {"type": "department", "id": "2815"}],
    "termination": {"termination_date": "2026-08-31"},
}


def test_employments(personio, client_here) -> None:
    personio.order("/v2/persons/7/employments", Reply(body={"_data": [FULL, {"id": "e0", "status": "INACTIVE"}]}))
    new, old = client_here.list_employments(7)
    assert new == payloads.Employment(
        "e1",
        "active",
        "Planner",
        "36",
        date(2024, 4, 1),
        None,
        date(2026, 12, 31),
        date(2026, 8, 31),
        "170",
        "701",
        "2815",
    )
    assert old == payloads.Employment("e0", "inactive", "", "", None, None, None, None, "", "", "")
    assert personio.calls("/v2/persons/7/employments")[0].query == {"limit": "50"}


@pytest.mark.parametrize(("given", "hours"), [(36, "36"), (36.0, "36"), (37.25, "37.25"), ("36", "36"), (None, "")])
def test_weekly_hours_are_a_text(given: Any, hours: str) -> None:
    assert payloads.employment({**FULL, "weekly_working_hours": given}).weekly_hours == hours


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_every_kind_of_nothing_in_an_employment_is_nothing(empty: Any) -> None:
    names = ("position", "legal_entity", "sub_company", "org_units", "termination", "employment_start_date")
    found = payloads.employment({**FULL, **dict.fromkeys(names, empty)})
    assert (found.position, found.legal_entity_id, found.department_id) == ("", "", "")
    assert (found.start_on, found.termination_on) == (None, None)


@pytest.mark.parametrize("text", ["2024-04-01T00:00:00+02:00", "2024-04-01T23:59:59Z", "2024-04-01"])
def test_an_offset_does_not_move_a_day(text: str) -> None:
    assert payloads.employment({**FULL, "employment_start_date": text}).start_on == date(2024, 4, 1)


def test_an_unreadable_day_is_told_without_its_text(personio, client_here) -> None:
    personio.order("/v2/persons/7/employments", Reply(body={"_data": [{**FULL, "contract_end_date": "Jansen"}]}))
    with pytest.raises(ConfigProblem) as caught:
        client_here.list_employments(7)
    assert "Jansen" not in caught.value.detail + str(caught.value)


def test_webhooks_are_made_switched_on_listed_and_removed(personio, client_here) -> None:
    hook = {
        "id": "w1",
        "url": "https://portal.example/personio/events/key/",
        "description": "Loket",
        "status": "ENABLED",
    }
    personio.order("/v2/webhooks", Reply(201, hook), Reply(body={"_data": [{**hook, "status": "DISABLED"}]}))
    personio.order("/v2/webhooks/w1", Reply(204))
    assert client_here.create_webhook(hook["url"], "Bearer hook-token", ["person.updated"], "Loket") == "w1"
    (found,) = client_here.list_webhooks()
    assert (found.id, found.is_enabled) == ("w1", False)
    assert "key" not in repr(found)
    client_here.delete_webhook("w1")
    made, _ = personio.calls("/v2/webhooks")
    sent = json.loads(made.body)
    told = (sent["token"], sent["status"], sent["enabled_events"])
    assert told == ("Bearer hook-token", "ENABLED", ["person.updated"])


def test_a_webhook_that_is_gone_is_removed_all_the_same(personio, client_here) -> None:
    client_here.delete_webhook("w1")


def test_an_id_that_leads_elsewhere_is_refused(personio, client_here) -> None:
    with pytest.raises(ConfigProblem):
        client_here.delete_webhook("../persons/7")
    assert not [asked for asked in personio.asked if asked.method == "DELETE"]
