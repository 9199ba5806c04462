"""What HR has planned is shown with its day and waits for it; so is somebody who starts later (rules 39 and 43)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mapping.rules import MappingSet, WriteMode
from sync.models import Result, Run
from sync.outcomes import Outcome, PersonResult
from sync.policy import Reason
from sync.records import LEGAL_ENTITY, HRRecord, Later
from sync.services import results
from sync.services.codec import detail_to_json
from sync.services.ports import DbReporter
from sync.services.runs import Heartbeat, claim
from sync.services.scribe import Scribe
from tests.factories import ConnectionFactory
from tests.sync.fakes import FULL, ROSTER, World, record, sync

JANUARY, APRIL = date(2027, 1, 1), date(2027, 4, 1)
HOURS, FUNCTION = "workingHours.deviatingHoursPerWeek", "organization.function"
AS_LOKET: dict[str, Any] = {
    "first_name": "Johanna",
    "initials": "J.M.",
    "prefix": "van der",
    "function": "kok",
    "hours_per_week": "36",
}


@pytest.fixture
def world() -> World:
    world = World()
    world.hire(1001)
    return world


def planned(
    world: World, *later: Later, dry_run: bool = True, mapping: MappingSet = ROSTER, **values: Any
) -> PersonResult:
    someone = replace(record(1001, **AS_LOKET | values), later=later)
    sync(world, someone, dry_run=dry_run, mapping=mapping)
    return world.results["1001"]


def told(found: PersonResult) -> list[tuple[str, str, str, str]]:
    return [(c.field, c.old, c.new, c.waits_until) for c in found.changes]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_planned_value_is_shown_with_its_day_and_not_sent(world: World, dry_run: bool) -> None:
    found = planned(
        world, Later("hours_per_week", "38", JANUARY), Later("function", "bediening", JANUARY), dry_run=dry_run
    )
    assert told(found) == [(HOURS, "36", "38", "2027-01-01"), (FUNCTION, "Kok", "Bediening", "2027-01-01")]
    assert (found.outcome, found.reason, found.problems, world.writes) == (Outcome.UNCHANGED, "", (), [])
    assert not any(change.sendable for change in found.changes)


def test_it_stands_beside_what_hr_says_now_and_holds_nothing_back(world: World) -> None:
    found = planned(
        world, Later("hours_per_week", "38", JANUARY), last_name="Jansen", hours_per_week="32", dry_run=False
    )
    assert found.outcome is Outcome.CHANGED
    assert told(found) == [
        ("employee.personalDetails.lastName", "Berg", "Jansen", ""),
        (HOURS, "32", "38", "2027-01-01"),
        (HOURS, "36", "32", ""),
    ]
    assert [change.sendable for change in found.changes] == [True, False, True]


def test_two_plans_for_one_field_follow_each_other(world: World) -> None:
    found = planned(world, Later("hours_per_week", "24", APRIL), Later("hours_per_week", "38", JANUARY))
    assert told(found) == [(HOURS, "36", "38", "2027-01-01"), (HOURS, "38", "24", "2027-04-01")]


@pytest.mark.parametrize("text", ["36", "36.0"])
def test_a_plan_that_changes_nothing_is_not_shown(world: World, text: str) -> None:
    assert planned(world, Later("hours_per_week", text, JANUARY)).changes == ()


def test_a_text_that_loket_does_not_know_is_shown_as_hr_has_it(world: World) -> None:
    found = planned(world, Later("function", "Astronaut", JANUARY))
    assert (told(found), found.problems) == ([(FUNCTION, "Kok", "Astronaut", "2027-01-01")], ())


def test_a_plan_to_empty_a_field_is_shown_empty(world: World) -> None:
    assert told(planned(world, Later("function", None, JANUARY))) == [(FUNCTION, "Kok", "", "2027-01-01")]


def test_a_move_to_another_legal_entity_is_shown(world: World) -> None:
    found = planned(world, Later(LEGAL_ENTITY, "Linde Catering B.V.", JANUARY))
    assert told(found) == [(LEGAL_ENTITY, "", "Linde Catering B.V.", "2027-01-01")]


def test_what_will_never_be_sent_is_not_shown(world: World) -> None:
    only_new = MappingSet("M", 1, tuple(replace(rule, write_mode=WriteMode.ONLY_FOR_NEW) for rule in ROSTER.rules))
    assert planned(world, Later("hours_per_week", "38", JANUARY), mapping=only_new).changes == ()
    no_rule = MappingSet("M", 1, tuple(rule for rule in ROSTER.rules if rule.target != HOURS))
    assert planned(world, Later("hours_per_week", "38", JANUARY), mapping=no_rule).changes == ()


def test_a_planned_bsn_or_iban_is_never_shown(world: World) -> None:
    found = planned(world, Later("bsn", "111222333", JANUARY), Later("iban", "NL91ABNA0417164300", JANUARY))
    assert found.changes == ()


def test_somebody_new_is_made_with_the_values_of_today(world: World) -> None:
    someone = replace(record(1101, **FULL), later=(Later("hours_per_week", "38", JANUARY),))
    sync(world, someone)
    assert world.named("LP-1101")["workingHoursData"]["deviatingHoursPerWeek"] == 24.5
    assert not any(change.waits_until for change in world.results["1101"].changes)


def test_somebody_who_starts_later_is_shown_with_the_first_day(world: World) -> None:
    people = [record(1002, start_date="2027-01-01"), record(1003, 3, start_date="2027-04-01", status="onboarding")]
    sync(world, *people, record(1004, 4, status="leave"))
    assert {key: found.day for key, found in world.results.items()} == {"1002": JANUARY, "1003": APRIL, "1004": None}
    assert world.results["1002"].reason == Reason.STARTS_LATER


def test_two_of_personio_with_one_number_keep_their_own_keys(world: World) -> None:
    """The roster's reader needs a row to tell them apart, Personio has an id for each."""
    twins = [HRRecord(f"personio-{row}", row, record(1001).values) for row in (7, 8)]
    sync(world, *twins)
    assert set(world.results) == {"personio-7", "personio-8"}
    assert {found.outcome for found in world.results.values()} == {Outcome.BLOCKED}


@pytest.mark.django_db
def test_what_waits_is_stored_with_its_day_and_does_not_count_as_not_sent(world: World) -> None:
    run = Run.objects.create(connection=ConnectionFactory(), is_dry=True, trigger="person")
    claimed = claim(run.pk, "worker")
    assert claimed is not None
    with Heartbeat(claimed, "worker") as heartbeat:
        reporter = DbReporter(claimed, Scribe(claimed, "worker", is_threaded=False), heartbeat)
        reporter.person(planned(world, Later("hours_per_week", "38", JANUARY)))
        reporter.person(PersonResult("1002", 3, "J", Outcome.SKIPPED, Reason.STARTS_LATER, day=APRIL))
    one, two = results.find(run).rows
    assert [(c.field, c.old, c.new, c.is_sent, c.waits_until) for c in one.changes] == [
        (HOURS, "36", "38", False, "2027-01-01")
    ]
    assert (two.day, one.day) == ("2027-04-01", "")
    assert results.counts(run)["not_sent"] == 0


@pytest.mark.django_db
def test_a_result_of_an_older_version_has_no_days() -> None:
    run = Run.objects.create(connection=ConnectionFactory(), is_dry=True, trigger="person")
    old = detail_to_json(PersonResult("1001", 2, "J", Outcome.UNCHANGED))
    change = {"field": HOURS, "old": "1", "new": "2", "sendable": False}
    Result.objects.create(
        run=run, key_hash="x", row=2, outcome="unchanged", person={"key": "1", "name": "J"},
        detail={"problems": old["problems"], "messages": old["messages"], "changes": [change]},
    )  # fmt: skip
    (row,) = results.find(run).rows
    assert (row.day, row.changes[0].waits_until) == ("", "")
