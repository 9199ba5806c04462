"""From what is stored to what Loket answers: every field of the shape, options written out, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .metadata import ValueLists
from .shapes.field import Field


class Incomplete(AssertionError):
    """The world lacks a field that Loket always fills: a mistake in the simulator."""


def render(field: Field, stored: Any, lists: ValueLists, path: str = "") -> Any:
    """The value as Loket sends it. Fields that are not stored are null, or an error when Loket never sends null."""
    if field.kind == "object":
        if stored is None and field.nullable:
            return None
        body = stored or {}
        return {name: render(inner, body.get(name), lists, f"{path}.{name}") for name, inner in field.fields.items()}
    if stored is None and not field.nullable:
        raise Incomplete(f"{path} is empty")
    if field.kind == "option" and stored is not None:
        return _option(field, stored, lists, path)
    return stored


def _option(field: Field, key: Any, lists: ValueLists, path: str) -> dict[str, Any]:
    option = lists.find(field.options, key)
    if option is None:
        raise Incomplete(f"{path} has the unknown key {key!r}")
    return {part: option.get(part) for part in field.parts}


def flat(field: Field, stored: Any, lists: ValueLists, path: str = "") -> Iterator[tuple[str, Any]]:
    """The filled-in fields by their dotted path, metadata as text, without ids, null and false."""
    if field.kind == "object":
        for name, inner in field.fields.items():
            if name != "id":
                yield from flat(inner, (stored or {}).get(name), lists, f"{path}.{name}".lstrip("."))
    elif stored is not None and stored is not False:
        yield path, _text(field, stored, lists) if field.kind == "option" else stored


def _text(field: Field, key: Any, lists: ValueLists) -> Any:
    option = lists.find(field.options, key) or {}
    return option.get("value") or option.get("description") or key
