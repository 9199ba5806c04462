"""One person of the HR system as the sync sees it. Pure data; sources make them, the engine reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mapping.rules import Effect, HRValue, Problem, Sealed

__all__ = [
    "COLUMNS",
    "ELSEWHERE",
    "LEGAL_ENTITY",
    "PROBLEM_CODES",
    "REQUIRED_COLUMNS",
    "START_DATE",
    "Effect",
    "HRRecord",
    "HRValue",
    "Later",
    "Problem",
    "Sealed",
]

REQUIRED_COLUMNS = ("employee_number", "income_number", "status", "consider_in_nl_payroll", "last_name")
COLUMNS = (
    *REQUIRED_COLUMNS,
    *("first_name", "initials", "prefix", "birth_date", "gender", "nationality", "bsn", "iban"),
    *("street", "house_number", "house_number_addition", "postal_code", "city", "country"),
    *("phone", "mobile", "email", "start_date", "end_date", "end_reason", "function", "department", "hours_per_week"),
)
"""Canonical column names. Only the required ones must be in a file."""

LEGAL_ENTITY = "legal_entity"
"""No column: what a planned move to another legal entity is called in `HRRecord.later`."""

START_DATE = "start_date"
ELSEWHERE = "elsewhere"
"""No column: the first day (or "?") of the work at another legal entity, of somebody who worked here before."""

PROBLEM_CODES = (
    # who may be sent (rules 39 to 42)
    "no_employee_number",
    "no_income_number",
    "invalid_employee_number",
    "invalid_income_number",
    "duplicate_number",
    "duplicate_bsn",
    "birth_date_in_future",
    # what Personio shows of a person
    "no_personio_id",
    "no_legal_entity",
    "attribute_absent",
    "not_mapped",
    "employments_unreadable",
    "gone_in_personio",
    "works_at_two",
    # who it is in Loket
    "other_person",
    "employed_elsewhere",
    "gone_in_loket",
    "concept_of_others",
    "concept_twice",
    "concept_elsewhere",
    "maybe_in_loket",
    # comparing with Loket
    "address_incomplete",
    "whole_incomplete",
    "value_purged",
    # an employment and its parts
    "no_record",
    "later_record",
    "by_work_pattern",
    "employment_ended",
    "another_employment",
    "ended_otherwise",
    "end_reason_missing",
    "end_reason_unmapped",
    "no_bank_account",
    "no_payroll_component",
    # what happened on the way
    "employee_not_allowed",
    "concept_not_allowed",
    "set_aside",
    "crashed",
    "not_stable",
    "left_out",
    "employment_not_allowed",
    "organization_not_allowed",
    "hours_not_allowed",
    "ending_not_allowed",
    "payment_not_allowed",
    "bsn_not_allowed",
    "iban_not_allowed",
    "validation_not_allowed",
    "not_stored",
    "not_sure",
    "rejected",
    "loket_unreachable",
    "stopped",
    "unexpected",
)
"""Every code that policy and engine can put in a Problem. Mapping has codes of its own, and so has the roster reader."""


@dataclass(frozen=True, slots=True)
class Later:
    """What a column (or `LEGAL_ENTITY`) holds from a later day on. It is shown and waits for that day (rule 43)."""

    column: str
    value: str | None = field(repr=False)
    on: date


@dataclass(frozen=True, slots=True)
class HRRecord:
    """One row of the roster, or one person of an HR system.

    `key` is the employee number where there is one, else "row-17"; `row` is the row in the file (header = 1). Somebody
    of Personio has the key "personio-41001", and `row` is the id there.
    `values` holds canonical text: ISO dates, plain numbers ("32.5"), status "onboarding" | "active" | "leave" |
    "inactive", consider_in_nl_payroll "yes" | "no". A column that is not in the file, and an attribute that Personio
    doesn't show, has no key here; what is there and empty is None. BSN and IBAN may be `Sealed`. `since` has, by column,
    the day from which the present value holds, as far as HR tells it.
    """

    key: str
    row: int
    values: Mapping[str, HRValue]
    problems: tuple[Problem, ...] = ()
    later: tuple[Later, ...] = ()
    since: Mapping[str, date] = field(default_factory=dict, hash=False)

    def text(self, column: str) -> str | None:
        """The plain text of a column; None where it is absent, empty or sealed."""
        value = self.values.get(column)
        return value if isinstance(value, str) and value.strip() else None

    @property
    def name(self) -> str:
        """First name, prefix and last name, for the screen; the key when there is none."""
        parts = (self.text(column) for column in ("first_name", "prefix", "last_name"))
        return " ".join(part for part in parts if part) or self.key

    @property
    def number(self) -> str:
        """The employee number, for the screen; "" where there is none."""
        return self.text("employee_number") or ""
