"""The planned people: in slices, through a window, and what becomes of them when the run has to stop."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loket_portal.loket.errors import Conflict, RecordRejected, Retryable, SignInNeeded, WriteUnsure
from loket_portal.loket.payloads import Message
from sync.engine import LeaseLost, Outcome
from sync.guards import Guard, NeedsApproval
from sync.policy import Reason
from sync.ports import SliceOver, Stopped
from sync.records import HRRecord
from tests.sync.fakes import CALM, FakeTarget, Killed, World, record, sync

SAME: dict[str, Any] = {"first_name": "Johanna", "prefix": "van der", "initials": "J.M.", "gender": "vrouw"}
IBAN, OTHER_IBAN = "NL91ABNA0417164300", "NL24TEST0026007966"


@pytest.fixture
def world() -> World:
    return World()


def people(world: World, many: int, first: int = 1001, **values: Any) -> list[HRRecord]:
    """Employees, each with another last name in HR than in Loket."""
    for number in range(first, first + many):
        world.hire(number)
    return [record(number, number, **SAME, last_name="Jansen", **values) for number in range(first, first + many)]


def at(monkeypatch: pytest.MonkeyPatch, name: str, nth: int, happens: Callable[[], object]) -> None:
    """Something happens just before the nth call of this name."""
    original, count = getattr(FakeTarget, name), [0]

    def call(self: FakeTarget, *args: Any) -> Any:
        count[0] += 1
        if count[0] == nth:
            happens()
        return original(self, *args)

    monkeypatch.setattr(FakeTarget, name, call)


# -- one call a person --------------------------------------------------------------------------------------------------


def test_somebody_known_is_written_over_the_row_of_the_list_in_one_call(world: World) -> None:
    everybody = people(world, 3)
    sync(world, *everybody)
    assert world.count("put_employee") == 3
    assert world.count("get_employee") == 0, "one pass of the list confirms them"
    names = [name for name, _ in world.calls]
    assert names[:2] == ["versions", "snapshot"], "the number first, so that nothing is missed between the two"


def test_a_newcomer_takes_four_calls_and_no_others(world: World) -> None:
    new = record(1101, **SAME, last_name="Jansen", birth_date="1990-01-02", bsn="111222333", start_date="2026-09-01",
                 function="kok", department="Keuken")  # fmt: skip
    sync(world, new, convert_new=True)
    assert world.results["1101"].reason == Reason.CONVERTED
    about = [name for name, who in world.calls if who not in ("", "None") and name not in ("versions", "people_again")]
    assert about == ["create_concept", "put_concept_bsn", "validate_concept", "convert_concept"]


def test_whoever_moved_at_loket_since_the_lists_were_read_is_read_singly(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 45: the edit of a field that nobody maps survives."""
    everybody = people(world, 3)
    (edited,) = (key for key, one in world.employees.items() if one["employeeNumber"] == 1002)
    at(monkeypatch, "versions", 2, lambda: world.edit(edited, travel__travelDistanceToWork=99))
    sync(world, *everybody)
    assert world.count("get_employee") == 1
    assert world.employees[edited]["travel"]["travelDistanceToWork"] == 99
    assert world.employees[edited]["personalDetails"]["lastName"] == "Jansen"


def test_each_slice_asks_who_moved(world: World) -> None:
    everybody = people(world, 5)
    sync(world, *everybody, slice_people=2)
    # the first is before the lists, the last before they are confirmed
    assert world.count("versions") == 1 + 3 + 1


def test_somebody_who_is_edited_at_the_very_moment_is_read_again(world: World) -> None:
    everybody = people(world, 1)
    world.faults["put_employee"] = [Conflict("changed")]
    sync(world, *everybody)
    calls = [name for name, _ in world.calls if name in ("get_employee", "put_employee", "people_again")]
    assert calls == ["put_employee", "get_employee", "put_employee", "people_again"], "the last one confirms"
    assert world.results["1001"].outcome is Outcome.CHANGED


# -- counted before the work ---------------------------------------------------------------------------------------------


def test_first_writes_are_written_down_together_and_what_was_not_sent_says_so(world: World) -> None:
    everybody = people(world, 5)
    world.stop_at = (2, "pause")
    with pytest.raises(Stopped):
        sync(world, *everybody)
    assert [(op["key"], op["state"]) for op in world.ops] == [
        ("1001", "confirmed"),
        ("1002", "confirmed"),
        ("1003", "rejected"),
        ("1004", "rejected"),
        ("1005", "rejected"),
    ]
    assert world.count("put_employee") == 2


def test_a_write_that_turned_out_otherwise_is_written_down_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody edits the very field between the plan and the slice."""
    everybody = people(world, 1, email="new@mail.example")
    (loket_id,) = world.employees
    at(monkeypatch, "versions", 2, lambda: world.edit(loket_id, personalDetails__lastName="Jansen"))
    sync(world, *everybody)
    assert [op["state"] for op in world.ops] == ["rejected", "confirmed"]
    assert [change.field for change in world.results["1001"].changes] == ["employee.contactInformation.emailAddress"]


def test_people_are_counted_in_groups_before_their_work(world: World) -> None:
    everybody = people(world, 30)
    world.kill_at = None
    sync(world, *everybody)
    assert [len(group) for group in world.begun] == [25, 5]
    assert set(world.attempts.values()) == {1}


def killed_by(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """This person ends whoever writes it."""
    original = FakeTarget.put_employee

    def put(self: FakeTarget, person: Any, body: dict[str, Any]) -> dict[str, Any]:
        if person.employee_number == number:
            raise Killed
        return original(self, person, body)

    monkeypatch.setattr(FakeTarget, "put_employee", put)


def test_whoever_ends_three_workers_is_set_aside_and_the_others_finish(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = people(world, 4)
    killed_by(1002, monkeypatch)
    for attempt in range(3):
        with pytest.raises(Killed):
            sync(world, *everybody, resume=attempt > 0)
    sync(world, *everybody, resume=True)
    told = {key: (found.outcome, found.reason) for key, found in world.results.items()}
    assert told.pop("1002") == (Outcome.FAILED, Reason.CRASHED)
    assert {outcome for outcome, _ in told.values()} == {Outcome.CHANGED}
    assert world.set_aside["1002"].reason == "crashed"
    assert world.attempts["1002"] == 3


def test_suspects_come_last_and_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = people(world, 4)
    killed_by(1002, monkeypatch)
    with pytest.raises(Killed):
        sync(world, *everybody)
    assert set(world.results) == {"1001"}
    world.begun.clear()
    with pytest.raises(Killed):
        sync(world, *everybody, *people(world, 2, first=2001), resume=True)
    assert world.begun == [["2001", "2002"], ["1002"]], "of those begun as often, in their order"


def test_who_was_set_aside_is_not_begun_by_the_next_run_until_something_changes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = people(world, 2)
    world.faults["put_employee"] = [RecordRejected("no", messages=(Message(7, "BrokenBusinessRule", "Nee"),))]
    sync(world, *everybody)
    assert world.results["1001"].reason == Reason.REJECTED
    world.calls.clear()
    sync(world, *everybody)
    found = world.results["1001"]
    assert (found.outcome, found.reason, world.writes) == (Outcome.BLOCKED, Reason.SET_ASIDE, [])
    assert found.messages == (("BrokenBusinessRule", "Nee", 7),)
    sync(world, replace(everybody[0], values={**everybody[0].values, "last_name": "Vos"}), everybody[1])
    assert (world.results["1001"].outcome, world.set_aside) == (Outcome.CHANGED, {})


def test_whom_loket_agrees_with_by_now_is_released(world: World) -> None:
    everybody = people(world, 1)
    world.faults["put_employee"] = [RecordRejected("no")]
    sync(world, *everybody)
    world.employees[next(iter(world.employees))]["personalDetails"]["lastName"] = "Jansen"
    sync(world, *everybody)
    assert (world.results["1001"].outcome, world.set_aside) == (Outcome.UNCHANGED, {})


# -- the run stops -------------------------------------------------------------------------------------------------------


def test_when_loket_asks_for_a_long_pause_the_rest_stays_planned(world: World) -> None:
    everybody = people(world, 5)
    world.faults["put_employee"] = [None, None, Retryable("too busy", retry_after=30)]
    with pytest.raises(Retryable) as caught:
        sync(world, *everybody)
    assert caught.value.retry_after == 30
    assert (set(world.results), set(world.planned)) == ({"1001", "1002"}, {"1003", "1004", "1005"})
    assert {key: begun for key, begun in world.attempts.items() if begun} == {"1001": 1, "1002": 1}
    counts = sync(world, *everybody, resume=True)
    assert (counts.resumed, counts.changed, world.count("put_employee")) == (2, 3, 6)


def test_a_moment_is_waited_out_in_the_job(world: World) -> None:
    everybody, waited = people(world, 1), list[float]()
    world.faults["put_employee"] = [Retryable("too busy", retry_after=1.5)]
    sync(world, *everybody, wait=waited.append)
    assert (world.results["1001"].outcome, waited) == (Outcome.CHANGED, [1.5])


def test_a_slice_that_is_over_keeps_what_was_done_and_the_next_one_goes_on(world: World) -> None:
    everybody = people(world, 30)
    world.slice_ends_at = 25
    with pytest.raises(SliceOver):
        sync(world, *everybody)
    assert (len(world.results), len(world.planned)) == (25, 5)
    assert len(world.confirmations) == 25, "what was written is confirmed before others have their turn"
    assert not any(world.attempts.get(key) for key in world.planned)
    world.slice_ends_at = None
    counts = sync(world, *everybody, resume=True)
    assert (counts.resumed, counts.changed, world.count("put_employee")) == (25, 5, 30)
    assert world.standing.mark, "everybody is certain though two slices did it"


@pytest.mark.parametrize("is_first", [True, False])
def test_an_edit_of_somebody_whom_an_earlier_slice_has_finished_is_found_by_the_next_run(
    world: World, is_first: bool
) -> None:
    """The run itself keeps the result that it has; what nobody looked at since must not count as confirmed."""
    everybody = people(world, 30)
    if not is_first:
        sync(world, *everybody)
        everybody = [replace(one, values={**one.values, "last_name": "Vos"}) for one in everybody]
    world.slice_ends_at = 25
    with pytest.raises(SliceOver):
        sync(world, *everybody)
    first = next(iter(world.employees))
    world.edit(first, personalDetails__lastName="Other")
    world.slice_ends_at = None
    sync(world, *everybody, resume=True, is_full=False)
    assert world.employees[first]["personalDetails"]["lastName"] == "Other", "its result is final"
    sync(world, *everybody, is_full=False)
    assert world.employees[first]["personalDetails"]["lastName"] == everybody[0].values["last_name"]
    sync(world, *everybody, is_full=False)
    assert world.calls[-1][0] == "versions", "and then everybody is certain"


@pytest.mark.parametrize("kind", ["pause", "cancel"])
def test_somebody_stops_the_run(world: World, kind: str) -> None:
    everybody = people(world, 5)
    world.stop_at = (2, kind)
    with pytest.raises(Stopped) as caught:
        sync(world, *everybody)
    assert (caught.value.kind, len(world.results), world.count("put_employee")) == (kind, 2, 2)
    assert not any(world.attempts.get(key) for key in world.planned)


def test_a_lost_sign_in_keeps_the_rest_planned(world: World) -> None:
    everybody = people(world, 3)
    world.faults["put_employee"] = [None, SignInNeeded("sign in")]
    with pytest.raises(SignInNeeded):
        sync(world, *everybody)
    assert (set(world.results), set(world.planned)) == ({"1001"}, {"1002", "1003"})
    assert sync(world, *everybody, resume=True).changed == 2


def test_nothing_is_written_after_the_run_is_somebody_elses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = people(world, 40)

    def lose() -> None:
        world.lease_lost_at = 0

    at(monkeypatch, "put_employee", 10, lose)
    with pytest.raises(LeaseLost):
        sync(world, *everybody, parallel=4)
    assert world.count("put_employee") < 40


# -- guards --------------------------------------------------------------------------------------------------------------


def test_too_many_changes_wait_for_a_word_and_nothing_is_written(world: World) -> None:
    everybody = people(world, 12)
    with pytest.raises(NeedsApproval) as caught:
        sync(world, *everybody, is_first=False, approved={})
    assert caught.value.guards == (Guard("too_many_changes", 12, 12),)
    assert (world.writes, len(world.planned), world.results) == ([], 12, {})
    shown = world.planned["1001"]
    assert [(change.field, change.new) for change in shown.changes] == [("employee.personalDetails.lastName", "Jansen")]
    assert sync(world, *everybody, is_first=False, approved={"too_many_changes": 12}, resume=True).changed == 12


def test_an_empty_source_asks_before_loket_is_called(world: World) -> None:
    people(world, 1)
    with pytest.raises(NeedsApproval) as caught:
        sync(world, approved={})
    assert ([guard.code for guard in caught.value.guards], world.calls) == (["source_empty"], [])


def test_a_shrunken_source_asks_before_loket_is_called(world: World) -> None:
    everybody = people(world, 5)
    sync(world, *everybody)
    world.calls.clear()
    with pytest.raises(NeedsApproval) as caught:
        sync(world, *everybody[:2], approved={})
    assert ([guard.code for guard in caught.value.guards], world.calls) == (["source_shrunken"], [])


def test_refusals_at_the_start_stop_the_run(world: World) -> None:
    everybody = people(world, 40)
    world.faults["put_employee"] = [RecordRejected("no")] * 6
    with pytest.raises(NeedsApproval) as caught:
        sync(world, *everybody, approved={})
    assert caught.value.guards == (Guard("refused_at_start", 6, 25),)
    assert world.count("put_employee") == 25
    counts = sync(world, *everybody, approved={"refused_at_start": 6}, resume=True)
    assert (counts.resumed, counts.changed) == (25, 15)


def test_a_bank_account_that_differs_unseen_is_asked_about_in_the_same_run(world: World) -> None:
    """No list has it: it is found while the others are written, and only these people wait."""
    everybody = people(world, 2, iban=IBAN)
    first, second = world.employees
    world.ibans |= {first: OTHER_IBAN, second: IBAN}
    with pytest.raises(NeedsApproval) as caught:
        sync(world, *everybody, approved={})
    assert caught.value.guards == (Guard("bank_accounts", 1),)
    assert (set(world.planned), set(world.results)) == ({"1001"}, {"1002"})
    assert [name for name, _ in world.writes] == ["put_employee", "put_employee"]
    with pytest.raises(NeedsApproval):  # nobody has answered: now the plan knows it
        sync(world, *everybody, approved={}, resume=True)
    sync(world, *everybody, approved={"bank_accounts": 1}, resume=True)
    assert world.results["1001"].outcome is Outcome.CHANGED
    assert ("iban", True) in {(change.field, change.sendable) for change in world.results["1001"].changes}


# -- answers that got lost ------------------------------------------------------------------------------------------------


def test_nobody_is_written_more_than_three_times(world: World) -> None:
    everybody = people(world, 20)
    world.faults["put_employee"] = [None, WriteUnsure("502"), None, WriteUnsure("502"), WriteUnsure("502")] * 9
    world.faults_after["put_employee"] = [None, None, WriteUnsure("reset")] * 9
    sync(world, *everybody)
    about = [who for name, who in world.calls if name == "put_employee"]
    assert max(about.count(who) for who in about) <= 3


# -- in parallel ----------------------------------------------------------------------------------------------------------


def mixed(world: World) -> list[HRRecord]:
    """Known people who differ and who don't, newcomers, and some who are left out."""
    found = people(world, 9, bsn=None)
    found += [record(1101 + n, 50 + n, **SAME, last_name=f"New{n}", birth_date=f"199{n}-01-02", bsn=None,
                     start_date="2026-09-01", function="kok", department="Keuken") for n in range(6)]  # fmt: skip
    world.hire(1201)
    return [*found, record(1201, 80, **SAME), record(1202, 81, status="leave"), record(None, 82)]


def told(world: World) -> dict[str, Any]:
    return {
        key: (found.outcome, str(found.reason), found.changes, found.problems) for key, found in world.results.items()
    }


@CALM
@given(st.lists(st.sampled_from([None, "before", "after"]), max_size=25), st.booleans())
def test_in_parallel_the_end_is_the_same_as_one_by_one(losses: list[str | None], convert_new: bool) -> None:
    """Whoever is first; answers get lost meanwhile, of each call at most two in a row."""
    alone, together = World(), World()
    for world in (alone, together):
        everybody = mixed(world)
        if world is together:
            world.faults["put_employee"] = [WriteUnsure("502") if loss == "before" else None for loss in losses[:1]]
            world.faults_after["put_employee"] = [
                WriteUnsure("cut") if loss == "after" else None for loss in losses[:1]
            ]
        sync(world, *everybody, convert_new=convert_new, parallel=1 if world is alone else 4, slice_people=7)
    assert told(together) == told(alone)
    assert together.standing.people == alone.standing.people
    assert {c["uniqueName"] for c in together.concepts.values()} == {c["uniqueName"] for c in alone.concepts.values()}
    assert _plain(together) == _plain(alone)


def _plain(world: World) -> Any:
    return {e["employeeNumber"]: deepcopy(e["personalDetails"]) for e in world.employees.values()}
