"""`docker stop` in the middle of a push: the run is handed back after the people at hand, and no one is written twice."""

import os
import signal

import pytest

from sync.models import Run
from tests.faults.field import Field

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_is_told_to_stop_hands_its_run_back_at_once(field: Field) -> None:
    with field.running("worker") as services:
        push = field.push()
        services.ring(push.run.pk)
        assert push.until_writes(20)
        os.kill(services.children["worker"].pid, signal.SIGTERM)
        run = push.until(lambda run: run.state != Run.State.RUNNING)
        assert run.state == Run.State.QUEUED, "it would have gone on to the end, or until it is killed"
        assert run.attempts == 0, "nobody was interrupted"
        assert push.open_operations() == 0, "every write that was begun has its outcome"
        services.kill("worker")

        services.bring_up("worker")
        services.children["worker"].wait()
        services.ring(push.run.pk)
        push.until_end()
        push.assert_whole()
        assert push.needless() == 0
