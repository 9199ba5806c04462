"""An integration user that isn't as it must be: what the check sign-in finds, who mends it in Loket, and the way on."""

import pytest
from playwright.sync_api import expect

from onboarding.models import LoketLogin
from onboarding.steps import StepKey
from tests.journeys.ready import check_sign_in, prepare
from tests.journeys.wizard import (
    GUEST,
    Stage,
    at_loket,
    check_now,
    expect_on_hub,
    expect_status,
    expect_stop,
    press,
)

pytestmark = pytest.mark.browser
USER = StepKey.INTEGRATION_USER


def test_a_user_with_two_employers_is_refused_until_it_sees_one(stage: Stage) -> None:
    prepare(stage, upto=USER)
    stage.misbehave(two_employers=True)
    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup(USER))
    anna.get_by_role("button", name="Sign in at Loket and check").click()
    at_loket(anna)
    expect_stop(
        anna,
        "sign-in, two employers",
        "This Loket user sees more than one employer",
        "Tulp Horeca B.V.",
        "Roos Horeca B.V.",
        "Try again with the integration user.",
        "take the other employers away from it in Loket.",
        "your payroll administrator or tax accountant",
    )
    assert not LoketLogin.objects.exists(), "nothing is stored of a sign-in that doesn't count"
    anna.goto(stage.setup())
    expect_on_hub(anna, USER, "Problem found", "The user sees 2 employers", "Who acts: Jansen Accountants.")
    anna.goto(stage.setup(USER))
    expect_stop(anna, "integration user, two employers", "Roos Horeca B.V.", "Sign in at Loket and check")

    stage.misbehave(two_employers=False)
    anna.get_by_role("button", name="Sign in at Loket and check").click()
    at_loket(anna)
    expect_status(anna, "Verified")


def test_a_missing_right_is_named_with_what_it_breaks_and_a_message_for_who_gives_it(stage: Stage) -> None:
    prepare(stage, upto=USER)
    stage.misbehave(missing_rights=["Beheer HRM"])
    check_sign_in(stage)
    piet = stage.page_of(stage.piet)
    piet.goto(stage.setup(USER))
    expect_status(piet, "Problem found")
    expect_stop(piet, "integration user, a right missing", "Beheer HRM", "Who acts: Jansen Accountants.")
    doctor = piet.locator("#rights-doctor")
    expect(doctor).to_contain_text("14 × granted, 1 × missing")
    expect(doctor.locator("b", has_text="Beheer HRM")).to_have_count(1)
    expect(doctor).to_contain_text("Changes made by hand in Loket are not shown before they are overwritten.")
    message = piet.locator("#message")
    message.get_by_text("Read it").click()
    expect(message).to_contain_text('Deze autorisatie ontbreekt. Kies "Add authorizations" en geef:')
    message.get_by_role("button", name="Send it to Joris Jansen").click()
    expect(piet.locator("main")).to_contain_text("The message is on its way to Joris Jansen")

    mail = stage.mail_to(GUEST, "problem_found")
    assert "- Beheer HRM" in mail.text
    joris = stage.page_of()
    joris.goto(stage.link_in(mail))
    press(joris)
    joris.get_by_role("link", name="Create the integration user in Loket").click()
    expect_stop(joris, "guest, a right missing", "Missing: to be given in Loket", "Beheer HRM")
    stage.confirm(joris, GUEST)
    stage.misbehave(missing_rights=[])
    check_now(joris)
    expect_status(joris, "Verified")
    piet.reload()
    expect_status(piet, "Verified")


def test_a_missing_module_is_named_with_who_switches_it_on(stage: Stage) -> None:
    prepare(stage, upto=USER)
    stage.misbehave(missing_modules=["Loket HR"])
    check_sign_in(stage)
    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup(USER))
    expect_status(anna, "Problem found")
    row = anna.locator("#check-modules")
    expect(row).to_contain_text("lacks a module of Loket: Loket HR.")
    expect(row).to_contain_text("Have Loket switch the module on for the employer.")
    expect(row).to_contain_text("To be done by your payroll administrator or tax accountant.")
    expect_stop(anna, "integration user, a module missing", "De werkgever mist in Loket:")

    stage.misbehave(missing_modules=[])
    check_now(anna)
    expect_status(anna, "Verified")
    expect(row).to_contain_text("Verified")
