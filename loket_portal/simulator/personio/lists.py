"""Lists of v2: a limit that is refused when it is too high, filters, and a cursor that nobody is to understand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from .days import moment
from .errors import Wrong

BAD_VALUE = "Provided request parameters are invalid."
MOMENTS = ("created_at", "updated_at")


def listing(items: Sequence[Any], usual: int, most: int, show: Callable[[Any], Any], repeat_page: int = 0) -> Response:
    """A page of a list. The `repeat_page`th page leads to itself again."""
    query, offset = _asked()
    limit = _limit(query.get("limit"), usual, most)
    following = offset + limit
    links = {"self": {"href": request.url}}
    if following < len(items):
        target = offset if offset // limit + 1 == repeat_page else following
        cursor = {"cursor": _cursor(target, {**query, "limit": str(limit)})}
        links["next"] = {"href": f"{request.base_url}?{urlencode(cursor)}"}
    page = [show(item) for item in items[offset:following]]
    return jsonify({"_data": page, "_meta": {"links": links}})


def filters(allowed: tuple[str, ...]) -> dict[str, str]:
    """The filters of the request, or of the one before it where only the cursor came back."""
    query, _ = _asked()
    wanted = {name: value for name, value in query.items() if name != "limit"}
    for name in wanted:
        if name not in allowed:
            raise Wrong(400, "Provided filter encoding is invalid.")
    return wanted


def fits(item: dict[str, Any], wanted: dict[str, str]) -> bool:
    """Whether the item passes all filters. Raises Wrong for a moment that is none."""
    return all(_fits(item, name, text) for name, text in wanted.items())


def _fits(item: dict[str, Any], name: str, text: str) -> bool:
    field, _, operator = name.partition(".")
    if field in MOMENTS:
        try:
            found, asked = moment(item[field]), moment(text)
        except ValueError:
            raise Wrong(400, BAD_VALUE) from None
        return {"": found == asked, "gt": found > asked, "lt": found < asked}[operator]
    return str(item.get(field)) in text.split(",")


def _asked() -> tuple[dict[str, str], int]:
    """The query and the place in the list; a cursor knows the query with which the list began."""
    query = {name: value for name, value in request.args.items() if name != "cursor"}
    cursor = request.args.get("cursor")
    if not cursor:
        return query, 0
    try:
        body = json.loads(base64.urlsafe_b64decode(cursor.removeprefix("cur_")))
        return {**body["query"], **query}, int(body["offset"])
    except (ValueError, KeyError, TypeError):
        raise Wrong(400, BAD_VALUE) from None


def _cursor(offset: int, query: dict[str, str]) -> str:
    text = json.dumps({"offset": offset, "query": query}).encode()
    return "cur_" + base64.urlsafe_b64encode(text).decode()


def _limit(text: str | None, usual: int, most: int) -> int:
    if text is None:
        return usual
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Wrong(400, "Provided value for limit is not valid")
    return int(text)
