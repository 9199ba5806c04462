"""Mapping sets as support sees them; published ones are read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from mapping.models import FieldRule, MappingSet
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin


class FieldRuleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = FieldRule
    fields = ("target", "source", "converter", "option_map", "fallback", "write_mode", "empty")
    extra = 0
    can_delete = False


@admin.register(MappingSet)
class MappingSetAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "company", "state", column("published_at", _("published at")))
    list_filter = ("state", "company")
    list_select_related = ("company",)
    inlines = (FieldRuleInline,)
