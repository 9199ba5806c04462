"""How many calls to one host are under way, over all processes, and whether it is left alone for a while (D8).

In the database and not in Redis, which may be flushed. services/host_rows.py is the one writer.
"""

from django.db import models

from onboarding.models.connection import Connection


class HostSlot(models.Model):
    """The right to one call at a time. Whoever holds it renews it; a killed holder's is free when its term is over."""

    host = models.CharField(max_length=255)
    number = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "number"], name="slot_once_per_host")]

    def __str__(self) -> str:
        return f"{self.host} {self.number}"


class HostLease(models.Model):
    """Somebody who wants slots of a host: the others see by it how many they may keep."""

    host = models.CharField(max_length=255)
    holder = models.CharField(max_length=64, unique=True)
    connection = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="+")
    wants = models.PositiveSmallIntegerField()
    has = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField(help_text="when it got its first slot, or gave its last one back")
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["host", "until"])]

    def __str__(self) -> str:
        return f"{self.host} {self.holder}: {self.has} of {self.wants}"


class HostState(models.Model):
    """Whether a host is left alone: until `rests_until` nobody calls it, after that one tries first."""

    host = models.CharField(max_length=255, unique=True)
    rests_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="when a process last got an answer that was no fault")
    answered_to = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.host
