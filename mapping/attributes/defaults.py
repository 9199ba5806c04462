"""The default mapping of a Personio account, its attributes by name (defaults/personio.yaml)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DEFAULTS = Path(__file__).parent.parent / "defaults"


@cache
def default_document() -> Mapping[str, Any]:
    """The default mapping of a Personio account, its attributes by name. Not to be changed."""
    document = _read("personio")
    words = {rule["target"]: rule.get("options") or {} for rule in _read(document.pop("options_of"))["rules"]}
    for rule in document["rules"]:
        if "options" in rule and words.get(rule["target"]):
            rule["options"] = words[rule["target"]] | rule["options"]
    return document


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEFAULTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found
