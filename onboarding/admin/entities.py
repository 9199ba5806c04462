"""Legal entities: what stands against enabling one, and enabling it (rules 1, 6, 8, 28, 29)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.admin.acts import Act, ActingAdmin, NotDone
from onboarding.admin.columns import column
from onboarding.models import LegalEntity, User
from onboarding.services import entities, legal_entities
from onboarding.wording import Words, names
from onboarding.wording.before import LEGAL_ENTITY
from onboarding.wording.enabling import all_against

CHANGE = "onboarding.change_legalentity"


def _enable(entity: LegalEntity, by: User, data: dict[str, Any]) -> str:
    try:
        entities.enable(entity, by)
    except entities.NotPossible as error:
        raise NotDone(*all_against(error.reasons)) from error
    return gettext("Enabled. Its administrators and payroll editors get an e-mail.")


class EntityForm(forms.ModelForm):  # type: ignore[type-arg]
    """The entity as support corrects it, with the tax ID held to the same rules as on the customer's page (rule 4)."""

    def clean_tax_id(self) -> str:
        text = str(self.cleaned_data["tax_id"])
        if not text:
            return ""
        try:
            known = self.instance.pk is not None
            return legal_entities.own_tax_id(self.instance, text) if known else legal_entities.tax_id(text)
        except legal_entities.EntityRefused as error:
            words = LEGAL_ENTITY[error.refusal].filled({"names": names(error.names)})
            raise forms.ValidationError(f"{words.text} {words.fix}") from error


@admin.register(LegalEntity)
class LegalEntityAdmin(ActingAdmin):
    """Entities; "Enable the integration" is an act, audited, and refused with all reasons while there are any."""

    form = EntityForm
    list_display = (
        "name",
        column("company", _("company")),
        "country",
        "kvk_number",
        "tax_id",
        column("enabled_at", _("enabled at")),
    )
    list_filter = (("enabled_at", admin.EmptyFieldListFilter), "country", "company")
    list_select_related = ("company",)
    search_fields = ("name", "company__name", "kvk_number", "tax_id")
    readonly_fields = ("against", "enabled_at", "enabled_by")
    actions = ("enable",)

    def get_fields(self, request: HttpRequest, obj: LegalEntity | None = None) -> tuple[str, ...]:
        own = ("company", "name", "country", "kvk_number", "tax_id")
        if obj is None:
            return own
        return (*own, "enabled_at", "enabled_by") if obj.is_enabled else (*own, "against")

    def get_readonly_fields(self, request: HttpRequest, obj: LegalEntity | None = None) -> tuple[str, ...]:
        """An entity never moves to another company, whose members would see its people.

        An enabled one stays Dutch, and so does one that reads Personio (rule 1).

        A connected one keeps the tax ID of its administration (rule 4).
        """
        fixed = self.readonly_fields if obj is None else (*self.readonly_fields, "company")
        if obj is not None and (obj.is_enabled or obj.reads_personio):
            fixed = (*fixed, "country")
        return (*fixed, "tax_id") if obj is not None and hasattr(obj, "connection") else fixed

    def save_model(self, request: HttpRequest, obj: LegalEntity, form: Any, change: bool) -> None:
        if change:  # only what was changed here: meanwhile Personio may have been chosen as the source of its people
            obj.save(update_fields=form.changed_data)
        else:
            super().save_model(request, obj, form, change)
        if change and form.changed_data and isinstance(request.user, User):
            entities.note_correction(obj, request.user, form.changed_data)

    @admin.display(description=_("stands against enabling"))
    def against(self, entity: LegalEntity) -> SafeString:
        told = all_against(entities.reasons_against_enabling(entity))
        if not told:
            return format_html("{}", gettext("Nothing: it can be enabled."))
        # Not a list: the admin's style sheet moves lists inside a form to the right.
        return format_html_join(
            SafeString("<br>"), "<strong>{}</strong> {}", ((words.text, words.fix) for words in told)
        )

    def acts(self, row: LegalEntity) -> Sequence[Act]:
        if row.is_enabled:
            return ()
        text = _(
            "It then shows “Loket.nl integration” on the page “Legal entities”, and an administrator can connect it."
        )
        label = _("Enable the Loket integration")
        return (Act(name="enable", label=label, permission=CHANGE, do=_enable, text=text),)

    @admin.action(description=_("Enable the Loket integration"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[LegalEntity]) -> None:
        enabled = 0
        user = request.user if isinstance(request.user, User) else None
        for entity in queryset.select_related("company"):
            try:
                enabled += entities.enable(entity, user)
            except entities.NotPossible as error:
                self._refuse(request, entity, all_against(error.reasons))
        if enabled:
            text = ngettext("%(n)d entity enabled.", "%(n)d entities enabled.", enabled) % {"n": enabled}
            self.message_user(request, text, messages.SUCCESS)

    def _refuse(self, request: HttpRequest, entity: Model, told: Sequence[Words]) -> None:
        why = " ".join(f"{words.text} {words.fix}".strip() for words in told)
        text = gettext("%(entity)s can't be enabled yet. %(why)s") % {"entity": entity, "why": why}
        self.message_user(request, text, messages.ERROR)

    def has_delete_permission(self, request: HttpRequest, obj: LegalEntity | None = None) -> bool:
        return obj is not None and not hasattr(obj, "connection") and super().has_delete_permission(request, obj)
