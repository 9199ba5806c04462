"""The one list of what may not be seen: keys of secrets and of personal data, and values that give themselves away."""

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

from loket_portal.lib.tracebacks import ErrorInfo, came_from, without_words

HIDDEN = "••••••"
LONGEST = 10_000  # characters of one text that are read; what comes after them is left out

SECRET_KEYS = frozenset(
    {
        *("access_token", "refresh_token", "client_secret", "authorization", "code", "code_verifier", "password"),
        *(
            "client_id",
            "secret_key",
            "cookie",
            "set_cookie",
            "sessionid",
            "csrftoken",
            "csrfmiddlewaretoken",
            "state",
            "token",
        ),
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
    (re.compile(r"(/guest/open/|/personio/events/)[^\s/\"']+"), r"\1" + HIDDEN),  # a key: Django logs addresses
    (re.compile(r"\bpapi-[\w.~+/=-]+", re.IGNORECASE), HIDDEN),  # how Personio's tokens and credentials begin
    (re.compile(r"[\w.+-]{1,100}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), HIDDEN),
)
_TAIL = 150  # characters at a cut: what was cut in two there is not recognised, and longer than this it can't be
# Ids hold many digits and nobody's number: they are set apart before numbers are looked for.
_ID = re.compile(
    r"((?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=\d*[a-f])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}))(?![0-9a-z]))",
    re.IGNORECASE,
)
_GAP = "[ \u00a0.-]"
_IBAN_NL = re.compile(rf"NL{_GAP}{{0,2}}\d{{2}}(?:{_GAP}{{0,2}}[A-Z]){{4}}(?:{_GAP}{{0,2}}\d){{10}}", re.IGNORECASE)
_IBAN = re.compile(
    rf"(?<![A-Z0-9])[A-Z]{{2}}\d{{2}}(?:{_GAP}?[A-Z0-9]{{4}}){{2,7}}(?:{_GAP}?[A-Z0-9]{{1,4}})?(?![A-Z0-9])",
    re.IGNORECASE,
)
# Digits alone bound a BSN: "BSN999905144" and "x=999905144_" hold one. 812345678L01 is a payroll tax number, which
# names an employer. In an IP address the dots go on.
_NUMBER = re.compile(
    rf"(?<!\d)(?:\d{{9}}|\d{{8}})(?!\d|L\d\d(?![0-9a-zA-Z]))"
    rf"|(?<!\d)(?<!\d\.)(?:\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}|\d{{4}}{_GAP}\d{{2}}{_GAP}\d{{3}}"
    rf"|\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{4}})(?!\d)(?!\.\d)"
)


_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def mask(text: str) -> str:
    """ "••••••782" for 123456782: enough to recognise what one already knows. Four characters or less show nothing."""
    return HIDDEN + text[-3:] if len(text) > 4 else HIDDEN if text else ""


def _masked_number(match: re.Match[str]) -> str:
    if _DAY.fullmatch(match[0]):
        return match[0]
    digits = re.sub(r"\D", "", match[0]).zfill(9)
    looks_like_bsn = sum(
        int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)
    )
    # Eight digits are a date or a count more often than a BSN: only those that pass the eleven test are hidden.
    return HIDDEN if len(match[0]) > 8 or looks_like_bsn % 11 == 0 else match[0]


def _masked_iban(match: re.Match[str]) -> str:
    """No country's IBAN is shorter than 15 or has fewer than 8 digits, so "no12 some words here" is none."""
    characters = re.sub(_GAP, "", match[0])
    is_iban = len(characters) >= 15 and sum(character.isdigit() for character in characters) >= 8
    return HIDDEN if is_iban else match[0]


def redact_text(text: str) -> str:
    """The text without what looks like a BSN, an IBAN, a token, a secret or an e-mail address; the rest of a text of
    more than 10,000 characters is left out.
    """
    if len(text) > LONGEST:
        return _redacted(text[:LONGEST])[:-_TAIL] + "…"
    return _redacted(text)


def _redacted(text: str) -> str:
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    parts = _ID.split(text)  # every second part is an id
    parts[::2] = map(_without_numbers, parts[::2])
    return "".join(parts)


def _without_numbers(text: str) -> str:
    text = _IBAN.sub(_masked_iban, _IBAN_NL.sub(HIDDEN, text))
    return _NUMBER.sub(_masked_number, text)


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
_ERROR_KEYS = frozenset({"exc", "traceback"})  # how Celery calls the text of an exception among its extras


class SafeFormatter(logging.Formatter):
    """Writes of an exception its type and where it came from, never its text: that may hold anybody's name."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback that another formatter left on the record is not taken over."""
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802
        """Type names, files, lines, functions and source lines of the exception and of what it came from."""
        return "\n".join(map(redact_text, without_words(ei).split("\n")))


def _without_texts(message: str, errors: Iterable[BaseException]) -> str:
    """The message with an exception's type wherever it quotes that exception's text."""
    for error in errors:
        for text in (repr(error), str(error)):
            if len(text) > 1 and not text.isdecimal():  # else "11 people" would change for a KeyError(1)
                message = message.replace(text, type(error).__name__)
    return message


class RedactingFilter(logging.Filter):
    """Redacts a log record in place: its message, its traceback text and whatever `extra` put on it. Drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True; a message that cannot be formatted is replaced, never raised."""
        try:
            if isinstance(record.args, Mapping):
                record.args = _without_errors(record.args)
            message = _without_texts(record.getMessage(), _errors(record))
        except Exception:  # noqa: BLE001  a log call with wrong arguments must not end the work it reports on
            message = "(a log message that could not be formatted)"
        record.msg, record.args = redact_text(message), None
        if record.exc_info:
            record.exc_text = _traceback(record.exc_info)
        elif record.exc_text:
            record.exc_text = redact_text(record.exc_text)
        for key in vars(record).keys() - _STANDARD:
            setattr(record, key, _redact_pair(key, _without_errors(getattr(record, key))))
        return True


def _traceback(error: ErrorInfo) -> str:
    try:
        return SafeFormatter().formatException(error)
    except Exception:  # noqa: BLE001  as above
        return "(an exception that could not be formatted)"


def _errors(record: logging.LogRecord) -> list[BaseException]:
    """Every exception that the record is about, or that its message was made of."""
    args = record.args.values() if isinstance(record.args, Mapping) else record.args or ()
    told = [item for item in (record.msg, *args) if isinstance(item, BaseException)]
    raised = record.exc_info[1] if record.exc_info else None
    return [*told, *(came_from(raised) if raised else ())]


def _without_errors(extra: Any) -> Any:
    if isinstance(extra, BaseException):
        return type(extra).__name__
    if not isinstance(extra, Mapping):
        return extra
    return {key: HIDDEN if key in _ERROR_KEYS else item for key, item in extra.items()}
