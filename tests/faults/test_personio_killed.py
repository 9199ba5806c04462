"""A worker is killed (kill -9) while it reads Personio, or while it sends what it read: the next one makes it whole."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from loket_portal.lib import bell
from sync.models import Roster, Run
from sync.services import runs
from tests.faults.personio import World, assert_whole
from tests.faults.processes import environment
from tests.faults.test_killed_worker import WORKER
from tests.sync import personio
from tests.sync.answers import worked

pytestmark = [pytest.mark.any_database, pytest.mark.django_db(transaction=True)]

READING = "/personio/v1/company/employees"
SENDING = "/conceptemployees"


@contextmanager
def worker(run: Run) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process that works on the run until it is killed."""
    env = environment(PERSONIO_API_URL=settings.PERSONIO_API_URL)
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(run.pk)], env=env)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def kill_at(world: World, run: Run, **held: object) -> None:
    """Lets the worker come to a call that is not answered, and kills it there."""
    world.simulator.faults.plan(action="hold_before", **held)
    with worker(run) as process:
        assert world.simulator.faults.wait_held(timeout=60), "the worker never came there"
        assert process.poll() is None
    world.simulator.faults.clear()


def swept(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The run as the next sweep has it worked on, when its lease is over."""
    run.refresh_from_db()
    assert run.state == Run.State.RUNNING
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))  # a minute later
    rung: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda _task, *ids, **_when: rung.extend(ids))
    runs.sweep()
    assert rung == [run.pk]
    return worked(run)


@pytest.mark.parametrize("skip", [1, 2], ids=["before the first page", "between two pages"])
def test_a_worker_killed_while_it_reads_leaves_the_former_reading_and_the_next_is_whole(
    undisturbed: World, monkeypatch: pytest.MonkeyPatch, skip: int
) -> None:
    former = undisturbed.people()
    undisturbed.misbehave(personio_people=60)
    run = personio.start(undisturbed.connection, is_dry=False)
    kill_at(undisturbed, run, method="GET", path=READING, skip=skip)  # the first one asks for the attributes
    half = Roster.objects.get(incoming_for=undisturbed.connection.entity)
    assert half.people.exists() is (skip == 2)
    assert undisturbed.people() == former, "what is not whole is not in use"
    assert undisturbed.loket() == undisturbed.before

    undisturbed.misbehave(personio_people=0)
    assert_whole(undisturbed, swept(run, monkeypatch))


@pytest.mark.parametrize("sent", [0, 11])
def test_a_worker_killed_while_it_sends_goes_on_with_what_it_had_read(
    undisturbed: World, monkeypatch: pytest.MonkeyPatch, sent: int
) -> None:
    run = personio.start(undisturbed.connection, is_dry=False)
    kill_at(undisturbed, run, method="POST", path=SENDING, skip=sent)
    run.refresh_from_db()
    read, calls = run.roster, len(personio.asked(undisturbed.simulator, ""))
    assert read is not None

    finished = swept(run, monkeypatch)
    assert finished.roster == read
    assert len(personio.asked(undisturbed.simulator, "")) == calls, "Personio is not read a second time"
    assert_whole(undisturbed, finished)
