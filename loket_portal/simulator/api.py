"""The way of one API request: bad luck, token, version, right, then its handler, then the envelope."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Response, request

from .access import allowed
from .calls import Answer, Call, Listing, Refused, Route, bearer, broken, etag_of
from .compact import compact
from .faults import RETRY_AFTER, Faults
from .lists import Pages
from .metadata import ValueLists
from .options import Options
from .rules import Message
from .tokens import Keys
from .world import World

ACCEPT = re.compile(r"application/json\s*;\s*version=([\w-]+)")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
Parts = tuple[World, ValueLists, Options, Keys, Faults]


def blueprint(name: str, routes: Iterable[Route], parts: Parts) -> Blueprint:
    """One server of Loket's: the API, to be put under `/v2`, or one beside it."""
    made = Blueprint(name, __name__)
    for number, route in enumerate(routes):
        made.add_url_rule(route.path, f"call{number}", _view(route, parts), methods=[route.method], merge_slashes=False)
    return made


def _view(route: Route, parts: Parts) -> Callable[..., Response]:
    world, lists, options, keys, faults = parts
    pages = Pages(lists)

    def view(**path: str) -> Response:
        request.environ["simulator.fault"] = faults.before(request)
        user = keys.user_of(bearer(request))
        if user is None:
            raise Refused(401, "The access token is missing, unknown or expired")
        version = _fitting(route)
        if route.activity and route.activity not in allowed(options):
            raise Refused(403, f"The user lacks the activity {route.activity}")
        has_body = route.method in ("POST", "PUT") or (route.method == "PATCH" and bool(request.get_data()))
        body = _body() if has_body else None
        with world.transaction() if route.method != "GET" else world.lock:
            call = Call(world, lists, options, keys, user, version, path, request.args, request.headers, body)
            result = route.handler(call)
            return _envelope(call, pages, result)

    return view


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


def _fitting(route: Route) -> str:
    """The newest version of the call on or before the wanted date. Raises Refused (400): the document knows no 406."""
    found = ACCEPT.fullmatch(request.headers.get("Accept", "").strip())
    wanted = found[1] if found else ""
    if route.literal and wanted == route.literal:
        return route.versions[0]
    fitting = [version for version in route.versions if DATE.fullmatch(wanted) and version <= wanted]
    if not fitting:
        raise broken(
            400, Message(60, f"Accept must be application/json;version=, from {route.versions[0]} on", ("Accept",))
        )
    return max(fitting)


def _body() -> Any:
    body = request.get_json(silent=True, force=True)
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
