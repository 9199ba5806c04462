"""Mapping sets as support sees them; published ones are read-only."""

from django.contrib import admin

from mapping.models import FieldRule, MappingSet
from onboarding.admin.readonly import ReadOnlyAdmin


class FieldRuleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = FieldRule
    fields = ("target", "source", "converter", "option_map", "fallback", "write_mode", "empty")
    extra = 0
    can_delete = False


@admin.register(MappingSet)
class MappingSetAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "company", "state", "published_at")
    list_filter = ("state", "company")
    list_select_related = ("company",)
    inlines = (FieldRuleInline,)
