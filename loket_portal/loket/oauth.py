"""OAuth 2.0 with Loket: the sign-in address, the exchange of the code, the refresh (rules 32 and 34)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from loket_portal.lib.http import UrlRefused, lock, retry_after
from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded, SyncError, gettext_noop

LIFE = 3599  # seconds that a token lives when the answer does not say so
TOTAL = 40.0  # seconds for one call in all; two of them fit in the lease of a refresh (`auth.LEASE`)

SIGN_IN_AGAIN = gettext_noop("An administrator connects Loket.nl again.")
LATER = gettext_noop("Nothing to do: it is tried again by itself.")


class CodeExpired(ConfigProblem):
    """The code that came back from Loket's sign-in page was used, is too old, or belongs to another sign-in."""


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tokens:
    """A pair of tokens. `expires_at` (aware, UTC) is the access token's, which had `life` seconds when it came; `version`
    counts the stored pairs."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    version: int
    life: float = field(default=LIFE, compare=False)


class OAuth:
    """Loket's authorization server, as one registered application."""

    def __init__(
        self, oauth_url: str, client_id: str, client_secret: str, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        """`oauth_url` is an environment's address, such as `https://oauth.loket.nl`."""
        self._url, self._client, self._clock = oauth_url.rstrip("/"), (client_id, client_secret), clock

    def authorization_url(self, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Where to send the browser; carries the S256 challenge of the verifier, never the verifier."""
        url, _ = self._session().create_authorization_url(
            f"{self._url}/authorize", state=state, code_verifier=code_verifier, redirect_uri=redirect_uri, scope="all"
        )
        return str(url)

    def exchange(self, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """The first pair, version 0. Raises CodeExpired, ConfigProblem, Retryable (the code may be lost then)."""

        def fetch(session: Any) -> Any:
            return session.fetch_token(
                f"{self._url}/token",
                grant_type="authorization_code",
                code=code,
                redirect_uri=redirect_uri,
                code_verifier=code_verifier,
            )

        return self._tokens(fetch, None)

    def refresh(self, tokens: Tokens) -> Tokens:
        """A new pair of the same version number; keeps the refresh token when Loket sends no new one.

        Raises SignInNeeded (invalid_grant), ConfigProblem (our application is refused), Retryable.
        """

        def fetch(session: Any) -> Any:
            return session.refresh_token(f"{self._url}/token", refresh_token=tokens.refresh_token)

        return self._tokens(fetch, tokens)

    def _session(self) -> Any:
        # One per call: Authlib keeps the last token in the session, and threads must not see each other's.
        session = OAuth2Session(
            *self._client, token_endpoint_auth_method="client_secret_post", code_challenge_method="S256"
        )
        session.register_compliance_hook("access_token_response", _refuse_busy)
        session.register_compliance_hook("refresh_token_response", _refuse_busy)
        lock(session, self._url, total=TOTAL)
        return session

    def _tokens(self, fetch: Callable[[Any], Any], old: Tokens | None) -> Tokens:
        asked_at = self._clock()
        try:
            answer = fetch(self._session())
        except OAuthError as error:
            raise _refused(error, is_refresh=old is not None) from error
        except (UrlRefused, ValueError) as error:  # requests' error for "this is no JSON" is a ValueError too
            raise _not_oauth() from error
        except requests.RequestException as error:
            raise Retryable(
                gettext_noop("Loket's sign-in server could not be reached."), LATER, type(error).__name__
            ) from None
        refresh_token = answer.get("refresh_token") or (old.refresh_token if old else "")
        if not answer.get("access_token") or not refresh_token:
            raise _not_oauth()
        life = float(answer.get("expires_in") or LIFE)
        expires_at = asked_at + timedelta(seconds=life)
        return Tokens(answer["access_token"], refresh_token, expires_at, old.version if old else 0, life)


def _refuse_busy(response: requests.Response) -> requests.Response:
    if response.status_code == 429 or response.status_code >= 500:
        raise Retryable(
            gettext_noop("Loket's sign-in server is too busy or has a fault."),
            LATER,
            str(response.status_code),
            retry_after=retry_after(response.headers),
        )
    return response


def _refused(error: Any, *, is_refresh: bool) -> SyncError:
    """The error for an OAuth error code (rule 34)."""
    if error.error == "invalid_grant" and is_refresh:
        return SignInNeeded(gettext_noop("Loket no longer accepts the sign-in."), SIGN_IN_AGAIN, error.error)
    if error.error == "invalid_grant":
        return CodeExpired(
            gettext_noop("The sign-in took too long, or was used before."),
            gettext_noop("Start connecting Loket.nl once more."),
            error.error,
        )
    return ConfigProblem(
        gettext_noop("Loket's sign-in server refuses our application (%(error)s)."),
        gettext_noop("Support checks LOKET_CLIENT_ID, LOKET_CLIENT_SECRET and the redirect address."),
        str(error.description or ""),
        params={"error": str(error.error)},
    )


def _not_oauth() -> ConfigProblem:
    return ConfigProblem(
        gettext_noop("Loket's sign-in server gave an answer that is not one of OAuth."),
        gettext_noop("Support checks LOKET_OAUTH_URL."),
    )
