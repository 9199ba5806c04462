"""One line of an address to its street, house number and addition. What could be read in two ways is refused.

"Kerkstraat 12 bis-A" is "Kerkstraat", "12" and "bis-A"; "Plein 1940 3" is "Plein 1940" and "3". "12 Kerkstraat",
"Plein 1940" and a line with a postcode in it are for a person to correct.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mapping.converters.base import Fault

UNSPLIT = Fault("unsplit_address")
LONGEST = 200
"""Characters of one line; no address is longer."""
NUMBER = re.compile(r"(?<=[\s,])([0-9]{1,5})(?![0-9])")
POSTCODE = re.compile(r"\b[1-9][0-9]{3} ?[a-z]{2}\b", re.IGNORECASE | re.ASCII)
MARKED = re.compile(r"[\s,]+(?:nr|no|nummer)?\.?[\s,]*$", re.IGNORECASE)
"""What stands between the street and the number, and belongs to neither."""
BETWEEN = " -/.,"
"""Marks between a number and its addition."""
ADDITIONS = frozenset(
    {
        *("bis", "ter", "hs", "hg", "huis", "hoog", "laag", "zwart", "rood", "wit", "links", "rechts"),
        *("boven", "bov", "beneden", "ben", "bel", "achter", "voor", "onder", "midden", "begane", "grond", "bgg"),
        *("app", "apt", "appartement", "unit", "kamer", "kmr", "etage", "verdieping", "verd", "souterrain", "flat"),
        *("iii", "vii", "viii", "toe", "toren", "blok", "woonboot", "ark"),
    }
)
"""Words of three letters and more that an addition may have; any other word is no addition but a place or a name."""
PART = re.compile(r"([0-9]{0,4})([a-z]*)([0-9]{0,4})", re.IGNORECASE | re.ASCII)
BARE_STREETS = frozenset({"plein", "laan", "straat", "weg", "kade", "park", "hof", "singel", "dreef", "boulevard"})
"""Streets without a name of their own: a year behind one is its name."""
LINKS = frozenset({"de", "het", "van", "voor", "anno", "jaar"})
YEAR = re.compile(r"(?:1[6-9]|20)[0-9]{2}(?![0-9])(?:-[0-9]{2,4})?|[0-9]{2}-[0-9]{2}(?=\s)")


@dataclass(frozen=True, slots=True)
class Address:
    """A line taken apart; `addition` is "" where there is none."""

    street: str
    number: str
    addition: str


def street_name(text: str, _argument: str = "") -> str | Fault:
    """The street of "Kerkstraat 12 bis-A"."""
    found = split(text)
    return found.street if isinstance(found, Address) else found


def house_number(text: str, _argument: str = "") -> str | Fault:
    """The number of "Kerkstraat 12 bis-A"."""
    found = split(text)
    return found.number if isinstance(found, Address) else found


def house_number_addition(text: str, _argument: str = "") -> str | Fault:
    """The addition of "Kerkstraat 12 bis-A"; "" where the house has none."""
    found = split(text)
    return found.addition if isinstance(found, Address) else found


def split(text: str) -> Address | Fault:
    """The line taken apart, or a Fault where it is not a street with a number, or may be two things."""
    line = text.strip(" ,")
    if len(line) > LONGEST or POSTCODE.search(line):
        return UNSPLIT
    ways = list(_ways(line))
    if not ways:
        return UNSPLIT
    words = ways[0].street.casefold().split()
    is_year = YEAR.match(line, line.find(ways[0].number, len(ways[0].street))) is not None
    if not is_year or words[-1] not in BARE_STREETS | LINKS:
        return ways[0]
    is_bare = bool(BARE_STREETS & set(words)) and set(words) <= BARE_STREETS | LINKS
    return ways[1] if is_bare and len(ways) > 1 else UNSPLIT


def _ways(line: str) -> Iterator[Address]:
    """Each way to read it: a number with a street before it, and nothing but an addition behind it."""
    for found in NUMBER.finditer(line):
        street = MARKED.sub("", line[: found.start()])
        addition = line[found.end() :].strip(BETWEEN)
        if any(char.isalpha() for char in street) and _is_addition(addition):
            yield Address(street, found[1], addition)


def _is_addition(text: str) -> bool:
    parts = [part for part in re.split(r"[\s\-/.]+", text) if part]
    return len(parts) <= 4 and all(map(_is_part, parts))


def _is_part(part: str) -> bool:
    """Such as "A", "2", "12b", "hs" and "3hoog", not "Utrecht"."""
    found = PART.fullmatch(part)
    return found is not None and (len(found[2]) <= 2 or found[2].casefold() in ADDITIONS)
