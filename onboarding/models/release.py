"""The release of a connection: only support, with a reason, and only when a second person agrees (rule 37)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.connection import Connection
from onboarding.models.user import User


class ReleaseRequest(models.Model):
    """One wish to release a connection. It stays as history when the connection was released."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="release_requests")
    reason = models.TextField(_("reason"), max_length=1000)
    requested_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    is_approved = models.BooleanField(_("approved"), null=True)

    class Meta:
        verbose_name = _("release of a connection")
        verbose_name_plural = _("releases of connections")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=models.Q(decided_at__isnull=True), name="one_open_release_request"
            ),
            models.CheckConstraint(  # rule 37: a second person
                condition=models.Q(decided_by__isnull=True)
                | models.Q(is_approved=False)
                | ~models.Q(decided_by=models.F("requested_by")),
                name="release_needs_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.reason[:40]}"
