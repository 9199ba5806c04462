"""A worker that is told to stop tells its children at once, so that their runs go back to the queue after the person at hand.

Without this they would learn of it only when the soft shutdown is over, by being ended in the middle of a person.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from billiard import active_children
from celery import signals

from sync.services import runs

STOP = signal.SIGUSR2


def connect() -> None:
    """For each worker of this process and the children of its pool; where work is done in threads there are none."""
    signals.worker_init.connect(tell_first)
    signals.worker_process_init.connect(listen)


def tell_first(sender: Any, **_more: Any) -> None:
    """Before it waits for its children to end, the worker says that they should."""
    wait: Callable[[], None] = sender.wait_for_soft_shutdown

    def tell_and_wait() -> None:
        for pid in [child.pid for child in active_children() if child.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, STOP)
        wait()

    sender.wait_for_soft_shutdown = tell_and_wait


def listen(**_more: Any) -> None:
    """In a child: from now on its runs are handed back when the worker says so."""
    signal.signal(STOP, lambda _signal, _frame: runs.hand_back.set())
