"""Whether Loket shows all employments to the integration user (rule 22): asked where there is an address, else derived."""

from loket_portal.loket.filter_settings import ALL_EMPLOYMENTS, FilterSettings
from onboarding.checks.base import Check, Row, derived, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner


class FilterNeutral(Check):
    """The user's filter settings hide nobody, as far as they or the lists of people show it."""

    key = "filter_settings"
    owner = Owner.ADMINISTRATOR  # whoever signed in with it: a filter is set in the user's own session
    is_blocking = True
    codes = frozenset({"filter_neutral", "filter_set", "filter_derived", "filter_people_missing"})

    def look(self, seen: Seen) -> Finding:
        filters = seen.filters
        if filters is None:
            return _concluded(seen)
        settings = filters.get_filter_settings(seen.employer_id)
        return proved("filter_neutral") if settings.is_neutral else failed("filter_set", _rows(settings))


def _rows(settings: FilterSettings) -> list[Row]:
    """What is filtered on; never which department or administration."""
    counts = {
        "administrations": settings.administrations,
        "departments": settings.departments,
        "categories": settings.categories,
    }
    rows: list[Row] = [{"slug": slug, "number": str(number)} for slug, number in counts.items() if number]
    if settings.employed_status != ALL_EMPLOYMENTS:
        rows.append({"slug": "status", "found": settings.employed_status})
    if settings.on_call is not None:
        rows.append({"slug": "on_call", "number": ""})
    return rows


def _concluded(seen: Seen) -> Finding:
    """The list of employees knows no filter, that of employments does: who is in one and not in the other is hidden."""
    employees = {row["id"] for row in seen.client.iter_employees(seen.employer_id)}
    shown = {row["employee"]["id"] for row in seen.client.iter_employments(seen.employer_id)}
    if hidden := len(employees - shown):
        return failed("filter_people_missing", number=str(hidden), total=str(len(employees)))
    return derived("filter_derived", number=str(len(employees)))
