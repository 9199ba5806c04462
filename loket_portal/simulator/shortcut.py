"""The short way of a call whose method and address are a route's: with the same hooks, without Flask's own machinery.

Every other request goes through Flask, which knows the same routes: the answer to a wrong method, say, is Flask's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

USUAL = (200, 201)  # then a response needs nothing but to be sent
Do = Callable[[Request, dict[str, str]], Response]


@dataclass(frozen=True)
class Way:
    """What answers the calls of one rule, an address in which `<name>` stands for one part."""

    rule: str
    do: Do

    @property
    def names(self) -> list[str]:
        """The names in the rule, from left to right."""
        return [part[1:-1] for part in self.rule.split("/") if part.startswith("<")]


@dataclass
class _Node:
    parts: dict[str, _Node] = field(default_factory=dict)
    any_part: _Node | None = None
    way: Way | None = None
    names: list[str] = field(default_factory=list)

    def add(self, parts: list[str], way: Way) -> None:
        if not parts:
            self.way, self.names = way, way.names
        elif parts[0].startswith("<"):
            self.any_part = self.any_part or _Node()
            self.any_part.add(parts[1:], way)
        else:
            self.parts.setdefault(parts[0], _Node()).add(parts[1:], way)

    def find(self, parts: list[str], place: int, values: tuple[str, ...]) -> tuple[Way, dict[str, str]] | None:
        """A part that is written out goes before one that may be anything, as in Flask."""
        if place == len(parts):
            return (self.way, dict(zip(self.names, values, strict=True))) if self.way else None
        part = parts[place]
        named = self.parts.get(part)
        found = named.find(parts, place + 1, values) if named else None
        if found is None and part and self.any_part:
            found = self.any_part.find(parts, place + 1, (*values, part))
        return found


class Shortcut:
    """A WSGI application around Flask's. `begin` comes before each call, `finish` after it, whatever became of it."""

    def __init__(
        self,
        app: Flask,
        begin: Callable[[Request, str], None],
        finish: Callable[[Request, Response], Response],
        failed: Callable[[Request, Exception], Response | None],
    ) -> None:
        self.app, self.begin, self.finish, self.failed = app, begin, finish, failed
        self.beyond = app.wsgi_app
        self.roots: dict[str, _Node] = {}

    def add(self, method: str, way: Way) -> None:
        """One more rule that is answered here."""
        self.roots.setdefault(method, _Node()).add(way.rule.split("/"), way)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, root = environ["PATH_INFO"], self.roots.get(environ["REQUEST_METHOD"])
        found = root.find(path.split("/"), 0, ()) if root and path.isascii() else None
        if found is None:
            return self.beyond(environ, start_response)
        asked = Request(environ)
        self.begin(asked, found[0].rule)
        try:
            response = found[0].do(asked, found[1])
        except Exception as error:  # noqa: BLE001 as Flask does: whatever it is, it is answered
            told = self.failed(asked, error)
            if told is None:
                return self._mistake(error, environ, start_response)
            response = told
        response = self.finish(asked, response)
        if response.status_code not in USUAL:
            return response(environ, start_response)
        start_response(response.status, response.headers.to_wsgi_list())
        return response.iter_encoded()

    def _mistake(self, error: Exception, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """A mistake in the simulator: logged and told by Flask, which calls `finish` itself."""
        with self.app.request_context(environ):
            return self.app.handle_exception(error)(environ, start_response)
