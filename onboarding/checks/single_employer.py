"""Whether the integration user reaches exactly the one employer it signed in for (rules 11 and 12)."""

from onboarding.checks.base import Check, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner

SHOWN = 10  # of more the number: a personal sign-in of an accountant sees all the customers of the office

UNNAMED = "several_employers_unnamed"
"""Of a refused sign-in of a guest: he may have used his own, and those employers are his office's customers."""


class SingleEmployer(Check):
    """`GET /providers/employers` lists one employer."""

    key = "single_employer"
    owner = Owner.ACCOUNTANT
    is_blocking = True
    codes = frozenset({"one_employer", "no_employer", "several_employers", UNNAMED, "other_employer"})

    def look(self, seen: Seen) -> Finding:
        employers = seen.employers
        rows = [{"name": employer.name} for employer in employers[:SHOWN]]
        names = ", ".join(row["name"] for row in rows)
        if not employers:
            return failed("no_employer")
        if len(employers) > 1:
            return failed("several_employers", rows, number=str(len(employers)), names=names)
        if employers[0].id.casefold() != seen.employer_id.casefold():
            return failed("other_employer", rows, names=names, employer=seen.login.employer_name)
        return proved("one_employer", rows, names=names)
