"""A sign-in at the simulator through its pages, and a token store in memory."""

import threading
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import requests

from loket_portal.loket.auth import OAuth, Tokens
from loket_portal.loket.errors import SignInNeeded
from loket_portal.simulator import Options
from loket_portal.simulator.options import PASSWORD, SECOND_FACTOR, USERNAME

REDIRECT = "http://127.0.0.1/callback"
VERIFIER = "v" * 50


def oauth(url: str) -> OAuth:
    """OAuth with a simulator, as its demo application."""
    return OAuth(url, Options.client_id, Options.client_secret)


def code_at(url: str, username: str = USERNAME) -> str:
    """What comes back in the address after a user signed in on the simulator's pages."""
    with requests.Session() as browser:
        page = browser.get(oauth(url).authorization_url(REDIRECT, "a-state", VERIFIER))
        page = browser.post(page.url, data={"username": username, "password": PASSWORD})
        back = browser.post(page.url, data={"code": SECOND_FACTOR}, allow_redirects=False)
    answer = parse_qs(urlsplit(back.headers["Location"]).query)
    assert answer["state"] == ["a-state"]
    return answer["code"][0]


def sign_in(url: str) -> Tokens:
    """A first pair of tokens."""
    return oauth(url).exchange(code_at(url), REDIRECT, VERIFIER)


class MemoryTokenStore:
    """A TokenStore for one process; keeps every pair that it ever held."""

    def __init__(self, tokens: Tokens) -> None:
        self._lock = threading.Lock()
        self.history = [tokens]
        self.lease: tuple[str, float] | None = None
        self.refused: list[str] = []

    def read(self) -> Tokens:
        with self._lock:
            if self.refused:
                raise SignInNeeded("refused before")
            return self.history[-1]

    def take_lease(self, version: int, holder: str, seconds: int) -> bool:
        with self._lock:
            is_taken = self.lease is not None and self.lease[1] > time.monotonic()
            if is_taken or self.history[-1].version != version:
                return False
            self.lease = (holder, time.monotonic() + seconds)
            return True

    def store(self, version: int, holder: str, tokens: Tokens) -> bool:
        with self._lock:
            if self.lease is None or self.lease[0] != holder or self.history[-1].version != version:
                return False
            self.history.append(replace(tokens, version=version + 1))
            self.lease = None
            return True

    def release(self, holder: str) -> None:
        with self._lock:
            if self.lease and self.lease[0] == holder:
                self.lease = None

    def sign_in_needed(self, version: int, reason: str) -> None:
        with self._lock:
            if self.history[-1].version == version:
                self.refused.append(reason)
