"""Every Loket field that this product can fill: where it is, what fits in it, what happens when a value doesn't.

Limits are those of Loket's API document (rule 48). A new field is one line in one of the tables beside this file; what the
document has besides stands in `mapping/omissions.py` with the reason. A test walks the document and finds each of its
writable fields in one of the two.
"""

from copy import deepcopy
from typing import Any

from mapping.catalogue.bank import BANK
from mapping.catalogue.employment import EMPLOYMENT
from mapping.catalogue.ending import ENDING
from mapping.catalogue.field import (
    INT32,
    LISTS_FROM,
    SECTION,
    Effect,
    FieldType,
    Group,
    ListSource,
    LoketField,
    Resource,
)
from mapping.catalogue.hours import HOURS
from mapping.catalogue.organization import ORGANIZATION
from mapping.catalogue.people import PEOPLE
from mapping.catalogue.scope import CONSIDER, PLACE, SCOPE_FIELDS, STATUS, SUBCOMPANY, ScopeField
from mapping.catalogue.wholes import WHOLES, Whole, empty_parents, whole_of

__all__ = [
    "BSN",
    "CONSIDER",
    "EMPLOYEE_NUMBER",
    "END_DATE",
    "END_REASON",
    "INCOME_NUMBER",
    "INT32",
    "LISTS_FROM",
    "LOKET_FIELDS",
    "PLACE",
    "SCOPE_FIELDS",
    "SECTION",
    "START_DATE",
    "STATUS",
    "SUBCOMPANY",
    "TARGETS",
    "WHOLES",
    "Effect",
    "FieldType",
    "Group",
    "ListSource",
    "LoketField",
    "Resource",
    "ScopeField",
    "Whole",
    "described",
    "empty_parent",
    "is_needed",
    "whole_of",
]

LOKET_FIELDS: dict[str, LoketField] = {
    field.key: field for field in (*PEOPLE, *BANK, *EMPLOYMENT, *ENDING, *HOURS, *ORGANIZATION)
}
"""The catalogue by field key, in the order in which the fields are shown."""
TARGETS: dict[str, int] = {target: place for place, target in enumerate((*SCOPE_FIELDS, *LOKET_FIELDS))}
"""All that a rule can fill, and the place of each in the order of the catalogue."""

BSN = "bsn"
EMPLOYEE_NUMBER = "employee.employeeNumber"
INCOME_NUMBER = "employment.incomeRelationshipNumber"
START_DATE, END_DATE = "employment.startDate", "employment.endDate"
END_REASON = "ending.endOfEmploymentReasonTaxAuthorities"


def described(target: str) -> LoketField | ScopeField:
    """The field that a rule fills, or what a source tells besides, with its labels."""
    return PLACE if target == PLACE.key else SCOPE_FIELDS.get(target) or LOKET_FIELDS[target]


def is_needed(target: str) -> bool:
    """Whether a sync must not run while its attribute is unreadable: whom to send, who it is, and the BSN."""
    return target in SCOPE_FIELDS or target == BSN or LOKET_FIELDS[target].required_for_new


_EMPTY_PARENTS = empty_parents(LOKET_FIELDS.values())


def empty_parent(path: str) -> dict[str, Any]:
    """A whole object, every field empty, to put where Loket has null: a PUT must not lack a writable field."""
    return deepcopy(_EMPTY_PARENTS.get(path, {}))
