"""Who runs what, and when: the slow tests first, and each of them by itself, so that all workers end at the same time."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.scheduler.protocol import Scheduling

SLOW = (
    "tests/journeys/",
    "tests/faults/",
    "tests/test_bench.py",
    "tests/test_pseudo.py",
    "tests/sync/test_readings.py",
    "tests/sync/test_switch.py",
    "tests/sync/test_parity.py",
    "tests/sync/test_main_job.py",
    "tests/sync/test_commands.py",
)
"""Where a test takes seconds. A file that is missing here only makes a run longer."""


def slow_first(items: list[pytest.Item]) -> None:
    """Puts the tests in their order; those of one file stay as they stand in it."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    return next((number for number, start in enumerate(SLOW) if nodeid.startswith(start)), len(SLOW))


class SlowApart(LoadFileScheduling):
    """As `--dist loadfile`: the tests of a file stay together. But of the slow ones each goes to who is free."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False  # else the files with few tests, which are the slow ones, come last
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if _rank(nodeid) < len(SLOW) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """The order above for `--dist loadfile`; whoever wants another one gets it."""
    return SlowApart(config, log) if config.getoption("dist") == "loadfile" else None
