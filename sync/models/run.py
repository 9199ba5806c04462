"""A run and its results. A run is claimed by compare-and-set with a lease; the message only rings (D6, rule 56)."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loket_portal.lib.crypto import EncryptedJSONField
from mapping.models import MappingSet
from onboarding.models import Connection, User
from sync.models.roster import Roster
from sync.models.stopped import Stopped


class Run(Stopped):
    """One comparison of the roster with Loket; a dry run stops before the first write."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to start")
        RUNNING = "running", _("Running")
        WAITING = "waiting", _("Waiting for somebody’s word")
        PAUSED = "paused", _("Paused")
        BLOCKED = "blocked", _("Waiting for a new sign-in at Loket")
        SUCCEEDED = "succeeded", _("Done")
        PARTIAL = "partial", _("Done, some people need you")
        FAILED = "failed", _("Could not be made")
        CANCELLED = "cancelled", _("Cancelled")

    class Asked(models.TextChoices):
        PAUSE = "pause"
        CANCEL = "cancel"

    class Trigger(models.TextChoices):
        PERSON = "person", _("Started by hand")
        COMMAND = "command", _("Started from a shell")
        WEBHOOK = "webhook", _("Personio told of a change")
        SCHEDULE = "schedule", _("Started on schedule")

    AUTOMATIC = (Trigger.WEBHOOK, Trigger.SCHEDULE)
    BY_SOMEBODY = (Trigger.PERSON, Trigger.COMMAND)
    """Triggers behind which somebody stands who looks at the outcome."""
    ACTIVE = (State.QUEUED, State.RUNNING, State.WAITING, State.PAUSED, State.BLOCKED)
    """A connection has at most one of these (rule 56)."""
    HELD = (State.WAITING, State.PAUSED, State.BLOCKED)
    """Active, and no worker takes it up before a person does something."""
    FINISHED = (State.SUCCEEDED, State.PARTIAL)

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="runs")
    mapping_set = models.ForeignKey(MappingSet, null=True, on_delete=models.PROTECT, related_name="+")
    roster = models.ForeignKey(Roster, null=True, on_delete=models.SET_NULL, related_name="runs")
    personio_id = models.CharField(
        max_length=40, blank=True, help_text="of the legal entity in Personio that it reads; empty: of a file"
    )
    is_dry = models.BooleanField(_("preview"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(_("read from Personio"), default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    # The claim: who works on it, until when it is believed to live, and how often somebody began.
    claimed_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="since somebody in it was last finished")
    asked = models.CharField(max_length=10, choices=Asked.choices, blank=True, help_text="of the worker that has it")
    retries = models.PositiveSmallIntegerField(default=0, help_text="how often Loket was away")
    # What the plan found, and what a person said to it (D10).
    planned = models.PositiveIntegerField(null=True, help_text="people for whom something is to be written")
    same = models.PositiveIntegerField(default=0, help_text="people not looked at: nothing changed on either side")
    as_in = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", help_text="the run whose results still hold"
    )
    guards = models.JSONField(default=list, blank=True, help_text="what it waits for, as `guards.to_json` writes it")
    approved = models.JSONField(default=dict, blank=True, help_text="guard: how many were agreed to; 0 leaves them out")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_at = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0, help_text="calls to Loket")
    repeats = models.PositiveIntegerField(default=0, help_text="calls that were made again")
    purged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(  # rule 56
                fields=["connection"],
                condition=models.Q(state__in=["queued", "running", "waiting", "paused", "blocked"]),
                name="one_active_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection} #{self.pk}"

    @property
    def reads_personio(self) -> bool:
        """Whether its people come from Personio: then it reads them itself, and `roster` is what it has read."""
        return self.mapping_set is not None and self.mapping_set.source == MappingSet.Source.PERSONIO

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def gives_way(self) -> bool:
        """A comparison that began by itself: it ends for whatever somebody starts, so it holds nobody up."""
        return self.is_dry and self.is_active and self.trigger in self.AUTOMATIC

    @property
    def is_interrupted(self) -> bool:
        """Its worker is gone; the next sweep goes on with it."""
        return self.state == self.State.RUNNING and self.lease_until is not None and self.lease_until < timezone.now()

    @property
    def is_waiting_long(self) -> bool:
        """Nobody has begun it although several sweeps should have rung: the worker itself may be gone."""
        due_at = self.lease_until or self.created_at
        return self.state == self.State.QUEUED and due_at < timezone.now() - 8 * timedelta(
            seconds=settings.SWEEP_SECONDS
        )

    @property
    def percentage(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class Result(models.Model):
    """What a run did, or would do, for one person. Values are ciphertext with BSN and IBAN already masked.

    `PLANNED`: the plan says that something is to be written, and it is not done yet.
    """

    class Outcome(models.TextChoices):
        PLANNED = "planned", _("Still to be done")
        CREATED = "created", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Unchanged")
        SKIPPED = "skipped", _("Not in the sync")
        BLOCKED = "blocked", _("Blocked")
        FAILED = "failed", _("Failed")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results")
    key_hash = models.CharField(max_length=64, help_text="fingerprint of the person's key")
    row = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=60, blank=True)
    not_sent_count = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="how often somebody began, counted before the work"
    )
    person = EncryptedJSONField(null=True, help_text="key and name")
    detail = EncryptedJSONField(null=True, help_text="changes, problems, messages of Loket")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["run", "key_hash"], name="one_result_per_person")]
        indexes = [models.Index(fields=["run", "outcome", "row"])]

    def __str__(self) -> str:
        return f"{self.run} row {self.row}: {self.outcome}"
