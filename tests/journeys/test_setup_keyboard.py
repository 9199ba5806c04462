"""The setup by keyboard alone: nothing here moves or clicks a mouse, and the focus is seen wherever it is."""

import pytest
from playwright.sync_api import expect

from loket_portal.simulator.options import PASSWORD, SECOND_FACTOR, USERNAME
from onboarding.models import Acknowledgement, Connection
from onboarding.steps import StepKey
from onboarding.texts import SCOPE_POINTS, SCOPE_VERSION
from tests.journeys.keys import press_on, tab_to, type_into
from tests.journeys.ready import TASKS, check_sign_in, prepare
from tests.journeys.wizard import GUEST, NAME, Stage, expect_status

pytestmark = pytest.mark.browser


def test_a_payroll_manager_prepares_checks_and_books_by_keyboard(stage: Stage) -> None:
    for key in (StepKey.LEGAL_ENTITY, StepKey.PERMISSIONS):
        TASKS[key](stage)
    Acknowledgement.objects.create(
        company=stage.company, user=stage.anna, text_version=SCOPE_VERSION, at=stage.long_ago
    )
    piet = stage.page_of(stage.piet)
    piet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    piet.goto(stage.setup())
    press_on(piet, piet.get_by_role("link", name="Continue"))

    tab_to(piet, piet.get_by_role("radio", name="A colleague"))
    piet.keyboard.press("ArrowDown")
    expect(piet.get_by_role("radio", name="Somebody outside")).to_be_checked()
    type_into(piet, piet.locator("[name=name]"), "Joris Jansen")
    type_into(piet, piet.locator("[name=email]"), GUEST)
    press_on(piet, piet.get_by_role("button", name="Name and invite this person"))
    expect_status(piet, "Completed")

    press_on(piet, piet.get_by_role("link", name="Understand what the integration does"))
    boxes = piet.locator("main input[type=checkbox]")
    expect(boxes).to_have_count(len(SCOPE_POINTS))
    for box in boxes.all():
        press_on(piet, box, "Space")
    press_on(piet, piet.get_by_role("button", name="I confirm this"))
    expect_status(piet, "Completed")

    press_on(piet, piet.get_by_role("link", name="Back to the setup"))
    press_on(piet, piet.locator(".task").get_by_role("link", name="Create the integration user"))
    first = piet.locator("input[name=rights]").first
    press_on(piet, first, "Space")
    expect(piet.locator("#ticks-saved")).to_contain_text("1 of 15")
    expect(first).to_be_focused()
    press_on(piet, piet.locator(".ticks li .copy").first)
    expect(piet.locator("body > [role=status]")).to_have_text("Copied")
    assert piet.evaluate("navigator.clipboard.readText()") == "Applicatiebeheer werkgever"

    check_sign_in(stage)
    piet.reload()
    again = piet.get_by_role("button", name="Check now")
    said = piet.locator("#checks-said")
    stage.misbehave(no_two_factor=True)
    press_on(piet, again)
    expect(said).to_contain_text("1 problem")
    expect(again).to_be_focused()
    stage.misbehave(no_two_factor=False)
    piet.keyboard.press("Enter")
    expect(said).to_contain_text("no problem found")
    expect_status(piet, "Verified")

    press_on(piet, piet.get_by_role("link", name="Back to the setup"))
    press_on(piet, piet.locator(".task").get_by_role("link", name="Book the integration"))
    press_on(piet, piet.get_by_role("button", name="Book the integration"))
    expect_status(piet, "Completed")


def test_an_administrator_signs_in_and_chooses_by_keyboard(stage: Stage) -> None:
    prepare(stage, upto=StepKey.AUTHORIZE)
    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup())
    press_on(anna, anna.get_by_role("link", name="Continue"))
    press_on(anna, anna.get_by_role("link", name="Connect Loket.nl"))
    press_on(anna, anna.get_by_role("button", name="Connect Loket.nl"))
    type_into(anna, anna.get_by_label("Gebruikersnaam"), USERNAME)
    type_into(anna, anna.get_by_label("Wachtwoord"), PASSWORD)
    anna.keyboard.press("Enter")
    type_into(anna, anna.get_by_label("Verificatiecode"), SECOND_FACTOR)
    anna.keyboard.press("Enter")
    press_on(anna, anna.get_by_role("radio", name=NAME), "Space")
    expect(anna.locator("[data-to-type] .typed")).to_have_text(NAME)
    type_into(anna, anna.locator("[name=typed_name]"), "Tulp")
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("alert")).to_be_focused()
    expect(anna.get_by_role("alert")).to_contain_text("This is not the name of the administration you chose.")
    type_into(anna, anna.locator("[name=typed_name]"), NAME)
    anna.keyboard.press("Enter")
    expect(anna.locator("main")).to_contain_text(f"{NAME} is connected to {NAME} in Loket.")
    assert Connection.objects.get().linked_by == stage.anna
