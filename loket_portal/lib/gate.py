"""How many requests are under way at once, and how fast they follow each other. Threads only: it knows no Django.

Nobody gets in beyond `size`, which others set. Within that the gate finds what the other side bears: it halves after a
refusal or a silence and opens by one after fifty clean answers (D8). A refusal also sets a pace, a little below the one
that was refused, which rises again with the clean answers: fewer at once are no fewer a second when answers are quick.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Protocol, Self

from loket_portal.lib.errors import Retryable, gettext_noop

CLEAN = 50  # answers without trouble before one more is let in
LONGEST_WAIT = 2.0  # seconds that may be waited out here; a longer wait sends everybody home, so that workers are free
PATIENCE = 120.0  # seconds after which somebody at the gate goes home by himself
LOOK = 1.0  # seconds after which somebody at the gate looks again, whatever he was told
SLOWER, FASTER = 0.7, 1.15  # the pace after a refusal, and after CLEAN answers
SLOWEST = 2.0  # seconds between two requests at most
NO_PACE = 0.002  # seconds between two requests that are as good as none
BUSY_PAUSE = 0.5  # seconds after a refusal that names none
AFTER_YOU = 0.00002  # seconds for which who goes out leaves the interpreter to who goes in


class Trouble(Enum):
    """What a request met."""

    NONE = auto()  # an answer, whatever it says
    BUSY = auto()  # refused before anything was done: 429, or 503 with a Retry-After
    FAULT = auto()  # a fault of the other side's own
    AWAY = auto()  # no answer, or one by somebody who got none from the server behind


@dataclass(frozen=True, slots=True)
class Met:
    """How one request went. `about` tells faults about one record from others; "": it was about no record."""

    trouble: Trouble = Trouble.NONE
    wait: float | None = None
    about: str = ""


TOO_BUSY = gettext_noop("Loket is too busy.")
OUT_OF_ORDER = gettext_noop("Loket has a fault of its own.")


class GateClosed(Retryable):
    """The request was not sent: the gate was closed, or nobody got through in time."""

    def __init__(self, message: str = TOO_BUSY, retry_after: float | None = None) -> None:
        hint = gettext_noop("Nothing to do: it is tried again by itself.")
        super().__init__(message, hint, "not sent", retry_after=retry_after)


class Door(Protocol):
    """What a session goes through with every request, repeated ones too."""

    longest_wait: float
    """Seconds that a repeat may be waited for; with more the answer goes to the caller."""

    def __enter__(self) -> object:
        """Returns when the request may be sent; raises Retryable when it must not."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def met(self, met: Met) -> None:
        """Told before the end of every request that was sent."""
        ...


class OpenDoor:
    """Lets everybody through."""

    def __init__(self, longest_wait: float) -> None:
        self.longest_wait = longest_wait

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is counted."""

    def met(self, met: Met) -> None:
        """Nothing is counted."""


class Gate:
    """`with gate:` around each request, then `gate.met(...)` inside it. Safe for threads."""

    longest_wait = LONGEST_WAIT

    def __init__(
        self,
        most: int,
        *,
        size: int | None = None,
        patience: float = PATIENCE,
        look: float = LOOK,
        tend: Callable[[], None] | None = None,
        watch: Callable[[Met], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`most` is never exceeded; `size` is what it begins with (`most`). `tend` is called by whoever waits or enters,
        in his own thread, and may resize; `watch` is told what every request met. `clock` is for tests."""
        self._most, self._size = most, most if size is None else size
        self._patience, self._look, self._tend, self._watch, self._clock = patience, look, tend, watch, clock
        self._changed = threading.Condition()
        self._level, self._clean, self._forgiven = most, 0, 0
        self._usable_until = math.inf
        self._not_before = self._gap = 0.0
        self._entered, self._since = 0, clock()
        self._closed: tuple[str, float | None] | None = None
        self.inflight = self.highest = self._waiting = 0

    def __enter__(self) -> Self:
        """Waits for its turn. Raises GateClosed."""
        ends_at = self._clock() + self._patience
        while not self._try():
            if self._clock() >= ends_at:
                raise GateClosed
        return self

    def _try(self) -> bool:
        if self._tend is not None:
            self._tend()
        with self._changed:
            if self._closed is not None:
                raise GateClosed(*self._closed)
            if wait := self._seconds():
                self._wait(wait)
                return False
            self._enter()
            return True

    def _seconds(self) -> float:
        """How long to wait before looking again; 0 when one may go in."""
        now = self._clock()
        if self.inflight >= self.limit or now >= self._usable_until:
            return self._look
        return min(max(0.0, self._not_before - now), self._look)

    def _wait(self, seconds: float) -> None:
        self._waiting += 1
        try:
            self._changed.wait(seconds)
        finally:
            self._waiting -= 1

    def _enter(self) -> None:
        self.inflight += 1
        self.highest = max(self.highest, self.inflight)
        self._entered += 1
        self._not_before = max(self._not_before, self._clock()) + self._gap
        if self.inflight < self.limit:  # there may be room for the next one
            self._changed.notify()

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self.inflight -= 1
            is_awaited = self._waiting > 0
            self._changed.notify()
        if is_awaited:  # else a slot is idle while this thread still works on its answer (docs/performance.md)
            time.sleep(AFTER_YOU)

    @property
    def limit(self) -> int:
        """How many may be inside at this moment."""
        return min(self._size, self._level)

    @property
    def size(self) -> int:
        """How many slots it has been given."""
        return self._size

    def resize(self, size: int) -> int:
        """From now on so many at most; gives how many are inside, who go on to their end."""
        with self._changed:
            self._size = min(size, self._most)
            self._changed.notify_all()
            return self.inflight

    def usable_until(self, moment: float) -> None:
        """Nobody enters after this moment of the clock, unless it is set again."""
        with self._changed:
            self._usable_until = moment
            self._changed.notify_all()

    def narrow(self) -> None:
        """One at a time, until answers are clean."""
        with self._changed:
            self._level = 1

    def close(self, message: str = TOO_BUSY, retry_after: float | None = None) -> None:
        """Whoever waits or comes is sent home with a GateClosed of these. Who is inside goes on to the end."""
        with self._changed:
            self._closed = self._closed or (message, retry_after)
            self._changed.notify_all()

    def met(self, met: Met) -> None:
        """Learns from one request."""
        if met.trouble is Trouble.BUSY:
            self._hold_back(met.wait)
        if met.trouble is not Trouble.FAULT:  # a fault says nothing about how much the other side bears
            self.answered(met.trouble is Trouble.NONE)
        if self._watch is not None:
            self._watch(met)

    def answered(self, ok: bool) -> None:
        """Halves after a refusal, once for all that were under way together; opens by one after fifty clean answers."""
        with self._changed:
            is_forgiven, self._forgiven = self._forgiven > 0, max(0, self._forgiven - 1)
            if ok:
                self._clean += 1
                if self._clean >= CLEAN:
                    self._open()
            elif not is_forgiven:
                self._level, self._clean = max(1, self.limit // 2), 0
                self._forgiven = max(0, self.inflight - 1)

    def _open(self) -> None:
        self._level, self._clean = min(self._most, self._level + 1), 0
        self._gap = self._gap / FASTER if self._gap > NO_PACE else 0.0
        self._changed.notify_all()

    def _hold_back(self, wait: float | None) -> None:
        """Waits as long as was asked, then a little slower than before; a longer wait than may be is for the caller."""
        if wait is not None and wait > self.longest_wait:
            self.close(retry_after=wait)
            return
        with self._changed:
            now = self._clock()
            if self._forgiven == 0:
                rate = SLOWER * self._entered / max(now - self._since, 1.0)
                self._gap = min(max(self._gap, 1 / max(rate, 1 / SLOWEST)), SLOWEST)
            pause = BUSY_PAUSE if wait is None else wait
            self._not_before = max(self._not_before, now + pause)
            self._entered, self._since = 0, max(self._since, now + pause)
