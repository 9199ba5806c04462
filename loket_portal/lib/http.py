"""A session that cannot leave its base URL and repeats a call only where that is safe, for two minutes at most."""

import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from loket_portal.lib.adapter import TIMEOUT, TOTAL, UrlRefused, lock, present_call
from loket_portal.lib.deadline import AnswerTooBig

__all__ = ["LockedSession", "NetworkError", "UrlRefused", "lock", "retry_after"]

ATTEMPTS = 4
MAX_WAIT = 10.0  # seconds; a longer Retry-After goes to the caller, who can free the worker meanwhile
WHOLE = 120.0  # seconds for all attempts of one call with the waits between them
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
        busy_wait: float = 0.0,
        pace: Callable[[str], object] = lambda template: None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`timeout` is seconds to connect and seconds of silence, `total` seconds of one attempt in all.

        `service` names the request log. `busy_wait` is the least that is waited after a 429, doubled each time
        when it has no Retry-After. `pace` is told the template before every attempt and may wait.
        `sleep` waits between attempts and `clock` counts their seconds; both are for tests.
        """
        self.base = base_url.rstrip("/")
        self._busy_wait, self._pace, self._sleep, self._clock = busy_wait, pace, sleep, clock
        self._session = requests.Session()
        lock(self._session, self.base, timeout, total, service)

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
    ) -> requests.Response:
        """The answer to `method path`, whatever its status; `template` is the path as the log may show it.

        A GET is repeated, four attempts in all, after a network error or a 5xx; a write never, but after a 429, which
        says that nothing was done. `is_safe` says that another method does no more harm than a GET; `data` is a form.
        All of it ends within two minutes. Raises NetworkError and UrlRefused.
        """
        url, ends_at = self.base + _checked(path), self._clock() + WHOLE
        for attempt in range(1, ATTEMPTS + 1):
            self._pace(template)
            call = (template, attempt, ends_at - self._clock())
            answer = self._attempt(method, url, call, params=params, json=json, data=data, headers=headers)
            wait = self._wait(answer, attempt, is_safe=is_safe or method == "GET")
            if wait is None or attempt == ATTEMPTS or self._clock() + wait >= ends_at:
                break
            self._sleep(wait)
        if isinstance(answer, NetworkError):
            raise answer
        return answer

    def _attempt(
        self, method: str, url: str, call: tuple[str, int, float], **more: Any
    ) -> requests.Response | NetworkError:
        token = present_call.set(call)
        try:
            return self._session.request(method, url, allow_redirects=False, **more)
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
        return wait if wait <= MAX_WAIT else None


def _checked(path: str) -> str:
    """The path, which must be plain: one leading slash, no scheme, host, query, dots or control characters."""
    segments = unquote(unquote(path)).replace("\\", "/").split("/")
    plain = path.startswith("/") and _WORD.fullmatch(path) and _WORD.fullmatch(unquote(path))
    if not plain or len(segments) != len(path.split("/")) or "" in segments[1:] or "." in segments or ".." in segments:
        raise UrlRefused("A path that could lead outside the base URL was refused.")
    return path


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header, which holds seconds or an HTTP date; None without a readable one."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
