"""Who somebody of the roster is in Loket: an employee, our concept employee, a newcomer, or a question for a person.

The stored Loket id goes first, then the employee number (rule 42), and both must survive a look at name and birth date:
a wrong number would overwrite another person, BSN included. What a person can edit in Loket, such as the `uniqueName`
of a concept, finds somebody only when nothing better does. Whenever two facts disagree, nothing is sent.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mapping.rules import Effect, MappingSet, Problem
from sync.likeness import Lookalikes, Signs, is_other, rules_of_signs, signs_in_hr, signs_in_loket
from sync.policy import Reason, loket_number
from sync.ports import CONCEPT_POST, Journal, LoketPerson, Memory, Snapshot, Target
from sync.records import HRRecord

Raw = dict[str, Any]


def unique_name(number: int) -> str:
    """Our name for somebody's concept employee; no BSN and no name of a person (UAVG art. 46)."""
    return f"LP-{number}"


@dataclass(frozen=True, slots=True)
class OurConcept:
    """A concept employee that the portal made for this person in this administration, and that still waits."""

    concept: Raw


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Loket has nobody who is, or may be, this person."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Only a person can tell who this is; nothing is sent, linked or made. `problem` says more than the reason does."""

    reason: Reason
    problem: Problem | None = None


Identified = LoketPerson | OurConcept | Newcomer | Stop


@dataclass(frozen=True)
class Identity:
    """Tells it for everybody of one run, from the run's first reading of Loket."""

    snapshot: Snapshot
    records: Sequence[HRRecord]
    mapping: MappingSet
    memory: Memory
    journal: Journal
    target: Target
    administration_id: str

    def of(self, record: HRRecord, number: int) -> Identified:
        """Who this is. May read one concept employee again, when this run made it before it was interrupted."""
        linked = self.memory.linked_id(record.key)
        found = self._numbered(record.key, number) if linked is None else self._linked(record.key, number, linked)
        match found:
            case LoketPerson():
                return self._employee(record, found)
            case OurConcept():
                return self._concept(record, found)
            case Newcomer():
                return self._newcomer(record, number)
        return found

    def is_ours(self, concept: Raw) -> bool:
        """Whether a concept employee is one of this administration."""
        return self._administration_of(concept) == self.administration_id.casefold()

    def _linked(self, key: str, number: int, linked: str) -> Identified:
        by_id, by_number = self._people_by_id.get(linked.casefold()), self.snapshot.people.get(number)
        if by_number is not None and by_number is not by_id:
            return Stop(Reason.OTHER_PERSON)
        if by_id is not None:
            return by_id
        concept = self._concepts_by_id.get(linked.casefold())
        if concept is None and self.journal.was_sent(key, CONCEPT_POST):
            concept = self.target.get_concept(linked)
        return Stop(Reason.GONE_IN_LOKET) if concept is None else OurConcept(concept)

    def _numbered(self, key: str, number: int) -> Identified:
        """Nobody is linked yet: an employee with the number, or a concept with our name and without a doubt."""
        if (person := self.snapshot.people.get(number)) is not None:
            return person
        concepts = self._concepts_about(number)
        if not concepts and self.journal.was_sent(key, CONCEPT_POST):
            fresh = self.target.find_concept(unique_name(number))
            concepts = [fresh] if fresh is not None else []
        if not concepts:
            return Newcomer()
        if any(self._is_elsewhere(concept) for concept in concepts):
            return Stop(Reason.CONCEPT_ELSEWHERE)
        if len(concepts) == 1 and self._is_made_by_us(concepts[0], number):
            return OurConcept(concepts[0])
        return Stop(Reason.CONCEPT_OF_OTHERS)

    def _is_made_by_us(self, concept: Raw, number: int) -> bool:
        name, theirs = concept.get("uniqueName"), _data(concept).get("employeeNumber")
        return name == unique_name(number) and theirs in (None, number) and self.is_ours(concept)

    def _employee(self, record: HRRecord, person: LoketPerson) -> Identified:
        if person.employment is None and person.is_elsewhere:
            return Stop(Reason.EMPLOYED_ELSEWHERE)
        is_wrong = self._is_wrong(record, person.employee.get("personalDetails") or {})
        return Stop(Reason.OTHER_PERSON) if is_wrong else person

    def _is_wrong(self, record: HRRecord, details: Mapping[str, Any]) -> bool:
        """Whether Loket has somebody else here than this row says."""
        signs, theirs = self._signs(record), signs_in_loket(details)
        return is_other(signs, theirs) or self._lookalikes.is_another_row(signs, theirs, loket_number(record) or 0)

    def _concept(self, record: HRRecord, found: OurConcept) -> Identified:
        if self._is_elsewhere(found.concept):
            return Stop(Reason.CONCEPT_ELSEWHERE)
        return Stop(Reason.OTHER_PERSON) if self._is_wrong(record, _details(found.concept)) else found

    def _newcomer(self, record: HRRecord, number: int) -> Identified:
        """Looked at once: somebody whom this run has begun to make was a newcomer then."""
        if self.journal.was_sent(record.key, CONCEPT_POST):
            return Newcomer()
        other = self._lookalikes.number_of(self._signs(record))
        if not other:
            return Newcomer()
        problem = Problem("maybe_in_loket", "employee_number", str(number), {"number": other}, Effect.PERSON)
        return Stop(Reason.MAYBE_IN_LOKET, problem)

    def _is_elsewhere(self, concept: Raw) -> bool:
        return self._administration_of(concept) not in ("", self.administration_id.casefold())

    def _administration_of(self, concept: Raw) -> str:
        """The id of its payroll administration; "" where Loket has none, or not yet."""
        administration = (concept.get("employmentData") or {}).get("payrollAdministration") or {}
        return str(administration.get("id") or "").casefold()

    def _signs(self, record: HRRecord) -> Signs:
        return signs_in_hr(self._who_rules, record.values)

    @cached_property
    def _who_rules(self) -> MappingSet:
        return rules_of_signs(self.mapping)

    @cached_property
    def _lookalikes(self) -> Lookalikes:
        return Lookalikes(self.snapshot, self.records, self._who_rules)

    @cached_property
    def _people_by_id(self) -> Mapping[str, LoketPerson]:
        return {person.employee_id.casefold(): person for person in self.snapshot.people.values()}

    @cached_property
    def _concepts_by_id(self) -> Mapping[str, Raw]:
        return {str(concept["id"]).casefold(): concept for concept in self.snapshot.concepts}

    @cached_property
    def _concepts_by_sign(self) -> Mapping[int | str, list[Raw]]:
        """Concepts by the number and by the name they carry."""
        found: dict[int | str, list[Raw]] = defaultdict(list)
        for concept in self.snapshot.concepts:
            for sign in (concept.get("uniqueName"), _data(concept).get("employeeNumber")):
                if sign:
                    found[sign].append(concept)
        return found

    def _concepts_about(self, number: int) -> list[Raw]:
        signs = self._concepts_by_sign
        found = (*signs.get(unique_name(number), ()), *signs.get(number, ()))
        return list({str(concept["id"]): concept for concept in found}.values())


def _data(concept: Raw) -> Mapping[str, Any]:
    return concept.get("employeeData") or {}


def _details(concept: Raw) -> Mapping[str, Any]:
    return _data(concept).get("personalDetails") or {}
