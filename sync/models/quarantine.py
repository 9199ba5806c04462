"""People whom Loket refused, or who ended their worker: not sent again before something about them changes (D9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedJSONField
from onboarding.models import Connection, User
from sync.models.run import Run


class Quarantine(models.Model):
    """One person of one connection, bound to the mark of what was refused; a released one stays as history."""

    class Reason(models.TextChoices):
        REJECTED = "rejected", _("Loket refused it")
        NOT_STABLE = "not_stable", _("Loket did not keep it")
        CRASHED = "crashed", _("Ended the worker three times")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="quarantined")
    key_hash = models.CharField(max_length=64)
    mark = models.CharField(max_length=64, help_text="keyed fingerprint of the person and of the mapping, when refused")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    person = EncryptedJSONField(null=True, help_text="key, name and number")
    detail = EncryptedJSONField(null=True, help_text="what Loket said, as a result has it")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(_("since"), auto_now_add=True)
    released_at = models.DateTimeField(_("released at"), null=True)
    released_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("person set aside")
        verbose_name_plural = _("people set aside")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "key_hash"],
                condition=models.Q(released_at__isnull=True),
                name="quarantined_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.reason}"
