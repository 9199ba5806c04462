"""The demo's outbox: every e-mail with links that work; in production it isn't there."""

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from onboarding.models import Mail
from onboarding.services import mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> Mail:
    text = "Hello <b>you</b>,\n\nhttp://127.0.0.1:8000/guest/open/abc/\n"
    return mails.store("assigned", "mieke@jansen.example", "nl", "A task", text, "<p onclick='x()'>html</p>")


@pytest.mark.parametrize("name", ["outbox", "outbox_mail"])
def test_production_has_no_outbox(
    name: str, signed_in: Client, administrator: object, written: Mail, settings: LazySettings
) -> None:
    settings.IS_DEMO = False
    args = [written.pk] if name == "outbox_mail" else []
    assert signed_in.get(reverse(name, args=args), secure=True).status_code == 404
    assert reverse("outbox") not in signed_in.get("/", secure=True).content.decode()


def test_the_demo_lists_every_mail_newest_first(client: Client, written: Mail) -> None:
    mails.store("enabled", "anna@company.example", "en", "Newer", "text")
    shown = client.get(reverse("outbox")).content.decode()
    assert shown.index("Newer") < shown.index("A task")
    assert "mieke@jansen.example" in shown


def test_a_mail_has_links_to_click_and_nothing_of_it_runs(client: Client, written: Mail) -> None:
    shown = client.get(reverse("outbox_mail", args=[written.pk])).content.decode()
    assert '<a href="http://127.0.0.1:8000/guest/open/abc/"' in shown
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in shown
    assert "<p onclick" not in shown


def test_an_empty_outbox_says_how_a_mail_comes_into_it(client: Client) -> None:
    assert 'class="sheet empty"' in client.get(reverse("outbox")).content.decode()


def test_every_page_of_the_demo_leads_to_the_outbox(client: Client) -> None:
    assert reverse("outbox") in client.get("/account/login/").content.decode()


def test_a_long_outbox_has_pages(client: Client) -> None:
    for number in range(51):
        mails.store("enabled", "anna@company.example", "en", f"Mail no. {number}", "text")
    assert "Mail no. 0<" not in client.get(reverse("outbox")).content.decode()
    assert "Mail no. 0<" in client.get(reverse("outbox"), {"page": 2}).content.decode()
