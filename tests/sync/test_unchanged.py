"""What need not be looked at again (D2): one call when nothing moved, and never less than that is safe."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from loket_portal.loket.errors import Forbidden, RecordRejected
from mapping.rules import MappingSet, Problem, Rule, Sealed
from sync.engine import Outcome
from sync.policy import Reason
from sync.records import HRRecord, Later
from tests.sync.fakes import ROSTER, VALUE_LISTS, FakeSeal, FakeTarget, World, record, sync

SAME: dict[str, Any] = {"first_name": "Johanna", "prefix": "van der", "initials": "J.M.", "gender": "vrouw"}
BSN = "111222333"


@pytest.fixture
def world() -> World:
    return World()


def people(world: World, many: int = 3, **values: Any) -> list[HRRecord]:
    """Employees who differ from HR in their last name."""
    for number in range(1001, 1001 + many):
        world.hire(number)
    return [record(number, number, **SAME, last_name="Jansen", **values) for number in range(1001, 1001 + many)]


def again(world: World, *everybody: HRRecord, **how: Any) -> list[str]:
    """The calls of one more run, which trusts what is remembered."""
    world.calls.clear()
    sync(world, *everybody, **{"is_full": False} | how)
    return [name for name, _ in world.calls]


def edited(everybody: list[HRRecord], place: int, **values: Any) -> list[HRRecord]:
    changed = replace(everybody[place], values={**everybody[place].values, **values})
    return [*everybody[:place], changed, *everybody[place + 1 :]]


# -- nothing moved -------------------------------------------------------------------------------------------------------


def test_nothing_moved_is_one_call(world: World) -> None:
    everybody = [*people(world, bsn=None), record(1900, 90, status="leave"), record(None, 91)]
    sync(world, *everybody)
    assert again(world, *everybody) == ["versions"]
    assert (world.same_as_before, world.results) == (5, {})


def test_a_purged_bsn_is_no_change(world: World) -> None:
    everybody = people(world, 1, bsn=BSN)
    sync(world, *everybody)
    purged = edited(everybody, 0, bsn=Sealed(FakeSeal().fingerprint("bsn", BSN), "••••••333"))
    assert again(world, *purged) == ["versions"]


def test_once_a_day_everybody_is_compared(world: World) -> None:
    """An edit in Loket that no number tells of is found by then."""
    everybody = people(world)
    sync(world, *everybody)
    next(iter(world.employees.values()))["personalDetails"]["lastName"] = "Other"
    assert again(world, *everybody) == ["versions"]
    assert "put_employee" in again(world, *everybody, is_full=True)


@pytest.mark.parametrize(
    "what",
    [
        {"mapping": replace(ROSTER, version=2)},
        {"mapping": MappingSet("Roster", 1, ROSTER.rules[:-1])},
        {"convert_new": True},
    ],
)
def test_another_mapping_or_setting_looks_at_everybody(world: World, what: dict[str, Any]) -> None:
    everybody = people(world)
    sync(world, *everybody)
    assert "snapshot" in again(world, *everybody, **what)


def test_a_planned_day_that_has_come_looks_again(world: World) -> None:
    later = (Later("last_name", "Vos", date(2026, 12, 1)),)
    everybody = [replace(one, later=later) for one in people(world, 1)]
    sync(world, *everybody)
    assert again(world, *everybody, today=date(2026, 11, 30)) == ["versions"]
    assert "snapshot" in again(world, *everybody, today=date(2026, 12, 1))


def test_the_day_after_an_end_in_loket_looks_again(world: World) -> None:
    everybody = people(world, 1)
    next(iter(world.employments.values()))["endDate"] = "2026-11-30"
    sync(world, *everybody)
    assert world.standing.look_on == date(2026, 12, 1)


@pytest.mark.parametrize(("column", "day"), [("start_date", "2026-12-01"), ("end_date", "2026-11-30")])
def test_somebody_who_starts_or_leaves_later_is_looked_at_on_that_day(world: World, column: str, day: str) -> None:
    everybody = [*people(world, 1), record(1900, 90, **{column: day}, status="leave")]
    sync(world, *everybody)
    assert world.standing.look_on == date(2026, 12, 1)


@pytest.mark.parametrize("right", ["get_bsn", "put_bsn"])
def test_a_right_that_is_missing_is_tried_by_each_run(world: World, right: str) -> None:
    everybody = people(world, 1, bsn=BSN)
    world.faults[right] = [Forbidden("no")]
    sync(world, *everybody)
    assert "put_bsn" in again(world, *everybody)
    assert again(world, *everybody) == ["versions"]


def test_a_value_that_loket_has_no_counterpart_for_is_tried_by_each_run(world: World) -> None:
    """Somebody may make the function in Loket, which moves no number."""
    everybody = people(world, 1, function="Sommelier")
    sync(world, *everybody)
    assert "snapshot" in again(world, *everybody)


def test_what_was_certain_once_and_is_no_more_is_looked_at_by_each_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody deletes the function in Loket, and takes it away from the person: HR says what it always said."""
    everybody = people(world, 2, function="kok")
    sync(world, *everybody)
    assert again(world, *everybody) == ["versions"]
    monkeypatch.setitem(VALUE_LISTS, "function", ())
    world.touch(next(iter(world.employees)))
    again(world, *everybody)
    assert world.results["1001"].problems
    again(world, *everybody)
    assert world.results["1001"].problems


def test_a_concept_that_is_to_be_converted_is_looked_at_by_each_run(world: World) -> None:
    new = record(1101, **SAME, last_name="Jansen", birth_date="1990-01-02", function="Sommelier")
    sync(world, new, convert_new=True)
    assert world.results["1101"].reason == Reason.WAITS_AS_CONCEPT
    assert "validate_concept" not in again(world, new)
    assert "validate_concept" in again(world, new, convert_new=True)


def test_a_concept_that_somebody_else_completes_may_wait_for_the_daily_look(world: World) -> None:
    new = record(1101, **SAME, last_name="Jansen", birth_date="1990-01-02", start_date="2026-09-01", function="kok",
                 department="Keuken")  # fmt: skip
    sync(world, new)
    assert world.results["1101"].problems == ()
    assert again(world, new) == ["versions"]


def test_whoever_was_refused_keeps_everybody_from_being_skipped(world: World) -> None:
    everybody = people(world)
    world.faults["put_employee"] = [RecordRejected("no")]
    sync(world, *everybody)
    assert "snapshot" in again(world, *everybody)
    assert world.results["1001"].reason == Reason.SET_ASIDE


# -- some moved ----------------------------------------------------------------------------------------------------------


def test_only_those_who_changed_are_compared(world: World) -> None:
    everybody = people(world, 5)
    sync(world, *everybody)
    counts_before = world.count("put_employee")
    world.calls.clear()
    counts = sync(world, *edited(everybody, 2, last_name="Vos"), is_full=False)
    assert (counts.same, counts.changed, list(world.results)) == (4, 1, ["1003"])
    assert (counts_before, world.count("put_employee")) == (5, 1)
    assert again(world, *edited(everybody, 2, last_name="Vos")) == ["versions"]


def test_what_moved_in_loket_is_compared_and_set_right(world: World) -> None:
    everybody = people(world)
    sync(world, *everybody)
    (second,) = (key for key, one in world.employees.items() if one["employeeNumber"] == 1002)
    world.edit(second, personalDetails__lastName="Other")
    counts = sync(world, *everybody, is_full=False)
    assert (counts.same, counts.changed, list(world.results)) == (2, 1, ["1002"])
    assert world.employees[second]["personalDetails"]["lastName"] == "Jansen"


def test_an_edit_of_what_nobody_maps_is_looked_at_once(world: World) -> None:
    everybody = people(world)
    sync(world, *everybody)
    world.edit(next(iter(world.employees)), travel__travelDistanceToWork=99)
    counts = sync(world, *everybody, is_full=False)
    assert (counts.same, counts.unchanged) == (2, 1)
    assert again(world, *everybody) == ["versions"]


def test_somebody_who_is_edited_while_the_run_goes_on_is_looked_at_by_the_next_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned as unchanged, and another by the time the run ends."""
    everybody = people(world)
    same, differing = record(1004, 1004, **SAME), everybody
    loket_id, original, count = world.hire(1004), FakeTarget.put_employee, [0]

    def put(self: FakeTarget, person: Any, body: dict[str, Any]) -> Any:
        count[0] += 1
        if count[0] == 1:
            world.edit(loket_id, personalDetails__lastName="Other")
        return original(self, person, body)

    monkeypatch.setattr(FakeTarget, "put_employee", put)
    sync(world, *differing, same)
    assert (world.results["1004"].outcome, world.standing.mark) == (Outcome.UNCHANGED, "")
    counts = sync(world, *differing, same, is_full=False)
    assert (counts.same, list(world.results)) == (3, ["1004"])
    assert world.employees[loket_id]["personalDetails"]["lastName"] == "Berg"


def test_whoever_has_a_bsn_that_another_row_has_by_now_is_told(world: World) -> None:
    """Nothing about this person has changed, but about somebody else."""
    everybody = people(world, 2, bsn=BSN)
    everybody = edited(everybody, 1, bsn="999901333")
    sync(world, *everybody)
    sync(world, *edited(everybody, 1, bsn=BSN), is_full=False)
    assert {key: [p.code for p in found.problems] for key, found in world.results.items()} == {
        "1001": ["duplicate_bsn"],
        "1002": ["duplicate_bsn"],
    }


def test_a_preview_shows_everybody(world: World) -> None:
    everybody = people(world)
    sync(world, *everybody)
    counts = sync(world, *everybody, dry_run=True, is_full=False)
    assert (counts.same, counts.unchanged) == (0, 3)


def test_a_preview_confirms_nothing(world: World) -> None:
    sync(world, *people(world), dry_run=True)
    assert (world.standing.mark, world.confirmations) == ("", {})


# -- confirming ----------------------------------------------------------------------------------------------------------


def forgetful(monkeypatch: pytest.MonkeyPatch, world: World, number: int) -> None:
    """Loket says yes, answers as if, and keeps nothing of this person."""
    original = FakeTarget.put_employee

    def put(self: FakeTarget, person: Any, body: dict[str, Any]) -> Any:
        before = dict(world.employees[person.employee_id])
        answer = original(self, person, body)
        if person.employee_number == number:
            world.employees[person.employee_id] = before
        return answer

    monkeypatch.setattr(FakeTarget, "put_employee", put)


def test_what_loket_did_not_keep_is_a_failure_though_it_said_yes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful(monkeypatch, world, 1002)
    counts = sync(world, *people(world))
    found = world.results["1002"]
    assert (counts.changed, counts.failed) == (2, 1)
    assert (found.outcome, found.reason, found.changes) == (Outcome.FAILED, Reason.NOT_STORED, ())
    assert found.problems == (Problem("not_stored", "employee.personalDetails.lastName", "Jansen"),)
    assert (world.standing.mark, world.set_aside) == ("", {})


@pytest.mark.parametrize("is_told_at_once", [False, True])
def test_what_two_runs_wrote_and_loket_did_not_keep_is_set_aside(
    world: World, monkeypatch: pytest.MonkeyPatch, is_told_at_once: bool
) -> None:
    """D3: a normalisation of Loket's own must not loop for ever."""
    everybody = people(world, 2)
    if is_told_at_once:
        world.normalise = lambda stored: stored["personalDetails"].update(lastName="Berg")
    else:
        forgetful(monkeypatch, world, 1001)
    sync(world, *everybody)
    assert world.results["1001"].reason == Reason.NOT_STORED
    sync(world, *everybody)
    assert world.results["1001"].reason == Reason.NOT_STABLE
    assert world.set_aside["1001"].reason == "not_stable"
    world.calls.clear()
    sync(world, *everybody)
    assert (world.results["1001"].reason, world.writes) == (Reason.SET_ASIDE, [])


def test_a_field_that_somebody_edits_after_our_write_is_no_failure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what was sent is compared; the number of the version tells the next run."""
    original = FakeTarget.put_employee

    def put(self: FakeTarget, person: Any, body: dict[str, Any]) -> Any:
        answer = original(self, person, body)
        world.edit(person.employee_id, personalDetails__gender={"key": 11, "value": "Man"})
        return answer

    monkeypatch.setattr(FakeTarget, "put_employee", put)
    everybody = people(world, 1)
    sync(world, *everybody)
    assert (world.results["1001"].outcome, world.standing.mark) == (Outcome.CHANGED, "")
    monkeypatch.undo()
    sync(world, *everybody, is_full=False)
    assert [change.field for change in world.results["1001"].changes] == ["employee.personalDetails.gender"]


def test_two_rows_that_are_one_person_in_loket_are_both_asked_about(world: World) -> None:
    """One is linked, the other has the number: in parallel they would write one over the other."""
    loket_id = world.hire(1001)
    world.links["2001"] = (loket_id, False)
    one, other = record(2001, 2, **SAME, last_name="Jansen"), record(1001, 3, **SAME, last_name="Vos")
    sync(world, one, other)
    assert {found.reason for found in world.results.values()} == {Reason.OTHER_PERSON}
    assert world.writes == []


def test_the_counts_add_up_whatever_is_skipped(world: World) -> None:
    everybody = [*people(world, 4), record(1900, 90, status="leave"), record(None, 91)]
    sync(world, *everybody)
    counts = sync(world, *edited(everybody, 1, last_name="Vos"), is_full=False)
    told = (counts.same, counts.changed, counts.skipped, counts.blocked)
    assert (counts.total, told) == (6, (3, 1, 1, 1))


def test_a_field_that_is_new_in_the_mapping_is_sent(world: World) -> None:
    everybody = people(world, 1)
    sync(world, *everybody)
    key = "employee.contactInformation.businessEmailAddress"
    mapping = replace(ROSTER, rules=(*ROSTER.rules, Rule(key, "work")))
    calls = again(world, *edited(everybody, 0, work="j@tulp.example"), mapping=mapping)
    assert "put_employee" in calls
