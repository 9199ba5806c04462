"""A small Personio on loopback that gives odd answers on order, and remembers everything that it was asked."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SECRET = "a-client-secret"
CLIENT = "a-client-id"
REFUSED = {"success": False, "error": {"code": 403, "message": "Provided authorization is not valid"}}


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str

    @property
    def token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")


Order = Reply | Callable[[Asked], Reply]


def bad(code: int | None = None, message: str = "Es ist ein Problem aufgetreten", status: int = 200) -> Reply:
    """A refusal of v1, by default inside a 200 and in German."""
    error = {"message": message} if code is None else {"code": code, "message": message}
    return Reply(status, {"success": False, "error": error})


def wrapped(value: Any, label: str = "Feld", type_: str = "standard") -> dict[str, Any]:
    return {"label": label, "value": value, "type": type_, "universal_id": None}


def record(id_: Any, **more: Any) -> dict[str, Any]:
    """An employee of v1."""
    attributes = {"id": wrapped(id_, "ID", "integer"), **{key: wrapped(value) for key, value in more.items()}}
    return {"type": "Employee", "attributes": attributes}


class Personio:
    """Answers as the documents say, unless there are orders for a path; the last order of a path stays."""

    def __init__(self) -> None:
        self.people: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.orders: dict[str, list[Order]] = {}
        self.tokens: list[str] = []
        self.life: Any = 86_400
        self.is_v2_apart = False  # whether v2 wants a token of its own
        self.unasked = "papi-v2-own"
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # headers and body in one packet, else each answer waits for an acknowledgement

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                address = urlsplit(self.path)
                asked = Asked(self.command, address.path, dict(parse_qsl(address.query)), dict(self.headers), body)
                owner.asked.append(asked)
                reply = owner.reply(asked)
                raw = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                content = b"" if reply.body is None else raw.encode()
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = handle_any

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/personio"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def order(self, path: str, *orders: Order) -> None:
        self.orders[path] = list(orders)

    def calls(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == f"/personio{path}"]

    def reply(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix("/personio")
        if orders := self.orders.get(path):
            order = orders.pop(0) if len(orders) > 1 else orders[0]
            return order if isinstance(order, Reply) else order(asked)
        return self.usual(asked)

    def usual(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix("/personio")
        if path == "/v1/auth":
            return self._sign_in(json.loads(asked.body))
        if path == "/v2/auth/token":
            return Reply(body={"access_token": self.unasked, "token_type": "Bearer", "expires_in": 86_400})
        good = [self.unasked] if path.startswith("/v2/") and self.is_v2_apart else [*self.tokens[-1:], self.unasked]
        if asked.token not in good:
            return Reply(401, {"errors": [{"title": "x"}]}) if path.startswith("/v2/") else Reply(403, REFUSED)
        if path == "/v1/company/employees":
            return self.page(asked)
        return Reply(404, {"success": False, "error": {"code": 404, "message": "Etwas ist schiefgelaufen"}})

    def page(self, asked: Asked) -> Reply:
        offset, limit = int(asked.query["offset"]), int(asked.query["limit"])
        body = {
            "success": True,
            "metadata": {"total_elements": len(self.people), "current_page": 0, "total_pages": 9},
            "offset": offset,
            "limit": limit,
            "data": self.people[offset : offset + limit],
        }
        return Reply(body=body, headers={"Authorization": "Bearer papi-ignored"})

    def _sign_in(self, given: dict[str, str]) -> Reply:
        if given != {"client_id": CLIENT, "client_secret": SECRET}:
            return bad(0, "Wrong credentials", 403)
        if not self.tokens:
            self.tokens.append("papi-token-1")
        return Reply(body={"success": True, "data": {"token": self.tokens[-1], "expires_in": self.life}})

    def forget_token(self) -> None:
        """From now on only a new token is good."""
        self.tokens.append(f"papi-token-{len(self.tokens) + 1}")
