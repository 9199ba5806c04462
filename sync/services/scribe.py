"""Writes down what a run does, for all its threads at once (D4).

What several threads have to say while a transaction is under way is committed together by the next one. Each transaction
begins with the lease: who no longer has the run writes nothing, and every call from then on raises LeaseLost. A database
that goes away in the middle costs time only: the transaction is repeated until the lease would be over.
"""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections, transaction

from sync.models import Run
from sync.ports import LeaseLost
from sync.services import statements
from sync.services.batch import Batch

LINGER = 0.1
"""Seconds that what nobody waits for may stay in memory."""
TOGETHER = 0.004
"""Seconds that what somebody waits for may wait for others who want the same: a commit costs more than their sum."""
AGAIN = (0.05, 1.0)
"""Seconds between two tries of one transaction: the first pause, and the longest."""

log = logging.getLogger(__name__)
Add = Callable[[Batch], object]


class _Page:
    """One batch, and who waits for it."""

    def __init__(self) -> None:
        self.batch = Batch()
        self.is_filled = self.is_urgent = False
        self.written = threading.Event()


class Scribe:
    """`with Scribe(...) as scribe`: at the end everything is committed, unless the lease is lost.

    `is_threaded` off: every call commits by itself, in the thread and on the database connection of the caller.
    """

    def __init__(self, run: Run, worker: str, *, is_threaded: bool) -> None:
        self.asked = ""
        """What a person asked of this run, as the last transaction saw it."""
        self._run, self._worker = run, worker
        self._more = threading.Condition()
        self._page = _Page()
        self._failed: BaseException | None = None
        self._is_closing = False
        self._renewed_at = time.monotonic()
        self._thread = threading.Thread(target=self._work, name=f"scribe-of-run-{run.pk}", daemon=True)
        self._is_threaded = is_threaded

    def __enter__(self) -> Self:
        if self._is_threaded:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._more:
            self._is_closing = True
            self._more.notify_all()
        if self._is_threaded:
            self._thread.join()
        if self._failed is not None and kind is None:
            raise self._failed

    def note(self, add: Add) -> None:
        """Has `add` put rows into the present batch, which is committed soon. Raises LeaseLost, and what stopped it."""
        self._put(add, is_urgent=False)

    def surely(self, add: Add) -> None:
        """The same, and it is committed when this returns."""
        page = self._put(add, is_urgent=True)
        if self._is_threaded:
            page.written.wait()
            self._require_whole()

    def flush(self) -> None:
        """Everything noted so far is committed when this returns."""
        self.surely(lambda _batch: None)

    def renew(self) -> None:
        """Looks once a second whether the run is still ours, and what was asked of it; waits for nothing."""
        self._require_whole()
        if time.monotonic() - self._renewed_at > 1:
            self._renewed_at = time.monotonic()
            self._put(lambda _batch: None, is_urgent=True)

    def _put(self, add: Add, *, is_urgent: bool) -> _Page:
        with self._more:
            self._require_whole()
            if self._is_closing:
                raise LeaseLost
            page = self._page
            add(page.batch)
            if not self._is_threaded:
                self._page = _Page()
                self._commit(page)
                self._require_whole()
            elif not page.is_filled or is_urgent > page.is_urgent:
                page.is_filled, page.is_urgent = True, is_urgent
                self._more.notify_all()
            return page

    def _require_whole(self) -> None:
        if self._failed is not None:
            raise LeaseLost if isinstance(self._failed, LeaseLost) else self._failed

    def _work(self) -> None:
        try:
            while (page := self._next()) is not None:
                self._commit(page)
        finally:
            connections.close_all()

    def _next(self) -> _Page | None:
        """The next batch to commit, or None at the end."""
        with self._more:
            self._more.wait_for(lambda: self._page.is_filled or self._is_closing)
            self._more.wait_for(lambda: self._page.is_urgent or self._is_closing, LINGER)
            self._more.wait_for(lambda: self._is_closing, TOGETHER)
            page, self._page = self._page, _Page()
            return page if page.is_filled else None

    def _commit(self, page: _Page) -> None:
        try:
            if self._failed is None:
                self._repeat(page.batch)
        except BaseException as error:  # noqa: BLE001  whoever waits gets it
            self._failed = error
            if not isinstance(error, LeaseLost):
                log.error("run %s could not be written down: %s", self._run.pk, type(error).__name__)
        finally:
            page.written.set()

    def _repeat(self, batch: Batch) -> None:
        """One transaction, again while the database is away and the lease lasts."""
        ends_at, pause, is_repeat = time.monotonic() + settings.RUN_LEASE_SECONDS, AGAIN[0], False
        while True:
            try:
                return self._write(batch, is_repeat)
            except (OperationalError, InterfaceError) as error:
                if connection.in_atomic_block:  # of the caller: it is for him to begin anew
                    raise
                log.warning("run %s waits for the database: %s", self._run.pk, type(error).__name__)
                connection.close()
                if time.monotonic() + pause >= ends_at:
                    raise LeaseLost from error
            time.sleep(pause)
            pause, is_repeat = min(2 * pause, AGAIN[1]), True

    def _write(self, batch: Batch, is_repeat: bool) -> None:
        with transaction.atomic():
            asked = statements.hold(self._run, self._worker, batch.run)
            if asked is None:
                raise LeaseLost
            batch.write(self._run, is_repeat=is_repeat)
        self.asked = asked
        self._renewed_at = time.monotonic()
