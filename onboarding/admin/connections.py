from django.contrib import admin

from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import AuditEvent, Connection, LoketLogin


@admin.register(LoketLogin)
class LoketLoginAdmin(ReadOnlyAdmin):
    """Sign-ins without their tokens."""

    list_display = ("employer_name", "loket_user", "company", "environment", "state", "signed_in_at")
    list_filter = ("state", "environment")
    list_select_related = ("company",)
    fields = (
        "company",
        "environment",
        "employer_name",
        "employer_id",
        "loket_user",
        "state",
        "state_reason",
        "signed_in_at",
    )


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """Links; they can't be undone here (rule 37)."""

    list_display = ("entity", "administration_name", "tax_id", "environment", "linked_at")
    list_filter = ("environment",)
    list_select_related = ("entity",)
    search_fields = ("entity__name", "administration_name", "tax_id")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "company", "entity", "actor", "detail")
    list_filter = ("action", "company")
    list_select_related = ("company", "entity", "actor")
    date_hierarchy = "at"
