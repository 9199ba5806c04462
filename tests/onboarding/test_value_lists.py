"""Loket's value lists as they are kept for the mapping (rules 8 and 30)."""

import pytest
from django.utils import timezone

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import SyncError
from loket_portal.loket.payloads import Option
from loket_portal.simulator import Simulator
from onboarding.models import LoketLogin, ValueList
from onboarding.services import value_lists
from tests.factories import LoginFactory
from tests.onboarding.test_checking import login, sign_in, tell

__all__ = ["login"]


def test_the_lists_of_every_administration_that_runs_are_kept(login: LoketLogin, simulator: Simulator) -> None:
    number = value_lists.load(login)
    ids = {str(pk) for pk in ValueList.objects.values_list("administration_id", flat=True)}
    running = simulator.world.all("administration", str(login.employer_id))[:4]  # the fifth has ended
    assert ids == {record.id for record in running}
    assert value_lists.count(login)[0] == number == ValueList.objects.count()


def test_an_option_is_kept_with_its_key_and_text(login: LoketLogin) -> None:
    value_lists.load(login)
    countries = ValueList.objects.filter(login=login, name="country").first()
    assert countries is not None
    assert {"value": "Nederland", "iso_code": "NL"}.items() <= next(
        option for option in countries.options if option["iso_code"] == "NL"
    ).items()


def test_a_second_load_renews_the_rows_and_drops_what_loket_no_longer_has(
    login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    value_lists.load(login)
    before = timezone.now()
    lists = {"gender": (Option(1, "Man"),)}
    monkeypatch.setattr(LoketClient, "concept_metadata", lambda *_args: lists)
    value_lists.load(login)
    assert set(ValueList.objects.values_list("name", flat=True)) == {"gender"}
    assert ValueList.objects.filter(loaded_at__lt=before).count() == 0
    number, loaded_at = value_lists.count(login)
    assert number == 4
    assert loaded_at is not None
    assert loaded_at > before


def test_before_the_first_load_there_is_nothing(login: LoketLogin) -> None:
    assert value_lists.count(login) == (0, None)


def test_what_loket_refuses_is_raised_and_what_was_kept_stays(login: LoketLogin, simulator: Simulator) -> None:
    number = value_lists.load(login)
    tell(simulator, missing_rights=["Applicatiebeheer werkgever"])
    with pytest.raises(SyncError):
        value_lists.load(login)
    assert ValueList.objects.count() == number


def test_lists_of_different_sign_ins_are_kept_apart(login: LoketLogin, simulator: Simulator) -> None:
    value_lists.load(login)
    other = LoginFactory(employer_id=login.employer_id, loket_user="tweede@tulphoreca.example")
    sign_in(other, simulator)
    assert value_lists.count(other) == (0, None)
    assert value_lists.load(other) == value_lists.count(login)[0]
