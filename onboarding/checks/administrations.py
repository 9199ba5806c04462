"""Whether the employer has an administration that may be linked, and why the others may not (rules 4 and 36)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from loket_portal.loket.payloads import PayrollAdministration
from onboarding.checks.base import Check, Row, failed, proved
from onboarding.checks.seen import Seen
from onboarding.facts import Finding, Owner
from onboarding.models import Connection


class Reason(StrEnum):
    """Why one is not selectable; the choice (services/choices.py) refuses for the same."""

    TAKEN = "taken"
    ENDED = "ended"
    NO_TAX_ID = "no_tax_id"
    SHARED_TAX_ID = "shared_tax_id"
    TAX_ID_CONNECTED = "tax_id_connected"


class Administrations(Check):
    """One row per administration. Its tax ID is not kept: that of a sole proprietor holds his BSN."""

    key = "administrations"
    owner = Owner.ACCOUNTANT
    codes = frozenset(
        {"administrations_selectable", "administrations_connected", "administrations_none", "administrations_refused"}
    )

    def look(self, seen: Seen) -> Finding:
        found = seen.administrations
        reasons = {one.id: reason_against(one, found, seen.linked, seen.today) for one in found}
        rows = [_row(one, reasons[one.id], found) for one in found]
        selectable = sum(reason is None for reason in reasons.values())
        if not found:
            return failed("administrations_none")
        if selectable:
            return proved("administrations_selectable", rows, number=str(selectable), total=str(len(found)))
        if any(connection.login_id == seen.login.pk for connection in seen.linked):
            return proved("administrations_connected", rows, total=str(len(found)))
        return failed("administrations_refused", rows, total=str(len(found)))


def reason_against(
    one: PayrollAdministration, all_of_them: Sequence[PayrollAdministration], linked: Sequence[Connection], today: date
) -> Reason | None:
    """The first rule that the administration breaks; both of a pair with one tax ID are refused."""
    shared = Counter(other.tax_id for other in all_of_them if other.tax_id)
    reasons = {
        Reason.TAKEN: one.id.casefold() in {str(connection.administration_id) for connection in linked},
        Reason.ENDED: one.end_on is not None and one.end_on < today,
        Reason.NO_TAX_ID: not one.tax_id,
        Reason.SHARED_TAX_ID: shared[one.tax_id or ""] > 1,
        Reason.TAX_ID_CONNECTED: one.tax_id in {connection.tax_id for connection in linked},
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)


def sharers(one: PayrollAdministration, all_of_them: Iterable[PayrollAdministration]) -> tuple[str, ...]:
    """The names of the others with the same tax ID."""
    return tuple(a.name for a in all_of_them if one.tax_id and a.tax_id == one.tax_id and a.id != one.id)


def _row(one: PayrollAdministration, reason: Reason | None, all_of_them: Sequence[PayrollAdministration]) -> Row:
    number = "" if one.client_number is None else str(one.client_number)
    names = ", ".join(sharers(one, all_of_them)) if reason is Reason.SHARED_TAX_ID else ""
    return {"name": one.name, "number": number, "reason": reason.value if reason else "", "names": names}
