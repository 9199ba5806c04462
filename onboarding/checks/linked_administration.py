"""Whether the connected administration is still there, with the same tax ID, of its own (rules 4 and 5)."""

from loket_portal.loket.payloads import PayrollAdministration
from onboarding.checks.administrations import sharers
from onboarding.checks.base import Check, Scope, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner
from onboarding.models import Connection


class LinkedAdministration(Check):
    """A later duplicate of the tax ID is a problem for its owner, and doesn't break a running connection (rule 5)."""

    key = "linked_administration"
    owner = Owner.ACCOUNTANT
    scope = Scope.ENTITY
    codes = frozenset(
        {"linked_visible", "linked_gone", "linked_ended", "linked_no_tax_id", "linked_tax_id_changed", "linked_shared"}
    )
    stopping = frozenset({"linked_gone", "linked_no_tax_id", "linked_tax_id_changed"})
    """Those with which no sync may run: what would be written could be another company's."""

    def look(self, seen: Seen) -> Finding | None:
        own = seen.connection
        if own is None:
            return None
        one = next((one for one in seen.administrations if one.id.casefold() == str(own.administration_id)), None)
        if one is None:
            return failed("linked_gone", names=own.administration_name, user=seen.login.loket_user)
        return _judged(one, own, seen)


def _judged(one: PayrollAdministration, own: Connection, seen: Seen) -> Finding:
    same = ", ".join(sharers(one, seen.administrations))
    problems = {
        "linked_no_tax_id": not one.tax_id,
        "linked_tax_id_changed": one.tax_id != own.tax_id,
        "linked_shared": bool(same),
        "linked_ended": one.end_on is not None and one.end_on < seen.today,
    }
    code = next((code for code, is_so in problems.items() if is_so), None)
    return failed(code, names=one.name, sharers=same) if code else proved("linked_visible", names=one.name)
