"""A sign-in at Loket, its tokens, and the attempts that lead to one. services/tokens.py is the one writer of tokens."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedTextField
from onboarding.models.company import Company
from onboarding.models.guest import Guest
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.user import User


class LoketLogin(models.Model):
    """The integration user of one employer in Loket, shared by all connected entities of that employer (rule 12)."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Signed in")
        SIGN_IN_NEEDED = "sign_in_needed", _("Sign in again")

    class Purpose(models.TextChoices):
        VERIFICATION = "verification", _("Verification only")
        CONNECTION = "connection", _("Connection")

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="loket_logins")
    environment = models.CharField(_("environment"), max_length=12)
    employer_id = models.UUIDField(_("employer in Loket"))
    employer_name = models.CharField(_("employer"), max_length=70)
    loket_user = models.EmailField(_("Loket user"), help_text=_("E-mail address of the integration user."))
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField(max_length=200, blank=True)
    # Rule 8: a check sign-in only looks; an administrator who authorizes makes it serve connections.
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.VERIFICATION)
    signed_in_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    signed_in_guest = models.ForeignKey(Guest, null=True, on_delete=models.SET_NULL, related_name="+")
    signed_in_at = models.DateTimeField(_("signed in at"))
    checked_at = models.DateTimeField(_("checked at"), null=True)
    green_at = models.DateTimeField(_("all checks green at"), null=True)

    class Meta:
        verbose_name = _("Loket sign-in")
        verbose_name_plural = _("Loket sign-ins")
        constraints = [
            # Rule 12: one Loket user serves one employer, so the row is unique by user, and several entities share it.
            models.UniqueConstraint(fields=["environment", "loket_user"], name="loket_user_serves_one_employer"),
        ]

    def __str__(self) -> str:
        return f"{self.employer_name} ({self.loket_user})"


class LoginTokens(models.Model):
    """The tokens of a sign-in, apart from it: no page, list or admin ever loads or decrypts them.

    One writer: whoever holds the lease on this version (D11).
    """

    login = models.OneToOneField(LoketLogin, on_delete=models.CASCADE, primary_key=True, related_name="tokens")
    access_token = EncryptedTextField()
    refresh_token = EncryptedTextField()
    expires_at = models.DateTimeField()
    # The default in the database too: a worker of the version before knows nothing of it
    life = models.PositiveIntegerField(default=3599, db_default=3599, help_text="seconds, of a new access token")
    version = models.PositiveIntegerField(default=1)
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"tokens of {self.login_id}"


class SignInAttempt(models.Model):
    """One trip to Loket's sign-in page: its `state` works once, for ten minutes, for this session, user and entity."""

    class Purpose(models.TextChoices):
        CHECK = "check"  # rule 8: to look, before the entity is enabled
        CONNECT = "connect"
        RECONNECT = "reconnect"  # rule 38

    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.CONNECT)
    state_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    guest = models.ForeignKey(Guest, null=True, on_delete=models.CASCADE, related_name="+")
    entity = models.ForeignKey(LegalEntity, on_delete=models.CASCADE, related_name="+")
    code_verifier = EncryptedTextField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, guest__isnull=True)
                | models.Q(user__isnull=True, guest__isnull=False),
                name="sign_in_by_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.created_at:%Y-%m-%d %H:%M}"
