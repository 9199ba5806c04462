"""Lists as Loket gives them: `pageNumber`, `pageSize` (250 when left out), `orderBy`, `filter`, and the envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .calls import Listing, broken
from .filters import BadFilter, predicate, reach
from .rules import Message

PAGE_SIZE = 250


def page(listing: Listing, query: Mapping[str, str]) -> dict[str, Any]:
    """The list's part of the envelope. Only the rows of the page are made when nothing has to be searched or sorted."""
    number, size = _number(query, "pageNumber", 1), _number(query, "pageSize", PAGE_SIZE)
    start = (number - 1) * size
    if query.get("filter") or query.get("orderBy"):
        rows = _chosen([listing.view(record) for record in listing.records], query)
        total, shown = len(rows), rows[start : start + size]
    else:
        total, shown = len(listing.records), [listing.view(record) for record in listing.records[start : start + size]]
    pages = -(-total // size)
    return {"currentPage": number, "pageSize": size, "totalPages": pages, "totalSize": total, "_embedded": shown}


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
