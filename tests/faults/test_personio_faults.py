"""Personio misbehaves: each fault ends in the sync that there would have been, or in words that name the cause.

Nobody is lost, and nothing is cleared in Loket.
"""

from typing import Any

import pytest
from django.utils import timezone

from loket_portal.simulator import Simulator
from mapping import definitions
from mapping.models import FieldRule
from onboarding.models import Issue
from sync.models import Run
from sync.services import runs
from tests.faults.personio import WHOLE, World, assert_waits, assert_whole, counts, expected
from tests.sync.personio import asked, connect_linde, edit, entity_of_personio, result, work

pytestmark = pytest.mark.django_db(transaction=True)

CITY, BSN, GENDER, IN_PAYROLL = "dynamic_24415", "dynamic_24407", "dynamic_24409", "dynamic_24403"
BIRTH_DATE = "dynamic_24406"
STORM = 100_000


# --- Too busy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "2"], ids=["without Retry-After", "with Retry-After"])
def test_a_gust_of_429_is_waited_out(undisturbed: World, header: str) -> None:
    undisturbed.misbehave(personio_busy=3, personio_retry_after=header)
    assert_whole(undisturbed, undisturbed.sync())
    assert [seconds for seconds in undisturbed.clock.waits if seconds >= float(header or 1)]


@pytest.mark.parametrize(("header", "pause"), [("", 60), ("240", 240)], ids=["without Retry-After", "with Retry-After"])
def test_a_storm_of_429_puts_the_sync_off_and_it_goes_on_by_itself(undisturbed: World, header: str, pause: int) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(personio_busy=STORM, personio_retry_after=header)
    run = undisturbed.sync()
    assert_waits(undisturbed, run, former, "Personio is too busy", "tried again by itself")
    assert run.lease_until is not None
    assert pause - 30 < (run.lease_until - timezone.now()).total_seconds() <= pause, "not sooner than Personio asked"
    undisturbed.misbehave(personio_busy=0, personio_retry_after="")
    assert_whole(undisturbed, undisturbed.again(run))


def test_a_storm_without_an_end_ends_the_sync_with_its_cause(undisturbed: World) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(personio_busy=STORM)
    run = undisturbed.sync()
    for _retry in range(runs.MAX_RETRIES):
        run = undisturbed.again(run)
    assert run.state == Run.State.FAILED
    assert "Personio is too busy" in run.shown_message
    assert "Start again" in run.shown_hint
    assert (undisturbed.people(), undisturbed.loket()) == (former, undisturbed.before)
    undisturbed.misbehave(personio_busy=0)
    assert_whole(undisturbed, undisturbed.sync())


def test_a_storm_that_breaks_out_in_the_middle_of_a_reading_loses_nobody(undisturbed: World) -> None:
    former = undisturbed.people()
    undisturbed.simulator.faults.plan(
        action="status", method="GET", path="/personio/v1/company/employees", status=429, skip=1, times=STORM
    )
    undisturbed.misbehave(personio_people=120)
    run = undisturbed.sync()
    assert asked(undisturbed.simulator, "/v1/company/employees/attributes"), "the look before it went well"
    assert_waits(undisturbed, run, former, "Personio is too busy")
    undisturbed.simulator.faults.clear()
    undisturbed.misbehave(personio_people=0)
    assert_whole(undisturbed, undisturbed.again(run))


# --- Signed out in the middle -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calls", [1, 4, 7, 13])
def test_a_token_that_expires_on_the_way_is_replaced_and_the_sync_is_whole(undisturbed: World, calls: int) -> None:
    undisturbed.misbehave(personio_expire_after=calls)
    assert_whole(undisturbed, undisturbed.sync())
    assert undisturbed.simulator.options.personio_expire_after == 0, "it did expire on the way"
    assert len(asked(undisturbed.simulator, "/auth")) > 1


def test_a_token_that_expires_between_two_pages_loses_nobody(undisturbed: World) -> None:
    undisturbed.misbehave(personio_people=140)
    undisturbed.simulator.log.clear()
    undisturbed.preview()
    former = undisturbed.people()
    calls = [path for path in asked(undisturbed.simulator, "") if not path.endswith("/auth")]
    pages = [number for number, path in enumerate(calls) if path == "/personio/v1/company/employees"]
    assert len(pages) == 3
    for page in pages[1:]:
        undisturbed.misbehave(personio_expire_after=page)
        run = undisturbed.preview()
        assert (run.state, undisturbed.people()) == (Run.State.PARTIAL, former), page


def test_a_token_that_is_never_taken_ends_the_run_with_its_cause(undisturbed: World) -> None:
    former = undisturbed.people()
    undisturbed.simulator.faults.plan(action="status", path="/personio/v1/company/employees", status=401, times=STORM)
    run = undisturbed.sync()
    assert run.state == Run.State.FAILED
    assert "does not accept the client ID and the client secret" in run.shown_message
    assert "administrator" in run.shown_hint
    assert (undisturbed.people(), undisturbed.loket()) == (former, undisturbed.before)


# --- Lists that are not whole -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [{"personio_people": 60, "personio_repeat_page": 2}, {"personio_repeat_page": 1}],
    ids=["employees", "persons"],
)
def test_a_page_that_repeats_puts_the_sync_off(undisturbed: World, options: dict[str, int]) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(**options)
    run = undisturbed.sync()
    assert_waits(undisturbed, run, former, "list changed in Personio while it was being read", "tried again by itself")
    undisturbed.misbehave(personio_people=0, personio_repeat_page=0)
    assert_whole(undisturbed, undisturbed.again(run))


def test_a_page_that_repeats_for_ever_ends_the_sync_with_its_cause(undisturbed: World) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(personio_people=60, personio_repeat_page=2)
    run = undisturbed.sync()
    for _retry in range(runs.MAX_RETRIES):
        run = undisturbed.again(run)
    assert run.state == Run.State.FAILED
    assert "list changed in Personio" in run.shown_message
    assert (undisturbed.people(), undisturbed.loket()) == (former, undisturbed.before)


@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
def test_a_line_that_breaks_is_tried_again(undisturbed: World, action: str) -> None:
    for path in ("/v1/auth", "/v1/company/employees", "/v2/persons"):
        undisturbed.simulator.faults.plan(action=action, path=f"/personio{path}")
    assert_whole(undisturbed, undisturbed.sync())
    assert [call for call in undisturbed.simulator.log.all() if call["dropped"]]


# --- Answers that look good ---------------------------------------------------------------------------------------------


def test_success_false_in_a_200_is_asked_again(undisturbed: World) -> None:
    undisturbed.misbehave(personio_success_false=3)
    assert_whole(undisturbed, undisturbed.sync())


@pytest.mark.parametrize("language", ["en", "de"])
def test_success_false_for_ever_puts_the_sync_off_in_our_own_words(undisturbed: World, language: str) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(personio_success_false=STORM, personio_language=language)
    run = undisturbed.sync()
    assert_waits(undisturbed, run, former, "Personio has a fault of its own")
    assert "schiefgelaufen" not in str(vars(run))
    undisturbed.misbehave(personio_success_false=0)
    assert_whole(undisturbed, undisturbed.again(run))


# --- Records of nothing -------------------------------------------------------------------------------------------------


def without(world: World, number: str) -> dict[str, Any]:
    """What there is after an undisturbed sync, but for one person, who is as before."""
    wanted = expected()
    before = {kind: {key: one for key, one in world.before[kind].items() if number in key} for kind in wanted}
    others = {kind: {key: one for key, one in wanted[kind].items() if number not in key} for kind in wanted}
    return {kind: {**others[kind], **before[kind]} for kind in wanted}


@pytest.mark.parametrize("number", ["1001", "1002", "1101"], ids=["changed", "other", "new"])
def test_a_record_with_every_field_null_stops_one_person_and_says_so(undisturbed: World, number: str) -> None:
    person_id = 40_000 + int(number)
    undisturbed.misbehave(personio_null_record=person_id)
    run = undisturbed.sync()
    assert run.results.count() == WHOLE["all"], "nobody is missing"
    blocked = result(run, person_id)
    assert (blocked.outcome, [p["code"] for p in blocked.detail["problems"]]) == ("blocked", ["no_personio_id"])
    assert "1 record without an ID" in undisturbed.said_of(Issue.Kind.RECORD_WITHOUT_ID)
    assert undisturbed.loket() == without(undisturbed, number) != expected()
    undisturbed.misbehave(personio_null_record=0)
    undisturbed.sync()
    assert undisturbed.loket() == expected()
    assert Issue.Kind.RECORD_WITHOUT_ID not in undisturbed.issues()


@pytest.mark.parametrize("person_id", [41101, 41005, 42008], ids=["new", "two employments", "moves here later"])
def test_a_broken_row_in_the_list_of_persons_stops_nobody(undisturbed: World, person_id: int) -> None:
    undisturbed.misbehave(personio_null_person=person_id)
    assert_whole(undisturbed, undisturbed.sync())


def test_a_record_with_nothing_but_its_id_stops_one_person_and_clears_nothing(undisturbed: World) -> None:
    assert_whole(undisturbed, undisturbed.sync())
    fields = FieldRule.objects.filter(mapping_set__source="personio").exclude(source="")
    keys = set(fields.values_list("source", flat=True)) - {"status", "id"}
    edit(undisturbed.simulator, 41001, **dict.fromkeys(keys))
    run = undisturbed.sync()
    empty = result(run, 41001)
    assert empty.outcome in {"blocked", "skipped"}
    assert empty.reason or empty.detail["problems"]
    assert undisturbed.loket() == expected()


# --- Attributes that change ---------------------------------------------------------------------------------------------


def hidden(key: str) -> dict[str, list[str]]:
    return {"personio_unreadable": [key]}


def test_an_optional_attribute_that_disappears_is_named_and_left_alone(undisturbed: World) -> None:
    undisturbed.misbehave(**hidden(CITY))
    run = undisturbed.sync()
    assert counts(run)["all"] == WHOLE["all"]
    assert run.state == Run.State.PARTIAL
    said = undisturbed.said_of(Issue.Kind.ATTRIBUTE_MISSING)
    assert "“Plaats”" in said
    assert "Readable employee attributes" in said
    after = undisturbed.loket()["employees"]
    assert cities(after) == cities(undisturbed.before["employees"]), "nobody's city is cleared or changed"


def test_without_an_optional_attribute_nobody_new_is_made_until_it_can_be_read(undisturbed: World) -> None:
    undisturbed.misbehave(**hidden(CITY))
    run = undisturbed.sync()
    assert (counts(run)["created"], counts(run)["blocked"]) == (0, WHOLE["blocked"] + WHOLE["created"])
    assert blocked_for(run, 41101) == [("attribute_absent", "city")]
    assert undisturbed.loket()["concepts"] == undisturbed.before["concepts"]
    undisturbed.misbehave(personio_unreadable=[])
    undisturbed.sync()
    assert undisturbed.loket() == expected()


def test_hiding_the_faulty_value_of_somebody_who_was_blocked_for_it_releases_nobody(undisturbed: World) -> None:
    assert_whole(undisturbed, undisturbed.sync())
    before = Run.objects.latest("pk")
    assert blocked_for(before, 41133) == [("bad_date", "birth_date")]
    undisturbed.misbehave(**hidden(BIRTH_DATE))
    run = undisturbed.sync()
    assert blocked_for(run, 41133) == [("attribute_absent", "birth_date")]
    assert undisturbed.loket() == expected()


def blocked_for(run: Run, person_id: int) -> list[tuple[str, str]]:
    """What blocks this person."""
    blocked = result(run, person_id)
    assert blocked.outcome == "blocked"
    return [(one["code"], one["field"]) for one in blocked.detail["problems"] if one["effect"] == "person"]


def cities(employees: dict[str, Any]) -> dict[str, str | None]:
    return {number: one["employee"].get("address.city") for number, one in employees.items()}


def test_a_required_attribute_that_disappears_stops_the_sync_before_it_begins(undisturbed: World) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(**hidden(BSN))
    run = undisturbed.sync()
    assert run.state == Run.State.FAILED
    assert "put right in Personio" in run.shown_message
    assert "page “Personio”" in run.shown_hint
    assert "“BSN”" in undisturbed.said_of(Issue.Kind.ATTRIBUTE_MISSING)
    assert (undisturbed.people(), undisturbed.loket()) == (former, undisturbed.before)
    undisturbed.misbehave(personio_unreadable=[])
    definitions.look(undisturbed.connection.entity.company)  # the button "Read Personio again"
    assert_whole(undisturbed, undisturbed.sync())


def test_whatever_attribute_disappears_nothing_in_loket_is_cleared_and_it_is_named(undisturbed: World) -> None:
    assert_whole(undisturbed, undisturbed.sync())
    entity, company = undisturbed.connection.entity, undisturbed.connection.entity.company
    fields = FieldRule.objects.filter(mapping_set__source="personio").exclude(source="")
    keys = sorted(set(fields.values_list("source", flat=True)) - {"id"})
    assert len(keys) > 20
    for key in [*keys, "subcompany"]:
        undisturbed.misbehave(**hidden(key))
        if runs.refusal_to_start(entity, is_dry=False, user=None) is None:
            undisturbed.sync()
        assert undisturbed.loket() == expected(), f"without {key}"
        assert is_told(undisturbed, key), f"nobody is told of {key}"
        undisturbed.misbehave(personio_unreadable=[])
        definitions.look(company)
        assert Issue.Kind.ATTRIBUTE_MISSING not in undisturbed.issues(), key


def is_told(world: World, key: str) -> bool:
    named = any(key in str(one.params) for one in world.issues().values())
    return named or Run.objects.latest("pk").state == Run.State.FAILED


def test_a_renamed_option_is_named_and_people_keep_what_loket_has(undisturbed: World) -> None:
    assert_whole(undisturbed, undisturbed.sync())
    undisturbed.misbehave(personio_renamed_options={GENDER: {"Female": "Zzz"}})
    run = undisturbed.sync()
    said = undisturbed.said_of(Issue.Kind.OPTION_RENAMED)
    assert "“Geslacht”" in said
    assert "from “Female” to “Zzz”" in said
    assert (run.total, counts(run)["failed"]) == (WHOLE["all"], 0)
    assert undisturbed.loket() == expected()
    undisturbed.misbehave(personio_renamed_options={})
    definitions.look(undisturbed.connection.entity.company)
    assert Issue.Kind.OPTION_RENAMED not in undisturbed.issues()


def test_a_renamed_option_that_says_who_is_sent_stops_the_sync(undisturbed: World) -> None:
    undisturbed.misbehave(personio_renamed_options={IN_PAYROLL: {"Yes": "Zzz"}})
    run = undisturbed.sync()
    assert run.state == Run.State.FAILED
    assert "from “Yes” to “Zzz”" in undisturbed.said_of(Issue.Kind.OPTION_RENAMED)
    assert undisturbed.loket() == undisturbed.before
    undisturbed.misbehave(personio_renamed_options={})
    definitions.look(undisturbed.connection.entity.company)
    assert_whole(undisturbed, undisturbed.sync())


@pytest.mark.parametrize(("key", "label"), [(CITY, "Plaats"), (BSN, "BSN"), (IN_PAYROLL, "Consider in NL payroll")])
def test_a_changed_id_is_named_and_support_publishes_the_mapping_again(
    undisturbed: World, key: str, label: str
) -> None:
    undisturbed.misbehave(personio_changed_ids={key: "dynamic_99001"})
    stopped = undisturbed.sync()
    said = undisturbed.said_of(Issue.Kind.ATTRIBUTE_ID_CHANGED)
    for text in (f"“{label}”", key, "dynamic_99001", "Support publishes"):
        assert text in said
    if key == CITY:
        after = undisturbed.loket()["employees"]
        assert cities(after) == cities(undisturbed.before["employees"])
    else:
        assert stopped.state == Run.State.FAILED
        assert undisturbed.loket() == undisturbed.before
    definitions.publish_default(undisturbed.connection.entity.company, None)
    assert Issue.Kind.ATTRIBUTE_ID_CHANGED not in undisturbed.issues()
    undisturbed.sync()
    assert employees(undisturbed.loket()) == employees(expected())


def employees(state: dict[str, Any]) -> dict[str, Any]:
    return {number: one["employee"] for number, one in state["employees"].items()}


# --- In German ----------------------------------------------------------------------------------------------------------


def test_a_personio_in_german_comes_to_the_same_from_the_first_day(simulator: Simulator) -> None:
    simulator.options.change({"personio_language": "de"})
    world = World(connect_linde(entity_of_personio()), simulator, clock=None)  # type: ignore[arg-type]
    assert counts(work(world.connection)) == WHOLE
    assert_whole(world, world.sync())


def test_a_personio_whose_labels_turn_german_comes_to_the_same(undisturbed: World) -> None:
    undisturbed.misbehave(personio_language="de")
    assert_whole(undisturbed, undisturbed.sync())
    assert not {Issue.Kind.ATTRIBUTE_MISSING, Issue.Kind.ATTRIBUTE_ID_CHANGED} & undisturbed.issues().keys()


def test_german_words_of_personio_are_not_ours(undisturbed: World) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(personio_language="de", personio_missing_scopes=["employees:read"])
    run = undisturbed.sync()
    assert run.state == Run.State.FAILED
    assert "Personio does not let these credentials read" in run.shown_message
    assert "allows reading employees" in run.shown_hint
    assert (undisturbed.people(), undisturbed.loket()) == (former, undisturbed.before)
