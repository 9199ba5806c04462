"""What was verified and later isn't so any more: found at night, told once to who mends it, and verified again."""

import pytest
from playwright.sync_api import expect

from onboarding import tasks
from onboarding.models import LoketLogin, Mail
from onboarding.steps import StepKey
from tests.journeys.ready import connect
from tests.journeys.wizard import GUEST, Stage, check_now, expect_on_hub, expect_status, expect_stop

pytestmark = pytest.mark.browser
RIGHT = "Beheer HRM"


def test_a_right_that_is_gone_at_night_is_a_problem_with_one_mail_until_it_is_back(stage: Stage) -> None:
    connect(stage)
    piet = stage.page_of(stage.piet)
    piet.goto(stage.setup())
    expect_on_hub(piet, StepKey.INTEGRATION_USER, "Verified")

    stage.misbehave(missing_rights=[RIGHT])
    for _night in range(2):
        LoketLogin.objects.update(checked_at=stage.long_ago)
        tasks.recheck()
    assert [mail.to for mail in Mail.objects.filter(kind="problem_found")] == [GUEST]
    assert RIGHT in stage.mail_to(GUEST, "problem_found").text
    piet.reload()
    expect(piet.locator("main")).to_contain_text("1 has a problem.")
    expect_on_hub(piet, StepKey.INTEGRATION_USER, "Problem found", RIGHT, "Who acts: Jansen Accountants.")
    piet.goto(stage.setup(StepKey.INTEGRATION_USER))
    expect_stop(piet, "integration user, a right gone at night", RIGHT, "Missing: to be given in Loket")

    stage.misbehave(missing_rights=[])
    check_now(piet)
    expect_status(piet, "Verified")
    piet.goto(stage.setup())
    expect(piet.locator("main")).to_contain_text("9 of 9 done.")
