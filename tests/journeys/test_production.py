"""The main job in a browser on the production form: PostgreSQL, Redis, gunicorn, a Celery worker, beat, HTTPS in front."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from scripts.services import Production
from tests.journeys import main_job
from tests.journeys.demo import ROOT, AtLoket
from tests.journeys.main_job import TULP
from tests.production import production
from tests.secrets import Said, hidden_by, leaks

pytestmark = pytest.mark.browser

SAMPLE = ROOT / "docs" / "samples" / "roster.csv"
LOGS = ("web", "worker", "beat", "redis", "db")


class Portal(AtLoket):
    """The production form as the steps of the main job know the demo."""

    def __init__(self, production: Production) -> None:
        self.production, self.url, self.loket = production, production.url, production.loket

    @property
    def said(self) -> str:
        """All that its services have logged."""
        return "\n".join(self.production.said(name) for name in LOGS)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Nobody has signed the certificate of the proxy in front."""
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    record = str(tmp_path / "record.jsonl")
    with production(SIMULATOR_RECORD=record) as running:
        yield Portal(running.start())


@pytest.fixture
def unlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    """How the pages look is seen in the other journeys."""

    def act(_page: Page, _name: str, refuse: Callable[[], None]) -> None:
        refuse()

    for name in ("look", "look_once"):
        monkeypatch.setattr(main_job, name, lambda _page, _name: None)
    monkeypatch.setattr(main_job, "look_at_refusal", act)


def secrets_of(production: Production) -> dict[str, str]:
    """What may be in no log, by what it is."""
    folder = production.machine.folder
    with closing(sqlite3.connect(folder / "var" / "simulator.sqlite3")) as world:
        facts = dict(world.execute("SELECT name, value FROM facts"))
        tokens = world.execute("SELECT access, refresh FROM tokens").fetchall()
    found = hidden_by(json.loads(facts.get("personio_secrets", "[]")), tokens)
    own = ("secret_key", "field_encryption_keys", "loket_client_secret")
    return found | {name: (folder / "secrets" / name).read_text("utf-8") for name in own}


@pytest.mark.usefixtures("unlooked")
def test_a_roster_of_sixty_reaches_loket_over_https(page: Page, portal: Portal, tmp_path: Path) -> None:
    page.set_default_timeout(20_000)
    untouched = portal.state(TULP.name)
    main_job.connect(page, portal, TULP)
    main_job.sign_in(page, portal, TULP, TULP.payroll_manager)
    page.get_by_role("link", name=TULP.name).click()
    page.get_by_role("link", name="Roster", exact=True).first.click()
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("People")
    main_job.preview(page, portal, TULP, untouched)
    main_job.sync(page, TULP)
    main_job.check_end(portal, TULP, tmp_path / "record.jsonl")

    cookies = {cookie["name"]: cookie for cookie in page.context.cookies(portal.url)}
    assert {"__Host-sessionid", "__Host-csrftoken"} <= set(cookies)
    assert all(cookie["secure"] for cookie in cookies.values())
    logs = [Said(f"log of {name}", portal.production.said(name)) for name in LOGS]
    assert leaks(secrets_of(portal.production), logs) == []
    ready = requests.get(f"{portal.url}/readyz", verify=portal.production.certificate, timeout=10)
    assert (ready.status_code, "Strict-Transport-Security" in ready.headers) == (200, True)
