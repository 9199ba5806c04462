"""`manage.py demo`: starts, stops without a trace, keeps its world, explains a taken port."""

import signal
import socket
import sqlite3
from pathlib import Path

import psutil
import pytest
import requests

from tests.journeys.demo import Demo


def test_it_says_where_it_is_and_how_each_role_signs_in(first_demo: Demo) -> None:
    for words in (
        first_demo.url,
        "anna@tulphoreca.example",
        "piet@tulphoreca.example",
        "integratie@tulphoreca.example",
        "bo@lindehoreca.example",
        "mila@lindehoreca.example",
        "integratie@lindehoreca.example",
        "support@portal.example",
        "Wachtwoord",
    ):
        assert words in first_demo.said
    page = requests.get(f"{first_demo.url}/", timeout=10)
    assert page.status_code == 200
    assert "csrfmiddlewaretoken" in page.text
    assert requests.get(f"{first_demo.url}/healthz", timeout=10).status_code == 200
    assert requests.get(f"{first_demo.url}/readyz", timeout=10).status_code == 200


LINDE = "Linde Horeca B.V."


def linde(demo: Demo) -> list[tuple[str, bool]]:
    """The entity of the second company in the portal: its id at Personio, and whether it is enabled."""
    with sqlite3.connect(demo.folder / "portal.sqlite3") as database:
        rows = "select personio_id, enabled_at is not null from onboarding_legalentity where name = ?"
        return [(key, bool(enabled)) for key, enabled in database.execute(rows, (LINDE,))]


def employees(demo: Demo, employer: str) -> int:
    """How many people an employer has at Loket."""
    state = requests.get(f"{demo.loket}/_simulator/state", params={"employer": employer}, timeout=10)
    return len(state.json()["employees"])


def test_its_second_company_reads_personio_and_its_secret_is_nowhere_in_the_clear(demo: Demo) -> None:
    assert linde(demo) == [("170", True)]
    demo.stop()
    for path in [demo.log, *demo.folder.glob("portal.sqlite3*")]:
        assert b"linde-demo-secret" not in path.read_bytes(), path


def test_a_world_of_before_the_second_company_gets_it(demo: Demo) -> None:
    before = demo.state()
    demo.stop()
    with sqlite3.connect(demo.folder / "simulator.sqlite3") as world:
        (owner,) = world.execute("select id from records where kind = 'employer' and mark = 'third'").fetchone()
        world.execute("delete from records where ? in (id, owner) or mark = 'integratie@lindehoreca.example'", (owner,))
    demo.start()
    demo.wait_until_ready()
    assert demo.state() == before
    assert (employees(demo, LINDE), employees(demo, "Tulp Horeca B.V.")) == (40, 40)
    assert linde(demo) == [("170", True)]


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
