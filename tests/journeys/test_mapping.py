"""Support maps a company from nothing in the workbench, and no problem of the preview is the mapping's fault (issue 5)."""

import pytest
from playwright.sync_api import Page, expect

from mapping import definitions, services
from mapping.bench import drafts, publishing
from mapping.rules import PROBLEM_CODES
from onboarding.models import Company, LegalEntity
from onboarding.services import acknowledgements, legal_entities, personio_entities
from onboarding.services import permissions as who_may
from onboarding.services.roles import matrix
from onboarding.services.signin import Purpose
from onboarding.texts import SCOPE_POINTS, SCOPE_VERSION
from sync.models import Run
from tests.journeys.look import look, look_once
from tests.journeys.wizard import KVK_NUMBER, Stage
from tests.journeys.workbench import Workbench
from tests.journeys.worker import Worker
from tests.onboarding.trips import trip
from tests.sync import personio
from tests.sync.personio import CLIENT_ID, CLIENT_SECRET, HORECA, LINDE, LINDE_USER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PREFIX = "dynamic_24405"
SUGGESTED = {
    "Employee number": "Loket employee number",
    "Phone number": "Telefoon",
    "Mobile phone number": "Mobiel",
    "E-mail address": "Privé e-mail",
    "Start date": "Hire date",
    "End date": "Termination date",
    "Hours per week": "Weekly hours",
    "Function": "Position",
}
"""What is called otherwise than Loket's field, and is known as another name of it."""
A_NAME_TOO_LONG = {"too_long"}
"""The one fault of a value that the samples have and the mapping tells of; it is mended in Personio."""


@pytest.fixture
def worker(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Worker:
    return Worker(stage, monkeypatch)


@pytest.fixture
def linde(stage: Stage, worker: Worker) -> Stage:
    """Linde Horeca, ready but for its mapping. Its Personio has no attribute for the prefix of a last name yet."""
    LegalEntity.objects.filter(pk=stage.entity.pk).update(name=LINDE)
    Company.objects.filter(pk=stage.company.pk).update(name="Linde Horeca")
    stage.company.refresh_from_db()
    stage.misbehave(personio_unreadable=[PREFIX])
    definitions.connect(stage.company, stage.anna, CLIENT_ID, CLIENT_SECRET)
    stage.entity = personio_entities.take(stage.company, stage.anna, HORECA)
    for user in (stage.piet, stage.anna):
        acknowledgements.acknowledge(stage.entity, user, points=SCOPE_POINTS, version=SCOPE_VERSION)
    legal_entities.review(stage.entity, stage.piet, kvk=KVK_NUMBER, tax="867891234L01")
    who_may.confirm(stage.entity, stage.anna, matrix(stage.entity).version)
    trip(stage.entity, stage.anna, purpose=Purpose.CHECK, as_user=LINDE_USER)
    return stage


# --- The mapping --------------------------------------------------------------------------------------------------------


def begin(bench: Workbench) -> None:
    """With nothing; what is called exactly the same in one click, the rest one by one, each with its reason."""
    page = bench.page
    page.goto(f"/admin/onboarding/company/{bench.company_pk}/change/")
    page.get_by_role("link", name="Mapping of Personio").click()
    page.get_by_role("button", name="Begin with nothing").click()
    bench.state("Employee number", "Required, missing")
    page.get_by_role("link", name="Required").first.click()
    look_once(page, "workbench, what is required")
    page.goto(bench.url)
    page.get_by_role("button", name="exact matches").click()
    bench.says("18 fields are connected.")
    bench.state("IBAN", "Mapped")
    bench.state("Prefix", "Not mapped")
    for field, attribute in SUGGESTED.items():
        bench.take(field, attribute, "synonym")
    bench.take("Gender", "Geslacht", "same label")


def change(bench: Workbench) -> None:
    """A suggestion that was none is taken back; settings; a converter."""
    bench.take("Department", "Team", "synonym")
    bench.page.keyboard.press("Escape")
    bench.page.get_by_role("button", name="Undo").click()
    bench.says("The last change is taken back.")
    expect(bench.row("Department")).not_to_contain_text("Team")
    for field in ("Function", "Department", "Distribution unit"):
        bench.set(field, fallback="Algemeen")
    bench.set("House number addition", empty="Loket's value is cleared")
    bench.set("Nationality", converter="Nationality by name or code")


def decide(bench: Workbench) -> None:
    """A missing attribute is asked of the customer, one is made in the portal, one whose options differ is duplicated."""
    editor = bench.decide("Prefix", "ask")
    editor.locator("form:has([name=ask])").get_by_label("Name").fill("Tussenvoegsel")
    editor.get_by_role("button", name="Ask the customer").click()
    bench.says("The customer is asked to make Tussenvoegsel.")
    bench.state("Prefix", "Asked for")
    bench.decide("Place of birth", "make").get_by_role("button", name="Create and connect").click()
    bench.says("Place of birth is made and connected.")
    bench.decide("Gender", "duplicate").get_by_role("button", name="Duplicate").click()
    bench.says("The copy Geslacht (Loket) is made and connected. Decide now about the old data.")
    bench.state("Gender", "Old data open")


def is_refused(page: Page) -> None:
    """Neither a copy without a choice about its data nor an attribute that isn't there yet is published (rule 25)."""
    page.get_by_role("link", name="Publish…").click()
    against = page.get_by_role("alert")
    expect(against).to_contain_text("Nobody has decided what becomes of the old data of Geslacht (Loket).")
    expect(against).to_contain_text("The customer was asked for the attribute Tussenvoegsel and has not made it yet.")
    expect(page.get_by_role("button", name="Publish version 1")).to_be_disabled()


def verify(stage: Stage, bench: Workbench) -> None:
    """The customer makes the attribute in Personio; the next look there finds it, and the draft reads it."""
    stage.misbehave(personio_unreadable=[])
    bench.page.goto(f"/admin/onboarding/personioaccount/{stage.company.personio.pk}/change/")
    bench.page.get_by_role("link", name="Read Personio again").click()
    bench.page.get_by_role("button", name="Read Personio again").click()
    bench.page.goto(bench.url)
    bench.state("Prefix", "Mapped")
    expect(bench.row("Prefix")).to_contain_text("Created")


# --- Real people --------------------------------------------------------------------------------------------------------


def read_people(bench: Workbench, worker: Worker) -> None:
    """Only what the draft reads is read, by the worker; the page shows it by itself."""
    page = bench.page
    bench.open("Country").get_by_role("link", name="Read it from Personio").click()
    page.get_by_role("button", name="Read Personio for this mapping").click()
    expect(page.locator("#bench-read")).to_contain_text("Personio is about to be read.")
    worker.work()
    expect(page.locator("#bench-read")).to_contain_text(f"60 people of {LINDE} read on")
    expect(page.locator("#bench-read")).to_contain_text("Everything that the mapping reads is known.")
    page.get_by_role("link", name="Mapping of Linde Horeca").click()


def map_values(bench: Workbench) -> None:
    """Values that really occur, with how many people have each; those that say the same in Loket need nothing."""
    editor = bench.open("Country")
    for text, country in (("Netherlands 57", "Nederland"), ("Belgium 2", "België"), ("Germany 1", "Duitsland")):
        editor.get_by_role("row", name=text).get_by_role("combobox").fill(country)
    look_once(bench.page, "editor of a field")
    bench.save("Country")
    for field, means in (
        ("Function", {"Sommelier": "Bediening", "Gastvrouw": "Bediening", "Pâtissier": "Kok"}),
        ("Department", {"Events": "Bediening", "Marketing": "Kantoor"}),
    ):
        editor = bench.open(field)
        expect(editor.get_by_role("row", name="Bediening").first).to_contain_text("As it is: Bediening")
        for text, option in means.items():
            editor.get_by_role("row", name=text).get_by_role("combobox").select_option(option)
        bench.save(field)


def carry(bench: Workbench) -> None:
    """The copy gets Loket's options from the old ones: first as numbers, then for everybody."""
    page = bench.page
    bench.open("Gender").get_by_role("link", name="Carry the data over").click()
    page.get_by_label("Female (31)").select_option("Vrouw")
    page.get_by_label("Male (29)").select_option("Man")
    page.get_by_role("button", name="Show what it would do").click()
    numbers = "People: 60 · values carried over: 60 · without a value: 0 · left out: 0"
    expect(page.locator("#content")).to_contain_text(numbers)
    look_once(page, "carry, what it would do")
    page.get_by_role("button", name="Carry the data over").click()
    expect(page.locator("#content")).to_contain_text("Carried over.")
    page.get_by_role("link", name="Mapping of Linde Horeca").click()
    bench.state("Gender", "Mapped")


def see_somebody(bench: Workbench) -> str:
    """What the converter makes of one real person, then all that is mapped; gives the address of that. A BSN stays masked."""
    page, editor = bench.page, bench.open("Nationality")
    editor.get_by_label("Name or employee number").fill("Jansen")
    editor.get_by_role("button", name="Search").click()
    expect(editor.locator("#bench-choose li")).to_have_count(1)
    editor.get_by_role("link", name="Sanne Jansen-de Vries").click()
    expect(editor.get_by_role("row", name="Nationality")).to_contain_text("Dutch Nederlandse")
    editor.get_by_role("link", name="All fields of this person").click()
    expect(page.get_by_role("row", name="Gender")).to_contain_text("Vrouw")
    expect(page.get_by_role("row", name="BSN")).to_contain_text("••••••370")
    address = page.url
    page.get_by_role("link", name="Show what Loket has now").click()
    expect(page.locator("#content")).to_contain_text("No administrator has connected this legal entity to Loket yet")
    page.get_by_role("link", name="Mapping of Linde Horeca").click()
    return address


def compare_with_loket(page: Page, address: str) -> None:
    """Once the legal entity is connected, what Loket has of that person stands beside it."""
    page.goto(address)
    page.get_by_role("link", name="Show what Loket has now").click()
    expect(page.get_by_role("columnheader", name="Loket has now")).to_be_visible()
    expect(page.get_by_role("row", name="Gender")).to_contain_text("Vrouw")
    look_once(page, "one person beside Loket")


# --- Putting it in force ------------------------------------------------------------------------------------------------


def publish(bench: Workbench) -> None:
    """What changes and for how many people is there before it counts."""
    page = bench.page
    expect(page.locator("#bench-sum")).to_contain_text("29 of 131 fields filled.")
    page.get_by_role("link", name="Publish…").click()
    expect(page.locator("#bench-touched")).to_contain_text("For 50 people the next sync would send something else.")
    look_once(page, "publish")
    page.get_by_label("I have seen what changes").check()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("body")).to_contain_text("Version 1 is in force.")


def enable(stage: Stage, bench: Workbench) -> None:
    """Not before somebody has seen what the mapping makes of everybody (rule 29)."""
    page = bench.page
    page.goto(f"/admin/onboarding/legalentity/{stage.entity.pk}/change/")
    page.locator("a[href$='/enable/']").click()
    page.locator("#content [type=submit]").last.click()
    expect(page.locator("#content")).to_contain_text("The mapping lacks: a preview of everybody (rule 29).")
    page.goto(bench.url)
    page.get_by_role("link", name="Preview of everybody").click()
    everyone = page.locator("#bench-everyone")
    expect(everyone).to_contain_text("49 of 55 people pass. In part: 0. Blocked: 6.")
    look_once(page, "preview of everybody")
    page.get_by_role("button", name="I have seen this preview").click()
    expect(everyone).to_contain_text("This preview was seen on")
    stage.enable(page)


def told(run: Run) -> set[tuple[int, str, str]]:
    """Who has which problem with which field."""
    return {
        (one.row, problem["code"], problem["field"])
        for one in run.results.all()
        for problem in one.detail.get("problems", ())
    }


def fates(run: Run) -> dict[int, str]:
    """What becomes of each person. Whether somebody changes is no matter: the draft maps the civil status too."""
    found = dict(run.results.values_list("row", "outcome"))
    return {row: "changed" if outcome == "unchanged" else outcome for row, outcome in found.items()}


def make_preview(stage: Stage, worker: Worker) -> Run:
    """The company's administrator lets the product compare everybody with Loket, and looks at the mapping and its section."""
    page = stage.page_of(stage.anna)
    page.goto(f"/entities/{stage.entity.pk}/preview/")
    page.get_by_role("button", name="Make a preview").first.click()
    expect(page.locator("main")).not_to_contain_text("Make a preview")
    worker.work()
    page.reload()
    expect(page.get_by_role("link", name="Blocked or failed 6")).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name="Attribute mapping").click()
    expect(page.locator("main")).to_contain_text("Geslacht (Loket)")
    look(page, "the mapping, as the company sees it")
    page.goto("/")
    page.get_by_role("link", name="Sections").click()
    page.get_by_role("link", name="Loket", exact=True).click()
    expect(page.get_by_role("columnheader", name="Place of birth")).to_be_visible()
    return Run.objects.get()


def run_by_default(stage: Stage) -> Run:
    """The same people by the default mapping."""
    current = services.published(stage.company, services.Source.PERSONIO)
    assert current is not None
    draft = drafts.begin(stage.company, services.Source.PERSONIO, None, drafts.Start.DEFAULT)
    publishing.publish(draft, None, current.pk)
    return personio.work(stage.entity.connection)


def test_a_company_is_mapped_from_nothing_and_its_preview_blames_no_mapping(linde: Stage, worker: Worker) -> None:
    bench = Workbench(linde.page_of(linde.sam), linde.company.pk)
    begin(bench)
    change(bench)
    decide(bench)
    is_refused(bench.page)
    verify(linde, bench)
    read_people(bench, worker)
    map_values(bench)
    carry(bench)
    sanne = see_somebody(bench)
    publish(bench)
    enable(linde, bench)

    personio.connect_linde(linde.entity, linde.anna)
    linde.entity.refresh_from_db()
    compare_with_loket(bench.page, sanne)
    by_hand = make_preview(linde, worker)
    of_mapping = {code for _row, code, _field in told(by_hand) if code in PROBLEM_CODES}
    assert of_mapping == A_NAME_TOO_LONG
    by_default = run_by_default(linde)
    assert fates(by_hand) == fates(by_default), "the same people as by the default mapping"
    assert told(by_hand) <= told(by_default)
