"""What differs between two sets of rules: rule by rule, setting by setting, option by option."""

from mapping.compare import Difference, Kind, OptionChange, differences
from mapping.rules import Decision, Rule, WriteMode

FIRST, LAST, GENDER = (f"employee.personalDetails.{name}" for name in ("firstName", "lastName", "gender"))


def test_the_same_rules_differ_in_nothing() -> None:
    rules = {(GENDER, None): Rule(GENDER, "gender", option_map={"m": "Man"})}
    assert differences(rules, dict(rules)) == ()


def test_a_rule_is_added_removed_or_changed() -> None:
    before = {(FIRST, None): Rule(FIRST, "first_name"), (LAST, None): Rule(LAST, "last_name")}
    after = {(LAST, None): Rule(LAST, "surname"), (GENDER, None): Rule(GENDER, "gender")}
    found = {one.target: one.kind for one in differences(before, after)}
    assert found == {FIRST: Kind.REMOVED, LAST: Kind.CHANGED, GENDER: Kind.ADDED}


def test_a_changed_rule_names_the_settings_that_differ() -> None:
    old = Rule(LAST, "last_name")
    new = Rule(
        LAST, "surname", write_mode=WriteMode.ONLY_IF_EMPTY, decision=Decision.CONNECT, former_source="last_name"
    )
    (found,) = differences({(LAST, None): old}, {(LAST, None): new})
    assert found.settings == ("source", "write_mode", "decision", "former_source")
    assert (found.before, found.after, found.is_moved) == (old, new, True)


def test_options_are_told_one_by_one() -> None:
    old = Rule(GENDER, "gender", option_map={"m": "Man", "v": "Vrouw", "x": "Onbekend"})
    new = Rule(GENDER, "gender", option_map={"m": "Man", "x": "Vrouw", "d": "Onbekend"})
    (found,) = differences({(GENDER, None): old}, {(GENDER, None): new})
    assert found.settings == ()
    assert found.options == (
        OptionChange("d", None, "Onbekend"),
        OptionChange("v", "Vrouw", None),
        OptionChange("x", "Onbekend", "Vrouw"),
    )
    assert not found.is_moved


def test_what_counts_for_one_entity_is_a_difference_of_its_own() -> None:
    company = {(LAST, None): Rule(LAST, "last_name")}
    own = company | {(LAST, 7): Rule(LAST, None)}
    assert differences(company, own) == (Difference(LAST, 7, Kind.ADDED, None, Rule(LAST, None)),)


def test_they_come_in_the_order_of_the_catalogue_with_the_company_first() -> None:
    places = [("employee.unknown", None), (LAST, 9), (LAST, None), (FIRST, None), ("scope.status", None), (LAST, 3)]
    found = differences({}, {place: Rule(place[0], "x") for place in places})
    order = [(one.target, one.entity) for one in found]
    assert order == [
        ("scope.status", None),
        (FIRST, None),
        (LAST, None),
        (LAST, 3),
        (LAST, 9),
        ("employee.unknown", None),
    ]
