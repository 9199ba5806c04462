"""What stands before every call: planned faults, scopes, rate limits, and the misbehaviour that the options ask for."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable

from flask import Response, request

from ..faults import Faults
from ..options import Options
from .errors import Wrong
from .tokens import Tokens

SCOPES = (
    "employees:read",
    "personio:persons:read",
    "personio:legal-entities:read",
    "personio:cost-centers:read",
    "personio:org-units:read",
    "personio:webhooks:read",
    "personio:webhooks:write",
)
LIMITS_V1 = ((1.0, 15), (60.0, 300))
LIMIT_AUTH = ((60.0, 60),)
RATE, BURST = 30, 100  # of v2: tokens a second, and at once


class Gate:
    """Lets a call through or raises Wrong."""

    def __init__(self, options: Options, tokens: Tokens, faults: Faults, clock: Callable[[], float]) -> None:
        self.options = options
        self.tokens = tokens
        self.faults = faults
        self.clock = clock
        self.lock = threading.Lock()
        self.calls: dict[str, deque[float]] = defaultdict(deque)
        self.buckets: dict[str, tuple[float, float]] = {}

    def begin(self) -> None:
        """Planned faults. They count for every call, the requests for a token too."""
        request.environ["simulator.fault"] = self.faults.before(request, with_rates=False)

    def auth(self) -> None:
        """The limit of requests for a token."""
        self._limited("auth", LIMIT_AUTH)

    def pass_v1(self) -> None:
        """A call of v1."""
        self._busy()
        token = bearer()
        if not token:
            raise Wrong(401, "Authorization is not provided")
        if not self.tokens.is_valid(token):
            raise Wrong(403, "Provided authorization is not valid")
        self._count()
        if "employees:read" in self.options.personio_missing_scopes:
            raise Wrong(403, "Client scope insufficient to access resource")
        self._limited("v1", LIMITS_V1)
        if self._taken("personio_success_false"):
            raise Wrong(200, "Something went wrong", code=0)

    def pass_v2(self, endpoint: str, scope: str) -> None:
        """A call of v2, of an endpoint with a bucket of its own."""
        self._busy()
        if not self.tokens.is_valid(bearer()):
            raise Wrong(401, "The access token is missing, unknown or expired")
        self._count()
        if self._draw(endpoint) < 0 and self.options.personio_limits:
            raise Wrong(429, "Too many requests")
        if scope in self.options.personio_missing_scopes:
            # Personio answers 401 where the right to read persons is missing, and 403 elsewhere.
            status = 401 if scope == "personio:persons:read" else 403
            raise Wrong(status, "Client scope insufficient to access resource")

    def finish_v2(self, response: Response) -> Response:
        """The state of the endpoint's bucket, on every answer of v2."""
        left = self.buckets.get(request.environ.get("personio.bucket", ""), (BURST, 0))[0]
        response.headers["x-ratelimit-replenish-rate"] = str(RATE)
        response.headers["x-ratelimit-burst-capacity"] = str(BURST)
        response.headers["x-ratelimit-requested-tokens"] = "1"
        response.headers["x-ratelimit-remaining"] = str(max(0, int(left)))
        return response

    def retry_after(self, response: Response) -> Response:
        """Says when to come back, only where the option says so: Personio doesn't."""
        if response.status_code == 429 and self.options.personio_retry_after:
            response.headers["Retry-After"] = self.options.personio_retry_after
        return response

    def _busy(self) -> None:
        if self._taken("personio_busy"):
            raise Wrong(429, "Too many requests")

    def _count(self) -> None:
        """This call is still good; after as many as the option says, the token isn't any more."""
        if self._taken("personio_expire_after") and not self.options.personio_expire_after:
            self.tokens.expire()

    def _taken(self, name: str) -> bool:
        """Counts an option down by one; False when there is nothing left of it."""
        with self.lock:
            left = int(getattr(self.options, name))
            if left > 0:
                setattr(self.options, name, left - 1)
        return left > 0

    def _limited(self, name: str, limits: tuple[tuple[float, int], ...]) -> None:
        if not self.options.personio_limits:
            return
        with self.lock:
            now, calls = self.clock(), self.calls[name]
            while calls and calls[0] <= now - 60:
                calls.popleft()
            for seconds, most in limits:
                if sum(moment > now - seconds for moment in calls) >= most:
                    raise Wrong(429, "Too many requests")
            calls.append(now)

    def _draw(self, endpoint: str) -> float:
        """Takes one token from the endpoint's bucket; below zero when it was empty."""
        request.environ["personio.bucket"] = endpoint
        with self.lock:
            left, since = self.buckets.get(endpoint, (float(BURST), self.clock()))
            now = self.clock()
            left = min(float(BURST), left + (now - since) * RATE)
            self.buckets[endpoint] = (max(left - 1, 0.0), now)
            return left - 1


def bearer() -> str:
    """The token of the request."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
