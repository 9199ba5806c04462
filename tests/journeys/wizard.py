"""The stage of the setup wizard's journeys: the portal in this process, a simulated Loket, people with a browser each."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml
from csp.constants import SELF
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from loket_portal.simulator import Simulator
from loket_portal.simulator.options import PASSWORD, SECOND_FACTOR, USERNAME
from onboarding.models import Company, LegalEntity, Mail, Role, User
from onboarding.steps import StepKey
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import CompanyFactory, EntityFactory, UserFactory, member
from tests.journeys.look import look_once

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ACCOUNTANT = "j.jansen@jansen-accountants.example"
OTHER_EMPLOYER = "integratie@rooshoreca.example"
SECOND_USER = "tweede@tulphoreca.example"
GUEST = "joris@jansen-accountants.example"
KVK_NUMBER = "18124676"
TAX_ID = "812345678L01"
NAME = "Tulp Horeca B.V."


@dataclass
class Stage:
    """Everything a journey plays with. `anna` administers, `piet` is a payroll manager, `sam` and `sem` are support."""

    url: str
    simulator: Simulator
    browser: Browser
    company: Company
    entity: LegalEntity
    anna: User
    piet: User
    sam: User
    sem: User
    pages: list[Page] = field(default_factory=list)

    def page_of(self, user: User | None = None, language: str = "en", *, has_javascript: bool = True) -> Page:
        """A browser of its own, signed in as this member; None is a guest's or a stranger's."""
        context = self.browser.new_context(base_url=self.url, java_script_enabled=has_javascript)
        context.add_cookies([{"name": "django_language", "value": language, "domain": _host(self.url), "path": "/"}])
        if user is not None:
            client = Client()
            client.force_login(user, backend=BACKEND)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "domain": _host(self.url), "path": "/"}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        self.pages.append(page)
        return page

    def misbehave(self, **options: Any) -> None:
        """Changes the simulated Loket; [] / {} / false / null mends it."""
        self.simulator.options.change(options)

    @property
    def long_ago(self) -> datetime:
        """So long that the nightly round has its turn, whatever the hour."""
        return timezone.now() - timedelta(hours=31)

    def setup(self, *parts: str) -> str:
        """The address of the hub, or of one of its pages."""
        return "/".join([f"/entities/{self.entity.pk}/setup", *parts, ""])

    def mail_to(self, address: str, kind: str) -> Mail:
        """The newest e-mail of this kind; the demo's outbox shows it too."""
        found = Mail.objects.filter(to=address, kind=kind).order_by("pk").last()
        assert found, f"no {kind} to {address}; there are {list(Mail.objects.values_list('kind', 'to'))}"
        return found

    def code_in(self, mail: Mail) -> str:
        """The six digits of a guest's code."""
        found = re.search(r"\b(\d{3})\s?(\d{3})\b", mail.text)
        assert found, mail.text
        return found[1] + found[2]

    def confirm(self, page: Page, guest: str) -> None:
        """A guest shows that he reads his mailbox: the code is sent, typed, and he is back at his task."""
        page.get_by_role("button", name="Send me the code").click()
        expect(page.locator("[name=code]")).to_be_visible()
        page.locator("[name=code]").fill(self.code_in(self.mail_to(guest, "guest_code")))
        press(page)
        expect(page.locator("[name=code]")).to_have_count(0)

    def enable(self, page: Page) -> None:
        """What support does in the admin when the attributes are mapped."""
        page.goto(f"/admin/onboarding/legalentity/{self.entity.pk}/change/")
        page.locator("a[href$='/enable/'], [name=_enable], .object-tools a").first.click()
        page.locator("main [type=submit], #content [type=submit]").last.click()
        self.entity.refresh_from_db()
        assert self.entity.is_enabled, page.locator("#content").inner_text()

    def link_in(self, mail: Mail) -> str:
        """The one address of the portal that the e-mail's text carries."""
        found = re.findall(rf"{re.escape(self.url)}\S+", mail.text)
        assert len(set(found)) == 1, mail.text
        return str(found[0])


def _host(url: str) -> str:
    return url.split("//")[1].split(":", maxsplit=1)[0]


@pytest.fixture
def stage(
    transactional_db: None,
    live_server: LiveServer,
    settings: LazySettings,
    browser: Browser,
    request: pytest.FixtureRequest,
) -> Iterator[Stage]:
    """The wizard at its beginning: a company with one Dutch entity, nothing done."""
    url = live_server.url.replace("localhost", "127.0.0.1")  # as the demo, and as look.py sets its cookie
    settings.PORTAL_URL = url
    settings.ALLOWED_HOSTS = ["*"]
    simulator: Simulator = request.getfixturevalue("simulator")  # knows the address to come back to
    settings.LOKET_FILTER_URL = f"{simulator.url}/globalfilter-microservice"
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"] = [SELF, simulator.url]
    settings.CONTENT_SECURITY_POLICY = policy
    company = CompanyFactory(name="Tulp Horeca")
    entity = EntityFactory(company=company, name=NAME, enabled_at=None)
    people = {
        "anna": member(entity, first_name="Anna", last_name="de Boer", email="anna@tulphoreca.example"),
        "piet": member(
            entity, Role.Preset.PAYROLL_MANAGER, first_name="Piet", last_name="Visser", email="piet@tulphoreca.example"
        ),
        "sam": UserFactory(first_name="Sam", last_name="Support", is_staff=True, is_superuser=True),
        "sem": UserFactory(first_name="Sem", last_name="Support", is_staff=True, is_superuser=True),
    }
    made = Stage(url, simulator, browser, company, entity, **people)
    yield made
    for page in made.pages:
        page.context.close()


def press(page: Page, within: str = "main") -> None:
    """The one button of the page that moves things forward."""
    page.locator(f"{within} .button.primary").last.click()


def check_now(page: Page) -> None:
    """Asks Loket from the page of a task; the answer comes in its place."""
    page.get_by_role("button", name="Check now").click()


def expect_status(page: Page, status: str) -> None:
    """The page of a task says where the task stands."""
    expect(page.locator(".task-status .tag")).to_have_text(status)


def expect_on_hub(page: Page, key: StepKey, status: str, *said: str) -> None:
    """The hub says where a task stands, and in its line all of `said`."""
    expect(page.locator(f"#s-{key}")).to_have_text(status)
    for text in said:
        expect(page.locator(f"#h-{key}")).to_contain_text(text)


def expect_stop(page: Page, name: str, *said: str) -> None:
    """A page where somebody can't go on says what to do and who does it, to everybody who reads it."""
    for text in said:
        expect(page.locator("main")).to_contain_text(text)
    look_once(page, name)


def read_mapping() -> dict[str, Any]:
    """The default mapping of the roster, which support publishes."""
    found: dict[str, Any] = yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8"))
    return found


def at_loket(page: Page, username: str = USERNAME) -> None:
    """Signs in on Loket's pages, in Dutch, with the second factor."""
    expect(page.get_by_label("Gebruikersnaam")).to_be_visible()
    page.get_by_label("Gebruikersnaam").fill(username)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    page.locator("input[name=code]").fill(SECOND_FACTOR)
    page.locator("button[type=submit]").first.click()
