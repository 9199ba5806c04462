"""Whether the options about Personio mean anything; `validation.py` of the simulator asks it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .attributes import ALL, CUSTOM, LANGUAGES
from .gate import SCOPES
from .generated import MOST

DYNAMIC = re.compile(r"dynamic_\d+")
Clean = Callable[[Any], Any]


def one_of(known: tuple[str, ...], what: str) -> Clean:
    """A check of one name, or of a list of names."""

    def check(value: Any) -> Any:
        for name in value if isinstance(value, list | tuple) else [value]:
            if name not in known:
                raise ValueError(f"There is no {what} {name!r}; these are: {', '.join(known)}")
        return value

    return check


def between(least: int, most: int) -> Clean:
    """A check of a whole number."""

    def check(value: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{value!r} is not a whole number from {least} to {most}")
        return value

    return check


def changed_ids(value: Any) -> Any:
    """Other ids for attributes of the customer's own: by their first key the key that they have now."""
    keys = {attribute.key for attribute in CUSTOM}
    if not isinstance(value, dict) or not value.keys() <= keys:
        raise ValueError(f"{value!r} is not an object by keys of: {', '.join(sorted(keys))}")
    new = list(value.values())
    if not all(isinstance(key, str) and DYNAMIC.fullmatch(key) for key in new):
        raise ValueError(f"{value!r} does not have keys such as dynamic_99001 as its values")
    if len(set(new)) < len(new) or set(new) & (keys - value.keys()):
        raise ValueError(f"{value!r} gives two attributes one key")
    return value


def renamed_options(value: Any) -> Any:
    """Other texts for options: by the attribute's first key, by the option's first text the text that it has now."""
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is not an object")
    for key, texts in value.items():
        known = ALL[key].options if key in ALL else ()
        if not known or not isinstance(texts, dict) or not texts.keys() <= set(known):
            raise ValueError(f"{key!r} has no such options; it has: {', '.join(known) or 'none'}")
        if not all(isinstance(text, str) and text and "," not in text for text in texts.values()):
            raise ValueError(f"{texts!r}: an option is a text without commas")
    return value


A_LOT = 1_000_000
CHECKS: dict[str, Clean] = {
    "personio_unreadable": one_of(tuple(key for key in ALL if key != "id"), "attribute"),
    "personio_missing_scopes": one_of(SCOPES, "scope"),
    "personio_changed_ids": changed_ids,
    "personio_renamed_options": renamed_options,
    "personio_language": one_of(LANGUAGES, "language"),
    "personio_people": between(0, MOST),
    "personio_token_life": between(0, A_LOT),
    "personio_expire_after": between(0, A_LOT),
    "personio_repeat_page": between(0, A_LOT),
    "personio_null_record": between(0, A_LOT),
    "personio_null_person": between(0, A_LOT),
    "personio_success_false": between(0, A_LOT),
    "personio_busy": between(0, A_LOT),
}
