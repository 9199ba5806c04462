"""From what is stored to what Loket answers: every field of the shape, options written out, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .metadata import ValueLists
from .shapes.field import Field

Renderer = Callable[[Any, ValueLists], Any]
_KNOWN: dict[int, tuple[Field, Renderer]] = {}
"""By the identity of a shape, which is kept here so that no other can get it."""


class Incomplete(AssertionError):
    """The world lacks a field that Loket always fills: a mistake in the simulator."""


def render(field: Field, stored: Any, lists: ValueLists, path: str = "") -> Any:
    """The value as Loket sends it. Fields that are not stored are null, or an error when Loket never sends null."""
    known = _KNOWN.get(id(field))
    if known is None or path:  # shapes are constants, so their way of rendering is worked out once
        known = field, _renderer(field, path)
        if not path:
            _KNOWN[id(field)] = known
    return known[1](stored, lists)


def _renderer(field: Field, path: str) -> Renderer:
    if field.kind == "object":
        return _object(field, path)
    return _option(field, path) if field.kind == "option" else _plain(field, path)


def _object(field: Field, path: str) -> Renderer:
    parts = [(name, _renderer(inner, f"{path}.{name}")) for name, inner in field.fields.items()]

    def show(stored: Any, lists: ValueLists) -> Any:
        if stored is None and field.nullable:
            return None
        body = stored or {}
        return {name: part(body.get(name), lists) for name, part in parts}

    return show


def _plain(field: Field, path: str) -> Renderer:
    def show(stored: Any, _lists: ValueLists) -> Any:
        if stored is None and not field.nullable:
            raise Incomplete(f"{path} is empty")
        return stored

    return show


def _option(field: Field, path: str) -> Renderer:
    name, parts = field.options, field.parts

    def show(key: Any, lists: ValueLists) -> Any:
        if key is None:
            if not field.nullable:
                raise Incomplete(f"{path} is empty")
            return None
        option = lists.find(name, key)
        if option is None:
            raise Incomplete(f"{path} has the unknown key {key!r}")
        return {part: option.get(part) for part in parts}

    return show


def flat(field: Field, stored: Any, lists: ValueLists, path: str = "") -> Iterator[tuple[str, Any]]:
    """The filled-in fields by their dotted path, metadata as text, without ids, null and false."""
    if field.kind == "object":
        for name, inner in field.fields.items() if stored else ():
            value = stored.get(name)
            if value is not None and name != "id":
                yield from flat(inner, value, lists, f"{path}.{name}" if path else name)
    elif stored is not None and stored is not False:
        yield path, _text(field, stored, lists) if field.kind == "option" else stored


def _text(field: Field, key: Any, lists: ValueLists) -> Any:
    option = lists.find(field.options, key) or {}
    return option.get("value") or option.get("description") or key
