"""Newcomers whom Loket may have already under another number. Names and birth dates only suggest (rule 42).

A corrected employee number, or somebody who comes back, would otherwise be made a second time. A twin isn't one: the
first letter counts too, and whoever HR itself has under that other number is another person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from mapping.apply import Value
from mapping.catalogue import LOKET_FIELDS
from sync.diff import display, same
from sync.ports import Snapshot

_DETAILS = "employee.personalDetails."
BIRTH_DATE, LAST_NAME = LOKET_FIELDS[f"{_DETAILS}dateOfBirth"], LOKET_FIELDS[f"{_DETAILS}lastName"]
Details = Mapping[str, Any]
People = Mapping[str, list[tuple[int, Details]]]


def by_birth_date(snapshot: Snapshot) -> People:
    """Everybody whom Loket knows, employees and concepts, by ISO birth date: (employee number or 0, personalDetails)."""
    people: dict[str, list[tuple[int, Details]]] = defaultdict(list)
    for number, details in _everybody(snapshot):
        if born := details.get("dateOfBirth"):
            people[str(born)[:10]].append((number, details))
    return people


def _everybody(snapshot: Snapshot) -> Iterable[tuple[int, Details]]:
    for person in snapshot.people.values():
        yield person.employee_number, person.employee.get("personalDetails") or {}
    for concept in snapshot.concepts.values():
        data = concept.get("employeeData") or {}
        yield data.get("employeeNumber") or 0, data.get("personalDetails") or {}


def lookalike(people: People, wanted: Mapping[str, Value], number: int, roster_numbers: frozenset[int]) -> int | None:
    """The number under which Loket has somebody born that day with that last name and first letter (0: no number)."""
    born, last_name = wanted.get(BIRTH_DATE.key), wanted.get(LAST_NAME.key)
    if born is None or last_name is None:
        return None
    for other, details in people.get(display(BIRTH_DATE, born.value), ()):
        is_other = other != number and other not in roster_numbers
        if is_other and _is_alike(details, wanted, last_name):
            return other
    return None


def _is_alike(details: Details, wanted: Mapping[str, Value], last_name: Value) -> bool:
    theirs = str(details.get("lastName") or "").casefold()
    if not same(LAST_NAME, theirs, str(last_name.value).casefold()):
        return False
    letters = {str(v.value)[:1].casefold() for name in ("initials", "firstName") if (v := wanted.get(_DETAILS + name))}
    known = {str(details.get(name) or "")[:1].casefold() for name in ("initials", "firstName")} - {""}
    return not letters or not known or bool(letters & known)
