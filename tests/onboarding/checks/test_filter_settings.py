"""The user's filter (rule 22): asked at its own address, derived where there is none."""

import pytest

from onboarding.facts import Outcome
from tests.onboarding.checks.conftest import Asker


def test_no_filter_is_proved(ask: Asker) -> None:
    assert ask.look("filter_settings").code == "filter_neutral"


@pytest.mark.parametrize(
    ("chosen", "row"),
    [
        ({"filterOnEmployedStatus": "ActiveEmployments"}, {"slug": "status", "found": "ActiveEmployments"}),
        ({"filterOnDepartments": ["Keuken"]}, {"slug": "departments", "number": "1"}),
        ({"filterOnAdministrations": ["Tulp Horeca B.V."]}, {"slug": "administrations", "number": "1"}),
        ({"filterOnEmploymentCategoryType": ["Regulier"]}, {"slug": "categories", "number": "1"}),
        ({"filterOnOnCallEmployment": True}, {"slug": "on_call", "number": ""}),
    ],
)
def test_a_filter_fails_until_it_is_taken_away(ask: Asker, chosen: dict[str, object], row: dict[str, str]) -> None:
    ask.tell(filter=chosen)
    found = ask.look("filter_settings")
    assert (found.outcome, found.code, list(found.details)) == (Outcome.FAILED, "filter_set", [row])
    ask.tell(filter={})
    assert ask.look("filter_settings").outcome is Outcome.PROVED


def test_without_an_address_a_complete_list_is_derived(ask: Asker) -> None:
    ask.has_filter = False
    assert (ask.look("filter_settings").outcome, ask.look("filter_settings").code) == (
        Outcome.DERIVED,
        "filter_derived",
    )


def test_without_an_address_people_who_lack_their_employment_fail(ask: Asker) -> None:
    ask.has_filter = False
    ask.tell(filter={"filterOnDepartments": ["Keuken"]})
    found = ask.look("filter_settings")
    assert (found.outcome, found.code) == (Outcome.FAILED, "filter_people_missing")
    assert 0 < int(found.params["number"]) < int(found.params["total"])
    assert found.details == ()  # nobody is named
    ask.tell(filter={})
    assert ask.look("filter_settings").outcome is Outcome.DERIVED


def test_an_address_that_knows_nothing_is_unreachable(ask: Asker) -> None:
    ask.tell(filter_down=404)
    assert ask.look("filter_settings").outcome is Outcome.UNREACHABLE
