"""A reading: Personio's people of one legal entity become its roster, whole or not at all (docs/adr/0017)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from loket_portal.personio.client import Employment, Page, PersonioClient
from loket_portal.simulator import Simulator
from mapping import tasks
from onboarding.models import Connection, Issue, LegalEntity, PersonioAccount
from onboarding.services import personio_entities
from sync.models import Roster, RosterPerson, Run
from sync.ports import LeaseLost
from sync.records import LEGAL_ENTITY
from sync.services import comparing, execution, headcount, links, people, readings, retention, rosters, runs
from sync.services.rosters import Refusal as UploadRefusal
from sync.services.runs import Refusal
from sync.target import LoketTarget
from tests.factories import ConnectionFactory, member
from tests.sync.personio import CATERING, LINDE, asked, edit, entity_of_personio, reading, result, start, work
from tests.sync.personio import people as read_people

pytestmark = pytest.mark.django_db(transaction=True)

OURS = 61  # the 60 of the sample, and one of Catering who moves here later
MOVES_HERE, STARTS_A_NEW_JOB = 42008, 41005


def nothing(_read: int) -> None:
    """A lease that nobody takes away."""


def claimed(connection: Connection, *, is_dry: bool = True) -> Run:
    run = runs.claim(start(connection, is_dry=is_dry).pk, "worker")
    assert run is not None
    return run


def is_done(run: Run) -> bool:
    return run.state in Run.FINISHED


def issues(connection: Connection) -> dict[str, dict[str, object]]:
    assert connection.entity
    open_ones = Issue.objects.filter(company=connection.entity.company, resolved_at__isnull=True)
    return {issue.kind: issue.params for issue in open_ones}


# --- Who is read, and what of them --------------------------------------------------------------------------------------


def test_a_preview_reads_the_people_of_its_legal_entity(linde: Connection, simulator: Simulator) -> None:
    run = work(linde)
    assert is_done(run)
    roster = reading(linde)
    assert (roster.source, roster.person_count, roster.mapping_set) == ("personio", OURS, run.mapping_set)
    assert (run.roster, run.read) == (roster, 85), "85 people in all of Personio"
    found = read_people(linde)
    assert found[41001].key == "personio-41001"
    assert found[41001].values["last_name"] == "Berg"
    assert simulator.log.writes() == []


def test_only_mapped_attributes_are_stored(previewed: Connection) -> None:
    for person in RosterPerson.objects.all():
        assert not {"dynamic_33500", "dynamic_33501", "preferred_name"} & set(person.values)
        assert "ongehuwd" not in str(person.values)


def test_the_pages_are_of_a_hundred_and_nobody_is_left_out(linde: Connection, simulator: Simulator) -> None:
    simulator.options.change({"personio_people": 240})
    run = work(linde)
    assert is_done(run)
    assert (reading(linde).person_count, run.read) == (OURS + 240, 85 + 240)


def test_employments_are_asked_of_those_who_have_several_and_once_per_subcompany(
    linde: Connection, simulator: Simulator
) -> None:
    simulator.options.change({"personio_people": 100})
    simulator.log.clear()
    work(linde)
    with_several, subcompanies = 9, 3
    assert len(asked(simulator, "/employments")) == with_several + subcompanies


def test_what_is_planned_waits_and_is_shown_with_its_day(linde: Connection) -> None:  # rule 43
    run = work(linde)
    now = read_people(linde)[STARTS_A_NEW_JOB]
    assert now.values["function"] == "Bediening"
    assert {item.column: item.value for item in now.later}["function"] == "Souschef"
    waiting = [change for change in result(run, STARTS_A_NEW_JOB).detail["changes"] if change.get("waits_until")]
    assert waiting
    assert not any(change["sendable"] for change in waiting)
    row = people.find(linde.entity, search="personio-41005").rows[0]
    assert row.later == now.later


def test_who_moves_here_later_is_here_and_not_sent(linde: Connection) -> None:
    run = work(linde)
    later = result(run, MOVES_HERE)
    assert (later.outcome, later.detail["changes"]) == ("skipped", [])
    assert later.detail["day"] == read_people(linde)[MOVES_HERE].values["start_date"]


def test_who_moves_away_later_is_shown_where_the_person_works_now(linde: Connection) -> None:
    assert linde.entity
    catering = personio_entities.take(linde.entity.company, None, CATERING)
    LegalEntity.objects.filter(pk=catering.pk).update(enabled_at=timezone.now())
    catering.refresh_from_db()
    roster = readings.refresh(claimed(ConnectionFactory(entity=catering)), nothing)
    found = {record.row: record for record in rosters.records(roster)}
    assert [(item.column, item.value) for item in found[MOVES_HERE].later] == [(LEGAL_ENTITY, LINDE)]
    assert 41001 not in found


def test_two_with_one_number_are_marked_and_counted_as_faults(previewed: Connection) -> None:  # rule 41
    found = read_people(previewed)
    for row in (41134, 41135):
        assert [(p.code, p.params) for p in found[row].problems] == [("duplicate_number", {"rows": "41134, 41135"})]
    assert reading(previewed).fault_count == 5
    blocked = people.find(previewed.entity, show="blocked")
    assert {row.row for row in blocked.rows} >= {41134, 41135}


def test_what_loket_confirmed_is_stored_as_a_fingerprint_only(previewed: Connection) -> None:
    assert is_done(work(previewed, is_dry=False))
    again = readings.refresh(claimed(previewed), nothing)
    values = {person.row: person.values for person in again.people.all()}
    for column in ("bsn", "iban"):
        assert isinstance(values[41001][column], dict)
        assert "masked" in values[41001][column]
    assert "999901333" not in str(values[41001])
    assert isinstance(values[41101]["bsn"], str), "a concept employee may need it again"


def test_a_second_sync_writes_nothing(synced: Connection, simulator: Simulator) -> None:  # rule 52
    wrote = len(simulator.log.writes())
    assert wrote > 0
    assert is_done(work(synced, is_dry=False))
    assert len(simulator.log.writes()) == wrote


# --- Whole, or not at all -----------------------------------------------------------------------------------------------


def test_a_list_that_repeats_leaves_the_former_reading_and_tries_again_later(
    previewed: Connection, simulator: Simulator
) -> None:
    before = reading(previewed)
    simulator.options.change({"personio_people": 60, "personio_repeat_page": 2})
    run = work(previewed)
    assert (run.state, run.roster) == (Run.State.QUEUED, None)
    assert reading(previewed) == before
    assert before.people.count() == OURS
    simulator.options.change({"personio_repeat_page": 0})
    Run.objects.filter(pk=run.pk).update(lease_until=None)
    execution.execute(run.pk)
    assert reading(previewed).person_count == OURS + 60


def test_a_personio_that_is_away_is_tried_again_later(previewed: Connection, simulator: Simulator) -> None:
    before = reading(previewed)
    simulator.faults.plan(action="status", method="GET", path="/personio/v1/company/employees", status=503, times=99)
    run = work(previewed)
    assert run.state == Run.State.QUEUED
    assert run.shown_message
    assert reading(previewed) == before


def test_a_reading_of_a_killed_worker_is_removed_by_the_next(previewed: Connection, simulator: Simulator) -> None:
    before = reading(previewed)

    def killed(read: int) -> None:
        if read > 100:
            raise KeyboardInterrupt

    simulator.options.change({"personio_people": 200})
    run = claimed(previewed)
    with pytest.raises(KeyboardInterrupt):
        readings.refresh(run, killed)
    half = Roster.objects.get(incoming_for=previewed.entity)
    assert half.people.exists()
    assert reading(previewed) == before, "what is not whole is not in use"
    whole = readings.refresh(run, nothing)
    assert not Roster.objects.filter(pk=half.pk).exists()
    assert (whole.person_count, Roster.objects.count()) == (OURS + 200, 1)


def test_who_has_lost_the_run_stores_nothing_more(linde: Connection, simulator: Simulator) -> None:
    simulator.options.change({"personio_people": 200})
    run = claimed(linde)

    def lost(read: int) -> None:
        if read:
            raise LeaseLost

    with pytest.raises(LeaseLost):
        readings.refresh(run, lost)
    assert not RosterPerson.objects.exists()
    assert rosters.current(linde.entity) is None


def test_a_worker_that_is_to_stop_gives_the_run_back_while_it_reads(
    linde: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(linde)
    runs.hand_back.set()
    try:
        execution.execute(run.pk)
    finally:
        runs.hand_back.clear()
    run.refresh_from_db()
    assert (run.state, run.attempts, run.roster) == (Run.State.QUEUED, 0, None)


def test_a_run_that_was_interrupted_goes_on_with_the_reading_it_took(
    linde: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object, **_more: object) -> None:
        raise LeaseLost

    run = start(linde)
    with monkeypatch.context() as patched:
        patched.setattr(execution.engine, "run", killed)
        execution.execute(run.pk)
    edit(simulator, 41001, dynamic_24415="Zeist")
    simulator.log.clear()
    finished = execution.execute(run.pk)
    assert finished is not None
    assert is_done(finished)
    assert asked(simulator, "") == [], "Personio is not read a second time"
    assert read_people(linde)[41001].values["city"] == "Utrecht"


def test_a_run_that_sent_something_and_lost_its_reading_ends_instead_of_mixing_two(linde: Connection) -> None:
    run = start(linde)
    run.operations.create(key_hash="x", action="employee.put")
    ended = execution.execute(run.pk)
    assert ended is not None
    assert ended.state == Run.State.FAILED
    assert "read anew" in ended.shown_message


# --- People whom Personio shows badly -----------------------------------------------------------------------------------


def test_people_without_a_legal_entity_are_counted_and_told(previewed: Connection) -> None:
    assert issues(previewed)["no_legal_entity"] == {"count": 2}


def test_who_loses_the_legal_entity_stays_blocked(previewed: Connection, simulator: Simulator) -> None:
    edit(simulator, 41001, subcompany=None)
    run = work(previewed)
    assert reading(previewed).person_count == OURS
    blocked = result(run, 41001)
    assert (blocked.outcome, [p["code"] for p in blocked.detail["problems"]]) == ("blocked", ["no_legal_entity"])
    assert result(work(previewed), 41001).outcome == "blocked", "and for as long as it is so"
    edit(simulator, 41001, subcompany="Linde Horeca B.V.")
    assert result(work(previewed), 41001).outcome != "blocked"


def test_a_record_without_an_id_is_told_and_who_it_may_be_stays_blocked(
    previewed: Connection, simulator: Simulator
) -> None:
    simulator.options.change({"personio_null_record": 41002})
    run = work(previewed)
    assert issues(previewed)["record_without_id"] == {"count": 1}
    kept = result(run, 41002)
    assert (kept.outcome, [p["code"] for p in kept.detail["problems"]]) == ("blocked", ["no_personio_id"])
    simulator.options.change({"personio_null_record": 0})
    assert result(work(previewed), 41002).outcome != "blocked"
    assert "record_without_id" not in issues(previewed)


def test_who_is_gone_from_personio_stays_blocked_for_one_complete_reading(
    previewed: Connection, simulator: Simulator
) -> None:
    simulator.personio.levers.remove({"id": 41002})
    run = work(previewed)
    kept, shown = read_people(previewed)[41002], result(run, 41002)
    assert (shown.outcome, [p["code"] for p in shown.detail["problems"]]) == ("blocked", ["gone_in_personio"])
    assert set(kept.values) <= {"employee_number", "first_name", "prefix", "last_name"}
    assert kept.values["employee_number"] == "1002"
    work(previewed)
    assert 41002 not in read_people(previewed), "Loket never had the person"


def test_who_is_gone_and_linked_stays_until_support_forgets_the_person(
    synced: Connection, simulator: Simulator
) -> None:
    simulator.personio.levers.remove({"id": 41001})
    for _ in range(3):
        assert result(work(synced), 41001).outcome == "blocked"
    links.forget(synced, "1001", "has left")
    work(synced)
    assert 41001 not in read_people(synced)


def test_a_leaver_who_is_gone_is_left_out_for_one_more_reading(linde: Connection, simulator: Simulator) -> None:
    edit(simulator, 41002, status="inactive")
    work(linde)
    simulator.personio.levers.remove({"id": 41002})
    assert result(work(linde), 41002).outcome == "skipped"
    assert "bsn" not in read_people(linde)[41002].values
    work(linde)
    assert 41002 not in read_people(linde)


def test_who_is_gone_and_comes_again_with_the_number_is_one_person(previewed: Connection, simulator: Simulator) -> None:
    simulator.personio.levers.remove({"id": 41002})
    edit(simulator, 41003, dynamic_24401="1002")
    run = work(previewed)
    assert 41002 not in read_people(previewed)
    assert "duplicate_number" not in [p["code"] for p in result(run, 41003).detail["problems"]]


def test_whose_employment_does_not_tell_is_placed_when_another_s_has_told(
    linde: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = PersonioClient.list_employments

    def silent_about_the_first(client: PersonioClient, person_id: int) -> list[Employment]:
        return [] if person_id == 41001 else told(client, person_id)

    monkeypatch.setattr(PersonioClient, "list_employments", silent_about_the_first)
    readings.refresh(claimed(linde), nothing)
    assert reading(linde).person_count == OURS
    assert 41001 in read_people(linde)


# --- What a run waits for -----------------------------------------------------------------------------------------------


def test_an_unreadable_attribute_is_absent_and_clears_nothing(linde: Connection, simulator: Simulator) -> None:
    street = "employee.address.street"
    assert street in fields_that_change(work(linde))
    simulator.options.change({"personio_unreadable": ["dynamic_24411"]})
    run = work(linde)
    assert is_done(run)
    assert all("street" not in record.values for record in read_people(linde).values())
    assert street not in fields_that_change(run)
    assert "attribute_missing" in issues(linde)


def fields_that_change(run: Run) -> set[str]:
    """Of people whom Loket knows."""
    found = run.results.filter(outcome="changed")
    return {change["field"] for row in found for change in row.detail["changes"]}


@pytest.mark.parametrize(
    ("key", "named"), [("subcompany", "subcompany"), ("status", "Status"), ("dynamic_24403", "Consider in NL payroll")]
)
def test_an_attribute_that_says_who_is_sent_stops_the_preview_too(
    previewed: Connection, simulator: Simulator, key: str, named: str
) -> None:
    before = reading(previewed)
    simulator.options.change({"personio_unreadable": [key]})
    run = work(previewed)
    assert run.state == Run.State.FAILED
    assert named.lower() in run.shown_message.lower()
    assert "Readable employee attributes" in run.shown_hint
    assert reading(previewed) == before


def test_a_blocking_issue_stops_a_sync_and_not_a_preview(previewed: Connection, simulator: Simulator) -> None:
    waiting = start(previewed, is_dry=False)
    simulator.options.change({"personio_unreadable": ["dynamic_24407"]})
    failed = execution.execute(waiting.pk)
    assert failed is not None
    assert (failed.state, failed.results.count()) == (Run.State.FAILED, 0)
    assert simulator.log.writes() == []
    assert is_done(work(previewed))
    assert runs.refusal_to_start(previewed.entity, is_dry=False, user=None) == Refusal.PERSONIO_ISSUE
    assert runs.refusal_to_start(previewed.entity, is_dry=True, user=None) is None


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"personio_unreadable": ["dynamic_24407"]}, "attribute_missing"),
        ({"personio_changed_ids": {"dynamic_24407": "dynamic_99001"}}, "attribute_id_changed"),
        ({"personio_renamed_options": {"dynamic_24403": {"Yes": "Zzz"}}}, "option_renamed"),
    ],
    ids=["vanished", "changed id", "renamed option"],
)
def test_the_hourly_look_opens_the_issue_and_a_sync_is_refused_before_it_is_a_run(
    previewed: Connection, simulator: Simulator, change: dict[str, object], kind: str
) -> None:
    assert runs.refusal_to_start(previewed.entity, is_dry=False, user=None) is None
    simulator.options.change(change)
    before = Run.objects.count()
    PersonioAccount.objects.update(looked_at=timezone.now() - timedelta(hours=7))
    tasks.look()
    assert kind in issues(previewed)
    with pytest.raises(runs.RunRefused, match=Refusal.PERSONIO_ISSUE):
        start(previewed, is_dry=False)
    assert Run.objects.count() == before


@pytest.mark.parametrize(
    ("key", "is_stopped"), [("dynamic_24407", True), ("dynamic_24411", False)], ids=["BSN", "street"]
)
def test_what_is_hidden_between_the_look_and_the_reading_is_seen_before_anything_is_sent(
    previewed: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch, key: str, is_stopped: bool
) -> None:
    calm, former = PersonioClient.pages, reading(previewed)

    def hidden_meanwhile(client: PersonioClient) -> Iterator[Page]:
        simulator.options.change({"personio_unreadable": [key]})
        return calm(client)

    monkeypatch.setattr(PersonioClient, "pages", hidden_meanwhile)
    run = work(previewed, is_dry=False)
    assert key in str(issues(previewed)["attribute_missing"])
    if is_stopped:
        assert (run.state, simulator.log.writes(), reading(previewed)) == (Run.State.FAILED, [], former)
    else:
        assert result(run, 41101).outcome == "blocked", "nobody new is made without it"


@pytest.mark.parametrize(
    ("personio_id", "said"), [("172", "outside the Netherlands"), ("999", "no longer in Personio")]
)
def test_a_legal_entity_that_is_abroad_or_gone_is_not_read(  # rule 1
    linde: Connection, personio_id: str, said: str
) -> None:
    LegalEntity.objects.filter(pk=linde.entity_id).update(personio_id=personio_id)
    linde.refresh_from_db()
    run = work(linde)
    assert (run.state, Roster.objects.count()) == (Run.State.FAILED, 0)
    assert said in run.shown_message


def test_credentials_that_are_refused_end_the_run_and_open_an_issue(linde: Connection) -> None:
    account = PersonioAccount.objects.get()
    account.client_secret = "wrong"
    account.save()
    run = work(linde)
    assert run.state == Run.State.FAILED
    assert "client" in run.shown_message
    assert "credentials_refused" in issues(linde)
    linde.refresh_from_db()
    assert runs.refusal_to_start(linde.entity, is_dry=True, user=None) == Refusal.PERSONIO_REFUSED


def test_without_an_account_no_run_starts(linde: Connection) -> None:
    PersonioAccount.objects.all().delete()
    assert runs.refusal_to_start(linde.entity, is_dry=True, user=None) == Refusal.PERSONIO_NOT_CONNECTED


def test_no_roster_is_taken_for_an_entity_that_reads_personio(linde: Connection) -> None:
    assert rosters.refusal_to_upload(linde.entity) == UploadRefusal.PERSONIO


def test_a_preview_of_the_file_is_none_of_personio(linde: Connection) -> None:  # rule 57
    roster_set = linde.entity.company.mapping_sets.create(name="Roster", version=1, source="roster")
    Run.objects.create(connection=linde, is_dry=True, trigger="person", state="succeeded", mapping_set=roster_set)
    assert runs.needs_preview(linde.entity)
    work(linde, trigger=Run.Trigger.SCHEDULE)
    assert runs.needs_preview(linde.entity), "one that nobody asked for has been seen by nobody"
    work(linde)
    assert not runs.needs_preview(linde.entity)


# --- The day --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on it is the next day in Amsterdam."""
    now = timezone.localdate()

    def turn() -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *_at: now + timedelta(days=1))

    return turn


def test_a_run_counts_with_the_day_on_which_it_read(
    linde: Connection, monkeypatch: pytest.MonkeyPatch, tomorrow: Callable[[], None]
) -> None:
    today, days = timezone.localdate(), list[object]()
    run = start(linde)

    def midnight(*args: object) -> Roster:
        roster = read(*args)  # type: ignore[arg-type]
        tomorrow()
        return roster

    read, engine = comparing.read, execution.engine.run
    monkeypatch.setattr(comparing, "read", midnight)
    monkeypatch.setattr(
        execution, "LoketTarget", lambda *args, **more: days.append(args[2]) or LoketTarget(*args, **more)
    )
    monkeypatch.setattr(
        execution.engine, "run", lambda *args, **more: days.append(more["today"]) or engine(*args, **more)
    )
    execution.execute(run.pk)
    assert days == [today, today]
    assert reading(linde).day == today


def test_a_run_that_is_taken_up_on_the_next_day_reads_anew(
    linde: Connection, monkeypatch: pytest.MonkeyPatch, tomorrow: Callable[[], None]
) -> None:
    def killed(*_args: object, **_more: object) -> None:
        raise LeaseLost

    run = start(linde)
    with monkeypatch.context() as patched:
        patched.setattr(execution.engine, "run", killed)
        execution.execute(run.pk)
    before = reading(linde)
    tomorrow()
    finished = execution.execute(run.pk)
    assert finished is not None
    assert is_done(finished)
    assert finished.roster is not None
    assert (finished.roster.pk != before.pk, finished.roster.day) == (True, timezone.localdate())


@pytest.mark.parametrize("has_sent", [True, False], ids=["something was sent", "nothing was sent"])
def test_what_was_sent_ties_a_run_to_its_day_and_results_alone_do_not(
    linde: Connection, tomorrow: Callable[[], None], has_sent: bool
) -> None:
    run, seen = start(linde), list[object]()

    def stop_after_three(result: object) -> None:
        seen.append(result)
        if len(seen) == 3:
            raise LeaseLost

    execution.execute(run.pk, stop_after_three)
    before = reading(linde)
    if has_sent:
        run.operations.create(key_hash="x", action="employee.put")
    tomorrow()
    finished = execution.execute(run.pk)
    assert finished is not None
    assert (is_done(finished), finished.roster == before) == (True, has_sent)
    assert finished.results.count() == finished.total, "of one reading each"


# --- Only some ----------------------------------------------------------------------------------------------------------


def rows(connection: Connection) -> dict[int, int]:
    return dict(reading(connection).people.values_list("row", "pk"))


def test_only_the_named_people_are_read_anew(previewed: Connection, simulator: Simulator) -> None:
    before, standings = rows(previewed), people.scope(reading(previewed))
    edit(simulator, 41001, dynamic_24415="Zeist")
    edit(simulator, 41002, status="inactive")
    simulator.log.clear()
    run = claimed(previewed)
    roster = readings.refresh_some(run, frozenset({41001, 41002}), nothing)
    assert len(asked(simulator, "/company/employees")) == 2
    assert read_people(previewed)[41001].values["city"] == "Zeist"
    assert {row for row, pk in rows(previewed).items() if before[row] != pk} == {41001, 41002}
    run.refresh_from_db()
    assert run.roster == roster
    assert people.scope(roster).left_out == standings.left_out + 1, "what was worked out before is not shown again"


def test_who_is_gone_leaves_and_who_comes_appears(previewed: Connection, simulator: Simulator) -> None:
    simulator.personio.levers.remove({"id": 41002})
    edit(simulator, 42001, subcompany="Linde Horeca B.V.")
    run = claimed(previewed)
    readings.refresh_some(run, frozenset({41002, 42001}), nothing)
    found = read_people(previewed)
    assert [p.code for p in found[41002].problems] == ["gone_in_personio"]
    assert found[42001].key == "personio-42001"
    assert reading(previewed).person_count == OURS + 1
    readings.refresh(run, nothing)
    assert 41002 in read_people(previewed), "no complete reading had missed the person yet"
    readings.refresh(run, nothing)
    assert 41002 not in read_people(previewed)


def test_a_double_number_that_is_corrected_frees_both(previewed: Connection, simulator: Simulator) -> None:
    edit(simulator, 41135, dynamic_24401="1199")
    readings.refresh_some(claimed(previewed), frozenset({41135}), nothing)
    found = read_people(previewed)
    assert (found[41134].problems, found[41135].problems) == ((), ())


def make_old(roster: Roster) -> None:
    Roster.objects.filter(pk=roster.pk).update(day=timezone.localdate() - timedelta(days=1))


def forget_mapping(roster: Roster) -> None:
    Roster.objects.filter(pk=roster.pk).update(mapping_set=None)


@pytest.mark.parametrize("change", [make_old, forget_mapping, Roster.delete])
def test_without_a_recent_reading_by_the_same_mapping_everybody_is_read(
    previewed: Connection, change: Callable[[Roster], object]
) -> None:
    before = reading(previewed)
    change(before)
    assert readings.refresh_some(claimed(previewed), frozenset({41001}), nothing).pk != before.pk
    assert reading(previewed).person_count == OURS


# --- Beside it ----------------------------------------------------------------------------------------------------------


def test_companies_do_not_meet(previewed: Connection, simulator: Simulator) -> None:
    mine = reading(previewed)
    other = entity_of_personio(name="Another company")
    assert rosters.current(other) is None
    work(previewed)
    assert Roster.objects.filter(entity=other).count() == 0
    assert Issue.objects.filter(company=other.company, kind="no_legal_entity").count() == 0
    assert not Roster.objects.filter(pk=mine.pk).exists()


def test_the_headcount_reads_personio_where_no_run_has(linde: Connection) -> None:  # rule 36
    assert linde.entity
    user = member(linde.entity)
    live = headcount.read(linde.entity, user)
    work(linde)
    assert headcount.read(linde.entity, user) == live
    assert live is not None
    assert live.total > 40


def test_a_reading_goes_when_the_entity_no_longer_reads_personio(previewed: Connection) -> None:
    retention.purge()
    assert Roster.objects.count() == 1
    LegalEntity.objects.filter(pk=previewed.entity_id).update(personio_id="")
    previewed.entity.refresh_from_db()
    assert rosters.current(previewed.entity) is None, "it was mapped otherwise, so it is not used as a file"
    retention.purge()
    assert not RosterPerson.objects.exists()


def test_the_pages_of_an_entity_without_a_reading_answer(linde: Connection, client: Client) -> None:
    client.force_login(member(linde.entity), backend="allauth.account.auth_backends.AuthenticationBackend")
    for page in ("", "people/", "preview/", "sync/", "last-sync/", "roster/"):
        assert client.get(f"/entities/{linde.entity_id}/{page}").status_code == 200, page
