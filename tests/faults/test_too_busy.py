"""Loket asks for a pause (429), and sets a limit to the calls in flight: it is kept, and in the end all are done (D8)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from loket_portal.simulator import Simulator, api, crowd
from sync.models import Run
from tests.faults.company import connect, moved
from tests.faults.field import Push, lay_out
from tests.faults.figures import Figures

PEOPLE, OTHERS, PAUSE = 60, 20, 8
LIMIT, WORKERS, COMPANIES, EACH = 4, 3, 5, 30


def in_seconds() -> str:
    return str(PAUSE)


def as_a_date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=PAUSE + 1), usegmt=True)  # it has no fractions


class Asked(dict[int, str]):
    """What the simulator says in Retry-After, worked out when it says so."""

    def __init__(self, when: Callable[[], str]) -> None:
        super().__init__({429: ""})
        self.when = when

    def __getitem__(self, _status: int) -> str:
        return self.when()


def asked_to_wait(push: Push) -> float:
    """Waits for the first answer that asks for a pause; gives when it came."""
    ends = time.monotonic() + 60
    while True:
        refused = [entry["at"] for entry in push.company.writes() if entry["status"] == 429]
        if refused:
            return float(refused[0])
        assert time.monotonic() < ends, push.said()
        time.sleep(0.02)


@pytest.mark.parametrize("when", [in_seconds, as_a_date])
def test_a_run_that_is_asked_to_wait_waits_in_the_queue_and_others_have_its_worker(
    transactional_db: None,
    loket: Simulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    figures: Figures,
    when: Callable[[], str],
) -> None:
    field = lay_out(loket, tmp_path, PEOPLE)
    other = connect(loket, tmp_path, OTHERS, number=2)
    other.upload(moved(other.rows, 1))
    with field.running("worker", "beat", WORKER_CONCURRENCY="1"):
        push = field.push()
        monkeypatch.setattr(api, "RETRY_AFTER", Asked(when))
        loket.faults.plan(action="status", status=429, method="PUT", skip=PEOPLE // 3)
        refused_at = asked_to_wait(push)
        run = push.until(lambda run: run.state == Run.State.QUEUED)
        assert run.lease_until
        assert run.lease_until.timestamp() >= refused_at + PAUSE - 1
        between = field.start(other)
        between.until_end()
        push.until_end()
        push.assert_whole()
        between.assert_whole()
    pause = next(one["at"] for one in push.company.writes() if one["at"] > refused_at + 1) - refused_at
    first = next(entry["at"] for entry in other.writes())
    assert pause >= PAUSE
    assert first < refused_at + pause, "the one process of the only worker was free meanwhile"
    assert push.needless() == 0
    assert all(entry["status"] in (200, 429) for entry in push.company.writes())
    figures(f"429 with Retry-After: {when()}, the next write after", f"{pause:.1f} s; nobody refused in the end")
    figures("the only worker began another company's writes after", f"{first - refused_at:.1f} s")


def test_three_workers_with_five_connections_never_have_more_than_four_calls_in_flight(
    transactional_db: None, loket: Simulator, tmp_path: Path, figures: Figures
) -> None:
    field = lay_out(loket, tmp_path, EACH)
    companies = [field.company, *(connect(loket, tmp_path, EACH, number=one) for one in range(2, COMPANIES + 1))]
    for company in companies:
        company.upload(moved(company.rows, 1))
    names = ("worker", *(f"worker.{number}" for number in range(2, WORKERS + 1)))
    with field.running(*names, "beat", LOKET_PARALLEL_PER_HOST=str(LIMIT)) as services:
        loket.log.clear()
        loket.traffic.reset()
        pushes = [field.start(company) for company in companies]
        services.ring(*(push.run.pk for push in pushes))
        for push in pushes:
            push.until_end(seconds=120)
        traffic = loket.traffic.shown()
        for push in pushes:
            push.assert_whole()
            assert push.needless() == 0
    most = traffic["max_inflight_per_user"]
    figures(f"{WORKERS} workers, {COMPANIES} connections, limit {LIMIT}: most calls in flight", traffic["max_inflight"])
    figures("of one connection", ", ".join(str(most[crowd.username(one.number)]) for one in companies))
    assert 1 < traffic["max_inflight"] <= LIMIT
