"""What every page of a journey must stand: axe finds nothing, in both languages, at desktop and phone width.

In the first language axe looks for everything, at both widths; in the other one for what words can change.
"""

import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (1280, 360)
LANGUAGES = ("en", "nl")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "async (options) => (await axe.run(document, options)).violations"
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
"""For the first language of a page."""
IN_OTHER_WORDS = {**OPTIONS, "rules": {"color-contrast": {"enabled": False}}}
"""For the same page in the other language, which has the same colours: they take axe as long as all else together."""
ONLY_NARROWER = {
    "runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}
"""For that one at phone width: what words of another length may change there."""
CHANGING = re.compile(r'(name="csrfmiddlewaretoken" value=)"[^"]*"')
"""What differs in a page each time that it is loaded, and is nothing that axe looks at."""
_clean: set[tuple[int, str, str]] = set()
"""Pages, by width, options and HTML, in which axe has found nothing: looking at the same again can find nothing else."""


def look(page: Page, name: str) -> None:
    """Checks the page as it stands at both widths, then in the other language, and comes back to the first."""
    here = _language(page)
    for language in (here, *(other for other in LANGUAGES if other != here)):
        _speak(page, language)
        look_once(page, f"{name} [{language}]", is_seen=language != here)
    _speak(page, here)


def look_once(page: Page, name: str, *, is_seen: bool = False) -> None:
    """Checks the page as it stands, at both widths, without loading it again. `is_seen`: in the other language it was
    looked at already."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = _violations(page, width, _options(width, is_seen=is_seen))
        assert not found, f"{name} at {width}: " + "; ".join(
            f"{v['id']} ({v['help']}): {[node['target'] for node in v['nodes']][:3]}" for v in found
        )
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} pixels at {width}"
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def _options(width: int, *, is_seen: bool) -> dict[str, Any]:
    if not is_seen:
        return OPTIONS
    return IN_OTHER_WORDS if width == WIDTHS[0] else ONLY_NARROWER


def _violations(page: Page, width: int, options: dict[str, Any]) -> list[dict[str, Any]]:
    """What axe finds. It is read into a page once, and tells what is wrong only: that takes half the time."""
    it = width, str(options), CHANGING.sub(r"\1", page.content())
    if it in _clean:
        return []
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(RUN, options)
    if not found:
        _clean.add(it)
    return found


def look_at_refusal(page: Page, name: str, refused: Callable[[], None]) -> None:
    """Checks the answer to a form with a fault in both languages; `refused` fills the form in and sends it."""
    here = _language(page)
    for language in (*(other for other in LANGUAGES if other != here), here):
        _speak(page, language)
        refused()
        assert _language(page) == language
        look_once(page, f"{name} [{language}]", is_seen=language == here)


def _language(page: Page) -> str:
    return str(page.locator("html").get_attribute("lang"))


def _speak(page: Page, language: str) -> None:
    if _language(page) != language:
        page.context.add_cookies([{"name": "django_language", "value": language, "domain": "127.0.0.1", "path": "/"}])
        page.reload()
        assert _language(page) == language
