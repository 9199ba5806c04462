"""A field that Loket adds tomorrow survives our PUT (rule 45): the client sends what it is given, untouched."""

import json
from copy import deepcopy

import responses

from loket_portal.loket.client import LoketClient
from loket_portal.simulator import Simulator
from tests.contract.checker import check_exchange
from tests.contract.plugin import Traffic

API = "https://api.loket.example/v2"


def _of_tomorrow(employee: dict) -> dict:
    new = deepcopy(employee)
    new["pensionScheme"] = {"key": 12, "value": "ABP"}
    new["personalDetails"]["pronouns"] = "zij/haar"
    new["personalDetails"]["gender"]["code"] = "V"
    return new


@responses.activate(assert_all_requests_are_fired=True)
def test_a_field_that_loket_adds_survives_our_put(
    simulator: Simulator, client_here: LoketClient, loket_traffic: Traffic
) -> None:
    responses.add_passthru(simulator.url)
    row = next(client_here.iter_employees(client_here.list_employers()[0].id))
    tomorrow = _of_tomorrow(row)
    address = f"{API}/providers/employers/employees/{row['id']}"
    responses.get(address, json={"content": tomorrow})
    responses.put(address, json={"content": tomorrow})

    client = LoketClient(API, lambda: "t")
    employee = client.get_employee(row["id"])
    employee["personalDetails"]["lastName"] = "Dekker"  # the only thing that we came for
    stored = client.put_employee(row["id"], employee)

    sent = json.loads(responses.calls[-1].request.body)
    assert sent == tomorrow | {"personalDetails": tomorrow["personalDetails"] | {"lastName": "Dekker"}}
    assert stored == tomorrow
    new_fields = ("pensionScheme", "personalDetails.pronouns", "personalDetails.gender.code")
    named = check_exchange(loket_traffic.exchanges[-1], only_request=True)
    assert sorted(text.split("body ")[1] for text in named) == sorted(
        f"{name}: unknown property" for name in new_fields
    )
    loket_traffic.allow(*new_fields)


@responses.activate
def test_rows_of_the_lists_keep_it_too() -> None:
    row = {"id": "x", "tomorrow": {"key": 1}}
    url = f"{API}/providers/employers/904d6856-6034-4624-bcbc-886188c115c5"
    responses.get(f"{url}/employees", json={"totalPages": 1, "totalSize": 1, "_embedded": [row]})
    responses.get(f"{url}/conceptemployees", json={"totalPages": 1, "totalSize": 1, "_embedded": [row]})
    client = LoketClient(API, lambda: "t")
    assert list(client.iter_employees("904d6856-6034-4624-bcbc-886188c115c5")) == [row]
    assert list(client.iter_concepts("904d6856-6034-4624-bcbc-886188c115c5")) == [row]
