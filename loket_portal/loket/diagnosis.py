"""Which of Loket's five questions a refused activity fails on (rule 19). Pure: it judges what was read before."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from loket_portal.loket.rights import RIGHT_OF, same_right
from loket_portal.loket.setup_payloads import ApplicationActivity

NAME_LIMIT = 50  # characters of an activity's name in Loket's lists
OTHER_NAMES = {
    # The document calls the operation so, and its activity so
    "GetEmploymentLastModifiedVersionNumbersByUser": "GetEmploymentLastModifiedVersionNumbersByEmployerId",
}
EMPLOYER_ROLES = ("werkgever", "employer")


class Cause(StrEnum):
    """Why Loket refuses: our application, then the customer's rights, role, modules and view, in Loket's order."""

    CLIENT = "client"
    RIGHT = "right"
    ROLE = "role"
    MODULE = "module"
    VISIBILITY = "visibility"
    UNKNOWN = "unknown"


def cause_of(
    activity: str,
    *,
    application: Sequence[ApplicationActivity] | None,
    granted: Collection[str],
    rights_enabled: Collection[str] | None,
    modules: Collection[str] | None,
) -> Cause | None:
    """The first question that is answered with no; None when the activity is among those `granted`.

    None for what could not be read: its question is skipped. VISIBILITY is what remains when every other question was
    asked and none explains it, UNKNOWN when some could not be asked. A call that is refused although its activity is
    granted has VISIBILITY too: the user does not see that one administration or person.
    """
    if is_among(activity, granted):
        return None
    asks = None if application is None else activity_of(activity, application)
    if application is not None and asks is None:
        return Cause.CLIENT
    if rights_enabled is not None and _lacks_right(activity, asks, rights_enabled):
        return Cause.RIGHT
    if asks and _lacks_role(asks):
        return Cause.ROLE
    if asks and modules is not None and _lacks_module(asks, modules):
        return Cause.MODULE
    is_all_known = asks is not None and rights_enabled is not None and modules is not None
    return Cause.VISIBILITY if is_all_known else Cause.UNKNOWN


def activity_of(activity: str, application: Sequence[ApplicationActivity]) -> ApplicationActivity | None:
    """What our application has by this activity's name, None when it lacks the activity."""
    return next((row for row in application if is_among(activity, (row.activity,))), None)


def is_among(activity: str, names: Collection[str]) -> bool:
    """Whether Loket's list names the activity: cut off, or by the other name that the document has for it."""
    wanted = {activity, activity[:NAME_LIMIT]}
    if other := OTHER_NAMES.get(activity):
        wanted |= {other, other[:NAME_LIMIT]}
    return not wanted.isdisjoint(names)


def _lacks_right(activity: str, asks: ApplicationActivity | None, enabled: Collection[str]) -> bool:
    """One of the rights is enough; what the application's list says goes before our own reading."""
    known = (RIGHT_OF[activity],) if activity in RIGHT_OF else ()
    wanted = known if asks is None else asks.rights
    return bool(wanted) and not any(same_right(right, name) for right in wanted for name in enabled)


def _lacks_role(asks: ApplicationActivity) -> bool:
    """The integration user is a user of the employer (rule 13); Loket tells its role nowhere that we can read."""
    names = [role.casefold() for role in asks.roles]
    return bool(names) and not any(word in name for name in names for word in EMPLOYER_ROLES)


def _lacks_module(asks: ApplicationActivity, modules: Collection[str]) -> bool:
    have = {module.casefold().strip() for module in modules}
    return bool(asks.modules) and not any(module.casefold().strip() in have for module in asks.modules)
