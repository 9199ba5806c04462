"""E-mails on their way: written in the same transaction as what they tell, sent by the worker, tried again when not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedTextField


class Mail(models.Model):
    """One e-mail. Its text may hold a guest's link, so it is ciphertext, and gone once it was sent (but in the demo)."""

    kind = models.CharField(_("kind"), max_length=24)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=2)
    subject = models.CharField(_("subject"), max_length=200)
    text = EncryptedTextField(blank=True)
    html = EncryptedTextField(blank=True)
    created_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("due at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
