"""Who somebody of the roster is in Loket: an employee, our concept employee, a newcomer, or a question for a person.

The stored Loket id goes first, then the employee number (rule 42), and both must survive a look at name and birth date:
a wrong number would overwrite another person, BSN included. What a person can edit in Loket, such as the `uniqueName`
of a concept, finds somebody only when nothing better does. Whenever two facts disagree, nothing is sent.

All of it is decided from the lists, before the first write of the run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mapping.rules import Effect, Problem
from sync.likeness import Lookalikes
from sync.packed import Packed, PackedConcept
from sync.policy import Reason
from sync.ports import CONCEPT_POST, Journal, Memory, Snapshot
from sync.roll import Entry, Roll
from sync.signs import is_other, unpack

Raw = dict[str, Any]


def unique_name(number: int) -> str:
    """Our name for somebody's concept employee; no BSN and no name of a person (UAVG art. 46)."""
    return f"LP-{number}"


@dataclass(frozen=True, slots=True)
class OurConcept:
    """A concept employee that the portal made for this person in this administration, and that still waits.

    `others` are younger ones of ours with the same name: a lost answer left them behind, and none of them is used.
    """

    concept: PackedConcept
    others: int = 0


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Loket has nobody who is, or may be, this person.

    `begun`: this run has sent a concept that the lists don't show; `linked` is its id where an answer had come.
    """

    begun: bool = False
    linked: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Only a person can tell who this is; nothing is sent, linked or made. `problem` says more than the reason does."""

    reason: Reason
    problem: Problem | None = None


Identified = Packed | OurConcept | Newcomer | Stop


@dataclass(frozen=True)
class Identity:
    """Tells it for everybody of one run, from the run's first reading of Loket."""

    snapshot: Snapshot
    roll: Roll
    memory: Memory
    journal: Journal
    administration_id: str

    def of(self, entry: Entry, number: int) -> Identified:
        """Who this is."""
        linked = self.memory.linked_id(entry.key)
        found = self._numbered(entry.key, number) if linked is None else self._linked(entry.key, number, linked)
        match found:
            case Packed():
                return self._employee(entry, found)
            case OurConcept():
                return self._concept(entry, found)
            case Newcomer():
                return self._newcomer(entry, number, found)
        return found

    def anew(self) -> "Identity":
        """The same after more people were read; nothing that was concluded before is kept."""
        return Identity(self.snapshot, self.roll, self.memory, self.journal, self.administration_id)

    def is_ours(self, concept: PackedConcept) -> bool:
        """Whether a concept employee is one of this administration."""
        return concept.administration == self.administration_id.casefold()

    def made_by_us(self, concepts: list[PackedConcept], number: int) -> list[PackedConcept]:
        """Those of these that carry our name, the right number or none, and our administration."""
        return [concept for concept in concepts if self._is_made_by_us(concept, number)]

    def _linked(self, key: str, number: int, linked: str) -> Identified:
        by_id, by_number = self.snapshot.people.by_id(linked), self.snapshot.people.by_number(number)
        if by_number is not None and by_number is not by_id:
            return Stop(Reason.OTHER_PERSON)
        if by_id is not None:
            return by_id
        concept = self.snapshot.concepts.by_id(linked)
        if concept is not None:
            return OurConcept(concept)
        return Newcomer(True, linked) if self.journal.was_sent(key, CONCEPT_POST) else Stop(Reason.GONE_IN_LOKET)

    def _numbered(self, key: str, number: int) -> Identified:
        """Nobody is linked yet: an employee with the number, or a concept with our name and without a doubt."""
        if (person := self.snapshot.people.by_number(number)) is not None:
            return person
        begun = self.journal.was_sent(key, CONCEPT_POST)
        concepts = self.snapshot.concepts.about(unique_name(number), number)
        if not concepts:
            return Newcomer(begun)
        if any(self._is_elsewhere(concept) for concept in concepts):
            return Stop(Reason.CONCEPT_ELSEWHERE)
        ours = self.made_by_us(concepts, number)
        if len(ours) == len(concepts) and (len(ours) == 1 or begun):
            return OurConcept(ours[0], len(ours) - 1)
        return Stop(Reason.CONCEPT_OF_OTHERS)

    def _is_made_by_us(self, concept: PackedConcept, number: int) -> bool:
        is_named = concept.unique_name == unique_name(number)
        return is_named and concept.number in (None, number) and self.is_ours(concept)

    def _employee(self, entry: Entry, person: Packed) -> Identified:
        if not person.is_here and person.is_elsewhere:
            return Stop(Reason.EMPLOYED_ELSEWHERE)
        return Stop(Reason.OTHER_PERSON) if self._is_wrong(entry, person.signs) else person

    def _is_wrong(self, entry: Entry, theirs_packed: str) -> bool:
        """Whether Loket has somebody else here than this row says."""
        ours_packed = self.roll.signs(entry)
        if ours_packed == theirs_packed:
            return False
        signs, theirs = unpack(ours_packed), unpack(theirs_packed)
        return is_other(signs, theirs) or self._lookalikes.is_another_row(signs, theirs, entry.number or 0)

    def _concept(self, entry: Entry, found: OurConcept) -> Identified:
        if self._is_elsewhere(found.concept):
            return Stop(Reason.CONCEPT_ELSEWHERE)
        return Stop(Reason.OTHER_PERSON) if self._is_wrong(entry, found.concept.signs) else found

    def _newcomer(self, entry: Entry, number: int, found: Newcomer) -> Identified:
        """Looked at once: somebody whom this run has begun to make was a newcomer then."""
        if found.begun:
            return found
        other = self._lookalikes.number_of(unpack(self.roll.signs(entry)))
        if not other:
            return found
        problem = Problem("maybe_in_loket", "employee_number", str(number), {"number": other}, Effect.PERSON)
        return Stop(Reason.MAYBE_IN_LOKET, problem)

    def _is_elsewhere(self, concept: PackedConcept) -> bool:
        return concept.administration not in ("", self.administration_id.casefold())

    @cached_property
    def _lookalikes(self) -> Lookalikes:
        return Lookalikes(self.snapshot, self.roll)


def claimed_twice(found: Mapping[str, Identified]) -> set[str]:
    """The result keys of those who would be one and the same in Loket: somebody must tell which of them it is."""
    holders: dict[str, list[str]] = {}
    for key, who in found.items():
        loket_id = who.employee_id if isinstance(who, Packed) else _concept_id(who)
        if loket_id:
            holders.setdefault(loket_id.casefold(), []).append(key)
    return {key for keys in holders.values() if len(keys) > 1 for key in keys}


def _concept_id(who: Identified) -> str:
    return who.concept.concept_id if isinstance(who, OurConcept) else ""
