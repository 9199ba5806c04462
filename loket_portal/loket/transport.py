"""How a call is made: token, headers, paging, one repeat after a 401. What to ask for is in `client`.

A PUT replaces a whole object, so it would undo what somebody else did since we read it. A detail GET therefore leaves
its ETag here, and the next PUT of the same object sends it as If-Match: Loket refuses that PUT when its object is
another by then (Conflict), and the caller reads it again.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from datetime import date
from functools import partial
from typing import Any, Protocol

import requests

from loket_portal.lib.http import LockedSession, NetworkError, UrlRefused
from loket_portal.loket import answers, payloads
from loket_portal.loket.calls import Call
from loket_portal.loket.errors import ConfigProblem, Retryable, gettext_noop
from loket_portal.loket.paging import Page, pages
from loket_portal.loket.payloads import Message, Raw

PAGE_SIZE = 250
TOTAL = 40.0  # seconds of one attempt in all: less than the lease of a run and of a slot (onboarding/services/slots.py)

logger = logging.getLogger("loket.versions")


class AccessTokens(Protocol):
    """Where access tokens come from: `auth.TokenSource`, or anything alike."""

    def access_token(self) -> str:
        """A token to use now."""
        ...

    def after_401(self, stale: str) -> str:
        """A token to use instead of this one, which Loket refused."""
        ...


class _FixedTokens:
    """A function as AccessTokens: there is nothing to renew."""

    def __init__(self, function: Callable[[], str]) -> None:
        self.access_token = function

    def after_401(self, stale: str) -> str:
        return self.access_token()


class _Warnings(threading.local):
    """Of each thread its own: nobody gets the remarks on somebody else's person."""

    def __init__(self) -> None:
        self.here: list[Message] = []


class Transport:
    """Makes calls for one signed-in user and keeps what their answers say by the way. Safe for several threads."""

    def __init__(self, api_url: str, tokens: AccessTokens | Callable[[], str], **session: Any) -> None:
        self._session = LockedSession(api_url, **{"total": TOTAL, **session})
        self._tokens = _FixedTokens(tokens) if callable(tokens) else tokens
        self.obsolete: dict[str, date] = {}
        self._obsolete_lock = threading.Lock()
        self._warnings = _Warnings()
        self._etags: dict[str, str] = {}  # by path; single operations on a dict are safe for several threads

    @property
    def calls(self) -> int:
        """How many requests were sent, repeated ones too."""
        return self._session.calls

    @property
    def repeats(self) -> int:
        """How many of them repeated one."""
        return self._session.repeats

    def take_warnings(self) -> tuple[Message, ...]:
        """What Loket remarked on the writes of this thread since it asked last."""
        taken, self._warnings.here = self._warnings.here, []
        return tuple(taken)

    def content(self, call: Call, body: Raw | None = None, **ids: str) -> Raw:
        """The `content` of the answer about one object."""
        return answers.body_of(call, answers.body_of(call, self.json(call, ids, body)).get("content"))

    def rows(
        self,
        call: Call,
        params: Mapping[str, str | int] | None = None,
        executor: Executor | None = None,
        ahead: int = 1,
        expected: int = 0,
        /,
        **ids: str,
    ) -> Iterator[Raw]:
        """Every row of a list, page by page; a list without its envelope is accepted too. `params` narrow the list.

        `executor` and `ahead` are as `paging.pages` has them, `expected` are rows. Raises Retryable at the end when fewer
        rows came than a page counted: one may have moved to a page already read.
        """
        seen = size = 0
        fetch, read = partial(self._answer_of_page, call, ids, params or {}), partial(self._page, call, ids)
        full = expected // PAGE_SIZE  # pages of which that many rows are sure to be
        for page in pages(fetch, read, executor, ahead, full):
            seen, size = seen + len(page.rows), max(size, page.size)
            yield from page.rows
            del page  # or it would be there still while the next one is read
        if call.is_paged and seen < size:
            raise Retryable(
                gettext_noop("A list changed in Loket while it was being read."), answers.RETRY_LATER, call.activity
            )

    def _answer_of_page(
        self, call: Call, ids: Mapping[str, str], params: Mapping[str, str | int], number: int
    ) -> requests.Response:
        paging = {"pageNumber": number, "pageSize": PAGE_SIZE} if call.is_paged else {}
        return self._answer(call, ids, {"params": {**paging, **params}})

    def _page(self, call: Call, ids: Mapping[str, str], response: requests.Response) -> Page:
        answer = self._read(call, ids, response)
        body: Raw = {"_embedded": answer} if isinstance(answer, list) else answers.body_of(call, answer)
        rows = body.get("_embedded")
        if not isinstance(rows, list):
            raise answers.unreadable(call, 200)
        return (
            Page(rows, int(body.get("totalPages") or 1), int(body.get("totalSize") or 0))
            if call.is_paged
            else Page(rows)
        )

    def json(
        self,
        call: Call,
        ids: Mapping[str, str],
        body: Raw | None = None,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of the answer, None for an empty one; after a 401 once more, with a new token (rule 51)."""
        answer = self._answer(call, ids, {"params": params, "json": body, "headers": headers})
        return self._read(call, ids, answer)

    def _answer(self, call: Call, ids: Mapping[str, str], given: Mapping[str, Any]) -> requests.Response:
        """The answer, whatever it says."""
        token = self._tokens.access_token()
        path = call.path_for(ids)
        headers = {**(given.get("headers") or {}), **self._if_match(call, path)}
        request = {"params": given.get("params"), "json": given.get("json"), "headers": headers}
        response = self._send(call, path, token, request)
        if response.status_code == 401:
            response = self._send(call, path, self._tokens.after_401(token), {**request, "is_repeat": True})
        return response

    def _read(self, call: Call, ids: Mapping[str, str], response: requests.Response) -> Any:
        answer = answers.read(call, response)
        self._keep_etag(call, call.path_for(ids), response)
        self._note(call, answer)
        return answer

    def _if_match(self, call: Call, path: str) -> dict[str, str]:
        """If-Match for a PUT of what was read last; once, for after the PUT the object is another.

        A PATCH below an object (`…/terminate`) makes it another too: a PUT after it is no conflict with ourselves.
        """
        if call.method == "PATCH":
            self._etags.pop(path.rpartition("/")[0], "")
        etag = self._etags.pop(path, "") if call.method == "PUT" else ""
        return {"If-Match": etag} if etag else {}

    def _keep_etag(self, call: Call, path: str, response: requests.Response) -> None:
        if call.method == "GET" and call.is_record and not call.is_paged:
            etag = response.headers.get("ETag", "")
            self._etags[path] = "" if etag.startswith("W/") else etag  # a weak one never matches (RFC 9110, 13.1.1)

    def _send(self, call: Call, path: str, token: str, request: Mapping[str, Any]) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", "Accept": call.accept, **request["headers"]}
        if request["json"] is not None:
            headers["Content-Type"] = call.accept
        about = path if call.is_record else ""
        try:
            return self._session.request(
                call.method, path, template=call.path, about=about, **{**request, "headers": headers}
            )
        except NetworkError as error:
            raise answers.network_error(call, error) from None  # its cause holds the address with its query
        except UrlRefused as error:
            raise ConfigProblem(
                gettext_noop("An address that is not Loket's was refused."), answers.SUPPORT_LOOKS, str(error)
            ) from error

    def _note(self, call: Call, answer: Any) -> None:
        if ends_on := _end_of_version(answer):
            self._note_end(call, ends_on)
        if call.method in ("PUT", "POST"):  # a PATCH gives its messages to whoever asked for it
            self._warnings.here += payloads.messages(answer)

    def _note_end(self, call: Call, ends_on: date) -> None:
        """Once for each call of this client: whoever runs the product has until that day to choose a newer version."""
        with self._obsolete_lock:
            is_news, self.obsolete[call.activity] = call.activity not in self.obsolete, ends_on
        if is_news:
            logger.warning("Loket ends version %s of %s on %s", call.version, call.activity, ends_on)


def _end_of_version(answer: Any) -> date | None:
    """The announced end; an unreadable one is no reason to fail after a write that succeeded."""
    version = answer.get("version") if isinstance(answer, dict) else None
    try:
        return payloads.day(version.get("obsoleteDate")) if isinstance(version, dict) else None
    except (TypeError, ValueError):
        return None
