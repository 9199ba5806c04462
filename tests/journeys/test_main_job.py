"""The main job as people do it: a browser, the real worker, the simulator over HTTP, all as `make demo` starts them."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.contract.plugin import check_record, need_document
from tests.journeys.demo import ROOT, Demo
from tests.journeys.look import look, look_at_refusal, look_once

pytestmark = pytest.mark.browser

EXPECTED = Path(__file__).with_name("expected.json")
SAMPLE = ROOT / "docs" / "samples" / "roster.csv"
NAME = "Tulp Horeca B.V."
MINUTE = 60_000


def sign_in(page: Page, demo: Demo, who: str) -> None:
    page.goto(demo.url)
    page.locator("[name=login]").fill(f"{who}@tulphoreca.example")
    page.get_by_label("Password").fill("tulp-demo-2026")
    page.get_by_role("button", name="Sign in").click()


def sign_in_at_loket(page: Page) -> None:
    expect(page.get_by_label("Gebruikersnaam")).to_be_visible()
    page.get_by_label("Gebruikersnaam").fill("integratie@tulphoreca.example")
    page.get_by_label("Wachtwoord").fill("wrong")
    page.locator("button[type=submit]").first.click()
    expect(page.get_by_role("alert").first).to_be_visible()
    look_once(page, "Loket: wrong password")
    page.get_by_label("Gebruikersnaam").fill("integratie@tulphoreca.example")
    page.get_by_label("Wachtwoord").fill("loket-demo")
    page.locator("button[type=submit]").first.click()
    look_once(page, "Loket: code")
    page.locator("input[name=code]").fill("123456")
    page.locator("button[type=submit]").first.click()


def test_a_roster_of_sixty_reaches_loket(page: Page, demo: Demo, tmp_path: Path) -> None:
    page.set_default_timeout(20_000)
    untouched = demo.state()
    page.goto(demo.url)
    look(page, "sign in")

    # The administrator connects.
    sign_in(page, demo, "anna")
    look(page, "entities")
    page.get_by_role("link", name=NAME).click()
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
    sign_in_at_loket(page)

    # The administration: those with a shared, missing or ended tax ID can't be chosen.
    expect(page.get_by_role("radio")).to_have_count(1)
    closed = page.locator(".choice.closed")
    expect(closed).to_have_count(4)
    expect(closed.filter(has=page.get_by_role("heading", name="Tulp Catering"))).to_contain_text("Tulp Events")
    expect(closed.filter(has=page.get_by_role("heading", name="Tulp Vakantiehuis"))).to_contain_text("no tax ID")
    look(page, "choose")

    def wrong_name() -> None:
        page.get_by_label(NAME).check()
        page.locator("#id_typed_name").fill("Tulp")
        page.locator("main form button[type=submit]").click()
        expect(page.locator("#id_typed_name")).to_have_value("Tulp")
        expect(page.locator("[data-focus]")).to_be_focused()

    look_at_refusal(page, "choose, wrong name", wrong_name)
    page.locator("#id_typed_name").fill(NAME)
    page.get_by_role("button", name="Connect this administration").click()
    look(page, "entity, connected")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()

    # The payroll manager uploads, looks, syncs.
    sign_in(page, demo, "piet")
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Roster", exact=True).first.click()
    look(page, "roster, none")
    (tmp_path / "holiday.csv").write_text("day;hours\n1;8\n", "utf-8")

    def wrong_file() -> None:
        page.locator("input[type=file]").set_input_files(tmp_path / "holiday.csv")
        page.locator("main form button[type=submit]").click()
        expect(page.get_by_role("alert").first).to_contain_text(re.compile("Employee number|Personeelsnummer"))

    look_at_refusal(page, "roster, refused", wrong_file)
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("People")
    look(page, "people")

    page.get_by_role("link", name="Preview", exact=True).first.click()
    look(page, "preview, none")
    page.get_by_role("button", name="Make a preview").click()
    expect(page.get_by_text("Not yet sent").first).to_be_visible(timeout=MINUTE)
    assert demo.state() == untouched, "a preview writes nothing"
    assert demo.writes() == [], "the simulator's log proves it"
    page.get_by_role("link", name="Preview", exact=True).first.click()
    look(page, "preview")

    page.get_by_role("link", name="Sync with Loket.nl").first.click()
    look(page, "sync, confirm")
    page.get_by_role("button", name="Sync with Loket.nl").click()
    # The result comes by itself: how many of each, and first of all who needs somebody, with the field and the fix.
    expect(page.get_by_text("BSN").first).to_be_visible(timeout=MINUTE)
    page.get_by_role("link", name="Last sync", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Last sync")
    for chip in ("Blocked or failed 6", "New 22", "Changed 15", "Unchanged 12", "Not in the sync 5", "Not yet sent 5"):
        expect(page.get_by_role("link", name=re.compile(chip.replace(" ", r"\s+"))).first).to_be_visible()
    people = page.locator("main").inner_text()
    assert people.index("Patrick Willems") < people.index("Youssef el Amrani"), "blocked before changed"
    assert re.search(r"BSN.*938.*eleven.test", people, re.DOTALL), "the field and what is wrong, the value masked"
    assert not re.search(r"\b\d{9}\b", people), "no BSN unmasked"
    look(page, "last sync")
    page.get_by_role("link", name="Overview", exact=True).first.click()
    look(page, "entity, synced")

    # What Loket has now is what a person wrote down beforehand; what nobody mapped is in there, as it was.
    assert demo.state() == json.loads(EXPECTED.read_text("utf-8"))
    need_document()
    assert check_record(tmp_path / "record.jsonl") == []
    assert "Traceback" not in demo.said
