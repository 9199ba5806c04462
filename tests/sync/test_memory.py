"""What is remembered of a person, whatever the people come from: by the id in Personio, by the number in a file."""

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from loket_portal.lib import crypto
from onboarding.models import Connection
from sync.models import Link
from sync.records import HRRecord
from sync.services import links, rosters
from sync.services.memory import DbMemory, key_hashes
from tests.factories import ConnectionFactory, EntityFactory
from tests.sync import pages

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]

ONE, OTHER = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
BSN, IBAN = "b" * 64, "i" * 64
PERSON = "personio-41003"


@pytest.fixture
def connection() -> Connection:
    return ConnectionFactory(entity=EntityFactory())


def from_file(connection: Connection, *numbers: str) -> DbMemory:
    """The memory of a run whose people come from a file and have these numbers."""
    entity = connection.entity
    assert entity
    entity.personio_id = ""
    entity.save()
    pages.upload(entity, None, *(f"{number};1;Active;Yes;Daan;Berg" for number in numbers))
    return memory(connection)


def from_personio(connection: Connection, **people: str) -> DbMemory:
    """The memory of a run whose people come from Personio: number by id there, as p41003="1003"."""
    assert connection.entity
    found = [pages.person(int(key[1:]), number, "Berg") for key, number in people.items()]
    pages.read_personio(connection.entity, *found)
    return memory(connection)


def memory(connection: Connection) -> DbMemory:
    assert connection.entity
    roster = rosters.current(connection.entity)
    assert roster
    records: dict[str, HRRecord] = {record.key: record for record in rosters.records(roster)}
    return DbMemory(connection, roster, records)


def test_before_somebody_is_linked_nothing_is_remembered_and_our_copy_goes(connection: Connection) -> None:
    held = from_file(connection, "1003")
    held.remember("1003", "bsn", BSN)
    assert not Link.objects.exists()
    assert held.fingerprint("1003", "bsn") is None


@pytest.mark.parametrize("is_file_first", [True, False], ids=["file first", "Personio first"])
def test_who_was_linked_is_remembered_after_a_switch(connection: Connection, is_file_first: bool) -> None:
    def file() -> DbMemory:
        return from_file(connection, "1003")

    def personio() -> DbMemory:
        return from_personio(connection, p41003="1003")

    first, then = (file, personio) if is_file_first else (personio, file)
    before, after = ("1003", PERSON) if is_file_first else (PERSON, "1003")
    first().link(before, ONE, False)
    held = then()
    assert (held.linked_id(after), held.is_current(after)) == (ONE, False)
    held.remember(after, "bsn", BSN)
    assert not memory(connection).is_current(after), "a preview decides nothing"
    held.link(after, ONE, False)
    held = memory(connection)
    assert (held.linked_id(after), held.is_current(after)) == (ONE, True)
    assert held.fingerprint(after, "bsn") == BSN
    assert Link.objects.count() == 1


def test_of_two_rows_about_one_person_one_stays_and_knows_all(connection: Connection) -> None:
    held = from_personio(connection, p41003="1003")
    old = Link.objects.create(
        connection=connection, key_hash="gone", loket_id=ONE, bsn_fingerprint=BSN, is_concept=True
    )
    Link.objects.create(
        connection=connection, key_hash=key_hashes(connection, PERSON)[0], bsn_fingerprint="x", iban_fingerprint=IBAN
    )
    held = memory(connection)
    held.link(PERSON, ONE, False)
    kept = Link.objects.get()
    assert (kept.pk, kept.bsn_fingerprint, kept.iban_fingerprint, kept.is_concept) == (old.pk, BSN, IBAN, False)
    assert memory(connection).linked_id(PERSON) == held.linked_id(PERSON) == ONE


def test_a_corrected_number_is_kept_up_with(connection: Connection) -> None:
    from_personio(connection, p41003="1003").link(PERSON, ONE, False)
    held = from_personio(connection, p41003="7777")
    assert (held.linked_id(PERSON), held.is_current(PERSON)) == (ONE, False)
    held.link(PERSON, ONE, False)
    assert from_file(connection, "7777").linked_id("7777") == ONE
    assert from_file(connection, "1003").linked_id("1003") is None


def test_somebody_else_who_gets_the_number_is_not_taken_for_who_had_it(connection: Connection) -> None:
    from_personio(connection, p41003="1003").link(PERSON, ONE, False)
    held = from_personio(connection, p41003="7777", p49003="1003")
    assert held.linked_id("personio-49003") is None
    assert held.linked_id(PERSON) == ONE


def test_who_comes_back_with_a_new_personio_id_is_who_had_the_number(connection: Connection) -> None:
    from_personio(connection, p41003="1003").link(PERSON, ONE, False)
    held = from_personio(connection, p49003="01003")
    assert held.linked_id("personio-49003") == ONE
    held.link("personio-49003", ONE, False)
    assert memory(connection).is_current("personio-49003")
    assert Link.objects.count() == 1


def test_two_people_stay_two(connection: Connection) -> None:
    held = from_personio(connection, p41003="1003", p41004="1004")
    held.link(PERSON, ONE, False)
    held.link("personio-41004", OTHER, True)
    held.remember("personio-41004", "iban", IBAN)
    held = memory(connection)
    assert (held.linked_id(PERSON), held.linked_id("personio-41004")) == (ONE, OTHER)
    assert (held.fingerprint(PERSON, "iban"), held.fingerprint("personio-41004", "iban")) == (None, IBAN)


def test_support_forgets_somebody_by_number_whatever_the_source_was(connection: Connection) -> None:
    from_personio(connection, p41003="1003").link(PERSON, ONE, False)
    from_file(connection, "1003")
    assert connection.entity
    assert links.forget(connection, "1003", "left for good")
    assert not Link.objects.exists()
    assert not links.forget(connection, "1003", "twice")


def test_after_a_key_rotation_a_number_is_still_known(connection: Connection, settings: LazySettings) -> None:
    from_personio(connection, p41003="1003").link(PERSON, ONE, False)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    held = from_file(connection, "1003")
    assert held.linked_id("1003") == ONE
    held.link("1003", ONE, False)
    assert Link.objects.get().key_hash == crypto.fingerprint("person", f"{connection.pk}:1003")
