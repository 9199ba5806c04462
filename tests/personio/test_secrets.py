"""Credentials and tokens stand nowhere but in the requests; neither does anybody's data."""

import io
import logging
import traceback

import pytest

from loket_portal.lib.redact import RedactingFilter, SafeFormatter
from loket_portal.personio.auth import Token
from loket_portal.personio.client import Credentials, PersonioClient
from loket_portal.personio.errors import SyncError
from tests.contract.plugin import Traffic
from tests.personio.server import CLIENT, SECRET, Personio, Reply, bad, record

HOOK = "Bearer " + "-".join(["hook", "token"])  # a traceback shows source lines, and it must not stand in them
HIDDEN = (SECRET, CLIENT, "papi-", HOOK.removeprefix("Bearer "), "Jansen", "999901333")


def shown(error: BaseException) -> str:
    parts = [repr(error), str(error), *map(str, vars(error).values())]
    return " ".join([*parts, *traceback.format_exception(error)])


def drive(client: PersonioClient) -> str:
    """Every kind of call, the failing ones too; gives everything that their errors show."""
    said = []
    for call in (
        client.sign_in,
        lambda: list(client.pages()),
        lambda: client.get_employee(7),
        client.list_attributes,
        client.list_legal_entities,
        lambda: list(client.iter_persons()),
        lambda: client.create_webhook("https://portal.example/", HOOK, ["person.updated"], "d"),
    ):
        try:
            call()
        except SyncError as error:
            said.append(shown(error))
    return "\n".join(said)


@pytest.mark.parametrize("is_good", [True, False])
def test_no_log_line_and_no_error_holds_a_secret_or_a_person(personio, client_here, caplog, is_good) -> None:
    caplog.set_level(logging.DEBUG)
    personio.people = [record(7, last_name="Jansen", dynamic_1="999901333")]
    if not is_good:
        echo = f"Wrong: {CLIENT} papi-token-1 Bearer {SECRET} 999901333"
        personio.order("/v1/auth", bad(0, echo.replace(CLIENT, "client_id=" + CLIENT), 403))
    said = drive(client_here)
    lines = [record_.getMessage() for record_ in caplog.records if record_.name == "personio.requests"]
    assert lines
    assert [text for text in HIDDEN if text in said] == []
    assert [text for text in HIDDEN if text in "\n".join(lines)] == []


def test_the_request_log_shows_templates_without_ids_and_queries(personio, client_here, caplog) -> None:
    caplog.set_level(logging.INFO, logger="personio.requests")
    personio.people = [record(7)]
    list(client_here.pages())
    client_here.get_employee(41001)
    lines = [record_.getMessage() for record_ in caplog.records if record_.name == "personio.requests"]
    assert [line.split(" ")[:3] for line in lines] == [
        ["POST", "/v1/auth", "200"],
        ["GET", "/v1/company/employees", "200"],
        ["GET", "/v1/company/employees/{id}", "404"],
    ]
    assert not [line for line in lines if "?" in line or "41001" in line or "limit" in line]
    assert not [record_ for record_ in caplog.records if record_.name == "loket.requests"]


def test_a_representation_shows_no_secret() -> None:
    credentials = Credentials(CLIENT, SECRET)
    client = PersonioClient("https://api.personio.de", credentials)
    texts = f"{credentials!r} {client!r} {vars(client)!r} {Token('papi-1')!r}"
    assert [text for text in HIDDEN if text in texts] == []


def test_a_traceback_in_the_log_shows_no_secret(personio, client_here) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter())
    handler.setFormatter(SafeFormatter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    personio.order("/v1/auth", bad(0, f"Wrong credentials {SECRET}", 403))
    try:
        client_here.sign_in()
    except SyncError as error:
        logger.exception("It failed: %s", error)
    assert "It failed" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_the_credentials_are_sent_to_the_sign_in_only(personio, client_here) -> None:
    personio.order("/v2/legal-entities", Reply(401, {"errors": []}))
    drive(client_here)
    for asked in personio.asked:
        elsewhere = f"{asked.path} {asked.query} {asked.headers}"
        assert SECRET not in elsewhere
        assert SECRET not in asked.body or asked.path.endswith(("/v1/auth", "/v2/auth/token"))


def test_an_exchange_with_personio_is_not_held_against_lokets_document(
    personio: Personio, client_here, loket_traffic: Traffic
) -> None:
    client_here.sign_in()
    assert loket_traffic.exchanges == []
