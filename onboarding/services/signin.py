"""The trip to Loket's sign-in page and back (rules 8, 11, 12, 32).

`begin` gives the address to send the browser to, `complete` takes what came back. Between the two only a hash of the
`state` is stored; it works once, for ten minutes, for the same session, user and legal entity.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from loket_portal.loket.auth import CodeExpired, Tokens
from loket_portal.loket.client import LoketClient
from loket_portal.loket.payloads import Employer, LoketUser
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, SignInAttempt, User
from onboarding.services import access, audit, tokens

STATE_LIFE = timedelta(minutes=10)


class Refusal(StrEnum):
    """Why a sign-in did not count; each has its own plain page."""

    NOT_ENABLED = "not_enabled"
    NOT_ALLOWED = "not_allowed"
    NOT_DUTCH = "not_dutch"
    CANCELLED = "cancelled"
    WRONG_STATE = "wrong_state"
    STATE_EXPIRED = "state_expired"
    CODE_EXPIRED = "code_expired"
    LOKET_REFUSED = "loket_refused"
    NO_EMPLOYER = "no_employer"
    SEVERAL_EMPLOYERS = "several_employers"
    NO_EMAIL = "no_email"
    USER_OF_OTHER_EMPLOYER = "user_of_other_employer"
    OTHER_EMPLOYER = "other_employer"
    ADMINISTRATION_GONE = "administration_gone"


class SignInRefused(Exception):
    """The sign-in did not count; `entity` is known when the state was ours, `names` lists what the page shows."""

    def __init__(self, refusal: Refusal, entity: LegalEntity | None = None, names: tuple[str, ...] = ()) -> None:
        super().__init__(refusal.value)
        self.refusal, self.entity, self.names = refusal, entity, names


def redirect_uri() -> str:
    """The one address Loket may send the browser back to, exactly as registered with Loket."""
    return f"{settings.PORTAL_URL}{reverse('loket_callback')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def refusal_to_begin(entity: LegalEntity, user: User) -> Refusal | None:
    """Why this user can't start the sign-in for this entity now, or None."""
    if not entity.is_dutch:
        return Refusal.NOT_DUTCH
    if not entity.is_enabled:
        return Refusal.NOT_ENABLED
    if not access.may_connect(user, entity):
        return Refusal.NOT_ALLOWED
    return None


def begin(entity: LegalEntity, user: User, session_key: str) -> str:
    """Stores an attempt and gives Loket's sign-in address; raises SignInRefused."""
    if refusal := refusal_to_begin(entity, user):
        raise SignInRefused(refusal, entity)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    SignInAttempt.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
    SignInAttempt.objects.create(
        state_hash=_digest(state),
        session_hash=_digest(session_key),
        user=user,
        entity=entity,
        code_verifier=verifier,
        created_at=timezone.now(),
    )
    return tokens.oauth().authorization_url(redirect_uri(), state, verifier)


def _claim(user: User, session_key: str, state: str) -> SignInAttempt:
    attempt = (
        SignInAttempt.objects.select_related("entity__company", "user")
        .filter(state_hash=_digest(state), session_hash=_digest(session_key), user=user)
        .first()
    )
    if attempt is None:
        raise SignInRefused(Refusal.WRONG_STATE)
    won = SignInAttempt.objects.filter(pk=attempt.pk, used_at__isnull=True).update(used_at=timezone.now())
    if not won:
        raise SignInRefused(Refusal.WRONG_STATE, attempt.entity)
    if attempt.created_at < timezone.now() - STATE_LIFE:
        raise SignInRefused(Refusal.STATE_EXPIRED, attempt.entity)
    return attempt


def complete(user: User, session_key: str, answer: Mapping[str, str]) -> tuple[LegalEntity, LoketLogin]:
    """The entity and the stored sign-in, from the query Loket sent back; raises SignInRefused and SyncError."""
    attempt = _claim(user, session_key, answer.get("state", ""))
    entity = attempt.entity
    try:
        login = _sign_in(attempt, answer)
    except SignInRefused as error:
        audit.record(
            AuditEvent.Action.SIGN_IN_REFUSED, company=entity.company, entity=entity, actor=user, detail=error.refusal
        )
        raise
    audit.record(
        AuditEvent.Action.SIGNED_IN, company=entity.company, entity=entity, actor=user, detail=login.employer_name
    )
    return entity, login


def _sign_in(attempt: SignInAttempt, answer: Mapping[str, str]) -> LoketLogin:
    entity = attempt.entity
    if answer.get("error"):
        refused = Refusal.CANCELLED if answer["error"] == "access_denied" else Refusal.LOKET_REFUSED
        raise SignInRefused(refused, entity)
    if refusal := refusal_to_begin(entity, attempt.user):  # ten minutes are long enough to lose a right
        raise SignInRefused(refusal, entity)
    try:
        pair = tokens.oauth().exchange(answer.get("code", ""), redirect_uri(), attempt.code_verifier)
    except CodeExpired as error:
        raise SignInRefused(Refusal.CODE_EXPIRED, entity) from error
    client = LoketClient(settings.LOKET_API_URL, lambda: pair.access_token)
    loket_user, employer = _who(entity, client)
    _require_linked(entity, client, employer)
    return _store(attempt, pair, loket_user, employer)


def _linked(entity: LegalEntity, employer: Employer) -> QuerySet[Connection]:
    """The company's connections with this employer: they all go on with the new sign-in."""
    return Connection.objects.filter(
        entity__company=entity.company_id, environment=settings.LOKET_ENV, login__employer_id=employer.id
    )


def _require_linked(entity: LegalEntity, client: LoketClient, employer: Employer) -> None:
    """A new sign-in must see the same employer and every administration that is linked (rule 38)."""
    connection = Connection.objects.select_related("login").filter(entity=entity).first()
    if connection is not None and str(connection.login.employer_id) != employer.id:
        raise SignInRefused(Refusal.OTHER_EMPLOYER, entity, (connection.login.employer_name,))
    linked = list(_linked(entity, employer))
    visible = {a.id.casefold() for a in client.list_administrations(employer.id)} if linked else set()
    if gone := tuple(c.administration_name for c in linked if str(c.administration_id).casefold() not in visible):
        raise SignInRefused(Refusal.ADMINISTRATION_GONE, entity, gone)


def _who(entity: LegalEntity, client: LoketClient) -> tuple[LoketUser, Employer]:
    """Whose sign-in this is; exactly one employer may be visible (rule 11)."""
    loket_user, employers = client.get_user(), client.list_employers()
    if not employers:
        raise SignInRefused(Refusal.NO_EMPLOYER, entity)
    if len(employers) > 1:
        raise SignInRefused(Refusal.SEVERAL_EMPLOYERS, entity, tuple(employer.name for employer in employers))
    if not loket_user.email:
        raise SignInRefused(Refusal.NO_EMAIL, entity)
    return loket_user, employers[0]


@transaction.atomic
def _store(attempt: SignInAttempt, pair: Tokens, loket_user: LoketUser, employer: Employer) -> LoketLogin:
    """Makes or renews the row of this Loket user; one user never serves two employers or companies (rule 12)."""
    entity = attempt.entity
    key = {"environment": settings.LOKET_ENV, "loket_user": loket_user.email.lower()}
    existing = LoketLogin.objects.select_for_update().filter(**key).first()
    if existing and (str(existing.employer_id) != employer.id or existing.company_id != entity.company_id):
        raise SignInRefused(Refusal.USER_OF_OTHER_EMPLOYER, entity)
    fields = {
        "company": entity.company,
        "employer_id": employer.id,
        "employer_name": employer.name,
        "state": LoketLogin.State.ACTIVE,
        "state_reason": "",
        "signed_in_by": attempt.user,
        "signed_in_at": timezone.now(),
    }
    login, _created = LoketLogin.objects.update_or_create(**key, defaults=fields)
    tokens.keep(login, pair)
    _linked(entity, employer).exclude(login=login).update(login=login)  # another user of the same employer took over
    return login
