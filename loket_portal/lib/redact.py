"""The one list of what may not be seen: keys of secrets and of personal data, and values that give themselves away."""

import logging
import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "••••••"

SECRET_KEYS = frozenset(
    {
        *("access_token", "refresh_token", "client_secret", "authorization", "code", "code_verifier", "password"),
        *("secret_key", "cookie", "set_cookie", "sessionid", "csrftoken", "csrfmiddlewaretoken", "state", "token"),
        *("api_key", "field_encryption_keys"),
    }
)
PERSONAL_KEYS = frozenset(
    {
        *("citizen_service_number", "bsn", "iban", "first_name", "last_name", "last_name_partner", "prefix"),
        *("prefix_partner", "initials", "formatted_name", "name_payslip", "name_beneficiary", "date_of_birth"),
        *("birth_date", "place_of_birth", "date_of_death", "street", "house_number", "house_number_addition"),
        *("postal_code", "city", "location", "phone", "phone_number", "mobile", "mobile_phone_number", "fax_number"),
        *("business_phone_number", "business_mobile_phone_number", "email", "email_address"),
        *("business_email_address", "document_identification", "photo", "gender", "nationality", "civil_status"),
        *("gross_wage", "net_wage", "annual_salary"),
    }
)


def _plain(key: str) -> str:
    """A key without its style: firstName, first_name, First-Name and FIRST NAME are one."""
    return re.sub(r"[\s_-]", "", key).casefold()


_KEYS = frozenset(_plain(key) for key in SECRET_KEYS | PERSONAL_KEYS)
_NAMED = "|".join(sorted(SECRET_KEYS - {"state", "code", "token"}, key=len, reverse=True))
_PATTERNS = (
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), r"\1 " + HIDDEN),
    (re.compile(rf"\b({_NAMED})(\b[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}}]+", re.IGNORECASE), r"\1\2" + HIDDEN),
    (re.compile(r"([?&](?:code|state|token)=)[^\s&\"']+", re.IGNORECASE), r"\1" + HIDDEN),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"), HIDDEN),
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .]?[A-Z0-9]{4}){2,7}(?:[ .]?[A-Z0-9]{1,4})?\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.-])(?:\d{9}|\d{3}[ .]\d{3}[ .]\d{3}|\d{4}[ .]\d{2}[ .]\d{3}|\d{8})(?![\w-])(?!\.\d)")


def mask(text: str) -> str:
    """ "••••••782" for 123456782: enough to recognise what one already knows. Four characters or less show nothing."""
    return HIDDEN + text[-3:] if len(text) > 4 else HIDDEN if text else ""


def _masked_number(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0]).zfill(9)
    looks_like_bsn = sum(
        int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)
    )
    # Eight digits are a date or a count more often than a BSN: only those that pass the eleven test are hidden.
    return HIDDEN if len(match[0]) > 8 or looks_like_bsn % 11 == 0 else match[0]


def redact_text(text: str) -> str:
    """The text without what looks like a BSN, an IBAN, a token, a secret or an e-mail address."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return _NUMBER.sub(_masked_number, _IBAN.sub(HIDDEN, text))


def redact(value: Any) -> Any:
    """A deep copy in which every value under a secret or personal key, and every telltale text, is hidden."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {key: _redact_pair(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item) for item in value]
    return value if isinstance(value, bool | float | None) or not isinstance(value, int) else _redact_number(value)


def _redact_number(value: int) -> Any:
    text = redact_text(str(value))
    return value if text == str(value) else text


def _redact_pair(key: object, item: Any) -> Any:
    if isinstance(key, str) and _plain(key) in _KEYS:
        return item if item is None or item == "" else HIDDEN
    return redact(item)


_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class RedactingFilter(logging.Filter):
    """Redacts a log record in place: its message, its traceback text and whatever `extra` put on it. Drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True; a message that cannot be formatted is replaced, never raised."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001  a log call with wrong arguments must not end the work it reports on
            message = "(a log message that could not be formatted)"
        record.msg, record.args = redact_text(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = redact_text(record.exc_text) if record.exc_text else record.exc_text
        for key in vars(record).keys() - _STANDARD:
            setattr(record, key, _redact_pair(key, getattr(record, key)))
        return True
