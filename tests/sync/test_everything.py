"""Every field of the catalogue, once through a whole run against the simulated Loket, which refuses what Loket refuses."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.simulator import Options, create_simulator
from mapping.catalogue import END_DATE, LOKET_FIELDS, Resource
from mapping.rules import MappingSet, Rule
from sync.diff import is_empty, read
from sync.engine import Outcome, PersonResult, run
from sync.policy import Reason
from sync.ports import Options as RunOptions
from sync.records import HRRecord
from sync.resources.payment import of_wage
from sync.target import LoketTarget
from tests.loket.helpers import MemoryTokenStore, oauth, sign_in
from tests.mapping.values import person_of
from tests.sync.fakes import (
    CALMLY,
    ROSTER,
    TODAY,
    FakeJournal,
    FakeMemory,
    FakePeople,
    FakeReporter,
    FakeSeal,
    World,
    record,
)

BY_COLUMN = {rule.target: rule for rule in ROSTER.rules if rule.source in record(1).values}
EVERYTHING = MappingSet("Everything", 1, tuple(BY_COLUMN.get(key) or Rule(key, key) for key in LOKET_FIELDS))
FITTING = {
    "employment.startDate": "2026-01-01",
    "employment.historicalStartDate": "2020-01-01",
    "employee.personalDetails.dateOfBirth": "1990-02-03",
    "employee.address.country": "Nederland",
    "employee.address.postalCode": "3511 AA",
    "employee.deviatingPostalAddress.country": "België",
    "employee.deviatingPostalAddress.postalCode": "2000",
    "workingHours.calculateUsingWorkPattern.deviatingDaysAndHours": "no",
}
"""What a random value would make impossible for reasons of Loket's own."""


@pytest.fixture(scope="module")
def target() -> Iterator[LoketTarget]:
    with create_simulator(Options()) as simulator:
        tokens = oauth(simulator.url).refresh(sign_in(simulator.url))
        client = LoketClient(f"{simulator.url}/v2", lambda: MemoryTokenStore(tokens).read().access_token)
        employer = client.list_employers()[0].id
        administration = client.list_administrations(employer)[0].id
        connection: Any = SimpleNamespace(login=SimpleNamespace(employer_id=employer), administration_id=administration)
        yield LoketTarget(client, connection, TODAY)


def synced(target: LoketTarget, world: World, someone: HRRecord, **how: Any) -> PersonResult:
    for kept in (world.results, world.planned, world.attempts, world.begun):
        kept.clear()  # type: ignore[attr-defined]
    world.ops.clear()
    run(
        FakePeople([someone]),
        mapping=EVERYTHING,
        target=target,
        memory=FakeMemory(world),
        journal=FakeJournal(world),
        reporter=FakeReporter(world),
        seal=FakeSeal(),
        today=TODAY,
        options=RunOptions(target._administration_id, **CALMLY | {"convert_new": True} | how),
    )
    return world.results[someone.key]


def someone(target: LoketTarget, number: int, seed: int) -> HRRecord:
    values = person_of(seed, target.snapshot().value_lists) | FITTING
    values |= {"employee.contactInformation.emailAddress": f"p{number}@voorbeeld.example"}
    del values["employment.endDate"]
    base = record(number, last_name="Berg")
    return replace(base, values={**base.values, **values})


def test_somebody_new_with_everything_becomes_an_employee_who_is_as_hr_says(target: LoketTarget) -> None:
    world, person = World(), someone(target, 7001, 4)
    made = synced(target, world, person)
    assert (made.outcome, made.reason, made.problems) == (Outcome.CREATED, Reason.CONVERTED, ())
    assert not [change for change in made.changes if not change.sendable], (
        "what a concept has no room for went after it"
    )
    only_one = "workingHours.shiftRateSickLeave"  # there is but one shift, and who is converted has it
    assert {change.field for change in made.changes} == {
        key
        for key, field in LOKET_FIELDS.items()
        if key not in (END_DATE, only_one) and field.resource is not Resource.ENDING
    }
    last = synced(target, world, person)
    assert (last.outcome, last.reason, last.changes) == (Outcome.UNCHANGED, "", ())


def test_somebody_who_is_there_is_brought_up_to_date_in_every_field(target: LoketTarget) -> None:
    world, person = World(), someone(target, 7002, 5)
    synced(target, world, someone(target, 7002, 6))
    found = synced(target, world, person)
    assert (found.outcome, found.problems) == (Outcome.CHANGED, ())
    people = target.snapshot().people
    packed = people.by_number(7002)
    assert packed is not None
    row = people.whole(packed).employment or {}
    parts = {Resource.EMPLOYEE: row["employee"], Resource.EMPLOYMENT: row, Resource.WORKING_HOURS: row["workinghours"]}
    parts |= {Resource.ORGANIZATION: row["organizationalEntity"]}
    parts |= {Resource.PAYMENT: of_wage(target.list_payment_information(row["id"])) or {}}
    fields = [field for key, field in LOKET_FIELDS.items() if field.resource in parts and key != END_DATE]
    assert [field.key for field in fields if is_empty(read(parts[field.resource], field.path))] == []
    last = synced(target, world, person)
    assert (last.outcome, last.changes) == (Outcome.UNCHANGED, ())
