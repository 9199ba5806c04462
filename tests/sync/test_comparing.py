"""Comparisons that nobody asks for: after an event, once a day, never twice, and no event is taken unread."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connections as database
from django.utils import timezone

from loket_portal.lib.errors import ConfigProblem, Retryable
from loket_portal.loket.errors import SignInNeeded
from loket_portal.personio.errors import CredentialsRefused
from loket_portal.simulator import Simulator
from mapping.models import MappingSet
from onboarding.models import AuditEvent, Connection, Issue, LegalEntity, PersonioAccount, PersonioEvent
from onboarding.services import events, issues
from onboarding.wording import issues as wording
from sync import tasks
from sync.models import Roster, Run, Watch
from sync.services import comparing, execution, leases, retention, runs
from tests.factories import CompanyFactory, ConnectionFactory, EntityFactory
from tests.sync.personio import asked, edit, reading, work

pytestmark = pytest.mark.usefixtures("rung")


@pytest.fixture
def watched(db: None) -> Connection:
    """An entity of Personio of which a preview can be made; nothing was read yet, and nothing can be asked."""
    company = CompanyFactory()
    entity = EntityFactory(company=company, personio_id="170")
    PersonioAccount.objects.create(company=company, client_id="id", client_secret="secret", connected_at=timezone.now())
    MappingSet.objects.create(company=company, name="m", version=1, source="personio", state="published")
    return ConnectionFactory(entity=entity)


def read(connection: Connection, **ago: int) -> Roster:
    """A reading as it was taken so long ago."""
    at = timezone.now() - timedelta(**ago)
    Roster.objects.filter(entity=connection.entity).delete()
    return Roster.objects.create(
        entity=connection.entity,
        source="personio",
        personio_id=connection.entity.personio_id,
        file_name="Personio",
        uploaded_at=at,
        told_until=at,
        person_count=0,
        fault_count=0,
    )


def tell(connection: Connection, person_id: str = "41001", **ago: int) -> PersonioEvent:
    """Personio told of a change."""
    at = timezone.now() - timedelta(**ago)
    account = PersonioAccount.objects.get(company=connection.entity.company)
    digest = f"{PersonioEvent.objects.count()}"
    return PersonioEvent.objects.create(
        account=account, name="person.updated", person_id=person_id, digest=digest, received_at=at
    )


def end(state: str = "succeeded") -> None:
    Run.objects.filter(state="queued").update(state=state, finished_at=timezone.now())


def later(**since: int) -> None:
    """So much time goes by since the last comparison."""
    Watch.objects.update(compared_at=timezone.now() - timedelta(**since))


def triggers() -> list[str]:
    return list(Run.objects.order_by("pk").values_list("trigger", flat=True))


def test_the_beat_rings_it_and_an_event_rings_the_same(settings: LazySettings) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["compare"]["task"] == tasks.compare.name == events.TASK


# --- When it is due -----------------------------------------------------------------------------------------------------


def test_who_was_never_read_is_compared_and_the_worker_is_rung(watched: Connection, rung: list[int]) -> None:
    assert comparing.compare() == 1
    run = Run.objects.get()
    assert (run.trigger, run.is_dry, run.roster) == (Run.Trigger.SCHEDULE, True, None)
    assert rung == [run.pk]


def test_a_day_after_everybody_was_read_it_is_the_schedule_s_turn(watched: Connection) -> None:
    read(watched, hours=23)
    assert comparing.compare() == 0
    read(watched, hours=25)
    assert comparing.compare() == 1
    assert triggers() == ["schedule"]


def test_an_event_is_compared_once_in_five_minutes(watched: Connection) -> None:
    read(watched, hours=1)
    tell(watched)
    assert comparing.compare() == 1
    end()
    tell(watched)
    assert comparing.compare() == 0, "the first has only just been compared"
    later(minutes=6)
    assert comparing.compare() == 1
    assert triggers() == ["webhook", "webhook"]


def test_an_event_that_a_reading_has_seen_starts_nothing(watched: Connection) -> None:
    tell(watched, minutes=10)
    read(watched, minutes=5)
    assert comparing.compare() == 0


def test_nothing_starts_beside_a_run_that_is_under_way(watched: Connection) -> None:  # rule 56
    sync = Run.objects.create(connection=watched, is_dry=False, trigger="person", state="running")
    assert comparing.compare() == 0
    Run.objects.filter(pk=sync.pk).update(state="succeeded")
    assert comparing.compare() == 1


def test_after_a_failure_it_waits_for_an_hour(watched: Connection) -> None:
    read(watched, hours=1)
    tell(watched)
    comparing.compare()
    end("failed")
    later(minutes=30)
    assert comparing.compare() == 0
    later(minutes=61)
    assert comparing.compare() == 1


def test_a_schedule_that_failed_is_not_tried_every_minute(watched: Connection) -> None:
    comparing.compare()
    end("failed")
    later(hours=5)
    assert comparing.compare() == 0
    Run.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert comparing.compare() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: LegalEntity.objects.update(personio_id=""),
        lambda: LegalEntity.objects.update(enabled_at=None),
        lambda: Connection.objects.all().delete(),
        lambda: PersonioAccount.objects.update(state="refused"),
        lambda: PersonioAccount.objects.all().delete(),
        lambda: MappingSet.objects.update(state="retired"),
    ],
    ids=["a file", "not enabled", "not connected", "refused", "no account", "no mapping"],
)
def test_what_can_not_be_previewed_is_not_compared(watched: Connection, change: Callable[[], object]) -> None:
    change()
    assert comparing.compare() == 0
    assert not Run.objects.exists()


def test_an_event_of_one_company_starts_nothing_for_another(watched: Connection) -> None:
    other = EntityFactory(company=CompanyFactory(), personio_id="170")
    PersonioAccount.objects.create(
        company=other.company, client_id="id", client_secret="secret", connected_at=timezone.now()
    )
    MappingSet.objects.create(company=other.company, name="m", version=1, source="personio", state="published")
    theirs = ConnectionFactory(entity=other)
    read(watched, hours=1)
    read(theirs, hours=1)
    tell(theirs)
    assert comparing.compare() == 1
    assert Run.objects.get().connection == theirs
    assert not comparing.waiting(watched.entity)


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_start_one_comparison(watched: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    Watch.objects.create(entity=watched.entity)
    barrier = threading.Barrier(2)
    due = comparing._due

    def both_read(*args: object) -> object:
        found = due(*args)  # type: ignore[arg-type]
        barrier.wait(10)
        return found

    def ended(*args: object, **more: object) -> Run:
        # The run of the first ends before the second one would start: not the one-active-run rule decides, the watch does.
        run = start(*args, **more)  # type: ignore[arg-type]
        Run.objects.filter(pk=run.pk).update(state="succeeded")
        return run

    start = runs.start
    monkeypatch.setattr(comparing, "_due", both_read)
    monkeypatch.setattr(runs, "start", ended)
    started: list[int] = []

    def beat() -> None:
        try:
            started.append(comparing.compare())
        finally:
            database.close_all()

    threads = [threading.Thread(target=beat) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(started) == [0, 1]
    assert Run.objects.count() == 1


# --- Beside what somebody asks for (rule 56) ----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_dry", [True, False], ids=["preview", "sync"])
def test_it_makes_way_for_what_somebody_asks_for(watched: Connection, is_dry: bool) -> None:
    read(watched)
    ask(watched)
    end()
    comparing.compare()
    tell(watched)
    later(minutes=6)
    comparing.compare()
    automatic = Run.objects.latest("pk")
    assert (automatic.trigger, runs.claim(automatic.pk, "worker") is not None) == ("webhook", True)
    wanted = ask(watched, is_dry=is_dry)
    assert (wanted.pk != automatic.pk, wanted.is_dry, wanted.state) == (True, is_dry, Run.State.QUEUED)
    automatic.refresh_from_db()
    assert (automatic.state, automatic.finished_at is None) == (Run.State.CANCELLED, False)
    assert automatic.shown_message
    assert not runs.progress(automatic, "worker", done=1), "its worker has lost it"


def ask(connection: Connection, *, is_dry: bool = True) -> Run:
    return runs.start(connection.entity, is_dry=is_dry, user=None, trigger=Run.Trigger.PERSON)


def test_one_that_waits_for_its_next_try_makes_way_too(watched: Connection) -> None:
    comparing.compare()
    automatic = runs.claim(Run.objects.get().pk, "worker")
    assert automatic
    runs.later(automatic, "worker", Retryable("Personio is away", "nothing to do"))
    assert ask(watched).pk != automatic.pk


def test_a_preview_that_somebody_asked_for_makes_way_for_nobody(watched: Connection) -> None:
    wanted = ask(watched)
    assert ask(watched) == wanted
    assert runs.start(watched.entity, is_dry=True, user=None, trigger=Run.Trigger.WEBHOOK) == wanted


def test_the_schedule_has_had_its_turn_only_when_its_run_was_started(watched: Connection) -> None:
    MappingSet.objects.update(state="retired")
    assert comparing.compare() == 0
    MappingSet.objects.update(state="published")
    later(minutes=6)
    assert comparing.compare() == 1


# --- When it fails -------------------------------------------------------------------------------------------------------------


def failed(connection: Connection, trigger: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of this trigger in which Personio or Loket answers so."""

    def fail(*_args: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(execution, "_work", fail)
        run = execution.execute(start_by(connection, trigger).pk)
    assert run is not None
    return run


def start_by(connection: Connection, trigger: str) -> Run:
    return runs.start(connection.entity, is_dry=True, user=None, trigger=Run.Trigger(trigger), ring=False)


def told(connection: Connection) -> list[Issue]:
    return list(issues.open_of(connection.entity.company).filter(kind="comparison_failed"))


PROBLEM = ConfigProblem("Personio hides %(what)s.", "An administrator opens it.", params={"what": "everything"})


def test_one_that_fails_is_told_until_one_succeeds(watched: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    failed(watched, "schedule", PROBLEM, monkeypatch)
    (issue,) = told(watched)
    words = wording.words(issue)
    assert "Personio hides everything." in words.text
    assert "An administrator opens it." in words.fix
    assert not issue.is_blocking
    failed(watched, "webhook", PROBLEM, monkeypatch)
    assert told(watched) == [issue], "once"
    monkeypatch.setattr(execution, "_work", lambda *_args: Run.State.SUCCEEDED)
    execution.execute(start_by(watched, "person").pk)
    assert told(watched) == []


def test_one_that_is_tried_again_later_is_told_when_it_is_given_up(
    watched: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "MAX_RETRIES", 1)
    run = failed(watched, "schedule", Retryable("Personio is away.", "Wait."), monkeypatch)
    assert (run.state, told(watched)) == (Run.State.QUEUED, [])
    Run.objects.update(lease_until=None)
    assert failed(watched, "schedule", Retryable("Personio is away.", "Wait."), monkeypatch).state == Run.State.FAILED
    assert len(told(watched)) == 1


def test_what_somebody_started_is_told_to_nobody_else(watched: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    failed(watched, "person", PROBLEM, monkeypatch)
    assert told(watched) == []


def test_a_sign_in_or_credentials_that_are_refused_are_told_already(
    watched: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(watched, "schedule", CredentialsRefused(), monkeypatch)
    PersonioAccount.objects.update(state="working")
    failed(watched, "webhook", SignInNeeded("sign in", "the administrator does"), monkeypatch)
    assert told(watched) == []


def test_another_legal_entity_keeps_its_own(watched: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ConnectionFactory(entity=EntityFactory(company=watched.entity.company, personio_id="171"))
    failed(watched, "schedule", PROBLEM, monkeypatch)
    failed(other, "schedule", PROBLEM, monkeypatch)
    assert {issue.entity for issue in told(watched)} == {watched.entity, other.entity}


# --- What it leaves behind ----------------------------------------------------------------------------------------------


def test_nobody_answers_for_it_and_nobody_has_seen_it(watched: Connection) -> None:  # rule 57
    comparing.compare()
    end()
    assert not AuditEvent.objects.filter(action="run_started").exists()
    assert runs.needs_preview(watched.entity)


def test_old_ones_are_forgotten_and_what_people_asked_for_stays(watched: Connection) -> None:
    def made(count: int, trigger: str, state: str) -> list[Run]:
        fields = {"connection": watched, "is_dry": True, "trigger": trigger, "state": state}
        return [Run.objects.create(**fields) for _ in range(count)]

    asked_for = made(3, "person", "failed")
    completed = made(2, "schedule", "succeeded")
    failed = made(retention.AUTOMATIC + 2, "webhook", "failed")
    retention.forget_automatic(watched.entity)
    left = set(Run.objects.all())
    assert left == {*asked_for, completed[-1], *failed[2:]}, "the newest that was completed is what the page shows"


# --- With Personio ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_change_in_personio_is_in_the_preview_after_its_event(previewed: Connection, simulator: Simulator) -> None:
    edit(simulator, 41001, dynamic_24415="Zeist")
    event = tell(previewed)
    simulator.log.clear()
    comparing.compare()
    run = execution.execute(Run.objects.latest("pk").pk)
    assert run is not None
    assert (run.trigger, run.state in Run.FINISHED) == ("webhook", True)
    fields = {change["field"] for change in run.results.get(row=41001).detail["changes"]}
    assert "employee.address.city" in fields
    assert len(asked(simulator, "/company/employees/41001")) == 1
    assert asked(simulator, "/v2/persons?") == [], "nobody else is read"
    event.refresh_from_db()
    assert event.taken_at is not None
    assert run.results.count() == reading(previewed).person_count, "everybody is compared"


@pytest.mark.django_db(transaction=True)
def test_an_event_that_names_nobody_reads_everybody(previewed: Connection, simulator: Simulator) -> None:
    before = reading(previewed)
    tell(previewed, "")
    comparing.compare()
    execution.execute(Run.objects.latest("pk").pk)
    assert reading(previewed).pk != before.pk


@pytest.mark.django_db(transaction=True)
def test_an_event_is_not_taken_by_a_run_that_could_not_read(previewed: Connection, simulator: Simulator) -> None:
    event = tell(previewed)
    simulator.faults.plan(action="status", path="/personio/v1/company/employees/41001", status=503, times=99)
    comparing.compare()
    run = execution.execute(Run.objects.latest("pk").pk)
    assert run is not None
    assert run.state == Run.State.QUEUED
    event.refresh_from_db()
    assert event.taken_at is None
    assert comparing.waiting(previewed.entity).ids == frozenset({41001})


@pytest.mark.django_db(transaction=True)
def test_an_event_that_comes_while_the_others_are_looked_up_is_not_lost(
    previewed: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, late = tell(previewed), list[PersonioEvent]()
    look_up = comparing.waiting

    def meanwhile(entity: LegalEntity) -> events.Pending:
        found = look_up(entity)
        # Received before the reading began, and stored after it had looked.
        late.append(tell(previewed, "41002", seconds=5))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(comparing, "waiting", meanwhile)
        work(previewed, trigger=Run.Trigger.WEBHOOK)
    first.refresh_from_db()
    late[0].refresh_from_db()
    assert first.taken_at is not None
    assert late[0].taken_at is None
    assert comparing.waiting(previewed.entity).events == (late[0].pk,)


@pytest.mark.django_db(transaction=True)
def test_an_event_is_taken_when_every_legal_entity_was_read_after_it(linde: Connection) -> None:
    assert linde.entity
    company = linde.entity.company
    other = ConnectionFactory(entity=EntityFactory(company=company, personio_id="171"))
    read(other, hours=1)
    event = tell(linde, minutes=1)
    work(linde)
    event.refresh_from_db()
    assert event.taken_at is None, "the other one has not seen it"
    assert not comparing.waiting(linde.entity)
    assert comparing.waiting(other.entity)
    read(other)
    work(linde)
    event.refresh_from_db()
    assert event.taken_at is not None
    assert not events.pending(events.untaken(company))
