"""How long a call to another system may be tried again while somebody waits at a page."""

import time
from collections.abc import Mapping
from typing import Any

from loket_portal.lib.errors import Retryable, gettext_noop
from loket_portal.personio.errors import RETRY_LATER

SECONDS = 12.0
"""After these nothing more is tried; a call that was made is still awaited, for `LIMITS` at most."""
LIMITS: Mapping[str, Any] = {"timeout": (5.0, 8.0), "total": 10.0}
"""Seconds to connect, of silence, and of one call in all: `lib.http.LockedSession`."""


class Patience:
    """Waits as long as somebody at a page does, and no longer."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + SECONDS

    @property
    def limits(self) -> Mapping[str, Any]:
        """How long one call may take."""
        return LIMITS

    def sleep(self, seconds: float) -> None:
        """Waits; raises Retryable at once when that would be too long."""
        self.check(seconds)
        time.sleep(seconds)

    def check(self, seconds: float = 0.0) -> None:
        """Raises Retryable when so many more seconds are too long."""
        if time.monotonic() + seconds > self._ends_at:
            raise Retryable(gettext_noop("Personio could not be reached."), RETRY_LATER)
