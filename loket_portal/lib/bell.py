"""The doorbell: tells a worker by task name that a row waits for it. The row is the truth; a lost ring costs time only."""

import logging
from functools import partial
from threading import Thread

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def ring(task: str, *ids: int) -> None:
    """Sends the task when the current transaction commits; a broker that is away is logged, never raised."""
    transaction.on_commit(partial(_send, task, ids))


def ring_aside(task: str, *ids: int) -> None:
    """The same for an answer that waits for nobody: a broker that hangs would hold it for half a minute."""
    transaction.on_commit(lambda: Thread(target=_send, args=(task, ids), daemon=True).start())


def _send(task: str, ids: tuple[int, ...]) -> None:
    try:
        current_app.send_task(task, args=ids, retry=False)
    except (OperationalError, OSError):
        log.warning("the broker cannot be reached; the sweeper will ring %s again", task)
