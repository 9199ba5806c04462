"""Mapping sets and the attributes of the HR system as support sees them. Nothing is changed here: the workbench does."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mapping.admin.workbench import Workbench
from mapping.models import FieldRule, HRAttribute, MappingSet
from mapping.wording import names
from mapping.wording.workbench import converter
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin


class FieldRuleInline(admin.TabularInline):  # type: ignore[type-arg]
    """The rules of a set in four columns: more of them make the page wider than a screen."""

    model = FieldRule
    fields = readonly_fields = ("loket_field", "hr_attribute", "done", "written")
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        found: QuerySet[Any] = rows.select_related("entity").annotate(options=Count("option_map__entries"))
        return found

    @admin.display(description=_("Loket field"))
    def loket_field(self, rule: FieldRule) -> str:
        own = gettext("only %(entity)s") % {"entity": rule.entity} if rule.entity else ""
        return " · ".join(part for part in (names.field(rule.target), own) if part)

    @admin.display(description=_("HR attribute"))
    def hr_attribute(self, rule: FieldRule) -> str:
        return rule.source or "–"

    @admin.display(description=_("what is done with it"))
    def done(self, rule: FieldRule) -> str:
        """The converter with its setting, how many options are mapped, and the value for new people."""
        options: int = rule.options  # type: ignore[attr-defined]  # annotated above
        parts = [str(converter(rule.converter)), rule.argument]
        parts += [ngettext("%(count)s option", "%(count)s options", options) % {"count": options}] if options else []
        parts += [gettext("new people: %(value)s") % {"value": rule.fallback}] if rule.fallback else []
        return ", ".join(part for part in parts if part)

    @admin.display(description=_("how it is written"))
    def written(self, rule: FieldRule) -> str:
        return f"{rule.get_write_mode_display()}; {rule.get_empty_display()}"


@admin.register(MappingSet)
class MappingSetAdmin(Workbench, ReadOnlyAdmin):
    list_display = ("name", "version", "company", "source", "state", column("published_at", _("published at")))
    list_filter = ("state", "source", "company")
    list_select_related = ("company",)
    inlines = (FieldRuleInline,)


@admin.register(HRAttribute)
class HRAttributeAdmin(ReadOnlyAdmin):
    """The attributes as the HR system defined them when it was read last."""

    list_display = (
        *("label", "key", "type", "shown_options"),
        column("company", _("company")),
        "source",
        *("first_seen_at", "seen_at", "gone_at"),
    )
    list_filter = (("gone_at", admin.EmptyFieldListFilter), "type", "company")
    list_select_related = ("company",)
    search_fields = ("label", "key")
    fields = (
        *("company", "source", "label", "key", "type", "universal_id", "shown_options"),
        *("first_seen_at", "seen_at", "gone_at"),
    )
    readonly_fields = ("shown_options",)

    @admin.display(description=_("options"))
    def shown_options(self, attribute: HRAttribute) -> str:
        return ", ".join(attribute.options) or "–"
