"""How a target stands, and how far the groups are."""

import pytest

from mapping import coverage
from mapping.coverage import Facts, State
from mapping.rules import Option, Rule

MAPPED, FIXED, OFF = Rule("t", "a"), Rule("t", None, fallback="x"), Rule("t", None)


@pytest.mark.parametrize(
    ("rule", "facts", "state"),
    [
        (None, Facts(), State.UNMAPPED),
        (None, Facts(is_required=True), State.REQUIRED),
        (None, Facts(is_required=True, is_asked=True), State.WAITS),
        (FIXED, Facts(), State.FIXED),
        (FIXED, Facts(is_required=True), State.REQUIRED),
        (OFF, Facts(), State.OFF),
        (MAPPED, Facts(), State.DONE),
        (MAPPED, Facts(is_required=True), State.DONE),
        (MAPPED, Facts(values_missing=1), State.VALUES),
        (MAPPED, Facts(values_missing=1, is_undecided=True), State.MIGRATION),
        (MAPPED, Facts(values_missing=1, is_gone=True), State.GONE),
    ],
)
def test_a_target_stands_as_its_rule_and_the_facts_say(rule: Rule | None, facts: Facts, state: State) -> None:
    assert coverage.state_of(rule, facts) is state


def test_a_group_counts_what_is_filled() -> None:
    rows = [("a", "1", State.DONE), ("b", "2", State.REQUIRED), ("a", "3", State.FIXED), ("a", "4", State.VALUES)]
    first, second = coverage.shares(rows)
    assert (first.group, first.done, first.total) == ("a", 2, 3)
    assert (second.group, second.done, second.total) == ("b", 0, 1)


def test_a_value_stands_for_an_option_by_the_map_by_its_text_or_by_its_iso_code() -> None:
    texts = coverage.texts_of([Option(1, "Nederland", "NL"), Option(2, "Duitsland", "DE")])
    rule = Rule("t", "a", option_map={"holland": "Nederland", "prussia": "Pruisen"})
    assert coverage.unmapped(["Holland", "nl", "DUITSLAND ", "France", "Prussia"], rule, texts) == ("France", "Prussia")
