"""The main job in a browser, step by step, for either of the demo's companies: one on a roster, one on Personio."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.contract.plugin import check_record, need_document
from tests.expected import world
from tests.journeys.demo import Demo
from tests.journeys.look import look, look_at_refusal, look_once

MINUTE = 60_000
ASKED = "The bank account of 2 people changes."


@dataclass(frozen=True)
class Firm:
    """A company of the demo; its entity and administrations are named after it. `skipped` people are not in the sync."""

    brand: str
    administrator: str
    payroll_manager: str
    skipped: int

    @property
    def name(self) -> str:
        """Of the legal entity, of its administration at Loket, and of the employer there."""
        return f"{self.brand} Horeca B.V."

    def address(self, who: str) -> str:
        """The e-mail address of somebody who works there, which is also how to sign in at Loket."""
        return f"{who}@{self.brand.lower()}horeca.example"

    def expected(self) -> dict[str, Any]:
        """What Loket has when all is done: what a person wrote down beforehand, for Tulp."""
        return world(self.name)


TULP = Firm("Tulp", "anna", "piet", skipped=5)
LINDE = Firm("Linde", "bo", "mila", skipped=6)  # and one of Linde Catering, who moves here later


def sign_in(page: Page, demo: Demo, firm: Firm, who: str) -> None:
    page.goto(demo.url)
    page.locator("[name=login]").fill(firm.address(who))
    page.get_by_label("Password").fill("tulp-demo-2026")
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()


def sign_in_at_loket(page: Page, firm: Firm) -> None:
    expect(page.get_by_label("Gebruikersnaam")).to_be_visible()
    page.get_by_label("Gebruikersnaam").fill(firm.address("integratie"))
    page.get_by_label("Wachtwoord").fill("wrong")
    page.locator("button[type=submit]").first.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look_once(page, "Loket: wrong password")
    page.get_by_label("Gebruikersnaam").fill(firm.address("integratie"))
    page.get_by_label("Wachtwoord").fill("loket-demo")
    page.locator("button[type=submit]").first.click()
    look_once(page, "Loket: code")
    page.locator("input[name=code]").fill("123456")
    page.locator("button[type=submit]").first.click()


def connect(page: Page, demo: Demo, firm: Firm) -> None:
    """The administrator connects the legal entity to its administration at Loket."""
    sign_in(page, demo, firm, firm.administrator)
    look(page, "entities")
    page.get_by_role("link", name=firm.name).click()
    expect(page.get_by_text("Loket.nl integration").first).to_be_visible()
    look(page, "entity, not connected")
    page.get_by_role("link", name="Connect Loket.nl").first.click()
    look(page, "connect")
    page.get_by_role("button", name="Connect Loket.nl").click()
    look_once(page, "Loket: sign in")
    page.get_by_role("button", name="Annuleren").or_(page.get_by_role("link", name="Annuleren")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You left Loket without signing in")
    look(page, "cancelled")
    page.get_by_role("button", name="Connect Loket.nl").click()
    sign_in_at_loket(page, firm)
    choose(page, firm)
    look(page, "entity, connected")
    sign_out(page)


def choose(page: Page, firm: Firm) -> None:
    """The administration: those with a shared, missing or ended tax ID can't be chosen."""
    expect(page.get_by_role("radio")).to_have_count(1)
    closed = page.locator(".choice.closed")
    expect(closed).to_have_count(4)
    for name, why in (("Catering", f"{firm.brand} Events"), ("Vakantiehuis", "no tax ID")):
        heading = page.get_by_role("heading", name=f"{firm.brand} {name}")
        expect(closed.filter(has=heading)).to_contain_text(why)
    look(page, "choose")

    def wrong_name() -> None:
        page.get_by_label(firm.name).check()
        page.locator("#id_typed_name").fill(firm.brand)
        page.locator("main form button[type=submit]").click()
        expect(page.locator("#id_typed_name")).to_have_value(firm.brand)
        expect(page.locator("[data-focus]")).to_be_focused()

    look_at_refusal(page, "choose, wrong name", wrong_name)
    page.locator("#id_typed_name").fill(firm.name)
    page.get_by_role("button", name="Connect this administration").click()


def preview(page: Page, demo: Demo, firm: Firm, untouched: dict[str, object]) -> None:
    """The payroll manager looks what a sync would send; nothing is written."""
    page.get_by_role("link", name="Preview", exact=True).first.click()
    _let_a_comparison_end(page)
    look(page, "preview, none")
    page.get_by_role("button", name=re.compile("Make a (new )?preview")).first.click()
    expect(page.get_by_role("link", name=re.compile(r"New\s+22")).first).to_be_visible(timeout=MINUTE)
    expect(page.locator("main")).to_contain_text(ASKED)
    assert demo.state(firm.name) == untouched, "a preview writes nothing"
    assert demo.writes() == [], "the simulator's log proves it"
    page.get_by_role("link", name="Preview", exact=True).first.click()
    look(page, "preview")


def _let_a_comparison_end(page: Page) -> None:
    """One that began by itself, within a minute of the connection, shows its progress instead of the button."""
    for _second in range(60):
        if page.get_by_role("button", name=re.compile("Make a (new )?preview")).count():
            return
        page.wait_for_timeout(1000)
        page.reload()


def sync(page: Page, firm: Firm) -> None:
    """The payroll manager syncs, and sees how many of each, and first of all who needs somebody and why."""
    page.get_by_role("link", name="Sync with Loket.nl").first.click()
    look(page, "sync, confirm")
    page.get_by_role("button", name="Sync with Loket.nl").click()
    agree(page)
    # The result comes by itself.
    expect(page.locator("main").get_by_text("BSN").first).to_be_visible(timeout=MINUTE)
    page.get_by_role("link", name="Last sync", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Last sync")
    left_out = f"Not in the sync {firm.skipped}"
    for chip in ("Blocked or failed 6", "New 22", "Changed 17", "Unchanged 10", left_out):
        expect(page.get_by_role("link", name=re.compile(chip.replace(" ", r"\s+"))).first).to_be_visible()
    people = page.locator("main").inner_text()
    assert people.index("Patrick Willems") < people.index("Youssef el Amrani"), "blocked before changed"
    assert re.search(r"BSN.*938.*eleven.test", people, re.DOTALL), "the field and what is wrong, the value masked"
    assert not re.search(r"\b\d{9}\b", people), "no BSN unmasked"
    look(page, "last sync")
    page.get_by_role("link", name="Overview", exact=True).first.click()
    look(page, "entity, synced")


def agree(page: Page) -> None:
    """The sync asks by itself about the bank accounts; the payroll manager agrees."""
    expect(page.locator("legend").get_by_text(ASKED)).to_be_visible(timeout=MINUTE)
    look(page, "sync, asks")

    def say_nothing() -> None:
        page.locator("button[value=go_on]").click()
        expect(page.locator("fieldset.wrong")).to_be_visible()

    look_at_refusal(page, "sync, not answered", say_nothing)
    expect(page.locator("main")).to_contain_text("Choose whether the bank accounts are sent or left out.")
    page.get_by_label("Send: they were asked, and it is right").check()
    page.get_by_role("button", name="Go on").click()


def check_end(demo: Demo, firm: Firm, record: Path) -> None:
    """What Loket has now is what a person wrote down beforehand; what nobody mapped is in there, as it was."""
    assert demo.state(firm.name) == firm.expected()
    need_document()
    assert check_record(record) == []
    assert "Traceback" not in demo.said
