"""What an administrator changes of a section: its name, who sees it, the attributes in it (rules 26 and 27)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mapping.models import HRAttribute
from mapping.portal import attributes, sections
from mapping.portal.refusals import PortalRefused
from onboarding.models import User
from onboarding.views.signed_in import SignedInRequest
from sync.forms.base import RefusableForm
from sync.forms.sections import AccessForm, AttributeForm, LabelForm, MoveForm, OptionsForm, SectionForm
from sync.services import sections as service
from sync.services.sections import AttributeRow, Settings
from sync.views.sections import desk_of

Page = tuple[Settings, HRAttribute | None]
"""What is being changed: the section, and the attribute where it is about one."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a page does. `do` gives the sentence to show; a refusal is shown at `field` where it is told."""

    form: Callable[[Page, QueryDict], Any]
    do: Callable[[Page, User, Any], str]
    shown_as: str = "act_form"
    field: str = ""
    leaves: str = "section_settings"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def section_settings(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """GET shows what can be changed of a section, POST does the one thing that `action` names."""
    found = _settings(request, pk, section_pk)
    section = found.desk.section
    context = {
        "name_form": SectionForm(initial={"name": section.name}, prefix="section"),
        "access_form": AccessForm(found.roles, found.access),
        "attribute_form": AttributeForm(prefix="new"),
    }
    return _answer(request, (found, None), SECTION_ACTS, "sync/sections/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def section_attribute(request: SignedInRequest, pk: int, section_pk: int, attribute_pk: int) -> HttpResponse:
    """GET shows what can be changed of an attribute, POST does the one thing that `action` names."""
    found = _settings(request, pk, section_pk)
    row: AttributeRow | None = next((row for row in found.rows if row.attribute.pk == attribute_pk), None)
    if row is None:
        raise Http404
    attribute = row.attribute
    context = {
        "row": row,
        "label_form": LabelForm(initial={"label": attribute.label}),
        "options_form": OptionsForm(initial={"options": "\n".join(attribute.options)}),
        "move_form": MoveForm(found.desk.company, found.desk.section),
    }
    return _answer(request, (found, attribute), ATTRIBUTE_ACTS, "sync/sections/attribute.html", context)


def _settings(request: SignedInRequest, pk: int, section_pk: int) -> Settings:
    """The section's settings; 404 for who doesn't administer the company."""
    found = service.settings(desk_of(request, pk, section_pk))
    if found is None:
        raise Http404
    return found


def _answer(
    request: SignedInRequest, page: Page, acts: Mapping[str, Act], template: str, context: dict[str, Any]
) -> HttpResponse:
    """Does what was asked for and goes on; else the page, with the form that says what is wrong."""
    act = acts.get(request.POST.get("action", "")) if request.method == "POST" else None
    if act is not None:
        form = act.form(page, request.POST)
        if form.is_valid() and (said := _done(page, request.user, act, form)):
            messages.success(request, said)
            return _on(page, act)
        context |= {act.shown_as: form, "form": form}
    return render(request, template, {"desk": page[0].desk, "settings": page[0], **context})


def _done(page: Page, user: User, act: Act, form: RefusableForm) -> str:
    """What was done, in a sentence; nothing where it was refused, and then the form says why."""
    try:
        return act.do(page, user, form)
    except PortalRefused as error:
        form.refuse(error, act.field)
        return ""


def _on(page: Page, act: Act) -> HttpResponse:
    desk = page[0].desk
    if act.leaves == "section_list":
        return redirect(act.leaves, pk=desk.company.pk)
    return redirect(act.leaves, pk=desk.company.pk, section_pk=desk.section.pk)


def _rename_section(page: Page, user: User, form: SectionForm) -> str:
    sections.rename(page[0].desk.section, user, form.cleaned_data["name"])
    return _("The section is called “%(name)s” now.") % {"name": page[0].desk.section.name}


def _mover(step: int) -> Callable[[Page, User, RefusableForm], str]:
    def move(page: Page, user: User, form: RefusableForm) -> str:
        sections.move(page[0].desk.section, user, step)
        return _("The order of the sections is changed.")

    return move


def _set_access(page: Page, user: User, form: AccessForm) -> str:
    sections.set_access(page[0].desk.section, user, form.access)
    return _("Who sees the section is saved.")


def _delete_section(page: Page, user: User, form: RefusableForm) -> str:
    sections.delete(page[0].desk.section, user)
    return _("The section is deleted.")


def _add_attribute(page: Page, user: User, form: AttributeForm) -> str:
    said = form.cleaned_data
    made = attributes.make(page[0].desk.section, user, said["label"], said["kind"], form.lines)
    return _("“%(name)s” is made.") % {"name": made.label}


def _attribute(page: Page) -> HRAttribute:
    assert page[1] is not None  # noqa: S101  the acts of an attribute are those of its page
    return page[1]


def _rename(page: Page, user: User, form: LabelForm) -> str:
    attributes.rename(_attribute(page), user, form.cleaned_data["label"])
    return _("It is called “%(name)s” now.") % {"name": _attribute(page).label}


def _set_options(page: Page, user: User, form: OptionsForm) -> str:
    attributes.set_options(_attribute(page), user, form.lines)
    return _("The options are saved.")


def _move(page: Page, user: User, form: MoveForm) -> str:
    section = form.cleaned_data["section"]
    attributes.move(_attribute(page), user, section)
    return _("“%(name)s” stands in the section “%(section)s” now.") % {
        "name": _attribute(page).label,
        "section": section.name,
    }


def _delete(page: Page, user: User, form: RefusableForm) -> str:
    attributes.delete(_attribute(page), user)
    return _("“%(name)s” is deleted.") % {"name": _attribute(page).label}


def _nothing_to_fill_in(page: Page, data: QueryDict) -> RefusableForm:
    return RefusableForm(data)


SECTION_ACTS: Mapping[str, Act] = {
    "rename": Act(lambda page, data: SectionForm(data, prefix="section"), _rename_section, "name_form", "name"),
    "up": Act(_nothing_to_fill_in, _mover(-1), leaves="section_list"),
    "down": Act(_nothing_to_fill_in, _mover(1), leaves="section_list"),
    "access": Act(lambda page, data: AccessForm(page[0].roles, page[0].access, data), _set_access, "access_form"),
    "add": Act(lambda page, data: AttributeForm(data, prefix="new"), _add_attribute, "attribute_form", "label"),
    "delete": Act(_nothing_to_fill_in, _delete_section, leaves="section_list"),
}
ATTRIBUTE_ACTS: Mapping[str, Act] = {
    "rename": Act(lambda page, data: LabelForm(data), _rename, "label_form", "label"),
    "options": Act(lambda page, data: OptionsForm(data), _set_options, "options_form", "options"),
    "move": Act(
        lambda page, data: MoveForm(page[0].desk.company, page[0].desk.section, data), _move, "move_form", "section"
    ),
    "delete": Act(_nothing_to_fill_in, _delete),
}
