"""Loket and our own storage in memory, for the pure engine: a PUT replaces, a concept is made and converted.

`World` outlives a killed attempt, like Loket and the database do. Each call ticks `World.clock` before and after its
effect; `kill_at` ends the attempt at that tick with `Killed`, which nothing but a test may catch.
"""

import hashlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from hypothesis import HealthCheck, settings

from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.payloads import Message
from mapping.rules import MappingSet, Option, from_dict
from sync.engine import Counts, LeaseLost, LoketPerson, PersonResult, Snapshot, run
from sync.records import HRRecord

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
    results: dict[str, PersonResult] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    clock: int = 0
    kill_at: int | None = None
    lease_lost_at: int | None = None

    def tick(self) -> None:
        self.clock += 1
        if self.clock == self.kill_at:
            raise Killed

    def call(self, name: str, about: str, effect: Callable[[], T]) -> T:
        """One call to Loket: it may be killed, refused before or lost after."""
        self.tick()
        self.calls.append((name, about))
        _raise_next(self.faults, name)
        answer = effect()
        _raise_next(self.faults_after, name)
        self.warnings += self.remarks.get(name, ())
        self.tick()
        return deepcopy(answer)

    def store(self, effect: Callable[[], T]) -> T:
        """One call to our own tables: killed before or after it."""
        self.tick()
        answer = effect()
        self.tick()
        return answer

    def count(self, name: str) -> int:
        """How often Loket was called by this name."""
        return sum(1 for called, _ in self.calls if called == name)

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The calls that change Loket."""
        return [call for call in self.calls if call[0].startswith(("put", "create", "convert"))]

    def hire(self, number: int, **values: Any) -> str:
        """Puts an employee with an employment into Loket, full of data that nobody maps; returns the id."""
        employee_id = f"e0000000-0000-4000-8000-{number:012d}"
        self.employees[employee_id] = employee(number, employee_id, **values)
        self.employments[employee_id] = employment()
        return employee_id

    def named(self, name: str) -> dict[str, Any]:
        """The one concept with this uniqueName."""
        (found,) = (concept for concept in self.concepts.values() if concept["uniqueName"] == name)
        return found


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
    for path, value in values.items():
        place = whole
        *parents, last = path.split("__")
        for name in parents:
            place = place[name]
        place[last] = value
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


class FakeTarget:
    """The engine's `Target` on a World."""

    def __init__(self, world: World) -> None:
        self.world = world

    def snapshot(self) -> Snapshot:
        w = self.world
        people = {
            e["employeeNumber"]: LoketPerson(
                e["employeeNumber"],
                loket_id,
                deepcopy(e),
                deepcopy(w.employments.get(loket_id)),
                loket_id in w.elsewhere,
            )
            for loket_id, e in w.employees.items()
        }
        concepts = tuple(deepcopy(c) for c in w.concepts.values() if c["uniqueName"] not in w.unlisted)
        return w.call("snapshot", "", lambda: Snapshot(people, concepts, dict(VALUE_LISTS), deepcopy(DEFAULTS)))

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

    def get_iban(self, person: LoketPerson) -> str | None:
        return self.world.call("get_iban", person.employee_id, lambda: self.world.ibans.get(person.employee_id))

    def get_payment(self, person: LoketPerson) -> dict[str, Any] | None:
        return self.world.call("get_payment", person.employee_id, lambda: self.world.payments.get(person.employee_id))

    def get_concept(self, concept_id: str) -> dict[str, Any] | None:
        return self.world.call("get_concept", concept_id, lambda: self.world.concepts.get(concept_id))

    def find_concept(self, unique_name: str) -> dict[str, Any] | None:
        def effect() -> dict[str, Any] | None:
            return next((c for c in self.world.concepts.values() if c["uniqueName"] == unique_name), None)

        return self.world.call("find_concept", unique_name, effect)

    def create_concept(self, body: dict[str, Any]) -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            concept_id = f"c0000000-0000-4000-8000-{len(self.world.calls):012d}"
            self.world.concepts[concept_id] = self._stored(body) | {"id": concept_id}
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
                **concept["employmentData"],
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

    def linked_id(self, key: str) -> str | None:
        return self.world.links.get(key, (None, False))[0]

    def is_current(self, key: str) -> bool:
        return key in self.world.links

    def link(self, key: str, loket_id: str, is_concept: bool) -> None:
        self.world.store(lambda: self.world.links.update({key: (loket_id, is_concept)}))


class FakeJournal:
    """The engine's `Journal` on a World."""

    def __init__(self, world: World) -> None:
        self.world = world

    def sent(self, key: str, action: str, fingerprint: str) -> int:
        def effect() -> int:
            self.world.ops.append({"key": key, "action": action, "fingerprint": fingerprint, "state": "sent"})
            return len(self.world.ops) - 1

        return self.world.store(effect)

    def confirmed(self, op: int, status: int = 200) -> None:
        self._end(op, "confirmed")

    def rejected(self, op: int, status: int, text: str) -> None:
        self._end(op, "rejected")

    def unknown(self, op: int, text: str) -> None:
        self._end(op, "unknown")

    def _end(self, op: int, state: str) -> None:
        self.world.store(lambda: self.world.ops[op].update(state=state))

    def was_sent(self, key: str, action: str) -> bool:
        ours = (op for op in self.world.ops if op["key"] == key and op["action"] == action)
        return any(op["state"] != "rejected" for op in ours)


class FakeReporter:
    """The engine's `Reporter` on a World."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.total: int | None = None

    def done_keys(self) -> frozenset[str]:
        return frozenset(self.world.results)

    def begin(self, total: int) -> None:
        self.total = total

    def person(self, result: PersonResult) -> None:
        assert result.key not in self.world.results, "two results for one person"
        self.world.store(lambda: self.world.results.update({result.key: result}))
        if self.world.lease_lost_at is not None and len(self.world.results) >= self.world.lease_lost_at:
            raise LeaseLost


def sync(
    world: World,
    *records: HRRecord,
    dry_run: bool = False,
    convert_new: bool = False,
    mapping: MappingSet = ROSTER,
    resume: bool = False,
) -> Counts:
    """One run over a World; a fresh one forgets the results and the journal of the run before."""
    if not resume:
        world.results.clear()
        world.ops.clear()
    return run(
        records,
        mapping=mapping,
        target=FakeTarget(world),
        memory=FakeMemory(world),
        journal=FakeJournal(world),
        reporter=FakeReporter(world),
        seal=FakeSeal(),
        today=TODAY,
        administration_id=ADMINISTRATION,
        dry_run=dry_run,
        convert_new=convert_new,
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
