"""Whole runs in which employments change: the guards ask, a kill at any point doubles nothing, and the next run is quiet."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mapping.rules import MappingSet, Rule
from sync.diff import AS_EMPLOYEE
from sync.engine import NeedsApproval, Outcome, PersonResult
from sync.records import HRRecord
from tests.sync.fakes import AS_FULL, FULL, ROSTER, FakeTarget, Killed, World, record, sync
from tests.sync.resourcing import END, FUNCTION, HOURS, INCOME, OLD_REASON, REASON, START, WHY

REASONS = (Rule(REASON, None, fallback=WHY[REASON]), Rule(OLD_REASON, None, fallback=WHY[OLD_REASON]))
MAPPING = MappingSet("M", 1, (*(rule for rule in ROSTER.rules if rule.target != REASON), *REASONS))
OTHER = "NL24TEST0026007966"
AS_LOKET: dict[str, Any] = {"first_name": "Johanna", "initials": "J.M.", "prefix": "van der", "last_name": "Berg"}


@pytest.fixture
def world() -> World:
    world = World()
    world.ibans[world.hire(1001)] = OTHER
    return world


def run(world: World, *people: HRRecord, **how: Any) -> PersonResult:
    sync(world, *people, mapping=MAPPING, **how)
    return world.results[people[0].key]


def leaver(number: int = 1001, end: str | None = "2026-10-31") -> HRRecord:
    return record(number, status="inactive", end_date=end, **AS_LOKET)


def row(world: World) -> dict[str, Any]:
    (found,) = world.employments.values()
    return found


def asked(caught: pytest.ExceptionInfo[NeedsApproval]) -> list[tuple[str, int]]:
    return [(guard.code, guard.count) for guard in caught.value.guards]


# -- what a run asks ---------------------------------------------------------------------------------------------------


def test_an_end_makes_the_run_wait_before_anything_is_written(world: World) -> None:
    with pytest.raises(NeedsApproval) as caught:
        run(world, leaver(), approved={})
    assert (asked(caught), world.writes) == ([("ended_employments", 1)], [])
    assert world.planned["1001"].outcome is Outcome.PLANNED


def test_agreed_it_ends(world: World) -> None:
    found = run(world, leaver(), approved={"ended_employments": 1})
    assert (found.outcome, row(world)["endDate"]) == (Outcome.CHANGED, "2026-10-31")
    again = run(world, leaver(), approved={})
    assert (again.outcome, again.changes) == (Outcome.SKIPPED, ())


def test_a_roster_that_tells_the_reason_in_lokets_words_needs_no_more_of_a_mapping(world: World) -> None:
    """With the default mapping; Loket's older reason is "Overig" there."""
    by_default = MappingSet("M", 1, (*ROSTER.rules, REASONS[1]))
    tells = replace(leaver(), values={**leaver().values, "end_reason": WHY[REASON].upper()})
    sync(world, tells, mapping=by_default, approved={"ended_employments": 1})
    assert row(world)["endOfEmploymentReasonTaxAuthorities"]["key"] == 81


def test_left_out_it_is_shown_and_the_rest_goes(world: World) -> None:
    world.hire(1002)
    people = (leaver(), record(1002, 3, **AS_LOKET | {"hours_per_week": "32"}))
    found = run(world, *people, approved={"ended_employments": 0})
    assert (found.outcome, row_of(world, 1002)["workinghours"]["deviatingHoursPerWeek"]) == (Outcome.SKIPPED, 32)
    assert {change.needs for change in found.changes if not change.sendable} == {"ended_employments"}


def row_of(world: World, number: int) -> dict[str, Any]:
    return next(one for one in world.employments.values() if one["id"].endswith(str(number)))


def test_who_is_absent_is_not_ended(world: World) -> None:
    world.hire(1002)
    run(world, record(1002, 3, **AS_LOKET), approved={})
    assert row_of(world, 1001)["endDate"] is None
    assert world.writes == []


def test_a_first_day_and_a_bank_account_are_asked_about_each_by_itself(world: World) -> None:
    known = record(1001, **AS_LOKET, iban=OTHER)
    run(world, known)
    with pytest.raises(NeedsApproval) as caught:
        run(world, record(1001, **AS_LOKET, start_date="2015-05-01", iban="NL91ABNA0417164300"), approved={})
    assert asked(caught) == [("bank_accounts", 1), ("start_dates", 1)]
    assert world.writes == []


def test_an_account_that_turns_out_to_be_another_is_asked_about_too(world: World) -> None:
    """Nothing is known of it before somebody looks: the person waits, nobody else does."""
    someone = record(1001, **AS_LOKET, iban="NL91ABNA0417164300", hours_per_week="32")
    with pytest.raises(NeedsApproval) as caught:
        run(world, someone, approved={})
    assert asked(caught) == [("bank_accounts", 1)]
    assert "put_payment_information" not in [name for name, _ in world.writes]
    sync(world, someone, mapping=MAPPING, approved={"bank_accounts": 1}, resume=True)
    assert [name for name, _ in world.writes][-1] == "put_payment_information"
    assert world.results["1001"].outcome is Outcome.CHANGED


def test_a_preview_asks_nobody_and_shows_what_would_be_asked(world: World) -> None:
    people = (record(1001, **AS_LOKET, start_date="2015-05-01", iban="NL91ABNA0417164300", hours_per_week="32"),)
    found = run(world, *people, approved={}, dry_run=True)
    assert {change.field: change.needs for change in found.changes} == {
        START: "start_dates",
        HOURS: "",
        "iban": "bank_accounts",
    }
    assert (found.outcome, world.writes) == (Outcome.CHANGED, [])
    assert all(change.sendable for change in found.changes)


def test_the_day_that_hr_tells_reaches_loket(world: World) -> None:
    someone = record(1001, **AS_LOKET, hours_per_week="32", function="Bediening")
    run(world, replace(someone, since={"hours_per_week": date(2026, 11, 2)}))
    assert row(world)["workinghours"]["startDate"] == "2026-11-02"
    assert row(world)["organizationalEntity"]["startDate"] == "2026-11-23"


# -- killed at any point -----------------------------------------------------------------------------------------------

CHANGED = {"income_number": "2", "start_date": "2015-05-01", "end_date": "2026-12-31", "function": "bediening"}
PEOPLE = (
    record(1001, 2, **FULL | CHANGED),
    record(1002, 3, **AS_LOKET | {"status": "inactive", "end_date": "2026-10-31"}),
)


def loket() -> World:
    world = World()
    world.ibans[world.hire(1001, **AS_FULL)] = OTHER
    world.hire(1002)
    return world


def content(world: World) -> Any:
    kept = {name: value for name, value in vars(world).items() if name.startswith("kept_")}
    return deepcopy((world.employees, world.employments, world.bsns, kept, world.fingerprints))


def undisturbed() -> tuple[Any, int, dict[str, Outcome]]:
    world = loket()
    run(world, *PEOPLE)
    return content(world), world.clock, {key: found.outcome for key, found in world.results.items()}


CALM = undisturbed()


def test_the_story_has_every_resource_in_it() -> None:
    world = loket()
    found = run(world, *PEOPLE)
    assert {op["action"] for op in world.ops} == {
        *("employee.put", "bsn.put", "employment.put", "employment.start", "employment.end"),
        *("organization.post", "hours.post", "payment.put"),
    }
    assert CALM[2] == {"1001": Outcome.CHANGED, "1002": Outcome.CHANGED}
    assert {START, END, INCOME, HOURS, FUNCTION, "iban", "bsn"} <= {change.field for change in found.changes}


@pytest.mark.parametrize("point", range(1, CALM[1] + 1))
def test_killed_once_at_any_point_nothing_is_doubled(point: int) -> None:
    world, is_resumed = loket(), False
    world.kill_at = point
    while True:
        try:
            run(world, *PEOPLE, resume=is_resumed)
            break
        except Killed:
            is_resumed = True
    assert content(world) == CALM[0]
    for name in ("create_working_hours", "create_organizational_entity"):
        assert world.count(name) == 1
    assert {key: found.outcome for key, found in world.results.items()} == CALM[2]


def test_the_next_run_is_quiet() -> None:
    world = loket()
    run(world, *PEOPLE)
    world.calls.clear()
    found = run(world, *PEOPLE, approved={})
    assert (found.outcome, found.changes, world.writes) == (Outcome.UNCHANGED, (), [])


# -- people who are new ------------------------------------------------------------------------------------------------


AVERAGE, BUSINESS = "workingHours.averageHoursPerWeek", "employee.contactInformation.businessEmailAddress"
MORE = replace(MAPPING, rules=(*MAPPING.rules, Rule(AVERAGE, "average"), Rule(BUSINESS, "business")))
NEW = record(1101, **FULL | {"average": "20", "business": "zoe@tulphoreca.example"})


def waiting(found: PersonResult) -> set[str]:
    return {change.field for change in found.changes if change.waits_until == AS_EMPLOYEE}


def stored(world: World) -> tuple[Any, Any]:
    (employment,), (employee,) = world.employments.values(), world.employees.values()
    return employment["workinghours"]["averageHoursPerWeek"], employee["contactInformation"]["businessEmailAddress"]


def test_what_a_concept_has_no_room_for_goes_as_soon_as_this_run_made_it_an_employee() -> None:
    world = World()
    sync(world, NEW, mapping=MORE, convert_new=True)
    found = world.results["1101"]
    assert (found.outcome, found.reason, waiting(found)) == (Outcome.CREATED, "converted", set())
    assert stored(world) == (20, "zoe@tulphoreca.example")
    assert {change.field for change in found.changes if change.sendable} >= {AVERAGE, BUSINESS}
    world.calls.clear()
    sync(world, NEW, mapping=MORE, convert_new=True)
    assert (world.results["1101"].outcome, world.writes) == (Outcome.UNCHANGED, [])


def test_else_it_goes_with_the_run_after_somebody_made_it_one() -> None:
    world = World()
    sync(world, NEW, mapping=MORE)
    assert waiting(world.results["1101"]) == {AVERAGE, BUSINESS}
    (concept_id,) = world.concepts
    FakeTarget(world).convert_concept(concept_id)
    sync(world, NEW, mapping=MORE)
    assert {change.field for change in world.results["1101"].changes} == {AVERAGE, BUSINESS}
    assert stored(world) == (20, "zoe@tulphoreca.example")


def test_a_preview_says_that_it_waits() -> None:
    world = World()
    sync(world, NEW, mapping=MORE, convert_new=True, dry_run=True)
    assert (waiting(world.results["1101"]), world.writes) == ({AVERAGE, BUSINESS}, [])


def test_nobody_who_has_all_that_a_concept_holds_costs_a_call_more() -> None:
    world = World()
    sync(world, record(1101, **FULL), mapping=MORE, convert_new=True)
    assert world.count("find_person") == 0


def converted() -> tuple[Any, int]:
    world = World()
    sync(world, NEW, mapping=MORE, convert_new=True)
    return stored(world), world.clock


@pytest.mark.parametrize("point", range(1, converted()[1] + 1))
def test_killed_at_any_point_of_it_the_rest_still_goes_and_nobody_is_made_twice(point: int) -> None:
    world, is_resumed = World(), False
    world.kill_at = point
    while True:
        try:
            sync(world, NEW, mapping=MORE, convert_new=True, resume=is_resumed)
            break
        except Killed:
            is_resumed = True
    assert stored(world) == converted()[0]
    assert (world.count("create_concept"), world.count("create_working_hours")) == (1, 1)
    assert world.results["1101"].outcome is Outcome.CREATED
