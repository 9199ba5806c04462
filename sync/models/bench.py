"""A reading of Personio that support asked for while a mapping is a draft: who asked, how far it is, what failed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mapping.models import MappingSet
from onboarding.models import LegalEntity, User
from sync.models.stopped import Stopped


class BenchReading(Stopped):
    """The newest one of a legal entity. The people it read are its bench roster, which goes after a day."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for the worker")
        READING = "reading", _("Reading")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    ACTIVE = (State.ASKED, State.READING)

    entity = models.OneToOneField(LegalEntity, on_delete=models.CASCADE, related_name="bench_reading")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    mapping_set = models.ForeignKey(MappingSet, null=True, on_delete=models.CASCADE, related_name="+")
    claimed_by = models.CharField(max_length=64, blank=True)
    beat_at = models.DateTimeField(null=True, help_text="when its worker was last seen")
    read = models.PositiveIntegerField(_("people read"), default=0)
    params = models.JSONField(default=dict)  # as released; of a run it may be blank

    class Meta:
        verbose_name = _("reading for a draft")
        verbose_name_plural = _("readings for drafts")

    def __str__(self) -> str:
        return f"{self.entity}: {self.state}"
