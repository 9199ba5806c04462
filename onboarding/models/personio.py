"""A company's access to Personio, and what Personio told by webhook. services/personio.py is the one writer of secrets."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedTextField
from onboarding.models.company import Company
from onboarding.models.user import User


def new_hook_key() -> str:
    """An address of its own for the webhooks of one account, which nobody can guess."""
    return secrets.token_urlsafe(24)


def new_hook_token() -> str:
    """What Personio shows with every event: it has no signature, so this is how an event is known to be Personio's."""
    return secrets.token_urlsafe(32)


class PersonioAccount(models.Model):
    """The credentials of one company, tested before they were stored; one account serves all its legal entities.

    The secrets are ciphertext, and neither its text nor any page, log or audit event holds one of them.
    """

    class State(models.TextChoices):
        WORKING = "working", _("Working")
        REFUSED = "refused", _("Refused by Personio")

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="personio")
    client_id = EncryptedTextField()
    client_secret = EncryptedTextField()
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WORKING)
    refused_at = models.DateTimeField(_("refused at"), null=True)
    connected_at = models.DateTimeField(_("connected at"))
    connected_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    looked_at = models.DateTimeField(_("read at"), null=True, help_text="attributes and legal entities")
    legal_entities = models.JSONField(default=list, help_text="as Personio lists them: id, name, country")
    hook_key = models.CharField(max_length=40, unique=True, default=new_hook_key)
    hook_token = EncryptedTextField(default=new_hook_token)
    hook_id = models.CharField(max_length=64, blank=True, help_text="of the webhook at Personio; empty while it is off")

    class Meta:
        verbose_name = _("Personio account")
        verbose_name_plural = _("Personio accounts")

    def __str__(self) -> str:
        return f"Personio: {self.company}"

    @property
    def is_working(self) -> bool:
        return self.state == self.State.WORKING


class PersonioEvent(models.Model):
    """One event of Personio, stored once however often it is delivered: ids only, never the payload."""

    account = models.ForeignKey(PersonioAccount, on_delete=models.CASCADE, related_name="events")
    name = models.CharField(max_length=60, blank=True)
    person_id = models.CharField(max_length=20, blank=True, help_text="empty: it may be about anybody")
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="a comparison has begun that sees what it told")

    class Meta:
        verbose_name = _("event of Personio")
        verbose_name_plural = _("events of Personio")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="personio_event_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.received_at:%Y-%m-%d %H:%M}"
