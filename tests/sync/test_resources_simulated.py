"""An employment and its parts at the simulated Loket, which refuses what Loket refuses; the contract judges each body."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.simulator import Options, Simulator, create_simulator
from mapping.catalogue import LOKET_FIELDS, Resource
from mapping.rules import Empty, Rule
from sync import resources
from sync.diff import is_empty, read
from sync.outcomes import Outcome
from sync.packed import LoketPerson
from sync.resources.payment import of_wage
from sync.target import LoketTarget
from sync.work import Mode, Work
from tests.loket.helpers import MemoryTokenStore, oauth, sign_in
from tests.mapping.values import person_of
from tests.sync.fakes import TODAY, World, record
from tests.sync.resourcing import (
    DEPARTMENT,
    END,
    ENDS,
    FUNCTION,
    HOURS,
    INCOME,
    OLD_REASON,
    REASON,
    START,
    change,
    codes,
    context_of,
    everything,
    told,
    unsent,
)

MINE = "NL91ABNA0417164300"
DATED = (Resource.EMPLOYMENT, Resource.WORKING_HOURS, Resource.ORGANIZATION)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with create_simulator(Options()) as simulator:
        yield simulator


Clients = Callable[[], LoketClient]


@pytest.fixture
def clients(simulator: Simulator) -> Clients:
    tokens = oauth(simulator.url).refresh(sign_in(simulator.url))
    return lambda: LoketClient(f"{simulator.url}/v2", lambda: MemoryTokenStore(tokens).read().access_token)


@pytest.fixture
def target(clients: Clients) -> LoketTarget:
    client = clients()
    employer = client.list_employers()[0].id
    administration = client.list_administrations(employer)[0].id
    connection: Any = SimpleNamespace(login=SimpleNamespace(employer_id=employer), administration_id=administration)
    return LoketTarget(client, connection, TODAY)


@pytest.fixture
def world() -> World:
    """Our own storage; Loket itself is simulated."""
    return World()


def person(target: LoketTarget, number: int = 1001) -> LoketPerson:
    people = target.snapshot().people
    packed = people.by_number(number)
    assert packed is not None
    return people.whole(packed)


def row_of(target: LoketTarget, number: int = 1001) -> dict[str, Any]:
    found = person(target, number).employment
    assert found is not None
    return found


def synced(
    target: LoketTarget,
    world: World,
    values: Mapping[str, Any],
    *rules: Rule,
    empty: Empty = Empty.KEEP,
    mode: Mode = Mode.APPLY,
    **options: Any,
) -> Work:
    """The person of number 1001 with what HR has, through plan and send."""
    context = context_of(world, everything(values, *rules, empty=empty), mode, TODAY, target, **options)
    someone = record(1001)
    work = Work(context, replace(someone, values={**someone.values, INCOME: None, **values}), "1001")
    there = person(target)
    mapped = work.mapped(is_new=False)
    resources.send(work, there, mapped, resources.plan(there, mapped, context))
    return work


def texts(target: LoketTarget, name: str) -> list[str]:
    return [option.value for option in target.snapshot().value_lists[name]]


def other(target: LoketTarget, name: str, path: str) -> str:
    """A value of the list that this person hasn't."""
    present = read(row_of(target), path) or {}
    return next(text for text in texts(target, name) if text not in present.values())


def why(target: LoketTarget) -> dict[str, str]:
    return {REASON: texts(target, REASON.rpartition(".")[2])[0]}


# -- chains ------------------------------------------------------------------------------------------------------------


def test_hours_and_organization_become_new_records_from_today(target: LoketTarget, world: World) -> None:
    before = row_of(target)
    values = {HOURS: "19.5", FUNCTION: other(target, "function", "organizationalEntity.function")}
    work = synced(target, world, values)
    after = row_of(target)
    assert (work.outcome, set(told(work)), codes(work)) == (Outcome.CHANGED, {HOURS, FUNCTION}, [])
    assert after["workinghours"]["startDate"] == after["organizationalEntity"]["startDate"] == TODAY.isoformat()
    assert (after["workinghours"]["deviatingHoursPerWeek"], after["organizationalEntity"]["id"]) != (
        before["workinghours"]["deviatingHoursPerWeek"],
        before["organizationalEntity"]["id"],
    )
    former, present = target.list_working_hours(after["id"])
    assert (former["endDate"], present["endDate"]) == ("2026-11-22", None)
    rest = {"id", "startDate", "endDate", "deviatingHoursPerWeek", "aggregatedHoursPerWeek"}
    assert {k: v for k, v in present.items() if k not in rest} == {k: v for k, v in former.items() if k not in rest}
    assert synced(target, world, values).outcome is Outcome.UNCHANGED


def test_the_second_sync_of_a_day_corrects_its_own_record(target: LoketTarget, world: World) -> None:
    synced(target, world, {HOURS: "19.5"})
    assert told(synced(target, world, {HOURS: "20"})) == {HOURS: ("19.5", "20")}
    assert len(target.list_working_hours(row_of(target)["id"])) == 2


def test_a_record_that_is_to_come_is_left_alone(target: LoketTarget, world: World) -> None:
    row = row_of(target)
    target.create_working_hours(row["id"], resources_copy(row["workinghours"], "2027-03-01"))
    work = synced(target, world, {HOURS: "19.5"})
    assert (codes(work), unsent(work)) == (["later_record"], {HOURS: ""})
    assert work.problems[0].params == {"day": "2027-03-01"}


def resources_copy(record: dict[str, Any], day: str) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k not in ("id", "endDate", "aggregatedHoursPerWeek")} | {
        "startDate": day
    }


def test_a_conflict_with_somebody_in_loket_loses_neither_change(
    target: LoketTarget, world: World, clients: Clients
) -> None:
    """Edited between our read and our write: If-Match tells."""
    synced(target, world, {HOURS: "19.5"})
    calls, real = list[str](), target.get_working_hours

    def read_and_edited(record_id: str) -> dict[str, Any]:
        found = real(record_id)
        if not calls:
            somebody = clients()
            somebody.put_working_hours(record_id, somebody.get_working_hours(record_id) | {"averageHoursPerWeek": 12})
        calls.append(record_id)
        return found

    target.get_working_hours = read_and_edited
    work = synced(target, world, {HOURS: "20"})
    stored = row_of(target)["workinghours"]
    assert (stored["deviatingHoursPerWeek"], stored["averageHoursPerWeek"]) == (20, 12)
    assert (told(work), len(calls)) == ({HOURS: ("19.5", "20")}, 2)


# -- the employment, its first and its last day ------------------------------------------------------------------------


def test_the_fields_of_an_employment_are_laid_over_it(target: LoketTarget, world: World) -> None:
    before = row_of(target)
    work = synced(target, world, {INCOME: "7", "employment.namePayslip": "J. van der Berg"})
    new = {"incomeRelationshipNumber": 7, "namePayslip": "J. van der Berg"}
    assert row_of(target) == before | new
    assert (work.outcome, codes(work)) == (Outcome.CHANGED, [])


def test_an_employment_ends_goes_on_and_ends_on_another_day(target: LoketTarget, world: World) -> None:
    before = row_of(target)
    ending = {END: "2026-12-31", **why(target)}
    assert synced(target, world, ending).asks == {"ended_employments"}
    assert row_of(target) == before
    assert synced(target, world, ending, approved=ENDS).outcome is Outcome.CHANGED
    ended = row_of(target)
    assert (ended["endDate"], ended["workinghours"]["endDate"]) == ("2026-12-31", "2026-12-31")
    assert ended["endOfEmploymentReason"]["value"] == "Overig"
    synced(target, world, ending | {END: "2027-01-31"}, approved=ENDS)
    assert row_of(target)["endDate"] == "2027-01-31"
    synced(target, world, {END: None}, empty=Empty.CLEAR, approved={"reinstatements": 1})
    assert row_of(target) == before


def test_one_reason_for_everybody_may_be_laid_down(target: LoketTarget, world: World) -> None:
    reason = Rule(REASON, None, fallback=why(target)[REASON])
    synced(target, world, {END: "2026-12-31"}, reason, approved=ENDS)
    assert row_of(target)["endOfEmploymentReasonTaxAuthorities"]["value"] == why(target)[REASON]


def test_without_a_reason_nobody_is_ended(target: LoketTarget, world: World) -> None:
    work = synced(target, world, {END: "2026-12-31"}, approved=ENDS)
    assert (codes(work), row_of(target)["endDate"]) == (["end_reason_missing"], None)


def test_another_first_day_moves_the_first_records_too(target: LoketTarget, world: World) -> None:
    row = row_of(target)
    day = date.fromisoformat(row["startDate"]).replace(day=15).isoformat()
    synced(target, world, {START: day}, approved={"start_dates": 1})
    after = row_of(target)
    assert (after["startDate"], after["workinghours"]["startDate"]) == (day, day)


# -- the bank account --------------------------------------------------------------------------------------------------


def account(target: LoketTarget) -> dict[str, Any]:
    found = of_wage(target.list_payment_information(row_of(target)["id"]))
    assert found is not None
    return found


def test_another_account_goes_over_the_record_of_the_wage(target: LoketTarget, world: World) -> None:
    before = account(target)
    assert synced(target, world, {"iban": MINE}).asks == {"bank_accounts"}
    assert account(target) == before
    synced(target, world, {"iban": MINE, "payment.nameBeneficiary": "J. Berg"}, approved={"bank_accounts": 1})
    assert account(target) == before | {"iban": MINE, "nameBeneficiary": "J. Berg"}


def test_a_first_account_is_made_for_the_wage(target: LoketTarget, world: World, simulator: Simulator) -> None:
    row = row_of(target)
    record = simulator.world.get("employment", row["id"])
    assert record is not None
    simulator.world.replace(record, {**record.body, "_payments": []})
    work = synced(target, world, {"iban": MINE})
    assert (work.outcome, codes(work), told(work)) == (Outcome.CHANGED, [], {"iban": ("", "••••••300")})
    made = account(target)
    assert (made["iban"], made["payrollComponent"]["value"]) == (MINE, "Netto loon")


# -- all of it ---------------------------------------------------------------------------------------------------------


def test_every_field_of_an_employment_can_be_brought_up_to_date(target: LoketTarget, world: World) -> None:
    values = person_of(3, target.snapshot().value_lists)
    keys = [key for key, field in LOKET_FIELDS.items() if field.resource in DATED and key not in (START, END)]
    values["workingHours.calculateUsingWorkPattern.deviatingDaysAndHours"] = "no"
    work = synced(target, world, {key: values[key] for key in keys} | {OLD_REASON: None})
    assert (codes(work), unsent(work)) == ([], {})
    row = row_of(target)
    sections = {Resource.EMPLOYMENT: row, Resource.WORKING_HOURS: row["workinghours"]}
    sections[Resource.ORGANIZATION] = row["organizationalEntity"]
    fields = [LOKET_FIELDS[key] for key in keys]
    assert [f.key for f in fields if is_empty(read(sections[f.resource], f.path))] == []
    again = synced(target, world, {key: values[key] for key in keys})
    assert (again.outcome, again.changes) == (Outcome.UNCHANGED, [])


def test_hours_that_loket_works_out_from_the_pattern_are_not_sent(target: LoketTarget, world: World) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    weeks = [f"workingHours.workPattern.{week}" for week in ("oddWeeks", "evenWeeks")]
    pattern = {f"{week}.{day}": "4" for week in weeks for day in days}
    pattern |= {f"{week}.{day}": "0" for week in weeks for day in ("saturday", "sunday")}
    pattern["workingHours.calculateUsingWorkPattern.deviatingDaysAndHours"] = "yes"
    work = synced(target, world, pattern | {HOURS: "20"})
    assert (codes(work), HOURS in told(work)) == ([], False)
    assert row_of(target)["workinghours"]["deviatingHoursPerWeek"] == 20
    assert synced(target, world, pattern | {HOURS: "20"}).outcome is Outcome.UNCHANGED
    work = synced(target, world, pattern | {HOURS: "24"})
    assert (codes(work), unsent(work), told(work)) == (["by_work_pattern"], {HOURS: ""}, {})


def test_a_right_that_loket_withholds_costs_its_own_part(
    target: LoketTarget, world: World, simulator: Simulator
) -> None:
    simulator.options.missing_rights = ["Beheer diverse vaste gegevens salarisverw"]
    work = synced(target, world, {"iban": MINE, HOURS: "19.5"}, approved={"bank_accounts": 1})
    assert (codes(work), set(told(work))) == (["payment_not_allowed"], {HOURS})
    assert change(work, HOURS).from_day == TODAY.isoformat()
    assert DEPARTMENT not in told(work)
