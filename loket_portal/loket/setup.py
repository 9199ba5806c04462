"""The calls that prove the steps of the setup (rules 11 to 22); a part of `LoketClient`, in words of this product."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from loket_portal.loket import answers, calls, payloads, setup_payloads
from loket_portal.loket.calls import Call
from loket_portal.loket.payloads import NamedItem, Raw
from loket_portal.loket.setup_payloads import (
    ApplicationActivity,
    AuditChange,
    EmployerUser,
    Integration,
    PayrollPeriod,
    UserRight,
)
from loket_portal.loket.transport import Transport

Item = TypeVar("Item")

CHANGES_WITHOUT_SINCE = timedelta(days=30)


class SetupCalls:
    """What the checks ask. They change nothing at Loket, but the `create_` and `delete_` methods do."""

    _calls: Transport

    # the user and what it may do

    def list_employer_users(self, employer_id: str) -> list[EmployerUser]:
        """The users of the employer. May itself need a right: Forbidden means that rule 18's other way is taken."""
        return self._list(calls.LIST_USERS, setup_payloads.employer_user, employerId=employer_id)

    def list_user_rights(self, employer_id: str, user_id: str) -> list[UserRight]:
        """The rights of a user at the employer by their Dutch names, those that it lacks too."""
        ids = {"employerId": employer_id, "userId": user_id}
        return self._list(calls.LIST_USER_RIGHTS, setup_payloads.user_right, **ids)

    def get_integrations(self) -> list[Integration]:
        """The applications that the user signed in to; ours is among them."""
        call = calls.GET_INTEGRATIONS
        answer = self._calls.json(call, {})
        rows = answer if isinstance(answer, list) else answers.body_of(call, answer).get("_embedded")
        # The document says an object, and means a list as everywhere
        rows = [rows] if isinstance(rows, dict) and rows else rows
        if not isinstance(rows, list):
            raise answers.unreadable(call, 200)
        return [answers.parsed(call, setup_payloads.integration, row) for row in rows]

    def list_application_authorizations(self, application_id: str) -> list[ApplicationActivity]:
        """The activities that our application has at Loket, with the rights, modules and roles that each asks."""
        return self._list(
            calls.LIST_APPLICATION_AUTHORIZATIONS, setup_payloads.application_activity, applicationId=application_id
        )

    def list_modules(self, employer_id: str) -> list[str]:
        """The names of the modules that the employer has."""
        return self._list(calls.LIST_MODULES, setup_payloads.module, employerId=employer_id)

    # "Algemeen", made on a click after confirmation (rule 20)

    def create_function(self, employer_id: str, description: str) -> NamedItem:
        """Makes a function. Raises RecordRejected with Loket's reasons."""
        return self._create(calls.CREATE_FUNCTION, employer_id, {"description": description})

    def create_department(self, employer_id: str, description: str, code: int) -> NamedItem:
        """Makes a department; its code must be free. Raises RecordRejected with Loket's reasons."""
        return self._create(calls.CREATE_DEPARTMENT, employer_id, {"code": code, "description": description})

    def create_distribution_unit(self, employer_id: str, description: str, code: int) -> NamedItem:
        """Makes a distribution unit; its code must be free. Raises RecordRejected with Loket's reasons."""
        return self._create(calls.CREATE_DISTRIBUTION_UNIT, employer_id, {"code": code, "description": description})

    # the month, and what others changed

    def list_payroll_periods(self, administration_id: str) -> list[PayrollPeriod]:
        """All periods of a payroll administration, test years too."""
        return self._list(
            calls.LIST_PAYROLL_PERIODS, setup_payloads.payroll_period, payrollAdministrationId=administration_id
        )

    def list_employee_changes(self, employer_id: str, since: date | datetime | None = None) -> list[AuditChange]:
        """Who changed which field of employees from `since` on: a day begins in UTC; without it the last 30 days."""
        call, ids = calls.LIST_EMPLOYEE_CHANGES, {"employerId": employer_id}
        start, end = _as_moment(since), datetime.now(UTC) + timedelta(days=2)
        # Days, as the document calls them; whether Loket counts the last one is unknown, so it lies ahead
        days = {"startDate": start.date().isoformat(), "endDate": end.date().isoformat()}
        changes = self._list(call, setup_payloads.audit_change, days, **ids)
        return [change for change in changes if change.at >= start]

    # a pilot person, of whom nothing is kept

    def first_employee_id(self, employer_id: str) -> str | None:
        """The id of some employee of the employer, None when there is nobody."""
        call = calls.LIST_EMPLOYEES
        first = islice(self._calls.rows(call, {"pageSize": 1}, employerId=employer_id), 1)
        return next((answers.parsed(call, setup_payloads.identity, row) for row in first), None)

    def probe_bsn(self, employee_id: str) -> None:
        """Whether the BSN may be read, without giving it: raises Forbidden when not, nothing when it may."""
        self._calls.json(calls.GET_BSN, {"employeeId": employee_id})

    def delete_concept(self, concept_id: str) -> None:
        """Removes a concept employee. Raises RecordRejected, with status 404 when it is gone already."""
        self._calls.json(calls.DELETE_CONCEPT, {"conceptEmployeeId": concept_id})

    def _list(
        self, call: Call, parse: Callable[[Raw], Item], params: Mapping[str, str | int] | None = None, /, **ids: str
    ) -> list[Item]:
        return [answers.parsed(call, parse, row) for row in self._calls.rows(call, params, **ids)]

    def _create(self, call: Call, employer_id: str, body: Raw) -> NamedItem:
        return answers.parsed(call, payloads.named_item, self._calls.content(call, body, employerId=employer_id))


def _as_moment(since: date | datetime | None) -> datetime:
    if since is None:
        return datetime.now(UTC) - CHANGES_WITHOUT_SINCE
    if isinstance(since, datetime):
        return since.astimezone(UTC)
    return datetime(since.year, since.month, since.day, tzinfo=UTC)
