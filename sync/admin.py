"""Runs, rosters, and how connections stand, as support sees them: counts and states, never a person's values."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.admin.acts import Act, ActingAdmin, RequiredReason
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import User
from onboarding.wording import Text
from sync.models import Beat, LeftOut, Quarantine, Roster, Run, Schedule, Standing
from sync.services import left_out, quarantine
from sync.wording.guards import MEANWHILE


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
        "planned",
        "same",
        "as_in",
        "guards",
        "approved",
        "approved_by",
        "approved_at",
        "calls",
        "repeats",
        "attempts",
        "retries",
        "shown_message",
        "shown_hint",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).select_related("mapping_set", "started_by", "approved_by")


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


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    """What the last sync of each connection left; whoever has payroll edit sets the question on the page of the schedule."""

    list_display = (
        column("connection", _("connection")),
        column("confirmed_at", _("all certain since")),
        column("compared_at", _("everybody compared")),
        column("people", _("people")),
        column("look_on", _("look again on")),
        "asks_for_iban",
    )
    list_filter = ("asks_for_iban",)
    list_select_related = ("connection__entity", "connection__former_entity")
    fields = (
        *("connection", "run", "version", "look_on", "confirmed_at", "compared_at", "people"),
        "asks_for_iban",
    )


@admin.register(Quarantine)
class QuarantineAdmin(ActingAdmin, ReadOnlyAdmin):
    """Who is set aside, without a name; customers try again themselves, support does where nobody there can."""

    list_display = (
        "id",
        column("connection", _("connection")),
        column("reason", _("reason")),
        column("since", _("since")),
        column("released_at", _("released at")),
        column("released_by", _("who")),
    )
    list_filter = (("released_at", admin.EmptyFieldListFilter), "reason")
    list_select_related = ("connection__entity", "connection__former_entity", "released_by")
    fields = ("connection", "reason", "run", "since", "released_at", "released_by")

    def acts(self, row: Quarantine) -> Sequence[Act]:
        return (_TRY_AGAIN,) if row.released_at is None and row.connection.entity_id is not None else ()


def _release(row: Quarantine, by: User, data: dict[str, Any]) -> str:
    if not quarantine.release(row.pk, by, is_support=True):
        return gettext("Somebody did so already.")
    return gettext("The next sync tries this person again.")


_TRY_AGAIN = Act(
    name="release",
    label=_("Try again"),
    permission="sync.change_quarantine",
    do=_release,
    text=_(
        "The next sync sends this person again. If the cause is still there, Loket refuses it again, or the worker ends "
        "again."
    ),
)


@admin.register(LeftOut)
class LeftOutAdmin(ActingAdmin, ReadOnlyAdmin):
    """What is left out, without a name or a value; customers have it asked again, support does where nobody there can."""

    list_display = (
        "id",
        column("connection", _("connection")),
        "meanwhile",
        column("since", _("since")),
        column("said_by", _("left out by")),
        column("ended_at", _("asked again since")),
        column("ended_by", _("who")),
    )
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "guard")
    list_select_related = ("connection__entity", "connection__former_entity", "said_by", "ended_by")
    fields = ("connection", "meanwhile", "run", "since", "said_by", "ended_at", "ended_by")
    readonly_fields = ("meanwhile",)

    @admin.display(description=_("meanwhile"), ordering="guard")
    def meanwhile(self, row: LeftOut) -> Text:
        return MEANWHILE.get(row.guard, row.guard.replace("_", " "))

    def acts(self, row: LeftOut) -> Sequence[Act]:
        return (_ASK_AGAIN,) if row.ended_at is None and row.connection.entity_id is not None else ()


def _ask_again(row: LeftOut, by: User, data: dict[str, Any]) -> str:
    if not left_out.ask_again_as_support(row.pk, by, data["text"]):
        return gettext("Somebody did so already.")
    return gettext("The next sync asks about it again.")


_ASK_AGAIN = Act(
    name="ask",
    label=_("Ask again"),
    permission="sync.change_leftout",
    do=_ask_again,
    form_class=RequiredReason,
    text=_(
        "If the two still differ, the next sync waits until somebody of the company answers once more. Nothing of this "
        "change is sent before."
    ),
)


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    list_display = (
        column("entity", _("legal entity")),
        column("frequency", _("how often")),
        "at",
        column("next_run_at", _("next sync")),
        column("last_run_at", _("last one by itself")),
        column("failures", _("failures in a row")),
        column("stopped", _("stopped because")),
        column("refusal", _("why none began")),
    )
    list_filter = ("frequency", "stopped")
    list_select_related = ("entity",)
    fields = (
        *("entity", "frequency", "at", "next_run_at", "last_run_at", "failures", "stopped", "stopped_at", "refusal"),
        *("set_by", "set_at"),
    )


@admin.register(Beat)
class BeatAdmin(ReadOnlyAdmin):
    """When the background last gave a sign."""

    list_display = (column("name", _("what")), column("at", _("last sign")))
