"""What is known of one field of Loket. A new field is one line in a table of this package, never code."""

from dataclasses import dataclass
from decimal import Decimal
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
    PAYMENT = "payment"
    """What a SEPA payment record says besides its IBAN."""
    ENDING = "ending"
    """What Loket wants to know with the end date, when an employment is ended."""


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


TEXT, INTEGER, DECIMAL, DATE = FieldType.TEXT, FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE
BOOLEAN, OPTION = FieldType.BOOLEAN, FieldType.OPTION


class Group(StrEnum):
    """What stands together in the workbench and in its picture of coverage; `mapping/wording` has the words."""

    PERSON = "person"
    ADDRESS = "address"
    POSTAL_ADDRESS = "postal_address"
    CONTACT = "contact"
    IDENTITY = "identity"
    BANK = "bank"
    EMPLOYMENT = "employment"
    CONTRACT = "contract"
    PAYROLL = "payroll"
    WORKING_HOURS = "working_hours"
    WORK_PATTERN = "work_pattern"
    ORGANIZATION = "organization"


class ListSource(StrEnum):
    """Whose list of values it is: everybody's in this employer, or one that a payroll administration keeps itself.

    EMPLOYMENT: nobody new has it, so it is read with an employment that is there.
    """

    EMPLOYER = "employer"
    ADMINISTRATION = "administration"
    EMPLOYMENT = "employment"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoketField:
    """One field of Loket. `path` is dotted, inside the object of its resource; `concept_path` inside a concept
    employee ("" = a concept has no such field). `limit` is a number of characters; `decimals` the most that Loket
    takes. `nullable`: Loket lets it be cleared. `required_for_new`: no concept employee is made without it.
    `options` is the name of its list of values, `options_from` the metadata call that has it (`LISTS_FROM`),
    `identity` what Loket calls the key of an option there.
    """

    key: str
    resource: Resource
    path: str
    concept_path: str
    label: str
    label_nl: str
    group: Group
    type: FieldType = FieldType.TEXT
    limit: int | None = None
    minimum: int | str | None = None
    maximum: int | Decimal | None = None
    decimals: int = 0
    nullable: bool = False
    required_for_new: bool = False
    options: str = ""
    options_from: ListSource | None = None
    identity: str = "key"
    sensitive: bool = False
    effect: Effect = Effect.FIELD


NUMBER: dict[str, Any] = {"minimum": 1, "required_for_new": True, "effect": Effect.PERSON}
"""What employee number and income number have in common (rule 41)."""
LISTS_FROM = MappingProxyType(
    {
        ListSource.EMPLOYER: "/providers/employers/{employerId}/conceptemployees/metadata",
        ListSource.ADMINISTRATION: (
            "/providers/employers/conceptemployees/metadata/payrolladministration/{payrollAdministrationId}"
        ),
        ListSource.EMPLOYMENT: "/providers/employers/employees/employments/{employmentId}/metadata",
    }
)
"""Where the lists come from; `LoketClient.concept_metadata` asks the first two. A list of a field that a new person has,
and that neither of them has, makes no target: then `omissions.py` says so.

The metadata of one employment have more, but nobody new has those yet; and what a list offers must be known before
anybody is sent. Only for what is sent when an employment ends there is one by then.
"""
