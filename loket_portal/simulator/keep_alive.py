"""Werkzeug's threaded server, with connections that stay open between requests and that can all be ended at once."""

from __future__ import annotations

import contextlib
import errno
import io
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from .traffic import LEAVE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class PortTaken(OSError):
    """Another program listens on the wanted port."""


class Handler(WSGIRequestHandler):
    """Answers one request after the other on a connection; werkzeug's own handler closes it after each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Reads the whole request, lets the application answer, sends the whole answer."""
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.environ = environ = self.make_environ()
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True  # werkzeug takes the chunks apart, but may leave something behind
        else:
            body = self.rfile.read(length := int(self.headers.get("Content-Length") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            if len(body) < length:  # the client died while it was sending: nobody acts on half a request
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

    def _send(self, status: int, headers: Iterable[tuple[str, str]], data: bytes) -> None:
        """Head and body in one packet."""
        self.send_response(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        lines = b"".join([*self._headers_buffer, b"\r\n", b"" if self.command == "HEAD" else data])
        self._headers_buffer.clear()
        self.wfile.write(lines)

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


def _nothing() -> None:
    """For a request that nobody counts."""


class Server(ThreadedWSGIServer):
    """Knows its open connections, so that stopping really ends them."""

    def __init__(self, host: str, port: int, app: Flask, listening: socket.socket) -> None:
        super().__init__(host, port, app, Handler, fd=listening.fileno())
        self.connections: set[Any] = set()
        self.changed = threading.Condition()

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
