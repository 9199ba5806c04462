"""Every field of the catalogue, once through a whole run against the simulated Loket, which refuses what Loket refuses."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.simulator import Options, create_simulator
from mapping.catalogue import LOKET_FIELDS
from mapping.rules import MappingSet, Rule
from sync.diff import is_empty, read
from sync.engine import Outcome, PersonResult, run
from sync.policy import Reason
from sync.records import HRRecord
from sync.target import LoketTarget
from tests.loket.helpers import MemoryTokenStore, oauth, sign_in
from tests.mapping.values import person_of
from tests.sync.fakes import ROSTER, TODAY, FakeJournal, FakeMemory, FakeReporter, FakeSeal, World, record

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
}
"""What a random date or postal code would make impossible for reasons of Loket's own."""


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
    world.results.clear()
    world.ops.clear()
    run(
        [someone],
        mapping=EVERYTHING,
        target=target,
        memory=FakeMemory(world),
        journal=FakeJournal(world),
        reporter=FakeReporter(world),
        seal=FakeSeal(),
        today=TODAY,
        administration_id=target._administration_id,
        **{"dry_run": False, "convert_new": True} | how,
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
    waiting = {change.field for change in made.changes if not change.sendable}
    assert waiting == {
        key
        for key, field in LOKET_FIELDS.items()
        if not field.concept_path and key not in ("bsn", "employment.endDate")
    }

    after = synced(target, world, person)
    assert (after.outcome, after.problems) == (Outcome.CHANGED, ()), "what a concept has no room for"
    assert {change.field for change in after.changes if change.sendable} == {
        key for key in waiting if key.startswith("employee.")
    }
    last = synced(target, world, person)
    assert (last.outcome, last.reason) == (Outcome.UNCHANGED, Reason.NOT_YET_SENT)
    assert not any(change.sendable for change in last.changes)


def test_somebody_who_is_there_is_brought_up_to_date_in_every_field(target: LoketTarget) -> None:
    world, person = World(), someone(target, 7002, 5)
    synced(target, world, someone(target, 7002, 6))
    found = synced(target, world, person)
    assert (found.outcome, found.problems) == (Outcome.CHANGED, ())
    stored = target.get_employee(target.snapshot().people[7002].employee_id)
    fields = [field for key, field in LOKET_FIELDS.items() if key.startswith("employee.")]
    assert [field.key for field in fields if is_empty(read(stored, field.path))] == []
    assert not any(change.sendable for change in synced(target, world, person).changes)
