"""Personio's people of one legal entity as records, page by page; nothing is stored here.

Where somebody works says the employment in force (`placing`). Employments are asked of people who have several, of whoever
may stand behind a broken row of v2, and once per subcompany of v1 of one person of it, so that 5,000 people cost no 5,000 calls.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone

from loket_portal.lib.errors import ConfigProblem
from loket_portal.personio.client import Employee, Employment, PersonioClient
from loket_portal.personio.errors import ListChanged
from loket_portal.personio.payloads import related
from mapping.catalogue import SUBCOMPANY
from mapping.rules import MappingSet
from onboarding.models import LegalEntity
from onboarding.services import personio
from sync import policy
from sync.records import LEGAL_ENTITY, REQUIRED_COLUMNS, HRRecord
from sync.services.employments import Employments
from sync.services.personio_faults import (
    AT_TWO,
    NO_LEGAL_ENTITY,
    NOT_CONNECTED,
    UNREADABLE,
    not_readable,
    with_problem,
)
from sync.services.placing import WHEN, WHO, Place, Placing, Seen, moved, names_in, only
from sync.services.subcompanies import Subcompanies
from sync.sources import personio as source
from sync.sources.effective import LaterValue, as_of, has_ended, in_force, since, starts_later

BATCH = 100
NO_NAMES: Mapping[str, str] = {}


class NeedsEverybody(Exception):
    """Only the other people of the same subcompany can tell where somebody works."""


class People:
    """One look at the people of an entity. The counts are whole when `pages` has come to its end.

    `former`: ids of people who were in the reading before. They stay: blocked when nobody knows where they work now, left
    out when they work at another legal entity. `departments`: names by id, known from before.
    `beat` is called again and again while Personio is asked; what it raises ends the look.
    """

    def __init__(
        self,
        entity: LegalEntity,
        rules: MappingSet,
        *,
        former: frozenset[int] = frozenset(),
        today: date | None = None,
        departments: Mapping[str, str] = NO_NAMES,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        account = personio.account_of(entity.company)
        if account is None:
            raise ConfigProblem(*NOT_CONNECTED)
        self.client: PersonioClient = personio.client_for(account)
        self.seen: set[int] = set()
        self.unassigned = self.nameless = 0
        self.departments = dict(departments)
        self._entity, self._former, self._beat = entity, former, beat
        self._today: date = today or timezone.localdate()
        self._lens = source.lens(rules)
        self._names = names_in(account.legal_entities)
        self._employments = Employments(self.client)
        self._subcompanies = Subcompanies(self._employments, account.legal_entities)
        self._placing = Placing(self._subcompanies, entity.personio_id, self._today)
        self._found: Counter[str] = Counter()
        self._several: frozenset[int] = frozenset()
        self._listed: frozenset[int] | None = None

    @property
    def is_lacking(self) -> bool:
        """Whether somebody was given without an attribute that the mapping reads."""
        return any(self._found[key] < len(self.seen) for key in self._lens.attributes)

    def pages(self) -> Iterator[list[HRRecord]]:
        """The records of the entity's people, about a page of Personio at a time.

        Raises ListChanged when Personio counts other people than it gave, and ConfigProblem when an attribute that
        decides who is sent is there for nobody: nothing of such a list may be used.
        """
        self._list_persons()
        waiting: list[Seen] = []
        total: int | None = None
        for page in self.client.pages():
            total = page.total
            yield [record for employee in page.employees if (record := self._take(employee, waiting))]
        for start in range(0, len(waiting), BATCH):
            yield [record for seen in waiting[start : start + BATCH] if (record := self._record(seen))]
        self._employments.require_some()
        self._require_whole(total)
        self._require_attributes()

    def some(self, ids: frozenset[int]) -> Iterator[tuple[int, HRRecord | None]]:
        """Only these people; None for who is not of this entity, or is gone from Personio (then not in `seen`).

        Raises NeedsEverybody.
        """
        found = {person_id: self._one(person_id) for person_id in sorted(ids)}  # the names of all departments first
        for person_id, seen in found.items():
            if seen is not None and self._is_lost(seen):
                raise NeedsEverybody
            yield person_id, self._record(seen) if seen else None

    def _one(self, person_id: int) -> Seen | None:
        self._beat()
        employee = self.client.get_employee(person_id)
        if employee is None or employee.id != person_id:
            return None
        self._note(employee, person_id)
        return Seen(employee, self._employments.of(person_id))

    def _list_persons(self) -> None:
        """Who has several employments. Where a row could not be read, also who was listed: any other may be its person."""
        several, listed, is_broken = set[int](), set[int](), False
        for number, person in enumerate(self.client.iter_persons()):
            if number % 50 == 0:
                self._beat()
            if person.id is None:
                is_broken = True
                continue
            listed.add(person.id)
            if len(person.employment_ids) > 1:
                several.add(person.id)
        self._several, self._listed = frozenset(several), frozenset(listed) if is_broken else None

    def _is_asked(self, person_id: int) -> bool:
        """Whether the list of persons doesn't tell enough about the employments of this one."""
        return person_id in self._several or (self._listed is not None and person_id not in self._listed)

    def _take(self, employee: Employee, waiting: list[Seen]) -> HRRecord | None:
        """The record, unless it takes what only another person can tell: then it waits until everybody was seen."""
        if employee.id is None:
            self.nameless += 1
            return None
        if employee.id in self.seen:
            raise ListChanged
        self._note(employee, employee.id)
        seen = Seen(employee, self._employments.of(employee.id) if self._is_asked(employee.id) else [])
        place = self._place(seen)
        if place is Place.UNKNOWN or (place is Place.HERE and self._lacks_department(seen)):
            waiting.append(seen)
            return None
        return self._record(seen)

    def _note(self, employee: Employee, person_id: int) -> None:
        self.seen.add(person_id)
        self._found.update(employee.attributes.keys())
        number, name = related(employee.attributes, "department")
        self.departments |= {number: name} if number and name else {}

    def _lacks_department(self, seen: Seen) -> bool:
        ids = {one.department_id for one in seen.employments or ()} - {""}
        return "department" in self._lens.attributes and not ids <= self.departments.keys()

    def _place(self, seen: Seen) -> Place:
        return self._placing.of(seen, lambda: self._has_left(seen))

    def _has_left(self, seen: Seen) -> bool:
        current = in_force(seen.employments or (), self._today)
        if current is not None:
            return has_ended(current, self._today)
        return policy.has_left(source.record(seen.employee, self._lens), self._today)

    def _is_lost(self, seen: Seen) -> bool:
        """Whether leaving this person out could lose somebody of ours: then nothing of the reading may be used."""
        if self._place(seen) is not Place.UNKNOWN or self._is_known_unreadable(seen):
            return False
        is_nobodys = self._has_left(seen) or self._is_left_out(seen)
        return not is_nobodys or self._subcompanies.is_named_as(seen.employee, self._entity.personio_id)

    def _is_left_out(self, seen: Seen) -> bool:
        """Whether HR says that this person is not for the Dutch payroll: colleagues abroad mostly (rule 39)."""
        return source.record(seen.employee, self._lens).text("consider_in_nl_payroll") == "no"

    def _record(self, seen: Seen) -> HRRecord | None:
        place = self._place(seen)
        if self._is_lost(seen):
            raise self._subcompanies.untold(seen.employee)
        if seen.employments is None and (place is Place.HERE or self._is_known_unreadable(seen)):
            return self._unreadable(seen.employee, place)
        match place:
            case Place.HERE:
                return self._here(seen)
            case Place.ELSEWHERE:
                return self._elsewhere(seen)
        self.unassigned += 1
        return self._without_legal_entity(seen.employee)

    def _is_known_unreadable(self, seen: Seen) -> bool:
        return seen.employments is None and seen.employee.id in self._former

    def _here(self, seen: Seen) -> HRRecord:
        if len(seen.employments or ()) < 2:  # what v1 shows is about the only one
            return source.record(seen.employee, self._lens)
        return self._as_of(seen.employee, self._placing.told(seen))

    def _as_of(self, employee: Employee, employments: Sequence[Employment]) -> HRRecord:
        """As it holds today, with what is planned."""
        status = self._lens.columns.get("status", "status")
        shown, later = as_of(employee, employments, self._today, self.departments, status)
        return source.record(shown, self._lens, map(self._named, later), since(employments, self._today))

    def _named(self, later: LaterValue) -> LaterValue:
        """A move is shown by the name of the legal entity."""
        return replace(later, value=self._names.get(later.value) or later.value) if later.key == LEGAL_ENTITY else later

    def _elsewhere(self, seen: Seen) -> HRRecord | None:
        """Somebody who worked here, or will; nothing of such a person is kept but what shows who it is."""
        here, today = self._placing.here(seen), self._today
        if not here:
            is_former = seen.employee.id in self._former
            return moved(source.record(seen.employee, self._lens), (), (), today) if is_former else None
        running = [one for one in seen.employments or () if not (has_ended(one, today) or starts_later(one, today))]
        if any(not (has_ended(one, today) or starts_later(one, today)) for one in here):
            return with_problem(only(self._as_of(seen.employee, here), (*WHO, *WHEN)), AT_TWO)
        if not running or any(starts_later(one, today) for one in here):
            return only(self._as_of(seen.employee, here), (*WHO, *WHEN))
        return moved(source.record(seen.employee, self._lens), here, seen.employments or (), today)

    def _unreadable(self, employee: Employee, place: Place) -> HRRecord:
        record = source.record(employee, self._lens)
        return with_problem(record if place is Place.HERE else only(record, (*WHO, *WHEN)), UNREADABLE)

    def _without_legal_entity(self, employee: Employee) -> HRRecord | None:
        if employee.id not in self._former:
            return None
        return with_problem(source.record(employee, self._lens), NO_LEGAL_ENTITY)

    def _require_whole(self, total: int | None) -> None:
        if total is not None and len(self.seen) + self.nameless != total:
            raise ListChanged

    def _require_attributes(self) -> None:
        """An attribute that nobody has is one that the credentials may not read: absent is not empty."""
        needed = [SUBCOMPANY, *(self._lens.columns[name] for name in REQUIRED_COLUMNS if name in self._lens.columns)]
        if self.seen and (missing := [key for key in needed if not self._found[key]]):
            raise not_readable(self._entity, missing)
