"""Who holds a task: a member of the company or a guest, since when, reminded how often."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.guest import Guest
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.user import User


class Assignment(models.Model):
    """A task of one entity in somebody's hands; at most one is open per task."""

    entity = models.ForeignKey(LegalEntity, on_delete=models.CASCADE, related_name="assignments")
    step = models.CharField(max_length=20)
    guest = models.ForeignKey(Guest, null=True, on_delete=models.PROTECT, related_name="assignments")
    member = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="assignments")
    message = models.TextField(_("message"), blank=True, max_length=2000)
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    assigned_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, help_text="the holder says that it is done")
    ended_at = models.DateTimeField(null=True, help_text="taken back, or given to somebody else")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "step"],
                condition=models.Q(ended_at__isnull=True),
                name="one_holder_per_task",
            ),
            models.CheckConstraint(
                condition=models.Q(guest__isnull=False, member__isnull=True)
                | models.Q(guest__isnull=True, member__isnull=False),
                name="assigned_to_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.holder_name}"

    @property
    def holder_name(self) -> str:
        """Who holds it, as a page names him: a guest by his firm where he has one."""
        return (self.guest.firm or self.guest.name) if self.guest else str(self.member)
