"""Loket's API in terms of what this product wants. One method per wish; what comes back keeps the raw object.

A PUT replaces the whole object at Loket and read-only fields may be sent back as they were read, so the `put_` methods
send what they are given, untouched: read the object, change what is mapped, send it all back (rule 45).
"""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor
from datetime import date
from typing import Any

from loket_portal.loket import calls, payloads
from loket_portal.loket.answers import parsed
from loket_portal.loket.employment import EmploymentCalls
from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.paging import AHEAD
from loket_portal.loket.payloads import (
    Employer,
    LoketUser,
    Message,
    NamedItem,
    PayrollAdministration,
    Raw,
    ValueLists,
)
from loket_portal.loket.setup import SetupCalls
from loket_portal.loket.transport import AccessTokens, Transport


class LoketClient(EmploymentCalls, SetupCalls):
    """Calls of one signed-in user; those of the setup's checks are in `setup`, those of employments in `employment`.

    Every method raises the SyncError that fits (see `answers`). May be used by several threads at once; those that
    read lists ahead (`pages`, see `paging`) must not be the ones that call.
    """

    def __init__(self, api_url: str, tokens: AccessTokens | Callable[[], str], **session: Any) -> None:
        """`api_url` is an environment's address with its version, such as `https://api.loket.nl/v2`."""
        self._calls = Transport(api_url, tokens, **session)

    @property
    def obsolete(self) -> dict[str, date]:
        """When Loket ends the version that we use of an activity, as far as its answers said so (rule 55)."""
        return self._calls.obsolete

    @property
    def calls(self) -> int:
        """How many requests this client has sent, repeated ones too."""
        return self._calls.calls

    @property
    def repeats(self) -> int:
        """How many of them repeated one."""
        return self._calls.repeats

    def take_warnings(self) -> tuple[Message, ...]:
        """What Loket remarked on this thread's writes since it asked last; those writes succeeded."""
        return self._calls.take_warnings()

    # who and where

    def get_user(self) -> LoketUser:
        """Whose token this is."""
        return parsed(calls.GET_USER, payloads.loket_user, self._calls.content(calls.GET_USER))

    def list_employers(self) -> list[Employer]:
        """Every employer that the token can reach; rule 11 wants exactly one."""
        return self._list(calls.LIST_EMPLOYERS, payloads.employer)

    def list_authorizations(self, employer_id: str) -> list[str]:
        """The names of the activities that the user may perform at the employer."""
        names = self._list(calls.LIST_AUTHORIZATIONS, lambda row: row.get("name"), employerId=employer_id)
        return [name for name in names if name]

    def list_administrations(self, employer_id: str) -> list[PayrollAdministration]:
        """Every payroll administration of the employer, ended ones too."""
        return self._list(calls.LIST_ADMINISTRATIONS, payloads.payroll_administration, employerId=employer_id)

    def list_functions(self, employer_id: str) -> list[NamedItem]:
        """The functions that the employer has in Loket."""
        return self._list(calls.LIST_FUNCTIONS, payloads.named_item, employerId=employer_id)

    def list_departments(self, employer_id: str) -> list[NamedItem]:
        """The departments that the employer has in Loket."""
        return self._list(calls.LIST_DEPARTMENTS, payloads.named_item, employerId=employer_id)

    def list_distribution_units(self, employer_id: str) -> list[NamedItem]:
        """The distribution units that the employer has in Loket."""
        return self._list(calls.LIST_DISTRIBUTION_UNITS, payloads.named_item, employerId=employer_id)

    # value lists and defaults

    def concept_metadata(self, administration_id: str, employer_id: str | None = None) -> ValueLists:
        """The value lists of a new employee in this administration; `employer_id` adds the general ones."""
        general = self.general_metadata(employer_id) if employer_id else {}
        own = self._calls.rows(calls.CONCEPT_METADATA_ADMINISTRATION, payrollAdministrationId=administration_id)
        return general | payloads.value_lists(own)

    def general_metadata(self, employer_id: str) -> ValueLists:
        """The value lists of a new employee that are the same in every administration."""
        return payloads.value_lists(self._calls.rows(calls.CONCEPT_METADATA, employerId=employer_id))

    def employee_metadata(self, employee_id: str) -> ValueLists:
        """The value lists of an existing employee."""
        return payloads.value_lists(self._calls.rows(calls.EMPLOYEE_METADATA, employeeId=employee_id))

    def concept_defaults(self, administration_id: str, employer_id: str | None = None) -> Raw:
        """What a new employee in this administration starts with; `employer_id` adds the general ones."""
        general = self._calls.content(calls.CONCEPT_DEFAULTS, employerId=employer_id) if employer_id else {}
        own = self._calls.content(calls.CONCEPT_DEFAULTS_ADMINISTRATION, payrollAdministrationId=administration_id)
        return _laid_over(general, own)

    # people

    def iter_employments(
        self, employer_id: str, *, pages: Executor | None = None, ahead: int = AHEAD, expected: int = 0
    ) -> Iterator[Raw]:
        """All employments with their employee, working hours, organization and wage, ended and future ones too.

        `expected` is how many there were a moment ago, so that the first pages can be asked for together.
        """
        return self._calls.rows(calls.LIST_EMPLOYMENTS, None, pages, ahead, expected, employerId=employer_id)

    def list_employments_of(self, employer_id: str, employee_numbers: Collection[int]) -> list[Raw]:
        """The same of some employees, as many as one address has room for."""
        wanted = " or ".join(f"employee.employeeNumber eq {number}" for number in employee_numbers)
        rows = self._calls.rows(calls.LIST_EMPLOYMENTS, {"filter": wanted}, employerId=employer_id)
        return [row for row in rows if row["employee"]["employeeNumber"] in employee_numbers]

    def iter_employees(self, employer_id: str, *, pages: Executor | None = None, ahead: int = AHEAD) -> Iterator[Raw]:
        """All employees, those without an employment too; a row has every field that the PUT wants."""
        return self._calls.rows(calls.LIST_EMPLOYEES, None, pages, ahead, employerId=employer_id)

    def get_employee(self, employee_id: str) -> Raw:
        """One employee."""
        return self._calls.content(calls.GET_EMPLOYEE, employeeId=employee_id)

    def put_employee(self, employee_id: str, body: Raw) -> Raw:
        """Replaces the whole employee; gives it as Loket stored it."""
        return self._calls.content(calls.PUT_EMPLOYEE, body, employeeId=employee_id)

    def get_bsn(self, employee_id: str) -> str | None:
        """The citizen service number, which has its own right (rule 47); None when Loket has none."""
        return _bsn(self._calls.content(calls.GET_BSN, employeeId=employee_id))

    def put_bsn(self, employee_id: str, bsn: str) -> None:
        """Replaces the citizen service number; nine digits."""
        self._calls.json(calls.PUT_BSN, {"employeeId": employee_id}, {"citizenServiceNumber": bsn})

    # people to be: concept employees

    def iter_concepts(self, employer_id: str, *, pages: Executor | None = None, ahead: int = AHEAD) -> Iterator[Raw]:
        """All concept employees."""
        return self._calls.rows(calls.LIST_CONCEPTS, None, pages, ahead, employerId=employer_id)

    def get_concept(self, concept_id: str) -> Raw:
        """One concept employee."""
        return self._calls.content(calls.GET_CONCEPT, conceptEmployeeId=concept_id)

    def create_concept(self, employer_id: str, body: Raw) -> Raw:
        """Makes a concept employee; gives it as Loket stored it, with its id. Loket hardly validates it (rule 47)."""
        return self._calls.content(calls.CREATE_CONCEPT, body, employerId=employer_id)

    def put_concept(self, concept_id: str, body: Raw) -> Raw:
        """Replaces the whole concept employee; gives it as Loket stored it."""
        return self._calls.content(calls.PUT_CONCEPT, body, conceptEmployeeId=concept_id)

    def get_concept_bsn(self, concept_id: str) -> str | None:
        """The citizen service number of a concept employee; None when Loket has none."""
        return _bsn(self._calls.content(calls.GET_CONCEPT_BSN, conceptEmployeeId=concept_id))

    def put_concept_bsn(self, concept_id: str, bsn: str) -> None:
        """Replaces the citizen service number of a concept employee; nine digits."""
        self._calls.json(calls.PUT_CONCEPT_BSN, {"conceptEmployeeId": concept_id}, {"citizenServiceNumber": bsn})

    def validate_concept(self, concept_id: str) -> tuple[Message, ...]:
        """What Loket would say to a conversion, and changes nothing: () or only warnings means that it would work."""
        try:
            answer = self._calls.json(
                calls.CONVERT_CONCEPT, {"conceptEmployeeId": concept_id}, headers={"X-ValidateOnly": "true"}
            )
        except RecordRejected as error:
            if error.status == 404:
                raise
            return error.messages or (Message(None, "BrokenBusinessRule", error.message),)
        return payloads.messages(answer)

    def convert_concept(self, concept_id: str) -> tuple[Message, ...]:
        """Makes the concept an employee, who keeps its id (rule 46); gives Loket's warnings. Raises RecordRejected."""
        return payloads.messages(self._calls.json(calls.CONVERT_CONCEPT, {"conceptEmployeeId": concept_id}))


def _bsn(content: Raw) -> str | None:
    return content.get("citizenServiceNumber") or None


def _laid_over(below: Raw, above: Raw) -> Raw:
    """Both objects in one: what `above` has counts, except that its null does not hide a default."""
    result = dict(below)
    for name, value in above.items():
        under = result.get(name)
        if isinstance(value, dict) and isinstance(under, dict):
            result[name] = _laid_over(under, value)
        elif value is not None or name not in result:
            result[name] = value
    return result
