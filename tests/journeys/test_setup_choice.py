"""Administrations that can't be chosen: why, who mends it, and the choice once it is mended."""

import pytest
from playwright.sync_api import Page, expect

from onboarding.models import Connection
from onboarding.services import logins, releases
from onboarding.steps import StepKey
from tests.factories import ConnectionFactory, EntityFactory
from tests.journeys.ready import prepare
from tests.journeys.wizard import NAME, TAX_ID, Stage, expect_on_hub, expect_stop, press
from tests.onboarding.trips import trip

pytestmark = pytest.mark.browser
MESSAGE = "A ready message to your accountant, in Dutch"


def chooser(stage: Stage) -> Page:
    """The administrator's list of administrations, right after the sign-in that authorizes."""
    trip(stage.entity, stage.anna)
    page = stage.page_of(stage.anna)
    page.goto(f"/entities/{stage.entity.pk}/administration/")
    return page


def choose(stage: Stage, page: Page) -> None:
    """Chooses the administration that is the entity's own, and sees all nine tasks done."""
    page.get_by_role("link", name="Load the list again").click()
    page.get_by_role("radio", name=NAME).check()
    page.locator("[name=typed_name]").fill(NAME)
    press(page)
    expect(page.locator("main")).to_contain_text(f"{NAME} is connected to {NAME} in Loket.")
    page.goto(stage.setup())
    expect(page.locator("main")).to_contain_text("9 of 9 done.")
    expect_on_hub(page, StepKey.AUTHORIZE, "Verified")


def refusal(page: Page, name: str) -> str:
    """Why an administration of this name stands among those that can't be chosen."""
    closed = page.locator(".choice.closed").filter(has=page.get_by_role("heading", name=name, exact=True))
    return closed.locator(".why").inner_text()


def test_of_two_with_one_tax_id_neither_can_be_chosen_until_each_has_its_own(stage: Stage) -> None:
    prepare(stage, upto=StepKey.AUTHORIZE)
    stage.misbehave(tax_ids={"Tulp Events": TAX_ID})
    page = chooser(stage)
    expect_stop(
        page,
        "choice, shared tax ID",
        f"{NAME} and Tulp Events have the same tax ID",
        "Your payroll administrator or tax accountant can mend it:",
        "Request a loonheffingennummer of its own for each administration",
        MESSAGE,
    )
    assert "It shares its tax ID with Tulp Events." in refusal(page, NAME)
    assert f"It shares its tax ID with {NAME}" in refusal(page, "Tulp Events")
    page.locator("#message").get_by_text("Read it").click()
    expect(page.locator("#message")).to_contain_text(f'Hetzelfde loonheffingennummer staat bij "{NAME}" en')

    stage.misbehave(tax_ids={})
    choose(stage, page)


def test_one_without_a_tax_id_can_be_chosen_when_its_number_is_entered_in_loket(stage: Stage) -> None:
    prepare(stage, upto=StepKey.AUTHORIZE)
    stage.misbehave(tax_ids={NAME: None})
    page = chooser(stage)
    expect_stop(page, "choice, no tax ID", "It has no tax ID in Loket.", "Tulp Catering", MESSAGE)
    assert "Your payroll administrator or tax accountant enters the loonheffingennummer" in refusal(page, NAME)

    stage.misbehave(tax_ids={})
    choose(stage, page)


def test_one_that_another_entity_holds_is_free_when_support_has_released_it(stage: Stage) -> None:
    prepare(stage, upto=StepKey.AUTHORIZE)
    page = chooser(stage)
    own = page.get_by_role("radio", name=NAME)
    wrong = taken_by_mistake(stage, str(own.get_attribute("value")))
    page.reload()
    expect(own).to_have_count(0)
    expect_stop(page, "choice, taken", "It is connected to Tulp Catering B.V.", "Only support can release it.")

    releases.decide(releases.ask(wrong, "Chosen by mistake", stage.sam), stage.sem, approve=True)
    choose(stage, page)


def taken_by_mistake(stage: Stage, administration: str) -> Connection:
    """Another entity of the company was connected to the administration of this one."""
    return ConnectionFactory(
        entity=EntityFactory(company=stage.company, name="Tulp Catering B.V."),
        login=logins.login_for(stage.entity),
        administration_id=administration,
        tax_id=TAX_ID,
        linked_by=stage.anna,
    )
