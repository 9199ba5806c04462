"""Sign-ins, connections and the audit trail. A connection ends by a release only (rule 37)."""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from onboarding.admin.acts import Act, ActingAdmin
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.admin.releases import ask_act
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, User
from onboarding.services import connections, releases
from onboarding.wording import audit_action, audit_detail


@admin.register(LoketLogin)
class LoketLoginAdmin(ReadOnlyAdmin):
    """Sign-ins; their tokens are in a table that the admin doesn't know."""

    list_display = (
        "employer_name",
        "loket_user",
        column("company", _("company")),
        "environment",
        column("purpose", _("purpose")),
        "state",
        "signed_in_at",
        column("checked_at", _("checked at")),
        column("green_at", _("all checks green at")),
    )
    list_filter = ("state", "purpose", "environment")
    list_select_related = ("company",)


@admin.register(Connection)
class ConnectionAdmin(ActingAdmin, ReadOnlyAdmin):
    """Links. What becomes of new people is an audited action (rule 46); a release takes two people (rule 37)."""

    list_display = (
        "whose",
        "administration_name",
        "tax_id",
        "environment",
        "converts_new_people",
        "linked_at",
        column("released_at", _("released at")),
    )
    list_filter = (("released_at", admin.EmptyFieldListFilter), "environment", "converts_new_people")
    list_select_related = ("entity", "former_entity")
    search_fields = ("entity__name", "former_entity__name", "administration_name", "tax_id")
    fields = (
        *("whose", "login", "environment", "administration_name", "administration_number", "administration_id"),
        *("tax_id", "period_type", "converts_new_people", "linked_by", "linked_at", "released_at"),
    )
    readonly_fields = ("whose",)
    actions = ("convert", "leave_as_concept")

    @admin.display(description=_("legal entity"), ordering="entity__name")
    def whose(self, connection: Connection) -> LegalEntity | None:
        return connection.entity or connection.former_entity

    def acts(self, row: Connection) -> Sequence[Act]:
        is_open = row.released_at is None and releases.waiting_for(row) is None
        return (ask_act(row),) if is_open else ()

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
