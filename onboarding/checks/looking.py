"""One look of one check: whatever goes wrong becomes a finding, so that a check never stops the others."""

import logging
from dataclasses import replace

from loket_portal.lib.text import storable
from loket_portal.loket.diagnosis import Cause
from loket_portal.loket.errors import ConfigProblem, Forbidden, Retryable, SignInNeeded
from loket_portal.loket.rights import RIGHT_OF, same_right
from onboarding.checks.base import Check, failed, told, unreachable
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner

SIGN_IN_NEEDED = "sign_in_needed"
NO_SIGN_IN = "no_sign_in"
AWAY = "unreachable"
ODD = "odd_answer"
CRASHED = "crashed"
FORBIDDEN = {cause: f"forbidden_{cause}" for cause in Cause}
CODES = frozenset({SIGN_IN_NEEDED, NO_SIGN_IN, AWAY, ODD, CRASHED, *FORBIDDEN.values()})
"""What any check can find besides its own codes."""

log = logging.getLogger(__name__)


def look(check: Check, seen: Seen) -> Finding | None:
    """What the check finds; a fault of Loket, of the sign-in or of ours as a finding that says so. Raises nothing."""
    try:
        found = _look(check, seen)
    except Exception as error:  # noqa: BLE001  one that crashes never stops the others; its words may hold a value
        log.error("the check %s crashed: %s", check.key, type(error).__name__)
        found = unreachable(CRASHED, owner=Owner.SUPPORT)
    return None if found is None else _storable(told(found, check.stamp))


def _storable(found: Finding) -> Finding:
    """Names come from Loket as they are there, and a row that can't be stored would stop the round."""
    return replace(found, params=storable(found.params), details=tuple(storable(found.details)))


def _look(check: Check, seen: Seen) -> Finding | None:
    try:
        return check.look(seen)
    except Forbidden as error:
        return forbidden(error.params["activity"], seen)
    except SignInNeeded:
        return unreachable(NO_SIGN_IN, owner=Owner.ADMINISTRATOR)
    except Retryable:
        return unreachable(AWAY)
    except ConfigProblem as error:  # an answer that is none of Loket's, or an address that it doesn't know
        return unreachable(ODD, owner=Owner.SUPPORT, activity=error.params.get("activity", ""))


def forbidden(activity: str, seen: Seen) -> Finding:
    """403: with the cause, in Loket's order (rule 19). What our application lacks is our problem, not the customer's."""
    cause = _cause(activity, seen)
    owner = Owner.SUPPORT if cause is Cause.CLIENT else None
    return failed(FORBIDDEN[cause], owner=owner, activity=activity, right=RIGHT_OF.get(activity, activity))


def _cause(activity: str, seen: Seen) -> Cause:
    try:
        if not activity.isidentifier():  # our own words for a call: Loket's lists have no such name
            return _by_right(activity, seen)
        return seen.cause(activity) or Cause.VISIBILITY  # granted, and refused nevertheless
    except SignInNeeded:
        return Cause.UNKNOWN


def _by_right(activity: str, seen: Seen) -> Cause:
    right, enabled = RIGHT_OF.get(activity), seen.known(lambda seen: seen.rights_enabled)
    if right is None or enabled is None or any(same_right(right, name) for name in enabled):
        return Cause.UNKNOWN
    return Cause.RIGHT
