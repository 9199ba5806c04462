"""The newest roster of an entity. Every value of a person is ciphertext; an older roster is deleted by a newer one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedJSONField
from onboarding.models import LegalEntity, User


class Roster(models.Model):
    """An uploaded file that could be read whole."""

    entity = models.OneToOneField(LegalEntity, on_delete=models.CASCADE, related_name="roster")
    file_name = models.CharField(_("file"), max_length=200)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    person_count = models.PositiveIntegerField(_("people"))
    fault_count = models.PositiveIntegerField(_("rows with a fault"))
    ignored_columns = models.JSONField(default=list)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")

    def __str__(self) -> str:
        return f"{self.file_name} ({self.person_count})"


class RosterPerson(models.Model):
    """One row of the roster: the values, and the faults that block the person."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="people")
    row = models.PositiveIntegerField()
    values = EncryptedJSONField()
    problems = EncryptedJSONField()

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["roster", "row"], name="row_once_per_roster")]

    def __str__(self) -> str:
        return f"row {self.row}"
