"""A session that cannot leave its base URL and repeats a call only where that is safe, for two minutes at most."""

import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from loket_portal.lib import quick_json
from loket_portal.lib.adapter import TIMEOUT, TOTAL, UrlRefused, lock, present_call
from loket_portal.lib.deadline import AnswerTooBig
from loket_portal.lib.gate import Door, Met, OpenDoor, Trouble

__all__ = ["LockedSession", "NetworkError", "UrlRefused", "lock", "retry_after"]

ATTEMPTS = 4
MAX_WAIT = 10.0  # seconds; a longer Retry-After goes to the caller, who can free the worker meanwhile
WHOLE = 120.0  # seconds for all attempts of one call with the waits between them
LONGEST_RETRY_AFTER = 900.0  # seconds: a server that names more is asked again all the same
BEHIND = (502, 503, 504)  # statuses of a server in front that gets nothing from the one behind
_WORD = re.compile(r"[^\x00-\x20\x7f\\?#]*")


class NetworkError(Exception):
    """No whole answer came. `is_sent` is False only when the request never left.

    `is_certificate` is True when TLS refused, `is_too_big` when the answer was longer than anybody should send.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)  # the text of requests' errors holds the URL with its query
        causes = _causes(error)
        unsent = (ConnectTimeoutError, NewConnectionError, ssl.SSLCertVerificationError)
        self.is_sent = not any(isinstance(cause, unsent) for cause in causes)
        self.is_certificate = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)
        self.is_too_big = isinstance(error, AnswerTooBig)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and everything urllib3 and requests have wrapped in it."""
    found: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        cause = queue.pop()
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            queue += [cause.__cause__, cause.__context__, *cause.args]
            queue += [cause.reason] if isinstance(cause, MaxRetryError) else []
    return found


class LockedSession:
    """Calls to one base URL. Safe for several threads; keeps no cookies, takes no password from a netrc file."""

    def __init__(
        self,
        base_url: str,
        *,
        service: str = "loket",
        timeout: tuple[float, float] = TIMEOUT,
        total: float = TOTAL,
        attempts: int = ATTEMPTS,
        busy_wait: float = 0.0,
        pace: Callable[[str], object] = lambda template: None,
        gate: Door | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`timeout` is seconds to connect and seconds of silence, `total` seconds of one attempt in all.

        `service` names the request log. `attempts` is how often a call is made in all, 1 for whoever waits himself
        (so as not to hold a worker meanwhile). `busy_wait` is the least that is waited after a 429, doubled each time
        when it has no Retry-After. `pace` is told the template before every attempt and may wait. Every attempt goes
        through the `gate`, which also says how long a repeat may be waited for; time at the gate is no time of the call.
        `sleep` waits between attempts and `clock` counts their seconds; both are for tests.
        """
        self.base = base_url.rstrip("/")
        self._attempts = attempts
        self._busy_wait, self._pace, self._sleep, self._clock = busy_wait, pace, sleep, clock
        self._gate: Door = gate or OpenDoor(MAX_WAIT)
        self._counting = threading.Lock()
        self.calls = self.repeats = 0
        """Attempts in all, and those of them that repeated one."""
        self._session = requests.Session()
        lock(self._session, self.base, timeout, total, service)
        self._door = self._session.get_adapter(self.base)
        self._headers = {name: str(value) for name, value in self._session.headers.items()}

    def request(
        self,
        method: str,
        path: str,
        *,
        template: str,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        is_safe: bool = False,
        about: str = "",
        is_repeat: bool = False,
    ) -> requests.Response:
        """The answer to `method path`, whatever its status; `template` is the path as the log may show it.

        A GET is repeated, four attempts in all unless told otherwise, after a network error or a 5xx; a write never,
        but after a 429, which says that nothing was done. `is_safe` says that another method does no more harm than a
        GET; `data` is a form; `about` names the one record that it is about, if it is, to the gate, and `is_repeat`
        counts the first attempt as a repeat. All of it ends within two minutes. Raises NetworkError, UrlRefused, and what
        the gate raises.
        """
        url, whole = self.base + _checked(path), {**self._headers, **(headers or {})}
        body: bytes | Mapping[str, str] | None = data
        if json is not None:
            body, whole = quick_json.dumps(json), {"Content-Type": "application/json", **whole}
        request = requests.Request(method, url, whole, params=params, data=body).prepare()
        ends_at = self._clock() + WHOLE
        for attempt in range(1, self._attempts + 1):
            self._pace(template)
            came_at = self._clock()
            with self._gate:
                ends_at += self._clock() - came_at
                self._count(is_repeat=is_repeat or attempt > 1)
                call = (template, attempt, ends_at - self._clock())
                answer = self._attempt(request, call)
                self._gate.met(_met(answer, about))
            wait = self._wait(answer, attempt, is_safe=is_safe or method == "GET")
            if wait is None or attempt == self._attempts or self._clock() + wait >= ends_at:
                break
            self._sleep(wait)
        if isinstance(answer, NetworkError):
            raise answer
        return answer

    def _count(self, *, is_repeat: bool) -> None:
        with self._counting:
            self.calls += 1
            self.repeats += is_repeat

    def _attempt(
        self, request: requests.PreparedRequest, call: tuple[str, int, float]
    ) -> requests.Response | NetworkError:
        token = present_call.set(call)
        try:
            return self._door.send(request, verify=self._session.verify or False, proxies=self._session.proxies)
        except requests.RequestException as error:
            return NetworkError(error)
        finally:
            present_call.reset(token)

    def _wait(self, answer: requests.Response | NetworkError, attempt: int, *, is_safe: bool) -> float | None:
        """Seconds until the next attempt, None when there should be none."""
        # Full jitter, so that parallel callers don't come back together.
        backoff = random.uniform(0, 0.5 * 2 ** (attempt - 1))  # noqa: S311  nothing secret about it
        if isinstance(answer, NetworkError):
            is_final = answer.is_certificate or answer.is_too_big
            return backoff if is_safe and not is_final else None
        if answer.status_code != 429 and not (is_safe and answer.status_code >= 500):
            return None
        asked = retry_after(answer.headers)
        least = self._busy_wait if answer.status_code == 429 else 0.0
        wait = backoff + least * 2 ** (attempt - 1) if asked is None else max(asked, least)
        return wait if wait <= self._gate.longest_wait else None


def _met(answer: requests.Response | NetworkError, about: str) -> Met:
    """What the gate learns from an attempt."""
    if isinstance(answer, NetworkError):
        is_theirs = not (answer.is_certificate or answer.is_too_big)
        return Met(Trouble.AWAY, about=about if answer.is_sent else "") if is_theirs else Met()
    status, wait = answer.status_code, retry_after(answer.headers)
    if status == 429 or (status == 503 and wait is not None):
        return Met(Trouble.BUSY, wait)
    if status in BEHIND:
        return Met(Trouble.AWAY, about=about)
    return Met(Trouble.FAULT if status >= 500 else Trouble.NONE, about=about)


def _checked(path: str) -> str:
    """The path, which must be plain: one leading slash, no scheme, host, query, dots or control characters."""
    segments = unquote(unquote(path)).replace("\\", "/").split("/")
    plain = path.startswith("/") and _WORD.fullmatch(path) and _WORD.fullmatch(unquote(path))
    if not plain or len(segments) != len(path.split("/")) or "" in segments[1:] or "." in segments or ".." in segments:
        raise UrlRefused("A path that could lead outside the base URL was refused.")
    return path


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header, which holds seconds or an HTTP date, at most 15 minutes; None without a readable one."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - datetime.now(UTC)).total_seconds()), LONGEST_RETRY_AFTER)
