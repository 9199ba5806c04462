"""A worker that dies at the n-th thing it does to the database or to Loket: the same process, as if after kill -9.

From that moment nothing that it does has any effect: no row is written, no call is sent, no lease is renewed. What had been
committed stays, and a call that Loket has answered already was done.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sync.services import leases, scribe
from sync.services.memory import DbMemory
from sync.services.ports import DbJournal, DbReporter
from sync.target import LoketTarget

POINTS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (DbJournal, ("sent", "confirmed", "rejected", "unknown")),
    (DbReporter, ("begin", "plan", "planned", "started", "returned", "person", "revise", "flush", "called")),
    (DbMemory, ("link", "remember", "confirm", "confirm_all", "quarantine", "release")),
    (LoketTarget, ("versions", "get_employee", "put_employee", "put_bsn", "create_concept", "put_concept")),
    (LoketTarget, ("put_concept_bsn", "validate_concept", "convert_concept", "people_again", "find_concepts")),
)
"""Where it may die: before it, or after it when its caller has not heard of it yet."""


class Killed(BaseException):
    """The process is no more; nobody catches this."""


class Life:
    """How many such things a worker still does; None: it lives on."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.is_over = False
        self._lock = threading.Lock()

    def step(self) -> None:
        """One more of them. Raises Killed when that was one too many, and ever after."""
        with self._lock:
            if self.left is not None:
                self.left -= 1
                self.is_over |= self.left < 0
        self.require()

    def require(self) -> None:
        """Raises Killed when it is over."""
        if self.is_over:
            raise Killed


@contextmanager
def mortal(patch: pytest.MonkeyPatch) -> Iterator[Life]:
    """Workers of this process have this life. Who is dead may be followed by another: `life.left, life.is_over = None, False`."""
    life = Life()
    for kind, names in POINTS:
        for name in names:
            patch.setattr(kind, name, _mortal(getattr(kind, name), life))
    for owner, name in ((scribe.Scribe, "_write"), (leases, "renew"), (leases, "_let_go")):
        patch.setattr(owner, name, _silenced(getattr(owner, name), life))
    yield life


def _mortal(call: Callable[..., Any], life: Life) -> Callable[..., Any]:
    def made(*args: Any, **more: Any) -> Any:
        life.step()
        found = call(*args, **more)
        life.step()
        return found

    return made


def _silenced(call: Callable[..., Any], life: Life) -> Callable[..., Any]:
    def made(*args: Any, **more: Any) -> Any:
        life.require()
        return call(*args, **more)

    return made
