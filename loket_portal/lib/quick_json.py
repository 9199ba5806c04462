"""JSON by orjson, which is six times as fast as the standard library's; what orjson refuses, that one takes over.

Everybody in a run is written and read as JSON several times; by the standard library it took a fifth of all CPU
(docs/performance.md). orjson refuses half a surrogate pair, since UTF-8 has none: a text in Loket may hold one all the
same, and no sync must end over it. Whole numbers beyond 64 bits become floats; Loket's document knows none.
"""

import json
from collections.abc import Callable
from typing import Any

import orjson

_AS_JSON_DOES = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def dumps(value: Any, *, sort_keys: bool = False, default: Callable[[Any], Any] | None = None) -> bytes:
    """The JSON of `value` without blanks, in UTF-8. `default` and the errors are those of `json.dumps`."""
    try:
        return orjson.dumps(value, default, _AS_JSON_DOES | (orjson.OPT_SORT_KEYS if sort_keys else 0))
    except orjson.JSONEncodeError:
        return json.dumps(value, sort_keys=sort_keys, default=default, separators=(",", ":")).encode()


def loads(text: bytes | str) -> Any:
    """The value behind it. Raises ValueError when it is no JSON, and RecursionError for brackets thousands deep."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)
