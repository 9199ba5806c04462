"""A few of whom HR says something new, while nothing has moved in Loket: only they are read (D2)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync import few
from sync.engine import Outcome
from sync.policy import Reason
from sync.records import HRRecord
from tests.sync.fakes import FakeTarget, World, record, sync
from tests.sync.test_apply import at
from tests.sync.test_unchanged import again, edited, people

EMAIL = "employee.contactInformation.emailAddress"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def everybody(world: World) -> list[HRRecord]:
    """Three employees who are as HR has them."""
    made = people(world)
    sync(world, *made)
    return made


def read_of(world: World) -> list[str]:
    """Whom the run read first: their numbers, "" for everybody."""
    return [about for name, about in world.calls if name == "snapshot"]


def test_only_who_changed_in_hr_is_read_written_and_seen_again(world: World, everybody: list[HRRecord]) -> None:
    again(world, *edited(everybody, 1, email="new@mail.example"))
    assert read_of(world) == ["1002"]
    assert [about for name, about in world.calls if name == "people_again"] == ["1002"]
    assert {key: one.outcome for key, one in world.results.items()} == {"1002": Outcome.CHANGED}
    assert [change.field for change in world.results["1002"].changes] == [EMAIL]


def test_the_next_run_is_one_call(world: World, everybody: list[HRRecord]) -> None:
    changed = edited(everybody, 1, email="new@mail.example")
    again(world, *changed)
    assert again(world, *changed) == ["versions"]


def test_it_is_no_comparison_of_everybody(world: World, everybody: list[HRRecord]) -> None:
    before = world.standing.compared_at
    again(world, *[replace(one, values={**one.values, "email": "new@mail.example"}) for one in everybody])
    assert read_of(world) == ["1001 1002 1003"]
    assert world.standing.compared_at == before


@pytest.mark.parametrize(
    "values",
    [{"last_name": "Vos", "first_name": "Kees", "initials": "K."}, {"employee_number": "1009"}],
    ids=["other names, by which people are recognised", "a number, by which they are asked for"],
)
def test_who_may_be_somebody_else_is_looked_for_among_everybody(
    world: World, everybody: list[HRRecord], values: dict[str, Any]
) -> None:
    again(world, *edited(everybody, 1, **values))
    assert read_of(world)[-1] == ""


def test_somebody_new_is_compared_with_everybody(world: World, everybody: list[HRRecord]) -> None:
    again(world, *everybody, record(2001, 9, first_name="Piet", last_name="Smit"))
    assert read_of(world) == [""]


def test_somebody_whom_loket_has_no_more_is_looked_for_among_everybody(world: World, everybody: list[HRRecord]) -> None:
    (gone,) = (loket_id for loket_id, one in world.employees.items() if one["employeeNumber"] == 1002)
    del world.employees[gone], world.employments[gone]
    again(world, *edited(everybody, 1, email="new@mail.example"))
    assert read_of(world) == ["1002", ""]
    assert world.results["1002"].reason == Reason.GONE_IN_LOKET


@pytest.fixture
def with_concept(world: World, everybody: list[HRRecord]) -> list[HRRecord]:
    """The same, and somebody who waits as a concept employee."""
    made = [*everybody, record(2001, 9, first_name="Piet", last_name="Smit")]
    again(world, *made)
    assert len(world.concepts) == 1
    return made


def test_where_somebody_waits_as_a_concept_employee_everybody_is_read_and_read_once(
    world: World, with_concept: list[HRRecord]
) -> None:
    again(world, *edited(with_concept, 1, email="new@mail.example"))
    assert read_of(world) == [""]
    assert world.results["1002"].outcome is Outcome.CHANGED


def test_once_somebody_completed_it_in_loket_few_are_few_again(world: World, with_concept: list[HRRecord]) -> None:
    FakeTarget(world).convert_concept(next(iter(world.concepts)))
    changed = edited(with_concept, 1, email="new@mail.example")
    again(world, *changed)
    assert (read_of(world), world.links["2001"][1]) == ([""], False)
    again(world, *edited(changed, 1, email="newer@mail.example"))
    assert read_of(world) == ["1002"]


def test_what_moved_in_loket_is_looked_for_among_everybody(world: World, everybody: list[HRRecord]) -> None:
    world.edit(next(iter(world.employees)), address__city="Soest")
    again(world, *edited(everybody, 1, email="new@mail.example"))
    assert read_of(world) == [""]


def test_an_edit_of_somebody_unread_is_heard_by_the_next_run(
    world: World, everybody: list[HRRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    """He moves while the run writes somebody else, and nobody had read him."""
    unread = next(loket_id for loket_id, one in world.employees.items() if one["employeeNumber"] == 1003)
    changed = edited(everybody, 1, email="new@mail.example")
    at(monkeypatch, "put_employee", 1, lambda: world.edit(unread, personalDetails__lastName="Other"))
    again(world, *changed)
    assert read_of(world) == ["1002"]
    again(world, *changed)
    assert [change.new for change in world.results["1003"].changes] == ["Jansen"]


def test_who_is_left_alone_counts_as_known_where_too_many_change(world: World) -> None:
    """One of forty is few; the guard is about the whole company."""
    everybody = people(world, 40)
    sync(world, *everybody)
    again(world, *edited(everybody, 1, email="new@mail.example"))
    assert world.results["1002"].outcome is Outcome.CHANGED


def test_the_end_in_loket_of_somebody_unread_is_not_forgotten(world: World) -> None:
    everybody = people(world)
    next(iter(world.employments.values()))["endDate"] = "2026-11-30"
    sync(world, *everybody)
    again(world, *edited(everybody, 1, email="new@mail.example"))
    assert (read_of(world), world.standing.look_on) == (["1002"], date(2026, 12, 1))


@pytest.mark.parametrize(
    ("numbers", "everybody", "cheaper"),
    [(1, 40, True), (50, 40, True), (51, 250, False), (200, 2000, True), (201, 2000, False), (0, 0, True)],
)
def test_asking_by_number_takes_at_most_half_the_calls(numbers: int, everybody: int, cheaper: bool) -> None:
    assert few.is_cheaper(numbers, everybody) is cheaper
