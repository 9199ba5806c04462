"""`manage.py demo`: starts, stops without a trace, keeps its world, explains a taken port."""

import signal
import socket
import sqlite3
from pathlib import Path

import psutil
import pytest
import requests

from tests.journeys.demo import Demo


def test_it_says_where_it_is_and_how_each_role_signs_in(demo: Demo) -> None:
    for words in (
        demo.url,
        "anna@tulphoreca.example",
        "piet@tulphoreca.example",
        "support@portal.example",
        "Wachtwoord",
    ):
        assert words in demo.said
    page = requests.get(f"{demo.url}/", timeout=10)
    assert page.status_code == 200
    assert "csrfmiddlewaretoken" in page.text
    assert requests.get(f"{demo.url}/healthz", timeout=10).status_code == 200
    assert requests.get(f"{demo.url}/readyz", timeout=10).status_code == 200


def test_ctrl_c_stops_everything_and_the_exit_code_is_zero(demo: Demo) -> None:
    family = demo.family()
    assert len(family) == 2, "one process, and the simulator beside it"
    assert demo.interrupt() == 0, demo.said
    _gone, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    assert "Traceback" not in demo.said


def sessions(demo: Demo) -> list[str]:
    with sqlite3.connect(demo.folder / "portal.sqlite3") as database:
        return [key for (key,) in database.execute("select session_key from django_session")]


def test_a_restart_finds_the_world_of_before_and_reset_starts_over(demo: Demo) -> None:
    before = demo.state()
    demo.stop()
    with sqlite3.connect(demo.folder / "portal.sqlite3") as database:
        database.execute("insert into django_session values ('mark', '', '2099-01-01')")
    demo.start()
    demo.wait_until_ready()
    assert demo.state() == before
    assert sessions(demo) == ["mark"]
    demo.stop()
    demo.arguments = ("--reset",)
    demo.start()
    demo.wait_until_ready()
    assert sessions(demo) == []


def test_the_simulator_ends_when_the_portal_is_killed(demo: Demo) -> None:
    simulator = demo.family()[1]
    demo.process.send_signal(signal.SIGKILL)
    demo.process.wait(5)
    _gone, alive = psutil.wait_procs([simulator], timeout=10)
    assert alive == []


@pytest.mark.parametrize("which", ["PORT", "SIMULATOR_PORT"])
def test_a_taken_port_gives_one_clear_line(tmp_path: Path, which: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        tried = Demo(tmp_path / "var", **{which: str(port)})
        assert tried.process.wait(30) != 0
    said = tried.said.strip().splitlines()
    assert len(said) == 1, said
    assert str(port) in said[0]
    assert f"{which}=" in said[0]


def test_a_second_demo_on_the_same_data_is_refused(demo: Demo) -> None:
    second = Demo(demo.folder.parent / "other", PORTAL_VAR_DIR=str(demo.folder))
    assert second.process.wait(30) != 0
    assert "already runs" in second.said
