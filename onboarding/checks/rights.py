"""Whether the integration user has the 15 rights (rules 15 to 18): read one by one, or concluded from what it may do."""

from collections.abc import Iterable, Mapping, Sequence

from loket_portal.loket.diagnosis import NAME_LIMIT, Cause, cause_of
from loket_portal.loket.errors import Forbidden
from loket_portal.loket.rights import RIGHT_OF, RIGHTS, RIGHTS_VERSION, Right, missing_rights, same_right
from loket_portal.loket.setup_payloads import ApplicationActivity
from onboarding.checks.base import Check, Row, derived, failed, proved, told
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner

GRANTED, MISSING, UNKNOWN = "granted", "missing", "unknown"


class Rights(Check):
    """One row of details per right. Where the rights can't be read they are derived, never passed by hand (rule 18)."""

    key = "rights"
    owner = Owner.ACCOUNTANT
    is_blocking = True
    codes = frozenset({"rights_all", "rights_missing", "rights_derived", "rights_missing_derived"})
    stamp = {"version": str(RIGHTS_VERSION)}

    def look(self, seen: Seen) -> Finding:
        try:
            enabled = seen.rights_enabled
        except Forbidden:
            enabled = None
        if enabled is None:
            return _concluded(seen)
        missing = missing_rights(enabled)
        states = {right.slug: MISSING if right in missing else GRANTED for right in RIGHTS}
        rows = _rows(states, is_derived=False)
        if missing:
            return told(failed("rights_missing", rows), _names(missing))
        return proved("rights_all", rows, number=str(len(RIGHTS)))


def _concluded(seen: Seen) -> Finding:
    """Right by right from the activities that the user may perform, and what our application says that they need."""
    granted, application = seen.activities, seen.known(lambda seen: seen.application)
    modules = seen.known(lambda seen: seen.modules)
    asks = application if application is not None else _our_reading()
    states = {right.slug: _state(right, asks, granted, modules) for right in RIGHTS}
    rows = _rows(states, is_derived=True)
    missing = [right for right in RIGHTS if states[right.slug] == MISSING]
    if missing:
        return told(failed("rights_missing_derived", rows), _names(missing))
    unknown = sum(state == UNKNOWN for state in states.values())
    return derived("rights_derived", rows, number=str(len(RIGHTS) - unknown), unknown=str(unknown))


def _our_reading() -> list[ApplicationActivity]:
    """What each activity needs as far as this product knows, where Loket's own list can't be read."""
    return [ApplicationActivity(activity, "", (right,), (), ()) for activity, right in RIGHT_OF.items()]


def _state(
    right: Right, asks: Iterable[ApplicationActivity], granted: Sequence[str], modules: Sequence[str] | None
) -> str:
    """An activity that only this right gives shows it; one that is refused for another reason shows nothing."""
    needing = [row for row in asks if any(same_right(right.name, name) for name in row.rights)]
    allowed = {name[:NAME_LIMIT] for name in granted}
    if any(row.activity[:NAME_LIMIT] in allowed for row in needing):
        return GRANTED
    only = [row for row in needing if len(row.rights) == 1 and _is_refused_for_it(row, granted, modules)]
    return MISSING if only else UNKNOWN


def _is_refused_for_it(row: ApplicationActivity, granted: Sequence[str], modules: Sequence[str] | None) -> bool:
    cause = cause_of(row.activity, application=[row], granted=granted, rights_enabled=None, modules=modules)
    return row.activity.isidentifier() and cause not in (Cause.ROLE, Cause.MODULE)


def _rows(states: Mapping[str, str], *, is_derived: bool) -> list[Row]:
    return [
        {
            "slug": right.slug,
            "name": right.name,
            "state": states[right.slug],
            "is_new": right.is_new,
            "is_derived": is_derived,
        }
        for right in RIGHTS
    ]


def _names(missing: Sequence[Right]) -> dict[str, str]:
    return {"number": str(len(missing)), "names": ", ".join(right.name for right in missing)}
