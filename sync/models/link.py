"""What is known of a person in Loket: the stored id, and keyed fingerprints of the last confirmed BSN and IBAN."""

from django.db import models

from onboarding.models import Connection


class Link(models.Model):
    """One person of the HR system in one connection (rule 42: the stored Loket id comes first)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="links")
    key_hash = models.CharField(max_length=64, help_text="of the number in a file, or the id in Personio")
    number_hash = models.CharField(max_length=64, blank=True, help_text="of the number, to be known from elsewhere too")
    loket_id = models.UUIDField(null=True)
    is_concept = models.BooleanField(default=False)
    bsn_fingerprint = models.CharField(max_length=64, blank=True)
    iban_fingerprint = models.CharField(max_length=64, blank=True)
    # What Loket was last seen to hold for this person (D2): who has the same mark, an unmoved version number and no day
    # reached since needs no look.
    mark = models.CharField(max_length=64, blank=True, help_text="keyed fingerprint of the person and of the mapping")
    version = models.BigIntegerField(null=True, help_text="Loket's number of the employment when that was seen")
    look_on = models.DateField(null=True, help_text="from this day on the calendar alone may change something")
    confirmed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "key_hash"], name="one_link_per_person"),
            models.UniqueConstraint(
                fields=["connection", "loket_id"],
                condition=models.Q(loket_id__isnull=False),
                name="one_person_per_loket_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.loket_id}"
