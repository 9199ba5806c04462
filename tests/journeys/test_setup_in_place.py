"""What is renewed in place: while Loket is asked the page says so, and whatever isn't the answer is shown whole."""

import pytest
from playwright.sync_api import Page, expect

from onboarding.models import Assignment, Guest
from onboarding.services import guests
from onboarding.steps import StepKey
from tests.journeys.ready import check_sign_in, prepare
from tests.journeys.wizard import Stage, check_now, expect_status, press

pytestmark = pytest.mark.browser
ITEMS = StepKey.LOKET_ACCOUNT


@pytest.fixture
def checked(stage: Stage) -> Page:
    """The page of a task whose checks have run, before the administrator."""
    prepare(stage, upto=StepKey.INTEGRATION_USER)
    check_sign_in(stage)
    page = stage.page_of(stage.anna)
    page.goto(stage.setup(ITEMS))
    expect_status(page, "Verified")
    return page


def test_while_loket_is_asked_the_page_says_so_and_then_what_was_found(stage: Stage, checked: Page) -> None:
    stage.misbehave(latency=300)
    check_now(checked)
    said = checked.locator("#checks-said")
    expect(said).to_have_text("Loket is being asked …")
    expect(said).to_contain_text("no problem found")
    expect(checked.get_by_role("button", name="Check now")).to_be_focused()


def test_who_was_signed_out_meanwhile_signs_in_and_is_back_on_the_task(stage: Stage, checked: Page) -> None:
    checked.context.clear_cookies(name="sessionid")
    check_now(checked)
    expect(checked).to_have_url(f"{stage.url}/account/login/?next={stage.setup(ITEMS)}")


def test_who_lost_the_right_meanwhile_reads_why(stage: Stage, checked: Page) -> None:
    stage.entity.payroll_roles.clear()
    check_now(checked)
    expect(checked.locator("main")).to_contain_text("Your role has no payroll edit for this legal entity.")


def test_a_tick_that_can_not_be_kept_says_why(stage: Stage) -> None:
    page = stage.page_of(stage.anna)
    page.goto(stage.setup(StepKey.INTEGRATION_USER))
    stage.entity.payroll_roles.clear()
    page.locator("[name=rights]").first.check()
    expect(page.locator("main")).to_contain_text("Your role has no payroll edit for this legal entity.")


@pytest.fixture
def guest(stage: Stage) -> Page:
    """The page of the other task in Loket, before the guest who holds it."""
    prepare(stage, upto=StepKey.INTEGRATION_USER)
    check_sign_in(stage)
    held = Assignment.objects.get(step=ITEMS)
    assert held.guest
    page = stage.page_of()
    page.goto(guests.new_link(held.guest))
    press(page)
    page.goto(f"/guest/tasks/{held.pk}/")
    stage.confirm(page, held.guest.email)
    return page


def test_what_a_guest_has_typed_is_still_there_after_a_check(guest: Page) -> None:
    guest.locator("[name=note]").fill("Alles staat aan.")
    guest.locator("#checks").evaluate("part => part.replaceChildren()")
    check_now(guest)
    expect(guest.locator("#checks li")).to_have_count(3)
    expect(guest.locator("[name=note]")).to_have_value("Alles staat aan.")


def test_a_guest_who_was_revoked_meanwhile_reads_whom_to_ask(stage: Stage, guest: Page) -> None:
    guests.revoke(Guest.objects.get(), stage.piet)
    check_now(guest)
    expect(guest.get_by_role("heading", name="Your access was ended")).to_be_visible()
