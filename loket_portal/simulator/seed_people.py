"""The people who are in Loket already, from seed_people.json, turned into employees with an employment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .convert import dated_parts, fixed_parts, payment
from .metadata import ValueLists
from .people import formatted_name
from .shapes.employment import OWN_FIELDS, WEEK
from .world import Record, World

SOURCE = Path(__file__).with_name("seed_people.json")
Person = dict[str, Any]
DETAILS = "dateOfBirth firstName initials lastName lastNamePartner placeOfBirth prefix prefixPartner"
DETAIL_OPTIONS = "civilStatus gender howToFormatLastName nationality title"
CONTACT = (
    "emailAddress faxNumber mobilePhoneNumber phoneNumber businessEmailAddress businessMobilePhoneNumber"
    " businessPhoneNumber"
)
ADDRESS = "street houseNumber houseNumberAddition postalCode city location"


def load_people() -> list[Person]:
    """The flat objects of the file, with texts where Loket has keys."""
    people: list[Person] = json.loads(SOURCE.read_text("utf-8"))
    return people


class Recruiter:
    """Puts people into one administration of one employer."""

    def __init__(
        self, world: World, lists: ValueLists, employer: Record, administration: Record, new_id: Callable[[], str]
    ) -> None:
        self.world = world
        self.lists = lists
        self.employer = employer
        self.administration = administration
        self.new_id = new_id
        self._keys: dict[tuple[str, str], Any] = {}

    def hire(self, person: Person) -> None:
        """Stores the employee and his employment. Raises UnknownOption for a text that no value list has."""
        body = self._employee(person)
        owner, number = self.employer.id, str(person["employeeNumber"])
        employee = self.world.add("employee", owner, body, mark=number, record_id=self.new_id())
        employment = self._employment(person, formatted_name(body["personalDetails"], self.lists))
        employment["payrollId"] = self.world.next_number(f"payrollId {owner}")
        self.world.add("employment", owner, employment, mark=employee.id, record_id=self.new_id())

    def _key(self, name: str, text: str | None) -> Any:
        if text is None:
            return None
        if (name, text) not in self._keys:
            self._keys[name, text] = self.lists.key_of(name, text, self.employer.id)
        return self._keys[name, text]

    def _employee(self, person: Person) -> dict[str, Any]:
        document = person.get("identityDocument")
        kind = self._key("typeOfDocument", person.get("typeOfDocument") or "Paspoort")
        details = _some(person, DETAILS) | {name: self._key(name, person.get(name)) for name in DETAIL_OPTIONS.split()}
        return {
            "address": self._address(person),
            "contactInformation": _some(person, CONTACT),
            "deviatingPostalAddress": self._address(_postal(person)),
            "employeeNumber": person["employeeNumber"],
            "exclusionFromAbsenceStatus": bool(person.get("exclusionFromAbsenceStatus")),
            "identityDocument": {"documentIdentification": document, "typeOfDocument": kind} if document else None,
            "personalDetails": {**details, "dateOfDeath": None},
            "statusEmployeeSelfService": self._key("statusEmployeeSelfService", "Geen toegang"),
            "travel": _some(person, "travelDistanceToWork"),
            "_bsn": person.get("bsn"),
        }

    def _address(self, person: Person) -> dict[str, Any] | None:
        if not person.get("city"):
            return None
        country, indication = person.get("country") or "NL", person.get("furtherIndication")
        options = {
            "country": self._key("country", country),
            "furtherIndication": self._key("furtherIndication", indication),
        }
        return _some(person, ADDRESS) | options

    def _employment(self, person: Person, name: str) -> dict[str, Any]:
        body: dict[str, Any] = {field: False for field, notation in OWN_FIELDS.items() if notation == "bool"}
        body |= _some(person, "endDate namePayslip emailLeaveRequest professionCode startDate")
        body |= {
            "calculateWorkingHours": True,
            "employmentContractType": self._key("employmentContractType", "Arbeidsovereenkomst"),
            "employmentDurationType": self._key("employmentDurationType", "Onbepaalde tijd"),
            "exemptionInsuranceObligation": self._key("exemptionInsuranceObligation", "Geen vrijstelling"),
            "historicalStartDate": person["startDate"],
            "incomeRelationshipNumber": person["incomeNumber"],
            "isOnCallEmployment": bool(person.get("isOnCallEmployment")),
            "payrollAdministration": self.administration.id,
            "typeOfEmployee": self._key("typeOfEmployee", "Werknemer"),
            "writtenEmploymentContract": True,
        }
        account = [payment(person["iban"], name, self.lists)] if person.get("iban") else []
        return body | fixed_parts(self.lists) | self._dated(person) | {"_payments": account}

    def _dated(self, person: Person) -> dict[str, Any]:
        week = person.get("workPattern")
        pattern = {day: week.get(day, 0) for day in WEEK} if week else None
        organization = _some(person, "placeOfEmployment internalTelephoneExtensionNumber")
        for name in ("function", "department", "distributionUnit"):
            organization[name] = self._key(name, person.get(name) or "Algemeen")
        concept = {
            "workingHoursData": {
                "deviatingHoursPerWeek": person.get("hoursPerWeek"),
                "regularWorkPattern": pattern is None,
                "shift": 1,
                "workPattern": {"evenWeeks": pattern, "oddWeeks": pattern} if pattern else None,
            },
            "organizationalEntityData": organization,
            "wageData": {
                "grossWage": person.get("grossWage"),
                "grossWageType": self._key("grossWageType", person.get("grossWageType") or "Per periode"),
            },
        }
        return dated_parts(concept, self.lists, person["startDate"])


def _some(person: Person, names: str) -> dict[str, Any]:
    return {name: person.get(name) for name in names.split()}


def _postal(person: Person) -> Person:
    prefixed = {name: person.get(f"postal{name[0].upper()}{name[1:]}") for name in ADDRESS.split()}
    return prefixed | {"country": person.get("postalCountry")}
