"""Countries and nationalities in Dutch, English and German words to what Loket's lists are searched for.

The words are data: `mapping/defaults/countries.yaml` and `nationalities.yaml`. Equal or not: nothing similar is taken.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from mapping import defaults
from mapping.converters.base import Fault

WITHOUT_ACCENT = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "æ": "ae", "Æ": "ae"})
"""Letters that Unicode does not take apart."""


def country_code(text: str, _argument: str = "") -> str | Fault:
    """The ISO code: "NL" of "Netherlands", "Niederlande", "nederland", "NLD" and "nl"."""
    code = _countries().get(_key(text))
    return code if code is not None else _unknown(text)


def nationality_name(text: str, _argument: str = "") -> str | Fault:
    """Loket's "Nederlandse" of "Dutch", "niederländisch", "Nederlander", "NL" and "The Netherlands"."""
    known = _nationalities()
    found = known.get(_key(text)) or known.get(_countries().get(_key(text), ""))
    return found if found is not None else _unknown(text)


def _unknown(text: str) -> Fault:
    return Fault("unmapped_option", {"option": text})


@cache
def _countries() -> Mapping[str, str]:
    """The ISO code of each spelling."""
    return MappingProxyType(
        {_key(word): code for code, words in defaults.read("countries").items() for word in (code, *words)}
    )


@cache
def _nationalities() -> Mapping[str, str]:
    """Loket's text of each spelling, and of the ISO code of the country, which is in capitals as no spelling is."""
    found: dict[str, str] = {}
    for name, row in defaults.read("nationalities").items():
        found |= {_key(word): name for word in (name, *row["words"])}
        if "iso" in row:
            found[row["iso"]] = name
    return MappingProxyType(found)


def _key(text: str) -> str:
    """How words are compared: without case, accents, punctuation and blanks outside."""
    letters = unicodedata.normalize("NFKD", text.translate(WITHOUT_ACCENT))
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.sub(r"[\W_]+", " ", plain.casefold()).split())
