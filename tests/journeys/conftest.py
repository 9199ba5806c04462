"""Chromium for the journeys: Debian's, headless, with nothing of its own on the network."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.demo import Demo

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = "Chromium is not installed (Debian: apt-get install chromium)"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are skipped with the reason; in CI that is a failure."""
    if CHROMIUM or os.environ.get("CI", "").lower() in {"1", "true"}:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    assert CHROMIUM, NO_CHROMIUM
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """`manage.py demo` in a process of its own, with the simulator's whole traffic in `record.jsonl`."""
    running = Demo(tmp_path / "var", SIMULATOR_RECORD=str(tmp_path / "record.jsonl"))
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()
