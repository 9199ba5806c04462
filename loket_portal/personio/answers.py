"""What an answer of Personio means: its JSON, or the error that says who does what next (rule 51)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests

from loket_portal.lib.http import NetworkError, retry_after
from loket_portal.lib.redact import redact_text
from loket_portal.personio.calls import Call
from loket_portal.personio.errors import (
    RETRY_LATER,
    ConfigProblem,
    CredentialsRefused,
    NotReadable,
    Retryable,
    SyncError,
    gettext_noop,
)

Parsed = TypeVar("Parsed")

DETAIL_LIMIT = 500  # characters of Personio's own words that are kept for support
COOL_DOWN = 60.0  # seconds to stay away when Personio goes on saying "too many" and not how long
INVALID = "authorization is not valid"  # what v1 says with 403 to a token that it no longer knows


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read once. `status` is what counts: v1 writes some refusals into the body of a 200."""

    status: int
    body: Any = field(repr=False)
    detail: str
    wait: float | None
    is_disguised: bool = False

    @property
    def is_trouble(self) -> bool:
        """Whether Personio itself is busy or broken: another try may go well."""
        return self.status == 429 or self.status >= 500


def of(response: requests.Response) -> Answer:
    """The answer in a response."""
    body = _json(response)
    is_disguised = response.ok and isinstance(body, dict) and body.get("success") is False
    status = _code(body) if is_disguised else response.status_code
    detail = "" if response.ok and not is_disguised else f"{status} {redact_text(_said(body))}"[:DETAIL_LIMIT].strip()
    return Answer(status, body if response.content else None, detail, retry_after(response.headers), is_disguised)


def is_unauthorized(call: Call, answer: Answer) -> bool:
    """Whether a new token might help. A 403 of v1 may mean the token or a right, and its words may be German."""
    return answer.status == 401 or (answer.status == 403 and not call.is_v2)


def read(call: Call, answer: Answer) -> Any:
    """The JSON of a good answer, None for an empty one and for one thing that is gone; raises what fits any other."""
    if answer.status == 404 and call.is_one:
        return None
    if answer.status >= 300:
        raise error_of(call, answer)
    if answer.body is not None and not isinstance(answer.body, dict | list):
        raise contract_problem(call, answer.status)
    return answer.body


def error_of(call: Call, answer: Answer) -> SyncError:
    """The error for an answer that is not good, after a new token was tried where one could help."""
    if answer.is_trouble:
        return _later(answer)
    if isinstance(answer.body, str):  # a web page of something in between: no word about the credentials
        return contract_problem(call, answer.status, answer.detail)
    if call.is_v2:
        is_unreadable = answer.status in (401, 403, 404, 412)
        return NotReadable(call.what, answer.detail) if is_unreadable else _odd(call, answer)
    if answer.status == 401 or (answer.status == 403 and INVALID in answer.detail.casefold()):
        return CredentialsRefused(answer.detail)
    return NotReadable(call.what, answer.detail) if answer.status == 403 else _odd(call, answer)


def sign_in_error(call: Call, answer: Answer) -> SyncError:
    """The error for a sign-in that gave no token."""
    is_about_us = 400 <= answer.status < 500 and answer.status not in (404, 405, 408, 429)
    if is_about_us and not isinstance(answer.body, str):
        return CredentialsRefused(answer.detail)
    return _later(answer) if answer.is_trouble else _odd(call, answer)


def network_error(call: Call, error: NetworkError) -> SyncError:
    """The error for a request that got no answer."""
    if error.is_certificate:
        return ConfigProblem(
            gettext_noop("The secure connection with Personio could not be made."),
            gettext_noop("Support checks the address of Personio and the certificates of this server."),
            str(error),
        )
    if error.is_too_big:
        return contract_problem(call, 200, str(error))
    return Retryable(gettext_noop("Personio could not be reached."), RETRY_LATER, str(error))


def contract_problem(call: Call, status: int, detail: str = "") -> ConfigProblem:
    """An answer that is not what Personio documents, such as an HTML page with status 200."""
    return ConfigProblem(
        gettext_noop("The answer to %(call)s is not what Personio documents (status %(status)s)."),
        gettext_noop("Support checks the address of Personio and whether this call still exists."),
        detail,
        params={"call": f"{call.method} {call.path}", "status": str(status)},
    )


def parsed(call: Call, parse: Callable[[Any], Parsed], raw: Any) -> Parsed:
    """What `parse` makes of a part of the answer; raises contract_problem when it can't be made."""
    try:
        return parse(raw)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # its words may hold a value of a person
        raise contract_problem(call, 200, type(error).__name__) from None


def _odd(call: Call, answer: Answer) -> ConfigProblem:
    return contract_problem(call, answer.status, answer.detail)


def _later(answer: Answer) -> Retryable:
    if answer.status == 429:
        wait = COOL_DOWN if answer.wait is None else answer.wait
        return Retryable(gettext_noop("Personio is too busy."), RETRY_LATER, answer.detail, retry_after=wait)
    message = gettext_noop("Personio has a fault of its own.")
    return Retryable(message, RETRY_LATER, answer.detail, retry_after=answer.wait)


def _json(response: requests.Response) -> Any:
    """The body; its text when it is no JSON."""
    try:
        return response.json()
    except (ValueError, RecursionError):  # no JSON, or brackets thousands deep
        return response.text


def _code(body: dict[str, Any]) -> int:
    """The code of a refusal inside a 200; 500 when it has none: then another try may go well."""
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500


def _said(body: Any) -> str:
    """Personio's own words, in any of its three shapes, and the number that its support asks for; not a web page."""
    if not isinstance(body, dict):
        return ""
    error, errors = body.get("error"), body.get("errors")
    texts = [error.get("message")] if isinstance(error, dict) else [error, body.get("error_description")]
    for item in errors if isinstance(errors, list) else ():
        texts += [item.get("title"), item.get("detail")] if isinstance(item, dict) else []
    texts.append(body.get("personio_trace_id") or body.get("trace_id"))
    return "; ".join(text for text in texts if isinstance(text, str) and text)
