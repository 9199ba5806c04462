"""Whole exchanges for tests that check the traffic. Nobody listens in the product, and then none is ever made."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer in full. The path is relative to the session's base; a bearer token is left out."""

    method: str
    path: str
    query: dict[str, str]
    request_headers: dict[str, str]
    request_body: Any
    status: int
    response_headers: dict[str, str]
    response_body: Any
    service: str = "loket"  # whose document it is held against


observers: list[Callable[[Exchange], None]] = []
"""Empty in the product. A test that checks the traffic adds a function here, and takes it out again."""


def observe(request: requests.PreparedRequest, response: requests.Response, base: str, service: str = "loket") -> None:
    """Tells every observer about one exchange."""
    address = urlsplit((request.url or "")[len(base) :])
    headers = {name: str(value) for name, value in request.headers.items()}
    if headers.get("Authorization", "").startswith("Bearer "):
        headers["Authorization"] = "Bearer hidden"
    exchange = Exchange(
        request.method or "",
        address.path,
        dict(parse_qsl(address.query, keep_blank_values=True)),
        headers,
        _body(request.body, headers.get("Content-Type", "")),
        response.status_code,
        dict(response.headers),
        _body(response.content, response.headers.get("Content-Type", "")),
        service,
    )
    for observer in observers:
        observer(exchange)


def _body(body: Any, content_type: str) -> Any:
    """JSON and forms as objects, anything else as text; None for no body."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    if not text:
        return None
    if "json" in content_type:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return dict(parse_qsl(text, keep_blank_values=True)) if "form-urlencoded" in content_type else text
