"""What the checks of the setup read at Loket, as small frozen types: users, rights, modules, periods and changes.

What decides a check is never guessed: where it is missing the answer counts as unreadable, or as the bad news.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from loket_portal.loket.payloads import Raw, day


@dataclass(frozen=True, slots=True)
class EmployerUser:
    """A user of the employer; `login_method` and `access_status` are Loket's words, as "Via website en SSO"."""

    id: str
    email: str
    user_name: str
    login_method: str
    access_status: str
    requires_two_factor: bool
    is_linked_to_multiple_employers: bool
    last_login_at: datetime | None
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class UserRight:
    """A right of one user at one employer; `is_available` says whether users of an employer can get it at all."""

    id: str
    description: str
    is_enabled: bool
    is_available: bool


@dataclass(frozen=True, slots=True)
class Integration:
    """An application that the user signed in to; blocked for this user, or for everybody."""

    application_id: str
    name: str
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class ApplicationActivity:
    """An activity that an application has, and what else it asks: one of each list; an empty list asks nothing."""

    activity: str
    display_name: str
    rights: tuple[str, ...]
    modules: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayrollPeriod:
    """A period of a payroll administration; `run_statuses` are the keys of its runs (rule 63 says which count)."""

    id: int
    year: int
    number: int
    start_on: date
    end_on: date
    is_test_year: bool
    run_statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EmploymentVersions:
    """What was changed in Loket: the employments by id, and the highest number, to be asked from next time."""

    by_employment: dict[str, int]
    highest: int


@dataclass(frozen=True, slots=True)
class AuditChange:
    """Who changed which field of Loket and when. Of whom, and from what into what, is personal data: never kept.

    `performed_by` and the user's id are empty where no person did it.
    """

    performed_by: str
    performed_by_id: str
    at: datetime
    entity: str
    field: str


def employer_user(raw: Raw) -> EmployerUser:
    """From a row of `GET /providers/employers/{employerId}/users`."""
    is_linked = raw["isLinkedToMultipleEmployers"]
    if not isinstance(is_linked, bool):
        raise TypeError("isLinkedToMultipleEmployers")
    return EmployerUser(
        id=identity(raw),
        email=(raw.get("contactInformation") or {}).get("emailAddress") or "",
        user_name=raw.get("userName") or "",
        login_method=_text(raw, "loginMethod", "value"),
        access_status=_text(raw, "accessStatus", "value"),
        requires_two_factor=raw.get("twoFactorAuthenticationRequired") is True,
        is_linked_to_multiple_employers=is_linked,
        last_login_at=moment(raw.get("dateTimeLastLogin")),
        raw=raw,
    )


def user_right(raw: Raw) -> UserRight:
    """From a row of `GET …/users/{userId}/authorizations`."""
    return UserRight(
        identity(raw),
        _text(raw, "description"),
        raw.get("isEnabled") is True,
        raw.get("availableForEmployerUser") is not False,
    )


def integration(raw: Raw) -> Integration:
    """From a row of `GET /users/integrations`."""
    application = raw["application"]
    is_blocked = raw.get("isBlocked") is True or application.get("isBlocked") is True
    return Integration(identity(application), application.get("name") or "", is_blocked)


def application_activity(raw: Raw) -> ApplicationActivity:
    """From a row of `GET /applications/{applicationId}/authorizations`."""
    return ApplicationActivity(
        _text(raw, "activity"),
        raw.get("displayName") or "",
        _descriptions(raw.get("requiredUserAuthorizations")),
        _descriptions(raw.get("requiredEmployerModules")),
        _descriptions(raw.get("allowedRoles")),
    )


def module(raw: Raw) -> str:
    """From a row of `GET /providers/employers/{employerId}/modules`: its name."""
    return _text(raw, "description")


def payroll_period(raw: Raw) -> PayrollPeriod:
    """From a row of `GET …/payrolladministrations/{payrollAdministrationId}/payrollperiods`."""
    runs = raw.get("payrollRuns") or ()
    return PayrollPeriod(
        id=int(raw["id"]),
        year=int(raw["year"]),
        number=int(raw["periodNumber"]),
        start_on=_day(raw["startDate"]),
        end_on=_day(raw["endDate"]),
        is_test_year=raw.get("testYear") is True,
        run_statuses=tuple(int(run["payrollRunStatus"]["key"]) for run in runs),
    )


def employment_version(raw: Raw) -> tuple[str, int]:
    """From a row of `GET …/employments/lastmodifiedversionnumbers`: the employment's id and its number."""
    return identity(raw), int(raw["lastModifiedVersionNumber"])


def audit_change(raw: Raw) -> AuditChange:
    """From a row of `GET …/auditTrail/EmployeeData`; leaves behind whom it is about, and the values."""
    user, at = raw.get("performedBy") or {}, moment(raw["timeStamp"])
    if at is None:
        raise ValueError("timeStamp")
    return AuditChange(
        user.get("formattedName") or "",
        user.get("id") or "",
        at,
        _text(raw, "entity", "value"),
        (raw.get("field") or {}).get("value") or "",
    )


def moment(text: str | None) -> datetime | None:
    """An instant, None for null. One without a zone is read as UTC: in Dutch time it was earlier, so nothing is missed
    by who asks for what came after an instant.
    """
    at = datetime.fromisoformat(text) if text else None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def identity(raw: Raw) -> str:
    """The id of an object that must have one."""
    return _text(raw, "id")


def _text(raw: Raw, *way: str) -> str:
    """A text that must be there, at the end of the way into the object."""
    value: Any = raw
    for name in way:
        value = value[name]
    if not isinstance(value, str) or not value:
        raise TypeError(way[-1])
    return value


def _day(text: str) -> date:
    found = day(text)
    if found is None:
        raise ValueError("date")
    return found


def _descriptions(rows: Iterable[Raw] | None) -> tuple[str, ...]:
    return tuple(_text(row, "description") for row in rows or ())
