"""Lists in pages, one page in memory at a time. Nobody is lost in silence: a list that moved meanwhile is an error."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loket_portal.personio import calls, payloads
from loket_portal.personio.answers import contract_problem, parsed
from loket_portal.personio.calls import Call
from loket_portal.personio.errors import ListChanged
from loket_portal.personio.payloads import Page, Raw
from loket_portal.personio.transport import Transport

LARGEST = 100  # employees on a page of v1; more are not given
MAX_PAGES = 10_000  # a list that is longer has no end


def employee_pages(transport: Transport, limit: int) -> Iterator[Page]:
    """All employees of v1. Raises ListChanged as soon as somebody comes twice, and at the end when somebody is short."""
    tally, offset, limit = _Tally(), 0, min(limit, LARGEST)
    for _ in range(MAX_PAGES):
        body = transport.json(calls.LIST_EMPLOYEES, params={"limit": limit, "offset": offset})
        page, step = parsed(calls.LIST_EMPLOYEES, lambda raw: (payloads.page(raw), payloads.step(raw, limit)), body)
        del body  # the next page is read while the caller may still hold this one
        if tally.is_whole_at(offset) and tally.repeats(page):  # behind its end some lists give their last page again
            tally.close()
            return
        tally.note(page)
        offset += step
        # A full page is never the last: should the total be wrong, whoever comes after it is found all the same.
        is_last = not page.employees or (tally.is_whole_at(offset) and len(page.employees) < step)
        yield page
        if is_last:
            tally.close()
            return
    raise contract_problem(calls.LIST_EMPLOYEES, 200, "a list without an end")


class _Tally:
    """Whether a list in pages was the same list all the time, and whole."""

    def __init__(self) -> None:
        self.total: int | None = None
        self._ids: set[int] = set()
        self._nameless = 0  # records without an id can't be told apart: each counts as one
        self._last: list[int | None] = []

    def is_whole_at(self, offset: int) -> bool:
        """Whether by its total the list has nobody at this place or behind it."""
        return self.total is not None and offset >= self.total

    def repeats(self, page: Page) -> bool:
        """Whether this is the page before it once more."""
        return bool(self._last) and _ids(page) == self._last

    def note(self, page: Page) -> None:
        if self.total is not None and page.total not in (None, self.total):
            raise ListChanged("another total")
        self.total = page.total if self.total is None else self.total
        self._last = _ids(page)
        for employee in page.employees:
            if employee.id is None:
                self._nameless += 1
            elif employee.id in self._ids:
                raise ListChanged("an id twice")
            else:
                self._ids.add(employee.id)

    def close(self) -> None:
        if self.total is not None and len(self._ids) + self._nameless < self.total:
            raise ListChanged("fewer than the total")


def _ids(page: Page) -> list[int | None]:
    return [employee.id for employee in page.employees]


def rows(transport: Transport, call: Call, limit: int | None, ids: Mapping[str, str] | None = None) -> Iterator[Raw]:
    """Every row of a list of v2, page by page; without a limit Personio chooses how many at a time.

    Raises ListChanged when a row or a page comes twice, and when whatever the list belongs to is gone. A row without an id
    is given like any other: what it is worth knows whoever asked.
    """
    cursor, cursors, seen = "", set[str](), set[str]()
    for _ in range(MAX_PAGES):
        asked = {"limit": limit, "cursor": cursor}
        body = transport.json(call, ids, {name: value for name, value in asked.items() if value})
        if body is None:
            raise ListChanged("404")
        page = parsed(call, payloads.rows, body)
        cursor = next_cursor(body)
        for id_, row in page:
            if id_ in seen:
                raise ListChanged("an id twice")
            if id_:
                seen.add(id_)
            yield row
        if not cursor or not page:
            return
        if cursor in cursors:
            raise ListChanged("a cursor twice")
        cursors.add(cursor)
    raise contract_problem(call, 200, "a list without an end")


def next_cursor(body: Any) -> str:
    """The cursor of the link to the next page, "" on the last one. The link's address itself is never followed."""
    link = body
    for name in ("_meta", "links", "next"):
        link = link.get(name) if isinstance(link, dict) else None
    href = link.get("href") if isinstance(link, dict) else link
    query = urlsplit(href).query if isinstance(href, str) else ""
    return parse_qs(query.replace("+", "%2B")).get("cursor", [""])[0]  # a plus in a cursor is a plus
