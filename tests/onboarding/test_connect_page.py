"""To Loket and back: the page before, and a page for everything that stops on the way (rules 8, 11, 12, 32)."""

import pytest
from django.test import Client

from loket_portal.loket.errors import Retryable
from onboarding.models import LegalEntity, Role, User
from onboarding.services import signin
from onboarding.services.signin import Refusal, SignInRefused
from tests.factories import ConnectionFactory, LoginFactory, member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def stop(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_args: object) -> None:
        raise error

    monkeypatch.setattr(signin, "complete", refuse)


def test_the_page_says_what_will_happen_before_it_sends_anybody_away(signed_in: Client, entity: LegalEntity) -> None:
    page = signed_in.get(f"/entities/{entity.pk}/connect/").content.decode()
    for text in (
        "Gebruikersnaam",
        "Wachtwoord",
        "integration user, not your own",
        "come back here",
        "Connect Loket.nl",
    ):
        assert text in page


def test_connecting_sends_the_browser_to_loket(signed_in: Client, entity: LegalEntity, settings: object) -> None:
    answer = signed_in.post(f"/entities/{entity.pk}/connect/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{settings.LOKET_OAUTH_URL}/authorize?")  # type: ignore[attr-defined]


def test_only_an_administrator_gets_the_button(client: Client, entity: LegalEntity, administrator: User) -> None:
    client.force_login(member(entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    page = client.get(f"/entities/{entity.pk}/connect/").content.decode()
    assert '<button type="submit" class="button primary"' not in page
    assert str(administrator) in page  # who can, by name


def test_a_sign_in_that_counts_goes_on_to_the_choice(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = LoginFactory(company=entity.company)
    monkeypatch.setattr(signin, "complete", lambda *_args: (entity, login))
    answer = signed_in.get("/loket/callback/", {"code": "c", "state": "s"})
    assert answer["Location"] == f"/entities/{entity.pk}/administration/"


def test_signing_in_again_comes_back_to_the_overview(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = ConnectionFactory(entity=entity)
    monkeypatch.setattr(signin, "complete", lambda *_args: (entity, connection.login))
    answer = signed_in.get("/loket/callback/", {"code": "c", "state": "s"})
    assert answer["Location"] == f"/entities/{entity.pk}/"


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_page_of_its_own_without_the_code_in_the_address(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch, refusal: Refusal
) -> None:
    stop(monkeypatch, SignInRefused(refusal, entity, ("Tulp Horeca B.V.",)))
    answer = signed_in.get("/loket/callback/", {"code": "c", "state": "s"}, follow=True)
    assert answer.redirect_chain == [("/loket/stopped/", 302)]
    assert "<h1>" in answer.content.decode()


def test_the_page_names_the_employers_that_are_too_many(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(monkeypatch, SignInRefused(Refusal.SEVERAL_EMPLOYERS, entity, ("Tulp Horeca B.V.", "Roos Retail B.V.")))
    page = signed_in.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    assert "Roos Retail B.V." in page
    assert "Connect Loket.nl" in page


def test_trouble_at_loket_is_told_in_the_language_of_the_reader(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(monkeypatch, Retryable("Loket could not be reached.", "Nothing to do: it is tried again by itself."))
    signed_in.get("/loket/callback/", {"code": "c"})
    dutch = signed_in.get("/loket/stopped/", headers={"accept-language": "nl"}).content.decode()
    assert "Loket was niet bereikbaar." in dutch


@pytest.mark.django_db
def test_who_was_signed_out_meanwhile_is_told_so(client: Client) -> None:
    answer = client.get("/loket/callback/", {"code": "c", "state": "s"}, follow=True)
    assert "You were signed out of the portal while you were at Loket" in answer.content.decode()


def test_the_page_of_a_stop_without_a_stop_goes_home(signed_in: Client) -> None:
    assert signed_in.get("/loket/stopped/")["Location"] == "/"
