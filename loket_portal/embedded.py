"""Web application, Celery worker and beat in one process, for the demo and for a small office without Redis.

Losing this process loses no work: runs are rows, and the sweeper rings those that nobody finished (docs/adr/0003).
"""

import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

from celery.beat import EmbeddedService
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

from loket_portal.celery import app
from sync.services import runs

STOP_SECONDS = 2.5


class PortTaken(Exception):
    """Another program listens there."""


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Raises PortTaken when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(port) from error


def stop_on_signals() -> None:
    """From now on SIGINT and SIGTERM raise KeyboardInterrupt, also where a shell started us with SIGINT ignored."""
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Worker:
    """A Celery worker and a beat in threads of this process."""

    def __init__(self) -> None:
        warnings.filterwarnings("ignore", message=r"[\s\S]*superuser privileges")  # a container may well be root
        self._worker = app.Worker(
            pool="threads",
            concurrency=2,
            hostname="embedded@local",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._thread = threading.Thread(target=self._worker.start, name="celery-worker", daemon=True)
        beat: Any = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
        beat.daemon = True
        self._beat = beat

    def __enter__(self) -> "Worker":
        self._thread.start()
        self._beat.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        runs.hand_back.set()  # a run under way goes back to the queue after its present person
        self._beat.service.stop(wait=False)
        self._worker.stop()
        self._thread.join(STOP_SECONDS)


def leave() -> None:
    """Ends the process even when a call to Loket still waits for its answer; its run is in the journal."""
    if any(thread.is_alive() and not thread.daemon for thread in threading.enumerate()[1:]):
        sys.stdout.flush()
        os._exit(0)


def _options() -> dict[str, Any]:
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 64 * 1024
    options: dict[str, Any] = {
        "threads": 8,
        "ident": None,
        "max_request_body_size": largest,
        "inbuf_overflow": largest,  # a roster never goes through a temporary file
    }
    if not settings.IS_DEMO:
        options |= {
            "trusted_proxy": settings.TRUSTED_PROXY,
            "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"},
            "clear_untrusted_proxy_headers": True,
        }
    return options


def serve(host: str, port: int, ready: Callable[[], None]) -> None:
    """Serves until SIGINT or SIGTERM; calls `ready` once it listens."""
    stop_on_signals()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a folder that isn't there
    server = create_server(get_wsgi_application(), host=host, port=port, **_options())
    with Worker():
        ready()
        try:
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave something behind
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            server.close()
