"""Comparing and overlaying (D3): mapped fields change, nothing else does, and nothing is rewritten for its looks."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.apply import Value, apply
from mapping.catalogue import LOKET_FIELDS, WHOLES, Resource
from mapping.rules import MappingSet, Option, Problem, Rule, WriteMode
from sync.diff import (
    Change,
    diff_concept,
    diff_employee,
    diff_part,
    display,
    not_stored,
    overlay,
    part_of,
    read,
    same,
)
from tests.mapping.values import wanted_from
from tests.sync.fakes import CALM, DEFAULTS, FULL, ROSTER, VALUE_LISTS, employee, employment

P, A, C = "employee.personalDetails.", "employee.address.", "employee.contactInformation."


def test_a_change_goes_at_once_unless_it_says_a_day() -> None:
    change = Change(P + "lastName", "Berg", "Bos")
    assert (change.waits_until, change.sendable) == ("", True)


@pytest.mark.parametrize(
    ("key", "current", "wanted", "expected"),
    [
        (P + "lastName", "van  Berg ", "van Berg", True),
        (P + "lastName", "van berg", "van Berg", False),
        (P + "initials", "JM", "J.M.", True),
        (P + "initials", "J. M.", "J.M.", True),
        (P + "initials", "JMA", "J.M.", False),
        (P + "dateOfBirth", "1984-03-12T00:00:00", date(1984, 3, 12), True),
        (P + "dateOfBirth", "1984-03-13", date(1984, 3, 12), False),
        (P + "gender", {"key": 12, "value": "V"}, Option(12, "Vrouw"), True),
        (P + "gender", {"key": 11, "value": "Vrouw"}, Option(12, "Vrouw"), False),
        ("organization.function", {"key": "F-1"}, Option("f-1", "Kok"), True),
        (A + "postalCode", "1012ab", "1012 AB", True),
        (A + "houseNumber", 12, 12, True),
        (A + "houseNumber", "12", 12, True),
        (A + "houseNumber", 120, 12, False),
        (C + "phoneNumber", "+31 13-1234567", "013 1234567", True),
        (C + "phoneNumber", "0031131234567", "013-1234567", True),
        (C + "phoneNumber", "013-1234568", "013-1234567", False),
        (C + "emailAddress", "Zoe@Mail.example", "zoe@mail.example", True),
        ("workingHours.deviatingHoursPerWeek", 24.0, Decimal("24"), True),
        ("workingHours.deviatingHoursPerWeek", 0.1, Decimal("0.10"), True),
        ("workingHours.deviatingHoursPerWeek", 100, Decimal("10"), False),
        ("iban", "NL91 ABNA 0417 1643 00", "NL91ABNA0417164300", True),
        (P + "prefix", None, None, True),
        (P + "prefix", "", None, True),
        (P + "prefix", "van", None, False),
        (P + "prefix", None, "van", False),
        (P + "gender", None, Option(12, "Vrouw"), False),
    ],
)
def test_writing_is_not_meaning(key: str, current: Any, wanted: Any, expected: bool) -> None:
    assert same(LOKET_FIELDS[key], current, wanted) is expected


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        (P + "gender", {"key": 12, "value": "Vrouw"}, "Vrouw"),
        ("organization.function", {"key": "f-1", "description": "Kok"}, "Kok"),
        (P + "gender", Option(12, "Vrouw"), "Vrouw"),
        (P + "dateOfBirth", date(1984, 3, 12), "1984-03-12"),
        ("workingHours.deviatingHoursPerWeek", 24.50, "24.5"),
        ("workingHours.deviatingHoursPerWeek", Decimal("40"), "40"),
        (A + "houseNumber", 0, "0"),
        (P + "prefix", None, ""),
    ],
)
def test_a_value_is_shown_as_people_read_it(key: str, value: Any, text: str) -> None:
    assert display(LOKET_FIELDS[key], value) == text


def test_only_what_differs_is_a_change_with_old_and_new() -> None:
    wanted = {P + "lastName": Value("Graaf"), P + "firstName": Value("Johanna"), P + "gender": Value(Option(11, "Man"))}
    changes, problems = diff_employee(employee(1001, "x"), wanted, ROSTER)
    shown = [(change.field, change.old, change.new, change.path) for change in changes]
    assert shown == [
        (P + "lastName", "Berg", "Graaf", "personalDetails.lastName"),
        (P + "gender", "Vrouw", "Man", "personalDetails.gender"),
    ]
    assert problems == []


def test_the_employee_number_of_a_known_person_never_changes() -> None:
    assert diff_employee(employee(1001, "x"), {"employee.employeeNumber": Value(7)}, ROSTER) == ([], [])


def test_a_fallback_never_reaches_somebody_who_is_there() -> None:
    wanted = {"organization.function": Value(Option("f-0", "Algemeen"), is_fallback=True)}
    present = part_of(employment(), Resource.ORGANIZATION)
    assert diff_part(Resource.ORGANIZATION, present or {}, wanted, ROSTER) == []


@pytest.mark.parametrize(("there", "count"), [("Johanna", 0), (None, 1), ("", 1)])
def test_only_if_empty_writes_only_where_nothing_is(there: str | None, count: int) -> None:
    mapping = MappingSet("T", 1, (Rule(P + "firstName", "first_name", write_mode=WriteMode.ONLY_IF_EMPTY),))
    someone = employee(1001, "x", personalDetails__firstName=there)
    assert len(diff_employee(someone, {P + "firstName": Value("Zoë")}, mapping)[0]) == count


def test_an_option_goes_by_its_key_alone() -> None:
    body = overlay(employee(1001, "x"), [Change("f", "", "", "personalDetails.gender", wanted=Option(11, "Man"))])
    assert body["personalDetails"]["gender"] == {"key": 11}


ADDRESS = ("street", "house_number", "house_number_addition", "postal_code", "city", "country")


def test_a_whole_address_is_built_where_there_was_none() -> None:
    someone = employee(1001, "x", address=None)
    wanted = apply(ROSTER, {column: FULL[column] for column in ADDRESS}, VALUE_LISTS).values
    changes, problems = diff_employee(someone, wanted, ROSTER)
    assert problems == []
    assert overlay(someone, changes)["address"] == {
        "street": "Lange Akker",
        "houseNumber": 23,
        "houseNumberAddition": "bis",
        "postalCode": "3572 XE",
        "city": "Utrecht",
        "country": {"key": 31},
        "location": None,
        "furtherIndication": None,
    }


@pytest.mark.parametrize("absent", ["street", "house_number", "postal_code", "city", "country"])
def test_half_an_address_is_a_problem_and_the_rest_goes_on(absent: str) -> None:
    someone = employee(1001, "x", address=None)
    values = {column: FULL[column] for column in ADDRESS if column != absent} | {"last_name": "Graaf"}
    changes, (problem,) = diff_employee(someone, apply(ROSTER, values, VALUE_LISTS).values, ROSTER)
    assert [change.field for change in changes] == [P + "lastName"]
    assert problem.code == "address_incomplete"
    assert problem.params["missing"]
    assert overlay(someone, changes)["address"] is None


def test_one_part_of_a_standing_address_may_change() -> None:
    changes, problems = diff_employee(employee(1001, "x"), {A + "street": Value("Zandpad")}, ROSTER)
    assert [change.field for change in changes] == [A + "street"]
    assert problems == []


def test_each_part_of_an_employment_is_compared_by_itself() -> None:
    wanted = apply(ROSTER, {"end_date": "2026-12-31", "hours_per_week": "32"}, VALUE_LISTS).values
    found = {part: diff_part(part, part_of(employment(), part) or {}, wanted, ROSTER) for part in PARTS_OF_EMPLOYMENT}
    assert {part: [(c.field, c.old, c.new, c.path) for c in changes] for part, changes in found.items()} == {
        Resource.EMPLOYMENT: [("employment.endDate", "", "2026-12-31", "endDate")],
        Resource.WORKING_HOURS: [("workingHours.deviatingHoursPerWeek", "36", "32", "deviatingHoursPerWeek")],
        Resource.ORGANIZATION: [],
    }


PARTS_OF_EMPLOYMENT = (Resource.EMPLOYMENT, Resource.WORKING_HOURS, Resource.ORGANIZATION)


def test_a_part_that_the_employment_has_not_is_none() -> None:
    assert part_of(employment() | {"workinghours": None}, Resource.WORKING_HOURS) is None


def test_half_of_what_goes_whole_is_held_and_says_why() -> None:
    key = "workingHours.workPattern.oddWeeks.monday"
    wanted = {key: Value(Decimal(8)), "workingHours.deviatingHoursPerWeek": Value(Decimal(32))}
    hours, day = diff_part(Resource.WORKING_HOURS, {"workPattern": None}, wanted, ROSTER)
    assert (hours.sendable, hours.held) == (True, None)
    assert (day.field, day.sendable) == (key, False)
    assert day.held is not None
    assert day.held.code == "whole_incomplete"


def test_an_answer_that_shows_something_else_is_noticed() -> None:
    someone = employee(1001, "x")
    changes, _ = diff_employee(someone, {P + "lastName": Value("Graaf"), P + "initials": Value("Z.")}, ROSTER)
    answer = overlay(someone, changes)
    assert not_stored(answer, changes) == []
    answer["personalDetails"]["initials"] = "Z"
    assert not_stored(answer, changes) == []
    answer["personalDetails"]["lastName"] = "Graa"
    assert [change.new for change in not_stored(answer, changes)] == ["Graaf"]


def test_a_change_does_not_show_its_value_in_a_log() -> None:
    assert "geheim" not in repr(Change("bsn", "", "••••••333", wanted="geheim"))


# -- properties: what "Shown by" of the issue asks ---------------------------------------------------------------------

EMPLOYEE_FIELDS = [f for f in LOKET_FIELDS.values() if f.resource is Resource.EMPLOYEE and f.path != "employeeNumber"]
CONCEPT_FIELDS = [f for f in LOKET_FIELDS.values() if f.concept_path and not f.sensitive and f.path != "employeeNumber"]
PARTS = ("address", "deviatingPostalAddress", "identityDocument")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def held(wanted: dict[str, Value], problems: list[Problem]) -> set[str]:
    """Fields that were not compared because the object that they are in is not whole."""
    wholes = [whole for whole in WHOLES if any(whole.has(problem.field) for problem in problems)]
    return {key for key in wanted for whole in wholes if whole.has(key)}


def without(obj: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """The object less these paths."""
    rest = deepcopy(obj)
    for path in paths:
        *parents, last = path.split(".")
        place: Any = rest
        for name in parents:
            place = (place or {}).get(name)
        if place:
            place.pop(last, None)
    return rest


def with_extras(whole: dict[str, Any], extras: dict[str, Any]) -> dict[str, Any]:
    """Fields that Loket may add tomorrow, at the top and inside each part."""
    whole["tomorrow"] = extras
    for part in list(whole.values()):
        if isinstance(part, dict) and "key" not in part:
            part["tomorrow"] = deepcopy(extras)
    return whole


@CALM
@given(wanted_from(EMPLOYEE_FIELDS, VALUE_LISTS), st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.booleans())
def test_applying_the_diff_gives_the_wanted_state_and_nothing_else(
    wanted: dict[str, Value], extras: dict[str, Any], has_all: bool
) -> None:
    before = with_extras(employee(1001, "x", **({} if has_all else dict.fromkeys(PARTS))), extras)
    kept = deepcopy(before)
    changes, problems = diff_employee(before, wanted, ROSTER)
    after = overlay(before, changes)
    assert before == kept, "the object that was read must stay as it was"
    for key in set(wanted) - held(wanted, problems):
        assert same(LOKET_FIELDS[key], read(after, LOKET_FIELDS[key].path), wanted[key].value), key
    assert diff_employee(after, wanted, ROSTER)[0] == [], "a second run must be empty"
    changed = [change.path for change in changes]
    changed += [part for part in PARTS if not has_all and any(path.startswith(f"{part}.") for path in changed)]
    assert without(after, changed) == without(before, changed)


@CALM
@given(wanted_from(CONCEPT_FIELDS, VALUE_LISTS), st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_the_same_holds_for_a_concept_whose_parts_may_be_null(wanted: dict[str, Value], extras: dict[str, Any]) -> None:
    before = with_extras(deepcopy(DEFAULTS), extras)
    changes, problems = diff_concept(before, wanted, ROSTER)
    after = overlay(before, changes)
    for key in set(wanted) - held(wanted, problems):
        assert same(LOKET_FIELDS[key], read(after, LOKET_FIELDS[key].concept_path), wanted[key].value), key
    assert diff_concept(after, wanted, ROSTER)[0] == [], "a second run must be empty"
    born = [part for part in ("organizationalEntityData", "workingHoursData") if before[part] is None]
    born += [f"employeeData.{part}" for part in (*PARTS, "contactInformation")]
    changed = [*(change.path for change in changes), *born]
    assert without(after, changed) == without(before, changed)


@CALM
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_without_wanted_values_nothing_changes(extras: dict[str, Any]) -> None:
    before = with_extras(employee(1001, "x"), extras)
    changes, problems = diff_employee(before, {}, ROSTER)
    assert (changes, problems) == ([], [])
    assert overlay(before, changes) == before
