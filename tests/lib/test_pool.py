"""Sessions of one process share their connections with an address, and nothing else; a forked child begins anew."""

import http.server
import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from loket_portal.lib import adapter, deadline
from loket_portal.lib.http import LockedSession


class Kept(http.server.BaseHTTPRequestHandler):
    """Keeps connections open, sets a cookie, and remembers who asked what."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.client_address, dict(self.headers)))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("Set-Cookie", "who=somebody; Path=/")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Kept) as made:
        made.daemon_threads = True
        made.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=made.serve_forever, args=(0.02,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def base(server: http.server.ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def get(session: LockedSession, **headers: str) -> requests.Response:
    return session.request("GET", "/user", template="/user", headers=headers)


def connections(server: http.server.ThreadingHTTPServer) -> int:
    return len({address for address, _ in server.seen})  # type: ignore[attr-defined]


def test_two_sign_ins_use_one_connection_and_no_header_or_cookie_of_each_other(server) -> None:
    get(LockedSession(base(server)), Authorization="Bearer first")
    get(LockedSession(base(server)), Authorization="Bearer second")
    get(LockedSession(base(server)))
    assert connections(server) == 1
    assert [headers.get("Authorization") for _, headers in server.seen] == ["Bearer first", "Bearer second", None]
    assert all("Cookie" not in headers for _, headers in server.seen)


def test_as_many_threads_as_call_have_a_connection_each_that_they_keep(server) -> None:
    session, start = LockedSession(base(server)), threading.Barrier(4)

    def call(_: int) -> None:
        start.wait(10)
        for _ in range(5):
            get(session)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(call, range(4)))
    assert len(server.seen) == 20
    assert connections(server) <= 4


def test_a_connection_that_nobody_used_for_a_while_is_made_anew(server, monkeypatch: pytest.MonkeyPatch) -> None:
    session = LockedSession(base(server))
    get(session)
    monkeypatch.setattr(deadline, "IDLE", -1.0)
    get(session)
    assert connections(server) == 2


def test_a_forked_child_has_connections_of_its_own(server) -> None:
    session = LockedSession(base(server))
    get(session)
    child = multiprocessing.get_context("fork").Process(target=lambda: get(LockedSession(base(server))))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    get(session)
    ports = [address[1] for address, _ in server.seen]
    assert ports[0] == ports[2] != ports[1]


def test_the_addresses_that_are_kept_have_an_end() -> None:
    for number in range(2 * adapter.POOLS):
        LockedSession(f"https://api{number}.loket.example/v2")
    assert len(adapter._adapters) == adapter.POOLS
