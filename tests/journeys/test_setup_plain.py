"""The setup in a browser without JavaScript: every form of it works, and says what was done."""

import pytest
from playwright.sync_api import expect

from mapping import services as mappings
from onboarding.services import entities
from onboarding.steps import StepKey
from tests.factories import previewed
from tests.journeys.wizard import (
    GUEST,
    KVK_NUMBER,
    NAME,
    TAX_ID,
    Stage,
    at_loket,
    check_now,
    expect_status,
    press,
    read_mapping,
)

pytestmark = pytest.mark.browser


def test_all_nine_tasks_without_javascript(stage: Stage) -> None:
    piet = stage.page_of(stage.piet, has_javascript=False)
    anna = stage.page_of(stage.anna, has_javascript=False)
    joris = stage.page_of(has_javascript=False)

    piet.goto(stage.setup(StepKey.PAYROLL_PERSON))
    piet.get_by_role("radio", name="Somebody outside").check()
    piet.locator("[name=name]").fill("Joris Jansen")
    piet.locator("[name=email]").fill(GUEST)
    press(piet)
    expect_status(piet, "Completed")
    for page in (piet, anna):
        page.goto(stage.setup(StepKey.SCOPE))
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        press(page)
        expect(page.locator("main")).to_contain_text("You have confirmed this")
    expect_status(anna, "Completed")
    anna.goto(stage.setup(StepKey.LEGAL_ENTITY))
    anna.locator("[name=kvk_number]").fill("12")
    press(anna)
    expect(anna.get_by_role("alert")).to_contain_text("A KvK number has 8 digits")
    anna.locator("[name=kvk_number]").fill(KVK_NUMBER)
    anna.locator("[name=tax_id]").fill(TAX_ID)
    press(anna)
    expect_status(anna, "Completed")
    anna.goto(stage.setup(StepKey.PERMISSIONS))
    press(anna)
    expect_status(anna, "Completed")

    joris.goto(stage.link_in(stage.mail_to(GUEST, "assigned")))
    press(joris)
    joris.get_by_role("link", name="Create the integration user in Loket").click()
    stage.confirm(joris, GUEST)
    for box in joris.locator("input[name=rights]").all():
        box.check()
    joris.get_by_role("button", name="Save the ticks").click()
    expect(joris.locator("main")).to_contain_text("Your ticks are saved.")
    joris.get_by_role("button", name="Done").click()
    expect(joris.locator("main")).to_contain_text("Thank you. Piet Visser sees that it is done.")
    joris.get_by_role("link", name="Create the integration user in Loket").click()
    joris.get_by_role("button", name="Sign in at Loket and check").click()
    at_loket(joris)
    expect_status(joris, "Verified")
    check_now(joris)
    expect(joris.locator("main")).to_contain_text("no problem found")

    piet.goto(stage.setup(StepKey.LOKET_ACCOUNT))
    check_now(piet)
    expect_status(piet, "Verified")
    piet.goto(stage.setup(StepKey.BOOKING))
    piet.locator("[name=accountant_name]").fill("Joris Jansen")
    press(piet)
    expect_status(piet, "Completed")
    mappings.publish(stage.company, read_mapping())
    entities.enable(previewed(stage.entity), stage.sam)

    anna.goto(stage.setup(StepKey.AUTHORIZE))
    press(anna)
    press(anna)
    at_loket(anna)
    anna.get_by_role("radio", name=NAME).check()
    anna.locator("[name=typed_name]").fill(NAME)
    press(anna)
    expect(anna.locator("main")).to_contain_text(f"{NAME} is connected to {NAME} in Loket.")
    anna.goto(stage.setup())
    expect(anna.locator("main")).to_contain_text("9 of 9 done.")
