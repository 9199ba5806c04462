"""The one door of a session: nothing leaves the base URL, every attempt ends in time and is logged without secrets."""

import logging
import os
import ssl
import threading
import time
from collections import OrderedDict
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

from loket_portal.lib import exchanges
from loket_portal.lib.deadline import bound, deadline, read_all

TIMEOUT = (5.0, 30.0)  # seconds to connect, and of silence while an answer is awaited or read
TOTAL = 60.0  # seconds for one attempt in all, also when its answer drips in
POOLS = 16  # addresses whose connections a process keeps open
present_call: ContextVar[tuple[str, int, float] | None] = ContextVar("present_call", default=None)
"""Path template and attempt, for the log, and the seconds that this attempt has left."""


class UrlRefused(ValueError):
    """An address outside the base URL, or a redirect: it was not followed. Never names the address."""


class LockedAdapter(HTTPAdapter):
    """The one door of a session: refuses other addresses and redirects, sets the timeouts, writes the request log."""

    def __init__(self, base_url: str, timeout: tuple[float, float], total: float, service: str = "loket") -> None:
        self.base, self.service = base_url.rstrip("/"), service
        self._log = logging.getLogger(f"{service}.requests")
        self.timeout, self.total = timeout, total
        super().__init__(pool_maxsize=16)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Allows TLS 1.2, which is all that some servers speak, whatever this machine's default minimum is."""
        context = create_urllib3_context(ssl_minimum_version=ssl.TLSVersion.TLSv1_2)
        super().init_poolmanager(*args, ssl_context=context, **more)
        bound(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        """The connections through a proxy end in time too."""
        manager = super().proxy_manager_for(*args, **more)
        bound(manager)
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        """The answer, read to its end; raises UrlRefused, and requests' own errors when none came."""
        check_inside(self.base, request.url or "")
        more["timeout"] = more.get("timeout") or self.timeout
        template, attempt, left = present_call.get() or (urlsplit(request.url or "").path, 1, self.total)
        started = time.monotonic()
        status: object = "no answer"
        try:
            with deadline(min(self.total, left)):
                response = super().send(request, *args, **more)
                read_all(response)  # here, so that an answer cut off in the middle is logged as such
            status = response.status_code
        except requests.RequestException as error:
            status = type(error).__name__
            raise
        finally:
            ms = round((time.monotonic() - started) * 1000)
            self._log.info("%s %s %s %d ms attempt %d", request.method, template, status, ms, attempt)
        if exchanges.observers:
            exchanges.observe(request, response, self.base, self.service)
        if response.is_redirect or 300 <= response.status_code < 400:
            raise UrlRefused("The server answered with a redirect; redirects are refused.")
        return response


def check_inside(base: str, url: str) -> None:
    """Raises UrlRefused unless the address lies under the base, whatever dots or encodings it holds."""
    path = urlsplit(url).path
    inside = url == base or url.startswith((base + "/", base + "?"))
    if not inside or ".." in unquote(unquote(path)).replace("\\", "/").split("/"):
        raise UrlRefused("An address outside the base URL was refused.")


def lock(
    session: requests.Session,
    base_url: str,
    timeout: tuple[float, float] = TIMEOUT,
    total: float = TOTAL,
    service: str = "loket",
) -> None:
    """Makes any session of requests a locked one: see LockedAdapter. `service` names the request log.

    Sessions of one process share the connections with an address. They share nothing else: tokens stand in the headers
    of each request, and cookies are kept by nobody.
    """
    adapter = _shared(base_url, timeout, total, service)
    session.adapters.clear()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.max_redirects = 0
    session.cookies.set_policy(_NO_COOKIES)
    _keep_environment(session, base_url)
    if session.auth is None:  # else requests would look the host up in ~/.netrc and send that password
        session.auth = _as_is


def _keep_environment(session: requests.Session, base_url: str) -> None:
    """What the environment says of proxies and certificates, asked once: requests would ask before each request."""
    session.proxies = requests.utils.get_environ_proxies(base_url, no_proxy=None)
    if session.verify is True:
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    session.trust_env = False


_adapters: OrderedDict[tuple[str, tuple[float, float], float, str], LockedAdapter] = OrderedDict()
_adapters_lock = threading.Lock()


def _shared(base_url: str, timeout: tuple[float, float], total: float, service: str) -> LockedAdapter:
    """The one adapter of this process for an address; the one that was asked for longest ago makes room for a new one."""
    key = (base_url, timeout, total, service)
    with _adapters_lock:
        adapter = _adapters.get(key) or LockedAdapter(*key)
        _adapters[key] = adapter
        _adapters.move_to_end(key)
        if len(_adapters) > POOLS:
            _adapters.popitem(last=False)[1].close()  # whoever still uses it opens new connections
    return adapter


def _begin_anew() -> None:
    """Two processes on one connection would read each other's answers."""
    global _adapters_lock  # noqa: PLW0603  the parent may have held it at that moment
    _adapters_lock = threading.Lock()
    _adapters.clear()


os.register_at_fork(after_in_child=_begin_anew)

_NO_COOKIES = requests.cookies.cookielib.DefaultCookiePolicy(allowed_domains=[])  # type: ignore[attr-defined]


def _as_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
