"""One trip to Loket's sign-in page: who may begin it and why, and the `state` that proves who comes back (rule 32).

Only a hash of the `state` is stored; it works once, for ten minutes, for the same session, person and legal entity.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from loket_portal.loket.errors import SyncError
from onboarding.models import Assignment, Guest, LegalEntity, SignInAttempt, User
from onboarding.services import access, tokens
from onboarding.steps import StepKey

STATE_LIFE = timedelta(minutes=10)
Purpose = SignInAttempt.Purpose


class Refusal(StrEnum):
    """Why a sign-in did not count; each has its own plain page."""

    NOT_ENABLED = "not_enabled"
    NOT_ALLOWED = "not_allowed"
    NOT_YOUR_TASK = "not_your_task"
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
    OTHER_USER = "other_user"
    ADMINISTRATION_GONE = "administration_gone"
    SIGN_IN_GONE = "sign_in_gone"


class SignInStopped(Exception):
    """A trip that came to nothing; whose it was and why he went is known when the trip was one of ours."""

    def __init__(
        self,
        said: str,
        entity: LegalEntity | None = None,
        purpose: SignInAttempt.Purpose | None = None,
        is_guest: bool = False,
    ) -> None:
        super().__init__(said)
        self.entity, self.purpose, self.is_guest = entity, purpose, is_guest

    def was(self, attempt: SignInAttempt) -> Self:
        """The same, of this trip."""
        self.entity, self.purpose, self.is_guest = attempt.entity, Purpose(attempt.purpose), attempt.guest is not None
        return self


class SignInRefused(SignInStopped):
    """The sign-in did not count; `names` lists what the page shows, `loket_user` who it was, where that is known."""

    def __init__(self, refusal: Refusal, *of: Any, names: tuple[str, ...] = (), loket_user: str = "") -> None:
        super().__init__(refusal.value, *of)
        self.refusal, self.names, self.loket_user = refusal, names, loket_user


class SignInFailed(SignInStopped):
    """Loket, or the way to it, was in trouble: `error` says how."""

    def __init__(self, error: SyncError, *of: Any) -> None:
        super().__init__(type(error).__name__, *of)
        self.error = error


def redirect_uri() -> str:
    """The one address Loket may send the browser back to, exactly as registered with Loket."""
    return f"{settings.PORTAL_URL}{reverse('loket_callback')}"


def refusal_to_begin(
    entity: LegalEntity,
    user: User | None,
    *,
    guest: Guest | None = None,
    purpose: SignInAttempt.Purpose = Purpose.CONNECT,
) -> Refusal | None:
    """Why this person can't start this sign-in for this entity now, or None."""
    if not entity.is_dutch:
        return Refusal.NOT_DUTCH
    if guest is not None:
        return None if purpose is Purpose.CHECK and _held(guest, entity).exists() else Refusal.NOT_YOUR_TASK
    if user is None and purpose is Purpose.CHECK:
        return Refusal.NOT_YOUR_TASK
    if purpose is not Purpose.CHECK and not entity.is_enabled:
        return Refusal.NOT_ENABLED
    return None if user is not None and access.may_connect(user, entity) else Refusal.NOT_ALLOWED


def _held(guest: Guest, entity: LegalEntity) -> QuerySet[Assignment]:
    """The task of the integration user, while the guest holds it: a sign-in takes minutes, a revocation one click."""
    rows = Assignment.objects.filter(entity=entity, step=StepKey.INTEGRATION_USER, ended_at__isnull=True)
    return rows.filter(guest=guest.pk, guest__revoked_at__isnull=True, guest__company=entity.company_id)


def task_of(attempt: SignInAttempt) -> int | None:
    """The task from which a guest began, while he still holds it."""
    held = _held(attempt.guest, attempt.entity).first() if attempt.guest else None
    return held.pk if held else None


def begin(
    entity: LegalEntity,
    session_key: str,
    *,
    user: User | None = None,
    guest: Guest | None = None,
    purpose: SignInAttempt.Purpose = Purpose.CONNECT,
) -> str:
    """Stores an attempt and gives Loket's sign-in address; raises SignInRefused."""
    refusal = refusal_to_begin(entity, user, guest=guest, purpose=purpose)
    if refusal or not session_key:  # without a session nothing would tie the way back to this browser
        raise SignInRefused(refusal or Refusal.WRONG_STATE, entity, purpose, guest is not None)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    SignInAttempt.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()
    SignInAttempt.objects.create(
        purpose=purpose,
        state_hash=_digest(state),
        session_hash=_digest(session_key),
        user=None if guest else user,
        guest=guest,
        entity=entity,
        code_verifier=verifier,
        created_at=timezone.now(),
    )
    return tokens.oauth().authorization_url(redirect_uri(), state, verifier)


def claim(session_key: str, answer: Mapping[str, str], user: User | None, guest: Guest | None) -> SignInAttempt:
    """The attempt that Loket's answer belongs to, used up by that; raises SignInRefused."""
    rows = SignInAttempt.objects.select_related("entity__company", "user", "guest")
    whose = Q(user=user, user__isnull=False) | Q(guest=guest, guest__isnull=False)
    ours = {"state_hash": _digest(answer.get("state", "")), "session_hash": _digest(session_key)}
    attempt = rows.filter(whose, **ours).first()
    if attempt is None:
        raise SignInRefused(Refusal.WRONG_STATE)
    won = SignInAttempt.objects.filter(pk=attempt.pk, used_at__isnull=True).update(used_at=timezone.now())
    if not won:
        raise SignInRefused(Refusal.WRONG_STATE).was(attempt)
    if attempt.created_at < timezone.now() - STATE_LIFE:
        raise SignInRefused(Refusal.STATE_EXPIRED).was(attempt)
    return attempt


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
