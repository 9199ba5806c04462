"""People in memory, compressed: 20,000 of Loket and of HR must fit beside everything else in 200 MiB. Pure.

A person is a few hundred bytes and is inflated when somebody looks inside; what the identity rules ask of everybody (ids,
numbers, signs) stands beside it.
"""

import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loket_portal.lib import quick_json
from sync import signs

Raw = dict[str, Any]
ROOM = 8 << 20
_LEVEL, _WINDOW, _MEMORY = 1, -13, 6  # raw deflate; what a small window saves is the setting up for each row


def digest(value: Any) -> int:
    """A number that two objects share when their JSON is the same, in this process."""
    return hash(quick_json.dumps(value, sort_keys=True))


Blob = bytes | str


class Press:
    """Holds objects that are much alike in few bytes: the first one is the dictionary of all others.

    As long as there is room it only makes text of them: that costs less time, above all where several threads unpack.
    """

    def __init__(self, room: int = ROOM) -> None:
        """`room`: how many bytes of text are held as they are."""
        self._model, self._room = b"", room

    def pack(self, value: Any) -> Blob:
        """A few bytes for it. `value` must be plain JSON."""
        raw = quick_json.dumps(value)
        if len(raw) <= self._room:
            self._room -= len(raw)
            return raw.decode()  # a copy of just its size: what orjson gives has left a hole behind it in memory
        self._room = 0
        self._model = self._model or raw
        press = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, self._model)
        return press.compress(raw) + press.flush()

    def unpack(self, packed: Blob) -> Any:
        """The value behind `pack`, a new one each time. Safe for several threads."""
        if isinstance(packed, bytes):
            packed = zlib.decompressobj(_WINDOW, self._model).decompress(packed)
        return quick_json.loads(packed)


@dataclass(frozen=True)
class LoketPerson:
    """One employee of the employer. `employment` is the raw comprehensive row of *this* administration, or None."""

    employee_number: int
    employee_id: str
    employee: Raw = field(repr=False)
    employment: Raw | None = field(default=None, repr=False)
    is_elsewhere: bool = False
    """True: no employment here but one in another administration of the employer."""


def without_employee(employment: Raw) -> Raw:
    """A row of the comprehensive list without the employee in it."""
    return {name: value for name, value in employment.items() if name != "employee"}


def folded(text: str) -> str:
    """An id whatever its case: mostly the very same text, so that it is kept once."""
    found = text.casefold()
    return text if found == text else found


@dataclass(slots=True)
class Packed:
    """One employee as the list had it. `signs` is a text of `sync.signs`; `rank` tells which employment counts."""

    number: int
    employee_id: str
    signs: str
    blob: Blob = field(repr=False)
    employment_id: str = ""
    """Of the employment here that counts; "" without one."""
    ends: str = ""
    """The ISO day on which that employment ends; "" for none."""
    rest: int = 0
    """The digest of that employment."""
    is_here: bool = False
    is_elsewhere: bool = False
    rank: str = ""


class Staff:
    """Everybody whom the employer has in Loket, by employee number."""

    def __init__(self) -> None:
        self._press = Press()
        self._by_number: dict[int, Packed] = {}
        self._by_id: dict[str, int] = {}
        self._by_employment: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> Iterator[Packed]:
        return iter(self._by_number.values())

    def add_employment(self, row: Raw, *, is_here: bool, runs_now: bool) -> None:
        """A row of the comprehensive list. Of several of one employee the one here counts that runs now, else the last."""
        employee, rank = row["employee"], sys.intern(f"{runs_now:d} {row['startDate']}")  # many begin on one day
        number = int(employee["employeeNumber"])
        self._by_employment[folded(str(row["id"]))] = number
        known = self._by_number.get(number)
        if known is None or (is_here and (not known.is_here or rank > known.rank)):
            self._add(number, employee, row if is_here else None, is_elsewhere=not is_here, rank=rank)

    def add_employee(self, employee: Raw) -> None:
        """A row of the employees list: who has no employment at all."""
        number = int(employee["employeeNumber"])
        if number not in self._by_number:
            self._add(number, employee, None, is_elsewhere=False)

    def add(self, person: LoketPerson) -> None:
        """Somebody as a whole."""
        self._add(person.employee_number, person.employee, person.employment, person.is_elsewhere)
        if person.employment is not None:
            self._by_employment[folded(str(person.employment.get("id")))] = person.employee_number

    def by_number(self, number: int) -> Packed | None:
        """Who has this employee number."""
        return self._by_number.get(number)

    def by_id(self, employee_id: str) -> Packed | None:
        """Who has this id, whatever its case."""
        number = self._by_id.get(employee_id.casefold())
        return None if number is None else self._by_number[number]

    def numbers_of(self, employment_ids: Mapping[str, int]) -> dict[int, int]:
        """The employee numbers behind these employments, each with the highest of the version numbers given."""
        found: dict[int, int] = {}
        for employment_id, version in employment_ids.items():
            number = self._by_employment.get(employment_id.casefold())
            if number is not None:
                found[number] = max(version, found.get(number, version))
        return found

    def known(self, employment_ids: Iterable[str]) -> int:
        """How many of these employments are somebody's here."""
        return sum(one.casefold() in self._by_employment for one in employment_ids)

    def whole(self, packed: Packed) -> LoketPerson:
        """The person with all that the list said. Nobody of whom it was let go."""
        employee, employment = self._press.unpack(packed.blob)
        if employment is not None:
            employment["employee"] = employee
        return LoketPerson(packed.number, packed.employee_id, employee, employment, packed.is_elsewhere)

    def let_go(self, packed: Packed) -> None:
        """Nobody asks any more what the list said of this person: what identity asks stays."""
        packed.blob = b""

    def _add(self, number: int, employee: Raw, employment: Raw | None, is_elsewhere: bool, rank: str = "") -> None:
        rest = None if employment is None else without_employee(employment)
        employee_id = str(employee["id"])
        self._by_id[folded(employee_id)] = number
        self._by_number[number] = Packed(
            number=number,
            employee_id=employee_id,
            signs=signs.in_loket(employee.get("personalDetails") or {}),
            blob=self._press.pack([employee, rest]),
            employment_id="" if employment is None else str(employment.get("id")),
            ends=str((employment or {}).get("endDate") or "")[:10],
            rest=digest(rest),
            is_here=employment is not None,
            is_elsewhere=is_elsewhere,
            rank=rank,
        )


@dataclass(frozen=True, slots=True)
class PackedConcept:
    """One concept employee. `administration` is the id of its payroll administration, "" where Loket has none yet."""

    concept_id: str
    unique_name: str
    number: int | None
    administration: str
    signs: str
    created: str
    blob: Blob = field(repr=False)


class Concepts:
    """The concept employees of the employer, by id, by number and by our name for them."""

    def __init__(self) -> None:
        self._press = Press()
        self._by_id: dict[str, PackedConcept] = {}
        self._about: dict[int | str, list[PackedConcept]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[PackedConcept]:
        return iter(self._by_id.values())

    def add(self, concept: Raw) -> PackedConcept:
        """One concept employee, raw."""
        found = self.pack(concept)
        self._by_id[found.concept_id.casefold()] = found
        for sign in (found.unique_name, found.number):
            if sign:
                self._about.setdefault(sign, []).append(found)
        return found

    def pack(self, concept: Raw) -> PackedConcept:
        """The same without keeping it: one that was read by itself."""
        data = concept.get("employeeData") or {}
        administration = (concept.get("employmentData") or {}).get("payrollAdministration") or {}
        return PackedConcept(
            concept_id=str(concept["id"]),
            unique_name=str(concept.get("uniqueName") or ""),
            number=data.get("employeeNumber"),
            administration=str(administration.get("id") or "").casefold(),
            signs=signs.in_loket(data.get("personalDetails") or {}),
            created=str(concept.get("creationDate") or ""),
            blob=self._press.pack(concept),
        )

    def by_id(self, concept_id: str) -> PackedConcept | None:
        """The one with this id, whatever its case."""
        return self._by_id.get(concept_id.casefold())

    def about(self, *signs_of: int | str) -> list[PackedConcept]:
        """Those that carry one of these names or numbers, each once, the oldest first."""
        found = (concept for sign in signs_of for concept in self._about.get(sign, ()))
        return sorted({concept.concept_id: concept for concept in found}.values(), key=lambda one: one.created)

    def whole(self, packed: PackedConcept) -> Raw:
        """The concept as the list had it."""
        concept: Raw = self._press.unpack(packed.blob)
        return concept
