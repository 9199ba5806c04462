"""The one writer of Loket's tokens: every change is a compare-and-set on the version or the lease (D11, rule 33).

No method keeps a transaction open: `TokenSource` makes its HTTP calls between them.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from loket_portal.lib.crypto import CannotDecrypt
from loket_portal.loket.auth import OAuth, Tokens, TokenSource
from loket_portal.loket.errors import ConfigProblem, SignInNeeded
from onboarding.models import LoketLogin


class LoginTokenStore:
    """`TokenStore` over one LoketLogin row."""

    def __init__(self, login_id: int) -> None:
        self._rows = LoketLogin.objects.filter(pk=login_id)

    def read(self) -> Tokens:
        """The stored pair; raises SignInNeeded when it can't be decrypted or Loket has refused it."""
        try:
            row = self._rows.get()
        except CannotDecrypt as error:
            raise SignInNeeded(
                gettext_noop("The stored sign-in at Loket cannot be read."),
                gettext_noop("An administrator signs in at Loket again; support checks FIELD_ENCRYPTION_KEYS."),
            ) from error
        if row.state == LoketLogin.State.SIGN_IN_NEEDED:
            raise SignInNeeded(
                gettext_noop("Loket no longer accepts the sign-in."),
                gettext_noop("An administrator signs in at Loket again."),
            )
        return Tokens(row.access_token, row.refresh_token, row.expires_at, row.version)

    def take_lease(self, version: int, holder: str, seconds: int) -> bool:
        """Whether this holder may refresh `version`: nobody else holds a live lease, and the version still stands."""
        now = timezone.now()
        free = self._rows.filter(version=version, lease_until__isnull=True) | self._rows.filter(
            version=version, lease_until__lt=now
        )
        return free.update(lease_holder=holder, lease_until=now + timedelta(seconds=seconds)) == 1

    def store(self, version: int, holder: str, tokens: Tokens) -> bool:
        """Commits the new pair and frees the lease, if the holder still has it; tells whether it did."""
        row = LoketLogin(access_token=tokens.access_token, refresh_token=tokens.refresh_token)
        return (
            self._rows.filter(version=version, lease_holder=holder).update(
                access_token=row.access_token,
                refresh_token=row.refresh_token,
                expires_at=tokens.expires_at,
                version=version + 1,
                state=LoketLogin.State.ACTIVE,
                lease_holder="",
                lease_until=None,
            )
            == 1
        )

    def release(self, holder: str) -> None:
        """Frees the lease of this holder, so that the next one need not wait for its end."""
        self._rows.filter(lease_holder=holder).update(lease_holder="", lease_until=None)

    def sign_in_needed(self, version: int, reason: str) -> None:
        """Marks this version as refused (rule 34); the tokens stay, and a newer version is left alone."""
        self._rows.filter(version=version).update(state=LoketLogin.State.SIGN_IN_NEEDED, state_reason=reason[:200])


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
