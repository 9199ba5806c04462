"""Whether two descriptions may be of one person: birth date, last name, first letter. They only suggest (rule 42).

A sign that one side lacks says nothing. Names are compared without case, accents, blanks and marks, with or without
their prefix, since one system writes "van der Berg" where the other has "Berg".
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mapping.apply import Value, apply
from mapping.catalogue import LOKET_FIELDS
from mapping.rules import HRValue, MappingSet, Sealed
from sync.diff import display, read
from sync.policy import loket_number
from sync.ports import Snapshot
from sync.records import HRRecord

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


def signs_in_loket(details: Mapping[str, Any]) -> Signs:
    """The signs in Loket's `personalDetails`, an employee's or a concept employee's."""
    return _signs({name: str(read(details, name) or "") for name in FIELDS})


def signs_in_hr(who_rules: MappingSet, values: Mapping[str, HRValue]) -> Signs:
    """The signs in somebody's HR values; `who_rules` are those of `rules_of_signs`."""
    mapped = apply(who_rules, values, {}, is_new=True).values
    return _signs({name: _text(name, mapped.get(PATH + name)) for name in FIELDS})


def rules_of_signs(mapping: MappingSet) -> MappingSet:
    """Only the rules that fill a sign."""
    rules = (rule for rule in mapping.rules if rule.target.removeprefix(PATH) in FIELDS)
    return MappingSet(mapping.name, mapping.version, tuple(rules))


@dataclass(frozen=True)
class Lookalikes:
    """Whom of Loket's people a newcomer may be. A corrected number, or somebody who comes back, is no newcomer."""

    snapshot: Snapshot
    records: Sequence[HRRecord]
    who_rules: MappingSet

    def number_of(self, signs: Signs) -> str:
        """The number under which Loket has somebody like this, "–" for one without a number, "" for nobody.

        Whoever HR itself has under that other number, and who isn't like this person, is somebody else: a twin.
        """
        for number, theirs in self._by_birth_date.get(signs.born, ()):
            if is_alike(signs, theirs) and not self._is_somebody_else(number, signs, theirs):
                return str(number or "–")
        return ""

    def is_another_row(self, signs: Signs, theirs: Signs, number: int) -> bool:
        """Whether another row of the roster is the person Loket has here, and this row isn't: swapped twins."""
        if is_alike(signs, theirs):
            return False
        born_then = self._rows_by_birth_date.get(theirs.born, ()) if theirs.born else ()
        return any(is_alike(row, theirs) for row_number, row in born_then if row_number != number)

    def _is_somebody_else(self, number: int | None, signs: Signs, theirs: Signs) -> bool:
        """Whether HR has this very person under that number, and it is not the newcomer; a wrong row vouches for nobody."""
        rows = [signs_in_hr(self.who_rules, row.values) for row in self._rows.get(number, ())] if number else []
        return any(not is_other(row, theirs) for row in rows) and not any(is_alike(signs, row) for row in rows)

    @cached_property
    def _by_birth_date(self) -> Mapping[str, list[tuple[int | None, Signs]]]:
        """Everybody whom Loket knows, employees and concepts, by birth date: (employee number or None, signs)."""
        people: dict[str, list[tuple[int | None, Signs]]] = defaultdict(list)
        for number, details in self._everybody():
            signs = signs_in_loket(details)
            if signs.born:
                people[signs.born].append((number, signs))
        return people

    def _everybody(self) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
        for person in self.snapshot.people.values():
            yield person.employee_number, person.employee.get("personalDetails") or {}
        for concept in self.snapshot.concepts:
            data = concept.get("employeeData") or {}
            yield data.get("employeeNumber") or None, data.get("personalDetails") or {}

    @cached_property
    def _rows_by_birth_date(self) -> Mapping[str, list[tuple[int, Signs]]]:
        rows: dict[str, list[tuple[int, Signs]]] = defaultdict(list)
        for number, records in self._rows.items():
            for record in records:
                signs = signs_in_hr(self.who_rules, record.values)
                rows[signs.born].append((number, signs))
        return rows

    @cached_property
    def _rows(self) -> Mapping[int, list[HRRecord]]:
        rows: dict[int, list[HRRecord]] = defaultdict(list)
        for record in self.records:
            if (number := loket_number(record)) is not None:
                rows[number].append(record)
        return rows


def _text(name: str, value: Value | None) -> str:
    if value is None or value.is_fallback or isinstance(value.value, Sealed):
        return ""
    return display(LOKET_FIELDS[PATH + name], value.value)


def _signs(texts: Mapping[str, str]) -> Signs:
    last_name = _folded(texts["lastName"])
    letters = {_folded(texts[name])[:1] for name in ("initials", "firstName")}
    return Signs(
        born=texts["dateOfBirth"][:10],
        last_names=frozenset({last_name, _folded(texts["prefix"] + last_name)} if last_name else ()),
        letters=frozenset(letters - {""}),
    )


def _folded(text: str) -> str:
    """Letters and digits only, without case and accents: "d'Hondt" and "D’HONDT" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())
