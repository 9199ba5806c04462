"""Runs and rosters as support sees them: counts and states, never a person's values."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from onboarding.admin.readonly import ReadOnlyAdmin
from sync.models import Roster, Run


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("id", "connection", "is_dry", "state", "done", "total", "attempts", "created_at", "finished_at")
    list_filter = ("state", "is_dry")
    list_select_related = ("connection__entity",)
    fields = (
        "connection",
        "is_dry",
        "state",
        "trigger",
        "started_by",
        "mapping_set",
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
    list_display = ("entity", "file_name", "person_count", "fault_count", "uploaded_at", "uploaded_by")
    list_select_related = ("entity", "uploaded_by")
    fields = list_display
