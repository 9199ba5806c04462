"""To Loket and back: the page before, and a page for everything that stops on the way (rules 8, 11, 12, 32)."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from loket_portal.loket.errors import Retryable
from onboarding.models import Assignment, LegalEntity, Role, SignInAttempt, User
from onboarding.services import checking, guests, signin
from onboarding.services.signin import Completed, Purpose, Refusal, SignInFailed, SignInRefused
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, login_of, member
from tests.onboarding import setups
from tests.onboarding.trips import holder

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def stop(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_args: object, **_who: object) -> None:
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
    done = Completed(entity, login_of(entity), Purpose.CONNECT)
    monkeypatch.setattr(signin, "complete", lambda *_args, **_who: done)
    answer = signed_in.get("/loket/callback/", {"code": "c", "state": "s"})
    assert answer["Location"] == f"/entities/{entity.pk}/administration/"


def test_signing_in_again_comes_back_to_the_overview(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = ConnectionFactory(entity=entity)
    done = Completed(entity, connection.login, Purpose.RECONNECT)
    monkeypatch.setattr(signin, "complete", lambda *_args, **_who: done)
    answer = signed_in.get("/loket/callback/", {"code": "c", "state": "s"})
    assert answer["Location"] == f"/entities/{entity.pk}/"


def test_a_check_comes_back_to_what_the_checks_found(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Completed(entity, login_of(entity), Purpose.CHECK)
    monkeypatch.setattr(signin, "complete", lambda *_args, **_who: done)
    answer = signed_in.get("/loket/callback/", {"code": "c", "state": "s"})
    assert answer["Location"] == f"/entities/{entity.pk}/setup/integration-user/"


@pytest.mark.parametrize(("is_connected", "purpose"), [(False, "connect"), (True, "reconnect")])
def test_the_button_says_why_the_browser_goes_to_loket(
    signed_in: Client, entity: LegalEntity, is_connected: bool, purpose: str
) -> None:
    if is_connected:
        ConnectionFactory(entity=entity)
    signed_in.post(f"/entities/{entity.pk}/connect/")
    assert SignInAttempt.objects.get().purpose == purpose


def test_reconnecting_says_what_the_new_sign_in_must_show(signed_in: Client, entity: LegalEntity) -> None:  # rule 38
    connection = ConnectionFactory(entity=entity, administration_name="Tulp Horeca 1")
    other = ConnectionFactory(entity=EntityFactory(company=entity.company), login=connection.login)
    page = " ".join(signed_in.get(f"/entities/{entity.pk}/connect/").content.decode().split())
    assert "<h1> Sign in at Loket again </h1>" in page
    assert (
        "must see the administration <strong>Tulp Horeca 1</strong> of <strong>Tulp Horeca B.V.</strong>, else" in page
    )
    assert f"It serves {other.entity} as well." in page
    assert 'class="button primary"> Sign in at Loket again </button>' in page
    assert "Connect Loket.nl" not in page
    assert "Use a sign-in your company already has" not in page


# --- A sign-in that is there already ----------------------------------------------------------------------------------


def test_a_sign_in_of_the_company_is_offered_by_name_with_who_made_it(signed_in: Client, entity: LegalEntity) -> None:
    guest = setups.guest(entity)
    fields = {"purpose": "verification", "signed_in_guest": guest, "loket_user": "one@tulp.example"}
    LoginFactory(company=entity.company, **fields)
    LoginFactory(loket_user="theirs@roos.example")
    page = " ".join(signed_in.get(f"/entities/{entity.pk}/connect/").content.decode().split())
    assert 'Use this sign-in<span class="visually-hidden"> one@tulp.example</span>' in page
    assert f"by {guest}" in page
    assert "Until now it served for checks only." in page
    assert "theirs@roos.example" not in page


def test_choosing_it_goes_on_to_the_choice(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "check", lambda *_args, **_who: {})
    login = LoginFactory(company=entity.company)
    answer = signed_in.post(f"/entities/{entity.pk}/connect/existing/", {"login": login.pk})
    assert answer["Location"] == f"/entities/{entity.pk}/administration/"


@pytest.mark.parametrize("typed", ["", "x", "-1", "999999999999999999999", "\u0663"])
def test_a_number_that_is_none_is_a_sign_in_that_can_not_be_used(
    signed_in: Client, entity: LegalEntity, typed: str
) -> None:
    answer = signed_in.post(f"/entities/{entity.pk}/connect/existing/", {"login": typed}, follow=True)
    assert "This sign-in can&#x27;t be used" in answer.content.decode()


# --- What stopped ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_page_of_its_own_without_the_code_in_the_address(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch, refusal: Refusal
) -> None:
    stop(monkeypatch, SignInRefused(refusal, entity, Purpose.CONNECT, names=("Tulp Horeca B.V.",)))
    answer = signed_in.get("/loket/callback/", {"code": "c", "state": "s"}, follow=True)
    assert answer.redirect_chain == [("/loket/stopped/", 302)]
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(
    ("purpose", "address", "button", "back"),
    [
        (Purpose.CHECK, "setup/integration-user/sign-in/", "Sign in at Loket again and check", "integration-user"),
        (Purpose.CONNECT, "connect/", "Connect Loket.nl", "authorize"),
        (Purpose.RECONNECT, "connect/", "Sign in at Loket again", "authorize"),
    ],
)
def test_trying_again_is_for_the_purpose_that_stopped(
    signed_in: Client,
    entity: LegalEntity,
    monkeypatch: pytest.MonkeyPatch,
    purpose: Purpose,
    address: str,
    button: str,
    back: str,
) -> None:
    stop(monkeypatch, SignInRefused(Refusal.CANCELLED, entity, purpose))
    page = signed_in.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    form = page.split('<form class="sign"', 1)[1].split("</form>", 1)[0]
    assert f'action="/entities/{entity.pk}/{address}"' in form
    assert f'class="button primary"> {button} </button>' in " ".join(form.split())
    assert f'href="/entities/{entity.pk}/setup/{back}/"' in page


def test_where_trying_again_helps_nobody_there_is_no_button(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(monkeypatch, SignInRefused(Refusal.NOT_ENABLED, entity, Purpose.CONNECT))
    page = signed_in.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    assert '<form class="sign"' not in page
    assert f'href="/entities/{entity.pk}/setup/authorize/"' in page


def test_the_page_names_the_employers_that_are_too_many(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Tulp Horeca B.V.", "Roos Retail B.V.")
    stop(monkeypatch, SignInRefused(Refusal.SEVERAL_EMPLOYERS, entity, Purpose.CONNECT, names=names))
    page = signed_in.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    assert "Roos Retail B.V." in page


def test_trouble_at_loket_is_told_in_the_language_of_the_reader_and_can_be_tried_again(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Retryable("Loket could not be reached.", "Nothing to do: it is tried again by itself.")
    stop(monkeypatch, SignInFailed(trouble, entity, Purpose.CONNECT))
    signed_in.get("/loket/callback/", {"code": "c"})
    dutch = signed_in.get("/loket/stopped/", headers={"accept-language": "nl"}).content.decode()
    assert "Loket was niet bereikbaar." in dutch
    assert "vanzelf" not in dutch, "a sign-in is not tried again by itself"
    assert f'action="/entities/{entity.pk}/connect/"' in dutch


def test_trouble_without_a_hint_shows_none(
    signed_in: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(monkeypatch, SignInFailed(Retryable("Loket could not be reached."), entity, Purpose.CONNECT))
    page = signed_in.get("/loket/callback/", {"code": "c"}, follow=True, headers={"accept-language": "nl"})
    assert "Project-Id-Version" not in page.content.decode(), "the empty text is the head of the translations"


def test_a_stop_of_an_entity_that_is_not_ones_own_names_nothing(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = EntityFactory(name="Somebody else B.V.")
    stop(monkeypatch, SignInRefused(Refusal.CANCELLED, theirs, Purpose.CONNECT))
    page = signed_in.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    assert "Somebody else" not in page
    assert "To your legal entities" in page


@pytest.mark.django_db
def test_who_was_signed_out_meanwhile_is_told_so(client: Client) -> None:
    answer = client.get("/loket/callback/", {"code": "c", "state": "s"}, follow=True)
    assert "You were signed out of the portal while you were at Loket" in answer.content.decode()
    assert f'href="{reverse("account_login")}"' in answer.content.decode()


def test_the_page_of_a_stop_without_a_stop_goes_home(signed_in: Client) -> None:
    assert signed_in.get("/loket/stopped/")["Location"] == "/"


# --- Guests -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def task(entity: LegalEntity) -> Assignment:
    return holder(entity, language="nl")


@pytest.fixture
def guest_client(client: Client, task: Assignment) -> Client:
    assert task.guest
    client.post(urlsplit(guests.new_link(task.guest)).path)
    return client


def test_a_guest_comes_back_to_his_task(
    guest_client: Client, entity: LegalEntity, task: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Completed(entity, login_of(entity), Purpose.CHECK, is_guest=True, guest_task=task.pk)
    monkeypatch.setattr(signin, "complete", lambda *_args, **_who: done)
    assert guest_client.get("/loket/callback/", {"code": "c"})["Location"] == f"/guest/tasks/{task.pk}/"


def test_a_guest_whose_task_was_taken_back_comes_back_to_the_others(
    guest_client: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Completed(entity, login_of(entity), Purpose.CHECK, is_guest=True)
    monkeypatch.setattr(signin, "complete", lambda *_args, **_who: done)
    assert guest_client.get("/loket/callback/", {"code": "c"})["Location"] == "/guest/"


def test_a_guest_whose_sign_in_stopped_reads_it_in_his_language_and_goes_back_to_his_tasks(
    guest_client: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(monkeypatch, SignInRefused(Refusal.SEVERAL_EMPLOYERS, entity, Purpose.CHECK, True, names=("Roos B.V.",)))
    answer = guest_client.get("/loket/callback/", {"code": "c"}, follow=True, headers={"accept-language": "en"})
    page = answer.content.decode()
    assert '<html lang="nl">' in page
    assert "Deze Loket-gebruiker ziet meer dan één werkgever" in page
    assert "Roos B.V." in page
    assert 'class="button primary" href="/guest/"' in page
    assert "/entities/" not in page, "nothing leads where only members may go"


def test_a_guest_who_was_revoked_while_away_is_told_whom_to_ask(
    guest_client: Client, task: Assignment, administrator: User
) -> None:
    assert task.guest
    guests.revoke(task.guest, administrator)
    answer = guest_client.get("/loket/callback/", {"code": "c", "state": "s"}, follow=True)
    assert answer.redirect_chain == [("/guest/", 302)]
    assert answer.status_code == 403


def test_a_member_who_is_a_guest_in_the_same_browser_reads_of_the_trip_that_stopped(
    guest_client: Client, entity: LegalEntity, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest_client.force_login(administrator, backend=BACKEND)
    stop(monkeypatch, SignInRefused(Refusal.CANCELLED, entity, Purpose.CHECK))
    as_member = guest_client.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    stop(monkeypatch, SignInRefused(Refusal.CANCELLED, entity, Purpose.CHECK, True))
    as_guest = guest_client.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    assert f"/entities/{entity.pk}/setup/integration-user/sign-in/" in as_member
    assert 'class="button primary" href="/guest/"' in as_guest


def test_what_stopped_a_guest_names_no_employer_to_who_comes_after_him(
    guest_client: Client, entity: LegalEntity, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = SignInRefused(Refusal.SEVERAL_EMPLOYERS, entity, Purpose.CHECK, True, names=("A customer B.V.",))
    stop(monkeypatch, refused)
    assert "A customer" in guest_client.get("/loket/callback/", {"code": "c"}, follow=True).content.decode()
    guest_client.post(reverse("guest_leave"))
    assert "A customer" not in guest_client.get("/loket/stopped/").content.decode()
    other = setups.guest(EntityFactory(), email="another@guest.example")
    guest_client.post(urlsplit(guests.new_link(other)).path)
    assert "A customer" not in guest_client.get("/loket/stopped/").content.decode()
