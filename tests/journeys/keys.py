"""A person who has a keyboard and no mouse: gets everywhere with Tab, and always sees where he is."""

from playwright.sync_api import Locator, Page

FARTHEST = 120  # presses of Tab; no page of the setup has so many places

IS_SEEN = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const outlined = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const frame = it.closest(".choice");  // a choice is outlined as a whole
  return it.matches(":focus-visible") && box.width > 1 && box.height > 1 && (outlined(it) || frame && outlined(frame));
}"""
NAME = "document.activeElement.outerHTML.slice(0, 160)"


def tab_to(page: Page, place: Locator) -> None:
    """Presses Tab until this place has the focus; wherever the focus is on the way, it can be seen."""
    place.wait_for()
    for _press in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue  # once around: the browser's own places come before the first of the page
        assert page.evaluate(IS_SEEN), f"the focus is not seen on {page.evaluate(NAME)}"
        if place.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {place}")


def press_on(page: Page, place: Locator, key: str = "Enter") -> None:
    """Goes there and presses Enter, as on a link or a button, or Space, as on a box to tick."""
    tab_to(page, place)
    page.keyboard.press(key)


def type_into(page: Page, place: Locator, text: str) -> None:
    """Goes there and types, in place of what was there."""
    tab_to(page, place)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
