"""Every Loket field that this product can fill: where it is, what fits in it, what happens when a value doesn't.

Limits are those of Loket's API document (rule 48): PUT employee 2021-03-29, comprehensive employments 2019-12-16 and
concept employees 2018-01-01. A new field is one line in `_FIELDS`; CONTRIBUTING tells the rest.
"""

from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

INT32 = 2_147_483_647


class Effect(StrEnum):
    """What a problem costs (rule 49): only the field is left out, or the whole person is not sent."""

    FIELD = "field"
    PERSON = "person"


class Resource(StrEnum):
    """Which Loket object holds the field; each is read and written by its own call."""

    EMPLOYEE = "employee"
    BSN = "bsn"
    EMPLOYMENT = "employment"
    WORKING_HOURS = "working_hours"
    ORGANIZATION = "organization"
    IBAN = "iban"


SECTION = MappingProxyType(
    {Resource.EMPLOYMENT: "", Resource.WORKING_HOURS: "workinghours", Resource.ORGANIZATION: "organizationalEntity"}
)
"""Where a dated resource stands inside a row of the comprehensive employments list."""


class FieldType(StrEnum):
    """Decides the converter, the comparison and the text on screen."""

    TEXT = "text"
    INITIALS = "initials"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOLEAN = "boolean"
    OPTION = "option"
    BSN = "bsn"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoketField:
    """One field of Loket. `path` is dotted, inside the object of its resource; `concept_path` inside a concept
    employee ("" = a concept has no such field). `limit` is a number of characters; `decimals` the most that Loket
    takes. `nullable`: Loket lets it be cleared. `required_for_new`: no concept employee is made without it.
    """

    key: str
    resource: Resource
    path: str
    concept_path: str
    label: str
    label_nl: str
    type: FieldType = FieldType.TEXT
    limit: int | None = None
    minimum: int | str | None = None
    maximum: int | None = None
    decimals: int = 0
    nullable: bool = False
    required_for_new: bool = False
    options: str = ""
    sensitive: bool = False
    effect: Effect = Effect.FIELD


def _employee(path: str, label: str, label_nl: str, kind: FieldType = FieldType.TEXT, **more: Any) -> LoketField:
    return LoketField(
        key=f"employee.{path}",
        resource=Resource.EMPLOYEE,
        path=path,
        concept_path=f"employeeData.{path}",
        label=label,
        label_nl=label_nl,
        type=kind,
        **more,
    )


def _person(path: str, label: str, label_nl: str, kind: FieldType = FieldType.TEXT, **more: Any) -> LoketField:
    return _employee(f"personalDetails.{path}", label, label_nl, kind, **more)


def _address(path: str, label: str, label_nl: str, kind: FieldType = FieldType.TEXT, **more: Any) -> LoketField:
    return _employee(f"address.{path}", label, label_nl, kind, **more)


def _contact(path: str, label: str, label_nl: str, kind: FieldType, limit: int) -> LoketField:
    return _employee(f"contactInformation.{path}", label, label_nl, kind, limit=limit, nullable=True)


def _employment(path: str, label: str, label_nl: str, kind: FieldType, **more: Any) -> LoketField:
    more = {"concept_path": f"employmentData.{path}"} | more
    key = f"employment.{path}"
    return LoketField(
        key=key, resource=Resource.EMPLOYMENT, path=path, label=label, label_nl=label_nl, type=kind, **more
    )


def _organization(path: str, label: str, label_nl: str) -> LoketField:
    return LoketField(
        key=f"organization.{path}",
        resource=Resource.ORGANIZATION,
        path=path,
        concept_path=f"organizationalEntityData.{path}",
        label=label,
        label_nl=label_nl,
        type=FieldType.OPTION,
        options=path,
    )


_NUMBER = {"minimum": 1, "required_for_new": True, "effect": Effect.PERSON}
_FIELDS = (
    _employee("employeeNumber", "Employee number", "Personeelsnummer", FieldType.INTEGER, maximum=INT32, **_NUMBER),
    _person("firstName", "First name", "Voornaam", limit=28, nullable=True),
    _person("initials", "Initials", "Voorletters", FieldType.INITIALS, limit=6),
    _person("prefix", "Prefix", "Voorvoegsel", limit=10, nullable=True),
    _person("lastName", "Last name", "Achternaam", limit=25, required_for_new=True, effect=Effect.PERSON),
    _person("dateOfBirth", "Date of birth", "Geboortedatum", FieldType.DATE),
    _person("gender", "Gender", "Geslacht", FieldType.OPTION, options="gender"),
    _person("nationality", "Nationality", "Nationaliteit", FieldType.OPTION, options="nationality", nullable=True),
    _address("street", "Street", "Straat", limit=24),
    _address("houseNumber", "House number", "Huisnummer", FieldType.INTEGER, minimum=0, maximum=INT32),
    _address("houseNumberAddition", "House number addition", "Toevoeging", limit=4, nullable=True),
    _address("postalCode", "Postal code", "Postcode", FieldType.POSTCODE, limit=9),
    _address("city", "City", "Plaats", limit=24),
    _address("country", "Country", "Land", FieldType.OPTION, options="country"),
    _contact("phoneNumber", "Phone number", "Telefoonnummer", FieldType.PHONE, 15),
    _contact("mobilePhoneNumber", "Mobile phone number", "Mobiel nummer", FieldType.PHONE, 15),
    _contact("emailAddress", "E-mail address", "E-mailadres", FieldType.EMAIL, 255),
    LoketField(
        key="bsn",
        resource=Resource.BSN,
        path="citizenServiceNumber",
        concept_path="",
        label="BSN",
        label_nl="BSN",
        type=FieldType.BSN,
        limit=9,
        sensitive=True,
    ),
    LoketField(
        key="iban",
        resource=Resource.IBAN,
        path="iban",
        concept_path="employeeData.iban",
        label="IBAN",
        label_nl="IBAN",
        type=FieldType.IBAN,
        limit=35,
        sensitive=True,
    ),
    _employment("startDate", "Start date", "Datum in dienst", FieldType.DATE),
    _employment("endDate", "End date", "Datum uit dienst", FieldType.DATE, nullable=True, concept_path=""),
    _employment(
        "incomeRelationshipNumber",
        "Income number",
        "Nummer inkomstenverhouding",
        FieldType.INTEGER,
        maximum=9999,
        **_NUMBER,
    ),
    LoketField(
        key="workingHours.deviatingHoursPerWeek",
        resource=Resource.WORKING_HOURS,
        path="deviatingHoursPerWeek",
        concept_path="workingHoursData.deviatingHoursPerWeek",
        label="Hours per week",
        label_nl="Uren per week",
        type=FieldType.DECIMAL,
        minimum="0.01",
        maximum=99,
        decimals=2,
        nullable=True,
    ),
    _organization("function", "Function", "Functie"),
    _organization("department", "Department", "Afdeling"),
    _organization("distributionUnit", "Distribution unit", "Verdeeleenheid"),
)

LOKET_FIELDS: dict[str, LoketField] = {field.key: field for field in _FIELDS}
"""The catalogue by field key, in the order in which the fields are shown."""


@dataclass(frozen=True, slots=True)
class ScopeField:
    """What decides whether a person is sent at all (rule 39); never written to Loket. `values`: all it can say."""

    key: str
    label: str
    label_nl: str
    values: tuple[str, ...]


STATUS = "scope.status"
CONSIDER = "scope.considerInNlPayroll"
SCOPE_FIELDS: dict[str, ScopeField] = {
    STATUS: ScopeField(STATUS, "Status", "Status", ("onboarding", "active", "leave", "inactive")),
    CONSIDER: ScopeField(CONSIDER, "Consider in NL payroll", "Meenemen in NL payroll", ("yes", "no")),
}
"""Targets of a source without columns of its own: the roster reader knows its two columns by name."""


SUBCOMPANY = "subcompany"
"""Personio's own attribute that says for which legal entity somebody works. No rule names it: it is always needed."""
PLACE = ScopeField("scope.legalEntity", "Legal entity", "Juridische entiteit", ())
"""What `SUBCOMPANY` tells."""


def described(target: str) -> LoketField | ScopeField:
    """The field that a rule fills, or what a source tells besides, with its labels."""
    return PLACE if target == PLACE.key else SCOPE_FIELDS.get(target) or LOKET_FIELDS[target]


def is_needed(target: str) -> bool:
    """Whether a sync must not run while its attribute is unreadable: whom to send, who it is, and the BSN."""
    return target in SCOPE_FIELDS or target == BSN or LOKET_FIELDS[target].required_for_new


BSN = "bsn"
EMPLOYEE_NUMBER = "employee.employeeNumber"
INCOME_NUMBER = "employment.incomeRelationshipNumber"
END_DATE = "employment.endDate"
ADDRESS_DEMANDED = ("street", "houseNumber", "postalCode", "city", "country")
"""What an employee's address must have; the address as a whole may be null, a part of one may not (PUT employee)."""

_ADDRESS: dict[str, Any] = {
    **dict.fromkeys(ADDRESS_DEMANDED),
    **dict.fromkeys(("houseNumberAddition", "location", "furtherIndication")),
}
_CONTACT: dict[str, Any] = dict.fromkeys(("phoneNumber", "mobilePhoneNumber", "faxNumber", "emailAddress"))
_BUSINESS = ("businessPhoneNumber", "businessMobilePhoneNumber", "businessEmailAddress")
_PATTERN = ("daysDailyRate", "deviatingDaysAndHours", "hoursBrokenPeriod", "hoursPeriod", "leaveHours")
_HOURS = (
    *("averageParttimeFactor", "contractCode", "deviatingHoursPerWeek", "deviatingSvDaysPerPeriod"),
    *("flexibleHoursContract", "regularWorkPattern", "shift", "workPattern"),
)
_ORGANIZATION = (
    *("department", "deviatingFunctionDescription", "deviatingFunctionGroup", "distributionUnit", "function"),
    *("internalTelephoneExtensionNumber", "placeOfEmployment", "standardFunction"),
)
_EMPTY_PARENTS: dict[str, dict[str, Any]] = {
    "address": _ADDRESS,
    "contactInformation": _CONTACT | dict.fromkeys(_BUSINESS),
    "employeeData.address": _ADDRESS,
    "employeeData.contactInformation": _CONTACT,
    "workingHoursData": {**dict.fromkeys(_HOURS), "calculateUsingWorkPattern": dict.fromkeys(_PATTERN)},
    "organizationalEntityData": dict.fromkeys(_ORGANIZATION),
}


def empty_parent(path: str) -> dict[str, Any]:
    """A whole object, every field empty, to put where Loket has null: a PUT must not lack a writable field."""
    return deepcopy(_EMPTY_PARENTS.get(path, {}))
