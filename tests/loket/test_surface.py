"""The whole client against the simulator over HTTP, with every exchange held against Loket's API document."""

import inspect

import pytest

from loket_portal.loket import calls
from loket_portal.loket.client import LoketClient
from loket_portal.simulator import Simulator
from tests.contract.document import document
from tests.contract.plugin import Traffic, is_simulated, need_document
from tests.loket.helpers import sign_in
from tests.loket.surface import NEW_BSN, drive


def test_every_method_agrees_with_the_document(
    client_here: LoketClient, simulator: Simulator, loket_traffic: Traffic
) -> None:
    need_document()
    employee = drive(client_here)
    assert employee["employeeNumber"] == 9001
    assert client_here.get_bsn(employee["id"]) == NEW_BSN
    assert loket_traffic.violations() == []
    found = [document().find(item.method, item.path) for item in loket_traffic.exchanges]
    asked = {(operation.method, operation.template) for operation in found if operation}
    wanted = {(call.method, call.path) for call in calls.ALL_CALLS if call is not calls.GET_FILTER_SETTINGS}
    assert wanted <= asked, "every call of the client is among them"
    assert all(is_simulated(item) for item in loket_traffic.exchanges), "so that the answers are checked too"


def test_drive_leaves_no_method_out(client_here: LoketClient, monkeypatch) -> None:
    names = [name for name, _ in inspect.getmembers(LoketClient, inspect.isfunction) if not name.startswith("_")]
    used = set()
    for name in names:
        method = getattr(LoketClient, name)
        monkeypatch.setattr(
            LoketClient, name, lambda self, *args, _n=name, _m=method: (used.add(_n), _m(self, *args))[1]
        )
    drive(client_here)
    assert set(names) - used == {"take_warnings"}


def test_an_employee_goes_back_as_it_came(client_here: LoketClient) -> None:
    employer = client_here.list_employers()[0].id
    for row in client_here.iter_employees(employer):
        assert client_here.put_employee(row["id"], row) == row


def test_lists_page_by_themselves(client_here: LoketClient, loket_traffic: Traffic, monkeypatch) -> None:
    monkeypatch.setattr("loket_portal.loket.transport.PAGE_SIZE", 7)
    employer = client_here.list_employers()[0].id
    numbers = [row["employeeNumber"] for row in client_here.iter_employees(employer)]
    assert len(numbers) == len(set(numbers)) == 40
    pages = [item.query["pageNumber"] for item in loket_traffic.exchanges if item.path.endswith("/employees")]
    assert pages == ["1", "2", "3", "4", "5", "6"]


def test_an_obsolete_version_is_recorded_and_logged_once(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Rule 55: whoever runs the product learns of it while there is time."""
    simulator.options.change({"obsolete_date": "2027-06-30"})
    tokens = sign_in(simulator.url)
    client = LoketClient(f"{simulator.url}/v2", lambda: tokens.access_token)
    client.get_user()
    client.get_user()
    assert {name: day.isoformat() for name, day in client.obsolete.items()} == {"GetUserByToken": "2027-06-30"}
    said = [record.getMessage() for record in caplog.records if record.name == "loket.versions"]
    assert said == ["Loket ends version 2018-01-01 of GetUserByToken on 2027-06-30"]
