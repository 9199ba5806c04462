"""Where and when somebody works: a new record from a day on, the past as it was, nobody's plan undone (rule 54)."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from loket_portal.loket.errors import Conflict, Forbidden, RecordRejected, WriteUnsure
from sync.outcomes import Outcome
from sync.work import Mode
from tests.sync.fakes import VALUE_LISTS, World
from tests.sync.resourcing import (
    AVERAGE,
    DEPARTMENT,
    FUNCTION,
    HOURS,
    INCOME,
    chain,
    change,
    codes,
    done,
    hired,
    told,
    unsent,
)

PLACE = "organization.placeOfEmployment"
WEEK = "workingHours.workPattern.oddWeeks.monday"


@pytest.fixture
def world() -> World:
    world = World()
    hired(world)
    return world


def hours(world: World) -> list[float]:
    (records,) = vars(world)["kept_working_hours"].values()
    return [one["deviatingHoursPerWeek"] for one in records]


def test_other_hours_are_a_new_record_from_today(world: World) -> None:
    work = done(world, {HOURS: "32"})
    assert (work.outcome, told(work), codes(work)) == (Outcome.CHANGED, {HOURS: ("36", "32")}, [])
    assert chain(world, "working_hours") == [("2015-04-01", "2026-11-22"), ("2026-11-23", None)]
    assert hours(world) == [36.0, 32]
    assert [op["action"] for op in world.ops] == ["hours.post"]


def test_function_and_department_go_in_one_record_and_the_rest_of_it_is_copied(world: World) -> None:
    done(world, {FUNCTION: "Bediening", DEPARTMENT: "Algemeen", PLACE: "Utrecht"})
    assert chain(world, "organizational_entity") == [("2015-04-01", "2026-11-22"), ("2026-11-23", None)]
    (row,) = world.employments.values()
    assert row["organizationalEntity"]["distributionUnit"] == {"key": "u-0", "description": "Algemeen"}
    assert row["organizationalEntity"]["placeOfEmployment"] == "Utrecht"
    assert world.count("create_organizational_entity") == 1


def test_two_calls_a_chain_and_none_for_one_that_is_the_same(world: World) -> None:
    done(world, {HOURS: "32", FUNCTION: "Kok"})
    assert [name for name, _ in world.calls] == ["list_working_hours", "create_working_hours"]


def test_the_same_day_again_corrects_the_record_of_that_day(world: World) -> None:
    done(world, {HOURS: "32"})
    work = done(world, {HOURS: "28"})
    assert told(work) == {HOURS: ("32", "28")}
    assert chain(world, "working_hours") == [("2015-04-01", "2026-11-22"), ("2026-11-23", None)]
    assert hours(world) == [36.0, 28]
    assert world.ops[-1]["action"] == "hours.put"


def test_a_day_of_this_month_that_hr_tells_is_the_first_day(world: World) -> None:
    work = done(world, {HOURS: "32"}, since={HOURS: date(2026, 11, 2)})
    assert change(work, HOURS).from_day == "2026-11-02"
    assert chain(world, "working_hours") == [("2015-04-01", "2026-11-01"), ("2026-11-02", None)]


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2025, 11, 23), date(2026, 11, 24)])
def test_an_earlier_month_may_be_paid_already_and_counts_from_now_on(world: World, day: date) -> None:
    work = done(world, {HOURS: "32"}, since={HOURS: day})
    assert change(work, HOURS).from_day == "2026-11-23"


def test_of_two_days_in_one_record_the_later_one_counts(world: World) -> None:
    since = {FUNCTION: date(2026, 11, 2), DEPARTMENT: date(2026, 11, 16)}
    work = done(world, {FUNCTION: "Bediening", DEPARTMENT: "Algemeen"}, since=since)
    assert {one.from_day for one in work.changes} == {"2026-11-16"}


def test_no_record_begins_before_the_present_one(world: World) -> None:
    done(world, {HOURS: "32"}, since={HOURS: date(2026, 11, 16)})
    work = done(world, {HOURS: "30"}, since={HOURS: date(2026, 11, 9)})
    assert change(work, HOURS).from_day == "2026-11-16"
    assert hours(world) == [36.0, 30]


def test_what_somebody_planned_in_loket_is_left_alone(world: World) -> None:
    done(world, {HOURS: "40"}, today=date(2027, 1, 1))
    (row,) = world.employments.values()
    assert row["workinghours"]["endDate"] == "2026-12-31", "the present one, which is followed"
    work = done(world, {HOURS: "32", FUNCTION: "Bediening"})
    assert (codes(work), unsent(work)) == (["later_record"], {HOURS: ""})
    assert work.problems[0].params == {"day": "2027-01-01"}
    assert told(work) == {FUNCTION: ("Kok", "Bediening")}, "the other chain goes on"
    assert hours(world) == [36.0, 40]


def test_a_record_planned_meanwhile_is_left_alone_too(world: World) -> None:
    (row,) = world.employments.values()
    stale = deepcopy(row)
    done(world, {HOURS: "40"}, today=date(2027, 1, 1))
    work = done(world, {HOURS: "32"}, stale=stale)
    assert (codes(work), unsent(work), hours(world)) == (["later_record"], {HOURS: ""}, [36.0, 40])


def test_an_employment_without_any_record_is_not_given_one(world: World) -> None:
    (row,) = world.employments.values()
    row["workinghours"] = None
    work = done(world, {HOURS: "32"})
    assert (codes(work), unsent(work), world.calls) == (["no_record"], {HOURS: ""}, [])


def test_half_a_week_pattern_is_told_and_the_rest_goes(world: World) -> None:
    work = done(world, {WEEK: "7.5", HOURS: "32"})
    assert (codes(work), unsent(work)) == (["whole_incomplete"], {WEEK: ""})
    assert told(work) == {HOURS: ("36", "32")}
    (row,) = world.employments.values()
    assert "workPattern" not in row["workinghours"]


def test_somebody_else_s_value_stays(world: World) -> None:
    """Edited in Loket after the list was read."""
    (row,) = world.employments.values()
    stale = deepcopy(row)
    row["workinghours"]["averageHoursPerWeek"] = 12
    done(world, {HOURS: "32"}, stale=stale)
    assert (row["workinghours"]["averageHoursPerWeek"], row["workinghours"]["deviatingHoursPerWeek"]) == (12, 32)


def test_a_lost_post_is_found_by_its_first_day_and_never_doubled(world: World) -> None:
    world.faults_after["create_working_hours"] = [WriteUnsure("timeout")]
    work = done(world, {HOURS: "32"})
    assert (work.outcome, told(work)) == (Outcome.CHANGED, {HOURS: ("36", "32")})
    assert (world.count("create_working_hours"), len(hours(world))) == (1, 2)
    assert [op["state"] for op in world.ops] == ["confirmed"]


def test_a_post_that_never_landed_is_sent_again(world: World) -> None:
    world.faults["create_working_hours"] = [WriteUnsure("reset")]
    done(world, {HOURS: "32"})
    assert (world.count("create_working_hours"), hours(world)) == (2, [36.0, 32])


def test_three_lost_answers_are_the_end(world: World) -> None:
    world.faults["create_working_hours"] = [WriteUnsure("reset")] * 3
    with pytest.raises(WriteUnsure):
        done(world, {HOURS: "32"})
    assert world.count("create_working_hours") == 3


def test_a_conflict_is_read_and_sent_again(world: World) -> None:
    done(world, {HOURS: "32"})
    world.faults["put_working_hours"] = [Conflict("changed")]
    work = done(world, {HOURS: "28"})
    assert (told(work), world.count("put_working_hours")) == ({HOURS: ("32", "28")}, 2)


@pytest.mark.parametrize("call", ["list_working_hours", "create_working_hours"])
def test_a_missing_right_costs_that_chain_alone(world: World, call: str) -> None:
    world.faults[call] = [Forbidden("no")]
    work = done(world, {HOURS: "32", FUNCTION: "Bediening", INCOME: "2"})
    assert codes(work) == ["hours_not_allowed"]
    assert set(told(work)) == {FUNCTION, INCOME}
    assert work.context.refused == {"hours"}


def test_a_refusal_costs_that_chain_alone_and_the_person_has_failed(world: World) -> None:
    world.faults["create_organizational_entity"] = [RecordRejected("no")]
    work = done(world, {HOURS: "32", FUNCTION: "Bediening"})
    assert (work.outcome, set(told(work)), codes(work)) == (Outcome.FAILED, {HOURS}, ["rejected"])


def test_loket_that_stores_something_else_is_noticed(world: World) -> None:
    real = world.call

    def call(name: str, about: str, effect: Callable[[], Any]) -> Any:
        answer = real(name, about, effect)
        return answer | {"averageHoursPerWeek": 9} if name == "create_working_hours" else answer

    world.call = call  # type: ignore[method-assign]
    work = done(world, {HOURS: "32", AVERAGE: "30"})
    assert (work.outcome, codes(work), set(told(work))) == (Outcome.FAILED, ["not_stored"], {HOURS})


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.LOOK])
def test_planning_reads_and_writes_nothing(world: World, mode: Mode) -> None:
    work = done(world, {HOURS: "32", FUNCTION: "Bediening"}, mode=mode)
    assert (told(work), world.calls) == ({HOURS: ("36", "32"), FUNCTION: ("Kok", "Bediening")}, [])
    assert (work.outcome, work.must_look) == (Outcome.CHANGED, False)


def test_a_second_run_finds_nothing(world: World) -> None:
    done(world, {HOURS: "32", FUNCTION: "Bediening", PLACE: "Utrecht"})
    world.calls.clear()
    work = done(world, {HOURS: "32", FUNCTION: "Bediening", PLACE: "Utrecht"})
    assert (work.outcome, work.changes, world.calls) == (Outcome.UNCHANGED, [], [])


def test_a_shift_goes_by_its_number(world: World) -> None:
    done(world, {"workingHours.shift": VALUE_LISTS["shift"][1].value})
    (row,) = world.employments.values()
    assert row["workinghours"]["shift"] == {"shiftNumber": 2}
