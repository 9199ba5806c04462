"""A mapping document finds its attributes by name, exactly or not at all."""

from typing import Any

import pytest

from mapping.resolve import Ambiguous, Lacking, Resolved, label_key, resolve
from tests.mapping.accounts import defined

BSN = {"target": "bsn", "source": {"labels": ["BSN", "Burgerservicenummer"]}}


def resolved(rule: dict[str, Any], *definitions: Any) -> Resolved:
    return resolve({"name": "T", "version": 1, "rules": [rule]}, definitions)


def source(found: Resolved) -> str | None:
    rules = found.document["rules"]
    return rules[0].get("source") if rules else None


@pytest.mark.parametrize("label", ["BSN", "bsn", "  BSN ", "B.S.N.", "burgerservicenummer", "Burgerservice-nummer"])
def test_a_label_is_found_whatever_its_case_blanks_and_punctuation(label: str) -> None:
    found = resolved(BSN, defined("dynamic_1", label))
    assert (source(found), found.is_complete) == ("dynamic_1", True)


@pytest.mark.parametrize("label", ["BSN2", "BSN number", "Burgerservicenumer", "BS", "", "BSN (partner)"])
def test_a_label_that_is_only_similar_is_never_taken(label: str) -> None:
    found = resolved(BSN, defined("dynamic_1", label))
    assert found.document["rules"] == []
    assert found.missing == (Lacking("bsn", ("BSN", "Burgerservicenummer")),)


def test_blanks_inside_a_label_count_once() -> None:
    assert label_key(" E-mail   (privé) ") == label_key("Email privé")
    assert label_key("Huis nummer") != label_key("Huisnummer")
    assert label_key("Straße") == label_key("STRASSE")


def test_an_accent_is_part_of_its_letter_however_it_is_written() -> None:
    assert label_key("Nationalita\u0308t") == label_key("Nationalit\u00e4t") != label_key("Nationalitat")


def test_what_fits_an_earlier_wish_is_better_and_what_fits_none_gives_way_to_the_first_only() -> None:
    rule = {"target": "n", "source": [{"labels": ["Loket number"]}, {"labels": ["Number"]}]}
    found = resolved(rule, defined("a", "Loket number"), defined("b", "Number"), defined("c", "Nummer"))
    assert found.is_better("n", "a", "b")
    assert not found.is_better("n", "b", "a")
    assert found.is_better("n", "a", "c")
    assert not found.is_better("n", "b", "c")


def test_two_attributes_that_fit_are_left_to_a_person() -> None:
    found = resolved(BSN, defined("dynamic_1", "BSN"), defined("dynamic_2", "Burgerservicenummer"))
    assert found.document["rules"] == []
    wanted = ("BSN", "Burgerservicenummer")
    assert found.ambiguous == (Ambiguous("bsn", wanted, (("BSN", "dynamic_1"), ("Burgerservicenummer", "dynamic_2"))),)
    assert found.missing == ()


def test_the_first_way_that_finds_one_counts() -> None:
    rule = {"target": "iban", "source": [{"universal": "iban"}, {"labels": ["IBAN"]}, "bank"]}
    by_id, by_label, by_key = defined("a", "Rekening", universal="iban"), defined("b", "IBAN"), defined("bank", "Bank")
    assert source(resolved(rule, by_label, by_key, by_id)) == "a"
    assert source(resolved(rule, by_key, by_label)) == "b"
    assert source(resolved(rule, by_key)) == "bank"


def test_a_label_does_not_mean_an_attribute_of_personios_own() -> None:
    """In a German account the own attribute "gender" is called "Geschlecht", as the customer's copy is."""
    rule = {"target": "g", "source": [{"labels": ["Geschlecht"]}, "gender"]}
    own, copy = defined("gender", "Geschlecht"), defined("dynamic_1", "Geschlecht")
    assert source(resolved(rule, own, copy)) == "dynamic_1"
    assert source(resolved(rule, own)) == "gender"


def test_a_rule_with_a_fallback_stays_when_its_attribute_is_not_there() -> None:
    rule = {"target": "organization.function", "source": "position", "fallback": "Algemeen"}
    found = resolved(rule)
    assert found.document["rules"] == [{"target": "organization.function", "fallback": "Algemeen"}]
    assert found.missing == (Lacking("organization.function", ("position",)),)


def test_a_rule_that_never_had_a_source_lacks_nothing() -> None:
    rule = {"target": "organization.distributionUnit", "fallback": "Algemeen"}
    assert resolved(rule) == Resolved({"name": "T", "version": 1, "rules": [rule]})


def test_all_other_settings_of_a_rule_are_kept() -> None:
    rule = {"target": "x", "source": "a", "empty": "clear", "options": {"m": "Man"}}
    assert resolved(rule, defined("a", "A")).document["rules"] == [rule]


@pytest.mark.parametrize("wish", [3, {"label": "BSN"}, {"labels": "BSN"}, {"labels": []}, {"labels": ["a"], "x": 1}])
def test_a_source_in_an_unknown_form_is_refused_by_target(wish: object) -> None:
    with pytest.raises(ValueError, match="bsn has a source in an unknown form"):
        resolved({"target": "bsn", "source": wish})
