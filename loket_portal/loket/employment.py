"""The calls about an employment and its parts, for what the sync writes there; a part of `LoketClient`.

Bodies and answers are Loket's own objects, as in `client`. Organizational entities and working hours are *linked
chains*: a new record from a date on ends the one before it the day before, and no two overlap (rule 54).
"""

from collections.abc import Iterator
from concurrent.futures import Executor

from loket_portal.loket import calls, payloads, setup_payloads
from loket_portal.loket.answers import parsed
from loket_portal.loket.calls import Call
from loket_portal.loket.paging import AHEAD
from loket_portal.loket.payloads import Message, Raw, ValueLists
from loket_portal.loket.setup_payloads import EmploymentVersions
from loket_portal.loket.transport import Transport


class EmploymentCalls:
    """Reads and writes one employment, and tells which employments moved."""

    _calls: Transport

    # what moved

    def iter_employment_versions(
        self, employer_id: str, since: int | None = None, *, pages: Executor | None = None, ahead: int = AHEAD
    ) -> Iterator[tuple[str, int]]:
        """Id and version number of the employments whose number is above `since`; of all of them without it.

        The number grows with every change of the employment, its parts and its employee.
        """
        call = calls.LIST_EMPLOYMENT_VERSIONS
        narrow = {} if since is None else {"filter": f"lastModifiedVersionNumber gt {since}"}
        for row in self._calls.rows(call, narrow, pages, ahead, employerId=employer_id):
            employment, number = parsed(call, setup_payloads.employment_version, row)
            if since is None or number > since:
                yield employment, number

    def list_employment_versions(self, employer_id: str, since: int | None = None) -> EmploymentVersions:
        """The employments that changed in Loket after `since`, a `highest` of before; all of them without it."""
        found = dict(self.iter_employment_versions(employer_id, since))
        return EmploymentVersions(found, max(found.values(), default=since or 0))

    def list_employer_versions(self) -> dict[str, int]:
        """By employer the highest version number of its employments: one call tells whether anything moved."""
        call = calls.LIST_EMPLOYER_VERSIONS
        return dict(parsed(call, setup_payloads.employment_version, row) for row in self._calls.rows(call))

    # the employment

    def get_employment(self, employment_id: str) -> Raw:
        """One employment, without its dated parts."""
        return self._calls.content(calls.GET_EMPLOYMENT, employmentId=employment_id)

    def put_employment(self, employment_id: str, body: Raw) -> Raw:
        """Replaces the whole employment; gives it as Loket stored it. Its dates have calls of their own."""
        return self._calls.content(calls.PUT_EMPLOYMENT, body, employmentId=employment_id)

    def employment_metadata(self, employment_id: str) -> ValueLists:
        """The value lists of an employment, the reasons for its end among them."""
        return payloads.value_lists(self._calls.rows(calls.EMPLOYMENT_METADATA, employmentId=employment_id))

    def terminate(self, employment_id: str, body: Raw) -> tuple[Message, ...]:
        """Ends the employment on the body's `endDate`, its last day; gives Loket's warnings (rule 53)."""
        return self._patch(calls.TERMINATE, employment_id, body)

    def reinstate(self, employment_id: str) -> tuple[Message, ...]:
        """Undoes a termination; gives Loket's warnings (rule 53)."""
        return self._patch(calls.REINSTATE, employment_id, {})

    def correct_start_date(self, employment_id: str, body: Raw) -> tuple[Message, ...]:
        """Moves the first day to the body's `startDate`, of its parts too; gives Loket's warnings (rule 53)."""
        return self._patch(calls.CORRECT_START_DATE, employment_id, body)

    # where somebody works

    def list_organizational_entities(self, employment_id: str) -> list[Raw]:
        """The chain of organizational entities of an employment."""
        return self._part(calls.LIST_ORGANIZATION, employment_id)

    def create_organizational_entity(self, employment_id: str, body: Raw) -> Raw:
        """A new record from the body's `startDate` on, that ends the one before it; gives it as Loket stored it."""
        return self._calls.content(calls.CREATE_ORGANIZATION, body, employmentId=employment_id)

    def get_organizational_entity(self, organizational_entity_id: str) -> Raw:
        """One organizational entity."""
        return self._calls.content(calls.GET_ORGANIZATION, organizationalEntityId=organizational_entity_id)

    def put_organizational_entity(self, organizational_entity_id: str, body: Raw) -> Raw:
        """Replaces the record that stands; gives it as Loket stored it."""
        return self._calls.content(calls.PUT_ORGANIZATION, body, organizationalEntityId=organizational_entity_id)

    # when somebody works

    def list_working_hours(self, employment_id: str) -> list[Raw]:
        """The chain of working hours of an employment."""
        return self._part(calls.LIST_HOURS, employment_id)

    def create_working_hours(self, employment_id: str, body: Raw) -> Raw:
        """A new record from the body's `startDate` on, that ends the one before it; gives it as Loket stored it."""
        return self._calls.content(calls.CREATE_HOURS, body, employmentId=employment_id)

    def get_working_hours(self, working_hours_id: str) -> Raw:
        """One record of working hours."""
        return self._calls.content(calls.GET_HOURS, workinghoursId=working_hours_id)

    def put_working_hours(self, working_hours_id: str, body: Raw) -> Raw:
        """Replaces the record that stands; gives it as Loket stored it."""
        return self._calls.content(calls.PUT_HOURS, body, workinghoursId=working_hours_id)

    # where the wage goes

    def list_payment_information(self, employment_id: str) -> list[Raw]:
        """The bank accounts of an employment: at most one for each payroll component."""
        return self._part(calls.LIST_PAYMENT_INFORMATION, employment_id)

    def create_payment_information(self, employment_id: str, body: Raw) -> Raw:
        """A bank account for a payroll component that has none yet; gives it as Loket stored it."""
        return self._calls.content(calls.CREATE_PAYMENT_INFORMATION, body, employmentId=employment_id)

    def get_payment_information(self, payment_information_id: str) -> Raw:
        """One bank account."""
        return self._calls.content(calls.GET_PAYMENT_INFORMATION, paymentInformationSepaId=payment_information_id)

    def put_payment_information(self, payment_information_id: str, body: Raw) -> Raw:
        """Replaces the bank account; gives it as Loket stored it."""
        return self._calls.content(calls.PUT_PAYMENT_INFORMATION, body, paymentInformationSepaId=payment_information_id)

    def payment_metadata(self, employment_id: str) -> ValueLists:
        """The value lists of a bank account: the payroll components that the administration has."""
        return payloads.value_lists(self._calls.rows(calls.PAYMENT_METADATA, employmentId=employment_id))

    def payment_defaults(self, employment_id: str) -> Raw:
        """What a new bank account starts with; what has no default is null."""
        return self._calls.content(calls.PAYMENT_DEFAULTS, employmentId=employment_id)

    def _part(self, call: Call, employment_id: str) -> list[Raw]:
        return list(self._calls.rows(call, employmentId=employment_id))

    def _patch(self, call: Call, employment_id: str, body: Raw) -> tuple[Message, ...]:
        return payloads.messages(self._calls.json(call, {"employmentId": employment_id}, body))
