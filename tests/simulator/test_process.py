"""The simulator as a program: it says where it is, ends cleanly, ends with its parent, and speaks one clear line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.simulator.loket import Loket

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "loket_portal.simulator"]
PARENT = f"""
import subprocess, sys, time, os
child = subprocess.Popen({COMMAND!r} + ["--port", "0", "--parent-pid", str(os.getpid())])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def run() -> Iterator[Any]:
    """Starts the program; gives the process and its address. Whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen([*COMMAND, "--port", "0", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("simulator ready on http://127.0.0.1:"), line
        return process, line.split()[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait(10)
        assert process.stdout
        process.stdout.close()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(run: Any, name: signal.Signals) -> None:
    process, url = run()
    Loket(url).sign_in()
    process.send_signal(name)
    assert process.wait(10) == 0


def test_a_taken_port_gives_one_clear_line(run: Any) -> None:
    _, url = run()
    port = url.rsplit(":", 1)[-1]
    second = finished("--port", port)
    hint = "choose another one with --port, or stop that program"
    assert second.returncode == 1
    assert second.stderr.splitlines() == [f"simulator: Port {port} is taken by another program; {hint}"]
    assert second.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("--missing-right", "x"),
        ("--set", 'missing_modules=["x"]'),
        ("--set", "nothing=1"),
        ("--set", "run_status=x"),
        ("--set", "x"),
    ],
)
def test_an_unknown_name_gives_one_clear_line(arguments: tuple[str, ...]) -> None:
    done = finished(*arguments)
    assert done.returncode in (1, 2)
    assert len([line for line in done.stderr.splitlines() if not line.startswith(("usage:", " "))]) == 1


def test_any_option_can_be_set(run: Any) -> None:
    _, url = run("--set", "run_status=1", "--set", 'tax_ids={"Tulp Events": null}', "--set", "no_two_factor=true")
    wanted = {"run_status": 1, "tax_ids": {"Tulp Events": None}, "no_two_factor": True}
    shown = Loket(url).control("GET", "/options")
    assert shown | wanted == shown


def test_killed_and_started_again_it_knows_its_tokens(run: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "loket.sqlite3")
    process, url = run("--db", path)
    loket = Loket(url).sign_in()
    johanna = loket.employee(1001)
    johanna["personalDetails"]["firstName"] = "Jo"
    loket.put_employee(johanna)
    process.kill()
    process.wait(10)
    loket.url = run("--db", path)[1]
    assert loket.employee(1001) == johanna
    loket.tokens = loket.refresh(loket.tokens["refresh_token"]).json()
    assert loket.get("/user")


def test_it_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    with parent.stdout as output:
        lines = [output.readline(), output.readline()]
        child = psutil.Process(int(next(line for line in lines if line.strip().isdigit())))
        assert any("ready" in line for line in lines)
        os.kill(parent.pid, signal.SIGKILL)
        try:
            psutil.wait_procs([child], timeout=10)
            assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
        finally:
            parent.wait(10)
            if child.is_running():
                child.kill()


def test_it_does_not_outlive_a_parent_that_was_gone_before() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(10)
    assert finished("--port", "0", "--parent-pid", str(gone.pid)).returncode == 0


def test_options_of_the_command_line_arrive(run: Any) -> None:
    flags = (
        "--missing-algemeen department --two-employers --token-life 60 --latency 1 --error-status 429 --error-rate 0"
    )
    _, url = run(*flags.split(), "--missing-right", "Beheer HRM", "--missing-right", "Beheren en raadplegen BSN")
    shown = Loket(url).control("GET", "/options")
    wanted = {
        "missing_algemeen": ["department"],
        "two_employers": True,
        "token_life": 60,
        "latency": 1.0,
        "error_status": 429,
    }
    assert shown | wanted | {"missing_rights": ["Beheer HRM", "Beheren en raadplegen BSN"]} == shown


def test_exchanges_are_recorded_as_lines_of_json(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "exchanges.jsonl"
    loket = Loket(run("--record", str(path))[1]).sign_in()
    loket.put_employee(loket.employee(1001))
    exchanges = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    names = {
        "method",
        "path",
        "query",
        "request_headers",
        "request_body",
        "status",
        "response_headers",
        "response_body",
    }
    assert {frozenset(exchange) for exchange in exchanges} == {frozenset(names)}
    token, put = exchanges[0], exchanges[-1]
    assert (token["path"], token["request_body"]["grant_type"]) == ("/token", "authorization_code")
    assert put["path"].startswith("/providers/employers/employees/")
    assert put["request_body"] == put["response_body"]["content"]


def finished(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, when it ends by itself."""
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
