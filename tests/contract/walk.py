"""Compares a JSON value with a schema, stricter than the document asks: names every difference with its JSON path."""

import marshal
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha1
from typing import Any
from uuid import UUID

from tests.contract.document import IDENTITIES, Node

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@dataclass(frozen=True)
class Walk:
    """What is strict. `missing` is "writable" for a PUT, "all" for an answer, "" for what may be left out."""

    missing: str = ""
    may_be_null: bool = False
    allowed: frozenset[str] = frozenset()
    """JSON paths, without list indices, of unknown properties that this one test declared."""

    def violations(self, value: Any, node: Node, path: str) -> Iterator[str]:
        """Everything at this path and below that is not as the schema says."""
        if fault := self._misfit(value, node):
            yield f"{path}: {fault}"
        elif isinstance(value, dict):
            yield from self._object(value, node, path)
        elif isinstance(value, list) and node.items:
            for index, item in enumerate(value):
                yield from self.violations(item, node.items, f"{path}[{index}]")
        elif value is not None:
            yield from (f"{path}: {fault}" for fault in _scalar(value, node))

    def remembered(self, value: Any, node: Node, path: str) -> tuple[str, ...]:
        """The same, worked out once: a simulator gives test after test the same answers, twice looked at in each."""
        key = (self, path, sha1(marshal.dumps(value, 2)).digest())  # version 2: the same bytes for what is equal
        if key not in node.judged:
            node.judged[key] = tuple(self.violations(value, node, path))
        return node.judged[key]

    def _misfit(self, value: Any, node: Node) -> str:
        """What is wrong with the kind of the value; empty when nothing is."""
        kinds = [option.type for option in node.any_of] or [node.type]
        if value is None:
            return "" if node.is_nullable or self.may_be_null or kinds == [None] else "null where it is not allowed"
        if any(_is_type(value, kind) for kind in kinds):
            return ""
        return f"wrong type {type(value).__name__}, {' or '.join(map(str, kinds))} is wanted"

    def _object(self, value: dict[str, Any], node: Node, path: str) -> Iterator[str]:
        # An option of a value list goes by whichever of these its own field uses.
        identities = IDENTITIES if node.is_open else (node.identity,)
        # A whole body is no metadata, though a function's own id is called `key`.
        if node.identity and path and all(value.get(name) is None for name in identities):
            yield f"{path}: metadata without {node.identity}"
        for name, item in value.items():
            inner = f"{path}.{name}" if path else name
            if name in node.properties:
                yield from self.violations(item, node.properties[name], inner)
            elif not node.is_open and re.sub(r"\[\d+\]", "", inner) not in self.allowed:
                yield f"{inner}: unknown property"
        for name, part in node.properties.items():
            if name not in value and self._is_wanted(name, part, node):
                yield f"{path}.{name}: missing field".lstrip(".")

    def _is_wanted(self, name: str, part: Node, node: Node) -> bool:
        if self.missing == "all":
            return not (node.is_open or name == node.identity)
        # Of a metadata object only its key is ever written.
        return self.missing == "writable" and not (part.is_read_only or node.is_read_only or node.identity)


def _is_type(value: Any, kind: str | None) -> bool:
    if kind is None:
        return True
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _scalar(value: Any, node: Node) -> Iterator[str]:
    if isinstance(value, str):
        yield from _text(value, node)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value < node.limits.get("minimum", value):
            yield f"too small, under {node.limits['minimum']}"
        if value > node.limits.get("maximum", value):
            yield f"too large, over {node.limits['maximum']}"
    if value not in node.limits.get("enum", (value,)):
        yield f"not one of {node.limits['enum']}"
    if node.pattern and not node.pattern.search(_written(value)):
        yield f"does not fit the pattern {node.pattern.pattern}"


def _text(value: str, node: Node) -> Iterator[str]:
    if len(value) > node.limits.get("maxLength", len(value)):
        yield f"too long, {len(value)} of {node.limits['maxLength']} characters"
    if len(value) < node.limits.get("minLength", 0):
        yield f"too short, {len(value)} of {node.limits['minLength']} characters"
    if not is_format(value, node.format):
        yield f"not a {node.format}"


def _written(value: Any) -> str:
    """A value as the patterns mean it: the document has patterns on numbers too."""
    return value if isinstance(value, str) else f"{Decimal(str(value)):f}"


def is_format(text: str, kind: str) -> bool:
    try:
        if kind == "date":
            return len(text) == 10 and bool(date.fromisoformat(text))
        if kind == "date-time":
            return "T" in text and bool(datetime.fromisoformat(text))
        return kind != "uuid" or str(UUID(text)) == text.lower()
    except ValueError:
        return False
