"""The mapping document: what is refused, and that the published default is a good one."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mapping import converters
from mapping.catalogue import LOKET_FIELDS
from mapping.rules import CONVERTERS, Empty, WriteMode, from_dict, option_key, to_dict
from sync.records import COLUMNS, REQUIRED_COLUMNS

DEFAULT = Path(__file__).parents[2] / "mapping/defaults/roster.yaml"
LAST_NAME = {"target": "employee.personalDetails.lastName", "source": "last_name"}
GENDER = {"target": "employee.personalDetails.gender", "source": "gender"}


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Test", "version": 1, "rules": list(rules)}


@pytest.fixture(scope="module")
def default() -> dict[str, Any]:
    return yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))


def test_the_default_fills_fields_of_the_catalogue_from_every_column(default: dict[str, Any]) -> None:
    mapping = from_dict(default)
    assert {rule.target for rule in mapping.rules} <= set(LOKET_FIELDS)
    assert {key for key, field in LOKET_FIELDS.items() if field.required_for_new} <= {r.target for r in mapping.rules}
    used = {rule.source for rule in mapping.rules if rule.source}
    assert used == set(COLUMNS) - {"status", "consider_in_nl_payroll"}


def test_the_default_keeps_what_loket_has_when_hr_is_empty(default: dict[str, Any]) -> None:
    """Rule 31; only the addition goes with its house number."""
    cleared = {rule.target for rule in from_dict(default).rules if rule.empty is Empty.CLEAR}
    assert cleared == {"employee.address.houseNumberAddition"}


@pytest.mark.parametrize(
    ("hr", "loket"), [("V", "Vrouw"), ("m", "Man"), ("Female", "Vrouw"), ("MALE", "Man"), ("f", "Vrouw")]
)
def test_the_default_knows_how_genders_are_written(default: dict[str, Any], hr: str, loket: str) -> None:
    rule = from_dict(default).rule("employee.personalDetails.gender")
    assert rule is not None
    assert rule.option_map[option_key(hr)] == loket


def test_an_option_is_found_however_its_accent_is_written() -> None:
    options = {"Ma\u0308nnlich": "Man"}
    (rule,) = from_dict(document({**GENDER, "options": options})).rules
    assert rule.option_map == {option_key("M\u00e4nnlich"): "Man"}


@pytest.mark.parametrize(("hr", "loket"), [("no", "Noorse"), ("BE", "Belgische"), ("pools", "Poolse")])
def test_the_default_knows_nationalities_by_code_and_word(default: dict[str, Any], hr: str, loket: str) -> None:
    """ "no" is Norway here and not YAML's false."""
    rule = from_dict(default).rule("employee.personalDetails.nationality")
    assert rule is not None
    assert rule.option_map[option_key(hr)] == loket


def test_a_mapping_survives_being_stored_as_plain_data(default: dict[str, Any]) -> None:
    mapping = from_dict(default)
    assert from_dict(to_dict(mapping)) == mapping
    assert any(rule.option_map for rule in from_dict(to_dict(mapping)).rules)


def test_settings_left_out_are_the_careful_ones() -> None:
    (rule,) = from_dict(document(LAST_NAME)).rules
    assert (rule.converter, rule.write_mode, rule.empty) == ("auto", WriteMode.OVERWRITE, Empty.KEEP)
    assert rule.fallback is None


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"target": "employee.shoeSize", "source": "x"}, r"rule 1 \(employee.shoeSize\).*catalogue"),
        ({"source": "last_name"}, r"rule 1 \(without a target\).*missing"),
        ({"target": "employee.address.city"}, "neither a source nor a fallback"),
        (LAST_NAME | {"colour": "red"}, r"rule 1 .*unknown settings: colour"),
        (LAST_NAME | {"empty": "wipe"}, "empty is 'wipe'; it must be one of keep, clear"),
        (LAST_NAME | {"write_mode": "sometimes"}, "write_mode"),
        (LAST_NAME | {"converter": "magic"}, "converter is 'magic'"),
        (LAST_NAME | {"options": {"a": "b"}}, "no value list"),
        (LAST_NAME | {"source": 3}, "source must be a text"),
        (GENDER | {"options": {False: "Man"}}, "False.*use quotes"),
        (GENDER | {"options": {"m": "Man", "M ": "Vrouw"}}, "'M '.*twice"),
        (GENDER | {"options": ["m"]}, "options must go from"),
        ("last_name", "Rule 1 is not"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(rule: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        from_dict(document(rule))


@pytest.mark.parametrize(
    "data",
    [
        {"version": 1, "rules": [LAST_NAME]},
        {"name": "T", "version": 0, "rules": [LAST_NAME]},
        {"name": "T", "version": True, "rules": [LAST_NAME]},
        {"name": "T", "version": 1, "rules": []},
        {"name": "T", "version": 1, "rules": "all"},
        {"name": "T", "version": 1, "rules": [LAST_NAME], "extra": 1},
    ],
)
def test_a_wrong_set_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="mapping set"):
        from_dict(data)


def test_two_rules_for_one_field_are_refused() -> None:
    with pytest.raises(ValueError, match=r"Rule 2 .*lastName"):
        from_dict(document(LAST_NAME, LAST_NAME | {"source": "first_name"}))


@pytest.mark.parametrize("target", ["bsn", "iban"])
def test_nobody_s_bsn_or_iban_stands_in_a_rule(target: str) -> None:
    with pytest.raises(ValueError, match="is nobody else's"):
        from_dict(document({"target": target, "source": target, "fallback": "999990019"}))


def test_every_converter_that_may_be_named_exists() -> None:
    assert list(CONVERTERS) == list(converters.CONVERTERS)


def test_required_columns_are_columns() -> None:
    assert set(REQUIRED_COLUMNS) <= set(COLUMNS)
    assert len(set(COLUMNS)) == len(COLUMNS)
