"""The people of an entity as the HR system had them last: an uploaded file, or a reading of Personio.

Every value of a person is ciphertext; an older roster is deleted by a newer one. A reading that is not complete yet
belongs to no entity: it is `incoming_for` one, and takes the place of the older one in a single step (docs/adr/0017).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedJSONField
from mapping.models import MappingSet
from onboarding.models import LegalEntity, User


class Roster(models.Model):
    """An uploaded file that could be read whole, or the people of one legal entity as Personio had them."""

    class Source(models.TextChoices):
        FILE = "file", _("File")
        PERSONIO = "personio", "Personio"

    entity = models.OneToOneField(LegalEntity, null=True, on_delete=models.CASCADE, related_name="roster")
    incoming_for = models.ForeignKey(
        LegalEntity, null=True, on_delete=models.CASCADE, related_name="incoming_rosters", help_text="not complete yet"
    )
    bench_for = models.OneToOneField(
        LegalEntity,
        null=True,
        on_delete=models.CASCADE,
        related_name="bench_roster",
        help_text="read for a draft of the mapping",
    )
    # Of a reading for a draft, which changes afterwards: the attribute that each column was read from. Of a file: the
    # converter for which a column was kept as it is written, and what else a column that decides was filled from.
    attributes = models.JSONField(default=dict, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.FILE)
    personio_id = models.CharField(
        max_length=40, blank=True, help_text="of the legal entity in Personio whose people these are; empty: of a file"
    )
    day = models.DateField(null=True, help_text="of a reading: the day in Amsterdam on which this holds")
    # It says which attributes were read.
    mapping_set = models.ForeignKey(
        MappingSet, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("mapping set")
    )
    file_name = models.CharField(_("file"), max_length=200)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    person_count = models.PositiveIntegerField(_("people"))
    fault_count = models.PositiveIntegerField(_("rows with a fault"))
    ignored_columns = models.JSONField(default=list)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file; of a reading a text like no other's")
    told_until = models.DateTimeField(null=True, help_text="what Personio told of before this moment is in it")
    seen_events = models.JSONField(default=list, help_text="which events of the last moments before that are in it")

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entity__isnull=False, incoming_for__isnull=True, bench_for__isnull=True)
                | models.Q(entity__isnull=True, incoming_for__isnull=False, bench_for__isnull=True)
                | models.Q(entity__isnull=True, incoming_for__isnull=True, bench_for__isnull=False),
                name="roster_in_use_or_incoming",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.person_count})"


class RosterPerson(models.Model):
    """One row of the roster, or one person of Personio (`row` is the id there): values, and the faults that block."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="people")
    row = models.PositiveIntegerField()
    values = EncryptedJSONField()
    problems = EncryptedJSONField()

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["roster", "row"], name="row_once_per_roster")]

    def __str__(self) -> str:
        return f"row {self.row}"
