"""How long a call to another system may be tried again while somebody waits at a page."""

import time

from loket_portal.lib.errors import Retryable, gettext_noop
from loket_portal.personio.errors import RETRY_LATER

SECONDS = 12.0
"""After these nothing more is tried; a call that was made is still awaited, as long as its own limits let it."""


class Patience:
    """Waits as long as somebody at a page does, and no longer."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + SECONDS

    def sleep(self, seconds: float) -> None:
        """Waits; raises Retryable at once when that would be too long."""
        self.check(seconds)
        time.sleep(seconds)

    def check(self, seconds: float = 0.0) -> None:
        """Raises Retryable when so many more seconds are too long."""
        if time.monotonic() + seconds > self._ends_at:
            raise Retryable(gettext_noop("Personio could not be reached."), RETRY_LATER)
