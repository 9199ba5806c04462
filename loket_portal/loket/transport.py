"""How a call is made: token, headers, paging, one repeat after a 401. What to ask for is in `client`.

A PUT replaces a whole object, so it would undo what somebody else did since we read it. A detail GET therefore leaves
its ETag here, and the next PUT of the same object sends it as If-Match: Loket refuses that PUT when its object is
another by then (Conflict), and the caller reads it again.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol

import requests

from loket_portal.lib.http import LockedSession, NetworkError, UrlRefused
from loket_portal.loket import answers, payloads
from loket_portal.loket.calls import Call
from loket_portal.loket.errors import ConfigProblem, Retryable, gettext_noop
from loket_portal.loket.payloads import Message, Raw

PAGE_SIZE = 250

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


class Transport:
    """Makes calls for one signed-in user and keeps what their answers say by the way."""

    def __init__(self, api_url: str, tokens: AccessTokens | Callable[[], str], **session: Any) -> None:
        self._session = LockedSession(api_url, **session)
        self._tokens = _FixedTokens(tokens) if callable(tokens) else tokens
        self.obsolete: dict[str, date] = {}
        self.warnings: list[Message] = []
        self._etags: dict[str, str] = {}  # by path; single operations on a dict are safe for several threads

    def content(self, call: Call, body: Raw | None = None, **ids: str) -> Raw:
        """The `content` of the answer about one object."""
        return answers.body_of(call, answers.body_of(call, self.json(call, ids, body)).get("content"))

    def rows(self, call: Call, params: Mapping[str, str | int] | None = None, /, **ids: str) -> Iterator[Raw]:
        """Every row of a list, page by page; a list without its envelope is accepted too. `params` narrow the list.

        Raises Retryable at the end when fewer rows came than Loket counts: one may have moved to a page already read.
        """
        number, seen, is_last = 0, 0, False
        while not is_last:
            number += 1
            paging = {"pageNumber": number, "pageSize": PAGE_SIZE} if call.is_paged else {}
            answer = self.json(call, ids, params={**paging, **(params or {})})
            page: Raw = {"_embedded": answer} if isinstance(answer, list) else answers.body_of(call, answer)
            rows = page.get("_embedded")
            if not isinstance(rows, list):
                raise answers.unreadable(call, 200)
            seen += len(rows)
            is_last = not call.is_paged or not rows or number >= int(page.get("totalPages") or 1)
            yield from rows
        if call.is_paged and seen < int(page.get("totalSize") or 0):
            raise Retryable(
                gettext_noop("A list changed in Loket while it was being read."), answers.RETRY_LATER, call.activity
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
        token = self._tokens.access_token()
        path = call.path_for(ids)
        request = {"params": params, "json": body, "headers": {**(headers or {}), **self._if_match(call, path)}}
        response = self._send(call, path, token, request)
        if response.status_code == 401:
            response = self._send(call, path, self._tokens.after_401(token), request)
        answer = answers.read(call, response)
        self._keep_etag(call, path, response)
        self._note(call, answer)
        return answer

    def _if_match(self, call: Call, path: str) -> dict[str, str]:
        """If-Match for a PUT of what was read last; once, for after the PUT the object is another."""
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
        try:
            return self._session.request(call.method, path, template=call.path, **{**request, "headers": headers})
        except NetworkError as error:
            raise answers.network_error(call, error) from None  # its cause holds the address with its query
        except UrlRefused as error:
            raise ConfigProblem(
                gettext_noop("An address that is not Loket's was refused."), answers.SUPPORT_LOOKS, str(error)
            ) from error

    def _note(self, call: Call, answer: Any) -> None:
        if ends_on := _end_of_version(answer):
            self._note_end(call, ends_on)
        if call.method in ("PUT", "POST"):  # a conversion gives its messages to whoever asked for it
            self.warnings += payloads.messages(answer)

    def _note_end(self, call: Call, ends_on: date) -> None:
        """Once for each call of this client: whoever runs the product has until that day to choose a newer version."""
        if call.activity not in self.obsolete:
            logger.warning("Loket ends version %s of %s on %s", call.version, call.activity, ends_on)
        self.obsolete[call.activity] = ends_on


def _end_of_version(answer: Any) -> date | None:
    """The announced end; an unreadable one is no reason to fail after a write that succeeded."""
    version = answer.get("version") if isinstance(answer, dict) else None
    try:
        return payloads.day(version.get("obsoleteDate")) if isinstance(version, dict) else None
    except (TypeError, ValueError):
        return None
