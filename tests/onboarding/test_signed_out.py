"""Who was signed out while a page stood open presses a button: after signing in he is on the page with that button."""

import pytest
from django.test import Client
from django.urls import reverse

from onboarding.models import LegalEntity
from onboarding.steps import StepKey

USER = StepKey.INTEGRATION_USER
BUTTONS = [
    ("setup_check", {"step": USER}, ("setup_step", {"step": USER})),
    ("check_sign_in", {}, ("setup_step", {"step": USER})),
    ("save_ticks", {}, ("setup_step", {"step": USER})),
    ("send_message", {}, ("setup_step", {"step": USER})),
    ("reuse_sign_in", {}, ("connect", {})),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "places", "back"), BUTTONS)
def test_signing_in_again_leads_back_to_the_page_with_the_button(
    name: str, places: dict[str, str], back: tuple[str, dict[str, str]], client: Client, entity: LegalEntity
) -> None:
    answer = client.post(reverse(name, kwargs={"pk": entity.pk, **places}))
    page = reverse(back[0], kwargs={"pk": entity.pk, **back[1]})
    assert answer["Location"] == f"/account/login/?next={page}"
