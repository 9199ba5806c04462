"""Suggestions and their reasons: the same label, a synonym, chosen before, similar."""

from dataclasses import dataclass

import pytest

from mapping.attributes import default_document, default_roster
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS
from mapping.resolve import label_key
from mapping.rules import Option
from mapping.suggest import Reason, name_key, suggest, suggest_option
from mapping.synonyms import NAMES
from sync.sources.columns import ROSTER_COLUMNS

GENDER = LOKET_FIELDS["employee.personalDetails.gender"]
BIRTH = LOKET_FIELDS["employee.personalDetails.dateOfBirth"]
CITY = LOKET_FIELDS["employee.address.city"]


@dataclass(frozen=True)
class One:
    key: str
    label: str
    type: str = "standard"


def reasons(field: object, *attributes: One, **memory: int) -> list[tuple[str, Reason]]:
    return [(one.key, one.reason) for one in suggest(field, attributes, memory)]  # type: ignore[arg-type]


def test_an_attribute_called_as_the_field_in_english_or_dutch_is_the_best() -> None:
    found = reasons(GENDER, One("c", "Genders"), One("b", "Geschlecht"), One("a", "geslacht"))
    assert found == [("a", Reason.SAME_LABEL), ("b", Reason.SYNONYM), ("c", Reason.SIMILAR)]


def test_case_blanks_and_punctuation_are_no_difference() -> None:
    assert reasons(GENDER, One("a", " GENDER:")) == [("a", Reason.SAME_LABEL)]


def test_one_that_support_chose_before_comes_before_a_similar_one_and_says_how_often() -> None:
    found = suggest(CITY, [One("a", "Citys"), One("b", "Domicilie")], {"domicilie": 14})
    assert [(one.key, one.reason, one.times) for one in found] == [
        ("b", Reason.CHOSEN_BEFORE, 14),
        ("a", Reason.SIMILAR, 0),
    ]


def test_a_similar_one_says_how_similar() -> None:
    (found,) = suggest(CITY, [One("a", "Woonplaat")])
    assert found.reason is Reason.SIMILAR
    assert 0.8 <= found.score < 1


def test_what_is_hardly_similar_is_not_suggested() -> None:
    assert reasons(CITY, One("a", "Favourite colour"), One("b", "")) == []


def test_the_name_of_another_field_is_not_similar() -> None:
    start = LOKET_FIELDS["employment.startDate"]
    assert reasons(start, One("a", "Geburtsdatum", "date"), One("b", "Startdatums", "date")) == [("b", Reason.SIMILAR)]


def test_a_date_fills_only_a_date() -> None:
    assert reasons(BIRTH, One("a", "Date of birth", "integer"), One("b", "Geboortedatum", "date")) == [
        ("b", Reason.SAME_LABEL)
    ]
    assert reasons(CITY, One("a", "City", "date")) == []


def test_at_most_five_are_suggested() -> None:
    assert len(suggest(CITY, [One(str(number), "City") for number in range(9)])) == 5


def test_an_option_of_the_same_text_is_the_only_suggestion() -> None:
    options = [Option(1, "Man"), Option(2, "Vrouw"), Option(3, "Vrouwe")]
    (found,) = suggest_option(" VROUW", options)
    assert (found.option.value, found.reason) == ("Vrouw", Reason.SAME_LABEL)


def test_an_iso_code_is_as_good_as_the_text() -> None:
    (found,) = suggest_option("nl", [Option(1, "Nederland", "NL"), Option(2, "Nepal", "NP")])
    assert found.option.value == "Nederland"


@pytest.mark.parametrize(("said", "meant"), [("Female", "Vrouw"), ("männlich", "Man"), (" F ", "Vrouw")])
def test_what_the_default_mappings_know_a_value_to_mean_is_suggested(said: str, meant: str) -> None:
    (found,) = suggest_option(said, [Option(1, "Man"), Option(2, "Vrouw"), Option(3, "Onbekend")])
    assert (found.option.value, found.reason) == (meant, Reason.SYNONYM)


@pytest.mark.parametrize(("said", "meant"), [("Niederlande", "Nederland"), ("nee", None)])
def test_a_country_is_known_by_its_names_and_no_word_is_one(said: str, meant: str | None) -> None:
    found = suggest_option(said, [Option(1, "Nederland", "NL"), Option(2, "Noorwegen", "NO")])
    assert [one.option.value for one in found] == ([meant] if meant else [])


def test_similar_options_come_best_first_with_their_likeness() -> None:
    found = suggest_option("Nederlanse", [Option(1, "Duitse"), Option(2, "Nederlandse"), Option(3, "Nederland")])
    assert {one.option.value for one in found} == {"Nederlandse", "Nederland"}
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.reason is Reason.SIMILAR for one in found)


def test_nothing_is_suggested_for_an_empty_value() -> None:
    assert suggest_option("  ", [Option(1, "")]) == ()


def test_synonyms_are_of_targets_that_exist() -> None:
    assert set(NAMES) <= {*LOKET_FIELDS, *SCOPE_FIELDS}


def test_the_labels_of_the_default_mapping_are_synonyms() -> None:
    for rule in default_document()["rules"]:
        wishes = rule.get("source") if isinstance(rule.get("source"), list) else [rule.get("source")]
        labels = {label_key(label) for wish in wishes if isinstance(wish, dict) for label in wish.get("labels", ())}
        assert labels <= {label_key(name) for name in NAMES.get(rule["target"], ())}, rule["target"]


def test_the_headers_of_a_roster_are_synonyms() -> None:
    mapped = {rule["source"] for rule in default_roster()["rules"] if "source" in rule}
    for column in ROSTER_COLUMNS:
        if column.name in mapped:
            headers = {name_key(text) for text in (column.english, column.dutch, *column.synonyms)}
            assert headers <= {name_key(name) for name in NAMES[column.target]}, column.name
