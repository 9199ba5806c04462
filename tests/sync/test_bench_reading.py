"""A reading of Personio for a draft: what the draft reads and nothing else, encrypted, whole or not at all, gone after a day."""

import json
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection as database
from django.utils import timezone

from loket_portal.lib import crypto
from loket_portal.personio.client import PersonioClient
from loket_portal.personio.errors import Retryable
from loket_portal.simulator import Simulator
from mapping.models import MappingSet
from mapping.rules import Rule
from mapping.services import frozen_rules, published_for
from onboarding.models import Connection, LegalEntity
from onboarding.services.access import NotAllowed
from sync.models import BenchReading, Link, Roster, RosterPerson
from sync.records import HRRecord, Sealed
from sync.services import (
    bench_everyone,
    bench_people,
    bench_reading,
    bench_state,
    memory,
    readings,
    retention,
    rosters,
    runs,
)
from sync.sources import personio as source
from sync.tasks import read_for_mapping
from tests.factories import CompanyFactory, UserFactory
from tests.snapshots import once
from tests.sync.bench import BSN, CONSIDER, FIRST_NAME, GENDER, LAST_NAME, NUMBER, STATUS, copy_of, draft, supporter
from tests.sync.personio import asked, edit, entity_of_personio, point_at, start

pytestmark = pytest.mark.django_db

PLACE_OF_BIRTH = "employee.personalDetails.placeOfBirth"
CIVIL_STATUS = "dynamic_33500"  # an attribute that the default mapping does not read
BSN_KEY, NUMBER_KEY, GENDER_KEY = "dynamic_24407", "dynamic_24401", "dynamic_24409"


@pytest.fixture
def entity(simulator: Simulator, settings: LazySettings, request: pytest.FixtureRequest) -> LegalEntity:
    """A legal entity that reads the simulator's Personio; connected with Loket only where the test wants that."""
    if "linde" in request.fixturenames:
        connection = request.getfixturevalue("linde")
        assert isinstance(connection, Connection)
        assert connection.entity
        return connection.entity
    point_at(simulator, settings)
    key = once("entity of Personio", simulator, lambda: entity_of_personio().pk)
    return LegalEntity.objects.select_related("company").get(pk=key)


@pytest.fixture
def small(entity: LegalEntity) -> MappingSet:
    """A draft of a few fields, beside the published default mapping."""
    return draft(
        entity.company,
        "personio",
        Rule(STATUS, "status"),
        Rule(LAST_NAME, "last_name"),
        Rule(NUMBER, NUMBER_KEY),
        Rule(FIRST_NAME, CIVIL_STATUS),
    )


def read(entity: LegalEntity, mapping_set: MappingSet) -> BenchReading:
    """Asked for and worked."""
    row = bench_reading.ask(entity, mapping_set, None)
    read_for_mapping(row.pk)
    row.refresh_from_db()
    return row


def read_for_sync(linde: Connection) -> None:
    """The reading that a run makes, without the comparison with Loket."""
    run = runs.claim(start(linde).pk, "worker")
    assert run is not None
    readings.refresh(run, lambda _read: None)


def people(entity: LegalEntity, mapping_set: MappingSet) -> dict[int, HRRecord]:
    return {one.record.row: one.record for one in bench_people.people(entity, mapping_set)}


def test_it_reads_the_people_of_the_entity_with_what_the_draft_reads(entity: LegalEntity, small: MappingSet) -> None:
    before = bench_people.look(entity, small)
    assert before.reading is None
    assert read(entity, small).state == "done"
    found = people(entity, small)
    assert len(found) >= 60
    assert found[41001].key == "personio-41001"
    assert found[41001].values["last_name"] == "Berg"
    assert found[41001].values["first_name"] is not None, "civil status, as the draft has it"
    assert bench_people.look(entity, small).unread == ()


def test_only_attributes_of_the_draft_are_stored(entity: LegalEntity, small: MappingSet) -> None:
    read(entity, small)
    wanted = {"status", "last_name", NUMBER_KEY, CIVIL_STATUS}
    for person in RosterPerson.objects.all():
        assert set(person.values["cells"]) <= wanted
    assert set(Roster.objects.get(bench_for=entity).attributes) == wanted


def test_what_is_stored_is_ciphertext(entity: LegalEntity, small: MappingSet) -> None:
    read(entity, small)
    with database.cursor() as cursor:
        cursor.execute("select values::text from sync_rosterperson")
        rows = " ".join(row[0] for row in cursor.fetchall())
    assert rows
    assert "Berg" not in rows
    assert "personio-41001" not in rows


def test_it_is_exactly_what_a_sync_reads(entity: LegalEntity, linde: Connection) -> None:
    """The published mapping as a draft: each person has the same columns with the same values."""
    read_for_sync(linde)
    published = published_for(entity)
    assert published is not None
    roster = rosters.current(entity)
    assert roster is not None
    synced = {record.row: record for record in rosters.records(roster)}
    mapping_set = copy_of(published)
    read(entity, mapping_set)
    Roster.objects.filter(entity=entity).delete()  # so that nothing comes from there
    found = people(entity, mapping_set)
    here = {row: record for row, record in synced.items() if row in found}
    assert len(here) >= 60
    for row, record in here.items():
        plain = {name: value for name, value in record.values.items() if not isinstance(value, Sealed)}
        assert {name: found[row].values[name] for name in plain} == plain, row
        assert set(found[row].values) == set(record.values), row
        codes = {problem.code for problem in record.problems} - {"duplicate_number"}
        assert codes == {problem.code for problem in found[row].problems}


def test_the_reading_in_use_has_what_the_published_mapping_reads(entity: LegalEntity, linde: Connection) -> None:
    read_for_sync(linde)
    published = published_for(entity)
    assert published is not None
    found = bench_people.look(entity, copy_of(published, Rule(PLACE_OF_BIRTH, CIVIL_STATUS)))
    assert found.bench is None
    assert [rule.target for rule in found.unread] == [PLACE_OF_BIRTH]


def test_an_attribute_that_a_draft_reads_in_another_way_is_not_read_yet(entity: LegalEntity, linde: Connection) -> None:
    read_for_sync(linde)
    published = published_for(entity)
    assert published is not None
    house_number = "employee.address.houseNumber"
    former = next(rule for rule in frozen_rules(published).rules if rule.target == house_number)
    assert former.source
    mapping_set = copy_of(published, Rule(house_number, former.source, "house_number"))
    assert [rule.target for rule in bench_people.look(entity, mapping_set).unread] == [house_number]
    read(entity, mapping_set)
    assert bench_people.look(entity, mapping_set).unread == ()


def test_what_the_reading_lacks_comes_from_the_reading_in_use(
    entity: LegalEntity, linde: Connection, small: MappingSet
) -> None:
    read_for_sync(linde)
    read(entity, small)
    draft(entity.company, "personio", Rule(GENDER, GENDER_KEY))
    found = bench_people.look(entity, small)
    assert (found.bench is not None, found.unread) == (True, ())
    assert people(entity, small)[41001].values["gender"]


def test_a_mapping_may_change_its_mind_about_what_was_read(entity: LegalEntity, small: MappingSet) -> None:
    read(entity, small)
    small.rules.filter(target=FIRST_NAME).delete()
    draft(entity.company, "personio", Rule(GENDER, CIVIL_STATUS))
    assert bench_people.look(entity, small).unread == ()
    assert people(entity, small)[41001].values["gender"], "without reading Personio again"


def test_who_works_here_is_known_though_the_draft_maps_hardly_anything(
    entity: LegalEntity,
) -> None:
    empty = draft(entity.company, "personio", Rule(LAST_NAME, "last_name"))
    assert read(entity, empty).state == "done"
    assert 42001 not in people(entity, empty), "somebody of Catering"


def test_a_bsn_that_loket_confirmed_is_kept_as_a_fingerprint_only(
    entity: LegalEntity, linde: Connection, simulator: Simulator
) -> None:
    mapping_set = draft(entity.company, "personio", Rule(LAST_NAME, "last_name"), Rule(BSN, BSN_KEY))
    read(entity, mapping_set)
    plain = people(entity, mapping_set)[41001].values["bsn"]
    assert isinstance(plain, str)
    Link.objects.create(
        connection=linde,
        key_hash=memory.key_hashes(linde, "personio-41001")[0],
        loket_id="00000000-0000-4000-8000-000000000001",
        bsn_fingerprint=crypto.fingerprint("bsn", plain),
    )
    read(entity, mapping_set)
    kept = people(entity, mapping_set)[41001].values["bsn"]
    assert isinstance(kept, Sealed)
    assert plain not in json.dumps(RosterPerson.objects.get(roster__bench_for=entity, row=41001).values)


def test_two_asks_are_one_reading(entity: LegalEntity, small: MappingSet, simulator: Simulator) -> None:
    first = bench_reading.ask(entity, small, None)
    second = bench_reading.ask(entity, small, None)
    assert first.pk == second.pk
    simulator.log.clear()
    read_for_mapping(first.pk)
    calls = len(asked(simulator, "/employees"))
    read_for_mapping(first.pk)
    assert len(asked(simulator, "/employees")) == calls, "a second delivery finds it taken"


def test_a_reading_whose_worker_is_gone_can_be_asked_for_again(entity: LegalEntity, small: MappingSet) -> None:
    row = bench_reading.ask(entity, small, None)
    long_ago = timezone.now() - bench_reading.GONE_AFTER - timedelta(seconds=1)
    BenchReading.objects.filter(pk=row.pk).update(
        state="reading", claimed_by="gone", asked_at=long_ago, beat_at=long_ago
    )
    found = bench_state.read(small, str(entity.pk))
    assert found is not None
    assert (found.is_interrupted, found.may_ask) == (True, True)
    assert read(entity, small).state == "done"


def test_a_personio_that_is_away_leaves_nothing_and_says_who_acts(
    entity: LegalEntity, small: MappingSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> None:
        raise Retryable("Personio did not answer.", "Try again later.")

    monkeypatch.setattr(PersonioClient, "pages", away)
    row = read(entity, small)
    assert (row.state, row.shown_message, row.shown_hint) == ("failed", "Personio did not answer.", "Try again later.")
    assert not Roster.objects.filter(bench_for=entity).exists()


def test_a_fault_of_ours_is_said_without_anybodys_value(
    entity: LegalEntity, small: MappingSet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("somebody's name is Berg")

    monkeypatch.setattr(bench_reading, "_store", broken)
    row = read(entity, small)
    assert row.state == "failed"
    assert "Berg" not in row.message + row.hint
    assert not Roster.objects.filter(bench_for=entity).exists()


def test_after_a_day_it_counts_no_more_and_is_deleted(entity: LegalEntity, small: MappingSet) -> None:
    read(entity, small)
    Roster.objects.filter(bench_for=entity).update(uploaded_at=timezone.now() - timedelta(hours=25))
    assert bench_people.look(entity, small).reading is None
    retention.purge()
    assert not Roster.objects.filter(bench_for=entity).exists()


def test_when_the_draft_is_published_it_counts_no_more_and_is_deleted(entity: LegalEntity, small: MappingSet) -> None:
    read(entity, small)
    MappingSet.objects.filter(pk=small.pk).update(state=MappingSet.State.DISCARDED)
    assert bench_reading.of(entity) is None
    retention.purge()
    assert not Roster.objects.filter(bench_for=entity).exists()


def test_before_any_run_the_version_in_force_is_read_too(entity: LegalEntity) -> None:
    """Without its preview nobody enables the legal entity (rule 29), and only then is there a run."""
    published = published_for(entity)
    assert published is not None
    standing = bench_state.read(published)
    assert standing is not None
    assert standing.may_ask
    assert read(entity, published).state == "done"
    assert people(entity, published)[41001].values["first_name"] == "Johanna"
    retention.purge()
    assert bench_reading.of(entity) is not None


def test_once_a_run_has_read_the_people_that_reading_counts(entity: LegalEntity, linde: Connection) -> None:
    published = published_for(entity)
    assert published is not None
    read(entity, published)
    read_for_sync(linde)
    assert bench_reading.of(entity) is None
    standing = bench_state.read(published)
    assert standing is not None
    assert not standing.may_ask
    retention.purge()
    assert not Roster.objects.filter(bench_for=entity).exists()


def test_it_is_not_the_entitys_roster(entity: LegalEntity, linde: Connection, small: MappingSet) -> None:
    read(entity, small)
    assert rosters.current(entity) is None
    read_for_sync(linde)
    assert bench_reading.of(entity) is not None, "a run leaves it alone"


def test_who_is_not_of_support_may_not_ask(entity: LegalEntity, small: MappingSet) -> None:
    with pytest.raises(NotAllowed):
        bench_reading.ask(entity, small, UserFactory())
    assert bench_reading.ask(entity, small, supporter("change_mappingset")).state == "asked"


def test_the_mapping_of_another_company_is_refused(entity: LegalEntity) -> None:
    with pytest.raises(ValueError, match="reads no Personio"):
        bench_reading.ask(entity, draft(CompanyFactory(), "personio"), None)


def test_a_value_of_a_type_that_nothing_can_hold_is_a_fault_here_too(
    entity: LegalEntity, small: MappingSet, simulator: Simulator
) -> None:
    edit(simulator, 41001, **{CIVIL_STATUS: {"deep": {"er": 1}}})
    read(entity, small)
    assert {problem.code for problem in people(entity, small)[41001].problems} >= {"bad_text"}


def test_a_rule_of_the_portal_is_never_asked_of_personio(entity: LegalEntity, small: MappingSet) -> None:
    draft(entity.company, "personio", Rule(CONSIDER, "portal.7"))
    assert read(entity, small).state == "done"
    assert "portal.7" not in Roster.objects.get(bench_for=entity).attributes
    assert source.key_of(41001) == "personio-41001"


def test_who_lacks_only_a_mapping_is_told_so_and_not_sent_to_personio(linde: Connection) -> None:
    assert linde.entity
    published = published_for(linde.entity)
    assert published is not None
    mapping_set = copy_of(published, without=(NUMBER,))
    for prepare in (read_for_sync, lambda _linde: read(linde.entity, mapping_set)):
        prepare(linde)
        found = bench_everyone.read(mapping_set)
        assert found is not None
        codes = {group.code for group in found.groups if group.field == NUMBER or group.field == "employee_number"}
        assert codes == {"not_mapped"}
        assert found.passed == 0
