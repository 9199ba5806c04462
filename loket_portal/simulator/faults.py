"""Misbehaviour: slowness, errors and dropped connections, at a rate or exactly at the request that a test names."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

from .calls import Refused
from .log import READING
from .options import Options
from .rules import Message

ACTIONS = ("status", "drop_before", "drop_after", "hold_before", "hold_after")
LONGEST_HOLD = 60.0
PERSONIO = "/personio/"
TOLD, WITH_MESSAGES = "The simulator was told to fail", (400, 404, 409)
RETRY_AFTER = {429: "1", 503: "1"}


class Dropped(Exception):
    """The connection is gone; nothing is answered."""


@dataclass
class Fault:
    """Hits requests of `method` whose path contains `path`: after `skip` of them the next `times`.

    `validation`: only those that are to be validated and not done, or only the others.
    """

    action: str
    method: str = ""
    path: str = ""
    status: int = 500
    skip: int = 0
    times: int = 1
    validation: bool | None = None

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ValueError(f"{self.action!r} is not one of {', '.join(ACTIONS)}")

    def fits(self, method: str, path: str, is_validation: bool) -> bool:
        """Whether the fault is about such a request at all; about one to Personio only if its `path` begins with that."""
        if path.startswith(PERSONIO) and not self.path.startswith(PERSONIO):
            return False
        is_meant = self.validation in (None, is_validation)
        return is_meant and self.times > 0 and self.method.upper() in ("", method) and self.path in path


class Faults:
    """Decides for every request what goes wrong with it. The same seed gives the same bad luck."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.random = random.Random(f"faults {options.seed}")
        self.chance: Callable[[Request], float] = lambda _asked: self.random.random()
        """Below the rate: this request is struck."""
        self.script: list[Fault] = []
        self.held = 0
        self.changed = threading.Condition()
        self.generation = 0

    def plan(self, **fault: Any) -> None:
        """Adds a fault for a request to come. Raises ValueError or TypeError for a fault that there is not."""
        with self.changed:
            self.script.append(Fault(**fault))

    def clear(self) -> None:
        """Forgets all planned faults and lets held requests go on."""
        with self.changed:
            self.script.clear()
        self.release()

    def release(self) -> None:
        """Lets all held requests go on."""
        with self.changed:
            self.generation += 1
            self.changed.notify_all()

    def wait_held(self, count: int = 1, timeout: float = 10) -> bool:
        """Waits until so many requests are held; False when that took longer than `timeout` seconds."""
        with self.changed:
            return self.changed.wait_for(lambda: self.held >= count, timeout)

    def before(self, asked: Request, *, with_rates: bool = True) -> str:
        """Slowness and what goes wrong before anything is done; gives what has to go wrong after it.

        Raises Refused (the planned status) or Dropped. Without rates only planned faults count.
        """
        if self.options.latency:
            time.sleep(self.options.latency / 1000)
        action, status = self._planned(asked) or (self._by_chance(asked) if with_rates else ("", 0))
        if action == "status":
            raise Refused(status, TOLD, *([Message(0, TOLD)] if status in WITH_MESSAGES else []))
        if action == "drop_before":
            raise Dropped
        if action == "hold_before":
            self._hold()
        return action

    def after(self, action: str) -> None:
        """What goes wrong when the work was done, but not yet answered."""
        if action == "drop_after":
            raise Dropped
        if action == "hold_after":
            self._hold()

    def _planned(self, asked: Request) -> tuple[str, int] | None:
        if not self.script:
            return None
        is_validation = only_validates(asked.headers)
        with self.changed:
            for fault in self.script:
                if fault.fits(asked.method, asked.path, is_validation):
                    if fault.skip == 0:
                        fault.times -= 1
                        return fault.action, fault.status
                    fault.skip -= 1
        return None

    def _by_chance(self, asked: Request) -> tuple[str, int]:
        rates = {"status": "error_rate", "drop_before": "drop_before", "drop_after": "drop_after"}
        if self.options.only_writes and asked.method in READING:
            return "", 0
        with self.changed:
            for action, name in rates.items():
                rate = getattr(self.options, name)
                if rate and self.chance(asked) < rate:
                    return action, self.options.error_status
        return "", 0

    def _hold(self) -> None:
        with self.changed:
            generation = self.generation
            self.held += 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.generation != generation, LONGEST_HOLD)
            self.held -= 1


def only_validates(headers: Headers) -> bool:
    """Whether a request asks for Loket's verdict only."""
    return headers.get("X-ValidateOnly", "").lower() == "true"
