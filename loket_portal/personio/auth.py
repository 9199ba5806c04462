"""Tokens of Personio: asked for with the credentials in the body, kept in memory, renewed in time and after a refusal.

Personio gives the same token for the same credentials for 24 hours: nothing rotates, and several may use it at once.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

LIFE = 86_400.0  # seconds that a token lives when the answer does not say so
MARGIN = 60.0  # seconds before its end that it is asked for again; never more than half of its life


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of a custom integration in Personio."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the seconds it lives from now."""

    text: str = field(repr=False)
    life: float = LIFE


class TokenKeeper:
    """The present token of one version of the API; one thread at a time asks for it."""

    def __init__(
        self, ask: Callable[[], Token], clock: Callable[[], float], borrow: Callable[[], str] | None = None
    ) -> None:
        """`ask` gets a token from Personio; `borrow` gives another keeper's, used until Personio refuses it here."""
        self._ask, self._clock, self._borrow = ask, clock, borrow
        self._lock = threading.Lock()
        self._token, self._renew_at = "", 0.0

    def access_token(self) -> str:
        """A token to use now. Raises what `ask` raises."""
        with self._lock:
            if not self._token and self._borrow:
                return self._borrow()
            if not self._token or self._clock() >= self._renew_at:
                self._renew()
            return self._token

    def after_refusal(self, stale: str) -> str:
        """A token to use instead of this one; who comes second gets the first one's."""
        with self._lock:
            if self._token in ("", stale):
                self._renew()
            return self._token

    def renew(self) -> None:
        """Asks for a token at once."""
        with self._lock:
            self._renew()

    def _renew(self) -> None:
        asked_at = self._clock()
        token = self._ask()
        self._token, self._renew_at = token.text, asked_at + token.life - min(MARGIN, token.life / 2)
