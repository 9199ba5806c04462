"""Stores a new sign-in: what it renews, what it may take over, and what it must see for that (rules 9, 11, 12, 38)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from loket_portal.lib import bell
from loket_portal.loket.auth import Tokens
from loket_portal.loket.payloads import Employer
from onboarding.facts import Finding, Outcome
from onboarding.models import AuditEvent, Connection, Evidence, LegalEntity, LoketLogin, SignInAttempt
from onboarding.services import audit, evidence, locks, tokens
from onboarding.services.attempts import Purpose, Refusal, SignInRefused

TASK = "sync.tasks.sweep"
"""Runs that waited for this sign-in go on."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who has signed in, for which employer, and the administrations seen (None: nobody had to know)."""

    email: str
    employer: Employer
    visible: frozenset[str] | None = None

    @property
    def employer_id(self) -> str:
        return self.employer.id.casefold()


# --- What it serves ------------------------------------------------------------------------------------------------------


def connection_of(entity: LegalEntity) -> Connection | None:
    return Connection.objects.select_related("login").filter(entity=entity).first()


def served(attempt: SignInAttempt, who: Newcomer) -> list[Connection]:
    """The connections that go on with these tokens: those of the same Loket user, and those that change over to it."""
    of_user = Q(login__loket_user=who.email)
    rows = Connection.objects.filter(entity__company=attempt.entity.company_id, environment=settings.LOKET_ENV)
    return list(rows.filter(of_user | taken_over(attempt)).select_related("login"))


def taken_over(attempt: SignInAttempt) -> Q:
    """What another user of the same employer takes over from the former sign-in: the connection that is renewed, and
    those beside it as far as the administrator may connect them. A check takes nothing over (rules 8 and 9)."""
    own = connection_of(attempt.entity)
    if own is None or attempt.user is None or attempt.purpose == Purpose.CHECK:
        return Q(pk__in=())
    roles = attempt.user.memberships.filter(role__is_administrator=True, role__company=attempt.entity.company_id)
    beside = Q(login=own.login_id, entity__in=roles.values("role__payroll_entities"))
    return Q(pk=own.pk) | beside


def _require_same(attempt: SignInAttempt, who: Newcomer) -> None:
    """A new sign-in must be for the same employer and see every administration that it will serve (rule 38)."""
    own = connection_of(attempt.entity)
    if own is not None and str(own.login.employer_id) != who.employer_id:
        raise SignInRefused(Refusal.OTHER_EMPLOYER, names=(own.login.employer_name,))
    if own is not None and attempt.purpose == Purpose.CHECK and own.login.loket_user != who.email:
        raise SignInRefused(Refusal.OTHER_USER, names=(own.login.loket_user,))
    visible = who.visible or frozenset()
    gone = [one for one in served(attempt, who) if str(one.administration_id) not in visible]
    if gone:
        raise SignInRefused(Refusal.ADMINISTRATION_GONE, names=tuple(one.administration_name for one in gone))


# --- Storing ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def store(attempt: SignInAttempt, pair: Tokens, who: Newcomer) -> LoketLogin:
    """Makes or renews the row of this Loket user with its tokens, and hands over; raises SignInRefused.

    Sign-ins of a company are stored one after the other, and nobody chooses an administration meanwhile.
    """
    entity, is_check = attempt.entity, attempt.purpose == Purpose.CHECK
    key = {"environment": settings.LOKET_ENV, "loket_user": who.email}
    _lock(entity, LoketLogin.objects.filter(**key))
    fields = _fields(attempt, who)
    login, is_new = LoketLogin.objects.get_or_create(**key, defaults=fields)
    if not is_new:
        login = LoketLogin.objects.select_for_update().get(pk=login.pk)
        is_new = _has_moved(login, entity, who)
        if is_new:
            _leave_former_employer(login, entity)
    _require_same(attempt, who)
    if is_new:
        fields |= {"purpose": LoketLogin.Purpose.VERIFICATION, "checked_at": None, "green_at": None}
    if not is_check:  # a check takes nothing away from a sign-in that serves connections
        fields["purpose"] = LoketLogin.Purpose.CONNECTION
    LoketLogin.objects.filter(pk=login.pk).update(**fields)
    login.refresh_from_db()
    tokens.keep(login, pair)
    bell.ring_aside(TASK)
    _hand_over(attempt, login)
    note(attempt, AuditEvent.Action.SIGNED_IN, str(login))
    return login


def _lock(entity: LegalEntity, same_user: QuerySet[LoketLogin]) -> None:
    """The company, then its entities that this may change, in one order: who chooses locks an entity, then its sign-in."""
    locks.company(entity.company_id)
    concerned = LegalEntity.objects.filter(Q(pk=entity.pk) | Q(company=entity.company_id, loket_login__in=same_user))
    list(concerned.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def note(attempt: SignInAttempt, action: AuditEvent.Action, detail: str) -> None:
    """Into the audit trail, with who went to Loket."""
    company = attempt.entity.company
    audit.record(action, company=company, entity=attempt.entity, actor=attempt.user, guest=attempt.guest, detail=detail)


def _fields(attempt: SignInAttempt, who: Newcomer) -> dict[str, Any]:
    return {
        "company": attempt.entity.company,
        "employer_id": who.employer_id,
        "employer_name": who.employer.name,
        "state": LoketLogin.State.ACTIVE,
        "state_reason": "",
        "signed_in_by": attempt.user,
        "signed_in_guest": attempt.guest,
        "signed_in_at": timezone.now(),
    }


def _has_moved(login: LoketLogin, entity: LegalEntity, who: Newcomer) -> bool:
    """Whether the user serves another employer than before, which it may while nothing was connected with it (rule 12).

    Raises SignInRefused for the user of another company, or of a connection with another employer.
    """
    has_moved = str(login.employer_id) != who.employer_id
    if login.company_id != entity.company_id or (has_moved and login.connections.exists()):
        raise SignInRefused(Refusal.USER_OF_OTHER_EMPLOYER)
    return has_moved


def _leave_former_employer(login: LoketLogin, entity: LegalEntity) -> None:
    """What was seen at the former employer says nothing of the new one, and no other entity goes over to it unasked."""
    LegalEntity.objects.filter(loket_login=login).exclude(pk=entity.pk).update(loket_login=None)
    login.value_lists.all().delete()
    seen = Evidence.objects.filter(login=login).order_by().values_list("fact", flat=True).distinct()
    for fact in sorted(seen):
        evidence.record(Finding(Outcome.WITHDRAWN, "employer_changed"), fact, login=login)


def _hand_over(attempt: SignInAttempt, login: LoketLogin) -> None:
    """The entity uses the new sign-in, and so do the connections that change over to it."""
    changed = list(Connection.objects.filter(taken_over(attempt)).values_list("pk", "entity_id"))
    Connection.objects.filter(pk__in=[pk for pk, _entity in changed]).update(login=login)
    entities = {attempt.entity.pk, *(entity for _pk, entity in changed if entity)}
    LegalEntity.objects.filter(pk__in=entities).update(loket_login=login)
