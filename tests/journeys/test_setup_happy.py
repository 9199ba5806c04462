"""The setup as people do it, from nothing to a linked entity: a payroll manager, an administrator, a guest, support.

Once in English and once in Dutch; axe looks at every page on the way, at both widths.
"""

from functools import partial

import pytest
from playwright.sync_api import expect

from mapping import services as mappings
from onboarding.models import AuditEvent, Connection, LoketLogin
from onboarding.steps import StepKey
from tests.factories import previewed
from tests.journeys.look import look_once
from tests.journeys.wizard import NAME, TAX_ID, Stage, at_loket, press, read_mapping

pytestmark = pytest.mark.browser

WORDS = {
    "en": {"verified": "Verified", "completed": "Completed", "left": "0 of 9 done", "all": "9 of 9 done"},
    "nl": {"verified": "Gecontroleerd", "completed": "Klaar", "left": "0 van 9 klaar", "all": "9 van 9 klaar"},
}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_from_nothing_to_a_linked_entity(stage: Stage, language: str) -> None:
    words = WORDS[language]
    look = partial(look_once, is_seen=language != "en")
    piet = stage.page_of(stage.piet, language)

    # Before you start: the payroll manager names the accountant, who gets a mail.
    piet.goto("/")
    look(piet, "entities")
    piet.goto(stage.setup())
    expect(piet.locator("main")).to_contain_text(words["left"])
    look(piet, "hub, nothing done")
    piet.goto(stage.setup(StepKey.PAYROLL_PERSON))
    look(piet, "payroll person")
    piet.locator("input[name=kind]").last.check()
    piet.locator("[name=name]").fill("Joris Jansen")
    piet.locator("[name=firm]").fill("Jansen Accountants")
    piet.locator("[name=email]").fill("joris@jansen-accountants.example")
    press(piet)
    expect(piet.locator(".tag").first).to_have_text(words["completed"])

    # Everybody with payroll edit confirms the scope, the administrator too.
    anna = stage.page_of(stage.anna, language)
    for page in (piet, anna):
        page.goto(stage.setup(StepKey.SCOPE))
        if page is piet:
            look(page, "scope")
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        press(page)
    expect(anna.locator(".tag").first).to_have_text(words["completed"])

    anna.goto(stage.setup(StepKey.LEGAL_ENTITY))
    look(anna, "legal entity")
    anna.locator("[name=kvk_number]").fill("18124676")
    anna.locator("[name=tax_id]").fill(TAX_ID.lower())
    press(anna)
    expect(anna.locator(".tag").first).to_have_text(words["completed"])
    anna.goto(stage.setup(StepKey.PERMISSIONS))
    look(anna, "permissions")
    press(anna)
    expect(anna.locator(".tag").first).to_have_text(words["completed"])

    # The accountant, without an account: the link, the code, the ticks, the check sign-in.
    guest = stage.page_of(None, language)
    guest.goto(stage.link_in(stage.mail_to("joris@jansen-accountants.example", "assigned")))
    look(guest, "guest, door")
    press(guest)
    expect(guest.locator("main")).to_contain_text(NAME)
    look(guest, "guest, tasks")
    guest.locator("main .card-name a").first.click()
    look(guest, "guest, integration user before the code")
    guest.locator("button[name=action][value=send]").first.click()
    code = stage.mail_to("joris@jansen-accountants.example", "guest_code")
    guest.locator("[name=code]").fill(stage.code_in(code))
    press(guest)
    for box in guest.locator("input[name=rights]").all():
        box.check()
    guest.locator("textarea").last.fill("Alles staat aan.")
    look(guest, "guest, integration user")
    guest.locator("form[action$='/sign-in/'] button").click()
    at_loket(guest)
    expect(guest.locator("#checks, .checks").first).to_be_visible()
    look(guest, "guest, checked")
    login = LoketLogin.objects.get()
    assert login.purpose == LoketLogin.Purpose.VERIFICATION, "a check sign-in only looks (rule 8)"
    assert login.signed_in_guest is not None

    # Both tasks in Loket are proved now.
    for key in (StepKey.INTEGRATION_USER, StepKey.LOKET_ACCOUNT, StepKey.LEGAL_ENTITY):
        anna.goto(stage.setup(key))
        expect(anna.locator(".tag").first).to_contain_text(words["verified"])
        look(anna, f"{key}, verified")

    # The payroll manager books; support maps and enables.
    piet.goto(stage.setup(StepKey.BOOKING))
    look(piet, "booking")
    press(piet)
    expect(piet.locator(".tag").first).to_have_text(words["completed"])
    look(piet, "booking, sent")
    assert stage.mail_to("piet@tulphoreca.example", "booking_received")
    mappings.publish(stage.company, read_mapping())
    previewed(stage.entity)
    sam = stage.page_of(stage.sam, language)
    stage.enable(sam)
    anna.goto(stage.setup(StepKey.ATTRIBUTES))
    expect(anna.locator(".tag").first).to_have_text(words["completed"])
    look(anna, "attributes")
    assert stage.mail_to("anna@tulphoreca.example", "enabled")

    # The administrator authorizes and chooses.
    anna.goto(stage.setup(StepKey.AUTHORIZE))
    look(anna, "authorize")
    press(anna)
    look(anna, "connect")
    press(anna)
    at_loket(anna)
    expect(anna.locator("input[name=administration]")).to_have_count(1)
    look(anna, "choose")
    anna.locator("input[name=administration]").check()
    anna.locator("[name=typed_name]").fill(NAME)
    press(anna)
    connection = Connection.objects.get()
    assert (connection.entity, connection.tax_id) == (stage.entity, TAX_ID)
    anna.goto(stage.setup())
    expect(anna.locator("main")).to_contain_text(words["all"])
    look(anna, "hub, all done")
    anna.goto(stage.setup(StepKey.AUTHORIZE))
    look(anna, "connected")
    said = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"acknowledged", "guest_invited", "guest_opened", "signed_in", "booked", "enabled", "linked"} <= said
