"""A session that cannot leave its base URL: no redirects, timeouts, bounded retries, a request log without secrets."""

import logging
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from loket_portal.lib import exchanges

log = logging.getLogger("loket.requests")

ATTEMPTS = 4
MAX_WAIT = 10.0  # seconds; a longer Retry-After goes to the caller, who can free the worker meanwhile
_WORD = re.compile(r"[^\x00-\x20\x7f\\?#]*")
_call: ContextVar[tuple[str, int] | None] = ContextVar("call", default=None)  # path template and attempt, for the log


class UrlRefused(ValueError):
    """An address outside the base URL, or a redirect: it was not followed. Never names the address."""


class NetworkError(Exception):
    """No answer came. `is_sent` is False only when the request never left, `is_certificate` True when TLS refused."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)  # the text of requests' errors holds the URL with its query
        causes = _causes(error)
        unsent = (ConnectTimeoutError, NewConnectionError, ssl.SSLCertVerificationError)
        self.is_sent = not any(isinstance(cause, unsent) for cause in causes)
        self.is_certificate = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)


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


class LockedAdapter(HTTPAdapter):
    """The one door of a session: refuses other addresses and redirects, sets the timeout, writes the request log."""

    def __init__(self, base_url: str, timeout: tuple[float, float]) -> None:
        self.base = base_url.rstrip("/")
        self.timeout = timeout
        super().__init__(pool_maxsize=16)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Allows TLS 1.2, which is all that some servers speak, whatever this machine's default minimum is."""
        context = create_urllib3_context(ssl_minimum_version=ssl.TLSVersion.TLSv1_2)
        super().init_poolmanager(*args, ssl_context=context, **more)

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        """The answer, read to its end; raises UrlRefused, and requests' own errors when none came."""
        check_inside(self.base, request.url or "")
        more["timeout"] = more.get("timeout") or self.timeout
        template, attempt = _call.get() or (urlsplit(request.url or "").path, 1)
        started = time.monotonic()
        status: object = "no answer"
        try:
            response = super().send(request, *args, **more)
            response.content  # noqa: B018  read here, so that an answer cut off in the middle is logged as such
            status = response.status_code
        except requests.RequestException as error:
            status = type(error).__name__
            raise
        finally:
            ms = round((time.monotonic() - started) * 1000)
            log.info("%s %s %s %d ms attempt %d", request.method, template, status, ms, attempt)
        if exchanges.observers:
            exchanges.observe(request, response, self.base)
        if response.is_redirect or 300 <= response.status_code < 400:
            raise UrlRefused("The server answered with a redirect; redirects are refused.")
        return response


def check_inside(base: str, url: str) -> None:
    """Raises UrlRefused unless the address lies under the base, whatever dots or encodings it holds."""
    path = urlsplit(url).path
    inside = url == base or url.startswith((base + "/", base + "?"))
    if not inside or ".." in unquote(unquote(path)).replace("\\", "/").split("/"):
        raise UrlRefused("An address outside the base URL was refused.")


class LockedSession:
    """Calls to one base URL. Safe for several threads; keeps no cookies, takes no password from a netrc file."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout: tuple[float, float] = (5, 30),
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`timeout` is seconds to connect and seconds of silence while reading; `sleep` waits between attempts."""
        self.base = base_url.rstrip("/")
        self._sleep = sleep
        self._session = requests.Session()
        lock(self._session, self.base, timeout)

    def request(
        self,
        method: str,
        path: str,
        *,
        template: str,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer to `method path`, whatever its status; `template` is the path as the log may show it.

        A GET is repeated, four attempts in all, after a network error or a 5xx; a write never, but after a 429, which
        says that nothing was done. Raises NetworkError and UrlRefused.
        """
        url = self.base + _checked(path)
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._attempt(method, url, (template, attempt), params=params, json=json, headers=headers)
            wait = _wait(method, answer, attempt)
            if wait is None or attempt == ATTEMPTS:
                break
            self._sleep(wait)
        if isinstance(answer, NetworkError):
            raise answer
        return answer

    def _attempt(self, method: str, url: str, call: tuple[str, int], **more: Any) -> requests.Response | NetworkError:
        token = _call.set(call)
        try:
            return self._session.request(method, url, allow_redirects=False, **more)
        except requests.RequestException as error:
            return NetworkError(error)
        finally:
            _call.reset(token)


def lock(session: requests.Session, base_url: str, timeout: tuple[float, float] = (5, 30)) -> None:
    """Makes any session of requests a locked one: see LockedAdapter."""
    adapter = LockedAdapter(base_url, timeout)
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.max_redirects = 0
    session.cookies.set_policy(_NO_COOKIES)
    if session.auth is None:  # else requests would look the host up in ~/.netrc and send that password
        session.auth = _as_is


_NO_COOKIES = requests.cookies.cookielib.DefaultCookiePolicy(allowed_domains=[])  # type: ignore[attr-defined]


def _as_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _checked(path: str) -> str:
    """The path, which must be plain: one leading slash, no scheme, host, query, dots or control characters."""
    segments = unquote(unquote(path)).replace("\\", "/").split("/")
    plain = path.startswith("/") and _WORD.fullmatch(path) and _WORD.fullmatch(unquote(path))
    if not plain or len(segments) != len(path.split("/")) or "" in segments[1:] or "." in segments or ".." in segments:
        raise UrlRefused("A path that could lead outside the base URL was refused.")
    return path


def _wait(method: str, answer: requests.Response | NetworkError, attempt: int) -> float | None:
    """Seconds until the next attempt, None when there should be none."""
    # Full jitter, so that parallel callers don't come back together.
    backoff = random.uniform(0, 0.5 * 2 ** (attempt - 1))  # noqa: S311  nothing secret about it
    if isinstance(answer, NetworkError):
        return backoff if method == "GET" and not answer.is_certificate else None
    if answer.status_code != 429 and not (method == "GET" and answer.status_code >= 500):
        return None
    asked = retry_after(answer.headers)
    wait = backoff if asked is None else asked
    return wait if wait <= MAX_WAIT else None


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
