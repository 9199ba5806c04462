"""What was asked of the simulator: the proof that a dry run writes nothing."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

LONGEST = 50_000
READING = ("GET", "HEAD", "OPTIONS")


class Log:
    """The requests to the API, to `/token` and to Personio, oldest first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entries: deque[dict[str, Any]] = deque(maxlen=LONGEST)

    def add(
        self, method: str, path: str, status: int, *, is_dropped: bool, is_validation: bool, user: str = ""
    ) -> None:
        """Remembers a request. `status` is what would have been answered when the connection was dropped."""
        entry = {"method": method, "path": path, "status": status, "dropped": is_dropped, "validateOnly": is_validation}
        entry |= {"user": user, "at": time.time()}
        with self.lock:
            self.entries.append(entry)

    def all(self) -> list[dict[str, Any]]:
        """All requests."""
        with self.lock:
            return list(self.entries)

    def writes(self) -> list[dict[str, Any]]:
        """The requests to Loket's API that change something when they succeed; validating alone changes nothing."""
        changing = [item for item in self.all() if item["path"].startswith("/v2") and item["method"] not in READING]
        return [item for item in changing if not item["validateOnly"]]

    def clear(self) -> None:
        """Starts a new page."""
        with self.lock:
            self.entries.clear()
