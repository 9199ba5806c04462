"""Administrations and tax IDs: administrations, own_tax_id, linked_administration (rules 4, 5 and 36)."""

import pytest

from onboarding.checks import CHECKS, look
from onboarding.checks.administrations import Reason
from onboarding.facts import Outcome, Owner
from onboarding.services import choices
from onboarding.wording import LINK
from tests.onboarding.checks.conftest import CLEAN, Asker

OTHERS = ["Tulp Catering", "Tulp Events", "Tulp Vakantiehuis", "Tulp Strandtent (oud)"]


def reasons(ask: Asker) -> dict[str, str]:
    return {row["name"]: row["reason"] for row in ask.look("administrations").details}


def test_one_that_can_be_chosen_is_proved_and_the_others_have_their_reason(unconnected: Asker) -> None:
    assert unconnected.look("administrations").code == "administrations_selectable"
    assert reasons(unconnected) == {
        CLEAN: "",
        "Tulp Catering": "shared_tax_id",
        "Tulp Events": "shared_tax_id",
        "Tulp Vakantiehuis": "no_tax_id",
        "Tulp Strandtent (oud)": "ended",
    }


def test_who_shares_a_tax_id_is_named(unconnected: Asker) -> None:
    rows = {row["name"]: row for row in unconnected.look("administrations").details}
    assert rows["Tulp Catering"]["names"] == "Tulp Events"


def test_no_tax_id_is_kept_with_what_was_found(unconnected: Asker) -> None:
    assert "812345678" not in str(unconnected.look("administrations"))  # of a sole proprietor it holds the BSN


@pytest.mark.parametrize(
    ("option", "value", "mended", "reason"),
    [
        ("tax_ids", {CLEAN: None}, {}, "no_tax_id"),
        ("tax_ids", {CLEAN: "823456789L01"}, {}, "shared_tax_id"),
        ("ended", [CLEAN], [], "ended"),
    ],
)
def test_when_none_can_be_chosen_it_fails_until_one_can(
    unconnected: Asker, option: str, value: object, mended: object, reason: str
) -> None:
    unconnected.tell(**{option: value})
    found = unconnected.look("administrations")
    assert (found.outcome, found.code) == (Outcome.FAILED, "administrations_refused")
    assert reasons(unconnected)[CLEAN] == reason
    unconnected.tell(**{option: mended})
    assert unconnected.look("administrations").outcome is Outcome.PROVED


def test_no_administration_at_all_fails(unconnected: Asker) -> None:
    unconnected.tell(hidden_administrations=[CLEAN, *OTHERS])
    assert unconnected.look("administrations").code == "administrations_none"


def test_after_the_choice_the_connected_one_is_enough(ask: Asker) -> None:
    found = ask.look("administrations")
    assert (found.outcome, found.code) == (Outcome.PROVED, "administrations_connected")
    assert reasons(ask)[CLEAN] == "taken"


@pytest.mark.parametrize("reason", Reason)
def test_what_is_said_of_an_administration_is_a_refusal_that_the_chooser_has_words_for(reason: Reason) -> None:
    assert LINK[choices.Refusal(reason.value)].text


def test_a_tax_id_of_one_administration_alone_is_proved(unconnected: Asker) -> None:
    found = unconnected.look("own_tax_id")
    assert (found.outcome, found.params["names"]) == (Outcome.PROVED, CLEAN)
    assert "812345678" not in str(found)


def test_without_a_tax_id_there_is_nothing_to_look_at(unconnected: Asker) -> None:
    unconnected.entity.tax_id = ""
    assert look(CHECKS["own_tax_id"], unconnected.seen()) is None


@pytest.mark.parametrize(
    ("tax_id", "option", "value", "code", "owner"),
    [
        ("899999999L01", "ended", [], "own_tax_id_unknown", None),
        ("823456789L01", "ended", [], "own_tax_id_shared", Owner.ACCOUNTANT),
        ("834567891L01", "ended", [], "own_tax_id_ended", Owner.ACCOUNTANT),
        ("812345678L01", "ended", [CLEAN], "own_tax_id_ended", Owner.ACCOUNTANT),
    ],
)
def test_a_tax_id_that_does_not_point_to_one_administration_fails(
    unconnected: Asker, tax_id: str, option: str, value: object, code: str, owner: Owner | None
) -> None:
    unconnected.entity.tax_id = tax_id
    unconnected.tell(**{option: value})
    found = unconnected.look("own_tax_id")
    assert (found.outcome, found.code, found.owner) == (Outcome.FAILED, code, owner)


def test_a_shared_tax_id_is_proved_once_it_is_no_longer_shared(unconnected: Asker) -> None:
    unconnected.entity.tax_id = "823456789L01"
    assert unconnected.look("own_tax_id").params["names"] == "Tulp Catering, Tulp Events"
    unconnected.tell(tax_ids={"Tulp Events": "856789123L01"})
    assert unconnected.look("own_tax_id").outcome is Outcome.PROVED


def test_a_tax_id_of_another_connection_fails(ask: Asker) -> None:
    seen = ask.seen()
    seen.connection = None
    found = look(CHECKS["own_tax_id"], seen)
    assert found is not None
    assert (found.code, found.owner) == ("own_tax_id_connected", Owner.SUPPORT)


def test_the_own_connection_is_no_hindrance(ask: Asker) -> None:
    assert ask.look("own_tax_id").outcome is Outcome.PROVED


def test_a_tax_id_of_another_administration_than_the_connected_one_fails(ask: Asker) -> None:
    ask.tell(tax_ids={"Tulp Vakantiehuis": "867891234L01"})
    ask.entity.tax_id = "867891234L01"
    found = ask.look("own_tax_id")
    assert (found.code, found.params["linked"]) == ("own_tax_id_other_administration", CLEAN)


def test_the_connected_administration_as_it_was_is_proved(ask: Asker) -> None:
    found = ask.look("linked_administration")
    assert (found.outcome, found.code) == (Outcome.PROVED, "linked_visible")


@pytest.mark.parametrize(
    ("option", "value", "mended", "code"),
    [
        ("hidden_administrations", [CLEAN], [], "linked_gone"),
        ("ended", [CLEAN], [], "linked_ended"),
        ("tax_ids", {CLEAN: None}, {}, "linked_no_tax_id"),
        ("tax_ids", {CLEAN: "867891234L01"}, {}, "linked_tax_id_changed"),
        ("tax_ids", {"Tulp Events": "812345678L01"}, {}, "linked_shared"),
    ],
)
def test_a_connected_administration_that_changed_fails_until_it_is_mended(
    ask: Asker, option: str, value: object, mended: object, code: str
) -> None:
    ask.tell(**{option: value})
    found = ask.look("linked_administration")
    assert (found.outcome, found.code) == (Outcome.FAILED, code)
    ask.tell(**{option: mended})
    assert ask.look("linked_administration").outcome is Outcome.PROVED


def test_who_shares_the_tax_id_of_the_connected_one_is_named(ask: Asker) -> None:
    ask.tell(tax_ids={"Tulp Events": "812345678L01"})
    assert ask.look("linked_administration").params["sharers"] == "Tulp Events"
