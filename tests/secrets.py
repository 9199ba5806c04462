"""Credentials occur nowhere: which there are, all that the portal says in a test, and where one was found in it.

In this process `nothing_leaks` listens to the portal (the simulator's fixture does so in every test that has one);
for the demo, a process of its own, tests/journeys/conftest.py gathers what it said. What is found is named by what it
is, never quoted.
"""

import copy
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from traceback import format_exception
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.handlers.base import BaseHandler
from django.db import connection as database
from django.http import HttpRequest, HttpResponse

from loket_portal.lib.errors import SyncError
from loket_portal.lib.redact import RedactingFilter, SafeFormatter
from loket_portal.simulator import Options, Simulator
from onboarding.services.personio import PersonioRefused

CLIENT_ID, HOOK_ADDRESS = "the client id of Personio", "the address of a webhook"
OURS = ("loket", "personio", "onboarding", "mapping", "sync")
"""Loggers that may not rely on being redacted."""
APPS = ("onboarding", "mapping", "sync")
ANY_LEVEL = logging.DEBUG
TOO_CHATTY = "django.template"
"""At DEBUG it describes the whole context of a page for each variable that isn't there: ten seconds for a long page."""
MAY_SHOW = (
    # The one place where the address of a webhook is shown, to an administrator of the company; it is worth nothing
    # without the token. Personio itself calls it.
    (HOOK_ADDRESS, re.compile(r"page (GET \S*/companies/\d+/personio/|POST \S*/personio/events/[\w-]+/)$")),
)


@dataclass(frozen=True)
class Said:
    """Something that the portal said, and where."""

    where: str
    text: str = field(repr=False)


def leaks(hidden: Mapping[str, str], said: Iterable[Said]) -> list[str]:
    """Where a secret is found, each once: "the client secret of Personio: page GET /"."""
    return list({f"{name}: {_shown(one.where, hidden)}": None for one in said for name in _found(hidden, one)})


def _found(hidden: Mapping[str, str], said: Said) -> Iterator[str]:
    for name, secret in hidden.items():
        if secret in said.text and not _may_show(name, said.where):
            yield name


def _may_show(name: str, where: str) -> bool:
    return any(name.startswith(what) and place.match(where) for what, place in MAY_SHOW)


def _shown(where: str, hidden: Mapping[str, str]) -> str:
    for name, secret in hidden.items():
        where = where.replace(secret, f"({name})")
    return where


# --- What is hidden -----------------------------------------------------------------------------------------------------


def hidden_by(
    given_out: Iterable[str],
    tokens: Iterable[tuple[str, str]],
    hooks: Iterable[str] = (),
    options: Options | None = None,
) -> dict[str, str]:
    """The secrets by what they are: what Personio gave out or was given, Loket's pairs of tokens, webhook addresses."""
    known = options or Options()
    found = {
        CLIENT_ID: known.personio_client_id,
        "the client secret of Personio": known.personio_client_secret,
        "the client secret of Loket": known.client_secret,
    }
    for number, text in enumerate(given_out, 1):
        kind = "token" if text.startswith("papi-") else "webhook token"
        found[f"{kind} {number} of Personio"] = text.removeprefix("Bearer ")
    for number, (access, refresh) in enumerate(tokens, 1):
        found |= {f"access token {number} of Loket": access, f"refresh token {number} of Loket": refresh}
    found |= {f"{HOOK_ADDRESS} {number}": key for number, key in enumerate(hooks, 1)}
    return {name: text for name, text in found.items() if len(text) > 7}  # shorter ones are words of a test


def of_simulator(simulator: Simulator) -> dict[str, str]:
    """The secrets of a simulator in this process, and the webhooks that are in the database."""
    given_out = json.loads(simulator.world.fact("personio_secrets") or "[]")
    tokens = simulator.world.rows("SELECT access, refresh FROM tokens")
    return hidden_by(given_out, tokens, _column("onboarding_personioaccount", "hook_key"), simulator.options)


def of_files(folder: Path) -> dict[str, str]:
    """The secrets of a demo with its data in this folder; it may be running or not."""
    with closing(sqlite3.connect(folder / "simulator.sqlite3")) as world:
        facts = dict(world.execute("SELECT name, value FROM facts"))
        tokens = world.execute("SELECT access, refresh FROM tokens").fetchall()
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as portal:
        hooks = [key for (key,) in portal.execute("SELECT hook_key FROM onboarding_personioaccount")]
    return hidden_by(json.loads(facts.get("personio_secrets", "[]")), tokens, hooks)


# --- What is said in this process ---------------------------------------------------------------------------------------


class Listener:
    """Keeps every log line, page, error and stored row."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def log(self, record: logging.LogRecord) -> None:
        """A line as our own code wrote it; what others write counts as the log shows it, redacted."""
        shown = copy.copy(record)
        formatter = logging.Formatter()
        if not record.name.startswith(OURS):
            RedactingFilter().filter(shown)
            formatter = SafeFormatter()
        self.said.append(Said(f"log {record.name}", formatter.format(shown)))

    def page(self, request: HttpRequest, response: HttpResponse) -> None:
        """An answer of the portal, with its headers."""
        body = "" if response.streaming else response.content.decode(errors="replace")
        head = "\n".join(f"{name}: {value}" for name, value in response.items())
        self.said.append(Said(f"page {request.method} {request.path}", f"{head}\n{body}"))

    def error(self, error: Exception) -> None:
        """A fault that a person or a log may get to see."""
        shown = [repr(error), str(error), *map(str, vars(error).values()), *format_exception(error)]
        self.said.append(Said(f"error {type(error).__name__}", "\n".join(shown)))

    def rows(self) -> None:
        """All that is stored, as it is stored. The address of a webhook is looked up by what Personio calls."""
        for model in apps.get_models():
            if model._meta.app_label in APPS:
                self.said += [Said(f"stored in {model._meta.db_table}", text) for text in _rows(model._meta.db_table)]


def _rows(table: str) -> list[str]:
    with database.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        return [str([value for name, value in zip(names, row, strict=True) if name != "hook_key"]) for row in cursor]


def _column(table: str, name: str) -> list[str]:
    if not _is_open():
        return []
    with database.cursor() as cursor:
        cursor.execute(f'SELECT "{name}" FROM "{table}"')
        return [str(value) for (value,) in cursor]


def _is_open() -> bool:
    """Whether the test may use the database, and nothing failed in its transaction."""
    try:
        database.ensure_connection()
    except RuntimeError:  # pytest-django's answer to a test without a database
        return False
    return not database.needs_rollback


@contextmanager
def listening() -> Iterator[Listener]:
    """Everything that the portal says in this process meanwhile, in all its threads."""
    heard = Listener()
    with ExitStack() as until:
        until.callback(logging.setLogRecordFactory, logging.getLogRecordFactory())
        logging.setLogRecordFactory(_heard_record(logging.getLogRecordFactory(), heard))
        until.enter_context(_every_level())
        until.enter_context(mock.patch.object(BaseHandler, "get_response", _heard_page(heard)))
        for kind in (SyncError, PersonioRefused):
            until.enter_context(mock.patch.object(kind, "__init__", _heard_error(kind, heard)))
        yield heard


@contextmanager
def nothing_leaks(simulator: Simulator) -> Iterator[Listener]:
    """Fails when a secret of the simulator is in anything that the portal says or stores meanwhile."""
    with listening() as heard:
        yield heard
    if _is_open():
        heard.rows()
    asked = Said("request log", json.dumps(simulator.log.all()))
    if found := leaks(of_simulator(simulator), [*heard.said, asked]):
        pytest.fail("Secrets where they must not be:\n" + "\n".join(found), pytrace=False)


@contextmanager
def _every_level() -> Iterator[None]:
    """Every logger writes all it has; the handlers show what they showed before."""
    loggers = [
        logging.root,
        *(one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)),
    ]
    levels = [(one, one.level) for one in loggers]
    handlers = [(one, one.level, logger.level) for logger in loggers for one in logger.handlers]
    for handler, level, of_logger in handlers:
        handler.setLevel(max(level, of_logger))
    for logger, level in levels:
        logger.setLevel(ANY_LEVEL if level or logger is logging.root else level)
    logging.getLogger(TOO_CHATTY).setLevel(logging.INFO)
    try:
        yield
    finally:
        logging.getLogger(TOO_CHATTY).setLevel(logging.NOTSET)
        for logger, level in levels:
            logger.setLevel(level)
        for handler, level, _of_logger in handlers:
            handler.setLevel(level)


def _heard_record(make: Callable[..., logging.LogRecord], heard: Listener) -> Callable[..., logging.LogRecord]:
    def record(*given: Any, **more: Any) -> logging.LogRecord:
        made = make(*given, **more)
        heard.log(made)
        return made

    return record


def _heard_page(heard: Listener) -> Callable[[BaseHandler, HttpRequest], HttpResponse]:
    answer = BaseHandler.get_response

    def get_response(handler: BaseHandler, request: HttpRequest) -> HttpResponse:
        response = answer(handler, request)
        heard.page(request, response)
        return response

    return get_response


def _heard_error(kind: type[Exception], heard: Listener) -> Callable[..., None]:
    begin = kind.__init__

    def __init__(error: Exception, *given: Any, **more: Any) -> None:
        begin(error, *given, **more)
        heard.error(error)

    return __init__
