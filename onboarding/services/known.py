"""What is known of the nine tasks of many legal entities: read in a constant number of queries, then put together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from onboarding.facts import Fact, Outcome, Owner
from onboarding.models import (
    Acknowledgement,
    Assignment,
    Booking,
    Connection,
    LegalEntity,
    LoketLogin,
    Membership,
    Role,
)
from onboarding.progress import Holder, Known
from onboarding.services import evidence
from onboarding.steps import STEPS, StepKey
from onboarding.texts import SCOPE_VERSION

COUNTRY = "country"
NOBODY_MAY_CONNECT = "nobody_may_connect"
BOOKING_DECLINED = "booking_declined"
SIGN_IN_NEEDED = "sign_in_needed"
CODES = (COUNTRY, NOBODY_MAY_CONNECT, BOOKING_DECLINED, SIGN_IN_NEEDED)
"""What fails without a check at Loket; wording/steps.py has the words."""


@dataclass(frozen=True, slots=True)
class Member:
    """An active member of a company; `edits` are the legal entities whose payroll he may edit (rule 7)."""

    pk: int
    name: str
    is_administrator: bool
    edits: frozenset[int]


@dataclass(slots=True)
class Rows:
    """Everything that was read, by entity or by company."""

    facts: Mapping[int, dict[str, Fact]]
    assignments: dict[int, dict[StepKey, Assignment]] = field(default_factory=lambda: defaultdict(dict))
    bookings: dict[int, Booking] = field(default_factory=dict)
    connections: dict[int, Connection] = field(default_factory=dict)
    logins: dict[int, LoketLogin] = field(default_factory=dict)
    members: dict[int, list[Member]] = field(default_factory=lambda: defaultdict(list))
    read_scope: dict[int, dict[int, datetime]] = field(default_factory=lambda: defaultdict(dict))


def read(entities: Iterable[LegalEntity]) -> Rows:
    """All rows that the boards of these entities are made of: a constant number of queries."""
    entities = list(entities)
    keys, companies = [entity.pk for entity in entities], {entity.company_id for entity in entities}
    rows = Rows(facts=evidence.facts_of(entities))
    open_ones = Assignment.objects.filter(entity__in=keys, ended_at__isnull=True)
    for assignment in open_ones.select_related("guest", "member", "assigned_by"):
        rows.assignments[assignment.entity_id][StepKey(assignment.step)] = assignment
    booked = Booking.entities.through.objects.filter(legalentity__in=keys).order_by("booking_id")
    for row in booked.select_related("booking__booked_by", "booking__owner"):
        rows.bookings[row.legalentity_id] = row.booking
    for connection in Connection.objects.filter(entity__in=keys).select_related("login", "linked_by"):
        rows.connections[connection.entity_id or 0] = connection
    rows.logins = LoketLogin.objects.in_bulk({e.loket_login_id for e in entities if e.loket_login_id})
    _read_people(rows, companies)
    return rows


def _read_people(rows: Rows, companies: set[int]) -> None:
    edits: dict[int, set[int]] = defaultdict(set)
    rights = Role.payroll_entities.through.objects.filter(role__company__in=companies)
    for role, entity in rights.values_list("role_id", "legalentity_id"):
        edits[role].add(entity)
    found = Membership.objects.filter(company__in=companies, role__company=F("company"), user__is_active=True)
    for row in sorted(found.select_related("user", "role"), key=lambda row: str(row.user).casefold()):
        member = Member(row.user_id, str(row.user), row.role.is_administrator, frozenset(edits[row.role_id]))
        rows.members[row.company_id].append(member)
    read = Acknowledgement.objects.filter(company__in=companies, text_version=SCOPE_VERSION)
    for company, user, at in read.values_list("company_id", "user_id", "at"):
        rows.read_scope[company][user] = at


def of(entity: LegalEntity, rows: Rows) -> dict[StepKey, Known]:
    """What is known of each task of one of these entities."""
    facts, known = rows.facts.get(entity.pk, {}), {}
    for step in STEPS:
        checks = {key: facts[key] for key in step.checks if key in facts}
        assignment = rows.assignments[entity.pk].get(step.key)
        known[step.key] = Known(checks, facts.get(step.key), _holder(assignment) if assignment else None)
    for key, add in _BESIDES.items():
        known[key] = add(entity, rows, known[key])
    return known


def _holder(assignment: Assignment) -> Holder:
    users = frozenset({assignment.member_id} if assignment.member_id else ())
    return Holder(assignment.holder_name, assignment.assigned_at, assignment.guest_id is not None, users=users)


def _failing(known: Known, key: str, at: datetime, owner: Owner, **params: str) -> Known:
    fact = Fact(key, Outcome.FAILED, at, code=key, params=params, owner=owner)
    return replace(known, checks={**known.checks, key: fact})


def _said(key: StepKey, by: object, at: datetime) -> Fact:
    return Fact(key, Outcome.DECLARED, at, by=str(by or ""))


def _legal_entity(entity: LegalEntity, rows: Rows, known: Known) -> Known:
    """Rule 1: only in the Netherlands."""
    return known if entity.is_dutch else _failing(known, COUNTRY, timezone.now(), Owner.SUPPORT)


def editors(entity: LegalEntity, rows: Rows) -> list[Member]:
    """The active members with payroll edit for the entity."""
    return [member for member in rows.members[entity.company_id] if entity.pk in member.edits]


def _scope(entity: LegalEntity, rows: Rows, known: Known) -> Known:
    """Rule 6: everybody with payroll edit has read this version of the text, else it waits for those who haven't."""
    read, people = rows.read_scope[entity.company_id], editors(entity, rows)
    seen = [read[member.pk] for member in people if member.pk in read]
    missing = [member for member in people if member.pk not in read]
    if not seen:
        return replace(known, declared=None)
    if not missing:
        names = ", ".join(member.name for member in people)
        return replace(known, declared=_said(StepKey.SCOPE, names, max(seen)), holder=None)
    names, users = ", ".join(member.name for member in missing), frozenset(member.pk for member in missing)
    return replace(known, declared=None, holder=Holder(names, min(seen), users=users))


def _permissions(entity: LegalEntity, rows: Rows, known: Known) -> Known:
    """Rule 9: in the end an administrator with payroll edit has to authorize."""
    if any(member.is_administrator for member in editors(entity, rows)):
        return known
    has_administrator = any(member.is_administrator for member in rows.members[entity.company_id])
    owner = Owner.ADMINISTRATOR if has_administrator else Owner.SUPPORT
    return _failing(known, NOBODY_MAY_CONNECT, timezone.now(), owner)


def _integration_user(entity: LegalEntity, rows: Rows, known: Known) -> Known:
    """Until there is a connection, a check sign-in that Loket no longer takes is this task's problem."""
    login = None if entity.pk in rows.connections else rows.logins.get(entity.loket_login_id or 0)
    return _signed_out(login, known, Owner.PAYROLL)


def _signed_out(login: LoketLogin | None, known: Known, owner: Owner) -> Known:
    if login is None or login.state != LoketLogin.State.SIGN_IN_NEEDED:
        return known
    return _failing(known, SIGN_IN_NEEDED, login.checked_at or login.signed_in_at, owner, user=login.loket_user)


def _booking(entity: LegalEntity, rows: Rows, known: Known) -> Known:
    """Rule 10: who booked has done it, unless support waits for him, or declined. Enabled without one is as good."""
    booking = rows.bookings.get(entity.pk)
    if entity.enabled_at and not (booking and booking.is_open):
        by, at = (booking.booked_by, booking.booked_at) if booking else (entity.enabled_by, entity.enabled_at)
        return replace(known, declared=_said(StepKey.BOOKING, by, at))
    if booking is None or booking.state == Booking.State.WAITING:
        return replace(known, declared=None)
    if booking.state == Booking.State.DECLINED:
        return _failing(known, BOOKING_DECLINED, booking.state_at, Owner.PAYROLL)
    return replace(known, declared=_said(StepKey.BOOKING, booking.booked_by, booking.booked_at))


def _attributes(entity: LegalEntity, rows: Rows, known: Known) -> Known:
    """Support's: done when it has enabled the entity, and in its hands from the booking on."""
    if entity.enabled_at:
        return replace(known, declared=_said(StepKey.ATTRIBUTES, entity.enabled_by, entity.enabled_at))
    booking = rows.bookings.get(entity.pk)
    holder = Holder("", booking.booked_at, owner=Owner.SUPPORT) if booking else None
    return replace(known, declared=None, holder=holder)


def _authorize(entity: LegalEntity, rows: Rows, known: Known) -> Known:
    """Done when an administration is chosen; proved when the checks see it too."""
    connection = rows.connections.get(entity.pk)
    if connection is None:
        return replace(known, declared=None)
    known = replace(known, declared=_said(StepKey.AUTHORIZE, connection.linked_by, connection.linked_at))
    return _signed_out(connection.login, known, Owner.ADMINISTRATOR)


_BESIDES = {
    StepKey.LEGAL_ENTITY: _legal_entity,
    StepKey.SCOPE: _scope,
    StepKey.PERMISSIONS: _permissions,
    StepKey.INTEGRATION_USER: _integration_user,
    StepKey.BOOKING: _booking,
    StepKey.ATTRIBUTES: _attributes,
    StepKey.AUTHORIZE: _authorize,
}
