"""The limits of one host hold over processes and connections, and a host that refuses is called more slowly (D8)."""

import http.server
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.conf import LazySettings
from django.db.models.functions import Now

from loket_portal.lib.gate import Gate
from loket_portal.lib.http import LockedSession
from loket_portal.simulator import Options, Simulator, create_simulator
from onboarding.models import HostLease, HostSlot
from tests.factories import LoginFactory
from tests.faults.processes import all_of, environment

PROCESSES, CONNECTIONS, LIMIT, CALLS, THREADS = 3, 5, 4, 24, 6
RATE = 60
"""Calls a second that the strict server takes."""


@pytest.fixture
def crowd(settings: LazySettings) -> Iterator[Simulator]:
    options = Options(
        client_id=settings.LOKET_CLIENT_ID,
        client_secret=settings.LOKET_CLIENT_SECRET,
        latency=20,
        loket_people=1,
        loket_companies=CONNECTIONS,
    )
    with create_simulator(options) as running:
        settings.LOKET_API_URL, settings.LOKET_OAUTH_URL = f"{running.url}/v2", running.url
        yield running


def logins(simulator: Simulator) -> list[int]:
    """A sign-in for each company of the simulator."""
    made = []
    for number in range(1, CONNECTIONS + 1):
        pair = simulator.keys.grant(f"koppeling@bedrijf{number:04}.example")
        tokens = {"tokens__access_token": pair["access_token"], "tokens__refresh_token": pair["refresh_token"]}
        made.append(LoginFactory(environment="simulator", **tokens).pk)
    return made


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_three_processes_with_five_connections_never_have_more_than_four_calls_under_way(crowd: Simulator) -> None:
    users = [[CALLS, THREADS, *logins(crowd)] for _ in range(PROCESSES)]
    crowd.traffic.reset()
    seen = all_of("tests.faults.limit_user", users, environment(LOKET_PARALLEL_PER_HOST=str(LIMIT)), 120)

    traffic = crowd.traffic.shown()
    print(f"\n{traffic['total']} calls, at most {traffic['max_inflight']} at once; per lease {seen}")
    assert traffic["max_inflight"] == LIMIT, "all that may be, and never more"
    assert max(traffic["max_inflight_per_user"].values()) <= LIMIT
    assert traffic["total"] == PROCESSES * (CONNECTIONS * CALLS + CALLS // 4), "everybody had his turn"
    assert all(count >= 1 for process in seen for count in process["highest"])
    assert not HostSlot.objects.exclude(holder="").exists()
    assert not HostLease.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_process_on_this_machine_had_is_used_at_once_and_the_limit_holds(crowd: Simulator) -> None:
    """It is not asked of the clock: without that, four slots would be gone for a minute."""
    login = logins(crowd)[0]
    crowd.traffic.reset()
    command = [sys.executable, "-m", "tests.faults.limit_user", "100000", str(THREADS), str(login)]
    env = environment(LOKET_PARALLEL_PER_HOST=str(LIMIT))
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        while HostSlot.objects.exclude(holder="").count() < LIMIT or crowd.traffic.shown()["total"] < CALLS:
            assert process.poll() is None, "it calls until it is killed"
        process.kill()
    before = HostSlot.objects.filter(until__gt=Now()).exclude(holder="").count()
    (seen,) = all_of("tests.faults.limit_user", [[CALLS, THREADS, login]], env, 40)

    most = crowd.traffic.shown()["max_inflight"]
    print(
        f"\n{before} slots were a dead process's; {max(seen['highest'])} used at once after it, {most} at most in all"
    )
    assert before >= LIMIT - 1, "its page may have been between two calls"
    assert max(seen["highest"]) > LIMIT - before, (
        "more than were free anyway; how many at once is the machine's business"
    )
    assert most <= LIMIT


class Strict(http.server.BaseHTTPRequestHandler):
    """Takes RATE calls a second and refuses the others."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        is_refused = self.server.is_full()  # type: ignore[attr-defined]
        self.send_response(429 if is_refused else 200)
        if is_refused:
            self.send_header("Retry-After", self.server.when())  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


class StrictServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, when: Callable[[], str]) -> None:
        super().__init__(("127.0.0.1", 0), Strict)
        self.when, self.lock = when, threading.Lock()
        self.taken: deque[float] = deque()
        self.refused = 0

    def is_full(self) -> bool:
        with self.lock:
            now = time.monotonic()
            while self.taken and self.taken[0] < now - 1:
                self.taken.popleft()
            if len(self.taken) >= RATE:
                self.refused += 1
                return True
            self.taken.append(now)
            return False


def in_seconds() -> str:
    return "2"


def as_a_date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


@pytest.mark.parametrize("when", [in_seconds, as_a_date])
def test_a_server_that_refuses_is_called_more_slowly_until_it_takes_all(when: Callable[[], str]) -> None:
    calls, gate = 240, Gate(4)
    with StrictServer(when) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        session = LockedSession(f"http://127.0.0.1:{server.server_address[1]}", service="strict", gate=gate)
        with ThreadPoolExecutor(8) as threads:
            answers = threads.map(lambda _: session.request("GET", "/user", template="/user"), range(calls))
            statuses = {answer.status_code for answer in answers}
        server.shutdown()
        thread.join()
    print(f"\n{session.calls} calls for {calls} answers, {server.refused} refused, at most {gate.highest} at once")
    assert statuses == {200}, "in the end all was done"
    assert server.refused >= 1, "or nothing was tried here"
    assert server.refused < session.calls / 20
