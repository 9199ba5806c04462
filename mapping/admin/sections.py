"""Sections of the portal's own attributes at the support desk: what is in them, who sees them, and changing that.

No value of anybody is on these pages.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mapping.models import HRAttribute, Section
from mapping.portal import attributes, sections
from mapping.portal.attributes import LONGEST_LABEL
from mapping.portal.refusals import PortalRefused
from mapping.portal.rights import SUPPORT
from mapping.wording.sections import ACCESS, TYPES, refused
from onboarding.admin.acts import Act, ActingAdmin, Do, NotDone
from onboarding.admin.columns import column
from onboarding.admin.readonly import ReadOnlyAdmin
from onboarding.models import User
from onboarding.wording import Text

Doing = Callable[[Section, User, dict[str, Any]], str]


@admin.register(Section)
class SectionAdmin(ActingAdmin, ReadOnlyAdmin):
    """What a company keeps in the portal itself, and which roles see it (rules 26 and 27)."""

    list_display = ("name", column("company", _("company")), "how_many", "seen_by")
    list_filter = ("company",)
    list_select_related = ("company",)
    search_fields = ("name", "company__name")
    fields = readonly_fields = ("company", "name", "attributes_in_it", "seen_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).prefetch_related("attributes", "access__role")
        return rows

    @admin.display(description=_("attributes"))
    def attributes_in_it(self, section: Section) -> str:
        return ", ".join(f"{row.label} ({row.key})" for row in section.attributes.all()) or "–"

    @admin.display(description=_("attributes"))
    def how_many(self, section: Section) -> int:
        return len(section.attributes.all())

    @admin.display(description=_("seen by"))
    def seen_by(self, section: Section) -> str:
        rows = [f"{row.role.name}: {ACCESS[_said(row.may_edit)]}" for row in section.access.all()]
        return ", ".join((gettext("Administrators"), *rows))

    def acts(self, row: Section) -> Sequence[Act]:
        own = list(row.attributes.all())
        found = [_add_attribute(), _access(row), _add_section()]
        found += [_change_attribute(row), _delete_attribute(row)] if own else []
        return found if row.is_loket else [*found, _rename(row), _delete(row)]

    def _back(self, row: Any) -> HttpResponse:
        if Section.objects.filter(pk=row.pk).exists():
            return super()._back(row)
        return redirect("admin:mapping_section_changelist")


def _said(may_edit: bool) -> str:
    return sections.EDIT if may_edit else sections.VIEW


def _doing(do: Doing) -> Do:
    """A refusal of the service as words on the page of the act."""

    def done(section: Section, by: User, data: dict[str, Any]) -> str:
        try:
            return do(section, by, data)
        except PortalRefused as error:
            raise NotDone(refused(error)) from error

    return done


def _act(
    name: str, label: Text, do: Doing, fields: Mapping[str, forms.Field], text: Text = "", grave: bool = False
) -> Act:
    form_class: type[forms.Form] = type("ActForm", (forms.Form,), dict(fields))
    return Act(
        name=name, label=label, permission=SUPPORT, do=_doing(do), form_class=form_class, text=text, is_grave=grave
    )


def _text(label: Any, longest: int, **more: Any) -> forms.Field:
    return forms.CharField(label=label, max_length=longest, error_messages={"required": _("Write a name.")}, **more)


def _which(section: Section) -> forms.Field:
    return forms.ModelChoiceField(section.attributes.all(), label=_("Attribute"), empty_label=None)


def _add_attribute() -> Act:
    def do(section: Section, by: User, data: dict[str, Any]) -> str:
        made = attributes.make(section, by, data["label"], data["kind"], data["options"].splitlines())
        return gettext("“%(name)s” is made.") % {"name": made}

    fields = {
        "label": _text(_("Name"), LONGEST_LABEL),
        "kind": forms.ChoiceField(label=_("What it holds"), choices=list(TYPES.items())),
        "options": forms.CharField(
            label=_("Options"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 6}),
            help_text=_("Only for a list: one option on each line."),
        ),
    }
    return _act("add-attribute", _("Add attribute"), do, fields)


def _access(row: Section) -> Act:
    now = sections.access_of(row)
    roles = {f"role-{role.pk}": role for role in row.company.roles.filter(is_administrator=False)}
    fields = {
        name: forms.ChoiceField(
            label=role.name, choices=list(ACCESS.items()), required=False, initial=now.get(role.pk, "")
        )
        for name, role in roles.items()
    }

    def do(section: Section, by: User, data: dict[str, Any]) -> str:
        sections.set_access(section, by, {role.pk: data[name] for name, role in roles.items() if data[name]})
        return gettext("Who sees the section is saved.")

    text = _("Administrators see and change every section.")
    return _act("access", _("Who sees it"), do, fields, text)


def _add_section() -> Act:
    def do(section: Section, by: User, data: dict[str, Any]) -> str:
        made = sections.make(section.company, by, data["name"])
        return gettext("The section “%(name)s” is made. Only administrators see it.") % {"name": made}

    fields = {"name": _text(_("Name of the section"), sections.LONGEST_NAME)}
    return _act("add-section", _("Add section"), do, fields)


def _change_attribute(row: Section) -> Act:
    others = sections.of_company(row.company).exclude(pk=row.pk)

    def do(section: Section, by: User, data: dict[str, Any]) -> str:
        changed: HRAttribute = data["attribute"]
        with transaction.atomic():
            if data["label"]:
                attributes.rename(changed, by, data["label"])
            if data["section"]:
                attributes.move(changed, by, data["section"])
        return gettext("“%(name)s” is changed.") % {"name": changed.label}

    fields = {
        "attribute": _which(row),
        "label": _text(_("New name"), LONGEST_LABEL, required=False, help_text=_("Empty: it keeps its name.")),
        "section": forms.ModelChoiceField(others, label=_("Move to"), required=False, empty_label=_("it stays here")),
    }
    text = _("Who sees the other section sees the attribute from then on.")
    return _act("change-attribute", _("Change attribute"), do, fields, text)


def _delete_attribute(row: Section) -> Act:
    def do(section: Section, by: User, data: dict[str, Any]) -> str:
        attributes.delete(data["attribute"], by)
        return gettext("“%(name)s” is deleted.") % {"name": data["attribute"].label}

    text = _("What it says of people is deleted too. That can't be undone.")
    return _act("delete-attribute", _("Delete attribute"), do, {"attribute": _which(row)}, text, grave=True)


def _rename(row: Section) -> Act:
    def do(section: Section, by: User, data: dict[str, Any]) -> str:
        sections.rename(section, by, data["name"])
        return gettext("The section is called “%(name)s” now.") % {"name": section.name}

    fields = {"name": _text(_("Name of the section"), sections.LONGEST_NAME, initial=row.name)}
    return _act("rename", _("Rename"), do, fields)


def _delete(row: Section) -> Act:
    def do(section: Section, by: User, data: dict[str, Any]) -> str:
        name = section.name
        sections.delete(section, by)
        return gettext("“%(name)s” is deleted.") % {"name": name}

    text = _(
        "Its attributes and what they say of people are deleted too. That can't be undone. While the mapping with Loket reads "
        "one of them, the section stays."
    )
    return _act("delete", _("Delete"), do, {}, text, grave=True)
