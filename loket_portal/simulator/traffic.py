"""How many calls were under way at once, in all and for each user, and how often each call was made."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial
from typing import Any

LEAVE = "simulator.leave"
"""Where the server finds, in a request's environ, what to do just before it answers."""


class Traffic:
    """Counts a call from when it has come in whole until just before it is answered, slowness included."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()

    def enter(self, environ: dict[str, Any], user: str, call: str) -> None:
        """One more is under way. `user` "" is somebody who isn't signed in."""
        names = ("", user) if user else ("",)
        environ[LEAVE] = partial(self._leave, names)
        with self.lock:
            self.calls[call] += 1
            for name in names:
                self.now[name] += 1
                self.most[name] = max(self.most[name], self.now[name])

    def _leave(self, names: tuple[str, ...]) -> None:
        with self.lock:
            for name in names:
                self.now[name] -= 1

    def shown(self) -> dict[str, Any]:
        """The numbers since the last reset."""
        with self.lock:
            return {
                "in_flight": self.now[""],
                "max_inflight": self.most[""],
                "max_inflight_per_user": {name: most for name, most in self.most.items() if name},
                "total": self.calls.total(),
                "calls": dict(self.calls),
            }

    def reset(self) -> None:
        """Starts anew; what is under way now still counts."""
        with self.lock:
            self.calls.clear()
            self.most = +self.now
