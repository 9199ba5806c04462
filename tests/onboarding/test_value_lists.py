"""Loket's value lists as they are kept for the mapping (rules 8 and 30)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import Forbidden, SyncError
from loket_portal.loket.payloads import Option
from loket_portal.simulator import Simulator
from onboarding import tasks
from onboarding.models import LegalEntity, LoketLogin, ValueList
from onboarding.services import value_lists
from sync.resources.lists import OF_EMPLOYMENT
from tests.factories import LoginFactory
from tests.onboarding.test_checking import login, sign_in, tell

__all__ = ["login"]
Lists = dict[str, tuple[Option, ...]]


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


def test_the_reasons_for_an_end_are_kept_though_nobody_new_has_them(login: LoketLogin) -> None:
    value_lists.load(login)
    for name in value_lists.OF_ENDINGS:
        lists = ValueList.objects.filter(login=login, name=name)
        assert lists.count() == 4
        assert all(one.options for one in lists)
    assert set(value_lists.OF_ENDINGS) == OF_EMPLOYMENT


def test_without_the_right_to_read_employments_the_other_lists_are_kept(
    login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise Forbidden("no")

    monkeypatch.setattr(LoketClient, "iter_employment_versions", refuse)
    assert value_lists.load(login) > 4
    assert not ValueList.objects.filter(name__in=value_lists.OF_ENDINGS).exists()


def test_a_second_load_renews_the_rows_and_drops_what_loket_no_longer_has(
    login: LoketLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    value_lists.load(login)
    before = timezone.now()
    lists = {"gender": (Option(1, "Man"),)}
    monkeypatch.setattr(LoketClient, "concept_metadata", lambda *_args: lists)
    monkeypatch.setattr(LoketClient, "employment_metadata", lambda *_args: {})
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


# --- What went ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(login: LoketLogin, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Loads the lists with these genders at every administration; `only`: where it is one administration that has them."""

    def load(*genders: str, only: int | None = None) -> None:
        seen: list[str] = []

        def metadata(_client: object, administration_id: str, _employer: str) -> Lists:
            seen.append(administration_id)
            here = genders if only is None or len(seen) - 1 == only else genders[:-1]
            return {"gender": tuple(Option(text, text) for text in here)}

        monkeypatch.setattr(LoketClient, "concept_metadata", metadata)
        monkeypatch.setattr(LoketClient, "employment_metadata", lambda *_args: {})
        value_lists.load(login)

    return load


def went() -> list[list[str]]:
    return [[option["value"] for option in row.gone] for row in ValueList.objects.order_by("pk")]


def test_an_option_that_went_is_remembered(shown: Callable[..., None]) -> None:
    shown("Man", "Vrouw", "Overig")
    assert went() == [[]] * 4
    shown("Man", "Vrouw")
    assert went() == [["Overig"]] * 4


def test_it_is_remembered_as_long_as_it_is_away(shown: Callable[..., None]) -> None:
    shown("Man", "Vrouw", "Overig")
    shown("Man", "Vrouw")
    shown("Man")
    assert went() == [["Vrouw", "Overig"]] * 4, "the latest first"
    shown("Man", "Overig")
    assert went() == [["Vrouw"]] * 4


def test_each_administration_has_its_own_memory(shown: Callable[..., None]) -> None:
    shown("Man", "Vrouw", "Overig")
    shown("Man", "Vrouw", "Overig", only=0)
    assert went() == [[], ["Overig"], ["Overig"], ["Overig"]]


def test_the_lists_of_an_administration_that_has_ended_go(
    login: LoketLogin, shown: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown("Man")
    running = LoketClient.list_administrations

    def fewer(client: LoketClient, employer: str) -> list[Any]:
        return running(client, employer)[:1]

    monkeypatch.setattr(LoketClient, "list_administrations", fewer)
    shown("Man")
    assert ValueList.objects.count() == 1


def test_a_sign_in_that_sees_no_administration_for_once_loses_nothing(
    shown: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown("Man")
    monkeypatch.setattr(LoketClient, "list_administrations", lambda *_args: [])
    shown("Man")
    assert ValueList.objects.count() == 4


def test_the_mapping_hears_of_every_load(login: LoketLogin, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr(value_lists.bell, "ring_aside", lambda *args: rung.append(args))
    value_lists.load(login)
    assert rung == [("mapping.tasks.compare_lists", login.company_id)]


# --- Every day ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sign-ins that were read, instead of reading them."""
    found: list[int] = []
    monkeypatch.setattr(value_lists, "load", lambda login: found.append(login.pk))
    return found


def row(login: LoketLogin, hours: float) -> None:
    when = timezone.now() - timedelta(hours=hours)
    ValueList.objects.create(login=login, administration_id=login.employer_id, name="gender", loaded_at=when)


def used(entity: LegalEntity) -> LoketLogin:
    found: LoketLogin = LoginFactory(company=entity.company)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=found)
    return found


@pytest.mark.parametrize(("hours", "is_read"), [(25, True), (23, False)])
def test_a_sign_in_is_read_once_a_day(entity: LegalEntity, loaded: list[int], hours: float, is_read: bool) -> None:
    login = used(entity)
    row(login, hours)
    tasks.refresh_lists()
    assert loaded == ([login.pk] if is_read else [])


def test_checks_that_somebody_runs_by_day_put_off_no_list(entity: LegalEntity, loaded: list[int]) -> None:
    login = used(entity)
    row(login, 25)
    LoketLogin.objects.filter(pk=login.pk).update(checked_at=timezone.now())
    assert value_lists.refresh_due() == 1


def test_a_sign_in_without_any_list_is_read(entity: LegalEntity, loaded: list[int]) -> None:
    login = used(entity)
    tasks.refresh_lists()
    assert loaded == [login.pk]


def test_who_must_sign_in_again_and_who_is_not_used_is_not_asked(entity: LegalEntity, loaded: list[int]) -> None:
    login = used(entity)
    LoketLogin.objects.filter(pk=login.pk).update(state=LoketLogin.State.SIGN_IN_NEEDED)
    LoginFactory(company=entity.company)
    tasks.refresh_lists()
    assert loaded == []


def test_one_that_fails_keeps_no_other_from_its_turn(
    entity: LegalEntity, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = used(entity), LoginFactory(company=entity.company)
    LegalEntity.objects.create(company=entity.company, name="Second B.V.", country="NL", loket_login=second)
    turns: list[int] = []

    def load(login: LoketLogin) -> None:
        turns.append(login.pk)
        if login.pk == first.pk:
            raise SyncError("Loket cannot be reached: secret")

    monkeypatch.setattr(value_lists, "load", load)
    assert value_lists.refresh_due() == 1
    assert turns == [first.pk, second.pk]
    assert "secret" not in caplog.text


def test_lists_of_a_sign_in_that_nobody_uses_go_after_a_week(entity: LegalEntity, loaded: list[int]) -> None:
    login, unused = used(entity), LoginFactory(company=entity.company)
    for one in (login, unused):
        row(one, 24 * 8)
    tasks.refresh_lists()
    assert [one.login for one in ValueList.objects.all()] == [login]
