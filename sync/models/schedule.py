"""When a legal entity syncs by itself, and when the background last gave a sign (D7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models import LegalEntity, User


class Schedule(models.Model):
    """One row per legal entity; `next_run_at` is the truth, the beat only asks for what is due."""

    class Frequency(models.TextChoices):
        OFF = "off", _("Off")
        HOURLY = "hourly", _("Every hour")
        DAILY = "daily", _("Every day")

    class Stop(models.TextChoices):
        SIGN_IN = "sign_in", _("Loket does not accept the sign-in")
        FAILING = "failing", _("Several syncs in a row could not be made")

    entity = models.OneToOneField(LegalEntity, on_delete=models.CASCADE, related_name="schedule")
    frequency = models.CharField(_("how often"), max_length=6, choices=Frequency.choices, default=Frequency.OFF)
    at = models.TimeField(_("at"), null=True, blank=True, help_text="in Amsterdam; of a daily one")
    next_run_at = models.DateTimeField(_("next sync"), null=True)
    last_run_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    stopped = models.CharField(max_length=8, choices=Stop.choices, blank=True)
    stopped_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=24, blank=True, help_text="why the last slot began no sync: `runs.Refusal`")
    set_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        indexes = [models.Index(fields=["next_run_at"])]

    def __str__(self) -> str:
        return f"{self.entity}: {self.frequency}"

    @property
    def is_on(self) -> bool:
        """Whether a next sync will come by itself."""
        return self.frequency != self.Frequency.OFF and not self.stopped


class Beat(models.Model):
    """The last sign of something that runs in the background, in the database: Redis may be emptied at any moment."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign of the background")
        verbose_name_plural = _("signs of the background")

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
