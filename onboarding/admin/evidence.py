"""What checks found and people said, per entity and fact: for support to look up. Nothing here is about an employee."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import Evidence
from onboarding.services import evidence
from onboarding.wording.enabling import fact_title


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    """Newest first. Facts of a sign-in belong to all entities that use it."""

    list_display = (
        column("at", _("time")),
        column("entity", _("legal entity")),
        column("login", _("Loket sign-in")),
        "what",
        column("outcome", _("outcome")),
        column("code", _("code")),
        "who",
    )
    list_filter = ("outcome", "fact", "entity__company")
    list_select_related = ("entity", "login", "actor", "guest")
    search_fields = ("entity__name", "login__employer_name", "fact", "code")
    fields = ("at", "entity", "login", "what", "outcome", "code", "params", "details", "since", "who")
    readonly_fields = ("what", "who")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evidence]:
        return super().get_queryset(request).select_related("entity", "login", "actor", "guest")

    @admin.display(description=_("fact"), ordering="fact")
    def what(self, row: Evidence) -> str:
        return fact_title(row.fact)

    @admin.display(description=_("who"))
    def who(self, row: Evidence) -> Any:
        return evidence.said_by(row) or "–"
