"""Whether Loket has announced the end of a version of its API that we use (rule 55)."""

from onboarding.checks.base import Check, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner


class ApiLifetime(Check):
    """No answer of this round had an `obsoleteDate`; it therefore looks last. Nobody but us can do anything about it."""

    key = "api_lifetime"
    owner = Owner.SUPPORT
    codes = frozenset({"api_lasting", "api_ending"})

    def look(self, seen: Seen) -> Finding:
        _ = seen.user  # at least one answer
        ends = sorted(seen.obsolete.items(), key=lambda item: (item[1], item[0]))
        if not ends:
            return proved("api_lasting")
        rows = [{"activity": activity, "ends_on": day.isoformat()} for activity, day in ends]
        return failed("api_ending", rows, number=str(len(ends)), first=ends[0][1].isoformat())
