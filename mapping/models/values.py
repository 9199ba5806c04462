"""The portal's own values of people, with the day from which each counts, and how they came over from another attribute."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedJSONField, EncryptedTextField
from mapping.models.attributes import HRAttribute
from onboarding.models import User


class ValueImport(models.Model):
    """One file or one carrying over: how many values came in, which did not and why, and what undoes it."""

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        CARRIED = "carried", _("Carried over")

    attribute = models.ForeignKey(HRAttribute, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    effective_on = models.DateField()
    total = models.PositiveIntegerField(help_text="people looked at")
    stored = models.PositiveIntegerField(help_text="values that came in")
    empty = models.PositiveIntegerField(default=0, help_text="people without a value")
    rejected = models.PositiveIntegerField(default=0)
    rejects = EncryptedJSONField(help_text="person, name, value, why")
    former = EncryptedJSONField(help_text="what the values were before: the undo file")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    purged_at = models.DateTimeField(null=True, help_text="`rejects` and `former` are empty since then")

    class Meta:
        verbose_name = _("import of values")
        verbose_name_plural = _("imports of values")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.attribute}: {self.stored}"


class PersonValue(models.Model):
    """What an attribute of the portal says of one person from a day on; `ALWAYS` is from the beginning."""

    ALWAYS = date(1900, 1, 1)

    attribute = models.ForeignKey(HRAttribute, on_delete=models.CASCADE, related_name="values")
    person_hash = models.CharField(max_length=64, help_text="of the person's key in the HR system")
    person = EncryptedTextField(help_text="the person's key in the HR system")
    who = models.CharField(
        max_length=129,
        blank=True,
        help_text="fingerprints of the birth date and the last name of whom it was said; empty: nobody knew",
    )
    value = EncryptedTextField(help_text="canonical text; empty: there is none from this day on")
    effective_on = models.DateField(default=ALWAYS)
    set_at = models.DateTimeField(auto_now=True)
    set_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("value of a person")
        verbose_name_plural = _("values of people")
        constraints = [
            models.UniqueConstraint(fields=["attribute", "person_hash", "effective_on"], name="value_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute} {self.effective_on}"
