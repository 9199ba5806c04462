"""A whole run over Loket in memory: who ends how, what is written, and above all what is not."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from loket_portal.loket.errors import (
    ConfigProblem,
    Conflict,
    Forbidden,
    RecordRejected,
    Retryable,
    SignInNeeded,
    WriteUnsure,
)
from loket_portal.loket.payloads import Message
from mapping.rules import PROBLEM_CODES as MAPPING_CODES
from mapping.rules import Effect, MappingSet, Problem, Sealed, WriteMode
from sync.engine import LeaseLost, Outcome, PersonResult
from sync.policy import Reason
from sync.records import PROBLEM_CODES, HRRecord
from tests.sync.fakes import (
    ADMINISTRATION,
    AS_FULL,
    FULL,
    ROSTER,
    FakeJournal,
    FakeMemory,
    FakeSeal,
    FakeTarget,
    World,
    record,
    sync,
)

BSN, OTHER_BSN = "111222333", "999901333"
SAME: dict[str, Any] = {"first_name": "Johanna", "prefix": "van der", "initials": "J.M.", "gender": "vrouw"}


@pytest.fixture
def world() -> World:
    return World()


def result(world: World, *records: HRRecord, **how: Any) -> PersonResult:
    """Runs, and gives the result of the first record."""
    sync(world, *records, **how)
    for found in world.results.values():
        assert {problem.code for problem in found.problems} <= {*PROBLEM_CODES, *MAPPING_CODES}
    return world.results[records[0].key]


def codes(found: PersonResult) -> list[str]:
    return [problem.code for problem in found.problems]


def sent(found: PersonResult) -> dict[str, tuple[str, str]]:
    return {change.field: (change.old, change.new) for change in found.changes if change.sendable}


# -- known people ------------------------------------------------------------------------------------------------------


def test_a_change_is_put_whole_and_told_with_old_and_new(world: World) -> None:
    loket_id = world.hire(1001)
    before = deepcopy(world.employees[loket_id])
    found = result(world, record(1001, **SAME, last_name="Jansen"))
    assert (found.outcome, found.reason, found.problems) == (Outcome.CHANGED, "", ())
    assert sent(found) == {"employee.personalDetails.lastName": ("Berg", "Jansen")}
    before["personalDetails"]["lastName"] = "Jansen"
    assert world.employees[loket_id] == before
    assert world.count("put_employee") == 1


def test_nothing_changed_nothing_written(world: World) -> None:
    """Rule 52; the values are Loket's own, written as HR writes them."""
    world.hire(1001)
    same = {"street": "Vogelkerslaan", "house_number": "12", "house_number_addition": "A", "postal_code": "3581 xa"}
    more = {"city": "Utrecht", "country": "Nederland", "phone": "+31302001001", "email": "j.berg@THUISPOST.example"}
    found = result(world, record(1001, **SAME, **same, **more, mobile="0612345678", birth_date="1984-03-12"))
    assert (found.outcome, found.changes, world.writes) == (Outcome.UNCHANGED, (), [])


def test_a_second_run_writes_nothing(world: World) -> None:
    world.hire(1001, **AS_FULL)
    people = (record(1001, **FULL), record(1002, 3, **FULL | {"birth_date": "1999-12-31", "bsn": OTHER_BSN}))
    sync(world, *people)
    assert world.writes
    world.calls.clear()
    counts = sync(world, *people)
    assert (counts.unchanged, world.writes) == (2, [])
    assert world.count("get_bsn") == 0, "the fingerprint of the last confirmed BSN is enough"


def test_what_somebody_left_out_is_told_and_not_sent(world: World) -> None:
    """D10: the guards that were answered with "not these"."""
    loket_id = world.hire(1001)
    world.ibans[loket_id] = "NL24TEST0026007966"
    before = deepcopy(world.employments[loket_id])
    values = {"start_date": "2016-04-01", "iban": "NL91ABNA0417164300"}
    no = {"start_dates": 0, "bank_accounts": 0}
    found = result(world, record(1001, **SAME, **values), approved=no)
    assert (found.outcome, found.reason, world.writes) == (Outcome.UNCHANGED, Reason.LEFT_OUT, [])
    assert {change.field: (change.old, change.new) for change in found.changes} == {
        "employment.startDate": ("2015-04-01", "2016-04-01"),
        "iban": ("••••••966", "••••••300"),
    }
    assert not any(change.sendable for change in found.changes)
    assert world.employments[loket_id] == before


def test_hr_without_a_value_wipes_nothing(world: World) -> None:
    """Rule 31, with every optional column there and empty."""
    loket_id = world.hire(1001)
    world.bsns[loket_id], world.ibans[loket_id] = BSN, "NL91ABNA0417164300"
    before = deepcopy(world.employees[loket_id])
    found = result(world, record(1001, **dict.fromkeys(FULL) | {"last_name": "Berg"}))
    assert (found.outcome, found.changes, world.writes) == (Outcome.UNCHANGED, (), [])
    assert (world.employees[loket_id], world.bsns[loket_id]) == (before, BSN)


def test_an_unknown_option_leaves_its_field_alone_and_the_rest_goes(world: World) -> None:
    loket_id = world.hire(1001)
    found = result(world, record(1001, **SAME | {"gender": "x"}, last_name="Jansen", function="Sommelier"))
    assert found.outcome is Outcome.CHANGED
    assert codes(found) == ["unmapped_option", "unmapped_option"]
    assert world.employees[loket_id]["personalDetails"]["gender"]["key"] == 12
    assert list(sent(found)) == ["employee.personalDetails.lastName"]


def test_an_answer_with_something_else_is_a_failure_with_the_field(world: World) -> None:
    """Loket says 200 and keeps the old name: never "changed"."""
    world.hire(1001)
    world.normalise = lambda stored: stored["personalDetails"].update(lastName="Berg")
    found = result(world, record(1001, **SAME, last_name="Jansen", email="new@mail.example"))
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.NOT_STORED)
    assert [(p.code, p.field, p.value) for p in found.problems] == [
        ("not_stored", "employee.personalDetails.lastName", "Jansen")
    ]
    assert list(sent(found)) == ["employee.contactInformation.emailAddress"]


# -- BSN and IBAN ------------------------------------------------------------------------------------------------------


def test_a_bsn_goes_by_its_own_call_and_is_remembered(world: World) -> None:
    loket_id = world.hire(1001)
    world.bsns[loket_id] = OTHER_BSN
    found = result(world, record(1001, **SAME, bsn="1112.22.333"))
    assert sent(found) == {"bsn": ("••••••333", "••••••333")}
    assert world.bsns[loket_id] == BSN
    assert [name for name, _ in world.writes] == ["put_bsn"]
    assert world.fingerprints["1001", "bsn"] == FakeSeal().fingerprint("bsn", BSN)
    assert BSN not in repr(world.results) + repr(world.ops)


def test_an_equal_bsn_is_read_once_and_never_again(world: World) -> None:
    loket_id = world.hire(1001)
    world.bsns[loket_id] = BSN
    sync(world, record(1001, **SAME, bsn=BSN))
    sync(world, record(1001, **SAME, bsn=BSN))
    assert (world.count("get_bsn"), world.writes) == (1, [])


def test_a_purged_bsn_is_compared_and_never_sent(world: World) -> None:
    loket_id = world.hire(1001)
    world.bsns[loket_id] = BSN
    sealed = Sealed(FakeSeal().fingerprint("bsn", BSN), "••••••333")
    assert result(world, record(1001, **SAME, bsn=sealed)).outcome is Outcome.UNCHANGED
    world.fingerprints.clear()
    world.bsns[loket_id] = OTHER_BSN
    found = result(world, record(1001, **SAME, bsn=sealed))
    assert codes(found) == ["value_purged"]
    assert (world.bsns[loket_id], world.writes) == (OTHER_BSN, [])


@pytest.mark.parametrize("call", ["get_bsn", "put_bsn"])
def test_without_the_bsn_right_the_rest_goes_on_and_loket_is_asked_once(world: World, call: str) -> None:
    """Rule 47 and 51."""
    for number in (1001, 1002, 1003):
        world.hire(number)
    world.fingerprints["1003", "bsn"] = FakeSeal().fingerprint("bsn", "999901370")
    world.faults[call] = [Forbidden("no right")] * 9
    people = [
        record(1001, 2, **SAME, bsn=BSN, last_name="Jansen"),
        record(1002, 3, **SAME, bsn=OTHER_BSN, last_name="Jansen"),
        record(1003, 4, **SAME, bsn="999901370", last_name="Jansen"),
    ]
    counts = sync(world, *people)
    assert counts.changed == 3
    assert world.count(call) == 1
    told = {key: codes(found) for key, found in world.results.items()}
    assert told == {"1001": ["bsn_not_allowed"], "1002": ["bsn_not_allowed"], "1003": []}


@pytest.mark.parametrize("error", [SignInNeeded("sign in"), ConfigProblem("not what Loket documents")])
def test_only_a_403_is_a_missing_right(world: World, error: ConfigProblem) -> None:
    """A lost sign-in, or an answer that nobody can read, concerns everybody."""
    world.hire(1001)
    world.faults["get_bsn"] = [error]
    with pytest.raises(type(error)):
        sync(world, record(1001, **SAME, bsn=BSN))
    assert world.results == {}


def test_a_refused_bsn_does_not_undo_the_rest(world: World) -> None:
    world.hire(1001)
    refusal = RecordRejected("no", messages=(Message(7, "BrokenBusinessRule", "BSN is al in gebruik"),))
    world.faults["put_bsn"] = [refusal]
    found = result(world, record(1001, **SAME, bsn=BSN, last_name="Jansen"))
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.REJECTED)
    assert [(p.code, p.field) for p in found.problems] == [("rejected", "bsn")]
    assert found.messages == (("BrokenBusinessRule", "BSN is al in gebruik", 7),)
    assert list(sent(found)) == ["employee.personalDetails.lastName"]
    assert ("1001", "bsn") not in world.fingerprints


def test_one_bsn_for_two_people_is_sent_for_neither(world: World) -> None:
    world.hire(1001)
    world.hire(1002)
    sync(world, record(1001, 2, **SAME, bsn=BSN), record(1002, 3, **SAME, bsn=BSN))
    assert world.writes == []
    assert {key: codes(found) for key, found in world.results.items()} == {
        "1001": ["duplicate_bsn"],
        "1002": ["duplicate_bsn"],
    }


@pytest.mark.parametrize(("call", "number"), [("put_employee", 1001), ("put_bsn", 1001), ("create_concept", 1101)])
def test_what_loket_remarks_on_a_write_is_kept_with_its_code(world: World, call: str, number: int) -> None:
    """Rule 50: a 200 may carry warnings."""
    world.hire(1001, **AS_FULL)
    world.remarks[call] = (Message(204, "Warning", f"BSN {BSN} of NL91ABNA0417164300 komt al voor"),)
    found = result(world, record(number, **FULL), record(1999, 3, status="leave"))
    assert found.messages == (("Warning", "BSN •••••• of •••••• komt al voor", 204),)
    assert world.results["1999"].messages == ()


@pytest.mark.parametrize("call", ["put_employee", "put_bsn"])
def test_a_bsn_in_lokets_own_words_is_hidden(world: World, call: str) -> None:
    world.hire(1001)
    words = (Message(7, "BrokenBusinessRule", "999901333 hoort bij een ander, 1112.22.333 ook"),)
    world.faults[call] = [RecordRejected("no", messages=words)]
    found = result(world, record(1001, **SAME, bsn=BSN, last_name="Jansen"))
    assert found.messages == (("BrokenBusinessRule", "•••••• hoort bij een ander, •••••• ook", 7),)


# -- new people --------------------------------------------------------------------------------------------------------


def test_a_newcomer_becomes_one_whole_concept(world: World) -> None:
    """Rule 46, on Loket's defaults, with the number always sent."""
    found = result(world, record(1101, **FULL))
    assert (found.outcome, found.reason, found.problems) == (Outcome.CREATED, Reason.WAITS_AS_CONCEPT, ())
    concept = world.named("LP-1101")
    assert concept["employeeData"]["employeeNumber"] == 1101
    assert concept["employeeData"]["iban"] == "NL91ABNA0417164300"
    assert concept["employeeData"]["personalDetails"]["howToFormatLastName"] == {"key": 41, "value": "Achternaam"}
    assert concept["employmentData"]["payrollAdministration"] == {"id": ADMINISTRATION}
    assert concept["employmentData"]["typeOfEmployee"] == {"key": 51, "value": "Werknemer"}
    assert concept["workingHoursData"]["deviatingHoursPerWeek"] == 24.5
    assert concept["organizationalEntityData"]["distributionUnit"]["key"] == "u-0"
    assert concept["wageData"] == {"grossWage": None}
    assert list(world.concept_bsns.values()) == [BSN]
    assert [name for name, _ in world.writes] == ["create_concept", "put_concept_bsn"]
    assert world.count("validate_concept") == 1
    assert world.links["1101"] == (concept["id"], True)
    assert sent(found)["bsn"] == ("", "••••••333")
    assert sent(found)["organization.distributionUnit"] == ("", "Algemeen")


def test_a_newcomer_with_an_unknown_function_gets_the_fallback_and_the_problem(world: World) -> None:
    found = result(world, record(1101, **FULL | {"function": "Sommelier"}))
    assert codes(found) == ["unmapped_option"]
    assert world.named("LP-1101")["organizationalEntityData"]["function"]["key"] == "f-0"


def test_an_end_date_of_a_newcomer_waits(world: World) -> None:
    found = result(world, record(1101, **FULL | {"end_date": "2027-01-31"}))
    waiting = [change.field for change in found.changes if not change.sendable]
    assert waiting == ["employment.endDate"]
    assert "endDate" not in world.named("LP-1101")["employmentData"]


def test_a_concept_that_the_payroll_administrator_completes_keeps_his_work(world: World) -> None:
    person = record(1101, **FULL | {"function": "Sommelier"})
    sync(world, person)
    concept = world.named("LP-1101")
    concept["wageData"]["grossWage"] = 2500
    concept["organizationalEntityData"]["function"] = {"key": "f-2", "description": "Bediening"}
    found = result(world, replace(person, values=dict(person.values) | {"city": "Zeist"}))
    assert (found.outcome, found.reason) == (Outcome.CHANGED, Reason.WAITS_AS_CONCEPT)
    assert sent(found) == {"employee.address.city": ("Utrecht", "Zeist")}
    concept = world.named("LP-1101")
    assert concept["wageData"]["grossWage"] == 2500
    assert concept["organizationalEntityData"]["function"]["key"] == "f-2"
    assert world.count("create_concept") == 1


def test_a_new_iban_reaches_the_concept(world: World) -> None:
    sync(world, record(1101, **FULL))
    found = result(world, record(1101, **FULL | {"iban": "NL24TEST0026007966"}))
    assert sent(found) == {"iban": ("••••••300", "••••••966")}
    assert world.named("LP-1101")["employeeData"]["iban"] == "NL24TEST0026007966"
    world.calls.clear()
    sync(world, record(1101, **FULL | {"iban": "NL24TEST0026007966"}))
    assert world.writes == []


def test_conversion_keeps_the_id_and_the_next_run_finds_an_employee(world: World) -> None:
    found = result(world, record(1101, **FULL), convert_new=True)
    assert (found.outcome, found.reason) == (Outcome.CREATED, Reason.CONVERTED)
    (loket_id,) = world.employees
    assert (world.links["1101"], world.concepts) == ((loket_id, False), {})
    world.calls.clear()
    assert result(world, record(1101, **FULL), convert_new=True).outcome is Outcome.UNCHANGED
    assert world.writes == []


def test_lokets_verdict_is_shown_and_stops_the_conversion(world: World) -> None:
    world.verdict = (Message(3, "BrokenBusinessRule", "Soort dienstverband ontbreekt"),)
    found = result(world, record(1101, **FULL), convert_new=True)
    assert (found.outcome, found.reason) == (Outcome.CREATED, Reason.CONVERSION_REFUSED)
    assert found.messages == (("BrokenBusinessRule", "Soort dienstverband ontbreekt", 3),)
    assert world.count("convert_concept") == 0


def test_a_warning_does_not_stop_it_but_a_problem_of_ours_does(world: World) -> None:
    world.verdict = (Message(3, "Warning", "Let op"),)
    assert result(world, record(1101, **FULL), convert_new=True).reason == Reason.CONVERTED
    found = result(
        world, record(1102, **FULL | {"function": "Sommelier", "birth_date": "1990-01-02"}), convert_new=True
    )
    assert found.reason == Reason.WAITS_AS_CONCEPT


def test_a_newcomer_without_a_last_name_is_not_made(world: World) -> None:
    found = result(world, record(1101, **FULL | {"last_name": None}))
    assert (found.outcome, codes(found), world.writes) == (Outcome.BLOCKED, ["required_for_new"], [])


def test_without_the_right_to_convert_there_is_no_verdict_and_no_failure(world: World) -> None:
    world.faults["validate_concept"] = [Forbidden("no right")] * 9
    sync(world, record(1101, 2, **FULL), record(1102, 3, **FULL | {"birth_date": "1999-12-31", "bsn": OTHER_BSN}))
    assert [found.outcome for found in world.results.values()] == [Outcome.CREATED] * 2
    assert world.count("validate_concept") == 1


# -- who is in it (rules 39 to 41) --------------------------------------------------------------------------------------


def test_two_records_with_one_number_are_both_blocked_with_a_result_each(world: World) -> None:
    """Rule 41."""
    world.hire(1001)
    counts = sync(world, record(1001, 2, last_name="Jansen"), record(1001, 3), record(1001, 4, status="leave"))
    assert (counts.blocked, world.writes) == (3, [])
    assert set(world.results) == {"row-2", "row-3", "row-4"}
    assert {codes(found)[0] for found in world.results.values()} == {"duplicate_number"}


def test_a_leaver_shows_no_change_of_the_employment_that_is_the_successors_now(world: World) -> None:
    world.hire(1001)
    gone = record(1001, 2, status="inactive", end_date="2026-10-31")
    counts = sync(world, gone, replace(record(1001, 3), key="personio-3"))
    assert (counts.skipped, counts.blocked) == (1, 0)
    assert (world.results["row-2"].reason, world.results["row-2"].changes) == ("not_active_inactive", ())


def test_people_left_out_have_a_reason_and_leavers_show_their_end_date(world: World) -> None:
    for number in (1001, 1002):
        world.hire(number)
    people = [
        record(1001, 2, status="inactive", end_date="2026-10-31", last_name="Jansen"),
        record(1002, 3, end_date="2026-11-22", gender="x"),
        record(1003, 4, status="onboarding"),
        record(1004, 5, status="leave"),
        record(1005, 6, consider_in_nl_payroll="no"),
    ]
    counts = sync(world, *people, approved={"ended_employments": 0})
    assert (counts.skipped, world.writes) == (5, [])
    assert {key: found.reason for key, found in world.results.items()} == {
        "1001": "not_active_inactive",
        "1002": "has_left",
        "1003": "not_active_onboarding",
        "1004": "not_active_leave",
        "1005": "not_considered",
    }
    for key, end in (("1001", "2026-10-31"), ("1002", "2026-11-22")):
        change = world.results[key].changes[0]
        assert (change.field, change.old, change.new, change.sendable) == ("employment.endDate", "", end, False)


def test_a_leaver_whose_end_date_is_in_loket_has_nothing_to_tell(world: World) -> None:
    loket_id = world.hire(1001)
    world.employments[loket_id]["endDate"] = "2026-10-31"
    assert result(world, record(1001, status="inactive", end_date="2026-10-31")).changes == ()


# -- one person's failure, and what stops a run ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RecordRejected("no", messages=(Message(1, "BrokenBusinessRule", "Nee"),)), Reason.REJECTED),
        (Retryable("busy"), Reason.LOKET_UNREACHABLE),
        (ZeroDivisionError("Jansen 111222333"), Reason.UNEXPECTED),
    ],
)
def test_one_persons_failure_stops_nobody_else(
    world: World, error: Exception, reason: Reason, caplog: pytest.LogCaptureFixture
) -> None:
    """Rule 50."""
    for number in (1001, 1002):
        world.hire(number)
    world.faults["put_employee"] = [error]
    counts = sync(world, record(1001, 2, **SAME, last_name="A"), record(1002, 3, **SAME, last_name="B"))
    assert (counts.failed, counts.changed) == (1, 1)
    assert (world.results["1001"].reason, world.results["1001"].changes) == (reason, ())
    assert "111222333" not in caplog.text


@pytest.mark.parametrize("call", ["put_employee", "left_out"])
def test_what_ends_the_turn_of_the_worker_is_no_fault_of_a_person(
    world: World, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The soft time limit of a task comes at any moment, also while people are planned."""

    class TimeIsUp(Exception):
        pass

    def over(*_: object) -> None:
        raise TimeIsUp

    world.hire(1001)
    monkeypatch.setattr(FakeTarget if call == "put_employee" else FakeMemory, call, over)
    with pytest.raises(TimeIsUp):
        sync(world, record(1001, 2, **SAME, last_name="A"), ends_turn=(TimeIsUp,))
    assert world.results == {}


def test_a_problem_of_the_connection_stops_the_run(world: World) -> None:
    for number in (1001, 1002):
        world.hire(number)
    world.faults["put_employee"] = [None, ConfigProblem("no right to change employees")]
    with pytest.raises(ConfigProblem):
        sync(world, record(1001, 2, last_name="A"), record(1002, 3, last_name="B"), record(1003, 4, **FULL))
    assert [found.outcome for found in world.results.values()] == [Outcome.CHANGED]
    assert world.count("create_concept") == 0
    assert [op["state"] for op in world.ops] == ["confirmed", "rejected"]


def test_what_was_written_before_the_stop_is_reported(world: World) -> None:
    world.hire(1001)
    world.faults["get_bsn"] = [SignInNeeded("sign in")]
    with pytest.raises(SignInNeeded):
        sync(world, record(1001, **SAME, last_name="Jansen", bsn=BSN))
    found = world.results["1001"]
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.STOPPED)
    assert sent(found) == {"employee.personalDetails.lastName": ("Berg", "Jansen")}


def test_a_loket_that_is_away_pauses_the_run_and_costs_nobody_a_result(world: World) -> None:
    people = [record(number, row, **SAME, last_name="Jansen") for row, number in enumerate(range(1001, 1009), 2)]
    for person in people:
        world.hire(int(person.key))
    no_call = record(2001, 99, status="leave")
    everybody = (*people[:3], no_call, *people[3:])
    world.faults["put_employee"] = [None, *[Retryable("away")] * 5]
    world.faults["require_answer"] = [Retryable("away", retry_after=90)]
    with pytest.raises(Retryable) as caught:
        sync(world, *everybody)
    assert caught.value.retry_after == 90
    assert set(world.results) == {"1001", "2001"}
    assert world.count("put_employee") == 6, "nobody after the fifth is tried"
    assert set(world.planned) == {str(number) for number in range(1002, 1009)}
    assert sum(world.attempts.values()) == 1, "those who were handed back are no suspects"
    counts = sync(world, *everybody, resume=True)
    assert (counts.resumed, counts.changed, counts.failed) == (2, 7, 0)


def test_what_loket_took_before_it_went_away_is_told_when_it_is_back(world: World) -> None:
    people = [record(number, row, **SAME, last_name="Jansen", bsn=BSN) for row, number in enumerate(range(1001, 1006))]
    for person in people:
        world.hire(int(person.key))
    world.faults["get_bsn"] = [Retryable("away")] * 5
    world.faults["require_answer"] = [Retryable("away")]
    people = [replace(person, values=dict(person.values) | {"income_number": str(person.row + 1)}) for person in people]
    with pytest.raises(Retryable):
        sync(world, *people)
    counts = sync(world, *people, resume=True)
    assert (counts.changed, counts.failed, world.count("put_employee")) == (5, 0, 5)


def test_five_with_a_fault_of_their_own_do_not_keep_the_others_waiting(world: World) -> None:
    """Loket answers a call about nobody, so it is not away: these five have failed, and the run goes on."""
    people = [record(number, number, **SAME, last_name="Jansen") for number in range(1001, 1013)]
    for person in people:
        world.hire(int(person.key))
    world.faults["put_employee"] = [Retryable("fault")] * 5
    counts = sync(world, *people)
    assert (counts.failed, counts.changed, world.count("require_answer")) == (5, 7, 1)


def test_four_without_an_answer_have_failed_and_the_run_goes_on(world: World) -> None:
    """Those who needed no call say nothing about Loket."""
    for number in range(1001, 1011):
        world.hire(number)
    away = Retryable("away")
    world.faults["put_employee"] = [away, away, away, away, None, away, away, away, away]
    changed = [record(number, number, **SAME, last_name="Jansen") for number in range(1001, 1010)]
    others = [record(1010, 2000, **SAME), record(1011, 2001, status="leave")]
    counts = sync(world, *changed[:2], *others, *changed[2:])
    assert (counts.failed, counts.changed, counts.unchanged, counts.skipped) == (8, 1, 1, 1)
    assert world.results["1001"].reason == Reason.LOKET_UNREACHABLE
    assert len(world.results) == 11


def test_people_without_an_answer_before_a_stop_have_their_result(world: World) -> None:
    for number in (1001, 1002):
        world.hire(number)
    world.faults["put_employee"] = [Retryable("away"), SignInNeeded("sign in")]
    with pytest.raises(SignInNeeded):
        sync(world, record(1001, 2, **SAME, last_name="A"), record(1002, 3, **SAME, last_name="B"))
    assert {key: found.reason for key, found in world.results.items()} == {"1001": Reason.LOKET_UNREACHABLE}


def test_a_lost_lease_stops_at_once(world: World) -> None:
    for number in (1001, 1002):
        world.hire(number)
    world.lease_lost_at = 1
    with pytest.raises(LeaseLost):
        sync(world, record(1001, 2, last_name="A"), record(1002, 3, last_name="B"))
    assert world.count("put_employee") == 1


@pytest.mark.parametrize(
    ("name", "values"), [("sent_ahead", {"last_name": "A"}), ("sent", {"bsn": BSN})], ids=["ahead", "inside"]
)
def test_a_lease_that_is_lost_before_a_write_stops_too(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, values: dict[str, str]
) -> None:
    for number in (1001, 1002):
        world.hire(number)

    def lost(*_: object) -> None:
        raise LeaseLost

    monkeypatch.setattr(FakeJournal, name, lost)
    with pytest.raises(LeaseLost):
        sync(world, record(1001, 2, **SAME | values), record(1002, 3, **SAME, last_name="B"))
    assert (world.results, world.writes) == ({}, [])


def test_a_newcomer_is_never_sent_without_the_number(world: World) -> None:
    """Rule 46: Loket would give the next free one. A mapping without it makes nobody."""
    rules = tuple(rule for rule in ROSTER.rules if rule.target != "employee.employeeNumber")
    found = result(world, record(1101, **FULL), mapping=MappingSet("Lame", 1, rules))
    assert (found.outcome, codes(found), world.writes) == (Outcome.BLOCKED, ["required_for_new"], [])


def test_a_faulty_row_is_blocked_with_its_faults_and_the_others_go_on(world: World) -> None:
    world.hire(1002)
    fault = Problem("invalid_date", "birth_date", "31-02-1990", {}, Effect.PERSON)
    counts = sync(world, record(1001, 2, problems=[fault]), record(1002, 3, last_name="Jansen"))
    assert (counts.blocked, counts.changed) == (1, 1)
    assert world.results["1001"].problems == (fault,)


def test_the_counts_add_up(world: World) -> None:
    world.hire(1001)
    people = [record(1001, 2), record(1002, 3, **FULL), record(None, 4), record(1004, 5, status="leave")]
    counts = sync(world, *people)
    assert counts.total == 4
    told = (counts.created, counts.changed, counts.unchanged, counts.skipped, counts.blocked, counts.failed)
    assert told == (1, 0, 1, 1, 1, 0)


# -- a dry run ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("convert_new", [False, True])
def test_a_dry_run_writes_nothing_and_tells_the_same(world: World, convert_new: bool) -> None:
    loket_id = world.hire(1001, **AS_FULL)
    world.bsns[loket_id] = OTHER_BSN
    waiting = record(1102, 4, **FULL | {"birth_date": "1998-01-02", "bsn": "999901370"})
    complete = record(1104, 6, **FULL | {"birth_date": "1998-01-04", "bsn": None})
    sync(world, waiting, complete)
    people = [
        record(1001, 2, **FULL),
        record(1101, 3, **FULL | {"birth_date": "1998-01-01", "bsn": "999902702", "function": "Sommelier"}),
        replace(waiting, values=dict(waiting.values) | {"city": "Zeist", "iban": "NL24TEST0026007966"}),
        record(1103, 5, **FULL | {"birth_date": "1998-01-03", "bsn": "999903159"}),
        complete,
    ]
    before = deepcopy((world.employees, world.concepts, world.bsns, world.concept_bsns, world.links))
    world.calls.clear()
    sync(world, *people, dry_run=True, convert_new=convert_new)
    planned = {key: _told(found) for key, found in world.results.items()}
    assert world.writes == []
    assert (world.count("validate_concept"), world.ops) == (0, [])
    assert (world.employees, world.concepts, world.bsns, world.concept_bsns, world.links) == before
    sync(world, *people, convert_new=convert_new)
    assert {key: _told(found) for key, found in world.results.items()} == planned
    stays, goes = Reason.WAITS_AS_CONCEPT, Reason.CONVERTED if convert_new else Reason.WAITS_AS_CONCEPT
    assert [planned[person.key][:2] for person in people] == [
        (Outcome.CHANGED, ""),
        (Outcome.CREATED, stays),
        (Outcome.CHANGED, goes),
        (Outcome.CREATED, goes),
        (Outcome.CHANGED if convert_new else Outcome.UNCHANGED, goes),
    ]


def _told(found: PersonResult) -> tuple[Outcome, str, set[tuple[str, str, str, bool]], list[str]]:
    shown = {(change.field, change.old, change.new, change.sendable) for change in found.changes}
    return found.outcome, str(found.reason), shown, codes(found)


# -- answers that never came (D5) --------------------------------------------------------------------------------------


def test_a_put_without_an_answer_is_read_back_and_not_repeated(world: World) -> None:
    world.hire(1001)
    world.faults_after["put_employee"] = [WriteUnsure("timeout")]
    found = result(world, record(1001, **SAME, last_name="Jansen"))
    assert sent(found) == {"employee.personalDetails.lastName": ("Berg", "Jansen")}
    assert found.outcome is Outcome.CHANGED
    assert world.count("put_employee") == 1
    assert [op["state"] for op in world.ops] == ["confirmed"]


def test_an_edit_conflict_is_read_again_and_sent_again(world: World) -> None:
    """D9: 409 means that somebody else wrote; nothing of ours landed."""
    world.hire(1001)
    world.faults["put_employee"] = [Conflict("changed")] * 2
    assert result(world, record(1001, **SAME, last_name="Jansen")).outcome is Outcome.CHANGED
    assert [op["state"] for op in world.ops] == ["rejected", "rejected", "confirmed"]


def test_only_if_empty_holds_for_a_bsn_too(world: World) -> None:
    loket_id = world.hire(1001)
    rules = tuple(replace(rule, write_mode=WriteMode.ONLY_IF_EMPTY) for rule in ROSTER.rules)
    mapping = MappingSet("Careful", 1, rules)
    world.bsns[loket_id] = OTHER_BSN
    assert result(world, record(1001, bsn=BSN), mapping=mapping).outcome is Outcome.UNCHANGED
    del world.bsns[loket_id]
    assert result(world, record(1001, bsn=BSN), mapping=mapping).outcome is Outcome.CHANGED
    assert world.bsns[loket_id] == BSN


@pytest.mark.parametrize(("losses", "outcome"), [(2, Outcome.CHANGED), (3, Outcome.FAILED)])
def test_a_put_that_did_not_land_is_sent_three_times_at_most(world: World, losses: int, outcome: Outcome) -> None:
    loket_id = world.hire(1001)
    world.faults["put_employee"] = [WriteUnsure("timeout")] * losses
    found = result(world, record(1001, **SAME, last_name="Jansen"))
    assert found.outcome is outcome
    assert world.count("put_employee") == 3
    assert found.reason == ("" if outcome is Outcome.CHANGED else Reason.NOT_SURE)
    assert (world.employees[loket_id]["personalDetails"]["lastName"] == "Jansen") is (outcome is Outcome.CHANGED)


def test_a_third_put_that_landed_after_all_is_seen(world: World) -> None:
    world.hire(1001)
    world.faults["put_employee"] = [WriteUnsure("timeout")] * 2
    world.faults_after["put_employee"] = [WriteUnsure("timeout")]
    assert result(world, record(1001, **SAME, last_name="Jansen")).outcome is Outcome.CHANGED
    assert world.count("put_employee") == 3


def test_a_post_without_an_answer_adopts_the_concept_that_is_there(world: World) -> None:
    world.faults_after["create_concept"] = [WriteUnsure("timeout")]
    found = result(world, record(1101, **FULL))
    assert (found.outcome, found.problems) == (Outcome.CREATED, ())
    assert world.count("create_concept") == 1
    assert world.links["1101"] == (world.named("LP-1101")["id"], True)
    assert list(world.concept_bsns.values()) == [BSN]


@pytest.mark.parametrize(("detail", "looks"), [("ReadTimeout", 2), ("502 Bad gateway", 1), ("ConnectionError", 1)])
def test_a_post_that_did_not_land_is_looked_for_by_name_and_number_and_sent_again(
    world: World, detail: str, looks: int
) -> None:
    """D5. After a mere silence Loket may still be at work on it, so it is looked for twice."""
    world.faults["create_concept"] = [WriteUnsure("no answer", detail=detail)]
    found = result(world, record(1101, **FULL))
    assert (found.outcome, found.problems) == (Outcome.CREATED, ())
    assert (world.count("create_concept"), len(world.concepts)) == (2, 1)
    assert (world.count("find_concepts"), world.count("find_employee")) == (looks, 1)


def test_a_post_is_sent_three_times_at_most(world: World) -> None:
    world.faults["create_concept"] = [WriteUnsure("no answer", detail="502")] * 3
    found = result(world, record(1101, **FULL))
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.NOT_SURE)
    assert (world.count("create_concept"), world.concepts) == (3, {})
    assert result(world, record(1101, **FULL)).outcome is Outcome.CREATED


def test_a_post_is_not_repeated_when_somebody_has_the_number_by_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeTarget, "find_employee", lambda *_: {"employeeNumber": 1101})
    world.faults["create_concept"] = [WriteUnsure("no answer")]
    found = result(world, record(1101, **FULL))
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.NOT_SURE)
    assert (world.count("create_concept"), world.concepts) == (1, {})


def test_two_concepts_with_our_name_are_told_and_neither_is_converted(world: World) -> None:
    """D5: a POST landed twice after all. The older one stays."""
    world.faults_after["create_concept"] = [WriteUnsure("no answer")]
    twin = {"id": "c9", "uniqueName": "LP-1101", "creationDate": "2026-11-23T11:00:00"}
    theirs = {
        "employeeData": {"employeeNumber": 1101},
        "employmentData": {"payrollAdministration": {"id": ADMINISTRATION}},
    }
    world.concepts["c9"] = twin | theirs
    world.unlisted = {"LP-1101"}
    found = result(world, record(1101, **FULL), convert_new=True)
    assert (found.outcome, codes(found)) == (Outcome.CREATED, ["concept_twice"])
    assert (world.count("convert_concept"), world.employees) == (0, {})
    assert world.links["1101"][0] != "c9"


def test_a_resumed_run_looks_again_before_it_posts(world: World) -> None:
    """The first attempt was killed during its POST, which landed after the second attempt had read the lists."""
    sync(world, record(1101, **FULL))
    world.results.clear()
    world.unlisted = {"LP-1101"}
    world.links.clear()
    found = result(world, record(1101, **FULL), resume=True)
    assert found.outcome is Outcome.CREATED
    assert (world.count("create_concept"), len(world.concepts)) == (1, 1)


def test_what_is_remembered_of_somebody_does_not_keep_a_new_concept_empty(world: World) -> None:
    for name, value in (("bsn", BSN), ("iban", "NL91ABNA0417164300")):
        world.fingerprints["1101", name] = FakeSeal().fingerprint(name, value)
    sync(world, record(1101, **FULL))
    assert list(world.concept_bsns.values()) == [BSN]
    assert world.named("LP-1101")["employeeData"]["iban"] == "NL91ABNA0417164300"


def test_a_concept_that_landed_late_is_adopted_by_the_next_run(world: World) -> None:
    world.faults_after["create_concept"] = [WriteUnsure("timeout")]
    world.faults["find_concepts"] = [Retryable("still down")]
    assert result(world, record(1101, **FULL)).outcome is Outcome.FAILED
    found = result(world, record(1101, **FULL))
    assert (found.outcome, found.reason) == (Outcome.CHANGED, Reason.WAITS_AS_CONCEPT)
    assert world.count("create_concept") == 1
    assert list(world.concept_bsns.values()) == [BSN]


@pytest.mark.parametrize("side", ["faults", "faults_after"])
@pytest.mark.parametrize("call", ["put_concept_bsn", "convert_concept"])
def test_a_lost_bsn_or_conversion_of_a_newcomer_is_resolved_by_reading(world: World, call: str, side: str) -> None:
    getattr(world, side)[call] = [WriteUnsure("timeout")]
    found = result(world, record(1101, **FULL), convert_new=True)
    assert (found.outcome, found.reason, found.problems) == (Outcome.CREATED, Reason.CONVERTED, ())
    assert (len(world.employees), world.concepts) == (1, {})
    assert list(world.bsns.values()) == [BSN]
    assert world.count(call) == (2 if side == "faults" else 1)


def test_a_mapping_without_a_field_never_touches_it(world: World) -> None:
    loket_id = world.hire(1001)
    mapping = MappingSet("Small", 1, tuple(rule for rule in ROSTER.rules if rule.target.endswith("lastName")))
    before = deepcopy(world.employees[loket_id])
    sync(world, record(1001, **FULL), mapping=mapping)
    before["personalDetails"]["lastName"] = "Graaf"
    assert world.employees[loket_id] == before


def test_a_confirmed_bsn_that_a_newer_roster_brings_again_may_be_purged_again(world: World) -> None:
    world.hire(1001)
    sync(world, record(1001, bsn=BSN))
    world.fingerprints_told.clear()
    sync(world, record(1001, bsn=BSN))
    assert world.fingerprints_told == ["bsn"]
    world.fingerprints_told.clear()
    sync(world, record(1001, bsn=Sealed(FakeSeal().fingerprint("bsn", BSN), "••••••333")))
    assert world.fingerprints_told == []
