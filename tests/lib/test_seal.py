"""What is compared by its fingerprint alone: the same value matches, also under a key that was the newest one earlier."""

import pytest
from django.conf import LazySettings

from loket_portal.lib import crypto
from loket_portal.lib.crypto import FernetSeal

VALUE = "NL91ABNA0417164300"


@pytest.fixture
def seal() -> FernetSeal:
    return FernetSeal()


def test_a_value_matches_its_own_fingerprint_and_no_other_one(seal: FernetSeal) -> None:
    known = seal.fingerprint("iban", VALUE)
    assert seal.matches("iban", VALUE, known)
    assert not seal.matches("iban", VALUE.lower(), known)
    assert not seal.matches("iban", "NL20INGB0001234567", known)


def test_the_same_value_for_another_purpose_is_something_else(seal: FernetSeal) -> None:
    assert not seal.matches("bsn", VALUE, seal.fingerprint("iban", VALUE))


def test_nothing_known_matches_nothing(seal: FernetSeal) -> None:
    assert not seal.matches("iban", VALUE, "")
    assert not seal.matches("iban", "", "")


def test_a_fingerprint_of_before_a_new_key_still_matches(seal: FernetSeal, settings: LazySettings) -> None:
    known = seal.fingerprint("iban", VALUE)
    settings.FIELD_ENCRYPTION_KEYS = [crypto.new_key(), *settings.FIELD_ENCRYPTION_KEYS]
    assert seal.fingerprint("iban", VALUE) != known
    assert seal.matches("iban", VALUE, known)


def test_one_of_a_key_that_is_gone_matches_no_more(seal: FernetSeal, settings: LazySettings) -> None:
    known = seal.fingerprint("iban", VALUE)
    settings.FIELD_ENCRYPTION_KEYS = [crypto.new_key()]
    assert not seal.matches("iban", VALUE, known)
