"""How Personio says no: v1 in its own envelope, sometimes in German; v2 as a problem with a trace id."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify

from .days import now

REFERENCE = "https://developer.personio.de/reference/errors#"
PROBLEM = "application/problem+json"
GERMAN = {
    "Wrong credentials": "Falsche Zugangsdaten",
    "Something went wrong": "Etwas ist schiefgelaufen",
    "Too many requests": "Zu viele Anfragen",
    "Employee not found": "Mitarbeiter wurde nicht gefunden",
}
V2 = {
    400: ("Bad request", "common.bad_request"),
    401: ("Unauthorized Request", "common.unauthorized"),
    403: ("Insufficient access scope", "common.forbidden"),
    404: ("Resource not found", "common.resource_not_found"),
    412: ("Precondition failed", "common.precondition_failed"),
    422: ("Unprocessable entity", "common.unprocessable_entity"),
    429: ("Too many requests", "common.too_many_requests"),
}


class Wrong(Exception):
    """Ends a call with an error. `code` is v1's own, which is not always the status."""

    def __init__(self, status: int, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.code = status if code is None else code


class WrongGrant(Exception):
    """Ends a request for a token of v2 with an OAuth error."""

    def __init__(self, error: str, text: str) -> None:
        super().__init__(text)
        self.error = error
        self.text = text


def answer_v1(error: Wrong, language: str) -> Response:
    """The error as v1 gives it."""
    text = GERMAN.get(error.text, error.text) if language == "de" else error.text
    response = jsonify({"success": False, "error": {"code": error.code, "message": text}})
    response.status_code = error.status
    return response


def answer_v2(error: Wrong) -> Response:
    """The error as v2 gives it."""
    title, name = V2.get(error.status, ("Internal server error", "common.internal"))
    item = {"title": title, "detail": error.text, "type": REFERENCE + name, "_meta": {}}
    return _problem({"personio_trace_id": str(uuid.uuid4()), "timestamp": now(), "errors": [item]}, error.status)


def answer_grant(error: WrongGrant) -> Response:
    """The error of the token address of v2."""
    body = {
        "error": error.error,
        "error_description": error.text,
        "error_uri": f"{REFERENCE}credentials.oauth2.{error.error}",
        "timestamp": now(),
        "trace_id": str(uuid.uuid4()),
    }
    return _problem(body, 400)


def _problem(body: dict[str, Any], status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.mimetype = PROBLEM
    return response
