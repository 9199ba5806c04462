"""What an answer of Loket means: its JSON, or the error that says who does what next (rules 50 and 51)."""

from collections.abc import Callable
from typing import Any, TypeVar

import requests

from loket_portal.lib import quick_json
from loket_portal.lib.http import NetworkError, retry_after
from loket_portal.lib.redact import redact_text
from loket_portal.loket.calls import Call
from loket_portal.loket.errors import (
    ConfigProblem,
    Conflict,
    Forbidden,
    RecordRejected,
    Retryable,
    SignInNeeded,
    SyncError,
    WriteUnsure,
    gettext_noop,
)
from loket_portal.loket.payloads import Message, Raw, messages
from loket_portal.loket.rights import RIGHT_OF

Parsed = TypeVar("Parsed")

REJECTING = frozenset({"brokenbusinessrule", "exception", "notfound"})
DETAIL_LIMIT = 500  # characters of Loket's own words that are kept for support

SUPPORT_LOOKS = gettext_noop("Support looks into it; nothing needs to be entered again.")
RETRY_LATER = gettext_noop("Nothing to do: it is tried again by itself.")


def read(call: Call, response: requests.Response) -> Any:
    """The JSON of a good answer, None for an empty one; raises the SyncError that fits any other."""
    if not response.ok:
        raise error_of(call, response)
    if not response.content:
        return None
    body = _json(response)
    if not isinstance(body, dict | list):
        raise unreadable(call, response.status_code, response.headers.get("Content-Type", ""))
    refusals = tuple(message for message in messages(body) if message.type.casefold() in REJECTING)
    if refusals:  # 200 and yet refused: Loket reports some failures only in the messages
        raise rejected(messages(body), response.status_code)
    return body


def error_of(call: Call, response: requests.Response) -> SyncError:
    """The error for a status that is not 2xx."""
    status, detail = response.status_code, _detail(response)
    if status == 401:
        return SignInNeeded(
            gettext_noop("Loket does not accept the sign-in, even with a fresh token."),
            gettext_noop("An administrator connects Loket.nl again."),
            detail,
        )
    if status == 403:
        return forbidden(call, detail)
    if status in (409, 412):  # 412 is what HTTP itself says to an If-Match that no longer holds
        return Conflict(
            gettext_noop("Somebody else changed this record in Loket at the same moment; nothing was overwritten."),
            RETRY_LATER,
            detail,
        )
    if status == 429 or status >= 500:
        return _later(call, response, detail)
    if not call.is_record:
        return _wrong_address(call, status, detail)
    said = _said(response)
    return rejected(said, status) if status in (400, 404, 422) else _odd(call, status, detail, said)


def network_error(call: Call, error: NetworkError) -> SyncError:
    """The error for a request that got no answer."""
    if error.is_certificate:
        return ConfigProblem(
            gettext_noop("The secure connection with Loket could not be made."),
            gettext_noop("Support checks the address of Loket and the certificates of this server."),
            str(error),
        )
    if error.is_too_big:
        return unreadable(call, 200, str(error))
    if call.is_write and error.is_sent:
        return _unsure(str(error), None)
    return Retryable(gettext_noop("Loket could not be reached."), RETRY_LATER, str(error))


def forbidden(call: Call, detail: str = "") -> Forbidden:
    """403: a right or a module is missing; asking again is useless until somebody gives it (rules 19 and 51)."""
    return Forbidden(
        gettext_noop("The Loket user lacks a right, most likely “%(right)s”."),
        gettext_noop(
            "The payroll administrator or tax accountant gives the Loket user this right in Loket; then start again. "
            "If the user has it already, support checks what our application may do at Loket (%(activity)s)."
        ),
        detail,
        params={"activity": call.activity, "right": RIGHT_OF.get(call.activity, call.activity)},
    )


NOT_DOCUMENTED = gettext_noop("The answer to %(activity)s is not what Loket documents (status %(status)s).")


def unreadable(call: Call, status: int, detail: str = "") -> SyncError:
    """A good status with a body that is not what Loket documents, such as an HTML page with status 200.

    About one person it stops only that person; after a write nobody knows what was stored, so that is read back.
    """
    if not call.is_record:
        return contract_problem(call, status, detail)
    return _unsure(detail, None) if call.is_write else _odd(call, status, detail)


def _odd(call: Call, status: int, detail: str, said: tuple[Message, ...] = ()) -> RecordRejected:
    """An odd answer about one person, whose trouble must not stop the others (rule 50)."""
    return RecordRejected(
        NOT_DOCUMENTED,
        gettext_noop("The others went on; support looks into this one."),
        detail,
        messages=said or (Message(None, "Exception", f"HTTP {status}"),),
        status=status,
        params={"activity": call.activity, "status": str(status)},
    )


def contract_problem(call: Call, status: int, detail: str = "") -> ConfigProblem:
    """An answer, about more than one person, that is not what Loket documents."""
    return ConfigProblem(
        NOT_DOCUMENTED,
        gettext_noop("Support checks the address of Loket and whether this version of the call still exists."),
        detail,
        params={"activity": call.activity, "status": str(status)},
    )


def rejected(said: tuple[Message, ...], status: int) -> RecordRejected:
    """Loket's refusal of one record, with its reasons."""
    if status == 404:
        return RecordRejected(
            gettext_noop("Loket no longer has this record."),
            gettext_noop("The payroll manager checks whether the person was removed in Loket."),
            messages=said,
            status=status,
        )
    return RecordRejected(
        gettext_noop("Loket refused this record."),
        gettext_noop("The payroll manager corrects what Loket says about it, and syncs again."),
        messages=said,
        status=status,
    )


def _later(call: Call, response: requests.Response, detail: str) -> Retryable:
    wait = retry_after(response.headers)
    # 503 with a Retry-After is a polite refusal before anything was done; any other 5xx tells nothing about a write
    is_refusal = response.status_code == 429 or (response.status_code == 503 and wait is not None)
    if call.is_write and not is_refusal:
        return _unsure(detail, wait)
    message = gettext_noop("Loket is too busy.") if is_refusal else gettext_noop("Loket has a fault of its own.")
    return Retryable(message, RETRY_LATER, detail, retry_after=wait)


def _unsure(detail: str, wait: float | None) -> WriteUnsure:
    return WriteUnsure(
        gettext_noop("Loket gave no clear answer, so it is not certain whether the change was stored."),
        gettext_noop("Nothing to do: the next sync reads what Loket has before it writes again."),
        detail,
        retry_after=wait,
    )


def _wrong_address(call: Call, status: int, detail: str) -> ConfigProblem:
    if status != 404:
        return contract_problem(call, status, detail)
    return ConfigProblem(
        gettext_noop("Loket does not know what was asked for by %(activity)s."),
        gettext_noop(
            "The payroll administrator checks that the employer and the administration still exist in Loket and that "
            "the Loket user can see them; otherwise support checks the address of Loket."
        ),
        detail,
        params={"activity": call.activity},
    )


def _json(response: requests.Response) -> Any:
    try:
        return quick_json.loads(response.content)
    except (ValueError, RecursionError):  # no JSON, or brackets thousands deep
        return None


def _said(response: requests.Response) -> tuple[Message, ...]:
    """Loket's reasons, also from an answer of plain text or with one `message`; () from an empty one or a web page."""
    body = _json(response)
    if said := messages(body):
        return said
    text = body.get("message") if isinstance(body, dict) else body if isinstance(body, str) else None
    if body is None and "<" not in response.text:
        text = response.text.strip()
    kind = "NotFound" if response.status_code == 404 else "BrokenBusinessRule"
    return (Message(None, kind, str(text)[:DETAIL_LIMIT]),) if text else ()


def _detail(response: requests.Response) -> str:
    said = "; ".join(message.description for message in _said(response))
    return f"{response.status_code} {redact_text(said)}"[:DETAIL_LIMIT].strip()


def body_of(call: Call, body: Any) -> Raw:
    """The answer as an object; raises what `unreadable` gives when it is something else."""
    if not isinstance(body, dict):
        raise unreadable(call, 200)
    return body


def parsed(call: Call, parse: Callable[[Raw], Parsed], raw: Any) -> Parsed:
    """The type that `parse` makes of a part of the answer; raises what `unreadable` gives when it can't be made."""
    try:
        return parse(raw)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # its words may hold a value of a person
        raise unreadable(call, 200, type(error).__name__) from None
