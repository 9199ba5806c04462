"""Chromium for the journeys: Debian's, headless, with nothing of its own on the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.chromium import ARGUMENTS, CHROMIUM, MISSING
from tests.journeys.demo import Demo, migrated
from tests.journeys.listening import Ears, found_in
from tests.journeys.wizard import stage  # noqa: F401  a fixture for every journey of the setup


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    assert CHROMIUM, MISSING
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(autouse=True)
def ears(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Ears:
    """Listens to each browser of a journey with the demo; in the others the portal itself is listened to."""
    heard = Ears()
    if {"demo", "page"} <= set(request.fixturenames):
        browser = request.getfixturevalue("browser")
        monkeypatch.setattr(browser, "new_context", heard.hear(browser))
    return heard


@pytest.fixture
def demo(tmp_path: Path, ears: Ears) -> Iterator[Demo]:
    """`manage.py demo` in a process of its own, with the simulator's whole traffic in `record.jsonl`.

    After each journey no secret may be in anything that it said, showed or stored.
    """
    with _running(migrated(tmp_path / "var"), ears) as running:
        yield running


@pytest.fixture
def first_demo(tmp_path: Path, ears: Ears) -> Iterator[Demo]:
    """The same, where there is nothing yet: no folder, and no database."""
    with _running(tmp_path / "var", ears) as running:
        yield running


@contextmanager
def _running(folder: Path, ears: Ears) -> Iterator[Demo]:
    running = Demo(folder, SIMULATOR_RECORD=str(folder.parent / "record.jsonl"))
    try:
        yield running.wait_until_ready()
        assert found_in(running, ears) == []
        assert ears.missed <= ears.opened / 10, "too little of what the browser saw was kept"
    finally:
        running.stop()
