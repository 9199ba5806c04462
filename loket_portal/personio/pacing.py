"""Keeps to Personio's limits before it has to say no: v1 by its documented numbers, v2 by what its answers say."""

import threading
from collections import deque
from collections.abc import Callable, Mapping

# Calls, and the seconds in which so many are allowed; a little more than documented (1 and 60), for what was sent
# apart may arrive together.
BURST = (15, 1.05)
STEADY = (300, 61.0)
LONGEST = 10.0  # seconds that a header of v2 can make us wait; what is longer, its 429 will say


class Pacing:
    """When the next call may leave. Safe for several threads; other processes are not counted."""

    def __init__(self, sleep: Callable[[float], object], clock: Callable[[], float]) -> None:
        self._sleep, self._clock, self._lock = sleep, clock, threading.Lock()
        self._windows = [(deque[float](maxlen=calls), seconds) for calls, seconds in (BURST, STEADY)]
        self._free_at: dict[str, float] = {}  # by template: each endpoint of v2 has its own bucket

    def before(self, template: str) -> None:
        """Waits until a call of this template may leave."""
        with self._lock:
            now = self._clock()
            start = max(now, self._free_at.pop(template, now) if template.startswith("/v2/") else self._slot(now))
        if start > now:
            self._sleep(start - now)

    def after(self, template: str, headers: Mapping[str, str]) -> None:
        """Notes what an answer of v2 says about its bucket."""
        left, rate = _number(headers, "remaining"), _number(headers, "replenish-rate")
        if left is None or not rate:
            return
        wait = ((_number(headers, "requested-tokens") or 1) - left) / rate
        if wait > 0:
            with self._lock:
                self._free_at[template] = self._clock() + min(wait, LONGEST)

    def _slot(self, now: float) -> float:
        """The first moment that all windows allow; it is taken with that."""
        start = max([now, *(times[0] + seconds for times, seconds in self._windows if len(times) == times.maxlen)])
        for times, _ in self._windows:
            times.append(start)
        return start


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        number = float(headers.get(f"x-ratelimit-{name}", ""))
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None  # neither "nan" nor "inf"
