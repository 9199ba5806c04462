"""Lists as Loket gives them: `pageNumber`, `pageSize` (250 when left out), `orderBy`, `filter`, and the envelope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .calls import Listing, broken
from .clock import today
from .compact import compact
from .filters import BadFilter, predicate, reach
from .metadata import ValueLists
from .rules import Message

PAGE_SIZE = 250
MOST_TEXTS = 60_000


class Pages:
    """Makes the pages of lists, and remembers how the rows of long lists are written."""

    def __init__(self, lists: ValueLists) -> None:
        self.lists = lists
        self.texts: dict[tuple[str, str], tuple[object, str]] = {}

    def text(self, envelope: Mapping[str, Any], listing: Listing, query: Mapping[str, str]) -> str:
        """The whole answer: the envelope, the list's part of it, the rows. Raises Refused for a query it can't read."""
        head, rows = page(listing, query)
        shown = self._known(listing, rows) if isinstance(rows, _Unshown) else map(compact, rows)
        return f'{compact({**envelope, **head})[:-1]},"_embedded":[{",".join(shown)}]}}\n'

    def _known(self, listing: Listing, rows: Sequence[Any]) -> list[str]:
        if not listing.name:
            return [compact(listing.view(record)) for record in rows]
        if len(self.texts) > MOST_TEXTS:
            self.texts.clear()
        state = (self.lists.world.shared_at, tuple(self.lists.options.algemeen_variants.items()), today())
        return [self._one(listing, record, (record.version, *state)) for record in rows]

    def _one(self, listing: Listing, record: Any, state: object) -> str:
        place = (listing.name, record.id)
        known = self.texts.get(place)
        if known is None or known[0] != state:
            known = self.texts[place] = state, compact(listing.view(record))
        return known[1]


class _Unshown(list[Any]):
    """Records of a page, not yet as rows."""


def page(listing: Listing, query: Mapping[str, str]) -> tuple[dict[str, Any], Sequence[Any]]:
    """The list's part of the envelope, and the rows; records when nothing had to be searched or sorted."""
    number, size = _number(query, "pageNumber", 1), _number(query, "pageSize", PAGE_SIZE)
    start = (number - 1) * size
    if query.get("filter") or query.get("orderBy"):
        rows = _chosen([listing.view(record) for record in listing.records], query)
        total, shown = len(rows), rows[start : start + size]
    else:
        total, shown = len(listing.records), _Unshown(listing.records[start : start + size])
    return {"currentPage": number, "pageSize": size, "totalPages": -(-total // size), "totalSize": total}, shown


def _chosen(rows: list[dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    try:
        if query.get("filter"):
            matches = predicate(query["filter"])
            rows = [row for row in rows if matches(row)]
        for name in reversed([part.strip() for part in query.get("orderBy", "").split(",") if part.strip()]):
            plain = name.removeprefix("-")
            rows = sorted(rows, key=lambda row, path=plain: _sortable(reach(row, path)), reverse=name.startswith("-"))  # type: ignore[misc]
    except BadFilter as error:
        raise broken(400, Message(50, str(error))) from error
    return rows


def _sortable(value: Any) -> tuple[int, float, str]:
    if value is None:
        return (0, 0, "")
    return (1, value, "") if isinstance(value, int | float) else (2, 0, str(value).casefold())


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise broken(400, Message(51, f"{name} must be a number from 1", (name,)))
    return int(text)
