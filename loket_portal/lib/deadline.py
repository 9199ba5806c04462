"""An end to every answer, however slowly it drips in and however long it is.

A read timeout bounds only the silence between two bytes: a server that sends one byte every twenty seconds holds a
worker for ever. So every read from the socket, of the headers too, gets no more patience than the whole call has left.
"""

import http.client
import io
import math
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import requests
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_BODY = 64 * 2**20  # bytes, unpacked; the longest page of a list is some megabytes
CHUNK = 2**16
IDLE = 30.0  # seconds for which a connection is kept that nobody uses

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)  # of time.monotonic


class AnswerTooBig(requests.RequestException):
    """The answer is longer than MAX_BODY; the rest of it was not read."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Whatever is read from a bounded session in here times out when so many seconds have passed in all."""
    token = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def bound(manager: PoolManager) -> None:
    """Makes the connections of this pool keep to `deadline`."""
    manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


def read_all(response: requests.Response) -> None:
    """Reads the body to its end, so that `response.content` has it; raises AnswerTooBig and requests' own errors."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(CHUNK):
        size += len(part)
        if size > MAX_BODY:
            response.close()
            raise AnswerTooBig("The answer is too long.")
        parts.append(part)
    response._content = b"".join(parts)


class _Patience(io.RawIOBase):
    """A socket's stream: each read waits as long as the socket may, and never longer than the call has left."""

    def __init__(self, stream: io.RawIOBase, connection: socket.socket, ends_at: float) -> None:
        self._stream, self._connection, self._ends_at = stream, connection, ends_at
        self._silence = connection.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("The answer takes too long.")
        self._connection.settimeout(left if self._silence is None else min(left, self._silence))
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        if (ends_at := _ends_at.get()) is not None:
            self.fp = io.BufferedReader(_Patience(self.fp.detach(), sock, ends_at))


class _HttpConnection(HTTPConnection):
    response_class = _Response


class _HttpsConnection(HTTPSConnection):
    response_class = _Response


class _Resting:
    """Opens a connection anew that nobody used for a while: what is in between may have forgotten it without a word."""

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)  # type: ignore[misc]
        if time.monotonic() - getattr(connection, "rests_since", math.inf) > IDLE:
            connection.close()
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.rests_since = time.monotonic()
        super()._put_conn(conn)  # type: ignore[misc]


class _HttpPool(_Resting, HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(_Resting, HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection
