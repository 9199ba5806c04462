"""The services of docker-compose.yml on real servers: what each shows, what it survives, and that nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
import requests

from scripts.services import Production
from tests.journeys.demo import ROOT, free_port
from tests.journeys.main_job import TULP
from tests.production import own_folder, production

PASSWORD = "tulp-demo-2026"
OF_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'portal' AND pid <> pg_backend_pid()"
READY = 120  # seconds before a test gives up; nothing is measured here


@pytest.fixture(scope="module")
def portal() -> Iterator[Production]:
    """The servers with their tables and the demo's companies; each test starts what it is about."""
    with production(SWEEP_SECONDS="1") as running:
        running.prepare()
        yield running


def need(portal: Production, *names: str) -> None:
    """Starts what isn't there yet: each test also runs alone."""
    portal.start_service(*(name for name in names if name not in portal.children))
    if "web" in names and portal.front is None:
        portal.start_front()


def sign_in(portal: Production, password: str) -> str:
    """Where somebody who signs in gets to."""
    visitor = requests.Session()
    address = f"{portal.url}/account/login/"
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', visitor.get(address, verify=portal.certificate, timeout=30).text
    )
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "login": TULP.address("anna"), "password": password}
    more = {"headers": {"Referer": address}, "verify": portal.certificate, "timeout": 60, "allow_redirects": False}
    answer = visitor.post(address, form, **more)  # type: ignore[arg-type]
    return answer.headers.get("Location", "")


def until(is_so: object, what: str) -> None:
    """Waits for an event."""
    end = time.monotonic() + READY
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end, what
        time.sleep(0.05)


def test_a_worker_that_has_done_nothing_has_no_connection_that_its_children_could_share(portal: Production) -> None:
    need(portal, "worker")
    assert len(portal.children["worker"].children()) == 2
    assert portal.rows(OF_OTHERS) == [(0,)]


def test_a_killed_child_of_the_worker_is_replaced_and_the_worker_stays(portal: Production) -> None:
    need(portal, "worker")
    worker, *before = portal.pids("worker")
    killed = portal.kill_pool_child()
    until(lambda: len(portal.pids("worker")) == 3 and killed not in portal.pids("worker"), "no new child")
    assert portal.pids("worker")[0] == worker
    assert len(set(before) & set(portal.pids("worker"))) == 1


def test_people_sign_in_and_are_throttled_while_redis_is_away(portal: Production) -> None:
    need(portal, "web")
    portal.kill("redis")
    try:
        assert sign_in(portal, PASSWORD) == "/"
        assert [sign_in(portal, "wrong") for _time in range(5)] == [""] * 5
        assert sign_in(portal, PASSWORD) == "", "five failures in five minutes: no more attempts"
    finally:
        portal.restart("redis")


def test_readyz_tells_that_the_beat_and_the_worker_live_and_which_of_them_is_gone(portal: Production) -> None:
    def age(name: str) -> float:
        found = requests.get(f"{portal.url}/readyz", verify=portal.certificate, timeout=10).json()[name]
        return float("inf") if found is None else found

    need(portal, "web", "worker", "beat")
    until(lambda: age("sweep_age") <= 1 and age("beat_age") <= 1, "no sweep was seen")
    portal.kill("worker")
    until(lambda: age("sweep_age") > 3, "the worker's end was not seen")
    assert age("beat_age") <= 3
    portal.kill("beat")
    until(lambda: age("beat_age") > 5, "the beat's end was not seen")
    assert requests.get(f"{portal.url}/readyz", verify=portal.certificate, timeout=10).status_code == 503
    portal.restart("beat")
    portal.restart("worker")
    until(lambda: age("sweep_age") <= 1 and age("beat_age") <= 1, "they did not come back")


def test_an_emptied_redis_and_a_restarted_postgres_are_survived_by_every_service(portal: Production) -> None:
    def seen() -> int:
        names = "name IN ('sweep', 'beat')"
        return int(
            portal.rows(f"SELECT count(*) FROM sync_beat WHERE {names} AND at > now() - interval '2 seconds'")[0][0]
        )

    need(portal, "web", "worker", "beat")
    portal.flush_redis()
    portal.restart("db")
    until(lambda: seen() == 2, "the beat, or the worker, did not come back")
    assert portal.ended() is None
    assert portal.children["web"].is_healthy()


# --- The script ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def script() -> Iterator["subprocess.Popen[str]"]:
    """`make production`, as somebody starts it in a terminal."""
    command = [sys.executable, "scripts/production.py", "--simulator", "--port", str(free_port())]
    with own_folder() as folder:
        process = subprocess.Popen(
            [*command, "--folder", str(folder)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(READY)


def said_until(process: "subprocess.Popen[str]", words: str) -> str:
    """The line of the script that has these words."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it never said {words!r}")


def test_a_service_that_ends_stops_all_and_is_named(script: "subprocess.Popen[str]") -> None:
    line = said_until(script, "Processes")
    family = psutil.Process(script.pid).children(recursive=True)
    pids = {name: int(pid) for name, pid in re.findall(r"(\w+) (\d+)", line)}
    assert {"db", "redis", "web", "worker", "beat", "simulator"} == set(pids)
    os.kill(pids["beat"], signal.SIGKILL)
    rest, _ = script.communicate(timeout=READY)
    assert script.returncode == 1
    assert "beat has ended with exit code -9" in rest
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert (len(gone) > 8, alive) == (True, [])


def test_ctrl_c_while_it_starts_leaves_nothing_behind(script: "subprocess.Popen[str]") -> None:
    said_until(script, "Starting")
    until(lambda: len(psutil.Process(script.pid).children()) > 1, "nothing was started")
    family = psutil.Process(script.pid).children(recursive=True)
    script.send_signal(signal.SIGINT)
    rest, _ = script.communicate(timeout=READY)
    assert (script.returncode, rest.strip().splitlines()[-1]) == (0, "Stopped.")
    assert psutil.wait_procs(family, timeout=10)[1] == []
