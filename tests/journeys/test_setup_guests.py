"""Guests at the door: machines that fetch every link, links that are too old, and access that was ended."""

from datetime import timedelta

import pytest
import requests
from django.db.models import F
from playwright.sync_api import Page, expect

from onboarding.models import AuditEvent, GuestCode, GuestLink, LoketLogin
from onboarding.steps import StepKey
from tests.journeys.ready import prepare
from tests.journeys.wizard import GUEST, Stage, at_loket, expect_on_hub, expect_status, expect_stop, press

pytestmark = pytest.mark.browser
TASK = "Create the integration user in Loket"


def scan(link: str) -> None:
    """What a mail scanner does, many times: it fetches the link, and follows what it can without a form."""
    for _time in range(15):
        machine = requests.Session()
        assert {machine.head(link).status_code, machine.get(link).status_code} <= {200, 403}
        assert machine.get(link.partition("/guest/")[0] + "/guest/").status_code == 403


def invited(stage: Stage) -> str:
    """The link of the guest who has both tasks in Loket."""
    prepare(stage, upto=StepKey.INTEGRATION_USER)
    return stage.link_in(stage.mail_to(GUEST, "assigned"))


def at_task(stage: Stage, joris: Page, link: str) -> None:
    """The guest opens his link, his task, and shows with a code that it is he."""
    joris.goto(link)
    press(joris)
    joris.get_by_role("link", name=TASK).click()
    stage.confirm(joris, GUEST)


def test_a_link_that_a_machine_fetched_still_opens_for_the_guest_also_after_its_end(stage: Stage) -> None:
    link = invited(stage)
    scan(link)
    assert not GuestLink.objects.exclude(opened_at=None).exists()
    joris = stage.page_of()
    joris.goto(link)
    press(joris)
    expect(joris.locator("main")).to_contain_text(TASK)
    assert GuestLink.objects.exclude(opened_at=None).count() == 1

    old = timedelta(days=15)
    GuestLink.objects.update(created_at=F("created_at") - old, expires_at=F("expires_at") - old)
    scan(link)
    assert GuestLink.objects.count() == 1, "looking at an old link makes no new one"
    joris.reload()
    expect_stop(
        joris,
        "guest, link expired",
        "This link has expired",
        "Your tasks are still there.",
        "Questions? Ask Piet Visser of Tulp Horeca, who invited you.",
    )
    joris.get_by_role("button", name="Send me a new link").click()
    expect_stop(joris, "guest, new link", "A new link is on its way to you.", "ask Piet Visser")
    joris.goto(stage.link_in(stage.mail_to(GUEST, "link_new")))
    press(joris)
    expect(joris.locator("main")).to_contain_text(TASK)


def test_a_guest_whose_access_ends_while_he_is_at_loket_leaves_nothing_and_can_be_let_in_again(stage: Stage) -> None:
    joris = stage.page_of()
    at_task(stage, joris, invited(stage))
    joris.get_by_role("button", name="Sign in at Loket and check").click()
    expect(joris.get_by_label("Gebruikersnaam")).to_be_visible()
    piet = stage.page_of(stage.piet)
    piet.goto(stage.setup(StepKey.INTEGRATION_USER))
    piet.get_by_text("End the access of Joris Jansen").click()
    piet.get_by_role("button", name="End the access", exact=True).click()
    expect(piet.locator("main")).to_contain_text("The access of Joris Jansen is ended")

    at_loket(joris)
    ended = "Your access was ended", "Questions? Ask Piet Visser of Tulp Horeca, who invited you."
    expect_stop(joris, "guest, revoked", *ended)
    expect(joris.get_by_role("button", name="Send me a new link")).to_have_count(0)
    assert not LoketLogin.objects.exists()
    assert not AuditEvent.objects.filter(action="signed_in").exists()

    piet.goto(stage.setup())
    expect_on_hub(piet, StepKey.INTEGRATION_USER, "To do", "Nobody has it yet.")
    piet.goto(stage.setup(StepKey.INTEGRATION_USER, "assign"))
    piet.get_by_label("Somebody else, by e-mail").check()
    piet.get_by_label("Name").fill("Joris Jansen")
    piet.get_by_label("E-mail address").fill(GUEST)
    press(piet)
    expect(piet.locator("main")).to_contain_text("The task is now with Joris Jansen")
    GuestCode.objects.update(created_at=F("created_at") - timedelta(minutes=2))  # one code a minute is the limit
    at_task(stage, joris, stage.link_in(stage.mail_to(GUEST, "assigned")))
    joris.get_by_role("button", name="Sign in at Loket and check").click()
    at_loket(joris)
    expect_status(joris, "Verified")
