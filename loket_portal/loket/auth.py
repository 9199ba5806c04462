"""The one writer of tokens (rule 33).

Loket gives a new refresh token with every refresh and may refuse the old one from then on: two refreshes at once, or a
new pair that was used before it was stored, end in "sign in again". So a refresh goes under a lease on the stored row,
and only for the version of the row that was read.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from loket_portal.loket.errors import Retryable, SignInNeeded, gettext_noop
from loket_portal.loket.oauth import LATER, CodeExpired, OAuth, Tokens, utc_now

__all__ = ["CodeExpired", "OAuth", "TokenSource", "TokenStore", "Tokens"]

MARGIN = timedelta(minutes=5)  # a token with less life than this is renewed before it is used
STILL_USABLE = timedelta(seconds=30)  # while somebody else renews it, one with more than this still does
OF_A_SHORT_LIFE = 4, 10  # and of a token that never lived long: less than a quarter of its life, more than a tenth
KNOWN = 5.0  # seconds for which a pair that was read is not read again
LEASE = 90  # seconds; more than two tries of an HTTP call that ends within 40 (`oauth.TOTAL`)
WAIT = LEASE + 15  # seconds to wait for somebody else's refresh: until a dead one's lease has certainly ended


class TokenStore(Protocol):
    """Where one sign-in's tokens are kept, shared by every thread and process."""

    def read(self) -> Tokens:
        """The newest committed pair."""
        ...

    def take_lease(self, version: int, holder: str, seconds: int) -> bool:
        """Compare and set: False when somebody holds a live lease, or when the version has moved on."""
        ...

    def store(self, version: int, holder: str, tokens: Tokens) -> bool:
        """Commits the pair as version + 1 and frees the lease; False when the holder has lost it."""
        ...

    def release(self, holder: str) -> None:
        """Frees the holder's lease, if it still has one."""
        ...

    def sign_in_needed(self, version: int, reason: str) -> None:
        """Notes that Loket refuses this version for good. Deletes nothing."""
        ...


class TokenSource:
    """Access tokens of one sign-in, renewed in time, by one at a time (rule 33). Safe for threads."""

    def __init__(
        self,
        store: TokenStore,
        oauth: OAuth,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`clock` and `sleep` are for tests."""
        self._store, self._oauth, self._clock, self._sleep = store, oauth, clock, sleep
        self._lock = threading.Lock()
        self._known: tuple[Tokens, float] | None = None

    def access_token(self) -> str:
        """A token that is good for some minutes. Raises SignInNeeded, ConfigProblem, Retryable."""
        tokens = self._read()
        if self._is_fresh(tokens):
            return tokens.access_token
        return self._renewed(self._read(is_anew=True)).access_token

    def after_401(self, stale: str) -> str:
        """A token other than the one that Loket refused; whoever comes second gets the first one's new token."""
        tokens = self._read(is_anew=True)
        if tokens.access_token == stale:
            return self._renewed(tokens, is_refused=True).access_token
        return self._renewed(tokens).access_token

    def _read(self, *, is_anew: bool = False) -> Tokens:
        """The stored pair. With every request of many threads that would be a query and a decryption each."""
        with self._lock:
            now = time.monotonic()
            if is_anew or self._known is None or now - self._known[1] > KNOWN:
                self._known = self._store.read(), now
            return self._known[0]

    def _is_fresh(self, tokens: Tokens) -> bool:
        return self._lives(tokens) > min(MARGIN, timedelta(seconds=tokens.life / OF_A_SHORT_LIFE[0]))

    def _is_usable(self, tokens: Tokens) -> bool:
        return self._lives(tokens) > min(STILL_USABLE, timedelta(seconds=tokens.life / OF_A_SHORT_LIFE[1]))

    def _lives(self, tokens: Tokens) -> timedelta:
        return tokens.expires_at - self._clock()

    def _renewed(self, tokens: Tokens, *, is_refused: bool = False) -> Tokens:
        """Refreshes under the lease; without it goes on with a usable token, or waits for the one who has it."""
        holder, waited, pause = uuid.uuid4().hex, 0.0, 0.1
        if self._is_fresh(tokens) and not is_refused:
            return tokens
        while not self._store.take_lease(tokens.version, holder, LEASE):
            newer = self._read(is_anew=True)
            is_refused = is_refused and newer.version == tokens.version
            tokens = newer
            if self._is_usable(tokens) and not is_refused:
                return tokens
            if waited > WAIT:
                raise Retryable(gettext_noop("Renewing the sign-in at Loket takes too long."), LATER)
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 1.0)
        try:
            # again: whoever had the lease before may have been refused, and then nobody else asks (Loket is not hammered)
            return self._refresh(self._read(is_anew=True), holder)
        finally:
            self._store.release(holder)

    def _refresh(self, tokens: Tokens, holder: str) -> Tokens:
        try:
            fresh = self._asked(tokens)
        except SignInNeeded as refusal:
            return self._after_invalid_grant(tokens, refusal)
        if self._store.store(tokens.version, holder, fresh):  # committed before anybody uses it
            with self._lock:
                self._known = None
            return replace(fresh, version=tokens.version + 1)
        return self._newer(tokens) or self._give_up(tokens)

    def _asked(self, tokens: Tokens) -> Tokens:
        """A lost answer is asked for once more with the same refresh token: servers forgive that, as a rule.

        Not when the server says how long to wait: then it gave an answer.
        """
        try:
            return self._oauth.refresh(tokens)
        except Retryable as error:
            if error.retry_after is not None:
                raise
            return self._oauth.refresh(tokens)

    def _after_invalid_grant(self, tokens: Tokens, refusal: SignInNeeded) -> Tokens:
        """Another token in the store means that a race was lost, not that the sign-in is dead."""
        newer = self._newer(tokens)
        if newer is None:
            self._sleep(2)
            newer = self._newer(tokens)
        if newer is None:
            self._store.sign_in_needed(tokens.version, refusal.detail)
            raise refusal
        return newer

    def _newer(self, tokens: Tokens) -> Tokens | None:
        stored = self._read(is_anew=True)
        return stored if stored.refresh_token != tokens.refresh_token or stored.version != tokens.version else None

    def _give_up(self, tokens: Tokens) -> Tokens:
        raise Retryable(
            gettext_noop("Renewing the sign-in at Loket takes too long."), LATER, f"version {tokens.version}"
        )
