"""Loket and our own storage in memory, for the pure engine: a PUT replaces, a concept is made and converted.

`World` outlives a killed attempt, like Loket and the database do. Each call ticks `World.clock` before and after its
effect; `kill_at` ends the attempt at that tick with `Killed`, which nothing but a test may catch.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import yaml
from hypothesis import HealthCheck, settings

from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.payloads import Message
from mapping.rules import MappingSet, Option, from_dict
from sync import guards
from sync.diff import Change
from sync.engine import Counts, LeaseLost, LoketPerson, Options, Outcome, PersonResult, Snapshot, Stopped, run
from sync.outcomes import Begun
from sync.packed import Concepts, Staff
from sync.ports import Confirmed, Quarantined, StandingFacts, Versions
from sync.records import HRRecord
from tests.sync.fake_resources import FakeResources

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Hypothesis without clocks: a busy machine is no bug."""

TODAY = date(2026, 11, 23)
ADMINISTRATION = "aaaaaaaa-0000-4000-8000-000000000001"
T = TypeVar("T")

ROSTER: MappingSet = from_dict(
    yaml.safe_load((Path(__file__).parents[2] / "mapping/defaults/roster.yaml").read_text(encoding="utf-8"))
)
VALUE_LISTS = {
    "gender": (Option(11, "Man"), Option(12, "Vrouw"), Option(13, "Onbekend")),
    "nationality": (Option(21, "Nederlandse"), Option(22, "Belgische"), Option(23, "Duitse")),
    "country": (Option(31, "Nederland", "NL"), Option(32, "België", "BE"), Option(33, "Duitsland", "DE")),
    "function": (Option("f-0", "Algemeen"), Option("f-1", "Kok"), Option("f-2", "Bediening")),
    "department": (Option("d-0", "Algemeen"), Option("d-1", "Keuken")),
    "distributionUnit": (Option("u-0", "Algemeen"),),
    "howToFormatLastName": (Option(41, "Achternaam"), Option(42, "Achternaam partner")),
    "typeOfEmployee": (Option(51, "Werknemer"), Option(52, "Stagiair")),
    "civilStatus": (Option(61, "Gehuwd"), Option(63, "Ongehuwd")),
    "title": (Option(62, "Drs."), Option(64, "Ir.")),
    "typeOfDocument": (Option(71, "Paspoort"), Option(72, "Rijbewijs")),
    "furtherIndication": (Option(73, "WW"), Option(74, "AB")),
    "shift": (Option(1, "1"), Option(2, "2")),
    **{
        name: (Option(81, f"{name} een"), Option(82, f"{name} twee"))
        for name in (
            *("employmentContractType", "employmentDurationType", "cancellationPeriodTimeUnit", "employeeProfileId"),
            *("specialIncomeRatio", "exemptionInsuranceObligation", "vacationCoupons", "typeOfParticipation"),
            *("valueOfParticipation", "flexibleHoursContract", "standardFunction", "contractCode"),
            *("endOfEmploymentReasonTaxAuthorities", "endOfEmploymentReason"),
        )
    },
}
DEFAULTS: dict[str, Any] = {
    "uniqueName": None,
    "employeeData": {
        "employeeNumber": None,
        "iban": None,
        "address": None,
        "contactInformation": None,
        "deviatingPostalAddress": None,
        "identityDocument": None,
        "personalDetails": {"lastName": None, "howToFormatLastName": {"key": 41, "value": "Achternaam"}},
    },
    "employmentData": {"startDate": None, "typeOfEmployee": {"key": 51, "value": "Werknemer"}},
    "organizationalEntityData": None,
    "workingHoursData": None,
    "wageData": {"grossWage": None},
}


class Killed(BaseException):
    """The process is gone."""


class FakeSeal:
    """Fingerprints and masks as the product's, with a key everybody knows."""

    def fingerprint(self, purpose: str, value: str) -> str:
        return hashlib.sha256(f"{purpose}|{value}".encode()).hexdigest()

    def matches(self, purpose: str, value: str, known: str) -> bool:
        return known == self.fingerprint(purpose, value)

    def mask(self, value: str) -> str:
        return "••••••" + value[-3:]


@dataclass
class World:
    """Loket's content, our tables, and what is to go wrong.

    `faults` goes from a call's name to what its next calls raise, in order (None: nothing); `lost` to whether the next
    calls take effect before they raise.
    """

    employees: dict[str, dict[str, Any]] = field(default_factory=dict)
    employments: dict[str, dict[str, Any]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    bsns: dict[str, str] = field(default_factory=dict)
    ibans: dict[str, str] = field(default_factory=dict)
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    concepts: dict[str, dict[str, Any]] = field(default_factory=dict)
    concept_bsns: dict[str, str] = field(default_factory=dict)
    verdict: tuple[Message, ...] = ()
    remarks: dict[str, tuple[Message, ...]] = field(default_factory=dict)
    """What Loket remarks on a call of this name that succeeds."""
    warnings: tuple[Message, ...] = ()
    unlisted: set[str] = field(default_factory=set)
    """uniqueNames that Loket's list doesn't show yet."""
    faults: dict[str, list[Exception | None]] = field(default_factory=dict)
    faults_after: dict[str, list[Exception | None]] = field(default_factory=dict)
    normalise: Callable[[dict[str, Any]], None] | None = None

    fingerprints: dict[tuple[str, str], str] = field(default_factory=dict)
    fingerprints_told: list[str] = field(default_factory=list)
    """Fields of every `remember`, also of those that were known already."""
    links: dict[str, tuple[str, bool]] = field(default_factory=dict)
    ops: list[dict[str, Any]] = field(default_factory=list)
    earlier_ops: list[dict[str, Any]] = field(default_factory=list)
    """Of the runs before."""
    results: dict[str, PersonResult] = field(default_factory=dict)
    """The final ones."""
    planned: dict[str, PersonResult] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    confirmations: dict[str, Confirmed] = field(default_factory=dict)
    set_aside: dict[str, Quarantined] = field(default_factory=dict)
    left_out: dict[str, dict[str, str]] = field(default_factory=dict)
    """By person and guard the sign of what somebody had left out."""
    standing: StandingFacts = field(default_factory=StandingFacts)
    same_as_before: int | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    """Loket's change numbers by employment id."""
    begun: list[list[str]] = field(default_factory=list)
    """The groups that were counted as begun."""

    clock: int = 0
    kill_at: int | None = None
    lease_lost_at: int | None = None
    stop_at: tuple[int, str] | None = None
    """After so many results somebody asks for a pause, or to cancel."""
    slice_ends_at: int | None = None
    """After so many results the run has had its turn."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def tick(self) -> None:
        self.clock += 1
        if self.clock == self.kill_at:
            raise Killed

    def call(self, name: str, about: str, effect: Callable[[], T]) -> T:
        """One call to Loket: it may be killed, refused before or lost after."""
        with self.lock:
            self.tick()
            self.calls.append((name, about))
            _raise_next(self.faults, name)
            answer = effect()
            if _is_write(name):
                self.touch(about)
            _raise_next(self.faults_after, name)
            self.warnings += self.remarks.get(name, ())
            self.tick()
            return deepcopy(answer)

    def store(self, effect: Callable[[], T]) -> T:
        """One call to our own tables: killed before or after it."""
        with self.lock:
            self.tick()
            answer = effect()
            self.tick()
            return answer

    def touch(self, about: str) -> None:
        """An employment changes at Loket, itself or its employee (whose id may be given instead)."""
        row = self.employments.get(about)
        employment_id = str(row["id"]) if row else about
        if any(str(one["id"]) == employment_id for one in self.employments.values()):
            self.versions[employment_id] = max(self.versions.values(), default=100) + 1

    def edit(self, loket_id: str, **values: Any) -> None:
        """Somebody edits an employee in Loket by hand; `values` by dotted path with "__" for a dot."""
        _set(self.employees[loket_id], values)
        self.touch(loket_id)

    def count(self, name: str) -> int:
        """How often Loket was called by this name."""
        return sum(1 for called, _ in self.calls if called == name)

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The calls that change Loket."""
        return [call for call in self.calls if _is_write(call[0])]

    def hire(self, number: int, **values: Any) -> str:
        """Puts an employee with an employment into Loket, full of data that nobody maps; returns the id."""
        employee_id = f"e0000000-0000-4000-8000-{number:012d}"
        self.employees[employee_id] = employee(number, employee_id, **values)
        self.employments[employee_id] = employment() | {"id": f"b0000000-0000-4000-8000-{number:012d}"}
        self.touch(employee_id)
        return employee_id

    def named(self, name: str) -> dict[str, Any]:
        """The one concept with this uniqueName."""
        (found,) = (concept for concept in self.concepts.values() if concept["uniqueName"] == name)
        return found


def _is_write(name: str) -> bool:
    return name.startswith(("put", "create", "convert", "terminate", "reinstate", "correct"))


def _set(whole: dict[str, Any], values: Mapping[str, Any]) -> None:
    for path, value in values.items():
        place = whole
        *parents, last = path.split("__")
        for name in parents:
            place = place[name]
        place[last] = value


def _raise_next(faults: dict[str, list[Exception | None]], name: str) -> None:
    if (queue := faults.get(name)) and (error := queue.pop(0)):
        raise error


def employee(number: int, employee_id: str, **values: Any) -> dict[str, Any]:
    """A whole employee as Loket gives it; `values` by dotted path with "__" for a dot."""
    whole: dict[str, Any] = {
        "id": employee_id,
        "employeeNumber": number,
        "exclusionFromAbsenceStatus": False,
        "personalDetails": {
            "firstName": "Johanna",
            "initials": "J.M.",
            "prefix": "van der",
            "lastName": "Berg",
            "prefixPartner": None,
            "lastNamePartner": "Bosch",
            "dateOfBirth": "1984-03-12",
            "dateOfDeath": None,
            "placeOfBirth": "Utrecht",
            "gender": {"key": 12, "value": "Vrouw"},
            "nationality": {"key": 21, "value": "Nederlandse"},
            "civilStatus": {"key": 61, "value": "Gehuwd"},
            "title": {"key": 62, "value": "Drs."},
            "howToFormatLastName": {"key": 41, "value": "Achternaam"},
            "formattedName": "J.M. van der Berg",
        },
        "address": {
            "street": "Vogelkerslaan",
            "houseNumber": 12,
            "houseNumberAddition": "A",
            "postalCode": "3581XA",
            "city": "Utrecht",
            "country": {"key": 31, "value": "Nederland", "isoCode": "NL"},
            "location": "Achterom",
            "furtherIndication": None,
        },
        "deviatingPostalAddress": {"street": "Kerkbrink", "houseNumber": 5},
        "contactInformation": {
            "phoneNumber": "030-2001001",
            "mobilePhoneNumber": "+31 6 12345678",
            "faxNumber": "030-2009009",
            "emailAddress": "J.Berg@thuispost.example",
            "businessPhoneNumber": "030-2005001",
            "businessMobilePhoneNumber": None,
            "businessEmailAddress": "johanna@tulphoreca.example",
        },
        "identityDocument": {"documentIdentification": "TST1001P0", "typeOfDocument": {"key": 71, "value": "Paspoort"}},
        "travel": {"travelDistanceToWork": 17},
        "fieldOfTomorrow": {"nested": [1, 2, {"x": None}]},
    }
    _set(whole, values)
    return whole


def employment() -> dict[str, Any]:
    """A row of the comprehensive employments, as far as the engine reads it."""
    return {
        "id": "b0000000-0000-4000-8000-000000000001",
        "startDate": "2015-04-01",
        "endDate": None,
        "incomeRelationshipNumber": 1,
        "workinghours": {"deviatingHoursPerWeek": 36.0},
        "organizationalEntity": {
            "function": {"key": "f-1", "description": "Kok"},
            "department": {"key": "d-1", "description": "Keuken"},
            "distributionUnit": {"key": "u-0", "description": "Algemeen"},
        },
    }


def _told(numbers: Sequence[int] | None) -> str:
    return "" if numbers is None else " ".join(map(str, numbers))


class FakeTarget(FakeResources):
    """The engine's `Target` on a World."""

    def __init__(self, world: World) -> None:
        self.world = world

    def snapshot(self, numbers: Sequence[int] | None = None) -> Snapshot:
        w, staff, concepts = self.world, Staff(), Concepts()
        for person in self._people(numbers):
            if person.employment is not None or person.is_elsewhere:
                staff.add(person)
        for concept in w.concepts.values() if numbers is None else ():
            if concept["uniqueName"] not in w.unlisted:
                concepts.add(deepcopy(concept))
        found = Snapshot(staff, concepts, dict(VALUE_LISTS), lambda: deepcopy(DEFAULTS))
        w.call("snapshot", _told(numbers), lambda: None)
        return found

    def add_unemployed(self, staff: Staff) -> None:
        def effect() -> None:
            for person in self._people():
                staff.add_employee(person.employee)

        self.world.call("add_unemployed", "", effect)

    def people_again(self, numbers: Sequence[int] | None = None) -> Iterable[LoketPerson]:
        self.world.call("people_again", _told(numbers), lambda: None)
        return [p for p in self._people(numbers) if p.employment is not None or p.is_elsewhere]

    def _people(self, numbers: Sequence[int] | None = None) -> Iterator[LoketPerson]:
        w = self.world
        for loket_id, whole in w.employees.items():
            if numbers is not None and whole["employeeNumber"] not in numbers:
                continue
            row = deepcopy(w.employments.get(loket_id))
            yield LoketPerson(whole["employeeNumber"], loket_id, deepcopy(whole), row, loket_id in w.elsewhere)

    def versions(self, since: int | None) -> Versions:
        known = self.world.versions
        highest = max(known.values(), default=since or 0)
        moved = {} if since is None else {key: number for key, number in known.items() if number > since}
        found = Versions(max(highest, since or 0), moved)
        self.world.call("versions", str(since), lambda: None)
        return found

    def take_calls(self) -> tuple[int, int]:
        return 0, 0

    def require_answer(self) -> None:
        self.world.call("require_answer", "", lambda: None)

    def get_employee(self, employee_id: str) -> dict[str, Any]:
        return self.world.call("get_employee", employee_id, lambda: _found(self.world.employees, employee_id))

    def put_employee(self, person: LoketPerson, body: dict[str, Any]) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            before = self.world.employees[person.employee_id]
            assert _shape(before) <= _shape(body), "a PUT lacks a field"
            self.world.employees[person.employee_id] = self._stored(body)
            return self.world.employees[person.employee_id]

        return self.world.call("put_employee", person.employee_id, effect)

    def get_bsn(self, person: LoketPerson) -> str | None:
        return self.world.call("get_bsn", person.employee_id, lambda: self.world.bsns.get(person.employee_id))

    def put_bsn(self, person: LoketPerson, bsn: str) -> None:
        self.world.call("put_bsn", person.employee_id, lambda: self.world.bsns.update({person.employee_id: bsn}))

    def find_person(self, number: int) -> LoketPerson | None:
        def effect() -> LoketPerson | None:
            found = next((e for e in self.world.employees.values() if e["employeeNumber"] == number), None)
            row = self.world.employments.get(found["id"]) if found else None
            return LoketPerson(number, found["id"], deepcopy(found), deepcopy(row)) if found and row else None

        return self.world.call("find_person", str(number), effect)

    def find_employee(self, number: int) -> dict[str, Any] | None:
        def effect() -> dict[str, Any] | None:
            return next((e for e in self.world.employees.values() if e["employeeNumber"] == number), None)

        return self.world.call("find_employee", str(number), effect)

    def get_concept(self, concept_id: str) -> dict[str, Any] | None:
        return self.world.call("get_concept", concept_id, lambda: self.world.concepts.get(concept_id))

    def find_concepts(self, unique_name: str) -> list[dict[str, Any]]:
        def effect() -> list[dict[str, Any]]:
            return [c for c in self.world.concepts.values() if c["uniqueName"] == unique_name]

        return self.world.call("find_concepts", unique_name, effect)

    def create_concept(self, body: dict[str, Any]) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            concept_id = f"c0000000-0000-4000-8000-{len(self.world.calls):012d}"
            made = {"id": concept_id, "creationDate": f"2026-11-23T10:00:{len(self.world.calls):06d}"}
            self.world.concepts[concept_id] = self._stored(body) | made
            return self.world.concepts[concept_id]

        return self.world.call("create_concept", str(body["uniqueName"]), effect)

    def put_concept(self, concept_id: str, body: dict[str, Any]) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            assert _shape(_found(self.world.concepts, concept_id)) <= _shape(body), "a PUT lacks a field"
            self.world.concepts[concept_id] = self._stored(body)
            return self.world.concepts[concept_id]

        return self.world.call("put_concept", concept_id, effect)

    def get_concept_bsn(self, concept_id: str) -> str | None:
        return self.world.call("get_concept_bsn", concept_id, lambda: self.world.concept_bsns.get(concept_id))

    def put_concept_bsn(self, concept_id: str, bsn: str) -> None:
        self.world.call("put_concept_bsn", concept_id, lambda: self.world.concept_bsns.update({concept_id: bsn}))

    def validate_concept(self, concept_id: str) -> Sequence[Message]:
        return self.world.call("validate_concept", concept_id, lambda: self.world.verdict)

    def convert_concept(self, concept_id: str) -> Sequence[Message]:
        def effect() -> Sequence[Message]:
            concept = _found(self.world.concepts, concept_id)
            data = concept["employeeData"]
            whole = employee(data["employeeNumber"], concept_id)
            for part in ("personalDetails", "address", "contactInformation"):
                given = {k: v for k, v in (data.get(part) or {}).items() if v is not None}
                whole[part] = dict.fromkeys(whole[part]) | given
            self.world.employees[concept_id] = whole
            self.world.employments[concept_id] = {
                "incomeRelationshipNumber": None,
                **concept["employmentData"],
                "id": concept_id.replace("c", "b", 1),
                "endDate": None,
                "workinghours": concept.get("workingHoursData"),
                "organizationalEntity": concept.get("organizationalEntityData"),
            }
            if bsn := self.world.concept_bsns.pop(concept_id, None):
                self.world.bsns[concept_id] = bsn
            self.world.ibans[concept_id] = data.get("iban")
            del self.world.concepts[concept_id]
            return ()

        return self.world.call("convert_concept", concept_id, effect)

    def take_warnings(self) -> Sequence[Message]:
        taken, self.world.warnings = self.world.warnings, ()
        return taken

    def _stored(self, body: dict[str, Any]) -> dict[str, Any]:
        stored = deepcopy(body)
        _fill_options(stored)
        if self.world.normalise:
            self.world.normalise(stored)
        return stored


def _found(table: dict[str, dict[str, Any]], loket_id: str) -> dict[str, Any]:
    if loket_id not in table:
        raise RecordRejected("It is not there.", status=404)
    return table[loket_id]


def _shape(value: Any, path: str = "") -> set[str]:
    """The paths of an object, options and lists taken as leaves."""
    if not isinstance(value, dict) or "key" in value:
        return {path}
    return {p for name, child in value.items() for p in _shape(child, f"{path}.{name}")} | {path}


def _fill_options(value: Any, name: str = "") -> None:
    """Loket answers an option with its read-only text; a key that is in no list is refused."""
    if not isinstance(value, dict):
        return
    if "key" in value and name in VALUE_LISTS:
        option = next((o for o in VALUE_LISTS[name] if o.key == value["key"]), None)
        if option is None:
            raise RecordRejected("Unknown option.", messages=(Message(1, "BrokenBusinessRule", "Onbekende waarde"),))
        text = "description" if name in ("function", "department", "distributionUnit") else "value"
        value[text] = option.value
        if option.iso_code:
            value["isoCode"] = option.iso_code
    for child_name, child in value.items():
        _fill_options(child, child_name)


class FakeMemory:
    """The engine's `Memory` on a World."""

    def __init__(self, world: World) -> None:
        self.world = world

    def fingerprint(self, key: str, field: str) -> str | None:
        return self.world.fingerprints.get((key, field))

    def remember(self, key: str, field: str, fingerprint: str) -> None:
        self.world.fingerprints_told.append(field)
        self.world.store(lambda: self.world.fingerprints.update({(key, field): fingerprint}))

    def seen(self, key: str, field: str, fingerprint: str) -> None:
        self.world.store(lambda: self.world.fingerprints.update({(key, field): fingerprint}))

    def linked_id(self, key: str) -> str | None:
        return self.world.links.get(key, (None, False))[0]

    def is_concept(self, key: str) -> bool:
        return self.world.links.get(key, ("", False))[1]

    def is_current(self, key: str) -> bool:
        return key in self.world.links

    def link(self, key: str, loket_id: str, is_concept: bool) -> None:
        self.world.store(lambda: self.world.links.update({key: (loket_id, is_concept)}))

    def confirmed_mark(self, key: str) -> tuple[str, int | None, date | None]:
        one = self.world.confirmations.get(key)
        return (one.mark, one.version, one.look_on) if one else ("", None, None)

    def confirm(self, confirmed: Sequence[Confirmed]) -> None:
        ours = {one.key: one for one in confirmed if one.key in self.world.links}
        self.world.store(lambda: self.world.confirmations.update(ours))

    def quarantined(self, key: str) -> Quarantined | None:
        return self.world.set_aside.get(key)

    def quarantine(self, result: PersonResult, mark: str, reason: str) -> None:
        found = Quarantined(mark, reason, result.messages, datetime(2026, 11, 23, tzinfo=UTC))
        self.world.store(lambda: self.world.set_aside.update({result.person: found}))

    def release(self, key: str) -> None:
        self.world.store(lambda: self.world.set_aside.pop(key, None))

    def left_out(self, key: str) -> Mapping[str, str]:
        return dict(self.world.left_out.get(key, {}))

    def ask_again(self, key: str, guard: str) -> None:
        self.world.store(lambda: self.world.left_out.get(key, {}).pop(guard, None))

    def standing(self) -> StandingFacts:
        return self.world.standing

    def confirm_all(self, facts: StandingFacts, *, is_full: bool) -> None:
        self.world.store(lambda: setattr(self.world, "standing", facts))


class FakeJournal:
    """The engine's `Journal` on a World."""

    def __init__(self, world: World) -> None:
        self.world = world

    def sent(self, key: str, action: str, fingerprint: str) -> int:
        return self.world.store(lambda: self._new(key, action, fingerprint))

    def sent_ahead(self, writes: Sequence[tuple[str, str, str]]) -> list[int]:
        return self.world.store(lambda: [self._new(*write) for write in writes])

    def _new(self, key: str, action: str, fingerprint: str) -> int:
        self.world.ops.append({"key": key, "action": action, "fingerprint": fingerprint, "state": "sent"})
        return len(self.world.ops)

    def confirmed(self, op: int, status: int = 200) -> None:
        self._end(op, "confirmed")

    def rejected(self, op: int, status: int, text: str) -> None:
        self._end(op, "rejected")

    def unknown(self, op: int, text: str) -> None:
        self._end(op, "unknown")

    def _end(self, op: int, state: str) -> None:
        self.world.store(lambda: self.world.ops[op - 1].update(state=state))

    def was_sent(self, key: str, action: str) -> bool:
        with self.world.lock:
            ours = [op for op in self.world.ops if op["key"] == key and op["action"] == action]
        return any(op["state"] != "rejected" for op in ours)

    def sent_before(self, key: str) -> bool:
        now = [op for op in self.world.ops if op["key"] == key and op["state"] != "rejected"]
        return any({**op, "state": "confirmed"} in self.world.earlier_ops for op in now)


class FakePeople:
    """The engine's `People`: these records."""

    def __init__(self, records: Sequence[HRRecord]) -> None:
        self.records = records

    def __iter__(self) -> Iterator[HRRecord]:
        return iter(self.records)


def _is_done(change: Change) -> bool:
    return change.is_done


def _stored(change: Change) -> Change:
    """As our tables keep it: without the value itself."""
    return replace(change, wanted=None)


class FakeReporter:
    """The engine's `Reporter` on a World."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.total: int | None = None

    def finals(self) -> Mapping[str, Any]:
        return dict(self.world.results)

    def begun(self) -> Mapping[str, Begun]:
        waiting = {key: result for key, result in self.world.planned.items() if result.reason == "begun"}
        return {
            key: Begun(tuple(map(_stored, filter(_is_done, one.changes))), one.told, one.messages)
            for key, one in waiting.items()
        }

    def suspects(self) -> Mapping[str, int]:
        return {key: begun for key, begun in self.world.attempts.items() if begun and key not in self.world.results}

    def begin(self, total: int) -> None:
        self.total = total

    def plan(self, results: Sequence[PersonResult]) -> None:
        self.world.store(lambda: [self._keep(result) for result in results])

    def planned(self, people: int, same: int) -> None:
        """Nothing to keep."""

    def started(self, keys: Sequence[str], *, with_next: bool = False) -> None:
        self.world.begun.append(list(keys))
        self.world.store(lambda: self._count(keys, 1))

    def returned(self, keys: Sequence[str]) -> None:
        self.world.store(lambda: self._count(keys, -1))

    def person(self, result: PersonResult, *, as_planned: bool = False) -> None:
        if as_planned:
            planned = self.world.planned[result.key]
            assert replace(planned, outcome=result.outcome, reason=result.reason) == result
        self.world.store(lambda: self._keep(result))

    def told(self, keys: Sequence[str]) -> Mapping[str, PersonResult]:
        return {key: replace(self.world.results[key], person="") for key in keys}

    def revise(self, results: Sequence[PersonResult]) -> None:
        assert all(result.key in self.world.results for result in results)
        self.world.store(lambda: self.world.results.update({result.key: result for result in results}))

    def check(self) -> None:
        told = len(self.world.results)
        if self.world.lease_lost_at is not None and told >= self.world.lease_lost_at:
            raise LeaseLost
        if self.world.stop_at is not None and told >= self.world.stop_at[0]:
            raise Stopped("pause" if self.world.stop_at[1] == "pause" else "cancel")

    def flush(self) -> None:
        """Nothing waits."""

    def slice_is_over(self) -> bool:
        ends_at = self.world.slice_ends_at
        return ends_at is not None and len(self.world.results) >= ends_at

    def same_as_before(self, total: int) -> None:
        self.world.same_as_before = total

    def called(self, calls: int, repeats: int) -> None:
        """Nobody counts here."""

    def _keep(self, result: PersonResult) -> None:
        assert result.key not in self.world.results, "two results for one person"
        if result.outcome is Outcome.PLANNED:
            self.world.planned[result.key] = result
        else:
            self.world.results[result.key] = result
            self.world.planned.pop(result.key, None)

    def _count(self, keys: Sequence[str], one: int) -> None:
        for key in keys:
            self.world.attempts[key] = self.world.attempts.get(key, 0) + one


AGREED = dict.fromkeys((code.value for code in guards.Code), 9999)
CALMLY: dict[str, Any] = {
    "is_full": True,
    "is_first": True,
    "approved": AGREED,
    "wait": lambda _seconds: None,
}


def sync(
    world: World,
    *records: HRRecord,
    mapping: MappingSet = ROSTER,
    resume: bool = False,
    today: date = TODAY,
    **options: Any,
) -> Counts:
    """One run over a World; a fresh one forgets the results and the journal of the run before.

    By default everybody is compared, as in a first run, and every guard is agreed to; nobody waits.
    """
    if not resume:
        world.earlier_ops += world.ops
        for kept in (world.results, world.planned, world.attempts, world.ops, world.begun):
            kept.clear()  # type: ignore[attr-defined]
        world.same_as_before = None
    return run(
        FakePeople(records),
        mapping=mapping,
        target=FakeTarget(world),
        memory=FakeMemory(world),
        journal=FakeJournal(world),
        reporter=FakeReporter(world),
        seal=FakeSeal(),
        today=today,
        options=Options(ADMINISTRATION, **CALMLY | options),
    )


def record(number: int | None, row: int = 2, **values: Any) -> HRRecord:
    """Somebody active and considered; `values` are columns. By default nothing but the required ones."""
    base: dict[str, Any] = {
        "employee_number": None if number is None else str(number),
        "income_number": "1",
        "status": "active",
        "consider_in_nl_payroll": "yes",
        "last_name": "Berg",
    }
    problems = values.pop("problems", ())
    return HRRecord(str(number) if number is not None else f"row-{row}", row, base | values, tuple(problems))


FULL: dict[str, Any] = {
    "first_name": "Zoë",
    "initials": "Z.",
    "prefix": "de",
    "last_name": "Graaf",
    "birth_date": "1997-05-16",
    "gender": "v",
    "nationality": "Belgisch",
    "bsn": "111222333",
    "iban": "NL91 ABNA 0417 1643 00",
    "street": "Lange Akker",
    "house_number": "23",
    "house_number_addition": "bis",
    "postal_code": "3572xe",
    "city": "Utrecht",
    "country": "NL",
    "phone": None,
    "mobile": "06-12345678",
    "email": "zoe@mailbus.example",
    "start_date": "2026-09-01",
    "end_date": None,
    "function": "kok",
    "department": "Keuken",
    "hours_per_week": "24.5",
}
"""All columns of a person, as a roster has them."""

AS_FULL: dict[str, Any] = {
    "personalDetails__dateOfBirth": FULL["birth_date"],
    "personalDetails__firstName": "Zoey",
    "personalDetails__initials": FULL["initials"],
}
"""For `World.hire`: the same person, whose last name and much else differ."""
