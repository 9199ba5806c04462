"""Encryption keys: rotated without loss, taken away without a crash, ciphertext wherever a person or a token stands."""

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from loket_portal.lib import crypto
from loket_portal.loket.errors import SignInNeeded
from onboarding.models import Connection, LegalEntity, User
from onboarding.services.tokens import LoginTokenStore
from sync.models import Link
from sync.records import HRRecord
from sync.services import rosters
from tests.factories import ConnectionFactory
from tests.sync.memories import memory_of

ROSTER = (
    b"employee_number,income_number,status,consider_in_nl_payroll,last_name,bsn\n1,1,Active,Yes,Canarybird,999990019\n"
)
LOKET_ID = "0a000000-0000-4000-8000-000000000001"


@pytest.fixture
def connected(entity: LegalEntity, administrator: User) -> Connection:
    rosters.upload(entity, administrator, "people.csv", ROSTER)
    return ConnectionFactory(entity=entity)


def test_people_are_ciphertext_in_the_database(connected: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute('select "values", problems from sync_rosterperson')
        stored = str(cursor.fetchall())
    assert "Canarybird" not in stored
    assert "999990019" not in stored


def test_a_changed_byte_fails_closed() -> None:
    token = crypto.encrypt("value")
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(token[:20] + ("A" if token[20] != "A" else "B") + token[21:])


def test_a_new_key_in_front_reads_everything_and_forgets_nobody(connected: Connection, settings: LazySettings) -> None:
    before = memory_of(connected)
    before.link("1", LOKET_ID, False)
    before.remember("1", "bsn", crypto.fingerprint("bsn", "999990019"))
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    after = memory_of(connected)
    assert after.linked_id("1") == LOKET_ID
    assert after.fingerprint("1", "bsn") in crypto.fingerprints("bsn", "999990019")
    after.remember("1", "iban", "f" * 64)
    assert Link.objects.get().key_hash == crypto.fingerprint("person", f"{connected.pk}:1"), "renewed on use"


def test_after_the_old_key_is_gone_pages_work_and_the_sign_in_asks_for_an_administrator(
    connected: Connection, settings: LazySettings, signed_in: Client
) -> None:
    memory_of(connected).link("1", LOKET_ID, False)
    connected.entity.roster.delete()
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    for path in ("", "connect/", "roster/"):
        assert signed_in.get(f"/entities/{connected.entity.pk}/{path}").status_code == 200
    with pytest.raises(SignInNeeded):
        LoginTokenStore(connected.login_id).read()
    rosters.upload(connected.entity, None, "people.csv", ROSTER)
    memory_of(connected).link("1", LOKET_ID, False)
    assert Link.objects.count() == 1, "the person is recognised by the Loket id and not linked twice"


def test_a_confirmed_bsn_is_purged_from_the_roster_and_from_a_newer_one(
    connected: Connection, administrator: User
) -> None:
    def bsn() -> object:
        roster = rosters.current(connected.entity)
        assert roster is not None
        (record,) = rosters.records(roster)
        assert isinstance(record, HRRecord)
        return record.values["bsn"]

    print_ = crypto.fingerprint("bsn", "999990019")
    memory_of(connected).remember("1", "bsn", print_)
    assert getattr(bsn(), "fingerprint", None) == print_
    rosters.upload(connected.entity, administrator, "newer.csv", ROSTER)
    assert bsn() == "999990019"
    memory_of(connected).remember("1", "bsn", print_)
    assert getattr(bsn(), "masked", "").endswith("019")
