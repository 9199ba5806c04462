"""Sign-ins at Loket that come to nothing or stop working: nothing is lost, the page says who signs in, and it goes on."""

import pytest
from playwright.sync_api import expect

from onboarding import tasks
from onboarding.models import Connection, LoginTokens, LoketLogin, Mail
from onboarding.steps import StepKey
from tests.journeys.ready import connect, prepare
from tests.journeys.wizard import NAME, OTHER_EMPLOYER, Stage, at_loket, check_now, expect_on_hub, expect_stop, press

pytestmark = pytest.mark.browser


def test_cancelled_at_loket_nothing_changed_and_the_next_try_counts(stage: Stage) -> None:
    prepare(stage, upto=StepKey.AUTHORIZE)
    anna = stage.page_of(stage.anna)
    anna.goto(f"/entities/{stage.entity.pk}/connect/")
    press(anna)
    anna.get_by_role("button", name="Annuleren").click()
    expect_stop(anna, "sign-in, cancelled", "You left Loket without signing in", "Nothing has changed.", "try again")
    assert LoketLogin.objects.get().purpose == LoketLogin.Purpose.VERIFICATION

    anna.get_by_role("button", name="Connect Loket.nl").click()
    at_loket(anna)
    expect(anna.get_by_role("radio", name=NAME)).to_be_visible()


def test_revoked_tokens_are_told_once_and_mended_by_a_new_sign_in(stage: Stage) -> None:
    connect(stage)
    stage.simulator.keys.revoke()
    LoketLogin.objects.update(checked_at=stage.long_ago)
    for _night in range(2):
        tasks.recheck()
        LoketLogin.objects.update(checked_at=stage.long_ago)
    assert [mail.to for mail in Mail.objects.filter(kind="sign_in_needed")] == [stage.anna.email]

    piet = stage.page_of(stage.piet)
    piet.goto(stage.setup())
    expect_on_hub(
        piet, StepKey.AUTHORIZE, "Problem found", "Loket no longer accepts the sign-in of", "Who acts: Anna de Boer."
    )
    expect(piet.get_by_role("link", name="Continue")).to_have_count(0)
    expect_stop(piet, "hub, sign in needed", "have a problem.", "by Anna de Boer.")

    anna = stage.page_of(stage.anna)
    anna.goto(stage.link_in(stage.mail_to(stage.anna.email, "sign_in_needed")))
    expect_stop(anna, "connect, sign in needed", "The connection stays as it is", "integratie@tulphoreca.example")
    press(anna)
    at_loket(anna)
    expect(anna.locator("main")).to_contain_text("The connection goes on.")
    piet.reload()
    expect(piet.locator("main")).to_contain_text("9 of 9 done.")
    expect_on_hub(piet, StepKey.AUTHORIZE, "Verified")


def test_reconnecting_as_another_employer_is_refused_and_the_old_tokens_stay(stage: Stage) -> None:
    connect(stage)
    before = LoginTokens.objects.get()
    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup(StepKey.AUTHORIZE))
    anna.get_by_role("link", name="Sign in at Loket again").click()
    press(anna)
    at_loket(anna, OTHER_EMPLOYER)
    expect_stop(
        anna,
        "reconnect, other employer",
        "This Loket user belongs to another employer",
        NAME,
        "Sign in with the integration user of that employer. The connection stays as it is.",
    )
    now = LoginTokens.objects.get()
    assert (now.version, now.refresh_token) == (before.version, before.refresh_token), "rule 38"
    anna.goto(stage.setup(StepKey.AUTHORIZE))
    check_now(anna)
    expect(anna.locator("#checks-said")).to_contain_text("no problem found")

    anna.goto("/loket/stopped/")
    anna.get_by_role("button", name="Sign in at Loket again").click()
    at_loket(anna)
    expect(anna.locator("main")).to_contain_text("The connection goes on.")
    assert LoginTokens.objects.get().version > before.version
    assert Connection.objects.get().administration_name == NAME
