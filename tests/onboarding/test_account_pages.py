"""Signing in, and a forgotten password: in the words of the portal, in both languages."""

import re

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from onboarding.models import Mail
from onboarding.services import delivery
from tests.factories import UserFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "E-mail address or password is not right. Try again, or choose a new password."),
        ("nl", "E-mailadres of wachtwoord klopt niet. Probeer het opnieuw of kies een nieuw wachtwoord."),
    ],
)
def test_a_wrong_password_says_what_to_do(client: Client, language: str, said: str) -> None:
    data = {"login": "nobody@company.example", "password": "wrong"}
    page = client.post("/account/login/", data, headers={"accept-language": language}).content.decode()
    assert said in page


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "label"), [("en", "E-mail address"), ("nl", "E-mailadres")])
def test_the_fields_have_our_labels_and_no_box_to_be_remembered(client: Client, language: str, label: str) -> None:
    page = client.get("/account/login/", headers={"accept-language": language}).content.decode()
    assert f">{label}</label>" in page
    assert "remember" not in page
    assert "placeholder" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Choose a new password for Loket Portal"), ("nl", "Kies een nieuw wachtwoord voor Loket Portal")],
)
def test_the_mail_names_the_portal_and_its_link_works(client: Client, language: str, subject: str) -> None:
    UserFactory(email="anna@company.example")
    headers = {"accept-language": language}
    client.post("/account/password/reset/", {"email": "anna@company.example"}, headers=headers)
    written = Mail.objects.get()
    assert (written.subject, written.to, written.language) == (subject, "anna@company.example", language)
    assert "testserver" not in written.text.replace("http://testserver/account/", "")
    link = re.search(r"http://testserver(/\S+)", written.text)
    assert link
    page = client.get(link[1], follow=True, headers=headers).content.decode()
    assert 'name="password1"' in page


@pytest.mark.django_db
def test_an_unknown_address_gets_no_mail_and_the_same_page(client: Client) -> None:
    answer = client.post("/account/password/reset/", {"email": "nobody@company.example"})
    assert answer["Location"] == "/account/password/reset/done/"
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_the_link_for_a_new_password_is_sent_by_the_worker_and_then_forgotten(
    client: Client, settings: LazySettings
) -> None:
    settings.IS_DEMO = False
    UserFactory(email="anna@company.example")
    client.post("/account/password/reset/", {"email": "anna@company.example"}, secure=True)
    assert mail.outbox == [], "the page does not wait for the mail server"
    assert delivery.send_due() == 1
    (sent,) = mail.outbox
    assert "/account/password/reset/key/" in sent.body
    assert Mail.objects.get().text == ""


@pytest.mark.django_db
def test_two_different_new_passwords_are_told_formally(client: Client) -> None:
    client.force_login(UserFactory(), backend=BACKEND)
    data = {"oldpassword": "x", "password1": "long-enough-1", "password2": "long-enough-2"}
    page = client.post("/account/password/change/", data, headers={"accept-language": "nl"}).content.decode()
    assert "Dit is niet hetzelfde als het nieuwe wachtwoord hierboven." in page
    assert "Dit is niet uw huidige wachtwoord." in page


@pytest.mark.django_db
def test_dutch_never_says_je(client: Client) -> None:
    client.force_login(UserFactory(), backend=BACKEND)
    for path in ("/account/password/change/", "/account/reauthenticate/", "/account/password/reset/"):
        page = client.get(path, headers={"accept-language": "nl"}).content.decode()
        assert not re.search(r"\b(je|jouw|jij)\b", re.sub(r"<[^>]+>", " ", page)), path
