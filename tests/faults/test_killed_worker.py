"""A worker process is killed in the middle of a sync (kill -9); the next sweep goes on, and nobody is made twice."""

import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from loket_portal.lib import bell
from loket_portal.simulator import Simulator
from onboarding.models import Connection, User
from sync.models import Run
from sync.services import execution, results, runs
from tests import expected
from tests.faults.processes import environment
from tests.sync.answers import worked

WORKER = "import sys, django; django.setup(); from sync.services import execution; execution.execute(int(sys.argv[1]))"


def kill_after(run: Run, simulator: Simulator, writes: int) -> None:
    """Lets a worker process work on the run until Loket has seen so many writes, then kills it."""
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(run.pk)], env=environment())
    until = time.monotonic() + 60
    while len(simulator.log.writes()) < writes:
        assert process.poll() is None, "the worker ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("writes", [1, 8, 17, 30, 44])
def test_a_killed_run_goes_on_at_the_next_sweep_and_makes_nobody_twice(
    sample: Connection, administrator: User, simulator: Simulator, writes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = runs.start(sample.entity, is_dry=True, user=administrator, ring=False)
    execution.execute(preview.pk)
    run = runs.start(sample.entity, is_dry=False, user=administrator, ring=False)

    kill_after(run, simulator, writes)
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))  # a minute later
    run.refresh_from_db()
    assert run.is_interrupted

    rung: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda _task, *ids, **_when: rung.extend(ids))
    runs.sweep()
    assert rung == [run.pk]
    finished = worked(run)

    assert finished.state == Run.State.PARTIAL, finished.shown_message  # the roster's six faults
    posts = [entry for entry in simulator.log.writes() if entry["method"] == "POST" and entry["status"] == 201]
    assert sum(entry["path"].endswith("/conceptemployees") for entry in posts) == 22, "each newcomer was posted once"
    state = requests.get(f"{simulator.url}/_simulator/state", timeout=10).json()
    assert state == expected.world()
    counts = results.counts(finished)
    assert (counts["created"], counts["changed"], counts["all"]) == (22, 17, 60)
