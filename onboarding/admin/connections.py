from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import AuditEvent, Connection, LoketLogin, User
from onboarding.services import connections
from onboarding.wording import audit_action, audit_detail


@admin.register(LoketLogin)
class LoketLoginAdmin(ReadOnlyAdmin):
    """Sign-ins; their tokens are in a table that the admin doesn't know."""

    list_display = (
        "employer_name",
        "loket_user",
        column("company", _("company")),
        "environment",
        "state",
        "signed_in_at",
    )
    list_filter = ("state", "environment")
    list_select_related = ("company",)


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """Links; they can't be undone here (rule 37). What becomes of new people is an audited action (rule 46)."""

    list_display = (
        column("entity", _("legal entity")),
        "administration_name",
        "tax_id",
        "environment",
        "converts_new_people",
        "linked_at",
    )
    list_filter = ("environment", "converts_new_people")
    list_select_related = ("entity",)
    search_fields = ("entity__name", "administration_name", "tax_id")
    actions = ("convert", "leave_as_concept")

    @admin.action(description=_("New people: convert to employees"))
    def convert(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        self._set(request, queryset, converts=True)

    @admin.action(description=_("New people: leave as concept employees"))
    def leave_as_concept(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        self._set(request, queryset, converts=False)

    def _set(self, request: HttpRequest, queryset: QuerySet[Connection], *, converts: bool) -> None:
        user = request.user if isinstance(request.user, User) else None
        rows = queryset.select_related("entity__company")
        changed = sum(connections.set_conversion(row, converts=converts, user=user) for row in rows)
        text = ngettext("%(n)d connection changed.", "%(n)d connections changed.", changed) % {"n": changed}
        self.message_user(request, text, messages.SUCCESS)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit trail in words; the codes stay in the database."""

    list_display = (
        column("at", _("time")),
        "what",
        column("company", _("company")),
        column("entity", _("legal entity")),
        column("actor", _("who")),
        "more",
    )
    list_filter = ("action", "company")
    list_select_related = ("company", "entity", "actor")
    date_hierarchy = "at"

    @admin.display(description=_("what happened"), ordering="action")
    def what(self, event: AuditEvent) -> str:
        return str(audit_action(event))

    @admin.display(description=_("more about it"))
    def more(self, event: AuditEvent) -> str:
        return audit_detail(event)
