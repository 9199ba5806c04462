"""The one writer of Loket's tokens: every change is a compare-and-set on the version or the lease (D11, rule 33).

No method keeps a transaction open: `TokenSource` makes its HTTP calls between them.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib.crypto import CannotDecrypt
from loket_portal.loket.auth import OAuth, Tokens, TokenSource
from loket_portal.loket.errors import ConfigProblem, SignInNeeded
from onboarding.models import LoginTokens, LoketLogin


class LoginTokenStore:
    """`TokenStore` over the tokens of one sign-in."""

    def __init__(self, login_id: int) -> None:
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
        return Tokens(row.access_token, row.refresh_token, row.expires_at, row.version)

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
        self._login.filter(tokens__version=version).update(
            state=LoketLogin.State.SIGN_IN_NEEDED, state_reason=reason[:200]
        )


def keep(login: LoketLogin, pair: Tokens) -> None:
    """Stores the pair of a new sign-in as a new version: whoever still refreshes the old pair finds that it lost."""
    fields = {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "expires_at": pair.expires_at,
        "lease_holder": "",
        "lease_until": None,
    }
    if not LoginTokens.objects.filter(pk=login.pk).update(**fields, version=F("version") + 1):
        LoginTokens.objects.create(login=login, **fields)


def refused(login: LoketLogin, error: SignInNeeded) -> None:
    """Loket, or our own keys, no longer accept this sign-in: pages ask for a new one. The tokens stay."""
    LoketLogin.objects.filter(pk=login.pk).update(
        state=LoketLogin.State.SIGN_IN_NEEDED, state_reason=error.message_id[:200]
    )


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
