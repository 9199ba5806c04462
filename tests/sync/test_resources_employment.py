"""The fields of the employment itself: laid over what was just read, nothing else touched (rule 45)."""

from copy import deepcopy
from typing import Any

import pytest

from loket_portal.loket.errors import Conflict, Forbidden, WriteUnsure
from mapping.rules import Rule, WriteMode
from sync import resources
from sync.outcomes import Outcome
from sync.resources.lists import OF_EMPLOYMENT, WithMore
from tests.sync.fakes import VALUE_LISTS, World
from tests.sync.resourcing import FUNCTION, HOURS, INCOME, codes, done, hired, told

ON_CALL, UNTIL = "employment.isOnCallEmployment", "employment.commissionUntilDate"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def row(world: World) -> dict[str, Any]:
    return hired(world, isOnCallEmployment=False, commissionUntilDate=None, payrollId=7)


def test_the_mapped_fields_are_laid_over_the_employment(world: World, row: dict[str, Any]) -> None:
    before = deepcopy(row)
    work = done(world, {INCOME: "2", ON_CALL: "yes", UNTIL: "2027-01-31"})
    assert told(work) == {INCOME: ("1", "2"), ON_CALL: ("no", "yes"), UNTIL: ("", "2027-01-31")}
    new = {"incomeRelationshipNumber": 2, "isOnCallEmployment": True, "commissionUntilDate": "2027-01-31"}
    assert row == before | new
    assert [op["action"] for op in world.ops] == ["employment.put"]


def test_it_is_read_right_before_and_costs_two_calls(world: World, row: dict[str, Any]) -> None:
    stale = deepcopy(row)
    row["payrollId"] = 8
    done(world, {INCOME: "2"}, stale=stale)
    assert row["payrollId"] == 8
    assert [name for name, _ in world.calls] == ["get_employment", "put_employment"]


def test_what_somebody_corrected_meanwhile_is_not_sent(world: World, row: dict[str, Any]) -> None:
    stale = deepcopy(row)
    row["incomeRelationshipNumber"] = 2
    done(world, {INCOME: "2"}, stale=stale)
    assert world.count("put_employment") == 0


@pytest.mark.parametrize("fault", [Conflict("changed"), WriteUnsure("reset")])
def test_a_conflict_and_a_lost_answer_are_read_again(world: World, row: dict[str, Any], fault: Exception) -> None:
    world.faults["put_employment"] = [fault]
    assert told(done(world, {INCOME: "2"})) == {INCOME: ("1", "2")}
    assert (world.count("get_employment"), world.count("put_employment")) == (2, 2)


def test_a_missing_right_costs_the_employment_alone(world: World, row: dict[str, Any]) -> None:
    world.faults["put_employment"] = [Forbidden("no")]
    work = done(world, {INCOME: "2", FUNCTION: "Bediening"})
    assert (codes(work), told(work)) == (["employment_not_allowed"], {FUNCTION: ("Kok", "Bediening")})


def test_nothing_differs_and_nothing_is_called(world: World, row: dict[str, Any]) -> None:
    work = done(world, {INCOME: "1", ON_CALL: "no"})
    assert (work.outcome, work.changes, world.calls) == (Outcome.UNCHANGED, [], [])


@pytest.mark.parametrize(
    "rule",
    [
        Rule(INCOME, INCOME, write_mode=WriteMode.ONLY_FOR_NEW),
        Rule(INCOME, INCOME, write_mode=WriteMode.ONLY_IF_EMPTY),
        Rule(INCOME, None, fallback="3"),
    ],
)
def test_a_rule_that_is_for_others_changes_nobody(world: World, row: dict[str, Any], rule: Rule) -> None:
    assert done(world, {INCOME: "2"}, rule).changes == []


def test_somebody_without_an_employment_here_has_none_to_change(world: World) -> None:
    loket_id = world.hire(1001)
    del world.employments[loket_id]
    work = done(world, {INCOME: "2", HOURS: "32", "iban": "NL91ABNA0417164300"})
    assert (work.changes, world.calls) == ([], [])


def test_each_action_has_a_name_that_the_journal_can_keep() -> None:
    assert len(set(resources.ACTIONS)) == len(resources.ACTIONS)
    assert all(len(action) <= 24 for action in resources.ACTIONS)


# -- value lists that cost a call --------------------------------------------------------------------------------------


def test_the_lists_of_an_employment_are_read_when_somebody_asks_and_once() -> None:
    asked: list[int] = []

    def more() -> Any:
        asked.append(1)
        return {name: VALUE_LISTS[name] for name in OF_EMPLOYMENT} | {"gender": ()}

    lists = WithMore({"gender": VALUE_LISTS["gender"]}, more)
    assert (lists["gender"], lists.get("country"), asked) == (VALUE_LISTS["gender"], None, [])
    for name in OF_EMPLOYMENT:
        assert lists[name] == VALUE_LISTS[name]
    assert (set(lists), asked) == ({"gender", *OF_EMPLOYMENT}, [1])
    assert lists["gender"] == VALUE_LISTS["gender"]


def test_where_loket_does_not_give_them_they_are_not_there() -> None:
    def more() -> Any:
        raise Forbidden("no")

    assert WithMore({}, more).get("endOfEmploymentReason") is None
    assert HOURS not in WithMore({}, more)
