"""Judges one exchange with Loket against its API document, strictly: `check_exchange` names every violation."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from tests.contract import slips
from tests.contract.document import Document, Node, Operation, document, node
from tests.contract.walk import Walk, is_format

GRANTS = {
    "authorization_code": {"grant_type", "code", "redirect_uri", "client_id", "client_secret"},
    "refresh_token": {"grant_type", "refresh_token", "client_id", "client_secret"},
}
MESSAGE = node(
    {
        "type": "object",
        "properties": {
            "code": {"type": "integer", "nullable": True},
            "id": {"type": "string", "format": "uuid", "nullable": True},
            "type": {"type": "string", "enum": ["BrokenBusinessRule", "Exception", "NotFound", "Warning"]},
            "description": {"type": "string"},
            "properties": {"type": "array", "items": {"type": "string"}},
        },
    }
)
VERSION = node(
    {
        "type": "object",
        "properties": {
            "resourceVersion": {"type": "string", "format": "date"},
            "obsoleteDate": {"type": "string", "format": "date", "nullable": True},
        },
    }
)


class Exchange(Protocol):
    """One request and its answer, as `loket_portal.lib.exchanges` and the simulator's record give it."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query(self) -> Mapping[str, str]: ...
    @property
    def request_headers(self) -> Mapping[str, str]: ...
    @property
    def request_body(self) -> Any: ...
    @property
    def status(self) -> int: ...
    @property
    def response_headers(self) -> Mapping[str, str]: ...
    @property
    def response_body(self) -> Any: ...


def check_exchange(
    exchange: Exchange, *, allowed: frozenset[str] = frozenset(), only_request: bool = False
) -> list[str]:
    """The violations, [] when there are none. `allowed` are unknown properties that a test declares on purpose."""
    base, path = document().split(exchange.path)
    if path.startswith(slips.NOT_THE_API):
        return []
    operation = document().find(exchange.method, path)
    if operation is None:
        known = "unknown method" if document().knows(path) else "unknown path"
        return [f"{exchange.method} {exchange.path}: {known}"]
    if base not in ("", operation.base):
        return [f"{exchange.method} {exchange.path}: on the wrong server, it lives at {operation.base}"]
    is_token = path == "/token"
    found = list(_token_form(exchange) if is_token else _request(exchange, operation, path, allowed))
    if not only_request:
        answer = _token_answer(exchange) if is_token else _answer(exchange, operation, allowed)
        found += (f"answer {text}" for text in answer)
    return [f"{exchange.method} {operation.template}: {text}" for text in found]


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def _media(text: str) -> str:
    """A media type without blanks and without a charset."""
    return ";".join(part.strip() for part in text.split(";") if "charset" not in part)


# The request


def _request(exchange: Exchange, operation: Operation, path: str, allowed: frozenset[str]) -> Iterator[str]:
    yield from _ids(operation, path)
    yield from _query(exchange, operation)
    yield from _headers(exchange, operation)
    yield from _request_body(exchange, operation, allowed)


def _ids(operation: Operation, path: str) -> Iterator[str]:
    plain = {item["name"] for item in operation.parameters("path") if item["schema"].get("format") != "uuid"}
    for name, value in zip(operation.template.split("/"), path.split("/"), strict=True):
        is_id = name.startswith("{") and name.endswith("Id}") and name[1:-1] not in plain
        if is_id and not is_format(value, "uuid"):
            yield f"path {name}: not a uuid"


def _query(exchange: Exchange, operation: Operation) -> Iterator[str]:
    for name, value in exchange.query.items():
        if name not in operation.query:
            yield f"query {name}: unknown parameter"
            continue
        part = operation.query[name]
        if part.type == "integer" and (not str(value).isdecimal() or int(value) < 1):
            yield f"query {name}: not a positive integer"
        elif part.type != "integer":
            yield from Walk().violations(value, part, f"query {name}")
    for item in operation.parameters("query"):
        if item.get("required") and item["name"] not in exchange.query:
            yield f"query {item['name']}: missing parameter"


def _headers(exchange: Exchange, operation: Operation) -> Iterator[str]:
    headers = exchange.request_headers
    if not _header(headers, "Authorization").startswith("Bearer "):
        yield "header Authorization: missing, or not a bearer token"
    accept = _media(_header(headers, "Accept"))
    if not accept.startswith("application/json;version="):
        yield "header Accept: lacks the version"
    elif operation.versions and accept not in operation.versions:
        yield f"header Accept: version not documented, there are {sorted(operation.versions)}"
    documented = {item["name"].lower() for item in operation.parameters("header")}
    for name, value in headers.items():
        if name.lower().startswith("x-") and name.lower() not in documented:
            yield f"header {name}: unknown header"
        if name.lower().startswith("if-") and not (
            name.lower() in slips.CONDITIONAL_HEADERS and exchange.method == "PUT"
        ):
            yield f"header {name}: unknown header"
        if name.lower() == "x-validateonly" and value not in ("true", "false"):
            yield f"header {name}: neither true nor false"


def _request_body(exchange: Exchange, operation: Operation, allowed: frozenset[str]) -> Iterator[str]:
    body = exchange.request_body
    if not operation.requests:
        if body not in (None, "", {}):
            yield "body: not documented for this call"
        return
    media = _media(_header(exchange.request_headers, "Content-Type"))
    if not isinstance(body, dict | list) or not media.startswith("application/json"):
        yield "body: missing, or not JSON"
        return
    asked = _media(_header(exchange.request_headers, "Accept"))
    if ";version=" in media and media != asked:
        yield "header Content-Type: another version than Accept"
    schema = operation.requests.get(asked) or next(iter(operation.requests.values()))
    walk = Walk(missing="writable" if exchange.method == "PUT" else "", allowed=allowed)
    yield from (f"body {text}" for text in walk.remembered(body, schema, ""))


# The answer


def _answer(exchange: Exchange, operation: Operation, allowed: frozenset[str]) -> Iterator[str]:
    status, body = str(exchange.status), exchange.response_body
    schemas = operation.answers.get(status)
    is_lost_update = exchange.status in slips.LOST_UPDATE and _header(exchange.request_headers, "If-Match")
    if schemas is None and exchange.status not in slips.UNDOCUMENTED_STATUSES and not is_lost_update:
        yield f"{status}: status not documented"
    elif not status.startswith("2"):
        yield from _refusal(status, body)
    elif schemas:
        asked = _media(_header(exchange.request_headers, "Accept"))
        yield from _content(body, schemas.get(asked) or next(iter(schemas.values())), operation, allowed)
        yield from _page(exchange)


def _content(body: Any, schema: Node, operation: Operation, allowed: frozenset[str]) -> Iterator[str]:
    if not isinstance(body, dict):
        yield "body: not a JSON object"
        return
    for name in schema.properties.keys() - body.keys():
        yield f"{name}: missing from the envelope"
    walk = Walk(missing="all", may_be_null="/defaults" in operation.template, allowed=allowed)
    for name, value in body.items():
        if name == "version" and name in schema.properties:
            yield from Walk(missing="all").violations(value, VERSION, "version")
        elif name == "messages":
            yield from _messages(value)
        elif name in schema.properties:
            strict = walk if name in ("content", "_embedded") else Walk()
            yield from strict.remembered(value, schema.properties[name], name)
        elif not schema.is_open:
            yield f"{name}: unknown property"


def _messages(value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield "messages: not a list"
        return
    for index, message in enumerate(value):
        yield from Walk(missing="all").violations(message, MESSAGE, f"messages[{index}]")


def _page(exchange: Exchange) -> Iterator[str]:
    body, size = exchange.response_body, str(exchange.query.get("pageSize", ""))
    rows = body.get("_embedded") if isinstance(body, dict) else None
    if size.isdecimal() and isinstance(rows, list) and len(rows) > int(size):
        yield "_embedded: more rows than the page size"


def _refusal(status: str, body: Any) -> Iterator[str]:
    """A 400 is text or has messages; a 401, 403 or 404 may say something in `message`."""
    if not isinstance(body, dict):
        if isinstance(body, list):
            yield f"{status}: a list where an object or text is wanted"
        return
    for name in body.keys() - {"messages", "message", "version", "content", "_embedded"}:
        yield f"{name}: unknown property"
    if status == "400" and not body.get("messages"):
        yield "400: says nothing in messages"
    yield from _messages(body.get("messages", []))
    if not isinstance(body.get("message", ""), str):
        yield "message: wrong type"


# The token endpoint


def _token_form(exchange: Exchange) -> Iterator[str]:
    form = exchange.request_body if isinstance(exchange.request_body, dict) else {}
    if "form-urlencoded" not in _header(exchange.request_headers, "Content-Type"):
        yield "header Content-Type: not form-encoded"
    if _header(exchange.request_headers, "Authorization"):
        yield "header Authorization: the client's secret belongs in the form"
    wanted = GRANTS.get(form.get("grant_type", ""))
    if wanted is None:
        yield "form grant_type: unknown"
        return
    optional = {"code_verifier"} if form["grant_type"] == "authorization_code" else set()
    for name in sorted(wanted - form.keys()):
        yield f"form {name}: missing field"
    for name in sorted(form.keys() - wanted - optional):
        yield f"form {name}: unknown property"


def _token_answer(exchange: Exchange) -> Iterator[str]:
    body = exchange.response_body
    if exchange.status == 200:
        schema = document().find("POST", "/token").answers["200"]["application/json"]  # type: ignore[union-attr]
        yield from Walk(missing="all").violations(body, schema, "")
    elif exchange.status in (400, 401) and not (isinstance(body, dict) and isinstance(body.get("error"), str)):
        yield "error: missing field"


__all__ = ["Document", "Exchange", "check_exchange"]
