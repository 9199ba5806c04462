"""The engine's way to Loket: what a client answers, and what it makes of it."""

from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.payloads import Message
from loket_portal.simulator import Simulator
from onboarding.models import Connection
from onboarding.services import logins
from sync.ports import LoketPerson
from sync.target import LoketTarget
from tests.sync.fakes import TODAY

NOBODY = "c9999999-0000-4000-8000-000000000000"


def target(client: Any) -> LoketTarget:
    connection: Any = SimpleNamespace(login=SimpleNamespace(employer_id="e"), administration_id="a")
    return LoketTarget(client, connection, TODAY)


@pytest.mark.django_db
def test_one_concept_is_read_by_its_id(connected: Connection, simulator: Simulator) -> None:
    client: LoketClient = logins.client_for(connected.login)
    real = LoketTarget(client, connected, TODAY)
    body = real.snapshot().concept_defaults | {"uniqueName": "LP-1"}
    body["employeeData"]["personalDetails"]["lastName"] = "Berg"
    made = real.create_concept(body)
    assert real.get_concept(made["id"]) == made
    assert real.find_concept("LP-1") == made
    assert [concept["id"] for concept in real.snapshot().concepts] == [made["id"]]
    assert real.get_concept(NOBODY) is None
    assert real.find_concept("LP-2") is None


def test_a_concept_that_is_refused_is_not_one_that_is_gone() -> None:
    def refuse(_id: str) -> None:
        raise RecordRejected("no", status=400)

    with pytest.raises(RecordRejected):
        target(SimpleNamespace(get_concept=refuse)).get_concept(NOBODY)


def test_warnings_are_the_clients() -> None:
    warning = Message(204, "Warning", "Let op")
    assert target(SimpleNamespace(take_warnings=lambda: (warning,))).take_warnings() == (warning,)


PAYMENTS = [{"iban": "B", "payrollComponent": {"key": 20}}, {"iban": "A", "payrollComponent": {"key": 3}}]


def test_the_payment_record_of_the_wage_is_the_one_of_the_lowest_component() -> None:
    real = target(SimpleNamespace(list_payment_information=lambda employment: PAYMENTS if employment == "b" else []))
    person = LoketPerson(1, "e", {}, {"id": "b"})
    assert real.get_payment(person) == PAYMENTS[1]
    assert real.get_iban(person) == "A"
    assert real.get_payment(LoketPerson(1, "e", {}, {"id": "c"})) is None
    assert real.get_payment(LoketPerson(1, "e", {})) is None
