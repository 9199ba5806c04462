"""The default mapping for Personio: complete for the demo, at home in three languages, and never a guess."""

from collections import Counter
from typing import Any

import pytest

from mapping.attributes import default_document
from mapping.catalogue import END_REASON, SCOPE_FIELDS
from mapping.resolve import Resolved, label_key, resolve
from mapping.rules import Empty, MappingSet, from_dict, option_key
from tests.mapping.accounts import SIMULATED, defined, without
from tests.sync.fakes import ROSTER

NATIONALITY, COUNTRY = "employee.personalDetails.nationality", "employee.address.country"
GENDER, EMAIL = "employee.personalDetails.gender", "employee.contactInformation.emailAddress"
SYSTEM = [one for one in SIMULATED if not one.key.startswith("dynamic_")]


def mapping(definitions: Any = SIMULATED) -> MappingSet:
    return from_dict(resolve(default_document(), definitions).document)


def sources(*labels: str) -> dict[str, str]:
    """Which target each label of an account with nothing else of its own fills."""
    found: Resolved = resolve(default_document(), [*SYSTEM, *(defined(label, label) for label in labels)])
    return {row["source"]: row["target"] for row in found.document["rules"] if row.get("source") in labels}


def test_it_finds_everything_in_the_simulated_account() -> None:
    found = resolve(default_document(), SIMULATED)
    assert found.is_complete
    as_roster = {rule.target for rule in ROSTER.rules} - {
        END_REASON
    }  # how Personio words it, nobody knows (docs/mapping.md)
    assert {rule.target for rule in mapping().rules} == {*SCOPE_FIELDS, *as_roster}


def test_it_reads_exactly_what_it_should_in_the_simulated_account() -> None:
    by_target = {rule.target: rule.source for rule in mapping().rules}
    assert by_target["scope.status"] == "status"
    assert by_target["scope.considerInNlPayroll"] == "dynamic_24403"
    assert by_target["employee.employeeNumber"] == "dynamic_24401"
    assert by_target["bsn"] == "dynamic_24407"
    assert by_target["iban"] == "dynamic_24408"
    assert by_target[GENDER] == "dynamic_24409"
    assert by_target[EMAIL] == "dynamic_24419"
    assert by_target["employment.startDate"] == "hire_date"


def test_no_salary_is_read() -> None:
    assert not {"fix_salary", "hourly_salary", "fix_salary_interval"} & {rule.source for rule in mapping().rules}


def test_a_label_leads_to_one_target_only() -> None:
    seen: Counter[str] = Counter()
    for rule in default_document()["rules"]:
        ways = rule.get("source") if isinstance(rule.get("source"), list) else [rule.get("source")]
        seen.update(label_key(label) for way in ways if isinstance(way, dict) for label in way.get("labels", ()))
    assert [label for label, count in seen.items() if count > 1] == []
    assert len(seen) > 200


@pytest.mark.parametrize(
    ("label", "target"),
    [
        ("Meenemen in NL payroll", "scope.considerInNlPayroll"),
        ("Loket personeelsnummer", "employee.employeeNumber"),
        ("Personalnummer", "employee.employeeNumber"),
        ("Nummer inkomstenverhouding", "employment.incomeRelationshipNumber"),
        ("IKV-nummer", "employment.incomeRelationshipNumber"),
        ("Burgerservicenummer (BSN)", "bsn"),
        ("Geburtsdatum", "employee.personalDetails.dateOfBirth"),
        ("Staatsangehörigkeit", NATIONALITY),
        ("Straße", "employee.address.street"),
        ("Hausnummerzusatz", "employee.address.houseNumberAddition"),
        ("PLZ", "employee.address.postalCode"),
        ("Woonplaats", "employee.address.city"),
        ("Handynummer", "employee.contactInformation.mobilePhoneNumber"),
        ("Privé e-mailadres", EMAIL),
        ("Private E-Mail", EMAIL),
        ("Personal email", EMAIL),
    ],
)
def test_it_knows_what_dutch_german_and_english_accounts_call_things(label: str, target: str) -> None:
    assert sources(label) == {label: target}


def test_what_names_loket_wins_over_what_may_be_for_another_payroll() -> None:
    assert sources("Personalnummer", "Loket employee number") == {"Loket employee number": "employee.employeeNumber"}


def test_a_private_number_wins_over_one_that_may_be_of_work() -> None:
    assert sources("Telefoon", "Privé telefoon") == {"Privé telefoon": "employee.contactInformation.phoneNumber"}


def test_the_address_at_work_is_never_the_private_one() -> None:
    assert mapping(without("dynamic_24419")).rule(EMAIL) is None


def test_without_a_copy_personios_own_gender_is_read() -> None:
    rule = mapping(without("dynamic_24409")).rule(GENDER)
    assert rule is not None
    assert rule.source == "gender"


@pytest.mark.parametrize(
    ("target", "hr", "loket"),
    [
        (GENDER, "male", "Man"),
        (GENDER, "Weiblich", "Vrouw"),
        (GENDER, "V", "Vrouw"),
        (NATIONALITY, "Dutch", "Nederlandse"),
        (NATIONALITY, "deutsch", "Duitse"),
        (NATIONALITY, "Südkoreanisch", "Zuid-Koreaanse"),
        (NATIONALITY, "Nederlands", "Nederlandse"),
        (NATIONALITY, "NO", "Noorse"),
        (COUNTRY, "The Netherlands", "NL"),
        (COUNTRY, "Österreich", "AT"),
        (COUNTRY, "Norway", "NO"),
        (COUNTRY, "Bosnia and Herzegovina", "BA"),
        ("scope.considerInNlPayroll", "Ja", "yes"),
        ("scope.considerInNlPayroll", "Nein", "no"),
    ],
)
def test_it_knows_options_by_the_words_of_three_languages(target: str, hr: str, loket: str) -> None:
    rule = mapping().rule(target)
    assert rule is not None
    assert rule.option_map[option_key(hr)] == loket


def test_it_decides_for_nobody_what_diverse_is() -> None:
    rule = mapping().rule(GENDER)
    assert rule is not None
    assert "diverse" not in rule.option_map


def test_it_keeps_what_loket_has_when_hr_is_empty() -> None:
    cleared = {rule.target for rule in mapping().rules if rule.empty is Empty.CLEAR}
    assert cleared == {"employee.address.houseNumberAddition"}
