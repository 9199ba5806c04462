"""What may not be seen is hidden, wherever it stands; what is harmless stays readable."""

import logging
import logging.config

import pytest

from loket_portal.lib.redact import (
    HIDDEN,
    PERSONAL_KEYS,
    RedactingFilter,
    SafeFormatter,
    mask,
    redact,
    redact_text,
)

SECRETS = ["Jansen", "999901333", "NL18TEST0026007007", "topsecret", "noor@tulp.example"]


def test_a_mask_shows_the_last_three() -> None:
    assert mask("123456782") == "••••••782"
    assert mask("NL18TEST0026007007") == "••••••007"
    assert mask("1234") == HIDDEN
    assert mask("") == ""


@pytest.mark.parametrize(
    "text",
    [
        *("BSN 999901333.", "999901333", "bsn=999901333&x", "9999.01.333", "999 901 333", "'999901333'"),
        *("NL18TEST0026007007", "NL18 TEST 0026 0070 07", "nl18test0026007007", "DE89370400440532013000"),
        *("Authorization: Bearer abc.DEF-123_=", "Basic dXNlcjpwYXNz", '"access_token": "topsecret"'),
        *("client_secret=topsecret&grant", "{'refresh_token': 'topsecret'}", "?code=topsecret", "&state=topsecret"),
        *("mail noor@tulp.example now", "password: topsecret"),
        *("papi-topsecret", "token papi-topsecret_1.2~x/y+z==,", "client_id=topsecret", "client_id: topsecret"),
        *("Not Found: /personio/events/topsecret/", "https://portal.example/personio/events/topsecret"),
        *("BSN999901333", "x=999901333_", "-999901333", "_999901333", "a999901333b", "999901333.5"),
        *("999-90-1333", "9999.01.333", "9999-01-333", "999-901-333", "999\u00a0901\u00a0333"),
        *("NL18 TEST 00 26 00 70 07", "NL 18 TEST 0026007007", "IBANNL18TEST0026007007", "x_NL18-TEST-0026-0070-07_"),
        *("NL18\u00a0TEST\u00a00026\u00a00070\u00a007", "DE89 3704 0044 0532 0130 00", "_DE89370400440532013000_"),
    ],
)
def test_a_telltale_text_is_hidden(text: str) -> None:
    shown = redact_text(text)
    assert HIDDEN in shown
    for part in (
        "999901333",
        "901",
        "1333",
        "0026",
        "26 00",
        "0070",
        "5320",
        "abc.DEF",
        "dXNlcjpwYXNz",
        "topsecret",
        "noor",
    ):
        assert part not in shown


@pytest.mark.parametrize(
    "text",
    [
        *("GET /providers/employers/{employerId} 200 12 ms attempt 1", "2026-11-23", "812345678L01", "1001", "32.5"),
        *("904d6856-6034-4624-bcbc-886188c115c5", "20261124", "Loket refused this record.", "code 12", "€ 1234,56"),
        *("number 40201", "24-11-2026", "2026-11-24T10:00:00.123456+00:00", "20260101", "1795000000", "1795000000123"),
        *("10000008-6034-4624-bcbc-ab12cd34ef56", "12345678-1234-1234-1234-999901333123", "no12 some more text here"),
        *(
            "9e107d9d372bb6826bd81d3542a41999",
            "192.168.100.200",
            "10.100.200.100",
            "https://api.loket.nl/v2",
            "HTTP 415",
        ),
        *("run 17: 2026-11-24 100 people", "GET /x 200 123 ms attempt 1", "812345678L01,823456789L01"),
    ],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact_text(text) == text


def test_a_long_text_is_cut_and_no_half_number_stays_at_the_cut() -> None:
    for start in range(9_940, 10_001):
        shown = redact_text("x" * start + " 999901333 NL18TEST0026007007 noor@tulp.example " + "y" * 5_000)
        assert shown.endswith("…")
        assert len(shown) <= 10_000
        assert set(shown) <= set("x …" + HIDDEN)


@pytest.mark.parametrize("piece", ["a.", "a@a.", "AB12", "9 ", "Bearer ", "password ", "9-", "NL18 A", "aaaaaaaa-"])
def test_a_hundred_kilobytes_are_no_trap(piece: str) -> None:
    """The old e-mail pattern needed 17 seconds for the first of these."""
    assert len(redact_text(piece * (100_000 // len(piece)))) <= 10_000


def test_an_eight_digit_bsn_is_hidden_too() -> None:
    assert redact_text("bsn 10000008") == f"bsn {HIDDEN}"  # 010000008 passes the eleven test


def test_keys_count_in_any_style_and_at_any_depth() -> None:
    person = {
        "personalDetails": {"lastName": "Jansen", "first_name": "Noor", "Date-Of-Birth": "1998-05-17", "prefix": None},
        "iban": "NL18TEST0026007007",
        "rows": [{"CITIZENSERVICENUMBER": 999901333}, ("topsecret Bearer topsecret",)],
        "employeeNumber": 1001,
        "isActive": True,
    }
    assert redact(person) == {
        "personalDetails": {"lastName": HIDDEN, "first_name": HIDDEN, "Date-Of-Birth": HIDDEN, "prefix": None},
        "iban": HIDDEN,
        "rows": [{"CITIZENSERVICENUMBER": HIDDEN}, [f"topsecret Bearer {HIDDEN}"]],
        "employeeNumber": 1001,
        "isActive": True,
    }
    assert person["iban"] == "NL18TEST0026007007", "the original is left alone"


def test_a_bare_number_that_could_be_a_bsn_is_hidden() -> None:
    assert redact([999901333, 1001, 3.5, None]) == [HIDDEN, 1001, 3.5, None]


def test_every_personal_key_is_written_as_the_list_says() -> None:
    assert all(key == key.lower() and " " not in key for key in PERSONAL_KEYS)


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def logger(lines: list[str]) -> logging.Logger:
    """A logger with the filter, as settings.LOGGING has it."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record) + str(getattr(record, "person", "")))

    handler = Handler()
    handler.addFilter(RedactingFilter())
    made = logging.Logger("test")
    made.addHandler(handler)
    return made


def test_a_log_line_is_redacted_after_its_arguments(logger: logging.Logger, lines: list[str]) -> None:
    logger.info("bsn %s of %s with %s", "999901333", {"iban": "NL18TEST0026007007"}, "Bearer topsecret")
    logger.info("extra", extra={"person": {"lastName": "Jansen", "mail": "noor@tulp.example"}})
    assert len(lines) == 2
    assert not [secret for secret in SECRETS if secret in "".join(lines)]


def test_a_traceback_is_redacted(logger: logging.Logger, lines: list[str]) -> None:
    try:
        raise ValueError("999901333 NL18TEST0026007007 access_token=topsecret")
    except ValueError:
        logger.exception("failed")
    assert "ValueError" in lines[0]
    assert not [secret for secret in SECRETS if secret in lines[0]]


def test_a_wrong_log_call_never_ends_the_work(logger: logging.Logger, lines: list[str]) -> None:
    logger.info("%d people", "Jansen")
    assert lines == ["(a log message that could not be formatted)"]


# Exceptions: their text may hold anybody's name, and a name has no pattern

NAME = "Jansen"


def fail_for_somebody() -> None:
    try:
        raise KeyError(NAME)
    except KeyError as error:
        raise ValueError(f"{NAME} van Dorpsstraat 1") from error


@pytest.mark.parametrize("with_filter", [True, False])
def test_a_traceback_says_what_and_where_and_never_whom(with_filter: bool, lines: list[str]) -> None:
    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger, handler = logging.Logger("test"), Handler()
    handler.setFormatter(SafeFormatter())
    if with_filter:
        handler.addFilter(RedactingFilter())
    logger.addHandler(handler)
    try:
        fail_for_somebody()
    except ValueError:
        logger.exception("a person failed")
    assert NAME not in lines[0]
    for part in ("a person failed", "KeyError", "ValueError", "fail_for_somebody", "test_redact.py", ", line "):
        assert part in lines[0]
    assert lines[0].index("\nKeyError") < lines[0].index("\nValueError"), "the cause comes first"


def test_the_filter_alone_is_enough_also_after_a_careless_formatter(logger: logging.Logger, lines: list[str]) -> None:
    error = LookupError(f"no {NAME}")
    record = logging.LogRecord("test", 40, "", 0, "failed: %s", (error,), (LookupError, error, None))
    logging.Formatter().format(record)  # leaves its text on the record
    logger.handle(record)
    assert "LookupError" in lines[0]
    assert NAME not in lines[0]


def test_a_message_does_not_quote_an_exception(logger: logging.Logger, lines: list[str]) -> None:
    error = LookupError(f"no {NAME}")
    logger.warning("failed: %s, %r", error, error)
    logger.warning("failed: %(error)s", {"error": error})
    logger.warning(error)
    try:
        raise ExceptionGroup(f"two of {NAME}", [error, KeyError(1)])
    except ExceptionGroup as group:
        logger.exception("11 people: %s; %s", str(group), str(error))
    assert lines[:3] == ["failed: LookupError, LookupError", "failed: LookupError", "LookupError"]
    assert lines[3].startswith("11 people: ExceptionGroup; LookupError\n")
    assert "KeyError" in lines[3]
    assert NAME not in lines[3]


def test_what_celery_says_of_a_failed_task_holds_no_words_of_it(logger: logging.Logger, lines: list[str]) -> None:
    context = {"name": "sync", "exc": f"ValueError('{NAME}')", "traceback": f"Traceback … ValueError: {NAME}"}
    logger.error("Task %(name)s raised: %(exc)s\n%(traceback)s", context, extra={"person": context})
    assert lines[0].startswith("Task sync raised: ")
    assert NAME not in lines[0]


def test_settings_can_name_the_formatter() -> None:
    made = {"()": "loket_portal.lib.redact.SafeFormatter", "format": "{levelname} {message}", "style": "{"}
    formatter = logging.config.DictConfigurator({"version": 1}).configure_formatter(made)
    assert isinstance(formatter, SafeFormatter)
    assert formatter.format(logging.makeLogRecord({"msg": "hello", "levelname": "INFO"})) == "INFO hello"


def test_an_exception_that_cannot_be_shown_ends_nothing(logger: logging.Logger, lines: list[str]) -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    logger.error("odd", exc_info=Odd())
    logger.error("none", exc_info=(None, None, None))
    assert "Odd" in lines[0]
    assert lines[1].startswith("none")
