"""The doorbell: tells a worker by task name that a row waits for it. The row is the truth; a lost ring costs time only."""

import logging
from functools import partial
from threading import Thread
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


PATIENCE = 2.0
"""Seconds that whoever rings waits; a broker that is away takes six to say so, and one that hangs thirty."""


def ring(task: str, *ids: int, **when: float) -> None:
    """Sends the task when the current transaction commits; a broker that is away is logged, never raised.

    `when`, in seconds from now: `countdown` until the worker hears it, which keeps it in its memory so long, and `expires`
    after which nobody has to hear it.
    """
    transaction.on_commit(lambda: _begin(task, ids, **when).join(PATIENCE))


def ring_aside(task: str, *ids: int) -> None:
    """The same for an answer that waits for nobody."""
    transaction.on_commit(partial(_begin, task, ids))


def _begin(task: str, ids: tuple[int, ...], **when: float) -> Thread:
    thread = Thread(target=_send, args=(task, ids), kwargs=when, daemon=True)
    thread.start()
    return thread


def _send(task: str, ids: tuple[int, ...], **when: Any) -> None:
    try:
        current_app.send_task(task, args=ids, retry=False, **when)
    except (OperationalError, OSError):
        log.warning("the broker cannot be reached; the sweeper will ring %s again", task)
