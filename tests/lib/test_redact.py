"""What may not be seen is hidden, wherever it stands; what is harmless stays readable."""

import logging

import pytest

from loket_portal.lib.redact import HIDDEN, PERSONAL_KEYS, RedactingFilter, mask, redact, redact_text

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
    ],
)
def test_a_telltale_text_is_hidden(text: str) -> None:
    shown = redact_text(text)
    assert HIDDEN in shown
    for part in ("999901333", "901", "0026", "5320", "abc.DEF", "dXNlcjpwYXNz", "topsecret", "noor"):
        assert part not in shown


@pytest.mark.parametrize(
    "text",
    [
        *("GET /providers/employers/{employerId} 200 12 ms attempt 1", "2026-11-23", "812345678L01", "1001", "32.5"),
        *("904d6856-6034-4624-bcbc-886188c115c5", "20261124", "Loket refused this record.", "code 12", "€ 1234,56"),
    ],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact_text(text) == text


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
