"""Texts from elsewhere, as a database can keep them."""

from collections.abc import Mapping
from typing import Any


def one_line(text: str) -> str:
    """A customer's own text as it may stand in a page or an e-mail of others: on one line, single blanks, without
    control characters and marks that turn or hide what follows.
    """
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def storable(value: Any) -> Any:
    """A deep copy without NUL characters and halves of characters, which JSON may hold and PostgreSQL refuses."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode(errors="replace").decode()
    if isinstance(value, Mapping):
        return {storable(key): storable(item) for key, item in value.items()}
    return [storable(item) for item in value] if isinstance(value, list | tuple) else value
