"""Werkzeug's threaded server, with connections that stay open between requests and that can all be ended at once."""

from __future__ import annotations

import contextlib
import errno
import io
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .heads import environ_of, is_plain, lines_of
from .traffic import LEAVE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class PortTaken(OSError):
    """Another program listens on the wanted port."""


class Handler(WSGIRequestHandler):
    """Answers one request after the other on a connection; werkzeug's own handler closes it after each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    plain: WSGIEnvironment | None = None
    server: Server

    def parse_request(self) -> bool:
        """Reads the head: in our own way where nothing in it is unusual, else in Python's."""
        self.plain = None
        if not is_plain(self.raw_requestline):
            return super().parse_request()
        lines = lines_of(self.rfile)
        self.plain = environ_of(self.raw_requestline, lines)
        if self.plain is None:
            return self._parse_again(lines)
        self.command, self.request_version = self.plain["REQUEST_METHOD"], self.protocol_version
        self.close_connection = self.plain.get("HTTP_CONNECTION", "").lower() == "close"
        return True

    def _parse_again(self, lines: list[bytes]) -> bool:
        stream, self.rfile = self.rfile, io.BytesIO(b"".join(lines))
        try:
            return super().parse_request()
        finally:
            self.rfile = stream

    def run_wsgi(self) -> None:
        """Reads the whole request, lets the application answer, sends the whole answer."""
        self.environ = environ = self._environ()
        if environ.get("simulator.dropped"):  # nobody acts on half a request
            self.close_connection = True
            return
        try:
            status, headers, data = _answer(self.server.app, environ)
        finally:
            environ.get(LEAVE, _nothing)()
        if environ.get("simulator.dropped"):
            self.close_connection = True
            return
        self._send(status, headers, data)

    def _environ(self) -> WSGIEnvironment:
        """The request with its body."""
        if self.plain is not None:
            environ = {**self.server.told, **self.plain, "wsgi.errors": sys.stderr}
            environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = self.client_address[:2]
        else:
            if self.headers.get("Expect", "").strip().lower() == "100-continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            environ = self.make_environ()
            if self.headers.get("Transfer-Encoding"):
                self.close_connection = True  # werkzeug takes the chunks apart, but may leave something behind
                return environ
        body = self.rfile.read(length := int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["simulator.dropped"] = len(body) < length  # the client died while it was sending
        return environ

    def _send(self, status: int, headers: Iterable[tuple[str, str]], data: bytes) -> None:
        """Head and body in one packet."""
        phrase = self.responses.get(status, ("",))[0]
        lines = [f"HTTP/1.1 {status} {phrase}", f"Server: {self.server.software}", f"Date: {_date(int(time.time()))}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() != "content-length"]
        lines.append(f"Content-Length: {len(data)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "\r\n"]).encode("latin-1")
        self.wfile.write(head if self.command == "HEAD" else head + data)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silence: the simulator keeps a log of its own."""


def _answer(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
    """What the application answers, whole. It works on this very environ, where it leaves word for the handler."""
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        begun[:] = [int(status.split(" ", 1)[0]), headers]
        return lambda _data: None

    parts = app(environ, start_response)
    data = b"".join(parts)
    close = getattr(parts, "close", None)
    if close is not None:
        close()
    return begun[0], begun[1], data


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _nothing() -> None:
    """For a request that nobody counts."""


class Server(ThreadedWSGIServer):
    """Knows its open connections, so that stopping really ends them."""

    def __init__(self, host: str, port: int, app: Flask, listening: socket.socket) -> None:
        super().__init__(host, port, app, Handler, fd=listening.fileno())
        self.software = f"{self._server_version} {Handler.sys_version}"
        self.told = self._told()
        self.connections: set[Any] = set()
        self.changed = threading.Condition()

    def _told(self) -> WSGIEnvironment:
        """What WSGI wants to know of a server."""
        return {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.multithread": self.multithread,
            "wsgi.multiprocess": self.multiprocess,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,  # a request's body has been read whole
            "SERVER_SOFTWARE": self._server_version,
            "SERVER_NAME": self.server_address[0],
            "SERVER_PORT": str(self.server_address[1]),
            "SERVER_PROTOCOL": Handler.protocol_version,
            "SCRIPT_NAME": "",
        }

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serves one connection until it ends."""
        with self.changed:
            self.connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.changed:
                self.connections.discard(request)
                self.changed.notify_all()

    def hang_up(self) -> None:
        """Ends all connections; waits at most two seconds for requests that are under way."""
        with self.changed:
            for connection in self.connections:
                with contextlib.suppress(OSError):  # it may just have ended by itself
                    connection.shutdown(socket.SHUT_RDWR)
            self.changed.wait_for(lambda: not self.connections, timeout=2)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(errno.EADDRINUSE, f"Port {port} is taken by another program") from error
        raise
    return listening
