"""Somebody about whom a question came up while being written: what is sent stays in sight, and is sent once (D10)."""

import re
from typing import Any

import pytest
from django.test import Client

from loket_portal.loket.errors import RecordRejected, Retryable
from loket_portal.loket.payloads import Message
from onboarding.models import Connection, LegalEntity, User
from sync.diff import Change
from sync.engine import NeedsApproval, Outcome, PersonResult
from sync.models import LeftOut, Run
from sync.outcomes import Remark
from sync.policy import Reason
from sync.ports import SliceOver
from sync.records import HRRecord
from sync.services import approvals, leases, left_out
from sync.services.ports import DbReporter
from sync.services.scribe import Scribe
from tests.factories import ConnectionFactory
from tests.sync import held, pages
from tests.sync.fakes import World, record, sync
from tests.sync.resourcing import HOURS
from tests.sync.test_resources_runs import AS_LOKET, MAPPING

NAME = "employee.personalDetails.firstName"
LOKETS, MINE = "NL24TEST0026007966", "NL91ABNA0417164300"
SOMEONE = record(1001, **AS_LOKET | {"first_name": "Jo"}, iban=MINE, hours_per_week="32")
AGREED, LEFT_OUT = {"bank_accounts": 1}, {"bank_accounts": 0}


@pytest.fixture
def world() -> World:
    """One employee of whose bank account nobody knows anything."""
    world = World()
    world.ibans[world.hire(1001)] = LOKETS
    return world


def ask(world: World, someone: HRRecord = SOMEONE, **how: Any) -> PersonResult:
    """The row of whoever waits for an answer."""
    with pytest.raises(NeedsApproval):
        sync(world, someone, mapping=MAPPING, **{"approved": {}} | how)
    return world.planned["1001"]


def go_on(world: World, approved: dict[str, int], **how: Any) -> PersonResult:
    sync(world, SOMEONE, mapping=MAPPING, approved=approved, resume=True, **how)
    return world.results["1001"]


def states(row: PersonResult) -> dict[str, str]:
    return {change.field: "done" if change.is_done else change.needs or "to do" for change in row.changes}


def names(world: World) -> list[str]:
    return [name for name, _ in world.writes]


# --- the engine ---------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_told_apart_from_what_waits_for_the_word(world: World) -> None:
    row = ask(world)
    assert (row.outcome, row.reason) == (Outcome.PLANNED, Reason.BEGUN)
    assert states(row) == {NAME: "done", HOURS: "done", "iban": "bank_accounts"}
    assert all(change.sendable for change in row.changes), "after a yes it goes"


def test_who_waits_with_nothing_sent_is_as_the_plan_has_it(world: World) -> None:
    row = ask(world, record(1001, **AS_LOKET, iban=MINE))
    assert (row.reason, states(row), world.writes) == ("", {"iban": "bank_accounts"}, [])


def test_after_a_yes_the_result_has_all_that_loket_took_and_nothing_goes_twice(world: World) -> None:
    ask(world)
    found = go_on(world, AGREED)
    assert (found.outcome, found.reason) == (Outcome.CHANGED, "")
    assert {change.field for change in found.changes if change.sendable} == {NAME, HOURS, "iban"}
    assert sorted(names(world)) == ["create_working_hours", "put_employee", "put_payment_information"]


def test_after_a_no_it_has_changed_in_what_was_sent_before(world: World) -> None:
    ask(world)
    found = go_on(world, LEFT_OUT)
    assert (found.outcome, found.reason) == (Outcome.CHANGED, "")
    assert {change.field: change.sendable for change in found.changes} == {NAME: True, HOURS: True, "iban": False}
    assert sorted(names(world)) == ["create_working_hours", "put_employee"]


def test_what_loket_remarked_on_it_stays(world: World) -> None:
    world.remarks["put_employee"] = (Message(204, "Warning", "Let op"),)
    ask(world)
    world.remarks.clear()
    assert go_on(world, AGREED).messages == (Remark("Warning", "Let op", 204),)


def test_stopped_once_more_before_the_rest_it_is_still_in_sight(world: World) -> None:
    ask(world)
    world.slice_ends_at = 0
    with pytest.raises(SliceOver):
        go_on(world, AGREED)
    assert states(world.planned["1001"]) == {NAME: "done", HOURS: "done", "iban": "bank_accounts"}
    world.slice_ends_at = None
    assert {change.field for change in go_on(world, AGREED).changes} == {NAME, HOURS, "iban"}
    assert names(world).count("put_employee") == 1


def test_what_differs_again_meanwhile_is_told_as_it_is_now(world: World) -> None:
    ask(world)
    (loket_id,) = world.employees
    world.edit(loket_id, personalDetails__firstName="Hannie")
    found = go_on(world, AGREED)
    assert [(change.old, change.new) for change in found.changes if change.field == NAME] == [("Hannie", "Jo")]
    assert world.employees[loket_id]["personalDetails"]["firstName"] == "Jo"


def test_what_is_done_is_not_laid_over_loket_a_second_time(world: World) -> None:
    """Its value is not kept: a PUT of it would empty the field."""
    ask(world)
    (loket_id,) = world.employees
    world.edit(loket_id, personalDetails__lastName="Smit")
    found = go_on(world, LEFT_OUT)
    assert found.outcome is Outcome.CHANGED
    assert world.employees[loket_id]["personalDetails"]["firstName"] == "Jo"
    assert world.employees[loket_id]["personalDetails"]["lastName"] == "Berg"


def test_what_was_sent_by_a_killed_attempt_is_still_said_not_to_be_listed(world: World) -> None:
    ask(world)
    world.ops.append({"key": "1001", "action": "bsn.put", "fingerprint": "f", "state": "sent"})
    someone = record(1001, **AS_LOKET | {"first_name": "Jo"}, hours_per_week="32", bsn="123456782")
    (loket_id,) = world.employees
    world.bsns[loket_id] = "123456782"
    sync(world, someone, mapping=MAPPING, approved=LEFT_OUT, resume=True)
    found = world.results["1001"]
    assert (found.reason, {change.field for change in found.changes}) == (Reason.AFTER_INTERRUPTION, {NAME, HOURS})


def test_who_failed_on_the_way_is_not_asked_about(world: World) -> None:
    """A try in this run would only be refused again."""
    world.faults["put_employee"] = [RecordRejected("Nee", messages=(Message(1, "BrokenBusinessRule", "Nee"),))]
    sync(world, SOMEONE, mapping=MAPPING, approved={})
    found = world.results["1001"]
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.REJECTED)
    assert {change.field: change.sendable for change in found.changes} == {HOURS: True, "iban": False}


def two_with_other_accounts() -> tuple[World, tuple[HRRecord, HRRecord]]:
    """Two employees and what HR says of them: of one Loket's account is known from an earlier sync, of the other not."""
    world = World()
    first, second = world.hire(1001), world.hire(1002)
    world.ibans |= {first: LOKETS, second: LOKETS}
    sync(world, record(1001, **AS_LOKET, iban=LOKETS), record(1002, 3, **AS_LOKET), mapping=MAPPING)
    world.calls.clear()
    return world, (record(1001, **AS_LOKET, iban=MINE), record(1002, 3, **AS_LOKET, iban=MINE))


def test_a_yes_is_about_no_more_people_than_it_was_given_for() -> None:
    """Of one the account was known when it was given, of the other nobody knew anything."""
    world, both = two_with_other_accounts()
    with pytest.raises(NeedsApproval) as plan:
        sync(world, *both, mapping=MAPPING, approved={})
    assert [guard.count for guard in plan.value.guards] == [1]
    with pytest.raises(NeedsApproval) as way:
        sync(world, *both, mapping=MAPPING, approved=AGREED, resume=True)
    assert [(guard.code, guard.count) for guard in way.value.guards] == [("bank_accounts", 1)]
    assert names(world) == ["put_payment_information"]
    sync(world, *both, mapping=MAPPING, approved=AGREED, resume=True)
    assert names(world) == ["put_payment_information"] * 2
    assert {found.outcome for found in world.results.values()} == {Outcome.CHANGED}


def test_whom_an_earlier_turn_has_written_counts_for_the_same_yes() -> None:
    world, both = two_with_other_accounts()
    world.faults["list_payment_information"] = [None, Retryable("Loket is busy", retry_after=60)]
    with pytest.raises(Retryable):
        sync(world, *both, mapping=MAPPING, approved=AGREED)
    assert names(world) == ["put_payment_information"]
    with pytest.raises(NeedsApproval) as way:
        sync(world, *both, mapping=MAPPING, approved=AGREED, resume=True)
    assert [guard.count for guard in way.value.guards] == [1]
    assert names(world) == ["put_payment_information"]


def test_whoever_turns_up_is_written_while_the_number_has_room(world: World) -> None:
    sync(world, SOMEONE, mapping=MAPPING, approved=AGREED)
    assert "put_payment_information" in names(world)


# --- its row ------------------------------------------------------------------------------------------------------------

DONE = Change(NAME, "Johanna", "Jo", "personalDetails.firstName", is_done=True)
WAITS = Change("iban", "••••••966", "••••••300", "iban", needs="bank_accounts", sign="s")
ROW = PersonResult(
    "1001",
    2,
    "Johanna Berg",
    Outcome.PLANNED,
    Reason.BEGUN,
    (DONE, WAITS),
    messages=(Remark("Warning", "Let op", 204),),
    told=("employee.put",),
)


@pytest.fixture
def connection(entity: LegalEntity, administrator: User) -> Connection:
    pages.upload(entity, administrator)
    return ConnectionFactory(entity=entity)


def reporter(run: Run) -> DbReporter:
    """As a worker that has just claimed the run has it."""
    return DbReporter(run, Scribe(run, "one", is_threaded=False), leases.Heartbeat(run, "one"))


def stored(connection: Connection, *rows: PersonResult) -> Run:
    run = pages.run(connection, state=Run.State.RUNNING, claimed_by="one")
    reporter(run).plan(rows)
    return run


def test_the_next_worker_knows_what_is_done(connection: Connection) -> None:
    run = stored(connection, ROW, PersonResult("1002", 3, "Jan", Outcome.PLANNED, "", (WAITS,)))
    found = reporter(run).begun()
    assert (len(found), "1002" in found) == (1, False)
    assert found["1001"].changes == (Change(NAME, "Johanna", "Jo", is_done=True),)
    assert (found["1001"].told, found["1001"].messages) == (ROW.told, ROW.messages)


def test_who_has_an_end_is_begun_no_more(connection: Connection) -> None:
    run = stored(connection, ROW)
    reporter(run).person(PersonResult("1001", 2, "Johanna Berg", Outcome.CHANGED, "", (DONE, WAITS)))
    assert reporter(run).begun() == {}


@pytest.mark.usefixtures("rung")
def test_a_no_leaves_out_what_waits_alone(connection: Connection) -> None:
    run = stored(connection, ROW)
    Run.objects.update(state=Run.State.WAITING, guards=[{"code": "bank_accounts", "count": 1, "of": 0}])
    run.refresh_from_db()
    approvals.approve(run, None, {"bank_accounts": False})
    assert [left.field for left in left_out.of(run.connection.entity).changes] == ["iban"]  # type: ignore[arg-type]
    assert LeftOut.objects.get().sign == "s"


# --- the page -----------------------------------------------------------------------------------------------------------


def shown(client: Client, run: Run) -> dict[str, str]:
    """What the page says beside each change of the one person."""
    text = client.get(f"/entities/{run.connection.entity_id}/runs/{run.pk}/").content.decode()
    rows = re.findall(r'<tr class="change[^"]*">(.*?)</tr>', text, re.DOTALL)
    return {
        _words(re.findall(r"<th.*?</th>", row, re.DOTALL)): _words(re.findall(r"<td.*?</td>", row, re.DOTALL)[-1:])
        for row in rows
    }


def _words(cells: list[str]) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", " ".join(cells)).split())


def test_the_page_says_what_is_sent_and_what_waits_for_the_word(signed_in: Client, connection: Connection) -> None:
    run = stored(connection, ROW)
    guards = [{"code": "bank_accounts", "count": 1, "of": 0}]
    Run.objects.update(state=Run.State.WAITING, guards=guards)
    assert shown(signed_in, run) == {"First name": "Sent", "IBAN": "Asks first"}
    text = signed_in.get(f"/entities/{connection.entity_id}/runs/{run.pk}/").content.decode()
    assert "Some of it was sent already; the rest is still to be done." in text


def test_cancelled_it_still_says_what_is_sent(signed_in: Client, connection: Connection) -> None:
    run = stored(connection, ROW)
    Run.objects.update(state=Run.State.CANCELLED)
    assert shown(signed_in, run)["First name"] == "Sent"


def test_a_plain_plan_says_nothing_of_sent(signed_in: Client, connection: Connection) -> None:
    assert set(shown(signed_in, held.waiting(connection)).values()) == {"", "Asks first"}
