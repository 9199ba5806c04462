"""Guests: people outside the company, such as its tax accountant, who do their tasks without an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.company import Company
from onboarding.models.user import User


class Guest(models.Model):
    """One person of one company's setup. Sees the tasks assigned to him, no employee data and no tokens."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(_("name"), max_length=100)
    firm = models.CharField(_("firm"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=2, default="nl")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        constraints = [models.UniqueConstraint(fields=["company", "email"], name="guest_once_per_company")]

    def __str__(self) -> str:
        return f"{self.name} ({self.firm})" if self.firm else self.name


class GuestLink(models.Model):
    """A link by e-mail: 256 bits, only their hash is stored, 14 days, revocable. Opening it takes a POST."""

    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link of {self.guest}"


class GuestCode(models.Model):
    """A mailed code that shows that the guest reads that mailbox; asked before anything that writes."""

    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="codes")
    session_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code of {self.guest}"
