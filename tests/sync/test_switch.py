"""A legal entity whose people come from elsewhere from now on: nobody is doubled, forgotten or lost (rules 42, 57)."""

from dataclasses import replace

import pytest
import yaml
from django.conf import LazySettings
from django.utils import timezone

from loket_portal.lib.errors import ConfigProblem
from loket_portal.simulator import Simulator
from loket_portal.simulator.personio.people import find, remove, save
from mapping import definitions
from mapping import services as mappings
from onboarding.models import Connection, LegalEntity
from onboarding.services import personio_entities
from sync.models import Link, Roster, RosterPerson, Run
from sync.services import comparing, execution, overview, readings, retention, rosters, runs
from sync.services.setup import DEFAULT_MAPPING
from tests.factories import CompanyFactory, ConnectionFactory, EntityFactory, member
from tests.snapshots import once
from tests.sync import pages, personio
from tests.sync.conftest import SAMPLE
from tests.sync.personio import HORECA, edit, result, start, work

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = "171"
KNOWN, KNOWN_NUMBER = 41003, "1003"
"""Somebody whom Loket has."""


@pytest.fixture
def company(simulator: Simulator, settings: LazySettings) -> Connection:
    """Linde Horeca with a mapping for a file and one for Personio, and no source yet."""
    personio.point_at(simulator, settings)
    key = once("switch", simulator, lambda: _with_both().pk)
    return Connection.objects.select_related("entity__company").get(pk=key)


def _with_both() -> Connection:
    made = CompanyFactory()
    definitions.connect(made, None, personio.CLIENT_ID, personio.CLIENT_SECRET)
    entity = personio_entities.take(made, None, HORECA)
    definitions.publish_default(made, None)
    mappings.publish(made, yaml.safe_load(DEFAULT_MAPPING.read_text(encoding="utf-8")))
    personio_entities.unbind(entity, None)
    LegalEntity.objects.filter(pk=entity.pk).update(enabled_at=timezone.now())
    entity.refresh_from_db()
    return personio.connect_linde(entity)


def now(connection: Connection) -> Connection:
    """The connection and its entity as they are in the database."""
    return Connection.objects.select_related("entity__company", "login").get(pk=connection.pk)


def from_file(connection: Connection) -> Connection:
    """From now on the people come from the sample roster."""
    entity = now(connection).entity
    assert entity
    personio_entities.unbind(entity, None)
    entity = LegalEntity.objects.get(pk=entity.pk)
    rosters.upload(entity, member(entity), SAMPLE.name, SAMPLE.read_bytes())
    return now(connection)


def from_personio(connection: Connection) -> Connection:
    """From now on the people come from Personio."""
    assert connection.entity
    personio_entities.take(connection.entity.company, None, HORECA)
    return now(connection)


def bind(connection: Connection, personio_id: str) -> Connection:
    """Support corrects which legal entity of Personio it is."""
    LegalEntity.objects.filter(pk=connection.entity_id).update(personio_id=personio_id)
    return now(connection)


def sync(connection: Connection) -> Run:
    """A preview, and the sync after it; nobody may have failed."""
    checked(work(connection))
    return checked(work(connection, is_dry=False))


def checked(run: Run) -> Run:
    assert run.state in Run.FINISHED, run.shown_message
    assert run.results.filter(outcome="failed").count() == 0
    return run


def linked() -> set[object]:
    """The Loket ids that are remembered, each once."""
    ids = list(Link.objects.values_list("loket_id", flat=True))
    assert None not in ids
    assert len(ids) == len(set(ids))
    return set(ids)


# --- Nobody is doubled --------------------------------------------------------------------------------------------------


def test_from_a_file_to_personio_everybody_is_the_same_person(company: Connection, simulator: Simulator) -> None:
    sync(from_file(company))
    before, wrote = linked(), len(simulator.log.writes())
    sync(from_personio(company))
    assert linked() == before
    assert len(simulator.log.writes()) == wrote, "Loket has it all"


def test_from_personio_to_a_file_everybody_is_the_same_person(company: Connection, simulator: Simulator) -> None:
    sync(from_personio(company))
    before, wrote = linked(), len(simulator.log.writes())
    sync(from_file(company))
    assert linked() == before
    assert len(simulator.log.writes()) == wrote


def test_there_and_back_everybody_is_the_same_person(company: Connection) -> None:
    sync(from_file(company))
    before = linked()
    sync(from_personio(company))
    sync(from_file(company))
    assert linked() == before


def test_who_comes_back_with_a_new_personio_id_is_the_same_person(synced: Connection, simulator: Simulator) -> None:
    before = linked()
    rehire(simulator, KNOWN, 49003)
    again = sync(synced)
    assert linked() == before
    assert result(again, 49003).outcome == "unchanged"


def rehire(simulator: Simulator, person_id: int, new_id: int) -> None:
    """The person is deleted in Personio and made anew, with the same number."""
    world, options = simulator.world, simulator.options
    person = find(world, options, person_id)
    assert person
    remove(world, person_id)
    save(world, replace(person, id=new_id))


# --- Nobody is forgotten ------------------------------------------------------------------------------------------------


def test_a_number_that_is_corrected_after_the_switch_is_the_same_person(
    company: Connection, simulator: Simulator
) -> None:
    sync(from_file(company))
    connection = from_personio(company)
    sync(connection)
    edit(simulator, KNOWN, dynamic_24401="7777")
    run = checked(work(connection, is_dry=False))
    found = result(run, KNOWN)
    assert (found.outcome, found.reason) == ("unchanged", "not_yet_sent")


def test_a_concept_keeps_its_person_when_the_number_is_corrected_after_the_switch(
    company: Connection, simulator: Simulator
) -> None:
    made = sync(from_file(company)).results.filter(outcome="created").first()
    assert made
    number = made.person["number"]
    connection = from_personio(company)
    sync(connection)
    row = next(one.row for one in personio.people(connection).values() if one.text("employee_number") == number)
    edit(simulator, row, dynamic_24401="7778")
    found = result(work(connection, is_dry=False), row)
    assert (found.outcome, found.reason) == ("unchanged", "waits_as_concept")


# --- The first sync of a source wants a preview of it (rule 57) ------------------------------------------------------------


def ran(connection: Connection, *, is_dry: bool) -> Run:
    return pages.run(connection, is_dry=is_dry)


def test_each_source_wants_a_preview_of_its_own_and_so_does_the_way_back() -> None:
    connection = ConnectionFactory(entity=EntityFactory())
    entity = connection.entity
    pages.upload(entity, None)
    ran(connection, is_dry=True)
    ran(connection, is_dry=False)
    assert not runs.needs_preview(entity)
    for way in ("170", ELSEWHERE, "170", ""):
        entity.personio_id = way
        entity.save()
        if not way:
            pages.upload(entity, None)
        assert runs.needs_preview(entity), way
        ran(connection, is_dry=True)
        assert not runs.needs_preview(entity), way
        ran(connection, is_dry=False)


def test_the_overview_asks_for_that_preview() -> None:
    connection = ConnectionFactory(entity=EntityFactory())
    entity = connection.entity
    pages.read_personio(entity)
    ran(connection, is_dry=False)
    entity.personio_id = ELSEWHERE
    entity.save()
    assert overview.read(entity, member(entity)).next_step == overview.NextStep.PREVIEW


def test_the_people_of_another_legal_entity_are_no_roster_of_this_one() -> None:
    entity = EntityFactory()
    read = pages.read_personio(entity, pages.person(1, "1", "Berg"))
    assert rosters.current(entity) == read
    entity.personio_id = ELSEWHERE
    entity.save()
    assert rosters.current(entity) is None
    retention.purge()
    assert not RosterPerson.objects.exists()


# --- While Personio is being read -----------------------------------------------------------------------------------------


def nothing(_read: int) -> None:
    """A lease that nobody takes away."""


def claimed(connection: Connection, **which: object) -> Run:
    run = runs.claim(start(connection, **which).pk, "worker")  # type: ignore[arg-type]
    assert run is not None
    return run


def test_a_roster_that_is_uploaded_meanwhile_stays(company: Connection) -> None:
    run = claimed(from_personio(company))
    connection = from_file(company)
    with pytest.raises(ConfigProblem):
        readings.refresh(run, nothing)
    assert [one.file_name for one in Roster.objects.all()] == [SAMPLE.name]
    assert rosters.current(connection.entity)


def test_a_legal_entity_that_is_bound_elsewhere_meanwhile_gets_nobody(previewed: Connection) -> None:
    before = personio.reading(previewed)
    run = claimed(previewed)
    bind(previewed, ELSEWHERE)
    for read in (readings.refresh, lambda *args: readings.refresh_some(args[0], frozenset({41001}), args[1])):
        with pytest.raises(ConfigProblem):
            read(run, nothing)
    assert list(Roster.objects.all()) == [before]


def test_a_run_that_has_read_sends_nothing_when_the_source_changes_before_it_begins(
    previewed: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(previewed, is_dry=False)

    def bound_elsewhere(*args: object) -> Roster:
        found = read(*args)  # type: ignore[arg-type]
        bind(previewed, ELSEWHERE)
        return found

    read = comparing.read
    monkeypatch.setattr(comparing, "read", bound_elsewhere)
    ended = execution.execute(run.pk)
    assert ended
    assert (ended.state, ended.results.count(), simulator.log.writes()) == (Run.State.FAILED, 0, [])
    assert "come from elsewhere" in ended.shown_message


def test_an_event_reads_everybody_of_the_legal_entity_that_is_bound_now(previewed: Connection) -> None:
    connection = bind(previewed, ELSEWHERE)
    readings.refresh_some(claimed(connection), frozenset({42001}), nothing)
    assert len(personio.people(connection)) > 1
    assert 41001 not in personio.people(connection)


def test_a_sync_that_is_sending_stops_when_the_people_come_from_elsewhere(
    previewed: Connection, simulator: Simulator
) -> None:
    entity = previewed.entity
    assert entity

    def elsewhere(_result: object) -> None:
        LegalEntity.objects.filter(pk=entity.pk).update(personio_id=ELSEWHERE)

    run = start(previewed, is_dry=False)
    execution.execute(run.pk, elsewhere)
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "come from elsewhere now" in run.shown_message
    assert simulator.log.writes() == [], "it was seen before the first write"
    assert runs.sweep() == 0
