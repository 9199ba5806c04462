"""Encrypted model fields and keyed fingerprints; the keys are settings.FIELD_ENCRYPTION_KEYS, newest first.

The first key encrypts, every key decrypts, so a key is rotated by putting a new one in front. What can't be decrypted
raises `CannotDecrypt`: a changed byte or a lost key never turns into an empty value.
"""

import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from loket_portal.lib import quick_json
from loket_portal.lib.redact import mask


class CannotDecrypt(Exception):
    """A stored value was changed, or its key is no longer in FIELD_ENCRYPTION_KEYS."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _keys() -> tuple[str, ...]:
    return tuple(settings.FIELD_ENCRYPTION_KEYS)


def encrypt(text: str) -> str:
    """The text as a Fernet token (AES-128-CBC with HMAC, time-stamped)."""
    return _fernet(_keys()).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text behind a token of `encrypt`; raises CannotDecrypt."""
    try:
        return _fernet(_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CannotDecrypt("A stored value cannot be decrypted; check FIELD_ENCRYPTION_KEYS.") from error


def new_key() -> str:
    """A fresh key for FIELD_ENCRYPTION_KEYS."""
    return Fernet.generate_key().decode()


@lru_cache(maxsize=64)
def _derived(key: str, purpose: str) -> bytes:
    """A key of its own per purpose: equal values of two purposes never show as equal."""
    return hmac.digest(key.encode(), f"fingerprint:{purpose}".encode(), "sha256")


def _fingerprint(key: str, purpose: str, value: str) -> str:
    return hmac.digest(_derived(key, purpose), value.encode(), "sha256").hex()


def fingerprint(purpose: str, value: str) -> str:
    """Keyed HMAC-SHA256 of a value, 64 hex characters: BSN and IBAN have too few values for a bare hash."""
    return _fingerprint(_keys()[0], purpose, value)


def fingerprints(purpose: str, value: str) -> list[str]:
    """The value's fingerprint under every key, newest first: look rows up by these, so that a rotation forgets nothing."""
    return [_fingerprint(key, purpose, value) for key in _keys()]


class FernetSeal:
    """`sync.engine.Seal`: fingerprints and masks with this installation's keys."""

    def fingerprint(self, purpose: str, value: str) -> str:
        return fingerprint(purpose, value)

    def matches(self, purpose: str, value: str, known: str) -> bool:
        return known in fingerprints(purpose, value)

    def mask(self, value: str) -> str:
        return mask(value)


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is ciphertext in the database; it can't be searched, only read."""

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else decrypt(value)


class EncryptedJSONField(models.TextField):  # type: ignore[type-arg]
    """A JSON value (dict, list, text, number) that is ciphertext in the database."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else encrypt(quick_json.dumps(value).decode())

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else quick_json.loads(decrypt(value))

    def to_python(self, value: Any) -> Any:
        return value
