"""The health checks of the containers: who lives is healthy, who has been silent for long is not."""

import os
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from loket_portal import alive


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def silent(name: str, seconds: float) -> None:
    """It showed itself so long ago."""
    alive.note(name)
    (path,) = Path(tempfile.gettempdir()).glob(f"*{name}*")
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_who_never_showed_itself_is_not_healthy(name: str) -> None:
    assert not alive.is_healthy(name)


@pytest.mark.parametrize(("name", "well", "ill"), [("worker", 50, 70), ("beat", 110, 130)])
def test_who_is_silent_for_too_long_is_not_healthy(name: str, well: int, ill: int) -> None:
    silent(name, well)
    assert alive.is_healthy(name)
    silent(name, ill)
    assert not alive.is_healthy(name)


def test_the_beat_is_waited_for_as_long_as_its_sweeps_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEP_SECONDS", "1")
    silent("beat", 10)
    assert not alive.is_healthy("beat")


def test_a_full_disk_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    alive.note("worker")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The host names under which a web server that is well was asked."""
    names: list[str] = []

    class Web(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            names.append(self.headers["Host"])
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Web) as server:
        monkeypatch.setenv("PORT", str(server.server_port))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield names
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("allowed", "name"), [("portal.example,other", "portal.example"), (".example", "example"), ("*", "localhost")]
)
def test_web_is_asked_under_a_name_that_it_answers_to(
    asked: list[str], allowed: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", allowed)
    assert alive.is_healthy("web")
    assert asked == [name]


def test_a_web_that_does_not_answer_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    assert not alive.is_healthy("web")
