"""What all pages share: headers, languages, error pages, and the addresses that machines ask."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from loket_portal import celery, views
from loket_portal.celery import BEAT
from sync.models import Beat
from sync.services import beats, runs

NONCE_FREE = ("style=", "onclick=", "onload=", "<style", "javascript:")


def test_healthz_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def shown(name: str, seconds: float) -> None:
    """Something in the background showed itself so many seconds ago."""
    Beat.objects.create(name=name, at=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.django_db
def test_readyz_tells_when_the_last_sweep_was(client: Client) -> None:
    shown(beats.SWEEP, 3)
    shown(BEAT, 7)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["sweep_age"] in {3, 4}
    assert answer.json()["beat_age"] in {7, 8}


@pytest.mark.django_db
def test_readyz_is_503_within_three_minutes_when_the_worker_no_longer_sweeps(client: Client) -> None:
    shown(beats.SWEEP, 170)
    shown(BEAT, 1)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert answer.json()["beat_age"] < 5, "so it is not the beat"


@pytest.mark.django_db
def test_readyz_is_503_when_a_process_that_runs_for_long_has_seen_no_sweep(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "STARTED_AT", time.time())
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(views, "STARTED_AT", time.time() - 170)
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_a_sweep_shows_itself_to_readyz(client: Client) -> None:
    runs.sweep()
    assert client.get("/readyz").json()["sweep_age"] == 0


@pytest.mark.django_db
def test_what_the_beat_has_sent_shows_itself_to_readyz(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery.connection, "close", lambda: None)  # the test's transaction
    celery.beat_lives()
    assert client.get("/readyz").json()["beat_age"] == 0


@pytest.mark.django_db
def test_readyz_is_503_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_cursor() -> None:
        raise DatabaseError

    monkeypatch.setattr(views.connection, "cursor", no_cursor)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_pages_are_never_stored_by_browser_or_proxy(signed_in: Client) -> None:
    answer = signed_in.get("/")
    assert answer["Cache-Control"] == "no-store"
    assert "camera=()" in answer["Permissions-Policy"]


def test_the_content_policy_allows_no_inline_script_or_style(signed_in: Client) -> None:
    answer = signed_in.get("/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert not [bad for bad in NONCE_FREE if bad in answer.content.decode()]


@pytest.mark.django_db
def test_nobody_sees_a_page_without_signing_in(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/account/login/?next=/"


@pytest.mark.django_db
def test_the_language_switch_keeps_the_page(signed_in: Client) -> None:
    answer = signed_in.post("/language/", {"language": "nl", "next": "/?show=all"}, follow=True)
    assert answer.redirect_chain == [("/?show=all", 302)]
    assert "Juridische entiteiten" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "text"), [("en", "This page is not here"), ("nl", "Deze pagina is er niet")])
def test_an_unknown_address_has_a_plain_page(client: Client, language: str, text: str) -> None:
    answer = client.get("/nowhere/", headers={"accept-language": language})
    assert answer.status_code == 404
    assert text in answer.content.decode()


def test_a_stale_form_says_so_and_does_nothing(administrator: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = strict.post("/account/logout/")
    assert answer.status_code == 403
    assert "This page stood open too long" in answer.content.decode()


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client: Client) -> None:
    assert "Support makes your account" in client.get("/account/signup/").content.decode()
    client.post("/account/signup/", {"email": "x@y.example", "password1": "a-long-password-1"})
    assert not client.session.get("_auth_user_id")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/email/", "/account/confirm-email/", "/accounts/login/"])
def test_what_a_closed_portal_does_not_need_is_not_there(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_a_wrong_password_is_told_on_top_and_at_the_field(client: Client) -> None:
    page = client.post("/account/login/", {"login": "x@y.example", "password": "wrong"}).content.decode()
    assert "<title>Error: Sign in" in " ".join(page.split())
    assert "There is a problem" in page
    assert 'href="#id_password"' in page or "data-focus" in page
