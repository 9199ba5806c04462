"""How a call is made: headers, token, pace, one repeat with a new token. What to ask for is in `client`."""

from collections.abc import Callable, Mapping
from typing import Any

from loket_portal.lib.http import LockedSession, NetworkError, UrlRefused
from loket_portal.personio import answers, calls, errors
from loket_portal.personio.answers import Answer
from loket_portal.personio.auth import LIFE, Credentials, Token, TokenKeeper
from loket_portal.personio.calls import Call
from loket_portal.personio.errors import ConfigProblem, CredentialsRefused, NotReadable, gettext_noop
from loket_portal.personio.pacing import Pacing

BUSY_WAIT = 1.0  # seconds at least after a 429 without Retry-After
WAITS = (1.0, 2.0, 4.0)  # seconds between the tries when the trouble stands in the body of a 200


class Transport:
    """Makes calls with one customer's credentials and keeps their token, in memory only."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        headers: Mapping[str, str],
        *,
        sleep: Callable[[float], object],
        clock: Callable[[], float],
        **limits: Any,
    ) -> None:
        """`limits`: the seconds of a call, as `LockedSession` takes them."""
        self._credentials, self._headers, self._sleep = credentials, headers, sleep
        self._pacing = Pacing(sleep, clock)
        self._session = LockedSession(
            base_url,
            service="personio",
            busy_wait=BUSY_WAIT,
            pace=self._pacing.before,
            sleep=sleep,
            clock=clock,
            **limits,
        )
        self._v1 = TokenKeeper(self._ask, clock)
        self._v2 = TokenKeeper(self._ask_v2, clock, borrow=self._v1.access_token)

    def sign_in(self) -> None:
        """Asks for a token at once. Raises CredentialsRefused, Retryable."""
        self._v1.renew()

    def json(
        self,
        call: Call,
        ids: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        body: Any = None,
    ) -> Any:
        """The JSON of the answer, None for an empty one and for one thing that is gone.

        After a refusal of the token it is asked once more with a new one, and never a third time (rule 51).
        """
        path, request = call.path_for(ids or {}), {"params": params, "json": body}
        token = self._v2.access_token() if call.is_v2 else self._v1.access_token()
        answer = self._tried(call, path, token, request)
        if answers.is_unauthorized(call, answer):
            answer = self._tried(call, path, self._another_token(call, token), request)
        return answers.read(call, answer)

    def _another_token(self, call: Call, stale: str) -> str:
        if not call.is_v2:
            return self._v1.after_refusal(stale)
        try:
            return self._v2.after_refusal(stale)
        except CredentialsRefused as error:  # v1 took them: it is only v2 that is closed to them
            raise NotReadable(call.what, error.detail) from None

    def _tried(self, call: Call, path: str, token: str, request: Mapping[str, Any]) -> Answer:
        """The answer; a GET is asked again when the trouble looked like a good answer or a fickle 404."""
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._send(call, path, headers=headers, **request)
        for wait in WAITS if call.method == "GET" else ():
            is_fickle = call.is_fickle and answer.status == 404
            if not is_fickle and not (answer.is_disguised and answer.is_trouble):
                break
            self._sleep(wait)
            answer = self._send(call, path, headers=headers, **request)
        return answer

    def _send(self, call: Call, path: str, *, headers: Mapping[str, str] | None = None, **request: Any) -> Answer:
        headers = {**self._headers, **(headers or {})}
        try:
            response = self._session.request(call.method, path, template=call.path, headers=headers, **request)
        except NetworkError as error:
            raise answers.network_error(call, error) from None  # its cause holds the address with its query
        except UrlRefused as error:
            raise ConfigProblem(
                gettext_noop("An address that is not Personio's was refused."), errors.SUPPORT_LOOKS, str(error)
            ) from error
        if call.is_v2:
            self._pacing.after(call.path, response.headers)
        return answers.of(response)

    # Asking twice for a token does no harm: it is the same one. The credentials go in the body, never in the address.

    def _ask(self) -> Token:
        given = {"client_id": self._credentials.client_id, "client_secret": self._credentials.client_secret}
        answer = self._send(calls.SIGN_IN, calls.SIGN_IN.path, json=given, is_safe=True)
        body = _signed_in(calls.SIGN_IN, answer)
        return answers.parsed(calls.SIGN_IN, lambda raw: _token(raw["data"], "token"), body)

    def _ask_v2(self) -> Token:
        given = {"client_id": self._credentials.client_id, "client_secret": self._credentials.client_secret}
        form = {"grant_type": "client_credentials", **given}
        answer = self._send(calls.SIGN_IN_V2, calls.SIGN_IN_V2.path, data=form, is_safe=True)
        body = _signed_in(calls.SIGN_IN_V2, answer)
        return answers.parsed(calls.SIGN_IN_V2, lambda raw: _token(raw, "access_token"), body)


def _signed_in(call: Call, answer: Answer) -> Any:
    if answer.status >= 300:
        raise answers.sign_in_error(call, answer)
    return answer.body


def _token(data: Any, key: str) -> Token:
    """A token must be plain text, for it goes into a header; its life need not be told."""
    text, life = data[key], data.get("expires_in")
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or not text.strip():
        raise ValueError(key)
    return Token(text.strip(), float(life) if isinstance(life, int | float) and life > 0 else LIFE)
