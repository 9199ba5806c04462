"""The schedule of a legal entity as people see and set it, and whether a sync asks before bank accounts change."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from onboarding.models import Connection, LegalEntity, LoketLogin, Role, User
from sync.models import Run, Schedule, Standing
from sync.services import standing
from sync.services.runs import Refusal
from tests.factories import ConnectionFactory, EntityFactory, member
from tests.sync import held, pages

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def connection(entity: LegalEntity) -> Connection:
    return ConnectionFactory(entity=entity)


@pytest.fixture
def reader(client: Client, entity: LegalEntity) -> Client:
    """Somebody of the company without payroll edit."""
    user = member(entity)
    user.memberships.update(role=Role.objects.create(company=entity.company, name="Reader"))
    client.force_login(user, backend=BACKEND)
    return client


def page(client: Client, entity: LegalEntity, path: str = "schedule/") -> str:
    return " ".join(client.get(f"/entities/{entity.pk}/{path}").content.decode().split())


def send(client: Client, entity: LegalEntity, action: str = "schedule", **sent: str) -> str:
    answer = client.post(f"/entities/{entity.pk}/schedule/", {"action": action, **sent}, follow=True)
    return " ".join(answer.content.decode().split())


def of(connection: Connection, **fields: object) -> Schedule:
    known = {"frequency": "daily", "at": time(6), "next_run_at": timezone.now() + timedelta(hours=3)}
    return Schedule.objects.create(entity=connection.entity, **{**known, **fields})


# --- Setting it -------------------------------------------------------------------------------------------------------


def test_before_anybody_sets_it_it_is_off(signed_in: Client, connection: Connection) -> None:
    text = page(signed_in, connection.entity)
    assert "only when somebody starts one" in text
    assert re.search(r'value="off"[^>]* checked', text)


def test_every_day_at_a_time_is_stored_and_the_next_one_is_shown(signed_in: Client, connection: Connection) -> None:
    text = send(signed_in, connection.entity, frequency="daily", at="06:30")
    stored = Schedule.objects.get()
    assert (stored.frequency, stored.at) == ("daily", time(6, 30))
    assert "The schedule is saved." in text
    assert ", 06:30 (Amsterdam)" in text


def test_the_moment_is_that_of_the_clock_in_amsterdam(signed_in: Client, connection: Connection) -> None:
    of(connection, next_run_at=datetime(2027, 7, 1, 4, 0, tzinfo=ZoneInfo("UTC")))
    assert "Thursday 1 July 2027, 06:00 (Amsterdam)" in page(signed_in, connection.entity)


@pytest.mark.parametrize(("frequency", "word"), [("hourly", "Every hour"), ("off", "Off")])
def test_every_hour_and_off_are_stored(signed_in: Client, connection: Connection, frequency: str, word: str) -> None:
    of(connection)
    send(signed_in, connection.entity, frequency=frequency, at="")
    assert Schedule.objects.get().frequency == frequency
    assert f">{word}</span>" in page(signed_in, connection.entity, "")


@pytest.mark.parametrize(
    ("at", "said"),
    [("", "Write at what time it begins, for example 06:00."), ("half six", "Write the time as 06:00.")],
)
def test_a_wrong_time_is_named_at_its_field_and_stays_as_typed(
    signed_in: Client, connection: Connection, at: str, said: str
) -> None:
    text = send(signed_in, connection.entity, frequency="daily", at=at)
    assert f'<a href="#id_at">{said}</a>' in text
    assert f'value="{at}"' in text
    assert re.search(r'value="daily"[^>]* checked', text)
    assert not Schedule.objects.exists()


@pytest.mark.parametrize("frequency", ["", "yearly"])
def test_no_or_an_unknown_frequency_is_named_at_its_field(
    signed_in: Client, connection: Connection, frequency: str
) -> None:
    text = send(signed_in, connection.entity, frequency=frequency, at="06:00")
    assert '<a href="#id_frequency">Choose off, every hour or every day.</a>' in text
    assert not Schedule.objects.exists()


def test_before_the_connection_there_is_nothing_to_set(signed_in: Client, entity: LegalEntity) -> None:
    assert "A schedule begins when Loket.nl is connected." in page(signed_in, entity)
    assert "This legal entity is not connected to Loket yet." in send(signed_in, entity, frequency="hourly")
    assert not Schedule.objects.exists()


def test_without_payroll_edit_it_is_shown_and_not_set(reader: Client, connection: Connection) -> None:
    of(connection)
    editor = member(connection.entity)
    text = page(reader, connection.entity)
    assert "(Amsterdam)" in text
    assert 'type="radio"' not in text
    assert str(editor) in text
    assert "Your role has no payroll edit" in send(reader, connection.entity, frequency="off")
    assert Schedule.objects.get().frequency == "daily"


@pytest.mark.parametrize("method", ["get", "post"])
def test_for_another_company_there_is_no_such_page(client: Client, connection: Connection, method: str) -> None:
    client.force_login(member(EntityFactory()), backend=BACKEND)
    sent = {"action": "schedule", "frequency": "hourly"}
    assert getattr(client, method)(f"/entities/{connection.entity_id}/schedule/", sent).status_code == 404
    assert not Schedule.objects.exists()


# --- What it says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "said"), [("schedule/", "the schedule has stopped"), ("", ">Stopped</span>")])
def test_one_that_stopped_says_so(signed_in: Client, connection: Connection, path: str, said: str) -> None:
    of(connection, stopped="sign_in", stopped_at=timezone.now(), next_run_at=None)
    assert said in page(signed_in, connection.entity, path)


@pytest.mark.parametrize(
    ("stop", "who"), [("sign_in", "An administrator signs in"), ("failing", "Solve what stopped the last one")]
)
def test_one_that_stopped_says_why_and_who_does_what(
    signed_in: Client, connection: Connection, stop: str, who: str
) -> None:
    of(connection, stopped=stop, stopped_at=timezone.now(), next_run_at=None)
    assert who in page(signed_in, connection.entity)


def test_one_that_stopped_says_what_stopped_the_last_sync(signed_in: Client, connection: Connection) -> None:
    of(connection, stopped="failing", stopped_at=timezone.now(), next_run_at=None)
    said = {"message": "Loket could not be reached.", "hint": "Try later.", "done": 1, "trigger": Run.Trigger.SCHEDULE}
    made = pages.run(connection, state=Run.State.FAILED, **said)
    text = page(signed_in, connection.entity)
    assert "What stopped the last one: Loket could not be reached. Try later." in text
    assert f'href="/entities/{connection.entity_id}/runs/{made.pk}/"' in text


def test_one_that_stopped_since_no_sync_could_begin_says_why_once(signed_in: Client, connection: Connection) -> None:
    of(connection, stopped="failing", stopped_at=timezone.now(), next_run_at=None, refusal=Refusal.NO_ROSTER.value)
    text = page(signed_in, connection.entity)
    assert "What stopped the last one: There is no roster yet." in text
    assert text.count("There is no roster yet.") == 1


@pytest.fixture
def refused(connection: Connection) -> Connection:
    """Loket no longer accepts the sign-in, which stopped the schedule."""
    LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)
    of(connection, stopped="sign_in", stopped_at=timezone.now(), next_run_at=None)
    return connection


def test_where_the_sign_in_stopped_it_an_administrator_has_the_way_to_a_new_one(
    signed_in: Client, refused: Connection
) -> None:
    assert f'href="/entities/{refused.entity_id}/connect/"' in page(signed_in, refused.entity)


def test_where_the_sign_in_stopped_it_others_read_who_signs_in(
    reader: Client, refused: Connection, administrator: User
) -> None:
    text = page(reader, refused.entity)
    assert f'href="/entities/{refused.entity_id}/connect/"' not in text
    assert f"This is for an administrator with payroll edit: {administrator}" in text


def test_one_that_stopped_is_turned_on_again_by_saving_it(signed_in: Client, connection: Connection) -> None:
    of(connection, stopped="failing", stopped_at=timezone.now(), next_run_at=None)
    send(signed_in, connection.entity, frequency="daily", at="06:00")
    assert Schedule.objects.get().is_on


def test_one_that_is_late_sends_to_support(signed_in: Client, connection: Connection) -> None:
    of(connection, next_run_at=timezone.now() - timedelta(minutes=10))
    text = page(signed_in, connection.entity)
    assert "The next sync is late" in text
    assert "Tell support: they start it again" in text
    assert ">Late</span>" in page(signed_in, connection.entity, "")


def test_a_slot_in_which_nothing_began_says_why(signed_in: Client, connection: Connection) -> None:
    of(connection, refusal=Refusal.NO_ROSTER.value)
    text = page(signed_in, connection.entity)
    assert "Last time no sync began" in text
    assert "There is no roster yet." in text


def test_the_last_sync_by_itself_is_shown_with_its_outcome(signed_in: Client, connection: Connection) -> None:
    of(connection)
    made = pages.run(connection, state="partial", trigger=Run.Trigger.SCHEDULE)
    pages.run(connection)
    text = page(signed_in, connection.entity)
    assert f'href="/entities/{connection.entity_id}/runs/{made.pk}/"' in text
    assert "Done, some people need you" in text


def test_a_sync_that_waits_holds_up_the_next_one(signed_in: Client, connection: Connection) -> None:
    of(connection)
    made = held.waiting(connection)
    text = page(signed_in, connection.entity)
    assert "A sync is held, so no other one begins" in text
    assert f'href="/entities/{connection.entity_id}/runs/{made.pk}/"' in text


# --- Bank accounts ----------------------------------------------------------------------------------------------------


def test_a_sync_asks_before_bank_accounts_change_until_somebody_says_otherwise(
    signed_in: Client, connection: Connection
) -> None:
    assert standing.asks_for_iban(connection)
    assert "Your choice is saved." in send(signed_in, connection.entity, "iban", asks="no")
    assert not standing.asks_for_iban(connection)
    send(signed_in, connection.entity, "iban", asks="yes")
    assert standing.asks_for_iban(connection)


def test_no_choice_about_bank_accounts_is_named_at_its_field(signed_in: Client, connection: Connection) -> None:
    text = send(signed_in, connection.entity, "iban")
    assert '<a href="#id_asks">Choose whether the sync asks.</a>' in text
    assert not Standing.objects.exists()


def test_without_payroll_edit_the_question_stays_and_is_told(reader: Client, connection: Connection) -> None:
    assert "Your role has no payroll edit" in send(reader, connection.entity, "iban", asks="no")
    assert standing.asks_for_iban(connection)
    assert "A sync that changes a bank account asks first." in page(reader, connection.entity)
