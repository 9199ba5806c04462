"""What Loket has of one person now, for the preview of a mapping. Only reads, and never with a check sign-in (rule 8).

BSN and IBAN are not asked: they have rights of their own, and nobody needs them to judge a mapping.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mapping.catalogue import LOKET_FIELDS, SECTION, LoketField, Resource
from onboarding.models import Connection, LegalEntity
from onboarding.services import logins
from sync import diff, policy
from sync.records import HRRecord

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Present:
    """An employee as Loket has it, with the newest employment of the administration; `is_signed_in` False: no
    administrator has authorized it at Loket, `is_there` False: it has nobody with this number."""

    is_signed_in: bool = True
    is_there: bool = False
    employee: Raw = field(default_factory=dict, repr=False)
    employment: Raw = field(default_factory=dict, repr=False)

    def raw(self, target: str) -> Any:
        """The value of a field as Loket's JSON has it; None where there is none, or it is not asked."""
        one = LOKET_FIELDS.get(target)
        if one is None or one.sensitive:
            return None
        if one.resource is Resource.EMPLOYEE:
            return diff.read(self.employee, one.path)
        return diff.read(self.employment, _path(one)) if one.resource in SECTION else None

    def text(self, target: str) -> str:
        """The same for the screen."""
        return diff.display(LOKET_FIELDS[target], self.raw(target)) if target in LOKET_FIELDS else ""


def present(entity: LegalEntity, record: HRRecord, today: date) -> Present:
    """Reads the employee with this person's number. Raises SyncError."""
    login, number = logins.authorized_for(entity), policy.loket_number(record)
    if login is None:
        return Present(is_signed_in=False)
    if number is None:
        return Present()
    client, employer = logins.client_for(login), str(login.employer_id)
    rows = [row for row in client.iter_employments(employer) if row["employee"]["employeeNumber"] == number]
    here = _here(entity, rows)
    if here:
        newest = max(here, key=lambda row: (_runs(row, today), row["startDate"]))
        return Present(is_there=True, employee=newest["employee"], employment=newest)
    employee = rows[0]["employee"] if rows else None
    employee = employee or next(
        (one for one in client.iter_employees(employer) if one["employeeNumber"] == number), None
    )
    return Present(is_there=employee is not None, employee=employee or {})


def _here(entity: LegalEntity, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the chosen administration; of all of the employer where none is chosen yet."""
    connection = Connection.objects.filter(entity=entity).first()
    if connection is None:
        return rows
    wanted = str(connection.administration_id).casefold()
    return [row for row in rows if ((row.get("payrollAdministration") or {}).get("id") or "").casefold() == wanted]


def _runs(row: Raw, today: date) -> bool:
    return row["endDate"] is None or date.fromisoformat(row["endDate"][:10]) >= today


def _path(one: LoketField) -> str:
    section = SECTION[one.resource]
    return f"{section}.{one.path}" if section else one.path
