"""The audit trail: what happened to a company's connections, by whom. Rows are only ever added."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models.company import Company
from onboarding.models.guest import Guest
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.user import User


class AuditEvent(models.Model):
    """One fact: who did what, when. `detail` holds no personal data of employees and no secret."""

    class Action(models.TextChoices):
        ENABLED = "enabled", _("Integration enabled")
        SIGNED_IN = "signed_in", _("Signed in at Loket")
        SIGN_IN_REFUSED = "sign_in_refused", _("Sign-in at Loket refused")
        LINKED = "linked", _("Administration chosen")
        LINK_REFUSED = "link_refused", _("Administration refused")
        CONVERSION_SET = "conversion_set", _("Conversion of new people changed")
        PERSON_FORGOTTEN = "person_forgotten", _("Link with a person forgotten")
        ROSTER_UPLOADED = "roster_uploaded", _("Roster uploaded")
        RUN_STARTED = "run_started", _("Sync started")
        RUN_APPROVED = "run_approved", _("Sync agreed to")
        RUN_PAUSED = "run_paused", _("Sync paused")
        RUN_RESUMED = "run_resumed", _("Sync resumed")
        RUN_CANCELLED = "run_cancelled", _("Sync cancelled")
        SCHEDULE_SET = "schedule_set", _("Schedule changed")
        IBAN_APPROVAL_SET = "iban_approval_set", _("Approval of bank accounts changed")
        QUARANTINE_RELEASED = "quarantine_released", _("Person to be tried again")
        LEFT_OUT_ASKED = "left_out_asked", _("Change to be asked about again")
        MAPPING_PUBLISHED = "mapping_published", _("Mapping published")
        ACKNOWLEDGED = "acknowledged", _("Scope acknowledged")
        DECLARED = "declared", _("Task reported as done")
        WITHDRAWN = "withdrawn", _("Task taken back")
        ENTITY_CHANGED = "entity_changed", _("Legal entity changed")
        PERMISSIONS_SET = "permissions_set", _("Permissions changed")
        ASSIGNED = "assigned", _("Task assigned")
        UNASSIGNED = "unassigned", _("Assignment ended")
        GUEST_INVITED = "guest_invited", _("Guest invited")
        GUEST_OPENED = "guest_opened", _("Guest opened the link")
        GUEST_REVOKED = "guest_revoked", _("Guest revoked")
        CREATED_IN_LOKET = "created_in_loket", _("Created in Loket")
        BOOKED = "booked", _("Integration booked")
        BOOKING_MOVED = "booking_moved", _("Booking changed")
        SIGN_IN_REUSED = "sign_in_reused", _("Existing sign-in chosen")
        RELEASE_ASKED = "release_asked", _("Release asked")
        RELEASE_REFUSED = "release_refused", _("Release refused")
        RELEASED = "released", _("Connection released")
        PERSONIO_CONNECTED = "personio_connected", _("Personio connected")
        PERSONIO_REMOVED = "personio_removed", _("Personio removed")
        PERSONIO_ENTITY = "personio_entity", _("Source of employees changed")
        PERSONIO_EVENTS = "personio_events", _("Events of Personio changed")
        MAPPING_DISCARDED = "mapping_discarded", _("Draft of the mapping discarded")
        SECTION_CHANGED = "section_changed", _("Section changed")
        ATTRIBUTE_CHANGED = "attribute_changed", _("Attribute changed")
        VALUES_IMPORTED = "values_imported", _("Values imported")
        VALUES_UNDONE = "values_undone", _("Import of values undone")
        REVEALED = "revealed", _("Hidden value shown")

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.ForeignKey(Guest, null=True, on_delete=models.SET_NULL, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="audit_events")
    entity = models.ForeignKey(LegalEntity, null=True, on_delete=models.PROTECT, related_name="audit_events")
    action = models.CharField(max_length=24, choices=Action.choices)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("An audit event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("An audit event is never deleted.")
