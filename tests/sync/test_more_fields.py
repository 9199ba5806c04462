"""What a mapping can fill beyond the default: lists by number, objects that go whole, all parts of an employment."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from loket_portal.loket.errors import Forbidden
from mapping.rules import Rule
from sync import wording
from sync.diff import AS_EMPLOYEE
from sync.engine import Outcome, PersonResult
from tests.sync.fakes import ROSTER, World, record, sync

POSTAL = "employee.deviatingPostalAddress."
DOCUMENT = "employee.identityDocument."
WEEK = [
    f"workingHours.workPattern.{week}.{day}"
    for week in ("oddWeeks", "evenWeeks")
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
]


@pytest.fixture
def world() -> World:
    return World()


def synced(world: World, values: dict[str, Any], number: int = 1001, **how: Any) -> PersonResult:
    """Somebody whose HR system has a column for each of these fields, named as the field is."""
    rules = tuple(Rule(key, key) for key in values)
    mapping = replace(ROSTER, rules=(*ROSTER.rules, *rules))
    someone = record(number)
    sync(world, replace(someone, values={**someone.values, **values}), mapping=mapping, **how)
    return world.results[someone.key]


def told(found: PersonResult) -> dict[str, tuple[str, bool]]:
    return {change.field: (change.new, change.sendable) for change in found.changes}


def codes(found: PersonResult) -> list[str]:
    return [problem.code for problem in found.problems]


# -- somebody who is there ---------------------------------------------------------------------------------------------


def test_more_of_a_person_is_sent(world: World) -> None:
    loket_id = world.hire(1001)
    values = {
        "employee.personalDetails.lastNamePartner": "Vos",
        "employee.personalDetails.civilStatus": "ongehuwd",
        "employee.contactInformation.businessEmailAddress": "j.berg@tulphoreca.example",
        "employee.travel.travelDistanceToWork": "2500",
        "employee.exclusionFromAbsenceStatus": "yes",
    }
    assert synced(world, values).outcome is Outcome.CHANGED
    stored = world.employees[loket_id]
    assert stored["personalDetails"]["lastNamePartner"] == "Vos"
    assert stored["personalDetails"]["civilStatus"] == {"key": 63, "value": "Ongehuwd"}
    assert stored["contactInformation"]["businessEmailAddress"] == "j.berg@tulphoreca.example"
    assert stored["travel"]["travelDistanceToWork"] == 2500
    assert stored["exclusionFromAbsenceStatus"] is True
    assert stored["personalDetails"]["placeOfBirth"] == "Utrecht", "what nobody mapped stays"


def test_a_postal_address_is_made_whole_where_there_was_none(world: World) -> None:
    loket_id = world.hire(1001, deviatingPostalAddress=None)
    parts = {"houseNumber": "12", "postalCode": "3511 AA", "city": "Utrecht", "country": "NL"}
    found = synced(world, {POSTAL + name: text for name, text in parts.items()})
    assert codes(found) == []
    assert world.employees[loket_id]["deviatingPostalAddress"] == {
        "street": None,
        "houseNumber": 12,
        "houseNumberAddition": None,
        "postalCode": "3511 AA",
        "city": "Utrecht",
        "country": {"key": 31, "value": "Nederland", "isoCode": "NL"},
        "location": None,
        "furtherIndication": None,
    }


@pytest.mark.parametrize(
    ("part", "given", "code"),
    [
        ("deviatingPostalAddress", {POSTAL + "city": "Utrecht"}, "address_incomplete"),
        ("identityDocument", {DOCUMENT + "documentIdentification": "X1"}, "whole_incomplete"),
        ("identityDocument", {DOCUMENT + "typeOfDocument": "Paspoort"}, "whole_incomplete"),
    ],
)
def test_half_of_what_goes_whole_is_told_and_not_sent(
    world: World, part: str, given: dict[str, str], code: str
) -> None:
    loket_id = world.hire(1001, **{part: None})
    found = synced(world, given | {"employee.personalDetails.placeOfBirth": "Zeist"})
    assert codes(found) == [code]
    assert world.employees[loket_id][part] is None
    assert world.employees[loket_id]["personalDetails"]["placeOfBirth"] == "Zeist"


def test_one_part_of_what_stands_may_change(world: World) -> None:
    loket_id = world.hire(1001)
    found = synced(world, {DOCUMENT + "documentIdentification": "TST2"})
    assert (codes(found), found.outcome) == ([], Outcome.CHANGED)
    assert world.employees[loket_id]["identityDocument"]["documentIdentification"] == "TST2"
    assert world.employees[loket_id]["identityDocument"]["typeOfDocument"]["key"] == 71


def test_employment_hours_and_organization_are_sent(world: World) -> None:
    loket_id = world.hire(1001)
    values = {
        "employment.isOnCallEmployment": "yes",
        "employment.commissionUntilDate": "2027-01-31",
        "workingHours.shift": "2",
        "organization.placeOfEmployment": "Utrecht",
    }
    found = synced(world, values)
    assert (found.outcome, codes(found)) == (Outcome.CHANGED, [])
    assert told(found) == {
        "employment.isOnCallEmployment": ("yes", True),
        "employment.commissionUntilDate": ("2027-01-31", True),
        "workingHours.shift": ("2", True),
        "organization.placeOfEmployment": ("Utrecht", True),
    }
    row = world.employments[loket_id]
    assert (row["isOnCallEmployment"], row["commissionUntilDate"]) == (True, "2027-01-31")
    assert row["workinghours"]["shift"] == {"shiftNumber": 2}
    assert row["organizationalEntity"]["placeOfEmployment"] == "Utrecht"


def test_a_week_pattern_of_somebody_who_has_none_goes_whole_or_not_at_all(world: World) -> None:
    loket_id = world.hire(1001)
    found = synced(world, {WEEK[0]: "7.5"})
    assert (codes(found), told(found), world.writes) == (["whole_incomplete"], {WEEK[0]: ("7.5", False)}, [])
    assert codes(synced(world, dict.fromkeys(WEEK, "7.5"))) == []
    assert world.employments[loket_id]["workinghours"]["workPattern"]["evenWeeks"]["sunday"] == 7.5


def test_a_shift_that_is_the_same_is_no_difference(world: World) -> None:
    loket_id = world.hire(1001)
    world.employments[loket_id]["workinghours"]["shift"] = {"shiftNumber": 2, "fullTimeHoursPerWeek": 38}
    assert told(synced(world, {"workingHours.shift": "2"})) == {}
    assert told(synced(world, {"workingHours.shift": "1"})) == {"workingHours.shift": ("1", True)}
    assert world.results["1001"].changes[0].old == "2"


@pytest.mark.parametrize(("language", "text"), [("en", "Yes"), ("nl", "Ja")])
def test_yes_and_no_are_shown_in_the_readers_language(language: str, text: str) -> None:
    with translation.override(language):
        assert wording.value("employment.isOnCallEmployment", "yes") == text
        assert wording.value("employment.isOnCallEmployment", "") == ""
        assert wording.value("employee.personalDetails.lastName", "yes") == "yes"


# -- the payment record of the wage ------------------------------------------------------------------------------------


def test_payment_details_are_sent(world: World) -> None:
    loket_id = world.hire(1001)
    world.payments[loket_id] = {"iban": "NL24TEST0026007966", "nameBeneficiary": "J. Berg", "bic": None}
    found = synced(world, {"payment.nameBeneficiary": "J. Berg", "payment.bic": "TESTNL2A"})
    assert told(found) == {"payment.bic": ("TESTNL2A", True)}
    assert (found.outcome, codes(found)) == (Outcome.CHANGED, [])
    assert [name for name, _ in world.writes] == ["put_payment_information"]


def test_payment_details_are_read_only_where_they_are_mapped(world: World) -> None:
    world.hire(1001)
    synced(world, {"employee.personalDetails.placeOfBirth": "Zeist"})
    assert world.count("list_payment_information") == 0


def test_without_the_right_to_payments_the_rest_goes_on(world: World) -> None:
    loket_id = world.hire(1001)
    world.faults["list_payment_information"] = [Forbidden("no")]
    found = synced(world, {"payment.bic": "TESTNL2A", "employee.personalDetails.placeOfBirth": "Zeist"})
    assert codes(found) == ["iban_not_allowed"]
    assert world.employees[loket_id]["personalDetails"]["placeOfBirth"] == "Zeist"


# -- somebody new ------------------------------------------------------------------------------------------------------


def test_what_a_concept_employee_has_no_room_for_waits_until_it_is_an_employee(world: World) -> None:
    values = {
        "employee.contactInformation.businessPhoneNumber": "030-2005001",
        "payment.bic": "TESTNL2A",
        "workingHours.averageParttimeFactor": "100",
        "employee.personalDetails.title": "Ir.",
    }
    found = synced(world, values, 1101)
    shown = told(found)
    assert [key for key in values if not shown[key][1]] == list(values)[:3]
    assert {change.waits_until for change in found.changes if not change.sendable} == {AS_EMPLOYEE}
    concept = world.named("LP-1101")
    assert concept["employeeData"]["contactInformation"] is None
    assert concept["employeeData"]["personalDetails"]["title"] == {"key": 64, "value": "Ir."}


def test_a_whole_work_pattern_and_a_shift_reach_the_concept(world: World) -> None:
    found = synced(world, dict.fromkeys(WEEK, "8") | {"workingHours.shift": "2"}, 1101)
    assert codes(found) == []
    hours = world.named("LP-1101")["workingHoursData"]
    assert hours["shift"] == {"shiftNumber": 2}
    assert {day for week in hours["workPattern"].values() for day in week.values()} == {8}


@pytest.mark.parametrize("dry_run", [False, True])
def test_half_a_work_pattern_of_somebody_new_is_told_and_the_rest_goes(world: World, dry_run: bool) -> None:
    values = dict.fromkeys(WEEK[:-1], "8") | {"workingHours.regularWorkPattern": "yes"}
    found = synced(world, values, 1101, dry_run=dry_run)
    assert codes(found) == ["whole_incomplete"]
    assert not [change for change in found.changes if change.field in WEEK]
    if not dry_run:
        assert world.named("LP-1101")["workingHoursData"]["workPattern"] is None
        assert world.named("LP-1101")["workingHoursData"]["regularWorkPattern"] is True


def test_half_a_work_pattern_of_a_waiting_concept_is_told_too(world: World) -> None:
    synced(world, {}, 1101)
    found = synced(world, {WEEK[0]: "8", "workingHours.shift": "1"}, 1101)
    assert codes(found) == ["whole_incomplete"]
    assert world.named("LP-1101")["workingHoursData"]["shift"] == {"shiftNumber": 1}
    assert world.named("LP-1101")["workingHoursData"]["workPattern"] is None


def test_a_day_of_a_standing_pattern_may_change(world: World) -> None:
    synced(world, dict.fromkeys(WEEK, "8"), 1101)
    found = synced(world, {WEEK[0]: "4"}, 1101)
    assert (codes(found), found.outcome) == ([], Outcome.CHANGED)
    pattern = world.named("LP-1101")["workingHoursData"]["workPattern"]
    assert (pattern["oddWeeks"]["monday"], pattern["oddWeeks"]["tuesday"]) == (4, 8)
