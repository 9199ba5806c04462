"""Slots of Loket's host: never more calls at once than LOKET_PARALLEL_PER_HOST, over all processes (D8).

A run has a lease on some of them and goes through its gate; every other call takes one slot for itself alone.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError

from loket_portal.lib import shares
from loket_portal.lib.gate import Gate, GateClosed, Met
from onboarding.services import circuit as circuits
from onboarding.services import holders
from onboarding.services.host_rows import HostRows
from onboarding.services.keeper import HURRY, TERM, Keeper

PAGE_PATIENCE = 8.0  # seconds that a call outside a run waits for a slot: a page must not hang
PAGE_WAIT = 10.0  # seconds that it may wait for its repeat

log = logging.getLogger(__name__)


def host() -> str:
    """The host of Loket's API, whose slots these are."""
    return str(urlsplit(settings.LOKET_API_URL).netloc)


def circuit() -> float:
    """Seconds to wait before a run begins, since the host only has faults; 0 when it may."""
    return circuits.wait_of(host())


@contextmanager
def lease(connection_pk: int | None, parallel: int) -> Iterator[Gate]:
    """A gate for the client of one run: `parallel` requests at once when nobody else wants slots, a fair share otherwise.

    With `parallel` 1 everything happens in the calling thread. Raises GateClosed (a Retryable) while the host is left
    alone; the gate itself raises it when that begins, and when no slot was to be had in two minutes.
    """
    most = _per_host()
    watch = circuits.Watch(host(), is_trial=circuits.admit(host()))
    rows = HostRows(host(), most, holders.new(), TERM)
    keeper = Keeper(rows, connection_pk, max(1, min(parallel, most)), watch)
    try:
        keeper.begin()
        keeper.attend()
        yield keeper.gate
    finally:
        keeper.end()


def door() -> "OneSlot":
    """What the calls outside runs go through: the checks, the pages, the nightly work."""
    return OneSlot()


def _per_host() -> int:
    return max(1, int(getattr(settings, "LOKET_PARALLEL_PER_HOST", 8)))


class OneSlot:
    """A slot of the host for each request by itself. Whoever gets none in PAGE_PATIENCE seconds is sent away (GateClosed):
    the limit holds, and no page hangs. Safe for threads."""

    longest_wait = PAGE_WAIT

    def __init__(self) -> None:
        self._here = threading.local()

    def __enter__(self) -> "OneSlot":
        rows, is_trial = HostRows(host(), _per_host(), holders.new(), TERM), False
        if not rows.take(is_guest=True):
            is_trial = circuits.admit(rows.host)
            rows.open()
            rows.free_dead()
            _wait(rows)
        self._here.rows, self._here.watch = rows, circuits.Watch(rows.host, is_trial=is_trial)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _guarded(self._here.rows.leave_all)

    def met(self, met: Met) -> None:
        """Learns from one request."""
        self._here.watch.met(met)
        if self._here.watch.is_pressing:
            _guarded(self._here.watch.settle)


def _guarded(act: Callable[[], object]) -> None:
    """The request was made, whatever the database does now: the term of a slot ends by itself."""
    try:
        act()
    except DatabaseError as error:
        log.warning("slots could not be written down: %s", type(error).__name__)


def _wait(rows: HostRows) -> None:
    """In the row of all who want slots, so that the runs make room. Raises GateClosed."""
    ends_at = time.monotonic() + PAGE_PATIENCE
    rows.ask(1)
    try:
        while not (shares.due(rows.holder, rows.wishes(), rows.most, rows.free()) and rows.take()):
            if time.monotonic() >= ends_at:
                raise GateClosed
            time.sleep(HURRY)
    finally:
        rows.leave()
