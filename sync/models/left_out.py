"""What somebody had left out of a sync: not asked again until HR or Loket has something else (D10, rule 53)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedJSONField
from onboarding.models import Connection, User
from sync.models.run import Run


class LeftOut(models.Model):
    """One difference of one person, bound to its sign; one that is asked about again stays as history."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="left_out")
    key_hash = models.CharField(max_length=64)
    guard = models.CharField(_("question"), max_length=20, help_text="a guards.Code that can be left out")
    sign = models.CharField(max_length=64, help_text="keyed fingerprint of what HR and Loket had")
    person = EncryptedJSONField(null=True, help_text="key, name and number")
    change = EncryptedJSONField(null=True, help_text="what differed, masked as a result has it")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField(_("since"))
    said_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(_("asked again since"), null=True)
    ended_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", help_text="empty: it was another difference"
    )

    class Meta:
        verbose_name = _("change left out")
        verbose_name_plural = _("changes left out")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "key_hash", "guard"],
                condition=models.Q(ended_at__isnull=True),
                name="left_out_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.guard}"
