from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from onboarding.models import LegalEntity, User
from onboarding.services import entities


@admin.register(LegalEntity)
class LegalEntityAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Entities; "Enable the Loket integration" is an action, so that it is audited and refused outside the Netherlands."""

    list_display = ("name", "company", "country", "kvk_number", "enabled_at")
    list_filter = ("country", "company")
    list_select_related = ("company",)
    search_fields = ("name", "company__name", "kvk_number")
    readonly_fields = ("enabled_at", "enabled_by")
    actions = ("enable",)

    def get_readonly_fields(self, request: HttpRequest, obj: LegalEntity | None = None) -> tuple[str, ...]:
        """An entity never moves to another company, whose members would see its people; an enabled one stays Dutch."""
        fixed = self.readonly_fields if obj is None else (*self.readonly_fields, "company")
        return (*fixed, "country") if obj is not None and obj.is_enabled else fixed

    @admin.action(description=_("Enable the Loket integration"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[LegalEntity]) -> None:
        enabled = 0
        user = request.user if isinstance(request.user, User) else None
        for entity in queryset.select_related("company"):
            try:
                enabled += entities.enable(entity, user)
            except entities.NotPossible as error:
                self.message_user(request, str(error), messages.ERROR)
        if enabled:
            text = ngettext("%(n)d entity enabled.", "%(n)d entities enabled.", enabled) % {"n": enabled}
            self.message_user(request, text, messages.SUCCESS)

    def has_delete_permission(self, request: HttpRequest, obj: LegalEntity | None = None) -> bool:
        return obj is not None and not hasattr(obj, "connection") and super().has_delete_permission(request, obj)
