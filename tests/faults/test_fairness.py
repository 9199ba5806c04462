"""Two large companies keep two workers busy, and ten small ones are not held up: a run works in slices (D6, D8)."""

import os
import time
from pathlib import Path

from loket_portal.simulator import Simulator
from sync.models import Run
from tests.faults.company import connect, moved
from tests.faults.field import Field, Push
from tests.faults.figures import Figures, spread

LARGE = int(os.environ.get("FAULTS_LARGE", "600"))
"""People of a large company. `FAULTS_LARGE=10000 pytest tests/faults/test_fairness.py` takes some minutes."""
GIANTS, SMALL, EACH, WORKERS = 2, 10, 20, 2
IS_FULL_SIZE = LARGE >= 5000
SLICE = 45 if IS_FULL_SIZE else 2
"""Seconds of one turn: 45, as in production, where the plan that each turn begins with takes longer than 2 by itself."""
SLICE_PEOPLE = 250 if IS_FULL_SIZE else 50
PATIENCE = 120 + LARGE // 10


def test_ten_small_companies_are_done_while_the_large_ones_still_run(
    transactional_db: None, loket: Simulator, tmp_path: Path, figures: Figures
) -> None:
    large = [connect(loket, tmp_path, LARGE, number=number) for number in range(1, GIANTS + 1)]
    small = [connect(loket, tmp_path, EACH, number=number) for number in range(GIANTS + 1, GIANTS + SMALL + 1)]
    for company in (*large, *small):
        company.upload(moved(company.rows, 1))
    field = Field(loket, tmp_path, large[0])
    shape = {"WORKER_CONCURRENCY": str(WORKERS), "SLICE_SECONDS": str(SLICE), "SLICE_PEOPLE": str(SLICE_PEOPLE)}
    with field.running("worker", "beat", **shape) as services:
        loket.log.clear()
        giants = [field.start(company) for company in large]
        services.ring(*(push.run.pk for push in giants))
        for push in giants:
            assert push.until_writes(1, seconds=PATIENCE), push.said()
        others = [field.start(company) for company in small]
        began = time.monotonic()
        services.ring(*(push.run.pk for push in others))
        times = until_all_ended(others, began)
        written = [sum(push.written().values()) for push in giants]
        assert all(push.fresh().is_active for push in giants), "the large ones were too small to tell anything"
        for push in others:
            push.assert_whole()
        for push in giants:
            push.until_end(seconds=PATIENCE)
            push.assert_whole()
            assert push.needless() == 0
    figures(
        f"{SMALL} companies of {EACH} beside {GIANTS} of {LARGE}, {WORKERS} worker processes: done after", spread(times)
    )
    figures("of the large ones were written by then", ", ".join(f"{done} of {LARGE}" for done in written))
    assert all(done < LARGE for done in written)


def until_all_ended(pushes: list[Push], began: float) -> list[float]:
    """Seconds until each had ended."""
    times: dict[int, float] = {}
    while len(times) < len(pushes):
        assert time.monotonic() < began + PATIENCE, "\n".join(push.said() for push in pushes[:1])
        states = Run.objects.in_bulk([push.run.pk for push in pushes])
        for pk, run in states.items():
            if pk not in times and not run.is_active:
                times[pk] = time.monotonic() - began
        time.sleep(0.05)
    return list(times.values())
