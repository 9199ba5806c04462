"""After each journey with the demo its secrets are looked for; what is planted is found."""

import pytest
from playwright.sync_api import Page

from tests.journeys.demo import Demo
from tests.journeys.listening import Ears, found_in
from tests.secrets import Said, of_files

pytestmark = pytest.mark.browser

SECRET = "linde-demo-secret"


def test_a_secret_that_a_page_shows_or_the_terminal_is_found(page: Page, demo: Demo, ears: Ears) -> None:
    page.goto(demo.url)
    page.locator("[name=login]").fill(f"{SECRET}@tulphoreca.example")
    page.get_by_label("Password").fill("wrong")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    assert found_in(demo, ears) == ["the client secret of Personio: page POST /account/login/"]
    ears.said.clear()

    length = demo.log.stat().st_size
    with demo.log.open("a") as output:
        output.write(f"signed in with {SECRET}\n")
    assert found_in(demo, ears) == ["the client secret of Personio: the demo's output"]
    with demo.log.open("r+") as output:
        output.truncate(length)
    assert found_in(demo, ears) == []


def test_every_secret_of_the_demo_is_known(page: Page, demo: Demo, ears: Ears) -> None:
    page.goto(demo.url)
    present = of_files(demo.folder)
    kinds = {name.rstrip("0123456789 ") for name in present}
    assert {"the client secret of Personio", "the client secret of Loket", "the client id of Personio"} < kinds
    assert any(name.startswith("token") for name in kinds)
    for name, secret in present.items():
        heard = Ears()
        heard.said = [*ears.said, Said("page GET /", f"<p>{secret}</p>")]
        assert found_in(demo, heard) == [f"{name}: page GET /"]
