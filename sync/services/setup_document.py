"""A setup document as plain data, and how its parts are asked for; what is wrong there is named, never quoted.

A document may hold passwords and the secret of Personio, so no message shows one of its values but names and paths.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

Part = Mapping[str, Any]


class SetupRefused(Exception):
    """The document can't be loaded; the message names the place and the fix. Nothing was stored."""


def read(path: Path) -> Part:
    """The document in the file; raises SetupRefused for a file that holds none."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SetupRefused(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        # Without the chain: the reader's own message quotes the line, which may be a secret's.
        raise SetupRefused(f"{path} is not valid YAML{_place(error)}.") from None
    if not isinstance(document, Mapping):
        raise SetupRefused(f"{path} must hold `companies:` and, if you like, `support:`.")
    return document


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f": look at line {mark.line + 1}, column {mark.column + 1}" if mark else " in UTF-8"


def rows(data: Part, name: str, where: str) -> list[Part]:
    """The list of objects under a name; empty when there is none."""
    found = data.get(name) or []
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise SetupRefused(f"In {where} `{name}:` must be a list.")
    return found


def text(data: Part, name: str, where: str) -> str:
    """The text under a name, without blanks around it; raises SetupRefused when there is none."""
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SetupRefused(f"In {where} `{name}:` is missing. Write it as text, a number in quotes.")
    return value.strip()


def texts(data: Part, name: str, where: str) -> list[str]:
    """The list of texts under a name; empty when there is none."""
    found = data.get(name) or []
    if not isinstance(found, list) or not all(isinstance(item, str) and item.strip() for item in found):
        raise SetupRefused(f"In {where} `{name}:` must be a list of names.")
    return [item.strip() for item in found]


def refuse_unknown(data: Part, known: set[str], where: str) -> None:
    """Raises SetupRefused for a setting that nobody reads: a misspelt one would else be missed."""
    if unknown := sorted(set(map(str, data)) - known):
        raise SetupRefused(f"In {where} there are unknown settings: {', '.join(unknown)}.")
