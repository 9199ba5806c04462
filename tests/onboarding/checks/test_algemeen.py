"""The function, department and distribution unit "Algemeen" (rules 20 and 21)."""

import pytest

from onboarding.facts import Outcome, Owner
from tests.onboarding.checks.conftest import Asker

LISTS = [
    ("algemeen_function", "function"),
    ("algemeen_department", "department"),
    ("algemeen_distribution_unit", "distributionunit"),
]
each = pytest.mark.parametrize(("key", "option"), LISTS)


@each
def test_the_item_is_proved_with_its_key(ask: Asker, key: str, option: str) -> None:
    found = ask.look(key)
    record = next(
        r for r in ask.simulator.world.all(option, str(ask.login.employer_id)) if r.body["description"] == "Algemeen"
    )
    assert (found.outcome, found.code) == (Outcome.PROVED, f"{key}_found")
    assert found.params["key"] == found.details[0]["key"] == record.id


@each
def test_a_missing_item_fails_until_it_is_there(ask: Asker, key: str, option: str) -> None:
    ask.tell(missing_algemeen=[option])
    found = ask.look(key)
    assert (found.outcome, found.code) == (Outcome.FAILED, f"{key}_missing")
    assert "key" not in found.params
    ask.tell(missing_algemeen=[])
    assert ask.look(key).outcome is Outcome.PROVED


@each
@pytest.mark.parametrize(
    ("variant", "shown"), [("algemeen ", "algemeen·"), ("ALGEMEEN", "ALGEMEEN"), (" Algemeen", "·Algemeen")]
)
def test_a_near_miss_fails_and_is_shown_as_it_is_written(
    ask: Asker, key: str, option: str, variant: str, shown: str
) -> None:
    ask.tell(algemeen_variants={option: variant})
    found = ask.look(key)
    assert (found.outcome, found.code, found.params["found"]) == (Outcome.FAILED, f"{key}_near", shown)
    assert [(row["name"], row["state"]) for row in found.details] == [(shown, "near")]


@each
def test_two_of_them_are_good_with_a_remark(ask: Asker, key: str, option: str) -> None:
    ask.tell(algemeen_twice=[option])
    found = ask.look(key)
    assert (found.outcome, found.code, found.params["number"]) == (Outcome.PROVED, f"{key}_twice", "2")
    assert len({row["key"] for row in found.details}) == 2


@pytest.mark.parametrize("key", ["algemeen_function", "algemeen_distribution_unit"])
def test_a_list_that_may_not_be_read_names_the_right(ask: Asker, key: str) -> None:
    ask.tell(missing_rights=["Applicatiebeheer werkgever"])
    found = ask.look(key)
    # The list of users needs the same right, so that it can't be known for sure
    assert found.outcome is Outcome.FAILED
    assert found.params["right"] == "Applicatiebeheer werkgever"
    assert found.owner is not Owner.SUPPORT
    ask.tell(missing_rights=[])
    assert ask.look(key).outcome is Outcome.PROVED
