"""Every attempt ends, and every call: answers that drip in, answers without end, and repeats without end."""

import contextlib
import gzip
import socket
import threading
from collections.abc import Iterator

import pytest
import requests
import responses

from loket_portal.lib.adapter import TIMEOUT, TOTAL, present_call
from loket_portal.lib.http import WHOLE, LockedSession, NetworkError
from loket_portal.loket import auth, oauth

BASE = "https://api.loket.example/v2"
START = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "header": (START + b"X: ", b"y"),
    "body": (START + b"Content-Length: 100000\r\n\r\n", b"y"),
    "body without length": (START + b"\r\n", b"y"),
    "chunks": (START + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n"),
    "size of a chunk": (START + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
}
DROPS = 250  # five seconds


class Dripping:
    """A server that starts its answer at once and goes on a drop at a time, for longer than anybody here waits."""

    def __init__(self) -> None:
        self.ran_dry, self._closed, self._threads = False, threading.Event(), list[threading.Thread]()
        self._server = socket.create_server(("127.0.0.1", 0))

    def __call__(self, start: bytes, drop: bytes) -> str:
        """Its address; every answer is `start` and then many a `drop`."""
        self._threads.append(threading.Thread(target=self._serve, args=(start, drop)))
        self._threads[-1].start()
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        self._closed.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join()

    def _serve(self, start: bytes, drop: bytes) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(OSError):  # the client has gone, or the server is closed
                connection, _ = self._server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(start)
                    self._drip(connection, drop)

    def _drip(self, connection: socket.socket, drop: bytes) -> None:
        for _ in range(DROPS):
            if self._closed.wait(0.02):
                return
            connection.sendall(drop)
        self.ran_dry = True


@pytest.fixture
def drip() -> Iterator[Dripping]:
    server = Dripping()
    yield server
    server.close()


def get(session: LockedSession, method: str = "GET") -> requests.Response:
    return session.request(method, "/user", template="/user")


@pytest.mark.parametrize("what", DRIPS)
def test_an_answer_that_drips_ends_at_the_deadline(drip: Dripping, what: str) -> None:
    session = LockedSession(drip(*DRIPS[what]), timeout=(1, 30), total=0.2)
    with pytest.raises(NetworkError) as caught:
        get(session, "PUT")
    assert not drip.ran_dry, "the deadline ended it"
    assert caught.value.is_sent, "the write may have been done"
    assert str(caught.value) in ("ReadTimeout", "ConnectionError")


def test_a_get_that_drips_is_repeated_like_after_any_timeout(drip: Dripping) -> None:
    waits: list[float] = []
    with pytest.raises(NetworkError):
        get(LockedSession(drip(*DRIPS["body"]), timeout=(1, 30), total=0.1, sleep=waits.append))
    assert not drip.ran_dry
    assert len(waits) == 3


def test_a_slow_answer_within_the_deadline_is_read_whole(drip: Dripping) -> None:
    url = drip(START + b"Content-Length: 5\r\n\r\n", b"y")
    assert get(LockedSession(url)).text == "yyyyy"


def test_the_limits_are_those_that_were_agreed() -> None:
    assert (TIMEOUT, TOTAL, WHOLE) == ((5, 30), 60, 120)


def test_two_refreshes_end_before_their_lease_does() -> None:
    assert 2 * oauth.TOTAL < auth.LEASE


@responses.activate
def test_all_attempts_of_a_call_end_within_two_minutes() -> None:
    now, left = [0.0], list[float]()

    def slow(_request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        left.append((present_call.get() or ("", 0, 0.0))[2])
        now[0] += 50
        return 500, {"Retry-After": "1"}, ""

    responses.add_callback("GET", f"{BASE}/user", slow)
    session = LockedSession(BASE, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))
    assert get(session).status_code == 500
    assert left == [120, 69, 18], "the last attempt gets only what is left"


@responses.activate
@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    monkeypatch.setattr("loket_portal.lib.deadline.MAX_BODY", 1000)
    body = b"y" * 1001
    responses.get(f"{BASE}/user", body=gzip.compress(body) if headers else body, headers=headers)
    with pytest.raises(NetworkError) as caught:
        get(LockedSession(BASE))
    assert caught.value.is_too_big
    assert len(responses.calls) == 1, "asking again would be as long"
