"""The main job as people do it: a browser, the real worker, the simulator over HTTP, all as `make demo` starts them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.demo import ROOT, Demo
from tests.journeys.look import look, look_at_refusal
from tests.journeys.main_job import LINDE, TULP, Firm, check_end, connect, preview, sign_in, sign_out, sync

pytestmark = pytest.mark.browser

SAMPLE = ROOT / "docs" / "samples" / "roster.csv"


def open_entity(page: Page, demo: Demo, firm: Firm) -> None:
    """The payroll manager comes to the legal entity."""
    sign_in(page, demo, firm, firm.payroll_manager)
    page.get_by_role("link", name=firm.name).click()


def test_a_roster_of_sixty_reaches_loket(page: Page, demo: Demo, tmp_path: Path) -> None:
    page.set_default_timeout(20_000)
    untouched = demo.state(TULP.name)
    page.goto(demo.url)
    look(page, "sign in")
    connect(page, demo, TULP)

    open_entity(page, demo, TULP)
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

    preview(page, demo, TULP, untouched)
    sync(page, TULP)
    check_end(demo, TULP, tmp_path / "record.jsonl")


def test_the_same_sixty_from_personio_come_to_the_same(page: Page, demo: Demo, tmp_path: Path) -> None:
    page.set_default_timeout(20_000)
    untouched, other = demo.state(LINDE.name), demo.state(TULP.name)

    # Before it is connected nothing was read, and there is nothing to upload.
    open_entity(page, demo, LINDE)
    page.get_by_role("link", name="Personio", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("The people were not read from Personio yet")
    expect(page.locator("input[type=file]")).to_have_count(0)
    look(page, "Personio, not read yet")
    page.get_by_role("link", name="People", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("The people were not read from Personio yet")
    look(page, "people, not read yet")
    sign_out(page)
    connect(page, demo, LINDE)

    open_entity(page, demo, LINDE)
    preview(page, demo, LINDE, untouched)
    page.get_by_role("link", name="Personio", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("61 people in this legal entity")
    expect(page.locator("main")).to_contain_text("2 people have no legal entity in Personio")
    look(page, "Personio, read")
    page.get_by_role("link", name="People", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("Souschef")  # somebody's next job, with its day
    look(page, "people, read")
    page.get_by_role("link", name="Preview", exact=True).first.click()
    sync(page, LINDE)
    check_end(demo, LINDE, tmp_path / "record.jsonl")
    assert demo.state(TULP.name) == other, "the other company has nothing to do with it"
