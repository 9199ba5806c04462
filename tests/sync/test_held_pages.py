"""A run that waits, is paused or blocked: what it says, what each may do about it, what every button does."""

import re

import pytest
from django.test import Client

from onboarding.models import Connection, LegalEntity, Role, User
from sync.guards import Code, Guard
from sync.models import Run
from sync.services import approvals
from tests.factories import ConnectionFactory, EntityFactory, member
from tests.sync import held, pages

pytestmark = pytest.mark.usefixtures("rung")

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ALL = [
    held.MANY,
    Guard(Code.SOURCE_SHRUNKEN, 40, 60),
    held.BANK,
    Guard(Code.ENDED_EMPLOYMENTS, 3, 60),
    Guard(Code.START_DATES, 1, 60),
    Guard(Code.REINSTATEMENTS, 1200, 20000),
    Guard(Code.REFUSED_AT_START, 8, 25),
]


@pytest.fixture
def connection(entity: LegalEntity) -> Connection:
    return ConnectionFactory(entity=entity)


@pytest.fixture
def reader(entity: LegalEntity, client: Client) -> Client:
    """Somebody of the company whose role has no payroll edit."""
    user = member(entity)
    user.memberships.update(role=Role.objects.create(company=entity.company, name="Reader"))
    client.force_login(user, backend=BACKEND)
    return client


def page(client: Client, run: Run, query: str = "") -> str:
    return " ".join(client.get(f"{address(run)}{query}").content.decode().split())


def address(run: Run) -> str:
    return f"/entities/{run.connection.entity_id}/runs/{run.pk}/"


def say(client: Client, run: Run, action: str, **sent: str) -> str:
    """Presses a button, and gives the page after it."""
    answer = client.post(address(run), {"action": action, **sent}, follow=True)
    run.refresh_from_db()
    return " ".join(answer.content.decode().split())


def seen(client: Client, run: Run) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page(client, run))
    assert found
    return found[1]


# --- Waiting ----------------------------------------------------------------------------------------------------------


def test_it_says_what_it_asks_with_figures_and_lists_who_would_change(
    signed_in: Client, connection: Connection
) -> None:
    text = page(signed_in, held.waiting(connection, held.MANY, held.BANK))
    assert "31 of the 58 employees in Loket would change." in text
    assert "The bank account of 2 people changes." in text
    assert text.index("The bank account of 2 people") < text.index("Johanna Berg") < text.index("Marieke Dam")
    assert "••••••1234" in text
    assert "Asks first" in text


def test_it_says_whether_some_of_it_was_sent_before(signed_in: Client, connection: Connection) -> None:
    made = held.waiting(connection, held.BANK)
    assert "Nothing of this sync was sent yet." in page(signed_in, made)
    made.operations.create(key_hash="k", action="employee.put", fingerprint="f", state="confirmed")
    text = page(signed_in, made)
    assert "What needs no answer was sent before" in text
    assert "Nothing of this sync was sent yet." not in text


@pytest.mark.parametrize("guard", ALL, ids=lambda guard: str(guard.code))
def test_every_question_has_its_figures_and_says_what_to_look_at(
    signed_in: Client, connection: Connection, guard: Guard
) -> None:
    text = page(signed_in, held.waiting(connection, guard))
    asked = text.split('<form class="sheet')[1].split("</form>")[0]
    figure = guard.of - guard.count if guard.code == Code.SOURCE_SHRUNKEN else guard.count
    assert f"{figure:,}" in asked
    assert " ? " not in re.sub(r"<[^>]*>", " ", asked), "every place is filled"
    assert ('type="radio"' in asked) is guard.can_be_left_out
    assert 'value="go_on">Go on</button>' in asked


def test_what_is_sent_without_asking_carries_no_word(signed_in: Client, connection: Connection) -> None:
    made = held.waiting(connection, held.MANY)
    text = page(signed_in, made)
    assert "••••••1234" in text
    assert "Asks first" not in text


def test_only_those_whom_a_question_is_about_are_shown_when_asked_for(
    signed_in: Client, connection: Connection
) -> None:
    made = held.waiting(connection)
    assert 'href="?show=bank_accounts#people"' in page(signed_in, made)
    text = page(signed_in, made, "?show=bank_accounts")
    assert "Johanna Berg" in text
    assert "Marieke Dam" not in text


def test_when_loket_refuses_many_those_stand_first_with_what_loket_says(
    signed_in: Client, connection: Connection
) -> None:
    made = held.waiting(connection, Guard(Code.REFUSED_AT_START, 8, 25))
    pages.result(made, "failed", "Piet Vos", reason="rejected", messages=[("BrokenBusinessRule", "Mag niet")])
    text = page(signed_in, made)
    assert "Mag niet" in text
    assert "Johanna Berg" not in text


def test_go_on_sends_what_was_agreed_to(signed_in: Client, connection: Connection, rung: list[int]) -> None:
    made = held.waiting(connection, held.MANY, held.BANK)
    text = say(signed_in, made, "go_on", seen=seen(signed_in, made), bank_accounts="send")
    assert (made.state, made.approved) == ("queued", {"too_many_changes": 31, "bank_accounts": 2})
    assert rung == [made.pk]
    assert "Your answer is kept. The sync goes on." in text


def test_what_is_left_out_is_not_agreed_to(signed_in: Client, connection: Connection) -> None:
    made = held.waiting(connection, held.BANK)
    say(signed_in, made, "go_on", seen=seen(signed_in, made), bank_accounts="leave_out")
    assert made.approved == {"bank_accounts": 0}


def test_a_question_without_an_answer_is_named_and_the_other_answer_is_kept(
    signed_in: Client, connection: Connection
) -> None:
    made = held.waiting(connection, held.BANK, Guard(Code.START_DATES, 1, 60))
    text = say(signed_in, made, "go_on", seen=seen(signed_in, made), start_dates="leave_out")
    assert made.state == "waiting"
    assert '<a href="#id_bank_accounts">Choose whether the bank accounts are sent or left out.</a>' in text
    assert re.search(r'value="leave_out"[^>]*id="id_start_dates_1"[^>]* checked', text)


def test_an_answer_to_another_question_than_is_asked_by_now_counts_for_nothing(
    signed_in: Client, connection: Connection
) -> None:
    made = held.waiting(connection, held.BANK)
    before = seen(signed_in, made)
    Run.objects.update(guards=[{"code": "bank_accounts", "count": 40, "of": 60}])
    text = say(signed_in, made, "go_on", seen=before, bank_accounts="send")
    assert made.state == "waiting"
    assert "What it asks has changed since you opened the page." in text
    assert "The bank account of 40 people changes." in text


def test_whoever_answers_second_reads_that_it_goes_on_already(signed_in: Client, connection: Connection) -> None:
    made = held.waiting(connection, held.BANK)
    mark = seen(signed_in, made)
    say(signed_in, made, "go_on", seen=mark, bank_accounts="leave_out")
    assert "It doesn&#x27;t wait for an answer any more." in say(
        signed_in, made, "go_on", seen=mark, bank_accounts="send"
    )
    assert made.approved == {"bank_accounts": 0}


def test_nobody_goes_on_with_an_empty_source(signed_in: Client, connection: Connection) -> None:
    text = page(signed_in, held.waiting(connection, held.EMPTY))
    assert "There is nobody in the roster." in text
    assert "Go on</button>" not in text
    assert "Cancel this sync" in text


def test_an_empty_personio_speaks_of_no_roster(signed_in: Client, connection: Connection) -> None:
    pages.read_personio(connection.entity)
    connection.refresh_from_db()
    text = page(signed_in, held.waiting(connection, held.EMPTY))
    assert "Personio gave nobody for this legal entity." in text
    assert "upload" not in text.split('<form class="sheet')[1].split("</form>")[0]


def test_cancel_is_asked_once_more_and_keeps_what_was_sent(signed_in: Client, connection: Connection) -> None:
    made = held.waiting(connection)
    pages.result(made, "changed", "Piet Vos")
    text = page(signed_in, made)
    assert text.index("<summary> Cancel this sync") < text.index("What was sent until then stays in Loket")
    text = say(signed_in, made, "cancel")
    assert made.state == "cancelled"
    assert "The sync was cancelled" in text
    assert "Piet Vos" in text
    assert "<b>2</b> still to be done" in text


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["queued", "running", "waiting", "paused", "blocked"])
def test_without_payroll_edit_there_is_no_button_and_the_page_says_who_can(
    reader: Client, connection: Connection, state: str
) -> None:
    editor = member(connection.entity)
    made = held.waiting(connection)
    Run.objects.update(state=state)
    text = page(reader, made)
    assert 'name="action"' not in text
    if state in {"waiting", "paused", "blocked"}:
        assert str(editor) in text


@pytest.mark.parametrize("action", ["go_on", "pause", "resume", "cancel"])
def test_without_payroll_edit_nothing_that_is_sent_counts(reader: Client, connection: Connection, action: str) -> None:
    made = held.waiting(connection)
    say(reader, made, action, seen=approvals.mark(made), bank_accounts="send")
    assert (made.state, made.approved) == ("waiting", {})


@pytest.mark.parametrize("action", ["", "go_on", "cancel"])
def test_for_another_company_the_run_is_not_there(client: Client, connection: Connection, action: str) -> None:
    client.force_login(member(EntityFactory()), backend=BACKEND)
    made = held.waiting(connection)
    answer = client.post(address(made), {"action": action}) if action else client.get(address(made))
    assert answer.status_code == 404
    made.refresh_from_db()
    assert made.state == "waiting"


# --- Pause, resume, blocked -------------------------------------------------------------------------------------------


def test_a_queued_run_is_paused_at_once_and_goes_on_when_somebody_says_so(
    signed_in: Client, connection: Connection, rung: list[int]
) -> None:
    made = pages.run(connection, state=Run.State.QUEUED)
    assert "It is paused." in say(signed_in, made, "pause")
    assert made.state == "paused"
    assert 'value="resume">Resume</button>' in page(signed_in, made)
    assert "It goes on." in say(signed_in, made, "resume")
    assert (made.state, rung) == ("queued", [made.pk])


def test_a_running_one_finishes_those_it_is_at_first(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.RUNNING)
    text = say(signed_in, made, "pause")
    assert (made.state, made.asked) == ("running", "pause")
    assert "Pauses" in text
    assert 'value="pause"' not in text


def test_what_is_not_possible_any_more_says_so(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection)
    assert "That isn&#x27;t possible any more." in say(signed_in, made, "pause")
    assert made.state == "succeeded"


def test_an_unknown_button_does_nothing(signed_in: Client, connection: Connection) -> None:
    made = held.waiting(connection)
    say(signed_in, made, "everything")
    assert made.state == "waiting"


def test_a_blocked_one_leads_an_administrator_to_the_sign_in(signed_in: Client, connection: Connection) -> None:
    text = page(signed_in, held.held(connection, Run.State.BLOCKED))
    assert f'href="/entities/{connection.entity_id}/connect/">Sign in at Loket again</a>' in text
    assert "After a new sign-in it goes on by itself" in text


def test_a_payroll_manager_reads_who_signs_in(client: Client, connection: Connection, administrator: User) -> None:
    client.force_login(member(connection.entity, Role.Preset.PAYROLL_MANAGER), backend=BACKEND)
    text = page(client, held.held(connection, Run.State.BLOCKED))
    assert f"This is for an administrator with payroll edit: {administrator}." in text
    assert "Cancel this sync" in text


# --- Progress ---------------------------------------------------------------------------------------------------------


def test_while_it_sends_the_bar_counts_those_who_differ(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.RUNNING, total=2000, done=1990, planned=3)
    pages.result(made, "planned", "Johanna Berg")
    text = page(signed_in, made)
    assert "2 of 3 people who differ from Loket are done." in text
    assert 'max="3" value="2"' in text


def test_between_two_turns_it_says_that_others_are_at_work(signed_in: Client, connection: Connection) -> None:
    made = pages.run(connection, state=Run.State.RUNNING, total=60, planned=3)
    Run.objects.update(state="queued", started_at=made.created_at)
    assert "Other companies have their turn" in page(signed_in, made)


@pytest.mark.parametrize("state", Run.HELD)
def test_progress_that_comes_to_a_halt_sends_the_page_to_the_question(
    signed_in: Client, connection: Connection, state: str
) -> None:
    made = held.held(connection, state)
    answer = signed_in.get(f"{address(made)}progress/?said=25")
    assert answer["HX-Redirect"] == address(made)


def test_a_page_of_a_held_run_hears_only_when_it_goes_on(signed_in: Client, connection: Connection) -> None:
    made = held.held(connection, Run.State.BLOCKED)
    assert signed_in.get(f"{address(made)}progress/?was=blocked").status_code == 204
    Run.objects.update(state="queued")
    assert signed_in.get(f"{address(made)}progress/?was=blocked")["HX-Redirect"] == address(made)
