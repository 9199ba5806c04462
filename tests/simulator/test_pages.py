"""The sign-in pages in a real browser: they work, no accessibility fault, at 1280 and 360 pixels (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Playwright

from loket_portal.simulator import Simulator
from loket_portal.simulator.options import PASSWORD, SECOND_FACTOR, USERNAME
from tests.chromium import ARGUMENTS, CHROMIUM, MISSING
from tests.simulator.loket import BACK, Loket

pytestmark = pytest.mark.browser
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(params=[1280, 360])
def window(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of Debian's Chromium; everything outside the simulator is answered with an empty page."""
    if not CHROMIUM:
        pytest.skip(MISSING)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    page = browser.new_page(viewport={"width": request.param, "height": 740})
    page.route(f"{BACK}**", lambda route: route.fulfill(body="back", content_type="text/html"))
    yield page
    browser.close()


def check(page: Page) -> None:
    """No axe violation, and nothing to scroll sideways."""
    found = Axe().run(page, options=STANDARD)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_whole_sign_in(simulator: Simulator, window: Page) -> None:
    loket = Loket(simulator.url)
    window.goto(loket.open_sign_in().url)
    check(window)
    window.get_by_label("Gebruikersnaam").fill(USERNAME)
    window.get_by_label("Wachtwoord").fill("fout")
    window.keyboard.press("Enter")  # the first button, not Annuleren
    assert window.get_by_role("alert").inner_text() == "De gebruikersnaam of het wachtwoord is onjuist."
    assert window.get_by_label("Gebruikersnaam").input_value() == USERNAME
    check(window)
    window.get_by_label("Wachtwoord").fill(PASSWORD)
    window.get_by_role("button", name="Inloggen").click()
    check(window)
    window.get_by_label("Verificatiecode").fill("000000")
    window.get_by_role("button", name="Bevestigen").click()
    assert window.get_by_role("alert").is_visible()
    window.get_by_text("Oefengegevens tonen").click()
    check(window)
    window.get_by_label("Verificatiecode").fill(SECOND_FACTOR)
    window.get_by_role("button", name="Bevestigen").click()
    window.wait_for_url(f"{BACK}?code=*&state=s1")


def test_cancelling(simulator: Simulator, window: Page) -> None:
    sign_in = Loket(simulator.url).open_sign_in().url
    window.goto(sign_in)
    window.get_by_role("button", name="Annuleren").click()
    window.wait_for_url(f"{BACK}?error=access_denied&state=s1")
    window.goto(sign_in)
    assert window.get_by_role("heading", name="Inloggen kan niet").is_visible()
    check(window)
