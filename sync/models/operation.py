"""The journal: each write is recorded before it is sent and after its answer (D4), so that a crash can be decided."""

from django.db import models

from sync.models.run import Run


class Operation(models.Model):
    """One write to Loket. `SENT` without an end means: read before repeating (D5)."""

    class State(models.TextChoices):
        SENT = "sent"
        CONFIRMED = "confirmed"
        REJECTED = "rejected"
        UNKNOWN = "unknown"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="operations")
    key_hash = models.CharField(max_length=64)
    action = models.CharField(max_length=24)
    fingerprint = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    attempt = models.PositiveSmallIntegerField(default=1)
    http_status = models.PositiveSmallIntegerField(null=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "key_hash", "action"])]

    def __str__(self) -> str:
        return f"{self.action} {self.state}"
