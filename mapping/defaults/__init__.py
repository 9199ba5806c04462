"""The default mappings, and what countries and nationalities are called: the YAML files beside this one. Pure data."""

from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    """One of the documents, by its name without ".yaml"; each time a new one, for the caller to keep."""
    found: dict[str, Any] = yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    return found
