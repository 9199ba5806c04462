"""How many people of ours each administration of Loket already has: the sanity check of the choice (rule 36)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from mapping.models import MappingSet
from mapping.services import frozen_rules, published_for
from onboarding.models import LegalEntity, User
from onboarding.services import access, logins
from sync import policy
from sync.services import people, rosters, settled
from sync.services.personio_people import People


@dataclass(frozen=True, slots=True)
class Place:
    """One administration that the sign-in sees, and how many of our people work there."""

    id: str
    name: str
    found: int


@dataclass(frozen=True, slots=True)
class Headcount:
    """`total`: how many people of the roster, or of Personio, are in the sync."""

    total: int
    places: tuple[Place, ...]


def read(entity: LegalEntity, user: User) -> Headcount | None:
    """The counts as Loket has them now; None without people, or a sign-in that an administrator has authorized.

    Numbers only: no name leaves this function. A check sign-in never reads people (rule 8). Raises NotAllowed and
    SyncError.
    """
    access.require_payroll_edit(user, entity)
    login = logins.authorized_for(entity)
    wanted = _wanted(entity) if login else None
    if login is None or wanted is None:
        return None
    client, employer = logins.client_for(login), str(login.employer_id)
    there = _at_work(client.iter_employments(employer), timezone.localdate())
    administrations = client.list_administrations(employer)
    return Headcount(
        len(wanted), tuple(Place(a.id, a.name, len(there[a.id.casefold()] & wanted)) for a in administrations)
    )


def _wanted(entity: LegalEntity) -> frozenset[int] | None:
    """The Loket numbers of those in the sync; of an entity whose Personio no run has read yet, as Personio is now."""
    if roster := rosters.current(entity):
        return people.numbers_in_scope(roster)
    mapping_set = published_for(entity)
    if not entity.reads_personio or mapping_set is None:
        return None
    return _numbers_in_personio(entity, mapping_set)


def _numbers_in_personio(entity: LegalEntity, mapping_set: MappingSet) -> frozenset[int]:
    today, found = timezone.localdate(), Counter[int]()
    for records in People(entity, frozen_rules(mapping_set, entity)).pages():
        people = settled.of(entity, records, mapping_set, today)
        in_scope = (record for record in people if policy.decide(record, today).in_scope)
        found.update(number for record in in_scope if (number := policy.loket_number(record)) is not None)
    return frozenset(number for number, times in found.items() if times == 1)  # rule 41


def _at_work(rows: Iterable[dict[str, Any]], today: date) -> defaultdict[str, set[int]]:
    """The employee numbers per administration, of employments that run or will: who has left says nothing."""
    there: defaultdict[str, set[int]] = defaultdict(set)
    for row in rows:
        administration, end = row.get("payrollAdministration"), row.get("endDate")
        if administration and not (end and date.fromisoformat(end[:10]) < today):
            there[administration["id"].casefold()].add(row["employee"]["employeeNumber"])
    return there
