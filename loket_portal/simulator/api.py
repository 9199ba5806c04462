"""The way of one API request: bad luck, token, version, right, then its handler, then the envelope."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Request, Response

from .access import allowed
from .calls import Answer, Call, Listing, Refused, Route, bearer, broken, etag_of
from .compact import compact
from .faults import RETRY_AFTER, Faults
from .lists import Pages
from .metadata import ValueLists
from .options import Options
from .rules import Message
from .shortcut import Do, Shortcut, Way
from .tokens import Keys
from .world import World

ACCEPT = re.compile(r"application/json\s*;\s*version=([\w-]+)")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Parts = tuple[World, ValueLists, Options, Keys, Faults]


def blueprint(name: str, prefix: str, routes: Iterable[Route], parts: Parts, shortcut: Shortcut) -> Blueprint:
    """One server of Loket's, the API or one beside it: for Flask, and for the short way past it."""
    made = Blueprint(name, __name__, url_prefix=prefix)
    for number, route in enumerate(routes):
        do = _doing(route, parts)
        made.add_url_rule(route.path, f"call{number}", _view(do), methods=[route.method], merge_slashes=False)
        shortcut.add(route.method, Way(prefix + route.path, do))
    return made


def _view(do: Do) -> Callable[..., Response]:
    return lambda **path: do(request, path)


def _doing(route: Route, parts: Parts) -> Do:
    world, lists, options, keys, faults = parts
    pages = Pages(lists)

    def do(asked: Request, path: dict[str, str]) -> Response:
        asked.environ["simulator.fault"] = faults.before(asked)
        user = keys.user_of(bearer(asked))
        if user is None:
            raise Refused(401, "The access token is missing, unknown or expired")
        version = _fitting(route, asked)
        if route.activity and route.activity not in allowed(options):
            raise Refused(403, f"The user lacks the activity {route.activity}")
        has_body = route.method in ("POST", "PUT") or (route.method == "PATCH" and bool(asked.get_data()))
        body = _body(asked) if has_body else None
        with world.transaction() if route.method != "GET" else world.lock:
            call = Call(world, lists, options, keys, user, version, path, asked.args, asked.headers, body)
            result = route.handler(call)
            return _envelope(call, pages, result)

    return do


def _envelope(call: Call, pages: Pages, result: Answer | Listing) -> Response:
    resource = {"resourceVersion": call.version, "obsoleteDate": call.options.obsolete_date or None}
    envelope: dict[str, Any] = {"version": resource, "messages": [item.as_json() for item in result.messages]}
    told = [("Content-Type", f"application/json;version={call.version}")]
    if isinstance(result, Listing):
        return Response(pages.text(envelope, result, call.query), headers=told)
    if isinstance(result.content, dict) and "_embedded" in result.content:
        return Response(compact(envelope | result.content) + "\n", headers=told)
    response = Response(compact(envelope | {"content": result.content}) + "\n", result.status, told)
    if result.has_etag:
        response.headers["ETag"] = etag_of(result.content)
    return response


def _fitting(route: Route, asked: Request) -> str:
    """The newest version of the call on or before the wanted date. Raises Refused (400): the document knows no 406."""
    found = ACCEPT.fullmatch(asked.headers.get("Accept", "").strip())
    wanted = found[1] if found else ""
    if route.literal and wanted == route.literal:
        return route.versions[0]
    fitting = [version for version in route.versions if DATE.fullmatch(wanted) and version <= wanted]
    if not fitting:
        raise broken(
            400, Message(60, f"Accept must be application/json;version=, from {route.versions[0]} on", ("Accept",))
        )
    return max(fitting)


def _body(asked: Request) -> Any:
    body = asked.get_json(silent=True, force=True)
    if not isinstance(body, dict):
        raise broken(400, Message(2, "The body must be a JSON object"))
    return body


def refused(error: Refused) -> Response:
    """The answer to a call that was refused."""
    if error.messages:
        version = {"resourceVersion": "2018-01-01", "obsoleteDate": None}
        messages = [message.as_json() for message in error.messages]
        body: dict[str, Any] = {"version": version, "messages": messages, "content": {}}
    else:
        body = {"message": error.text}
    response = Response(compact(body) + "\n", error.status, [("Content-Type", "application/json")])
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if error.status in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[error.status]
    return response
