"""The accountant's checklist: Dutch whatever the reader's language, everything to tick, two A4 pages."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from playwright.sync_api import Page, Route, sync_playwright

from onboarding.models import Booking, Guest, LegalEntity, Role, User
from onboarding.services import assignments, messages
from onboarding.steps import StepKey
from onboarding.views.checklist import checklist
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.factories import EntityFactory, member
from tests.onboarding.test_integration_user_page import FIFTEEN

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CSS = Path(__file__).parents[2] / "static" / "css" / "portal.css"
CENTIMETRE = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")


def paper(client: Client, entity: LegalEntity, language: str = "en") -> str:
    """The part that is printed."""
    page = client.get(f"/entities/{entity.pk}/setup/checklist/", headers={"accept-language": language})
    return page.content.decode().partition('<article class="paper')[2].partition("</article>")[0]


def test_the_paper_is_dutch_and_the_same_in_both_languages(signed_in: Client, entity: LegalEntity) -> None:
    english, dutch = paper(signed_in, entity), paper(signed_in, entity, "nl")
    assert english == dutch
    assert 'lang="nl" translate="no"' in english
    assert "Taak 1. De integratiegebruiker" in english


def test_all_15_rights_stand_there_once_and_two_are_new(signed_in: Client, entity: LegalEntity) -> None:
    rows = re.findall(r"<li>\s*([^<\n]+?)\s*(<b>NIEUW</b>)?\s*</li>", paper(signed_in, entity))
    rights = [(name, bool(mark)) for name, mark in rows if name in FIFTEEN]
    assert [name for name, _mark in rights] == FIFTEEN
    assert [name for name, mark in rights if mark] == ["Beheer concept werknemers", "Raadplegen concept werknemers"]


def test_the_three_items_and_the_way_to_report_stand_there(signed_in: Client, entity: LegalEntity) -> None:
    text = " ".join(re.sub(r"<[^>]+>", "", paper(signed_in, entity)).split())
    for item in ("Functie (Function): Algemeen", "Afdeling (Department): Algemeen", "Verdelingseenheid"):
        assert item in text
    for part in ("Klaar? Meld het", "Via website en SSO", "Nederlands nummer", "precies één werkgever"):
        assert part in text


def test_it_names_who_asks_and_for_whom(signed_in: Client, entity: LegalEntity, administrator: User) -> None:
    entity.kvk_number = "81234567"
    entity.save()
    text = paper(signed_in, entity)
    for part in (entity.name, entity.company.name, "81234567", str(administrator), administrator.email):
        assert part in text


def test_who_gave_the_task_is_the_contact_before_the_booking_and_before_the_reader(
    entity: LegalEntity, administrator: User
) -> None:
    reader = member(entity)
    assert messages.contact_of(entity, reader).email == reader.email
    fields = {"accountant_name": "J.", "accountant_email": "j@jansen.example", "booked_by": reader}
    booking = Booking.objects.create(
        company=entity.company,
        contact_name="Piet",
        contact_email="piet@company.example",
        booked_at="2026-11-01T10:00Z",
        state_at="2026-11-01T10:00Z",
        **fields,
    )
    booking.entities.add(entity)
    assert messages.contact_of(entity, reader).email == "piet@company.example"
    guest = Guest.objects.create(company=entity.company, name="Mieke", email="mieke@jansen.example")
    assignments.assign(entity, StepKey.LOKET_ACCOUNT, guest=guest, by=administrator)
    assert messages.contact_of(entity, reader).email == administrator.email


def test_a_member_without_payroll_edit_may_print_it_and_a_stranger_finds_nothing(
    client: Client, entity: LegalEntity
) -> None:
    reader = member(entity, Role.Preset.PAYROLL_MANAGER)
    reader.memberships.get().role.payroll_entities.clear()
    client.force_login(reader, backend=BACKEND)
    assert client.get(f"/entities/{entity.pk}/setup/checklist/").status_code == 200
    client.force_login(member(EntityFactory()), backend=BACKEND)
    assert client.get(f"/entities/{entity.pk}/setup/checklist/").status_code == 404


# --- On paper -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """The boxes as Chromium shows them, and how many A4 pages it makes without and with margins."""

    boxes: str
    sheets: int
    sheets_with_margins: int


def printed(html: str) -> Printed:
    """In a thread of its own: where a journey ran before in this process, its browser's loop is there still."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_printed, html).result()


def _printed(html: str) -> Printed:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        serve(page, html)
        boxes = page.evaluate("getComputedStyle(document.querySelector('.boxes')).listStyleType")
        found = Printed(boxes, sheets(page), sheets(page, margin=CENTIMETRE))
        browser.close()
    return found


def serve(page: Page, html: str) -> None:
    """Shows a page of the test client with the portal's style sheet; nothing goes over a network."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name == "portal.css":
            route.fulfill(path=CSS, content_type="text/css")
        else:
            route.fulfill(body="" if name else html, content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://portal.example/")


def sheets(page: Page, **options: Any) -> int:
    """How many A4 pages Chromium makes of it."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", **options)))


@pytest.mark.browser
@pytest.mark.parametrize("length", [0, 100])
def test_it_is_exactly_two_a4_pages_with_and_without_margins_also_with_long_names(
    client: Client, db: None, length: int
) -> None:
    entity = EntityFactory(kvk_number="81234567", tax_id="812345678L01")
    if length:
        entity.name = entity.company.name = ("Internationale Horeca " * 9)[:length].strip()
        entity.save()
        entity.company.save()
    client.force_login(member(entity), backend=BACKEND)
    html = client.get(f"/entities/{entity.pk}/setup/checklist/").content.decode()
    assert printed(html) == Printed("none", 2, 2)


def test_a_guest_does_not_see_the_tax_id(rf: RequestFactory, entity: LegalEntity) -> None:
    entity.tax_id = "812345678L01"
    request = rf.get("/")
    request.session = {}  # type: ignore[assignment]
    request.user = AnonymousUser()
    guest = Guest(company=entity.company, name="J. Jansen", email="j@jansen.example")
    shown = checklist(request, entity, back_url="/", guest=guest).content.decode()
    assert "812345678L01" not in shown
