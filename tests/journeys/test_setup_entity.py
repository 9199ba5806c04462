"""Legal entities that can't be connected as they are: what stops them, who mends it, and that it then goes on."""

import pytest
from playwright.sync_api import expect

from onboarding.models import LegalEntity
from onboarding.steps import StepKey
from tests.journeys.ready import check_sign_in
from tests.journeys.wizard import KVK_NUMBER, TAX_ID, Stage, expect_on_hub, expect_status, expect_stop, press

pytestmark = pytest.mark.browser


def test_of_another_country_it_stops_at_once_and_support_corrects_the_country(stage: Stage) -> None:
    LegalEntity.objects.filter(pk=stage.entity.pk).update(country="BE")
    anna = stage.page_of(stage.anna)
    anna.goto(stage.setup())
    why = "This legal entity is not in the Netherlands"
    expect_stop(anna, "hub, wrong country", why, "Support corrects it.", "1 has a problem.")
    expect_on_hub(anna, StepKey.LEGAL_ENTITY, "Problem found", "Who acts: support.")
    expect(anna.get_by_role("link", name="Continue")).to_have_count(0)
    anna.goto(stage.setup(StepKey.LEGAL_ENTITY))
    expect_stop(anna, "legal entity, wrong country", why, "There is nothing to fill in here.", "support@")

    sam = stage.page_of(stage.sam)
    sam.goto(f"/admin/onboarding/legalentity/{stage.entity.pk}/change/")
    sam.get_by_label("Country").fill("NL")
    sam.get_by_role("button", name="Save", exact=True).click()

    anna.reload()
    anna.locator("[name=kvk_number]").fill(KVK_NUMBER)
    anna.locator("[name=tax_id]").fill(TAX_ID)
    press(anna)
    expect_status(anna, "Completed")
    stage.entity.refresh_from_db()
    check_sign_in(stage)
    anna.goto(stage.setup())
    expect_on_hub(anna, StepKey.LEGAL_ENTITY, "Verified", "Loket showed it on")
