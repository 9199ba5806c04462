"""The items "Algemeen": missing ones are named and made on a click, near misses only shown, for Loket's people to rename."""

import pytest
from playwright.sync_api import expect

from onboarding.models import AuditEvent
from onboarding.steps import StepKey
from tests.journeys.ready import check_sign_in, prepare
from tests.journeys.wizard import Stage, check_now, expect_on_hub, expect_status, expect_stop, press

pytestmark = pytest.mark.browser
ITEMS = StepKey.LOKET_ACCOUNT


def test_a_missing_item_is_created_by_an_administrator_after_a_confirmation(stage: Stage) -> None:
    prepare(stage, upto=StepKey.INTEGRATION_USER)
    stage.misbehave(missing_algemeen=["department"])
    check_sign_in(stage)
    piet = stage.page_of(stage.piet)
    piet.goto(stage.setup())
    expect_on_hub(
        piet, ITEMS, "Problem found", "The department “Algemeen” is missing.", "Who acts: Jansen Accountants."
    )
    piet.goto(stage.setup(ITEMS))
    expect_stop(
        piet,
        "Algemeen missing",
        "Create it in Loket with exactly this name.",
        "can create what is missing from here. Anna de Boer.",
        "A ready message to your accountant, in Dutch",
    )
    expect(piet.get_by_role("link", name="Create it from here")).to_have_count(0)

    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup(ITEMS))
    anna.get_by_role("link", name="Create it from here: Department").click()
    expect_stop(anna, "Algemeen, confirm", "Afdeling", "with exactly this name", "kept in the audit trail")
    assert not AuditEvent.objects.filter(action="created_in_loket").exists(), "nothing is made before the confirmation"
    press(anna)
    expect(anna.locator("main")).to_contain_text("Department “Algemeen” is created in Loket.")
    expect_status(anna, "Verified")
    made = AuditEvent.objects.get(action="created_in_loket")
    assert (made.actor, made.detail) == (stage.anna, "department: Algemeen")


def test_a_near_miss_is_shown_with_its_blank_and_renamed_in_loket_and_no_second_one_made(stage: Stage) -> None:
    prepare(stage, upto=StepKey.INTEGRATION_USER)
    stage.misbehave(algemeen_variants={"function": "algemeen "})
    check_sign_in(stage)
    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup(ITEMS))
    expect_status(anna, "Problem found")
    expect_stop(
        anna,
        "Algemeen, near miss",
        "There is one called “algemeen·” (a · is a blank). It must be called exactly “Algemeen”.",
        "Rename it in Loket",
        "To be done by your payroll administrator or tax accountant.",
        "Who acts: Jansen Accountants.",
    )
    expect(anna.get_by_role("link", name="Create it from here")).to_have_count(0)

    stage.misbehave(algemeen_variants={})
    check_now(anna)
    expect_status(anna, "Verified")
    expect(anna.locator("#check-algemeen_function")).to_contain_text("is there.")
