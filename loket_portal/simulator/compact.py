"""JSON as Loket's answers have it: without spaces."""

from __future__ import annotations

import json
from typing import Any

_encoder = json.JSONEncoder(separators=(",", ":"))


def compact(value: Any) -> str:
    """The value as JSON; names stay in their order."""
    return _encoder.encode(value)
