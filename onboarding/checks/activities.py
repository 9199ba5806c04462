"""Whether the user may do everything that the sync does, and if not, which of Loket's questions says no (rule 19)."""

from collections.abc import Collection

from loket_portal.loket.diagnosis import Cause, activity_of, is_among
from loket_portal.loket.rights import NEEDED_ACTIVITIES, RIGHT_OF, WITHOUT_RIGHT
from onboarding.checks.base import Check, Row, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner

NEEDED = tuple(sorted(NEEDED_ACTIVITIES - WITHOUT_RIGHT))
"""What a sync asks for. What every user may ask is left out: it was asked to get here."""


class Activities(Check):
    """`GET …/authorizations` lists every activity that we call."""

    key = "activities"
    owner = Owner.ACCOUNTANT
    is_blocking = True
    codes = frozenset(
        {"activities_all", "activities_client_too", "activities_several", *(f"activities_{cause}" for cause in Cause)}
    )

    def look(self, seen: Seen) -> Finding:
        granted = seen.activities
        missing = [activity for activity in NEEDED if not is_among(activity, granted)]
        if not missing:
            return proved("activities_all", number=str(len(NEEDED)))
        rows = [_row(activity, seen) for activity in missing]
        causes = {row["cause"] for row in rows}
        owner = Owner.SUPPORT if causes == {Cause.CLIENT} else None  # what our application lacks nobody else can give
        return failed(_code(causes), rows, owner=owner, number=str(len(missing)), names=_names(rows, causes))


def _code(causes: Collection[str]) -> str:
    if len(causes) == 1:
        return f"activities_{next(iter(causes))}"
    return "activities_client_too" if Cause.CLIENT in causes else "activities_several"


def _row(activity: str, seen: Seen) -> Row:
    cause = seen.cause(activity) or Cause.UNKNOWN
    application = seen.known(lambda seen: seen.application)
    asks = activity_of(activity, application) if application else None
    right = " / ".join(asks.rights) if asks and asks.rights else RIGHT_OF.get(activity, "")
    module = " / ".join(asks.modules) if asks and cause is Cause.MODULE else ""
    return {"activity": activity, "cause": cause.value, "right": right, "module": module}


def _names(rows: list[Row], causes: Collection[str]) -> str:
    """What is to be given: the rights or modules where they are the cause, else the activities."""
    column = {Cause.RIGHT: "right", Cause.MODULE: "module"}.get(Cause(next(iter(causes)))) if len(causes) == 1 else None
    return ", ".join(dict.fromkeys(str(row[column or "activity"]) for row in rows))
