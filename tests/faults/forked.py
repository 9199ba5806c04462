"""A worker in a process of its own that needs no second to start: a fork of the test's, to be killed in the middle of a call.

It works with the settings, keys and patches that the test has at that moment, on connections of its own.
"""

import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable

from django.db import connections

from loket_portal.simulator import Simulator

PATIENCE = 30.0
"""Seconds until it must have come to the call, or to its end."""
_kept: list[object] = []
"""The parent's connections with the database: a child that forgot them would end their sessions."""


def killed_in_a_call(simulator: Simulator, work: Callable[[], object], **fault: object) -> bool:
    """Lets another process do the work, and kills it (kill -9) while the call that the fault names is held.

    False when it came to its end without such a call. What was under way is done when this returns, as it would be long
    before a lease ends.
    """
    faults = simulator.faults
    faults.plan(**fault)
    planned = faults.script[-1]
    pid = _fork(work)
    try:
        has_ended = _has_ended(pid)
        while not has_ended and not faults.wait_held(timeout=0.005):
            has_ended = _has_ended(pid)
    finally:
        if not has_ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        planned.times = 0
        faults.release()
        _until_quiet(simulator)
    return not has_ended


def _fork(work: Callable[[], object]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the threads of this process are the simulator's, and idle
        pid = os.fork()
    if pid:
        return pid
    try:
        for connection in connections.all(initialized_only=True):
            _kept.append(connection.connection)
            connection.connection = None
        signal.alarm(int(PATIENCE))  # then it ends by itself
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001  nothing of it may come back into the test that the parent runs
        traceback.print_exc()
    finally:
        os._exit(1)


def _has_ended(pid: int) -> bool:
    ended, status = os.waitpid(pid, os.WNOHANG)
    assert not status, "the forked worker failed by itself, or was stuck"
    return ended == pid


def _until_quiet(simulator: Simulator) -> None:
    ends = time.monotonic() + PATIENCE
    while simulator.traffic.now[""]:
        assert time.monotonic() < ends, "a call to the simulator doesn't end"
        time.sleep(0.002)
