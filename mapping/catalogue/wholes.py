"""Objects of Loket that are there whole or not at all, and what a PUT must have in them."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mapping.catalogue.field import LoketField

_ADDRESS = ("street", "houseNumber", "postalCode", "city", "country")
"""What an employee's address must have; the address as a whole may be null, a part of one may not (PUT employee)."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Whole:
    """An object that Loket takes as null or whole, never in part.

    `name` is the key of a field without its last part, `path` where the object stands inside its resource,
    `concept_path` inside a concept employee. `demanded` are the keys of the fields that it must have; the others in it
    may be empty. `beside` pairs a field with the one without which it says nothing. `is_address`: what is wrong with
    it is told in the words for an address. A concept employee takes its parts one by one, unless
    `is_whole_in_concept`.
    """

    name: str
    path: str
    concept_path: str
    demanded: tuple[str, ...]
    beside: tuple[tuple[str, str], ...] = ()
    is_address: bool = False
    is_whole_in_concept: bool = False

    def has(self, key: str) -> bool:
        """Whether the field with this key is a part of the object."""
        return key.startswith(f"{self.name}.")

    @property
    def incomplete(self) -> str:
        """The code of the problem that Loket has none and ours isn't whole."""
        return "address_incomplete" if self.is_address else "whole_incomplete"

    @property
    def held(self) -> str:
        """The code of the problem that one faulty part holds back all of it."""
        return "address_held" if self.is_address else "whole_held"


def _of_employee(name: str, demanded: Iterable[str], **more: Any) -> Whole:
    key = f"employee.{name}"
    return Whole(key, name, f"employeeData.{name}", tuple(f"{key}.{part}" for part in demanded), **more)


def _address(name: str, demanded: Iterable[str]) -> Whole:
    key = f"employee.{name}"
    pair = (f"{key}.houseNumberAddition", f"{key}.houseNumber")
    return _of_employee(name, demanded, beside=(pair,), is_address=True)


_PATTERN = "workPattern"
WHOLES: tuple[Whole, ...] = (
    _address("address", _ADDRESS),
    _address("deviatingPostalAddress", _ADDRESS[1:]),
    _of_employee("identityDocument", ("typeOfDocument", "documentIdentification")),
    Whole(
        f"workingHours.{_PATTERN}",
        _PATTERN,
        f"workingHoursData.{_PATTERN}",
        tuple(f"workingHours.{_PATTERN}.{week}.{day}" for week in ("oddWeeks", "evenWeeks") for day in _DAYS),
        is_whole_in_concept=True,
    ),
)
"""The document's own demand: the object may be null, these parts of it may not (a street may, in a postal address)."""


def whole_of(key: str) -> Whole | None:
    """The object that the field with this key is a part of; None for a field that stands by itself."""
    return next((whole for whole in WHOLES if whole.has(key)), None)


_NOT_MAPPED: dict[str, tuple[str, ...]] = {
    "personalDetails": ("dateOfDeath",),
    "employmentData": (
        *("isGemoedsbezwaardEmployeeInsurance", "isGemoedsbezwaardNationalInsurance", "nonPayrollAdministration"),
        *("participation55plusRegulationUWV", "payrollAdministration", "sendMdvNotification"),
    ),
    "workingHoursData": ("averageParttimeFactor",),
}
"""Writable fields that no field of the catalogue fills, beside those that are filled (see `omissions.py`)."""
_NEVER_NULL = frozenset(
    {
        "employeeData.personalDetails",
        "workingHoursData.calculateUsingWorkPattern",
        "workingHoursData.workPattern.evenWeeks",
        "workingHoursData.workPattern.oddWeeks",
    }
)


def empty_parents(fields: Iterable[LoketField]) -> MappingProxyType[str, dict[str, Any]]:
    """Every object that has a field of the catalogue in it, with all its fields empty, by its path in a body."""
    leaves = [*_paths(fields), *(f"{parent}.{name}" for parent, names in _NOT_MAPPED.items() for name in names)]
    parents: dict[str, dict[str, Any]] = {}
    for leaf in leaves:
        *names, _last = leaf.split(".")
        for depth in range(1, len(names) + 1):
            parents.setdefault(".".join(names[:depth]), {})
    for path in (*leaves, *parents):
        parent, _, name = path.rpartition(".")
        if parent:
            parents[parent][name] = parents.get(path) if path in _NEVER_NULL else None
    return MappingProxyType(deepcopy(parents))


def _paths(fields: Iterable[LoketField]) -> Iterable[str]:
    for field in fields:
        if field.resource.value == "employee":
            yield field.path
        if field.concept_path:
            yield field.concept_path
