"""The first and the last day of an employment: with a person's word only, and never for want of a value (rule 53)."""

from datetime import date
from typing import Any

import pytest

from loket_portal.loket.errors import Forbidden, RecordRejected, WriteUnsure
from mapping.rules import Empty, Rule
from sync.outcomes import Outcome
from sync.work import Mode
from tests.sync.fakes import World
from tests.sync.resourcing import (
    END,
    ENDS,
    HOURS,
    INCOME,
    OLD_REASON,
    REASON,
    START,
    WHY,
    chain,
    change,
    codes,
    done,
    hired,
    told,
    unsent,
)

LEFT, COMING = "2026-10-31", "2026-12-31"
ILLNESS = "ending.endOfEmploymentDueToIllness"
NEW_DAYS = {"start_dates": 1}
BACK = {"reinstatements": 1}
CLEAR: Any = {"empty": Empty.CLEAR}


@pytest.fixture
def row(world: World) -> dict[str, Any]:
    return hired(world)


@pytest.fixture
def world() -> World:
    return World()


def reasons(text: str = WHY[REASON]) -> tuple[Rule, Rule]:
    """One reason for everybody, as support may lay down."""
    return Rule(REASON, None, fallback=text), Rule(OLD_REASON, None, fallback=WHY[OLD_REASON])


# -- ending ------------------------------------------------------------------------------------------------------------


def test_somebody_who_left_is_ended_when_a_person_agreed(world: World, row: dict[str, Any]) -> None:
    work = done(world, {END: LEFT, **WHY}, is_leaver=True, approved=ENDS)
    assert (work.outcome, codes(work)) == (Outcome.CHANGED, [])
    assert told(work) == {END: ("", LEFT), **{key: ("", text) for key, text in WHY.items()}, ILLNESS: ("", "no")}
    assert (row["endDate"], row["endOfEmploymentDueToIllness"]) == (LEFT, False)
    assert (row["endOfEmploymentReasonTaxAuthorities"], row["endOfEmploymentReason"]) == ({"key": 81}, {"key": 82})
    assert [op["action"] for op in world.ops] == ["employment.end"]


def test_an_end_that_is_to_come_goes_at_once(world: World, row: dict[str, Any]) -> None:
    """Payroll settles what is due with the last wage, so it must know before (docs/adr/0020)."""
    done(world, {END: COMING, **WHY}, approved=ENDS)
    assert row["endDate"] == COMING


def test_nobody_is_ended_before_somebody_was_asked(world: World, row: dict[str, Any]) -> None:
    work = done(world, {END: LEFT, **WHY}, is_leaver=True)
    assert (row["endDate"], world.calls, work.asks) == (None, [], {"ended_employments"})
    assert set(unsent(work).values()) == {"ended_employments"}


def test_who_was_left_out_is_shown_and_not_asked_about_again(world: World, row: dict[str, Any]) -> None:
    work = done(world, {END: LEFT, **WHY}, is_leaver=True, approved={"ended_employments": 0})
    assert (row["endDate"], world.calls, work.asks) == (None, [], set())
    assert unsent(work)[END] == "ended_employments"


@pytest.mark.parametrize("mode", [Mode.PLAN, Mode.LOOK])
def test_a_plan_shows_what_needs_a_word(world: World, row: dict[str, Any], mode: Mode) -> None:
    work = done(world, {END: LEFT, **WHY}, is_leaver=True, mode=mode)
    assert change(work, END).needs == "ended_employments"
    assert (work.outcome, set(told(work)), world.calls) == (Outcome.CHANGED, {END, *WHY, ILLNESS}, [])


def test_a_plan_of_what_was_left_out_has_nothing_to_do(world: World, row: dict[str, Any]) -> None:
    work = done(world, {END: LEFT, **WHY}, is_leaver=True, mode=Mode.PLAN, approved={"ended_employments": 0})
    assert (work.outcome, told(work), work.is_to_do) == (Outcome.UNCHANGED, {}, False)


def test_hr_that_has_no_end_date_ends_nothing(world: World, row: dict[str, Any]) -> None:
    for values in ({END: None}, {}, WHY):
        work = done(world, {**values}, is_leaver=True, approved=ENDS, **CLEAR)
        assert (work.changes, row["endDate"]) == ([], None)


def test_one_reason_for_everybody_will_do(world: World, row: dict[str, Any]) -> None:
    done(world, {END: LEFT}, *reasons(), is_leaver=True, approved=ENDS)
    assert row["endOfEmploymentReasonTaxAuthorities"] == {"key": 81}


def test_what_hr_says_goes_before_the_reason_for_everybody(world: World, row: dict[str, Any]) -> None:
    first, second = reasons()
    of_hr = Rule(REASON, REASON, fallback=first.fallback)
    done(world, {END: LEFT, REASON: f"{REASON.rpartition('.')[2]} twee"}, of_hr, second, is_leaver=True, approved=ENDS)
    assert row["endOfEmploymentReasonTaxAuthorities"] == {"key": 82}


def test_without_a_reason_nobody_is_ended_and_it_says_what_to_map(world: World, row: dict[str, Any]) -> None:
    unmapped = [Rule(REASON, None), Rule(OLD_REASON, None)]
    work = done(world, {END: LEFT}, *unmapped, is_leaver=True, approved=ENDS)
    assert (codes(work), row["endDate"], world.calls) == (["end_reason_unmapped"], None, [])
    assert work.problems[0].params["missing"] == "Reason for the end, for the tax authorities, Reason for the end"
    assert set(unsent(work)) == {END, ILLNESS}
    assert set(unsent(work).values()) == {""}, "no word of anybody helps"


@pytest.mark.parametrize("told", [None, "left for the sea"])
def test_a_reason_that_hr_does_not_tell_in_lokets_words_is_named(
    world: World, row: dict[str, Any], told: str | None
) -> None:
    work = done(world, {END: LEFT, REASON: told, OLD_REASON: WHY[OLD_REASON]}, is_leaver=True, approved=ENDS)
    assert ("end_reason_missing" in codes(work), row["endDate"]) == (True, None)
    assert work.problems[-1].params["missing"] == "Reason for the end, for the tax authorities"


def test_illness_is_told_where_hr_knows_of_it(world: World, row: dict[str, Any]) -> None:
    done(world, {END: LEFT, **WHY, ILLNESS: "yes"}, is_leaver=True, approved=ENDS)
    assert row["endOfEmploymentDueToIllness"] is True


def test_a_reason_alone_changes_nothing(world: World, row: dict[str, Any]) -> None:
    assert done(world, {**WHY, ILLNESS: "yes"}, approved=ENDS).changes == []


def test_an_end_that_moves_is_undone_and_made_again(world: World, row: dict[str, Any]) -> None:
    done(world, {END: COMING, **WHY}, approved=ENDS)
    work = done(world, {END: "2027-01-31", **WHY}, approved=ENDS)
    assert (row["endDate"], told(work)[END]) == ("2027-01-31", (COMING, "2027-01-31"))
    assert [op["action"] for op in world.ops] == ["employment.reinstate", "employment.end"]


def test_what_loket_has_ended_on_another_day_is_for_a_person(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = "2026-09-30"
    work = done(world, {END: LEFT, **WHY}, is_leaver=True, approved=ENDS)
    assert (codes(work), row["endDate"], world.calls) == (["ended_otherwise"], "2026-09-30", [])


def test_the_end_comes_after_all_else(world: World, row: dict[str, Any]) -> None:
    done(world, {END: COMING, HOURS: "32", INCOME: "2", **WHY}, approved=ENDS)
    assert [op["action"] for op in world.ops] == ["employment.put", "hours.post", "employment.end"]


def test_a_lost_answer_is_read_back_and_not_repeated(world: World, row: dict[str, Any]) -> None:
    world.faults_after["terminate"] = [WriteUnsure("timeout")]
    work = done(world, {END: LEFT, **WHY}, is_leaver=True, approved=ENDS)
    assert (work.outcome, world.count("terminate"), row["endDate"]) == (Outcome.CHANGED, 1, LEFT)
    assert [op["state"] for op in world.ops] == ["confirmed"]


def test_a_missing_right_costs_the_end_alone(world: World, row: dict[str, Any]) -> None:
    world.faults["terminate"] = [Forbidden("no")]
    work = done(world, {END: COMING, HOURS: "32", **WHY}, approved=ENDS)
    assert (codes(work), told(work)) == (["ending_not_allowed"], {HOURS: ("36", "32")})


def test_loket_s_refusal_is_told_and_the_person_has_failed(world: World, row: dict[str, Any]) -> None:
    world.faults["terminate"] = [RecordRejected("no")]
    work = done(world, {END: LEFT, **WHY}, is_leaver=True, approved=ENDS)
    assert (work.outcome, codes(work)) == (Outcome.FAILED, ["rejected"])


# -- and again ---------------------------------------------------------------------------------------------------------


def test_an_end_that_hr_withdraws_is_undone_when_a_person_agreed(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = COMING
    assert done(world, {END: None}, **CLEAR).asks == {"reinstatements"}
    work = done(world, {END: None}, approved=BACK, **CLEAR)
    assert (row["endDate"], told(work)) == (None, {END: (COMING, "")})
    assert [op["action"] for op in world.ops] == ["employment.reinstate"]


def test_an_empty_end_date_says_nothing_unless_support_laid_it_down(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = COMING
    work = done(world, {END: None}, approved=BACK)
    assert (work.changes, row["endDate"]) == ([], COMING)


def test_who_goes_on_after_the_end_is_reinstated_before_all_else(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = LEFT
    work = done(world, {END: None, HOURS: "32"}, approved=BACK, **CLEAR)
    assert [op["action"] for op in world.ops] == ["employment.reinstate", "hours.post"]
    assert set(told(work)) == {END, HOURS}


def test_without_the_reinstatement_nothing_of_that_employment_goes(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = LEFT
    work = done(world, {END: None, HOURS: "32"}, approved={"reinstatements": 0}, **CLEAR)
    assert (unsent(work), world.calls) == ({END: "reinstatements", HOURS: "reinstatements"}, [])


def test_an_employment_that_has_ended_gets_no_new_records(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = LEFT
    work = done(world, {HOURS: "32", INCOME: "2"})
    assert (codes(work), set(unsent(work)), world.calls) == (["employment_ended"], {HOURS, INCOME}, [])
    assert work.problems[0].params == {"end": LEFT}


def test_who_came_back_later_needs_an_employment_of_their_own(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = LEFT
    agreed = {**NEW_DAYS, **BACK, **ENDS}
    work = done(world, {START: "2026-11-15", END: None, HOURS: "32"}, approved=agreed, **CLEAR)
    assert (codes(work), set(unsent(work)), world.calls) == (["another_employment"], {START, END, HOURS}, [])


# -- the first day -----------------------------------------------------------------------------------------------------


def test_another_first_day_is_corrected_when_a_person_agreed(world: World, row: dict[str, Any]) -> None:
    assert done(world, {START: "2015-05-01"}).asks == {"start_dates"}
    assert row["startDate"] == "2015-04-01"
    work = done(world, {START: "2015-05-01"}, approved=NEW_DAYS)
    assert (row["startDate"], told(work)) == ("2015-05-01", {START: ("2015-04-01", "2015-05-01")})
    assert chain(world, "working_hours") == [("2015-05-01", None)]
    assert [op["action"] for op in world.ops] == ["employment.start"]


def test_hr_without_a_first_day_corrects_none(world: World, row: dict[str, Any]) -> None:
    assert done(world, {START: None}, approved=NEW_DAYS).changes == []


def test_one_answer_is_not_the_other(world: World, row: dict[str, Any]) -> None:
    work = done(world, {START: "2015-05-01", END: COMING, **WHY}, approved=ENDS)
    assert (row["startDate"], row["endDate"], work.asks) == ("2015-04-01", COMING, {"start_dates"})


def test_an_end_today_is_no_end_yet(world: World, row: dict[str, Any]) -> None:
    row["endDate"] = date(2026, 11, 23).isoformat()
    work = done(world, {HOURS: "32"})
    assert (codes(work), set(told(work))) == ([], {HOURS})
