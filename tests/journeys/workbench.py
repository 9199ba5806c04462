"""The mapping workbench as support works in it with a mouse: rows, their editors, what stands beside them."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass
class Workbench:
    """A browser in the workbench of one company; fields go by what they are called on the screen."""

    page: Page
    company_pk: int

    @property
    def url(self) -> str:
        """The address of the workbench."""
        return f"/admin/mapping/mappingset/workbench/{self.company_pk}/personio/"

    def row(self, field: str) -> Locator:
        """The line of a field, with its editor where it is open."""
        return self.page.locator(".target").filter(has=self.page.get_by_role("link", name=field, exact=True))

    def open(self, field: str) -> Locator:
        """Opens the editor of a field; the one that was open closes by itself."""
        self.row(field).locator(".opens").click()
        editor = self.row(field).locator(".editor")
        expect(editor).to_be_visible()
        expect(self.page.locator(".editor")).to_have_count(1)
        return editor

    def take(self, field: str, attribute: str, reason: str) -> None:
        """Takes a suggestion that says why it is one."""
        suggestion = re.compile(rf"^\s*{re.escape(attribute)}\s+{re.escape(reason)}\s*$")
        self.open(field).get_by_role("button", name=suggestion).click()
        self.says(f"{field} is connected.")
        expect(self.row(field).get_by_role("row").first).to_contain_text(attribute)

    def set(self, field: str, **settings: str) -> None:
        """Chooses settings of a field by their labels, and saves it."""
        editor = self.open(field)
        for name, wanted in settings.items():
            place = editor.locator(f".settings [name={name}]")
            if place.evaluate("it => it.tagName") == "SELECT":
                place.select_option(label=wanted)
            else:
                place.fill(wanted)
        self.save(field)

    def decide(self, field: str, button: str) -> Locator:
        """Opens the editor of a field, and in it the decision that this button makes."""
        editor = self.open(field)
        editor.locator(f"details:has([name={button}]) > summary").click()
        return editor

    def save(self, field: str) -> None:
        """Saves what was typed; the editor closes."""
        self.row(field).get_by_role("button", name="Save").last.click()
        self.says(f"{field} is saved.")
        expect(self.page.locator(".editor")).to_have_count(0)

    def says(self, text: str) -> None:
        """The workbench tells what it did."""
        expect(self.page.locator("#bench-said")).to_have_text(text)

    def state(self, field: str, text: str) -> None:
        """Where a field stands, in a word."""
        expect(self.row(field).locator(".tag").first).to_have_text(text)
