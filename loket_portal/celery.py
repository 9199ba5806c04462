"""The Celery application. Tasks carry ids only; what they work on, and whether they may, stands in the database."""

import gc
import logging
import os
import sys
import threading
from typing import Any

from celery import Celery, signals
from django.db import DatabaseError, connection, connections

from loket_portal import alive

BEAT = "beat"
"""The name under which the beat's process shows itself; what it has ordered shows under names of its own."""

log = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loket_portal.settings")

app = Celery("loket_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_more: Any) -> None:
    """With a receiver Celery leaves logging as settings.LOGGING has it, masked and at our level."""


@signals.worker_before_create_process.connect
def leave_nothing_open(**_more: Any) -> None:
    """A child of the worker inherits no connection to the database, such as the one that compared the environment."""
    connections.close_all()


@signals.worker_process_init.connect
def tune(**_more: Any) -> None:
    """For a child of the worker, whose many threads mostly wait for Loket (docs/performance.md).

    What was imported is looked at by no collection of garbage again. And whoever has an answer waits half a millisecond
    for a thread that counts, not five: eight calls at once are no faster than their slowest turn.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(0.0005)


@signals.heartbeat_sent.connect
def worker_lives(**_more: Any) -> None:
    """Every two seconds while the worker is connected to its broker; not in the embedded form, which sends none."""
    alive.note("worker")


@signals.beat_init.connect
def watch_beat(**_more: Any) -> None:
    """From now on each message that the beat's process has sent shows that it lives; one goes with every sweep.

    In the embedded form it is a thread, and the process sends for others, too: there a sweep says enough.
    """
    if threading.current_thread() is threading.main_thread():
        beat_lives()
        signals.after_task_publish.connect(beat_lives)


def beat_lives(**_more: Any) -> None:
    """For the health check of its container, and for /readyz; a database that is away is no reason to stop."""
    from sync.services import beats  # noqa: PLC0415  models: only once Django is set up, which Celery does after us

    alive.note("beat")
    try:
        beats.note(BEAT)
    except DatabaseError as error:
        log.warning("the beat could not be noted for /readyz: %s", type(error).__name__)
    finally:
        connection.close()  # nobody else does in this process, and the server may be restarted meanwhile
