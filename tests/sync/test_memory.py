"""What is remembered of a person, whatever the people come from: by the id in Personio, by the number in a file."""

from datetime import date
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from loket_portal.lib import crypto
from onboarding.models import Connection
from sync.models import Link, Quarantine, Run, Standing
from sync.outcomes import Outcome, PersonResult, Remark
from sync.ports import Confirmed, StandingFacts
from sync.services import links, quarantine
from sync.services.memory import DbMemory, key_hashes
from tests.factories import ConnectionFactory, EntityFactory
from tests.sync import pages
from tests.sync.memories import memory_of

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
    return memory_of(connection)


def from_personio(connection: Connection, **people: str) -> DbMemory:
    """The memory of a run whose people come from Personio: number by id there, as p41003="1003"."""
    assert connection.entity
    found = [pages.person(int(key[1:]), number, "Berg") for key, number in people.items()]
    pages.read_personio(connection.entity, *found)
    return memory_of(connection)


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
    assert not memory_of(connection).is_current(after), "a preview decides nothing"
    held.link(after, ONE, False)
    held = memory_of(connection)
    assert (held.linked_id(after), held.is_current(after)) == (ONE, True)
    assert held.fingerprint(after, "bsn") == BSN
    assert Link.objects.count() == 1


def test_of_two_rows_about_one_person_one_stays_and_knows_all(connection: Connection) -> None:
    held = from_personio(connection, p41003="1003")
    Link.objects.create(connection=connection, key_hash="gone", loket_id=ONE, bsn_fingerprint=BSN, is_concept=True)
    Link.objects.create(
        connection=connection, key_hash=key_hashes(connection, PERSON)[0], bsn_fingerprint="x", iban_fingerprint=IBAN
    )
    held = memory_of(connection)
    held.link(PERSON, ONE, False)
    kept = Link.objects.get()
    assert (kept.bsn_fingerprint, kept.iban_fingerprint, kept.is_concept) == (BSN, IBAN, False)
    assert memory_of(connection).linked_id(PERSON) == held.linked_id(PERSON) == ONE


def test_a_concept_employee_is_one_until_it_is_seen_to_be_an_employee(connection: Connection) -> None:
    held = from_personio(connection, p41003="1001")
    assert not held.is_concept(PERSON)
    held.link(PERSON, ONE, True)
    assert held.is_concept(PERSON)
    assert from_personio(connection, p41003="1001").is_concept(PERSON), "also to the next run"
    held.link(PERSON, ONE, False)
    assert not from_personio(connection, p41003="1001").is_concept(PERSON)


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
    assert memory_of(connection).is_current("personio-49003")
    assert Link.objects.count() == 1


def test_two_people_stay_two(connection: Connection) -> None:
    held = from_personio(connection, p41003="1003", p41004="1004")
    held.link(PERSON, ONE, False)
    held.link("personio-41004", OTHER, True)
    held.remember("personio-41004", "iban", IBAN)
    held = memory_of(connection)
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


# --- what Loket was last seen to hold (D2) ----------------------------------------------------------------------------

DAY = date(2027, 1, 1)


def test_what_was_confirmed_is_remembered_by_whom_it_is_about(connection: Connection) -> None:
    held = from_personio(connection, p41003="1003", p41004="1004")
    held.link(PERSON, ONE, False)
    assert held.confirmed_mark(PERSON) == ("", None, None)
    held.confirm([Confirmed(PERSON, "m", 7, DAY), Confirmed("personio-41004", "n", 7)])
    held = memory_of(connection)
    assert held.confirmed_mark(PERSON) == ("m", 7, DAY)
    assert held.confirmed_mark("personio-41004") == ("", None, None), "nobody linked this one"
    held.confirm([Confirmed(PERSON, "", None)])
    assert memory_of(connection).confirmed_mark(PERSON) == ("", None, None)


def test_a_confirmation_that_says_nothing_new_is_not_written(
    connection: Connection, django_assert_num_queries: Any
) -> None:
    held = from_file(connection, "1003")
    held.link("1003", ONE, False)
    held.confirm([Confirmed("1003", "m", 7)])
    with django_assert_num_queries(0):
        held.confirm([Confirmed("1003", "m", 7)])
        held.link("1003", ONE, False)


def test_two_people_who_change_places_in_loket_keep_their_own(connection: Connection) -> None:
    held = from_file(connection, "1003", "1004")
    held.link("1003", ONE, False)
    held.link("1004", OTHER, False)
    held.link("1003", OTHER, False)
    held.link("1004", ONE, False)
    held = memory_of(connection)
    assert (held.linked_id("1003"), held.linked_id("1004")) == (OTHER, ONE)


def test_how_the_connection_stands_is_told_to_the_next_run(connection: Connection) -> None:
    held = from_file(connection, "1003")
    assert held.standing() == StandingFacts()
    held.confirm_all(StandingFacts("all", 12, DAY, people=1), is_full=True)
    facts = memory_of(connection).standing()
    assert (facts.mark, facts.version, facts.look_on, facts.people) == ("all", 12, DAY, 1)
    assert facts.compared_at is not None
    held.confirm_all(StandingFacts("more", 13, people=1), is_full=False)
    assert held.standing().compared_at == facts.compared_at, "not everybody was compared"
    assert Standing.objects.get().run == Run.objects.get()


@pytest.mark.parametrize("decide", [
    lambda connection: links.forget(connection, "1003", "left for good"),
    lambda connection: quarantine.release(Quarantine.objects.get().pk, None),
])  # fmt: skip
def test_what_is_decided_here_has_the_next_run_look_at_everybody(connection: Connection, decide: Any) -> None:
    held = from_file(connection, "1003")
    held.link("1003", ONE, False)
    held.quarantine(refused("1003"), "m", "rejected")
    held.confirm_all(StandingFacts("all", 12, people=1), is_full=True)
    assert decide(connection)
    assert memory_of(connection).standing().mark == ""


# --- who is set aside (D9) --------------------------------------------------------------------------------------------


def refused(key: str, text: str = "The BSN is not valid") -> PersonResult:
    return PersonResult(key, 2, "Daan Berg", Outcome.FAILED, messages=(Remark("Error", text, 400),), number=key)


def test_who_was_refused_is_set_aside_with_what_loket_said(connection: Connection) -> None:
    from_file(connection, "1003").quarantine(refused("1003"), "m", "rejected")
    found = memory_of(connection).quarantined("1003")
    assert found is not None
    assert (found.mark, found.reason, found.messages) == (
        "m",
        "rejected",
        (Remark("Error", "The BSN is not valid", 400),),
    )
    assert found.since is not None
    row = Quarantine.objects.get()
    assert row.person == {"key": "1003", "name": "Daan Berg", "number": "1003"}
    assert memory_of(connection).quarantined("1004") is None


def test_who_is_refused_again_is_set_aside_once(connection: Connection, settings: LazySettings) -> None:
    from_file(connection, "1003").quarantine(refused("1003"), "m", "rejected")
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    memory_of(connection).quarantine(refused("1003", "Still not"), "n", "not_stable")
    row = Quarantine.objects.get()
    assert (row.mark, row.reason) == ("n", "not_stable")
    found = memory_of(connection).quarantined("1003")
    assert found is not None
    assert found.messages[0].text == "Still not"


def test_who_is_let_go_stays_as_history_and_can_be_set_aside_anew(connection: Connection) -> None:
    held = from_file(connection, "1003")
    held.quarantine(refused("1003"), "m", "rejected")
    held.release("1003")
    assert held.quarantined("1003") is None
    held = memory_of(connection)
    assert held.quarantined("1003") is None
    held.quarantine(refused("1003"), "n", "rejected")
    assert Quarantine.objects.count() == 2
    assert Quarantine.objects.get(released_at=None).mark == "n"
