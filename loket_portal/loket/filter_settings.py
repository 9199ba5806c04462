"""Which employments Loket shows to the user (rule 22). The settings stand on another server than the rest of the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loket_portal.loket import answers, calls
from loket_portal.loket.payloads import Raw
from loket_portal.loket.transport import AccessTokens, Transport

ALL_EMPLOYMENTS = "AllEmployments"


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """How many administrations, departments and categories are filtered on, and which employments are shown."""

    administrations: int
    departments: int
    categories: int
    employed_status: str
    on_call: bool | None

    @property
    def is_neutral(self) -> bool:
        """Whether everybody is shown."""
        filters = self.administrations + self.departments + self.categories
        return not filters and self.employed_status == ALL_EMPLOYMENTS and self.on_call is None


class FilterClient:
    """The one call to the server of the filter settings, with the sign-in of the API."""

    def __init__(self, filter_url: str, tokens: AccessTokens | Callable[[], str], **session: Any) -> None:
        """`filter_url` is the setting LOKET_FILTER_URL; production only: acceptance has no such server."""
        self._calls = Transport(filter_url, tokens, **session)

    def get_filter_settings(self, employer_id: str) -> FilterSettings:
        """The settings of the signed-in user for this employer. Raises the SyncError that fits (see `answers`)."""
        call = calls.GET_FILTER_SETTINGS
        return answers.parsed(call, filter_settings, self._calls.content(call, employerId=employer_id))


def filter_settings(raw: Raw) -> FilterSettings:
    """From the content of `GET /user/filtersettings/{employerId}`."""
    chosen = raw["employmentFilter"]
    status, on_call = chosen["filterOnEmployedStatus"], chosen.get("filterOnOnCallEmployment")
    if not isinstance(status, str) or not isinstance(on_call, bool | None):
        raise TypeError("employmentFilter")
    return FilterSettings(
        _count(chosen.get("filterOnAdministrations")),
        _count(chosen.get("filterOnDepartments")),
        _count(chosen.get("filterOnEmploymentCategoryType")),
        status,
        on_call,
    )


def _count(rows: object) -> int:
    """How many are chosen; no list and an empty list, and a null in it, choose nothing."""
    if rows is None:
        return 0
    if not isinstance(rows, list):
        raise TypeError("filter")
    return sum(row is not None for row in rows)
