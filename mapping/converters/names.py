"""Names: the prefix of a last name, the last name without it, and initials from first names."""

import re

from mapping.converters.base import Fault

PREFIXES = frozenset(
    {
        *("van", "de", "der", "den", "het", "'t", "’t", "‘t", "'s", "’s", "te", "ten", "ter", "tot", "toe", "tho", "thoe", "thor"),
        *("in", "op", "aan", "uit", "uyt", "uijt", "onder", "over", "bij", "voor", "gen", "v", "v.", "vd", "v.d.", "d.", "v/d"),
        *("von", "vom", "zu", "zum", "zur", "dem", "am", "im", "auf", "aus", "unter", "vor"),
        *("la", "le", "les", "las", "los", "lo", "du", "des", "da", "das", "do", "dos", "di", "del", "della", "delle", "dei"),
        *("degli", "dal", "dalla", "el", "al", "ben", "bin", "ibn", "af", "av"),
    }
)  # fmt: skip
"""The words that stand before Dutch last names, and before those from elsewhere in the Dutch register of persons."""
DIGRAPH = "ij"
APOSTROPHES = "'’‘`´"


def name_prefix(text: str, _argument: str = "") -> str | Fault:
    """The prefix: "van der" of "van der Berg" and of "Berg, van der"; "" where there is none."""
    return split(text)[0]


def name_without_prefix(text: str, _argument: str = "") -> str | Fault:
    """The last name alone: "Berg" of "van der Berg" and of "Berg, van der"."""
    return split(text)[1]


def split(text: str) -> tuple[str, str]:
    """Prefix and last name. At least one word remains as the name; "d'Hondt" is one word."""
    name, comma, behind = text.partition(",")
    if comma and behind.split() and all(map(_is_prefix, behind.split())):
        return " ".join(behind.split()), " ".join(name.split())
    words = text.split()
    count = 0
    while count < len(words) - 1 and _is_prefix(words[count]):
        count += 1
    return " ".join(words[:count]), " ".join(words[count:])


def _is_prefix(word: str) -> bool:
    return word.casefold() in PREFIXES


def initials_from_names(text: str, _argument: str = "") -> str | Fault:
    """The first letters: "J.W." of "Jan Willem", "Jan-Willem" and "J.W."; "IJ." of "IJsbrand"."""
    words = [word for word in (part.lstrip(APOSTROPHES) for part in re.split(r"[\s.,\-–]+", text)) if word]
    if not words or not all(word[0].isalpha() for word in words):
        return Fault("invalid_initials")
    return "".join(f"{_initial(word)}." for word in words)


def _initial(word: str) -> str:
    letters = word[:2] if word[:2].casefold() == DIGRAPH and len(word) > 2 else word[0]
    upper = letters.upper()
    return upper if len(upper) == len(letters) else letters  # no capital of its own, such as "ß"
