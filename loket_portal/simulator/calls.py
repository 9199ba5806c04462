"""One call of Loket's API: what a handler gets, what it gives back, and how it refuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from werkzeug import Request
from werkzeug.datastructures import Headers

from .administrations import is_hidden, overridden
from .logins import reachable
from .metadata import ValueLists
from .options import Options
from .rules import BROKEN, Message
from .tokens import Keys
from .world import Record, World

OLD = "2018-01-01"


class Refused(Exception):
    """Ends a call with an error. 400, 404 and 409 carry messages, 401 and 403 only a text, as Loket's answers do."""

    def __init__(self, status: int, text: str, *messages: Message) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.messages = messages


@dataclass
class Call:
    """A request that may go on: signed in, with the right, in a version that exists. `user` is a user name."""

    world: World
    lists: ValueLists
    options: Options
    keys: Keys
    user: str
    version: str
    path: dict[str, str]
    query: Mapping[str, str]
    headers: Headers
    body: Any = None

    def record(self, kind: str, name: str) -> Record:
        """The record that the address names, if the user reaches it. Raises Refused (404; 403: hidden from him)."""
        found = self.world.get(kind, self.path[name])
        if found is None or found.owner not in {employer.id for employer in self.employers}:
            raise not_found(kind)
        if kind == "administration" and is_hidden(found, self.options):
            raise Refused(403, "The user has no access to this payroll administration")
        return overridden(found, self.options) if kind == "administration" else found

    @cached_property
    def employers(self) -> list[Record]:
        """The employers that the user reaches."""
        return reachable(self.world, self.options, self.user)

    def match(self, etag: str | Callable[[], str]) -> None:
        """Raises Refused (409) when the request carries an If-Match that is not the present ETag.

        A function is asked for it only where the request carries one.
        """
        wanted = self.headers.get("If-Match")
        if not wanted or wanted == "*":
            return
        present = etag if isinstance(etag, str) else etag()
        if present not in (part.strip() for part in wanted.split(",")):
            raise broken(409, Message(30, "The object was changed by somebody else", type="Exception"))


@dataclass
class Answer:
    """One object, or a list when `rows` is filled."""

    content: Any = None
    status: int = 200
    messages: Sequence[Message] = ()
    has_etag: bool = False


@dataclass
class Listing:
    """The rows of a list: records and how to show one, or rows that are shown already.

    `name` is said of a long list whose rows depend only on their records, the company's lists and the day: then a row
    is shown once, until its record has another version.
    """

    records: Sequence[Any]
    view: Callable[[Any], dict[str, Any]] = dict
    messages: Sequence[Message] = ()
    name: str = ""


@dataclass(frozen=True)
class Route:
    """Where a handler is reached. `activity` is the document's operationId, "" when everybody may call it."""

    method: str
    path: str
    activity: str
    versions: tuple[str, ...]
    handler: Callable[[Call], Answer | Listing]
    literal: str = ""
    """A version that is no date; whoever asks for it gets the first one."""


@dataclass
class Routes:
    """A table of routes that grows by decorating handlers."""

    all: list[Route] = field(default_factory=list)

    def add(
        self, method: str, path: str, activity: str = "", versions: tuple[str, ...] = (OLD,), literal: str = ""
    ) -> Callable[..., Any]:
        """Registers the decorated handler. In a path, `<name>` stands for one part."""

        def register(handler: Callable[[Call], Answer | Listing]) -> Callable[[Call], Answer | Listing]:
            self.all.append(Route(method, path, activity, versions, handler, literal))
            return handler

        return register


def bearer(request: Request) -> str:
    """The access token of a request; "" where it has none."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def broken(status: int, *messages: Message) -> Refused:
    """The error with these messages."""
    return Refused(status, "; ".join(message.description for message in messages), *messages)


def not_found(kind: str) -> Refused:
    """The error for an id that is not there."""
    return broken(404, Message(40, f"No {kind} with this id", type="NotFound"))


def check(messages: Sequence[Message]) -> None:
    """Raises Refused (400) when a rule is broken; warnings pass."""
    if any(message.type == BROKEN for message in messages):
        raise broken(400, *messages)


def etag_of(content: Any) -> str:
    """The ETag of an object as it is answered."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f'"{digest[:32]}"'
