"""Whether the integration user may read a BSN, tried on the first employee (rule 47). The number is never kept."""

from loket_portal.loket.calls import GET_BSN
from loket_portal.loket.diagnosis import is_among
from onboarding.checks.base import Check, Scope, derived, proved
from onboarding.checks.looking import forbidden
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner


class BsnAccess(Check):
    """Where the employer has no employee, it is concluded from what the user may do."""

    key = "bsn_access"
    owner = Owner.ACCOUNTANT
    scope = Scope.ENTITY
    codes = frozenset({"bsn_readable", "bsn_derived"})

    def look(self, seen: Seen) -> Finding | None:
        if seen.connection is None:
            return None
        if seen.answers.once("bsn", lambda: _probe(seen)):
            return proved("bsn_readable")
        if is_among(GET_BSN.activity, seen.activities):
            return derived("bsn_derived")
        return forbidden(GET_BSN.activity, seen)


def _probe(seen: Seen) -> bool:
    """Whether there was somebody to try it on. Raises Forbidden when the number may not be read."""
    employee_id = seen.client.first_employee_id(seen.employer_id)
    if employee_id is not None:
        seen.client.probe_bsn(employee_id)
    return employee_id is not None
