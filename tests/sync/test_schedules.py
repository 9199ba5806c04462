"""Schedules (D7): due once whoever asks, missed slots are one, a slot without a sync says why, three in a row stop it."""

import threading
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import connections as database
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from onboarding.models import AuditEvent, Connection, LoketLogin, Mail
from onboarding.services.access import NotAllowed
from sync.models import Run, Schedule
from sync.refusals import run_refusal
from sync.services import beats, runs, schedules
from sync.times import AMSTERDAM, next_daily, next_hourly
from tests.factories import ConnectionFactory, EntityFactory, UserFactory, member

pytestmark = pytest.mark.usefixtures("rung")

HOURLY, DAILY, OFF = Schedule.Frequency.HOURLY, Schedule.Frequency.DAILY, Schedule.Frequency.OFF
LONG_AGO = timedelta(hours=30)
MOMENTS = st.datetimes(
    datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2028-01-01"), timezones=st.just(UTC)
)


@pytest.fixture
def connection(db: None, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A connected entity of which a sync can be started."""
    monkeypatch.setattr(runs, "refusal_to_start", lambda *_args, **_more: None)
    monkeypatch.setattr(runs, "published_for", lambda _entity: None)
    return ConnectionFactory()


def due(connection: Connection, ago: timedelta = timedelta(seconds=1), **fields: object) -> Schedule:
    """A schedule whose moment came so long ago."""
    at = timezone.now() - ago
    return Schedule.objects.create(entity=connection.entity, **{"frequency": HOURLY, "next_run_at": at, **fields})


def refuse(monkeypatch: pytest.MonkeyPatch, refusal: runs.Refusal) -> None:
    monkeypatch.setattr(runs, "refusal_to_start", lambda *_args, **_more: refusal)


# --- When -------------------------------------------------------------------------------------------------------------


@given(MOMENTS, st.integers(0, 10_000))
def test_the_next_hourly_one_comes_within_the_hour_at_its_own_minute(after: datetime, spread: int) -> None:
    found = next_hourly(after, spread)
    assert timedelta(0) < found - after <= timedelta(hours=1)
    assert found.minute == spread % 60


@given(
    MOMENTS,
    st.times().map(lambda t: t.replace(microsecond=0)),
)
def test_a_daily_one_comes_once_for_every_day_of_the_calendar(after: datetime, at: time) -> None:
    first = next_daily(after, at)
    days = [first]
    for _n in range(5):
        days.append(next_daily(days[-1], at))
    local = [moment.astimezone(AMSTERDAM).date() for moment in days]
    assert first > after
    assert [(later - earlier).days for earlier, later in pairwise(local)] == [1] * 5


@pytest.mark.parametrize(
    ("after", "at", "found"),
    [
        ("2026-03-28T12:00", time(2, 30), "2026-03-29T01:30"),  # the clock skips 02:30 that night
        ("2026-10-24T12:00", time(2, 30), "2026-10-25T00:30"),  # it comes twice that night: the first
        ("2026-10-25T00:30", time(2, 30), "2026-10-26T01:30"),  # and not the second
        ("2026-11-23T05:00", time(6, 0), "2026-11-24T05:00"),  # the moment itself is over
    ],
)
def test_a_daily_one_follows_the_clock_of_amsterdam(after: str, at: time, found: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert next_daily(moment, at) == datetime.fromisoformat(found).replace(tzinfo=UTC)


# --- Starting ---------------------------------------------------------------------------------------------------------


def test_what_is_due_starts_one_sync_and_moves_on(connection: Connection, rung: list[int]) -> None:
    schedule = due(connection)
    assert schedules.dispatch() == 1
    run = Run.objects.get()
    assert (run.trigger, run.is_dry, run.started_by) == (Run.Trigger.SCHEDULE, False, None)
    assert rung == [run.pk]
    schedule.refresh_from_db()
    assert schedule.next_run_at > timezone.now()
    assert schedule.last_run_at is not None


def test_missed_slots_become_one_sync(connection: Connection) -> None:
    due(connection, LONG_AGO)
    assert schedules.dispatch() == 1
    Run.objects.update(state=Run.State.SUCCEEDED)
    assert schedules.dispatch() == 0


def test_what_is_not_due_or_off_or_stopped_starts_nothing(connection: Connection) -> None:
    due(connection, -timedelta(minutes=1))
    Schedule.objects.create(entity=ConnectionFactory().entity, frequency=OFF)
    due(ConnectionFactory(), stopped=Schedule.Stop.FAILING)
    assert schedules.dispatch() == 0
    assert not Run.objects.exists()


def test_a_sync_that_is_under_way_takes_the_slot(connection: Connection) -> None:
    due(connection)
    under_way = Run.objects.create(connection=connection, is_dry=False, trigger=Run.Trigger.PERSON)
    assert schedules.dispatch() == 0
    assert list(Run.objects.all()) == [under_way]


def test_an_entity_without_a_connection_starts_nothing(db: None) -> None:
    schedule = Schedule.objects.create(entity=EntityFactory(), frequency=HOURLY, next_run_at=timezone.now())
    assert schedules.dispatch() == 0
    schedule.refresh_from_db()
    assert schedule.failures == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.any_database
def test_two_beats_start_one_sync(connection: Connection) -> None:
    due(connection)
    started, gate = list[int](), threading.Barrier(3)

    def beat() -> None:
        try:
            gate.wait()
            started.append(schedules.dispatch())
        finally:
            database.close_all()

    beats_ = [threading.Thread(target=beat) for _n in range(3)]
    for one in beats_:
        one.start()
    for one in beats_:
        one.join()
    assert sorted(started) == [0, 0, 1]
    assert Run.objects.count() == 1


def test_every_dispatch_leaves_a_sign(db: None) -> None:
    assert beats.age(beats.DISPATCH) is None
    schedules.dispatch()
    age = beats.age(beats.DISPATCH)
    assert age is not None
    assert age < 60


# --- What stops it ----------------------------------------------------------------------------------------------------


def test_a_slot_in_which_no_sync_can_begin_says_why_and_passes(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, runs.Refusal.PREVIEW_FIRST)
    schedule = due(connection)
    assert schedules.dispatch() == 0
    schedule.refresh_from_db()
    assert (schedule.refusal, schedule.failures, schedule.is_on) == ("preview_first", 1, True)
    assert schedule.next_run_at > timezone.now()


def test_the_third_refused_sign_in_stops_it_and_tells_the_payroll_editors_once(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = member(connection.entity)
    LoketLogin.objects.filter(pk=connection.login_id).update(state=LoketLogin.State.SIGN_IN_NEEDED)
    refuse(monkeypatch, runs.Refusal.SIGN_IN_AGAIN)
    schedule = due(connection)
    for _n in range(5):
        Schedule.objects.filter(pk=schedule.pk, next_run_at__isnull=False).update(next_run_at=timezone.now())
        schedules.dispatch()
    schedule.refresh_from_db()
    assert (schedule.stopped, schedule.next_run_at) == (Schedule.Stop.SIGN_IN, None)
    assert [mail.to for mail in Mail.objects.filter(kind="schedule_stopped")] == [editor.email]


def test_three_syncs_in_a_row_that_could_not_be_made_stop_it(connection: Connection) -> None:
    schedule = due(connection)
    for state in (Run.State.FAILED, Run.State.SUCCEEDED, Run.State.FAILED, Run.State.FAILED):
        schedules.note_end(scheduled(connection, state))
    schedule.refresh_from_db()
    assert (schedule.failures, schedule.stopped) == (2, "")
    schedules.note_end(scheduled(connection, Run.State.FAILED))
    schedule.refresh_from_db()
    assert schedule.stopped == Schedule.Stop.FAILING


def stopped_mail(connection: Connection) -> str:
    """What the editors read, in one line."""
    (mail,) = Mail.objects.filter(kind="schedule_stopped")
    assert f"/entities/{connection.entity_id}/schedule/" in mail.text
    return " ".join(mail.text.split())


def test_the_mail_says_what_stopped_the_last_sync_and_who_acts(connection: Connection) -> None:
    due(connection, failures=2, refusal="not_enabled")
    run = scheduled(connection, Run.State.FAILED)
    run.message, run.hint = "Loket gave %(number)s answers.", "Ask %(number)s people."
    run.params = {"number": 3}
    schedules.note_end(run)
    assert "Loket gave 3 answers. → Ask 3 people." in stopped_mail(connection)


@pytest.mark.parametrize("reads_personio", [True, False])
def test_the_mail_says_why_the_last_one_could_not_begin(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, reads_personio: bool
) -> None:
    if reads_personio:
        type(connection.entity).objects.filter(pk=connection.entity_id).update(personio_id="170")
    refuse(monkeypatch, runs.Refusal.PREVIEW_FIRST)
    due(connection, failures=2)
    schedules.dispatch()
    words = run_refusal(runs.Refusal.PREVIEW_FIRST, reads_personio=reads_personio)
    assert f"{words.text} → {words.fix}" in stopped_mail(connection)


def test_a_sync_by_hand_counts_for_nothing(connection: Connection) -> None:
    schedule = due(connection)
    run = scheduled(connection, Run.State.FAILED)
    run.trigger = Run.Trigger.PERSON
    schedules.note_end(run)
    schedule.refresh_from_db()
    assert schedule.failures == 0


def scheduled(connection: Connection, state: Run.State) -> Run:
    return Run(connection=connection, is_dry=False, trigger=Run.Trigger.SCHEDULE, state=state)


# --- Setting it -------------------------------------------------------------------------------------------------------


def test_setting_it_shows_the_next_sync_and_is_in_the_audit_trail(connection: Connection) -> None:
    editor = member(connection.entity)
    due(connection, stopped=Schedule.Stop.FAILING, failures=3)
    schedules.set_for(connection.entity, editor, DAILY, time(6, 30))
    shown = schedules.of(connection.entity)
    local = shown.schedule.next_run_at.astimezone(AMSTERDAM)
    assert (local.hour, local.minute) == (6, 30)
    assert (shown.schedule.is_on, shown.schedule.failures, shown.is_overdue) == (True, 0, False)
    event = AuditEvent.objects.get(action=AuditEvent.Action.SCHEDULE_SET)
    assert (event.actor, event.detail) == (editor, "daily 06:30")


def test_turned_off_it_has_no_next_sync(connection: Connection) -> None:
    due(connection)
    schedules.set_for(connection.entity, member(connection.entity), OFF)
    shown = schedules.of(connection.entity)
    assert (shown.schedule.next_run_at, shown.schedule.is_on) == (None, False)


def test_who_may_not_edit_payroll_sets_nothing(connection: Connection) -> None:
    with pytest.raises(NotAllowed):
        schedules.set_for(connection.entity, UserFactory(), HOURLY)
    assert not Schedule.objects.exists()


def test_a_daily_one_needs_its_time_and_any_needs_a_connection(connection: Connection) -> None:
    with pytest.raises(schedules.ScheduleRefused):
        schedules.set_for(connection.entity, None, DAILY)
    with pytest.raises(schedules.ScheduleRefused):
        schedules.set_for(EntityFactory(), None, HOURLY)


def test_a_moment_that_has_passed_without_a_sync_shows_that_the_background_is_not_running(
    connection: Connection,
) -> None:
    due(connection, timedelta(minutes=4))
    assert schedules.of(connection.entity).is_overdue
