"""An administrator connects Personio from nothing, hears of a change by itself, gets new credentials, and removes it."""

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from loket_portal.simulator.personio.tokens import note_secret
from mapping import definitions
from onboarding.models import Connection, LegalEntity, PersonioAccount
from sync.models import Run
from tests.journeys.look import look, look_at_refusal, look_once
from tests.journeys.wizard import Stage
from tests.journeys.worker import Worker
from tests.sync import personio
from tests.sync.personio import CLIENT_ID, CLIENT_SECRET, LINDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MISTYPED, RENEWED = "mistyped-secret-4711", "renewed-secret-0815"
BSN = "dynamic_24407"


@pytest.fixture
def worker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Worker:
    return Worker(stage, monkeypatch)


@pytest.fixture
def tulp(stage: Stage) -> Stage:
    """Tulp's legal entity is called as one of those in its Personio; what is typed wrongly here must be seen nowhere."""
    LegalEntity.objects.filter(pk=stage.entity.pk).update(name=LINDE)
    stage.entity.refresh_from_db()
    for secret in (CLIENT_SECRET, MISTYPED, RENEWED):
        note_secret(stage.simulator.world, secret)
    return stage


def fill_in(page: Page, client_id: str, secret: str) -> None:
    page.get_by_label("Client ID").fill(client_id)
    page.locator("[name=client_secret]").fill(secret)
    with page.expect_navigation():
        page.locator("main form:has([name=client_secret]) button[type=submit]").click()


def is_refused(page: Page, *said: str) -> None:
    """The form says why. It keeps neither: the secret may have been typed into the field of the client id."""
    for text in said:
        expect(page.locator("main")).to_contain_text(text)
    for name in ("client_id", "client_secret"):
        expect(page.locator(f"[name={name}]")).to_have_value("")


def offer(page: Page, name: str) -> Locator:
    """A legal entity of Personio in the list."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


def connect(stage: Stage, page: Page) -> None:
    """Anna connects Personio: what is wrong is said before anything is stored."""
    page.goto("/")
    page.get_by_role("link", name="Personio").first.click()
    expect(page.locator("main")).to_contain_text("Not connected")
    expect(page.locator("main")).to_contain_text("Readable employee attributes")
    look(page, "Personio, not connected")

    look_at_refusal(page, "Personio, wrong secret", lambda: fill_in(page, CLIENT_ID, MISTYPED))
    is_refused(page, "does not accept this client ID and client secret", "Marketplace › Connected integrations")

    stage.misbehave(personio_missing_scopes=["personio:persons:read"])
    fill_in(page, CLIENT_ID, CLIENT_SECRET)
    is_refused(page, "may not read persons", "adds the scope personio:persons:read")
    look_once(page, "Personio, a right is missing")
    assert not PersonioAccount.objects.exists()

    stage.misbehave(personio_missing_scopes=[], personio_unreadable=[BSN])
    fill_in(page, CLIENT_ID, CLIENT_SECRET)
    expect(page.locator("main")).to_contain_text("Personio is connected")
    expect(page.locator("main")).to_contain_text("Personio does not let us read an attribute “BSN")
    expect(page.locator("main")).to_contain_text(
        "Connected integrations › your integration › Readable employee attributes"
    )
    look(page, "Personio, an attribute is missing")

    stage.misbehave(personio_unreadable=[])
    page.get_by_role("button", name="Read Personio again").click()
    expect(page.locator("main")).to_contain_text("Personio was read again")
    expect(page.locator("main")).not_to_contain_text("does not let us read an attribute")


def take(page: Page) -> None:
    """She takes the Dutch one whose name the portal knows; the German one can't be taken, and the page says why."""
    german = offer(page, "Linde Gastro GmbH")
    expect(german).to_contain_text("Not possible")
    expect(german).to_contain_text("Loket.nl runs Dutch payroll only, and its country in Personio is DE")
    expect(german.get_by_role("button")).to_have_count(0)
    expect(offer(page, "Linde Catering B.V.").get_by_role("button", name="Read its people")).to_be_visible()
    look(page, "Personio, connected")
    offer(page, LINDE).get_by_role("button", name="Read its people").click()
    expect(page.locator("main")).to_contain_text(f"The people of {LINDE} come from Personio from now on")
    expect(offer(page, LINDE)).to_contain_text("From Personio")
    look(page, "Personio, one is read")


def set_up(stage: Stage) -> Connection:
    """What support and the wizard do then: the mapping, enabling, Loket; and a first preview."""
    definitions.publish_default(stage.company, stage.sam)
    LegalEntity.objects.filter(pk=stage.entity.pk).update(enabled_at=timezone.now())
    stage.entity.refresh_from_db()
    connection = personio.connect_linde(stage.entity, stage.anna)
    assert personio.work(connection).state == Run.State.PARTIAL
    return connection


def hear_of_a_change(stage: Stage, page: Page, worker: Worker, connection: Connection) -> None:
    """With events on, an edit in Personio leads to a preview by itself, which shows it and sends nothing."""
    page.reload()
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("main")).to_contain_text("Personio reports changes from now on")
    expect(page.locator("main")).to_contain_text("Nothing heard from Personio yet")
    look(page, "Personio, events on")
    wrote, made = len(stage.simulator.log.writes()), Run.objects.count()

    personio.edit(stage.simulator, 41001, dynamic_24415="Zeist")
    worker.work()
    run = Run.objects.latest("pk")
    assert (Run.objects.count(), run.trigger, run.is_dry, run.state) == (made + 1, "webhook", True, Run.State.PARTIAL)
    assert len(stage.simulator.log.writes()) == wrote
    page.reload()
    expect(page.locator("main")).to_contain_text("Last heard from Personio on")
    page.goto(f"/entities/{connection.entity_id}/preview/")
    expect(page.locator("main")).to_contain_text("Zeist")
    look(page, "preview by itself")

    deliveries = len(stage.simulator.personio.webhooks.sender.deliveries)
    personio.tell(stage.simulator, event_name="person.updated", payload={"id": "41001"}, times=5)
    worker.work()
    assert len(stage.simulator.personio.webhooks.sender.deliveries) == deliveries + 5, (
        "each was answered the first time"
    )
    assert Run.objects.count() == made + 1, "repeated deliveries are harmless"


def see_as_another(stage: Stage) -> None:
    """A payroll manager sees how it stands, and can do nothing; the address of the webhook is not for him."""
    page = stage.page_of(stage.piet)
    page.goto(f"/companies/{stage.company.pk}/personio/")
    expect(page.locator("main")).to_contain_text("You can look here, but not act")
    expect(page.locator("main form")).to_have_count(0)
    assert PersonioAccount.objects.get().hook_key not in page.content()
    look(page, "Personio, as a payroll manager")


def replace(stage: Stage, page: Page) -> None:
    """Personio no longer takes the credentials; new ones take their place."""
    stage.simulator.options.personio_client_secret = RENEWED
    personio_page = f"/companies/{stage.company.pk}/personio/"
    stage.simulator.personio.levers.expire()
    page.goto(personio_page)
    page.get_by_role("button", name="Read Personio again").click()
    expect(page.locator("main")).to_contain_text("Refused by Personio")
    look(page, "Personio, refused")
    page.get_by_role("link", name="Replace the credentials").first.click()
    look(page, "replace the credentials")
    look_at_refusal(page, "replace, wrong secret", lambda: fill_in(page, CLIENT_ID, MISTYPED))
    is_refused(page, "does not accept this client ID and client secret")
    assert PersonioAccount.objects.get().client_secret == CLIENT_SECRET, "those in use stay until new ones work"
    fill_in(page, CLIENT_ID, RENEWED)
    expect(page).to_have_url(f"{stage.url}{personio_page}")
    expect(page.locator("main")).not_to_contain_text("Refused by Personio")
    expect(offer(page, LINDE)).to_contain_text("From Personio")
    assert PersonioAccount.objects.get().client_secret == RENEWED


def remove(stage: Stage, page: Page) -> None:
    """She removes it, after a page that says what goes with it."""
    page.get_by_role("link", name="Remove Personio").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove Personio")
    expect(page.locator("main")).to_contain_text(LINDE)
    look(page, "remove Personio")
    assert PersonioAccount.objects.exists()
    page.get_by_role("button", name="Remove Personio").click()
    expect(page.locator("main")).to_contain_text("Not connected")
    look(page, "Personio, removed")
    assert not PersonioAccount.objects.exists()
    assert stage.simulator.world.all("personio_webhook", "") == [], "Personio was told to report nothing any more"
    stage.entity.refresh_from_db()
    assert not stage.entity.reads_personio


def test_personio_is_connected_heard_renewed_and_removed(tulp: Stage, worker: Worker) -> None:
    page = tulp.page_of(tulp.anna)
    connect(tulp, page)
    take(page)
    connection = set_up(tulp)
    hear_of_a_change(tulp, page, worker, connection)
    see_as_another(tulp)
    replace(tulp, page)
    remove(tulp, page)
