"""What somebody may be recognised by: birth date, last name, first letter. Pure; kept as one short text a person.

Names are compared without case, accents, blanks and marks, with or without their prefix, since one system writes "van der
Berg" where the other has "Berg". A sign that one side lacks says nothing.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mapping.apply import Value, apply
from mapping.catalogue import LOKET_FIELDS
from mapping.rules import HRValue, MappingSet, Sealed
from sync.diff import display, read

PATH = "employee.personalDetails."
FIELDS = ("dateOfBirth", "prefix", "lastName", "initials", "firstName")


@dataclass(frozen=True, slots=True)
class Signs:
    """What somebody may be recognised by; empty where it is not known. `born` is an ISO date."""

    born: str = ""
    last_names: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()

    def compare(self, other: "Signs") -> list[bool]:
        """For each sign that both have, whether it is the same."""
        sames = (self.born == other.born, self.last_names & other.last_names, self.letters & other.letters)
        known = (self.born and other.born, self.last_names and other.last_names, self.letters and other.letters)
        return [bool(same) for same, is_known in zip(sames, known, strict=True) if is_known]


def is_alike(one: Signs, other: Signs) -> bool:
    """No known sign differs, the last name among them. A twin isn't alike: the first letter counts too."""
    return bool(one.last_names and other.last_names) and all(one.compare(other))


def is_other(one: Signs, other: Signs) -> bool:
    """Two signs differ.

    A marriage changes one, and so does a corrected date; an initial that happens to agree excuses nothing.
    """
    return one.compare(other).count(False) >= 2


def text_of(texts: Mapping[str, str]) -> str:
    """The signs in texts by the names of FIELDS, as one text: `unpack` reads it."""
    last_name = _folded(texts["lastName"])
    with_prefix = _folded(texts["prefix"] + last_name) if last_name else ""
    letters = {_folded(texts[name])[:1] for name in ("initials", "firstName")} - {""}
    return "|".join((texts["dateOfBirth"][:10], last_name, with_prefix, "".join(sorted(letters))))


def unpack(text: str) -> Signs:
    """The signs behind the text of `text_of`; "" is nobody's."""
    day, last_name, with_prefix, letters = text.split("|") if text else ("", "", "", "")
    return Signs(day, frozenset({last_name, with_prefix} - {""}), frozenset(letters))


def in_loket(details: Mapping[str, Any]) -> str:
    """The packed signs in Loket's `personalDetails`, an employee's or a concept employee's."""
    return text_of({name: str(read(details, name) or "") for name in FIELDS})


def signs_in_loket(details: Mapping[str, Any]) -> Signs:
    """The same, unpacked."""
    return unpack(in_loket(details))


def signs_in_hr(who_rules: MappingSet, values: Mapping[str, HRValue]) -> str:
    """The packed signs in somebody's HR values; `who_rules` are those of `rules_of_signs`."""
    mapped = apply(who_rules, values, {}, is_new=True).values
    return text_of({name: _text(name, mapped.get(PATH + name)) for name in FIELDS})


def rules_of_signs(mapping: MappingSet) -> MappingSet:
    """Only the rules that fill a sign."""
    rules = (rule for rule in mapping.rules if rule.target.removeprefix(PATH) in FIELDS)
    return MappingSet(mapping.name, mapping.version, tuple(rules))


def _text(name: str, value: Value | None) -> str:
    if value is None or value.is_fallback or isinstance(value.value, Sealed):
        return ""
    return display(LOKET_FIELDS[PATH + name], value.value)


def _folded(text: str) -> str:
    """Letters and digits only, without case and accents: "d'Hondt" and "D’HONDT" are one."""
    if text.isascii():
        plain = text.casefold()
        return plain if plain.isalnum() else "".join(filter(str.isalnum, plain))
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())
