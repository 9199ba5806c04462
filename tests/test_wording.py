"""No code without words: whatever the services, the core and the roster reader can say, a page can show."""

import re
from pathlib import Path

import pytest
from django.utils import timezone, translation

from mapping import services as mappings
from mapping.bench.refusals import NotPossible
from mapping.bench.refusals import Refusal as BenchRefusal
from mapping.rules import PROBLEM_CODES as MAPPING_CODES
from mapping.wording.refused import not_possible
from onboarding import wording as onboarding_words
from onboarding.facts import Fact
from onboarding.facts import Outcome as FactOutcome
from onboarding.models import AuditEvent, Booking
from onboarding.services import bookings, connections, entities, marketplace, releases, signin
from onboarding.wording import Words
from onboarding.wording import booking as booking_words
from onboarding.wording import enabling as enabling_words
from sync import refusals, wording
from sync.guards import CAN_BE_LEFT_OUT, Code, Guard
from sync.models import Quarantine, Run, Schedule
from sync.outcomes import Outcome
from sync.policy import Reason
from sync.records import COLUMNS, LEGAL_ENTITY, PROBLEM_CODES, Effect, Problem
from sync.services.approvals import Refusal as WordRefusal
from sync.services.overview import NextStep
from sync.services.results import FILTERS
from sync.services.rosters import Refusal as UploadRefusal
from sync.services.runs import Refusal
from sync.templatetags.sync_words import distinct, said
from sync.wording import guards as guard_words

SOURCES = Path(wording.__file__).parents[1] / "sources"


def codes_in(pattern: str) -> set[str]:
    return {code for path in SOURCES.glob("*.py") for code in re.findall(pattern, path.read_text(encoding="utf-8"))}


def lack_codes() -> set[str]:
    """What mapping.services can write down as lacking."""
    path = Path(mappings.__file__).with_name("readiness.py")
    return set(re.findall(r'"code": "([a-z_]+)"', path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("refusal", signin.Refusal)
def test_every_stopped_sign_in_has_a_title_and_a_next_step(refusal: signin.Refusal) -> None:
    page = onboarding_words.SIGN_IN[refusal]
    assert page.title
    assert page.fix


@pytest.mark.parametrize("refusal", connections.Refusal)
def test_every_refused_administration_has_a_reason_and_a_fix(refusal: connections.Refusal) -> None:
    words = onboarding_words.LINK[refusal].filled({"names": "Tulp Events"})
    assert words.text
    assert words.fix
    assert "?" not in str(words.text)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_run_that_cannot_start_says_why(refusal: Refusal) -> None:
    assert refusals.RUN_REFUSALS[refusal].text
    assert refusals.RUN_REFUSALS[refusal].fix


@pytest.mark.parametrize("step", NextStep)
def test_every_next_step_has_words(step: NextStep) -> None:
    assert wording.NEXT_STEPS[step].text


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert wording.REASONS[reason].text


@pytest.mark.parametrize(
    "code", sorted({*MAPPING_CODES, *PROBLEM_CODES, *codes_in(r'(?:Fault|_blocking|_one_of\(\w+,)\(?\s*"([a-z_]+)"')})
)
def test_every_problem_has_a_message_and_a_fix(code: str) -> None:
    assert wording.PROBLEMS[code].text
    assert wording.PROBLEMS[code].fix


@pytest.mark.parametrize("code", sorted(codes_in(r'RosterRefused\("([a-z_]+)"')))
def test_every_refused_file_has_a_reason_and_a_fix(code: str) -> None:
    assert refusals.ROSTER_REFUSALS[code].text
    assert refusals.ROSTER_REFUSALS[code].fix


def test_every_outcome_and_every_filter_has_a_word() -> None:
    assert {outcome.value for outcome in Outcome} == set(wording.OUTCOMES)
    assert set(FILTERS) == set(wording.RESULT_FILTERS)


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_has_a_name_in_both_languages(column: str) -> None:
    with translation.override("nl"):
        dutch = wording.label(column)
    with translation.override("en"):
        assert wording.label(column) != column
    assert dutch != column


def test_a_field_of_loket_has_its_dutch_name() -> None:
    with translation.override("nl"):
        assert wording.label("employee.personalDetails.lastName") == "Achternaam"


def test_a_date_is_written_as_people_write_it() -> None:
    with translation.override("nl"):
        assert wording.value("employment.endDate", "2026-10-31") == "31 oktober 2026"
    assert wording.value("employee.personalDetails.lastName", "2026-10-31") == "2026-10-31"


def test_a_problem_names_field_value_and_fix() -> None:
    problem = Problem("too_long", "last_name", "Nieuwenhuizen", {"limit": "25", "length": "26"}, Effect.PERSON)
    words = said(problem)
    assert (words.label, words.value, words.is_field_only) == ("Last name", "Nieuwenhuizen", False)
    assert "26 characters" in words.text
    assert "HR system" in words.fix


def test_a_code_of_a_later_version_is_shown_and_not_an_error_page() -> None:
    assert said(Problem("something_newer")).text == "something newer"


def test_the_same_problem_is_told_once() -> None:
    twice = [Problem("bad_bsn", "bsn", "•••", {"a": "1"}), Problem("bad_bsn", "bsn"), Problem("bad_iban", "iban")]
    assert [problem.code for problem in distinct(twice)] == ["bad_bsn", "bad_iban"]
    assert distinct(twice)[0].value == "•••"


# --- What a sync asks, and what holds it up -------------------------------------------------------------------------------


@pytest.mark.parametrize("reads_personio", [True, False])
@pytest.mark.parametrize("code", Code)
def test_every_guard_asks_with_its_figures_and_says_what_to_look_at(code: Code, reads_personio: bool) -> None:
    asked = guard_words.question(Guard(code, 3, 20), reads_personio=reads_personio)
    assert asked.text
    assert asked.fix
    assert " ? " not in f"{asked.text} {asked.fix} "
    assert "%" not in f"{asked.text}{asked.fix}"
    assert bool(asked.send) == bool(asked.leave_out) == (code in CAN_BE_LEFT_OUT)
    if reads_personio:
        assert not OF_A_FILE.search(f"{asked.text} {asked.fix}")


def test_every_guard_that_can_be_left_out_has_its_choice_and_its_filter() -> None:
    for words_of in (guard_words.SEND, guard_words.LEAVE_OUT, guard_words.CHOOSE, wording.ASKED_FILTERS):
        assert set(words_of) == CAN_BE_LEFT_OUT


def test_every_guard_has_a_word_in_the_trail() -> None:
    for code in Code:
        event = AuditEvent(action="run_approved", detail=f"12: {code}: 3")
        assert code not in onboarding_words.audit_detail(event)
        assert onboarding_words.audit_detail(event).startswith("Sync 12: ")


@pytest.mark.parametrize("refusal", WordRefusal)
def test_whatever_was_said_in_vain_says_why(refusal: WordRefusal) -> None:
    assert refusals.WORD_REFUSALS[refusal].text
    assert refusals.WORD_REFUSALS[refusal].fix


def test_every_state_that_holds_a_run_up_has_words() -> None:
    assert set(wording.HELD) == set(Run.HELD)


@pytest.mark.parametrize("reads_personio", [True, False])
@pytest.mark.parametrize("reason", Quarantine.Reason)
def test_whoever_is_set_aside_reads_why_and_who_does_what(reason: str, reads_personio: bool) -> None:
    told = wording.aside(reason, reads_personio=reads_personio)
    assert told.text
    assert told.fix
    assert not (reads_personio and OF_A_FILE.search(texts(told)))


@pytest.mark.parametrize("stop", Schedule.Stop)
def test_a_schedule_that_stopped_says_why_and_who_does_what(stop: str) -> None:
    assert wording.SCHEDULE_STOPS[stop].text
    assert wording.SCHEDULE_STOPS[stop].fix


@pytest.mark.parametrize(
    ("action", "detail", "said"),
    [
        (
            "run_approved",
            "12: bank_accounts: 1200; start_dates: left out",
            "Sync 12: bank accounts 1,200, start dates left out",
        ),
        ("run_paused", "12: preview", "Preview 12"),
        ("schedule_set", "daily 06:00", "Every day at 06:00"),
        ("schedule_set", "off", "Off"),
        ("iban_approval_set", "do not ask", "A sync changes them without asking."),
        ("quarantine_released", "employee number 1003", "Employee number 1003"),
        ("run_approved", "of a later version", "of a later version"),
    ],
)
def test_the_trail_tells_what_was_decided(action: str, detail: str, said: str) -> None:
    assert onboarding_words.audit_detail(AuditEvent(action=action, detail=detail)) == said


# --- Support's desk --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", entities.Against)
def test_whatever_stands_against_enabling_says_what_to_do(reason: entities.Against) -> None:
    assert enabling_words.AGAINST[reason].text
    assert enabling_words.AGAINST[reason].fix


def test_support_reads_who_mends_what_is_wrong_in_loket() -> None:
    for code, key, is_in_loket in (("rights_missing", "rights", True), ("filter_set", "filter_settings", False)):
        failed = Fact(key, FactOutcome.FAILED, timezone.now(), code=code)
        told = enabling_words.against(entities.Reason(entities.Against.CHECK_FAILED, facts=(failed,)))
        assert ("The payroll administrator or tax accountant does it in Loket." in told.fix) is is_in_loket


@pytest.mark.parametrize("refusal", marketplace.Refusal)
def test_every_entity_that_cannot_be_booked_says_why(refusal: marketplace.Refusal) -> None:
    assert booking_words.REFUSALS[refusal].text


@pytest.mark.parametrize("refusal", releases.Refusal)
def test_every_refused_release_has_a_reason(refusal: releases.Refusal) -> None:
    assert enabling_words.RELEASE[refusal].text


@pytest.mark.parametrize("state", Booking.State)
def test_every_state_of_a_booking_has_a_word_and_a_sentence_for_the_customer(state: Booking.State) -> None:
    assert booking_words.STATES[state].word
    assert booking_words.STATES[state].text
    assert set(bookings.ALLOWED[state]) <= set(Booking.State)


@pytest.mark.parametrize("code", sorted(lack_codes()))
def test_whatever_a_mapping_lacks_has_words_for_the_customer(code: str) -> None:
    words = enabling_words.lack({"code": code, "label": "Last name", "label_nl": "Achternaam"})
    assert words.text
    assert words.fix
    assert code not in words.text


@pytest.mark.parametrize("refusal", BenchRefusal)
def test_whatever_the_workbench_refuses_says_why_and_what_to_do(refusal: BenchRefusal) -> None:
    params = {"target": "bsn", "attribute": "BSN", "setting": "hr_value", "limit": "100", "text": "no", "line": "3"}
    params |= {"entity": "Tulp", "number": "2", "version": "3", "source": "roster", "type": "tags"}
    words = not_possible(NotPossible(refusal, params))
    assert words.text
    assert words.fix
    assert "?" not in words.text, "every place is filled"


def test_a_lack_of_a_later_version_shows_its_label() -> None:
    assert enabling_words.lack({"code": "of_a_later_version", "label": "A preview"}).text == "A preview"


# --- Two sources, one table ---------------------------------------------------------------------------------------------

CODES = sorted(wording.PROBLEMS)
OF_A_FILE = re.compile(r"\b(roster|upload\w*|rows?|cells?|columns?|file|XLSX|CSV|HR system)\b", re.I)
FROM_FILES_ONLY = {"row_too_long"}
OF_PERSONIO_ONLY = {
    *("no_personio_id", "no_legal_entity", "attribute_absent", "not_mapped"),
    *("employments_unreadable", "gone_in_personio", "works_at_two"),
}


def texts(words: Words) -> str:
    return f"{words.text} {words.fix}"


def test_no_problem_of_the_readers_is_unknown_here() -> None:
    assert {*MAPPING_CODES, *PROBLEM_CODES} <= set(CODES)


@pytest.mark.parametrize("code", sorted(set(CODES) - FROM_FILES_ONLY))
def test_a_problem_of_personio_speaks_of_no_file(code: str) -> None:
    words = wording.problem(code, {"rows": "41001, 41002"}, reads_personio=True)
    assert not OF_A_FILE.search(texts(words))
    assert words.fix


@pytest.mark.parametrize("code", sorted(set(CODES) - OF_PERSONIO_ONLY))
def test_a_problem_of_a_file_speaks_of_no_personio(code: str) -> None:
    assert "Personio" not in texts(wording.problem(code, {"rows": "2, 3"}))


def test_whatever_is_corrected_at_the_source_comes_here_in_the_way_of_that_source() -> None:
    both = [code for code in CODES if "%(there)s" in str(wording.PROBLEMS[code].fix)]
    assert len(both) > 20
    for code in both:
        assert "in your HR system and upload the roster again" in str(wording.problem(code, {}).fix)
        assert "in Personio; the next preview or sync reads it again" in str(
            wording.problem(code, {}, reads_personio=True).fix
        )


def test_people_who_share_a_number_are_named_as_their_source_counts_them() -> None:
    shared = Problem("duplicate_number", "employee_number", "7", {"rows": "41001, 41002"}, Effect.PERSON)
    assert "(rows 41001, 41002)" in said(shared).text
    assert "(Personio 41001, 41002)" in said(shared, True).text


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("day", ["", "2026-12-01"])
def test_a_reason_speaks_of_no_file(reason: Reason, day: str) -> None:
    assert not OF_A_FILE.search(texts(wording.reason(reason, day)))


def test_who_starts_later_comes_in_on_a_day() -> None:
    assert wording.reason("starts_later", "2026-12-01").text == "Starts later; comes in on 1 December 2026."
    assert wording.reason("starts_later").text == "Starts later; comes in on the start date."


@pytest.mark.parametrize("step", sorted(set(NextStep) - {NextStep.UPLOAD}))
def test_a_next_step_with_personio_speaks_of_no_file(step: NextStep) -> None:
    assert not OF_A_FILE.search(texts(wording.next_step(step, reads_personio=True)))


@pytest.mark.parametrize("refusal", sorted(set(Refusal) - {Refusal.NO_ROSTER, Refusal.ROSTER_MISREAD}))
def test_a_run_refused_with_personio_speaks_of_no_file(refusal: Refusal) -> None:
    words = refusals.run_refusal(refusal, reads_personio=True)
    assert not OF_A_FILE.search(texts(words))
    assert words.fix


def test_an_upload_refused_for_personio_says_where_to_correct_people() -> None:
    words = refusals.UPLOAD_REFUSALS[UploadRefusal.PERSONIO]
    assert "Correct them in Personio" in str(words.fix)


@pytest.mark.parametrize("trigger", Run.Trigger)
def test_every_way_a_run_begins_has_words(trigger: Run.Trigger) -> None:
    assert str(trigger.label)
    assert str(trigger.label) != trigger.value


def test_a_move_is_called_by_its_name() -> None:
    assert wording.label(LEGAL_ENTITY) == "Legal entity"
