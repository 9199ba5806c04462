"""What comes back from Loket's sign-in page: whose sign-in it is, and what it may take the place of (rules 11, 12, 38).

Three reasons to go there (`Purpose`): to check (rule 8: the sign-in only looks), to connect, and to reconnect. What is
connected keeps its link whatever comes of it, and its former tokens unless the new ones show the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from loket_portal.loket.auth import CodeExpired
from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import SyncError
from loket_portal.loket.payloads import Employer, LoketUser
from onboarding.checks.single_employer import SHOWN, UNNAMED
from onboarding.facts import Finding, Outcome
from onboarding.models import AuditEvent, Guest, LegalEntity, LoketLogin, SignInAttempt, User
from onboarding.services import alarms, audit, checking, evidence, logins, newcomers, settled, tokens
from onboarding.services.attempts import (
    Purpose,
    Refusal,
    SignInFailed,
    SignInRefused,
    SignInStopped,
    begin,
    claim,
    redirect_uri,
    refusal_to_begin,
    task_of,
)
from onboarding.services.newcomers import Newcomer
from onboarding.services.rounds import Found

__all__ = [
    "Completed",
    "Purpose",
    "Refusal",
    "SignInFailed",
    "SignInRefused",
    "SignInStopped",
    "begin",
    "complete",
    "redirect_uri",
    "refusal_to_begin",
    "reuse",
]

SINGLE_EMPLOYER = "single_employer"  # the fact that a refused sign-in can show to be wrong


@dataclass(frozen=True, slots=True)
class Completed:
    """A sign-in that counts; `guest_task` is the assignment of the guest who made it, while he holds it."""

    entity: LegalEntity
    login: LoketLogin
    purpose: SignInAttempt.Purpose
    is_guest: bool = False
    guest_task: int | None = None


def complete(
    session_key: str, answer: Mapping[str, str], *, user: User | None = None, guest: Guest | None = None
) -> Completed:
    """Stores the sign-in that Loket's answer brings, and runs every check with it (rules 8 and 35).

    `answer` is the query Loket sent back; `user` and `guest` are those of this browser, the attempt knows which of
    them began. Raises SignInRefused and SignInFailed, and then the tokens from before stay.
    """
    attempt = claim(session_key, answer, user, guest)
    waiting = settled.waited_for(attempt.entity.company.entities.all())
    try:
        login = _sign_in(attempt, answer)
    except SignInRefused as refused:
        _note_refusal(attempt, refused.was(attempt))
        raise
    except SyncError as error:
        raise SignInFailed(error).was(attempt) from error
    entity, purpose = attempt.entity, Purpose(attempt.purpose)
    entity.refresh_from_db(fields=["loket_login"])
    checking.after_sign_in(entity, actor=attempt.user, guest=attempt.guest)
    settled.tell(waiting, attempt.user)
    return Completed(entity, login, purpose, attempt.guest is not None, task_of(attempt))


def _note_refusal(attempt: SignInAttempt, refused: SignInRefused) -> None:
    """In the audit trail; and what it showed of the integration user is a fact the hub shows (rules 11 and 35).

    Somebody else than the user whose sign-in is in use says nothing about that one: it is none of the facts.
    """
    newcomers.note(attempt, AuditEvent.Action.SIGN_IN_REFUSED, refused.refusal)
    known, entity = logins.login_for(attempt.entity), attempt.entity
    is_about_it = known is None or known.loket_user == refused.loket_user
    if refused.refusal in (Refusal.NO_EMPLOYER, Refusal.SEVERAL_EMPLOYERS) and is_about_it:
        finding = _finding(refused, is_guest=attempt.guest is not None)
        former = evidence.facts_of([entity])[entity.pk].get(SINGLE_EMPLOYER)
        evidence.record(finding, SINGLE_EMPLOYER, entity=entity, actor=attempt.user, guest=attempt.guest)
        if known is not None:  # what was proved and isn't so any more is told to who mends it, as by a check
            alarms.tell(known, [Found(SINGLE_EMPLOYER, finding, entity, former)])


def _finding(refused: SignInRefused, *, is_guest: bool) -> Finding:
    """What the hub keeps. A guest who took his own sign-in shows his office's customers: their number, no names."""
    number = {"number": str(len(refused.names))}
    if is_guest and refused.refusal is Refusal.SEVERAL_EMPLOYERS:
        return Finding(Outcome.FAILED, UNNAMED, number)
    names = refused.names[:SHOWN]
    params = {"names": ", ".join(names), **number}
    return Finding(Outcome.FAILED, refused.refusal, params, tuple({"name": name} for name in names))


def _sign_in(attempt: SignInAttempt, answer: Mapping[str, str]) -> LoketLogin:
    if answer.get("error"):
        raise SignInRefused(Refusal.CANCELLED if answer["error"] == "access_denied" else Refusal.LOKET_REFUSED)
    # Ten minutes are long enough to lose a right or a task.
    if refusal := refusal_to_begin(attempt.entity, attempt.user, guest=attempt.guest, purpose=Purpose(attempt.purpose)):
        raise SignInRefused(refusal)
    try:
        pair = tokens.oauth().exchange(answer.get("code", ""), redirect_uri(), attempt.code_verifier)
    except CodeExpired as error:
        raise SignInRefused(Refusal.CODE_EXPIRED) from error
    client = LoketClient(settings.LOKET_API_URL, lambda: pair.access_token)
    who = _who(client.get_user(), client.list_employers())
    if newcomers.served(attempt, who):
        seen = frozenset(one.id.casefold() for one in client.list_administrations(who.employer.id))
        who = replace(who, visible=seen)
    return newcomers.store(attempt, pair, who)


def _who(loket_user: LoketUser, employers: list[Employer]) -> Newcomer:
    """Whose sign-in this is; exactly one employer may be visible (rule 11)."""
    email = loket_user.email.strip().lower()
    if not employers:
        raise SignInRefused(Refusal.NO_EMPLOYER, loket_user=email)
    if len(employers) > 1:
        names = tuple(employer.name for employer in employers)
        raise SignInRefused(Refusal.SEVERAL_EMPLOYERS, names=names, loket_user=email)
    if not email:
        raise SignInRefused(Refusal.NO_EMAIL)
    return Newcomer(email, employers[0])


def reuse(entity: LegalEntity, login_id: int, user: User) -> LoketLogin:
    """Lets the entity use a sign-in that its company already has, and checks it; raises SignInRefused.

    The administrator who chooses it authorizes it: one that only served for checks serves connections from now on.
    """
    row = _authorize(entity, login_id, user)
    entity.refresh_from_db(fields=["loket_login"])
    checking.check(entity, actor=user)  # rule 35: after the sign-in, before the choice
    return row


@transaction.atomic
def _authorize(entity: LegalEntity, login_id: int, user: User) -> LoketLogin:
    if refusal := refusal_to_begin(entity, user):
        raise SignInRefused(refusal, entity, Purpose.CONNECT)
    LegalEntity.objects.select_for_update(no_key=True).get(pk=entity.pk)
    row = logins.offered(entity).select_for_update().filter(pk=login_id).first()
    if row is None or newcomers.connection_of(entity) is not None:
        raise SignInRefused(Refusal.SIGN_IN_GONE, entity, Purpose.CONNECT)
    LoketLogin.objects.filter(pk=row.pk).update(purpose=LoketLogin.Purpose.CONNECTION)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=row)
    audit.record(AuditEvent.Action.SIGN_IN_REUSED, company=entity.company, entity=entity, actor=user, detail=str(row))
    return row
