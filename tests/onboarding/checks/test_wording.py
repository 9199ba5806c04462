"""No finding without words: what is so or wrong, and who does what about it."""

import re

import pytest
from django.utils import timezone, translation

from loket_portal.loket.diagnosis import Cause
from onboarding.checks import CHECKS, CODES
from onboarding.facts import Fact, Outcome, Owner
from onboarding.wording import checks as words

ALL = sorted({*CODES, *(code for check in CHECKS.values() for code in check.codes)})
GOOD = re.compile(
    r"^(token_works|one_employer|user_fits|rights_all|activities_all|modules_(all|derived)|filter_(neutral|derived)"
    r"|algemeen_\w+_(found|twice)|administrations_(selectable|connected)|own_tax_id_unique|linked_visible"
    r"|period_(free|approved|none)|bsn_(readable|derived)|drift_(first|none)|new_hire_accepted|api_lasting)$"
)
PARAMS = {
    **dict.fromkeys(("user", "found", "names", "employer", "activity", "right", "sharers", "linked", "name"), "Tulp"),
    **dict.fromkeys(("number", "unknown", "total", "period", "year"), "2"),
    "first": "2027-01-31",
}


def fact(code: str, outcome: Outcome = Outcome.FAILED, key: str = "rights", **more: object) -> Fact:
    return Fact(key, outcome, timezone.now(), code=code, params=PARAMS, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ALL)
def test_every_code_has_words_without_an_empty_place(code: str) -> None:
    told = words.words_of(fact(code))
    assert told is not None
    assert told.text
    assert "?" not in str(told.text)
    assert "%(" not in f"{told.text} {told.fix}"


@pytest.mark.parametrize("code", [code for code in ALL if not GOOD.match(code)])
def test_what_is_not_good_says_what_to_do(code: str) -> None:
    assert words.WORDS[code].fix


def counted(code: str, number: str) -> str:
    told = words.words_of(
        Fact("activities", Outcome.FAILED, timezone.now(), code=code, params=PARAMS | {"number": number})
    )
    assert told is not None
    return str(told.text)


@pytest.mark.parametrize("code", ["api_ending", *(f"activities_{cause}" for cause in Cause)])
def test_one_is_told_as_one(code: str) -> None:
    assert " 2 of the " in counted(code, "2")
    assert " one of the " in counted(code, "1")


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("code", ALL)
def test_what_is_mended_in_loket_names_nobody_for_the_page_says_who_acts(code: str, language: str) -> None:
    with translation.override(language):
        told = words.words_of(fact(code))
    assert told is not None
    assert not re.search(
        r"tax accountant|salarisadministrateur|\byour employer|uw werkgever", f"{told.text} {told.fix}"
    )


def test_no_words_are_left_over() -> None:
    assert set(words.WORDS) == set(ALL)


def test_every_check_has_a_title_and_an_owner() -> None:
    assert set(words.TITLES) == set(words.OWNERS) == set(CHECKS)


def test_a_day_is_written_as_people_write_it() -> None:
    told = words.words_of(fact("api_ending", key="api_lifetime"))
    assert told is not None
    assert "31 January 2027" in str(told.text)


@pytest.mark.parametrize("known", [None, fact("released", Outcome.WITHDRAWN)], ids=["nothing", "of something else"])
def test_a_fact_that_was_never_looked_at_says_so(known: Fact | None) -> None:
    row = words.check_rows({"rights": known} if known else {}, ["rights"])[0]
    assert "released" not in str(row.text)
    assert (str(row.status.word), row.at, row.owner) == ("Not checked yet", None, None)
    assert words.summary([row]) == ""


def test_the_rows_stand_in_the_order_of_the_checks() -> None:
    assert [row.key for row in words.check_rows({}, ["modules", "token_works", "rights"])] == [
        "token_works",
        "rights",
        "modules",
    ]


def test_a_problem_names_who_acts_and_a_lack_of_ours_names_support() -> None:
    ours = fact("activities_client", key="activities", owner=Owner.SUPPORT)
    rows = words.check_rows({"rights": fact("rights_missing"), "activities": ours}, ["rights", "activities"])
    assert [row.owner for row in rows] == [Owner.ACCOUNTANT, Owner.SUPPORT]


def test_what_could_not_be_asked_keeps_what_was_found_before() -> None:
    since = timezone.now()
    row = words.check_rows({"rights": fact("rights_all", Outcome.PROVED, since=since)}, ["rights"])[0]
    assert (row.status.word, row.since) == ("Verified (could not be checked)", since)
    assert words.summary([row]).endswith("no problem found, 1 could not be checked")


def test_what_could_not_be_asked_now_never_looks_like_what_was_seen_now() -> None:
    since = timezone.now()
    looks = set()
    for outcome, code in ((Outcome.PROVED, "rights_all"), (Outcome.DERIVED, "rights_derived")):
        for when in (None, since):
            row = words.check_rows({"rights": fact(code, outcome, since=when)}, ["rights"])[0]
            looks.add((row.status.tone, row.mark, str(row.status.word)))
    assert len(looks) == 4
    assert {mark for tone, mark, _word in looks if tone == "unreachable"} == {"?"}


def test_a_problem_stays_one_while_loket_cannot_be_asked() -> None:
    row = words.check_rows({"rights": fact("rights_missing", since=timezone.now())}, ["rights"])[0]
    assert (row.is_problem, row.mark) == (True, "!")
    assert words.summary([row]).endswith("1 problem, 1 could not be checked")


def test_the_summary_tells_the_number_of_problems() -> None:
    rows = words.check_rows({"rights": fact("rights_missing")}, ["rights", "modules"])
    assert re.fullmatch(r"Checked at \d\d:\d\d: 1 problem", words.summary(rows))


@pytest.mark.parametrize(
    ("key", "row", "first"),
    [
        ("rights", {"slug": "x", "name": "Beheer HRM", "state": "missing", "is_new": False}, "Beheer HRM"),
        ("rights", {"slug": "x", "name": "Beheer HRM", "state": "unknown", "is_derived": True}, "Beheer HRM"),
        ("activities", {"activity": "GetX", "cause": "right", "right": "Beheer HRM", "module": ""}, "GetX"),
        ("modules", {"name": "Loket HR", "state": "missing", "number": "2"}, "Loket HR"),
        ("single_employer", {"name": "Roos Horeca B.V."}, "Roos Horeca B.V."),
        ("employer_user", {"slug": "two_factor", "state": "wrong", "found": ""}, "Two-step verification"),
        ("filter_settings", {"slug": "status", "found": "ActiveEmployments"}, "Shown employments"),
        ("algemeen_function", {"name": "algemeen·", "state": "near", "key": "k", "code": ""}, "algemeen·"),
        ("administrations", {"name": "Tulp", "number": "1", "reason": "shared_tax_id", "names": "Roos"}, "Tulp"),
        ("own_tax_id", {"name": "Tulp"}, "Tulp"),
        ("drift", {"name": "Voornaam", "entity": "Werknemer", "number": "1"}, "Voornaam"),
        (
            "new_hire_rules",
            {"name": "employmentData.shift", "text": "is required", "state": "broken"},
            "employmentData.shift",
        ),
        ("api_lifetime", {"activity": "GetX", "ends_on": "2027-01-31"}, "GetX"),
    ],
)
def test_the_details_are_a_table_with_as_many_cells_as_headings(key: str, row: dict[str, object], first: str) -> None:
    table = words.check_rows({key: fact("crashed", key=key, details=(row,))}, [key])[0].table
    assert table is not None
    assert str(table.rows[0][0].text) == first
    assert len(table.rows[0]) == len(table.headings)


def test_a_refused_administration_says_why_in_its_row() -> None:
    row = {"name": "Tulp", "number": "1", "reason": "shared_tax_id", "names": "Roos"}
    table = words.check_rows(
        {"administrations": fact("x", key="administrations", details=(row,))}, ["administrations"]
    )[0].table
    assert table is not None
    assert "Roos" in str(table.rows[0][2].text)
