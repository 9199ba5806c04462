"""How many people of the roster each administration of Loket already has: the sanity check of the choice (rule 36)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from onboarding.models import LegalEntity, User
from onboarding.services import access, logins
from sync.services import people, rosters


@dataclass(frozen=True, slots=True)
class Place:
    """One administration that the sign-in sees, and how many of our people work there."""

    id: str
    name: str
    found: int


@dataclass(frozen=True, slots=True)
class Headcount:
    """`total`: how many people of the roster are in the sync."""

    total: int
    places: tuple[Place, ...]


def read(entity: LegalEntity, user: User) -> Headcount | None:
    """The counts as Loket has them now; None without a roster, or a sign-in that an administrator has authorized.

    Numbers only: no name leaves this function. A check sign-in never reads people (rule 8). Raises NotAllowed and
    SyncError.
    """
    access.require_payroll_edit(user, entity)
    roster, login = rosters.current(entity), logins.authorized_for(entity)
    if roster is None or login is None:
        return None
    wanted = people.numbers_in_scope(roster)
    client, employer = logins.client_for(login), str(login.employer_id)
    there = _at_work(client.iter_employments(employer), timezone.localdate())
    administrations = client.list_administrations(employer)
    return Headcount(
        len(wanted), tuple(Place(a.id, a.name, len(there[a.id.casefold()] & wanted)) for a in administrations)
    )


def _at_work(rows: Iterable[dict[str, Any]], today: date) -> defaultdict[str, set[int]]:
    """The employee numbers per administration, of employments that run or will: who has left says nothing."""
    there: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        administration, end = row.get("payrollAdministration"), row.get("endDate")
        if administration and not (end and date.fromisoformat(end[:10]) < today):
            there[administration["id"].casefold()].add(row["employee"]["employeeNumber"])
    return there
