"""The default mapping of each source, as plain data (defaults/personio.yaml, defaults/roster.yaml)."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from mapping import defaults


@cache
def default_document() -> Mapping[str, Any]:
    """The default mapping of a Personio account, its attributes by name. Not to be changed."""
    document = defaults.read("personio")
    words = {rule["target"]: rule.get("options") or {} for rule in defaults.read(document.pop("options_of"))["rules"]}
    for rule in document["rules"]:
        if "options" in rule and words.get(rule["target"]):
            rule["options"] = words[rule["target"]] | rule["options"]
    return document


@cache
def default_roster() -> Mapping[str, Any]:
    """The default mapping of a roster, its columns by name. Not to be changed."""
    return defaults.read("roster")
