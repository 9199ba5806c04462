"""A connection with the wrong administration: released by two people of support, and connected anew (rule 37)."""

import pytest
from playwright.sync_api import expect

from onboarding.models import AuditEvent, Connection
from onboarding.steps import StepKey
from tests.journeys.ready import connect
from tests.journeys.wizard import NAME, Stage, expect_on_hub, expect_stop, press

pytestmark = pytest.mark.browser


def test_support_releases_with_a_reason_and_a_second_person_and_the_entity_connects_anew(stage: Stage) -> None:
    connect(stage)
    wrong = Connection.objects.get()
    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup(StepKey.AUTHORIZE))
    expect_stop(anna, "authorize, for good", "only support can release it, with a reason and a second person")

    sam = stage.page_of(stage.sam)
    sam.goto(f"/admin/onboarding/connection/{wrong.pk}/change/")
    sam.get_by_role("link", name="Ask for the release").click()
    sam.get_by_role("button", name="Ask for the release").click()
    expect(sam.locator("#content")).to_contain_text("Write the reason: a colleague decides on it.")
    sam.get_by_label("Reason").fill("Anna de Boer called: it is the wrong administration.")
    sam.get_by_role("button", name="Ask for the release").click()
    expect(sam.locator("body")).to_contain_text("A colleague decides; until then the connection goes on as it is.")
    request = f"/admin/onboarding/releaserequest/{wrong.release_requests.get().pk}/change/"
    sam.goto(request)
    sam.get_by_role("link", name="Release this connection").click()
    sam.get_by_role("button", name="Release this connection").click()
    expect(sam.locator("#content")).to_contain_text("Somebody else of support must approve it")

    sem = stage.page_of(stage.sem)
    sem.goto(request)
    sem.get_by_role("link", name="Release this connection").click()
    expect(sem.locator("#content")).to_contain_text("Anna de Boer called")
    sem.get_by_role("button", name="Release this connection").click()
    expect(sem.locator("body")).to_contain_text("Released. The legal entity can be connected anew.")

    anna.goto(stage.link_in(stage.mail_to(stage.anna.email, "released")))
    expect_on_hub(anna, StepKey.AUTHORIZE, "To do")
    expect_stop(anna, "hub, released", "8 of 9 done.", "Next for you:")
    expect(anna.locator(".lead a")).to_have_text("Authorize and choose the administration")
    anna.get_by_role("link", name="Continue").click()
    press(anna)
    anna.get_by_role("radio", name=NAME).check()
    anna.locator("[name=typed_name]").fill(NAME)
    press(anna)
    expect(anna.locator("main")).to_contain_text(f"{NAME} is connected to {NAME} in Loket.")
    anna.goto(stage.setup())
    expect(anna.locator("main")).to_contain_text("9 of 9 done.")
    wrong.refresh_from_db()
    assert (wrong.entity, wrong.former_entity) == (None, stage.entity), "history is kept"
    said = AuditEvent.objects.filter(action__in=("release_asked", "released")).order_by("pk")
    assert [event.actor for event in said] == [stage.sam, stage.sem]
