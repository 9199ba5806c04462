"""Delivers events to webhooks: one thread, three seconds for an answer, a few attempts, no redirects."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

import requests

from ..options import Options
from .company import COMPANY_ID
from .days import now

LIMIT_SECONDS = 3
ATTEMPTS = 4
KEPT = 1000


class Sender:
    """Its thread begins with the first event and ends with the simulator."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.changed = threading.Condition()
        self.waiting: deque[tuple[dict[str, Any], dict[str, Any]]] = deque()
        self.deliveries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.is_busy = False
        self.stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def send(self, hook: dict[str, Any], name: str, payload: dict[str, Any]) -> None:
        """Puts an event in the queue. The webhook is the one of this moment, whatever becomes of it."""
        body = {"company_id": COMPANY_ID, "event_name": name, "occurred_at": now(), "payload": payload, "meta": {}}
        with self.changed:
            self.waiting.append((hook, body))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="personio-webhooks", daemon=True)
                self._thread.start()
            self.changed.notify_all()

    def wait(self, timeout: float = 10) -> bool:
        """Waits until everything is delivered or given up; False when that took longer."""
        with self.changed:
            return self.changed.wait_for(lambda: not self.waiting and not self.is_busy, timeout)

    def stop(self) -> None:
        """Gives up what waits and ends the thread."""
        self.stopped.set()
        with self.changed:
            self.waiting.clear()
            self.changed.notify_all()
        if self._thread:
            self._thread.join(LIMIT_SECONDS + 2)

    def _run(self) -> None:
        while True:
            with self.changed:
                self.is_busy = False
                self.changed.notify_all()
                self.changed.wait_for(lambda: self.waiting or self.stopped.is_set())
                if self.stopped.is_set():
                    return
                hook, body = self.waiting.popleft()
                self.is_busy = True
            self._deliver(hook, body)

    def _deliver(self, hook: dict[str, Any], body: dict[str, Any]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            status = _post(hook, body)
            self.deliveries.append({"event_name": body["event_name"], "attempt": attempt, "status": status})
            if not (status == 0 or (status >= 500 and status != 501)):
                return
            if self.stopped.wait(self.options.personio_hook_delay * attempt):
                return


def _post(hook: dict[str, Any], body: dict[str, Any]) -> int:
    """The status of the answer; 0 when there was none in time."""
    headers = {"TOKEN": {"Authorization": hook.get("token") or ""}, "CUSTOM": hook.get("custom_headers") or {}}
    with requests.Session() as session:
        session.trust_env = False  # a proxy or a .netrc would add or lose headers
        try:
            answer = session.post(
                hook["url"],
                json=body,
                headers=headers.get(hook["auth_type"], {}),
                timeout=LIMIT_SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError):
            return 0
        return answer.status_code
