"""The pages of a legal entity whose people come from Personio: no word of rosters, rows or uploads."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from loket_portal.simulator import Simulator
from onboarding.models import Connection, Issue, LegalEntity, PersonioAccount, Role, User
from sync.models import Result, Roster, Run
from sync.records import LEGAL_ENTITY, Effect, Later, Problem
from sync.services import history, overview, results
from sync.services.overview import NextStep
from tests.factories import ConnectionFactory, member
from tests.sync import pages
from tests.sync.pages import person
from tests.sync.personio import edit, work

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OF_A_FILE = re.compile(r"\b(rosters?|upload\w*|rows?|file)\b", re.I)
JANUARY = date(2099, 1, 1)
HOURS, FUNCTION = "workingHours.deviatingHoursPerWeek", "organization.function"
LAST_NAME = "employee.personalDetails.lastName"


@pytest.fixture
def connection(entity: LegalEntity) -> Connection:
    """Connected with Loket and with Personio, which nobody has read yet."""
    made = ConnectionFactory(entity=entity)
    pages.read_personio(entity).delete()
    return made


@pytest.fixture
def reading(connection: Connection) -> Connection:
    """One who is in, one who is blocked, one who starts later."""
    late = person(41003, "1003", "Vos", status="onboarding", start_date=JANUARY.isoformat())
    pages.read_personio(connection.entity, person(41001, "1001", "Berg"), person(41002, None, "Beek"), late)
    return connection


def text_of(client: Client, connection: Connection, path: str = "") -> str:
    return " ".join(client.get(f"/entities/{connection.entity_id}/{path}").content.decode().split())


def words_of(html: str) -> str:
    """What people read of the page."""
    return re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1].split("</main>", maxsplit=1)[0])


def step(connection: Connection, user: User) -> NextStep:
    return overview.read(LegalEntity.objects.get(pk=connection.entity_id), user).next_step


def issue(entity: LegalEntity, *, is_blocking: bool, kind: str = Issue.Kind.ATTRIBUTE_MISSING) -> Issue:
    params = {"label": "Burgerservicenummer", "key": "dynamic_24407", "fields": ["BSN"]}
    return Issue.objects.create(
        company=entity.company,
        source="personio",
        kind=kind,
        subject=f"{kind}-{is_blocking}",
        params=params,
        is_blocking=is_blocking,
        opened_at=timezone.now(),
    )


# --- No word of files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "people/", "preview/", "sync/", "last-sync/"])
@pytest.mark.parametrize("is_read", [False, True])
def test_no_page_speaks_of_a_file(signed_in: Client, connection: Connection, path: str, is_read: bool) -> None:
    if is_read:
        people = [person(41001, "1001", "Berg"), person(41002, None, "Beek")]
        pages.read_personio(connection.entity, *people)
        for is_dry in (True, False):
            made = pages.run(connection, is_dry=is_dry)
            pages.result(made, "blocked", "Beek", row=41002, person=who(41002), problems=[pages.PROBLEM])
            pages.result(made, "changed", "Berg", row=41001, person=who(41001), changes=[(HOURS, "20", "28", False)])
    assert not OF_A_FILE.search(words_of(text_of(signed_in, connection, path)))


def who(row: int, number: str = "") -> dict[str, str]:
    return {"key": f"personio-{row}", "name": "Somebody", "number": number}


# --- The tab and its page -----------------------------------------------------------------------------------------------


def test_the_tab_is_personio(signed_in: Client, connection: Connection) -> None:
    tabs = text_of(signed_in, connection).split('<ul class="tabs">')[1].split("</ul>")[0]
    assert f'<a href="/entities/{connection.entity_id}/roster/">Personio</a>' in tabs
    assert "Roster" not in tabs


def test_its_page_says_how_many_were_read_when_and_how_that_began(
    signed_in: Client, connection: Connection, administrator: User
) -> None:
    pages.read_personio(connection.entity, person(41001, "1001", "Berg"))
    run = pages.run(connection, is_dry=True, trigger=Run.Trigger.WEBHOOK)
    text = text_of(signed_in, connection, "roster/")
    for words in ("1 person in this legal entity", "Last read on"):
        assert words in text
    assert "· Personio told of a change" in text
    Run.objects.filter(pk=run.pk).update(trigger=Run.Trigger.PERSON, started_by=administrator)
    assert f"by {administrator}" in text_of(signed_in, connection, "roster/")
    assert "An uploaded roster is not used." in text


def test_the_newest_run_of_a_reading_is_the_one_that_read_last(signed_in: Client, reading: Connection) -> None:
    pages.run(reading, is_dry=True, trigger=Run.Trigger.SCHEDULE)
    pages.run(reading, is_dry=True, trigger=Run.Trigger.WEBHOOK)
    text = text_of(signed_in, reading, "roster/")
    assert "Personio told of a change" in text
    assert "Started on schedule" not in text


def test_its_page_makes_a_preview(signed_in: Client, reading: Connection) -> None:
    text = text_of(signed_in, reading, "roster/")
    form = text.split(f'action="/entities/{reading.entity_id}/preview/"')[1].split("</form>")[0]
    assert 'class="button primary">Make a preview</button>' in form


def test_without_payroll_edit_it_says_who_makes_one(client: Client, reading: Connection, administrator: User) -> None:
    reader = member(reading.entity)
    reader.memberships.update(role=Role.objects.create(company=reading.entity.company, name="Reader"))
    client.force_login(reader, backend=BACKEND)
    text = text_of(client, reading, "roster/")
    assert "Make a preview</button>" not in text
    assert str(administrator) in text


def test_its_page_shows_each_open_issue_with_the_fix_and_the_way_there(signed_in: Client, reading: Connection) -> None:
    assert reading.entity
    issue(reading.entity, is_blocking=True)
    text = text_of(signed_in, reading, "roster/")
    assert "1 thing to put right" in text
    assert "Burgerservicenummer" in text
    assert "Readable employee attributes" in text
    assert f'href="/companies/{reading.entity.company_id}/personio/"' in text


def test_an_issue_of_another_legal_entity_is_not_shown(signed_in: Client, reading: Connection) -> None:
    assert reading.entity
    other = ConnectionFactory(entity__company=reading.entity.company).entity
    Issue.objects.filter(pk=issue(reading.entity, is_blocking=True).pk).update(entity=other)
    assert "to put right" not in text_of(signed_in, reading, "roster/")


def test_a_file_is_refused_with_the_reason(signed_in: Client, reading: Connection) -> None:
    file = SimpleUploadedFile("people.csv", "\n".join((pages.HEADER, *pages.PEOPLE)).encode())
    answer = signed_in.post(f"/entities/{reading.entity_id}/roster/", {"file": file}).content.decode()
    assert "so no roster is taken." in answer
    assert "Correct them in Personio" in answer
    assert [roster.source for roster in Roster.objects.all()] == ["personio"]


# --- The overview: one next step ----------------------------------------------------------------------------------------


def test_the_first_step_is_a_preview_and_never_an_upload(signed_in: Client, connection: Connection) -> None:
    text = text_of(signed_in, connection)
    assert 'class="button primary">Make a preview</button>' in text
    assert "Not read yet; the first preview reads it." in text


@pytest.mark.parametrize(
    ("is_there", "why"),
    [
        (True, "Personio no longer accepts the client ID and the client secret."),
        (False, "The company is not connected with Personio any more."),
    ],
)
def test_a_personio_that_cannot_be_read_says_why_and_leads_to_who_mends_it(
    signed_in: Client, reading: Connection, is_there: bool, why: str
) -> None:
    if is_there:
        PersonioAccount.objects.update(state=PersonioAccount.State.REFUSED)
    else:
        PersonioAccount.objects.all().delete()
    text = text_of(signed_in, reading)
    assert why in text
    assert f'<a class="button primary" href="/companies/{reading.entity.company_id}/personio/">' in text
    assert "An administrator" in text
    assert text.count("button primary") == 1


def test_what_stops_the_sync_is_the_next_step_and_a_preview_stays_possible(
    signed_in: Client, reading: Connection, administrator: User
) -> None:
    pages.result(pages.run(reading, is_dry=True), "changed", "Berg")
    assert step(reading, administrator) is NextStep.SYNC
    issue(reading.entity, is_blocking=True)
    text = text_of(signed_in, reading)
    assert "Something is to be put right in Personio" in text
    assert "Burgerservicenummer" in text
    assert "Make a new preview</button>" in text
    assert ">Sync with Loket.nl<" not in text


def test_an_issue_that_stops_nothing_is_a_banner(signed_in: Client, reading: Connection) -> None:
    issue(reading.entity, is_blocking=False)
    text = text_of(signed_in, reading)
    assert "1 thing about Personio is to be put right." in text
    assert "Make a preview</button>" in text


def test_the_row_of_personio_counts_who_is_in_and_says_when(signed_in: Client, reading: Connection) -> None:
    rows = text_of(signed_in, reading).split('<ul class="rows">')[1]
    for words in ("3 people in this legal entity", "Last read on", ">1 in the sync</a>", ">1 blocked</a>"):
        assert words in rows


def test_a_comparison_that_began_by_itself_is_the_last_preview_and_says_so(
    signed_in: Client, reading: Connection
) -> None:
    pages.run(reading, is_dry=True, trigger=Run.Trigger.SCHEDULE)
    rows = text_of(signed_in, reading).split('<ul class="rows">')[1]
    assert "3 people compared" in rows
    assert "· Started on schedule" in rows.split(">Preview</a>")[1]


def synced(reading: Connection) -> Run:
    """A sync in which one was blocked and one has failed."""
    pages.run(reading, is_dry=True)
    sync = pages.run(reading, state=Run.State.PARTIAL)
    pages.result(sync, "blocked", "Beek")
    pages.result(sync, "failed", "Vos")
    return sync


def test_a_later_preview_with_changes_asks_for_a_sync_of_the_same_reading(
    signed_in: Client, reading: Connection, administrator: User
) -> None:
    sync = pages.run(reading)
    later = pages.run(reading, is_dry=True, trigger=Run.Trigger.WEBHOOK)
    assert sync.roster == later.roster, "refreshed in place"
    assert step(reading, administrator) is NextStep.DONE
    pages.result(later, "changed", "Berg")
    assert step(reading, administrator) is NextStep.SYNC


def test_who_needs_somebody_is_not_hidden_by_a_later_preview(signed_in: Client, reading: Connection) -> None:
    synced(reading)
    later = pages.run(reading, is_dry=True, trigger=Run.Trigger.SCHEDULE)
    pages.result(later, "changed", "Berg")
    pages.result(later, "blocked", "Beek", problems=[pages.PROBLEM])
    text = text_of(signed_in, reading)
    assert "The preview shows what differs." in text
    assert re.search(r'preview/\?show=problems"> *1 person needs you', text)
    assert re.search(r'last-sync/\?show=problems"> *1 person failed in the last sync', text)


def test_somebody_who_is_blocked_since_the_sync_is_told(
    signed_in: Client, reading: Connection, administrator: User
) -> None:
    pages.result(pages.run(reading), "unchanged", "Berg")
    pages.result(pages.run(reading, is_dry=True), "blocked", "Berg", problems=[pages.PROBLEM])
    assert step(reading, administrator) is NextStep.SOME_NEED_YOU
    text = text_of(signed_in, reading)
    assert f'href="/entities/{reading.entity_id}/preview/?show=problems">See who needs you</a>' in text


def test_somebody_who_was_corrected_in_personio_no_longer_needs_anybody(
    reading: Connection, administrator: User
) -> None:
    sync = synced(reading)
    later = pages.run(reading, is_dry=True, trigger=Run.Trigger.WEBHOOK)
    pages.result(later, "unchanged", "Beek")
    assert step(reading, administrator) is NextStep.SOME_NEED_YOU, (
        "one has failed, and no preview can tell how it ended"
    )
    Result.objects.filter(run=sync, outcome="failed").delete()
    assert step(reading, administrator) is NextStep.DONE


def test_who_would_become_a_concept_employee_does_not_wait_for_the_payroll_administrator_yet(
    signed_in: Client, reading: Connection
) -> None:
    pages.run(reading)
    later = pages.run(reading, is_dry=True)
    pages.result(later, "created", "Vos", reason="waits_as_concept")
    assert "waits for the payroll administrator" not in text_of(signed_in, reading)
    pages.result(later, "unchanged", "Beek", reason="waits_as_concept")
    assert "1 new person waits for the payroll administrator" in text_of(signed_in, reading)


def test_done_offers_a_new_preview(signed_in: Client, reading: Connection) -> None:
    pages.result(pages.run(reading), "unchanged", "Berg")
    text = text_of(signed_in, reading)
    assert "Loket is up to date with Personio" in text
    assert "Make a new preview</button>" in text


@pytest.mark.django_db(transaction=True)
def test_somebody_edited_in_personio_after_the_sync_asks_for_a_sync(linde: Connection, simulator: Simulator) -> None:
    for is_dry in (True, False):
        work(linde, is_dry=is_dry)
    assert linde.entity
    reader = member(linde.entity)
    assert step(linde, reader) is NextStep.SOME_NEED_YOU
    edit(simulator, 41001, last_name="Bergsma")
    work(linde, trigger=Run.Trigger.SCHEDULE)
    assert step(linde, reader) is NextStep.SYNC
    found = overview.read(linde.entity, reader)
    assert found.found["problems"] == found.came_to["problems"] == 6


# --- People -------------------------------------------------------------------------------------------------------------


def test_people_are_numbered_as_personio_does(signed_in: Client, reading: Connection) -> None:
    text = text_of(signed_in, reading, "people/")
    assert '<td class="w-row quiet" data-label="Personio">41001</td>' in text
    assert "Correct it in Personio; the next preview or sync reads it again." in text


def test_somebody_who_starts_later_has_the_day(signed_in: Client, reading: Connection) -> None:
    text = text_of(signed_in, reading, "people/?show=out")
    assert "starts on 1 January 2099, and comes in when it is Active." in text


def test_before_the_start_date_an_active_person_comes_in_on_that_day(signed_in: Client, connection: Connection) -> None:
    pages.read_personio(connection.entity, person(41001, "1001", "Berg", start_date=JANUARY.isoformat()))
    assert "Starts later; comes in on 1 January 2099." in text_of(signed_in, connection, "people/")


def test_what_is_planned_for_a_person_is_shown_without_what_is_secret(
    signed_in: Client, connection: Connection
) -> None:
    later = (
        Later("hours_per_week", "38", JANUARY),
        Later(LEGAL_ENTITY, "Linde Catering B.V.", JANUARY),
        Later("iban", "NL91ABNA0417164300", JANUARY),
    )
    pages.read_personio(connection.entity, person(41001, "1001", "Berg", later=later))
    text = " ".join(words_of(text_of(signed_in, connection, "people/")).split())
    assert "Hours per week 38 from 1 January 2099" in text
    assert "Legal entity Linde Catering B.V. from 1 January 2099" in text
    assert "0417164300" not in text


def test_people_are_found_by_employee_number(signed_in: Client, reading: Connection) -> None:
    assert "Berg" in text_of(signed_in, reading, "people/?q=1001")
    assert "Berg" not in text_of(signed_in, reading, "people/?q=1003")


def test_somebody_without_legal_entity_reads_who_acts(signed_in: Client, connection: Connection) -> None:
    problem = Problem("no_legal_entity", effect=Effect.PERSON)
    pages.read_personio(connection.entity, person(41001, "1001", "Berg", problems=(problem,)))
    text = text_of(signed_in, connection, "people/")
    assert "has no legal entity in Personio any more" in text
    assert "fills in the legal entity of the employment" in text


# --- Runs ---------------------------------------------------------------------------------------------------------------


def test_a_result_names_the_number_and_the_id_in_personio(signed_in: Client, reading: Connection) -> None:
    made = pages.run(reading, is_dry=True)
    pages.result(made, "changed", "Berg", row=41001, person=who(41001, "1001"), changes=[(LAST_NAME, "A", "B", True)])
    text = " ".join(words_of(text_of(signed_in, reading, "preview/")).split())
    assert "1001 · Personio 41001" in text
    assert "Row" not in text
    assert "1001 · Personio" in text_of(signed_in, reading, "preview/?q=1001")


def test_a_concept_employee_is_named_by_the_employee_number(signed_in: Client, reading: Connection) -> None:
    made = pages.run(reading, is_dry=True)
    pages.result(made, "unchanged", "Berg", row=41001, person=who(41001, "1001"), reason="waits_as_concept")
    assert "Is a concept employee in Loket (LP-1001)" in text_of(signed_in, reading, "preview/")


@pytest.mark.django_db(transaction=True)
def test_a_run_gives_each_result_its_employee_number(linde: Connection) -> None:
    run = work(linde)
    numbers = {row.row: row.number for row in results.find(run, search="41001").rows}
    assert numbers == {41001: "1001"}


def test_what_waits_for_its_day_comes_after_what_goes_now(signed_in: Client, reading: Connection) -> None:
    made = pages.run(reading, is_dry=True)
    waits = [(HOURS, "36", "38", False, "2099-01-01"), (LEGAL_ENTITY, "", "Linde Catering B.V.", False, "2099-04-01")]
    now = [(LAST_NAME, "A", "B", True), (FUNCTION, "Kok", "Ober", False)]
    pages.result(made, "changed", "Berg", changes=[*reversed(waits), *now])
    shown = [change.field for change in results.find(made).rows[0].changes]
    assert shown == [LAST_NAME, FUNCTION, HOURS, LEGAL_ENTITY]
    text = text_of(signed_in, reading, "preview/")
    assert text.index("Not yet sent</span>") < text.index("From 1 January 2099") < text.index("From 1 April 2099")
    move = text.split("Legal entity</th>")[1]
    assert move.index(str(reading.entity)) < move.index("Linde Catering B.V.")


def test_somebody_left_out_until_a_day_has_the_day_in_the_run(signed_in: Client, reading: Connection) -> None:
    made = pages.run(reading, is_dry=True)
    pages.result(made, "skipped", "Vos", reason="starts_later", day="2099-01-01")
    assert "comes in on 1 January 2099." in text_of(signed_in, reading, "preview/")


def test_the_progress_counts_who_was_read_of_personio(signed_in: Client, reading: Connection) -> None:
    run = pages.run(reading, is_dry=True, state=Run.State.RUNNING, roster=None, total=None, done=0, read=1200)
    url = f"runs/{run.pk}/"
    assert "Reading Personio: 1,200 people so far." in text_of(signed_in, reading, url)
    Run.objects.filter(pk=run.pk).update(read=0)
    assert "Reading Personio." in text_of(signed_in, reading, url)
    Run.objects.filter(pk=run.pk).update(roster=Roster.objects.get())
    assert "Reading the present state in Loket." in text_of(signed_in, reading, url)


def test_a_preview_is_not_older_than_the_reading_it_made_itself(signed_in: Client, reading: Connection) -> None:
    made = pages.run(reading, is_dry=True)
    pages.result(made, "changed", "Berg")
    Run.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    for path in ("preview/", "sync/"):
        assert "Make a new one" not in text_of(signed_in, reading, path)
    assert "Sync with Loket.nl</a>" in text_of(signed_in, reading, "preview/")


def test_a_preview_is_outdated_when_personio_was_read_again(signed_in: Client, reading: Connection) -> None:
    made = pages.run(reading, is_dry=True)
    Roster.objects.update(told_until=timezone.now() + timedelta(minutes=5))
    made.refresh_from_db()
    assert history.is_outdated(made, Roster.objects.get())
    assert "Personio was read again after this preview. Make a new one." in text_of(signed_in, reading, "preview/")


def test_a_preview_of_the_roster_is_no_ground_for_a_sync_from_personio(
    signed_in: Client, entity: LegalEntity, administrator: User
) -> None:
    connection = ConnectionFactory(entity=entity)
    pages.upload(entity, administrator)
    pages.result(pages.run(connection, is_dry=True), "changed", "Berg")
    pages.read_personio(entity, person(41001, "1001", "Berg"))
    text = text_of(signed_in, connection, "preview/")
    assert "Sync with Loket.nl</a>" not in text
    assert step(connection, administrator) is NextStep.PREVIEW


def test_the_sync_page_says_that_personio_is_read_again(signed_in: Client, reading: Connection) -> None:
    pages.result(pages.run(reading, is_dry=True), "changed", "Berg")
    assert "Personio and Loket are read again before anything is written" in text_of(signed_in, reading, "sync/")


def test_a_first_sync_without_a_preview_is_refused_in_words_of_personio(signed_in: Client, reading: Connection) -> None:
    pages.run(reading, is_dry=True, trigger=Run.Trigger.SCHEDULE)
    assert "Nobody has asked for a preview yet." in text_of(signed_in, reading, "sync/")
