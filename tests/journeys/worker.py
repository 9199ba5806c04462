"""The worker of this process: does what was rung, when a test says so."""

import pytest

from loket_portal.celery import app
from loket_portal.lib import bell
from tests.journeys.wizard import Stage


class Worker:
    """Keeps every ring; `work` does what they are for."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage, self.rung = stage, list[tuple[str, tuple[int, ...]]]()
        for ring in ("ring", "ring_aside"):
            monkeypatch.setattr(bell, ring, lambda task, *ids, **_when: self.rung.append((task, ids)))
        app.loader.import_default_modules()

    def work(self) -> None:
        """Waits until Personio has told all it has to tell, and works until nothing is left to do."""
        assert self.stage.simulator.personio.webhooks.sender.wait()
        while self.rung:
            task, ids = self.rung.pop(0)
            app.tasks[task](*ids)
