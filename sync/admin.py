"""Runs and rosters as support sees them: counts and states, never a person's values."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from sync.models import Roster, Run


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        column("connection", _("connection")),
        column("is_dry", _("preview"), is_tick=True),
        column("state", _("state")),
        column("done", _("done")),
        column("total", _("of")),
        column("attempts", _("attempts")),
        column("created_at", _("started at")),
        column("finished_at", _("ended at")),
    )
    list_filter = ("state", "is_dry")
    list_select_related = ("connection__entity", "connection__former_entity")
    fields = (
        "connection",
        "is_dry",
        "state",
        "trigger",
        "started_by",
        "mapping_set",
        "read",
        "done",
        "total",
        "attempts",
        "shown_message",
        "shown_hint",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).select_related("mapping_set", "started_by")


@admin.register(Roster)
class RosterAdmin(ReadOnlyAdmin):
    list_display = (
        column("entity", _("legal entity")),
        "source",
        "file_name",
        "person_count",
        "fault_count",
        "uploaded_at",
        column("uploaded_by", _("uploaded by")),
    )
    list_select_related = ("entity", "uploaded_by")
    fields = (
        "entity",
        "source",
        "mapping_set",
        "file_name",
        "person_count",
        "fault_count",
        "uploaded_at",
        "uploaded_by",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Roster]:
        """Those in use; a reading that is not complete is nobody's."""
        return super().get_queryset(request).filter(entity__isnull=False).select_related("mapping_set")
