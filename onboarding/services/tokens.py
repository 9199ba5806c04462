"""The one writer of Loket's tokens: every change is a compare-and-set on the version or the lease (D11, rule 33).

No method keeps a transaction open: `TokenSource` makes its HTTP calls between them.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib.crypto import CannotDecrypt
from loket_portal.loket.auth import OAuth, Tokens, TokenSource
from loket_portal.loket.errors import ConfigProblem, SignInNeeded
from onboarding.facts import Owner
from onboarding.models import LegalEntity, LoginTokens, LoketLogin
from onboarding.services import mails, who
from onboarding.steps import StepKey


class LoginTokenStore:
    """`TokenStore` over the tokens of one sign-in."""

    def __init__(self, login_id: int) -> None:
        self._login_id = login_id
        self._rows = LoginTokens.objects.filter(pk=login_id)
        self._login = LoketLogin.objects.filter(pk=login_id)

    def read(self) -> Tokens:
        """The stored pair; raises SignInNeeded when it can't be decrypted or Loket has refused it."""
        if self._login.filter(state=LoketLogin.State.SIGN_IN_NEEDED).exists():
            raise SignInNeeded(
                gettext_noop("Loket no longer accepts the sign-in."),
                gettext_noop("An administrator signs in at Loket again."),
            )
        try:
            row = self._rows.get()
        except CannotDecrypt as error:
            raise SignInNeeded(
                gettext_noop("The stored sign-in at Loket cannot be read."),
                gettext_noop("An administrator signs in at Loket again; support checks FIELD_ENCRYPTION_KEYS."),
            ) from error
        return Tokens(row.access_token, row.refresh_token, row.expires_at, row.version, row.life)

    def take_lease(self, version: int, holder: str, seconds: int) -> bool:
        """Whether this holder may refresh `version`: nobody else holds a live lease, and the version still stands."""
        now = timezone.now()
        is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        until = now + timedelta(seconds=seconds)
        return self._rows.filter(is_free, version=version).update(lease_holder=holder, lease_until=until) == 1

    def store(self, version: int, holder: str, tokens: Tokens) -> bool:
        """Commits the new pair and frees the lease, if the holder still has it; tells whether it did."""
        won = self._rows.filter(version=version, lease_holder=holder).update(
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=tokens.expires_at,
            life=round(tokens.life),
            version=version + 1,
            lease_holder="",
            lease_until=None,
        )
        return won == 1

    def release(self, holder: str) -> None:
        """Frees the lease of this holder, so that the next one need not wait for its end."""
        self._rows.filter(lease_holder=holder).update(lease_holder="", lease_until=None)

    def sign_in_needed(self, version: int, reason: str) -> None:
        """Marks this version as refused (rule 34); the tokens stay, and a newer version is left alone."""
        _ask_to_sign_in(self._login_id, reason, Q(tokens__version=version))


def keep(login: LoketLogin, pair: Tokens) -> None:
    """Stores the pair of a new sign-in as a new version: whoever still refreshes the old pair finds that it lost."""
    fields = {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "expires_at": pair.expires_at,
        "life": round(pair.life),
        "lease_holder": "",
        "lease_until": None,
    }
    if not LoginTokens.objects.filter(pk=login.pk).update(**fields, version=F("version") + 1):
        LoginTokens.objects.create(login=login, **fields)


def refused(login: LoketLogin, error: SignInNeeded) -> None:
    """Loket, or our own keys, no longer accept this sign-in: pages ask for a new one. The tokens stay.

    `login` is as it was read before the refusal: one that was renewed since is left alone.
    """
    _ask_to_sign_in(login.pk, error.message_id, Q(signed_in_at=login.signed_in_at))


@transaction.atomic
def _ask_to_sign_in(login_id: int, reason: str, is_current: Q) -> None:
    """Marks the sign-in that was refused, unless it was renewed since; who is the first to do so writes to the
    administrators, so that they get one mail (rule 34)."""
    rows = LoketLogin.objects.filter(pk=login_id)
    list(rows.select_for_update(no_key=True))  # a renewal under way is seen by the statements below
    active = rows.filter(state=LoketLogin.State.ACTIVE)
    if not active.filter(is_current).exists():
        return
    if active.update(state=LoketLogin.State.SIGN_IN_NEEDED, state_reason=reason[:200]):
        _tell_administrators(rows.get())


def _tell_administrators(login: LoketLogin) -> None:
    """One mail each, however many legal entities use the sign-in: it is about the first that they may connect."""
    connected_first = Q(connection__login=login) | Q(connection=None, loket_login=login)
    entities = list(LegalEntity.objects.filter(connected_first).order_by("connection__linked_at", "name"))
    told: set[int] = set()
    for entity in entities:
        for user in who.connectors(entity):
            if user.pk not in told:
                told.add(user.pk)
                mails.to_user(user, "sign_in_needed", _told(login, entity))
    if entities and not told:  # nobody may: the payroll editors hear of it, or support
        mails.to_owner(entities[0], Owner.ADMINISTRATOR, "sign_in_needed", _told(login, entities[0]))


def _told(login: LoketLogin, entity: LegalEntity) -> dict[str, Any]:
    is_for_checks = login.purpose == LoketLogin.Purpose.VERIFICATION
    to_check = mails.link("setup_step", pk=entity.pk, step=StepKey.INTEGRATION_USER)
    url = to_check if is_for_checks else mails.link("connect", pk=entity.pk)
    return {"entity": entity, "employer": login.employer_name, "loket_user": login.loket_user, "url": url}


def oauth() -> OAuth:
    """OAuth with Loket for this installation's environment."""
    return OAuth(settings.LOKET_OAUTH_URL, settings.LOKET_CLIENT_ID, settings.LOKET_CLIENT_SECRET)


def source(login: LoketLogin) -> TokenSource:
    """The access tokens of a sign-in; raises ConfigProblem when it belongs to another environment of Loket."""
    if login.environment != settings.LOKET_ENV:
        raise ConfigProblem(
            gettext_noop("This sign-in belongs to Loket's %(stored)s environment, and the portal runs on %(now)s."),
            gettext_noop("Support sets LOKET_ENV back, or starts with a database of its own for this environment."),
            params={"stored": login.environment, "now": settings.LOKET_ENV},
        )
    return TokenSource(LoginTokenStore(login.pk), oauth())
