"""Data of an old attribute carried over into its copy, or left behind on purpose: a page of the support desk (rule 25)."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mapping.models import HRAttribute, MappingSet
from mapping.portal import carrying, files
from mapping.portal.refusals import PortalRefused
from mapping.wording.sections import MIGRATIONS, reasons, refused
from onboarding.views.signed_in import SignedInRequest
from onboarding.wording import thousands
from sync.forms.carry import OPTIONS, CarryForm, ReasonForm
from sync.services import carry_people as service
from sync.services.carry_people import Desk
from sync.views.bench import CHANGE, for_support

Act = Callable[[SignedInRequest, Desk, dict[str, Any]], HttpResponse | None]


@require_http_methods(["GET", "HEAD", "POST"])
@for_support
@never_cache
def carry(request: SignedInRequest, mapping_set: MappingSet, attribute_pk: int) -> HttpResponse:
    """GET shows the old values that really occur, with counts; POST does the one thing that `action` names."""
    desk = _desk(mapping_set, attribute_pk)
    data = request.POST if request.method == "POST" and request.POST.get("action") in {"check", "carry"} else None
    chosen = {old.text: old.chosen for old in desk.olds}
    context: dict[str, Any] = {
        "desk": desk,
        "carry_form": CarryForm(desk.attribute, chosen, chosen, data),
        "reason_form": ReasonForm(),
        "state": MIGRATIONS[desk.attribute.migration],
        "list_id": OPTIONS,
        "is_open": desk.attribute.migration == HRAttribute.Migration.OPEN,
    }
    act = ACTS.get(request.POST.get("action", "")) if request.method == "POST" else None
    if act is not None and (answer := act(request, desk, context)):
        return answer
    context["form"] = next((one for one in (context["carry_form"], context["reason_form"]) if one.errors), None)
    around = {**admin.site.each_context(request), "is_nav_sidebar_enabled": False}
    return render(request, "sync/carry/carry.html", {**around, **context})


def _desk(mapping_set: MappingSet, attribute_pk: int) -> Desk:
    desk = service.desk(mapping_set, attribute_pk)
    if desk is None:
        raise Http404
    return desk


def _check(request: SignedInRequest, desk: Desk, context: dict[str, Any]) -> None:
    """What it would do, in numbers; the choices are kept from now on."""
    form = context["carry_form"]
    if form.is_valid():
        context["plan"] = service.plan(desk, request.user, form.option_map)


def _carry(request: SignedInRequest, desk: Desk, context: dict[str, Any]) -> HttpResponse | None:
    form = context["carry_form"]
    if not form.is_valid():
        return None
    try:
        made = service.carry(desk, request.user, form.option_map, form.cleaned_data["effective_on"])
    except PortalRefused as error:
        form.refuse(error)
        return None
    text = ngettext("%(number)s value is carried over.", "%(number)s values are carried over.", made.stored)
    messages.success(request, text % {"number": thousands(made.stored)})
    return redirect(request.path)


def _leave_empty(request: SignedInRequest, desk: Desk, context: dict[str, Any]) -> HttpResponse | None:
    form = context["reason_form"] = ReasonForm(request.POST)
    if not form.is_valid():
        return None
    try:
        carrying.leave_empty(desk.attribute, request.user, form.cleaned_data["reason"])
    except PortalRefused as error:
        form.refuse(error, "reason")
        return None
    messages.success(request, _("“%(name)s” begins empty.") % {"name": desk.attribute.label})
    return redirect(request.path)


def _undo(request: SignedInRequest, desk: Desk, context: dict[str, Any]) -> HttpResponse:
    made = service.import_of(desk, int(pk) if (pk := request.POST.get("import", "")).isdecimal() else 0)
    if made is None:
        raise Http404
    try:
        restored = carrying.undo(made, request.user)
    except PortalRefused as error:
        said = refused(error)
        messages.error(request, f"{said.text} {said.fix}")
    else:
        text = ngettext("%(number)s value is as before.", "%(number)s values are as before.", restored)
        messages.success(request, text % {"number": thousands(restored)})
    return redirect(request.path)


ACTS: dict[str, Act] = {"check": _check, "carry": _carry, "empty": _leave_empty, "undo": _undo}


@require_safe
@for_support
@never_cache
def carry_file(request: SignedInRequest, mapping_set: MappingSet, attribute_pk: int, kind: str) -> HttpResponse:
    """The old data (`old`), or of the carrying over that `?import=` names whom it left out (`rejects`) and what the values
    were before (`undo`), as a CSV file. It holds everybody's values, so it is for who may change the mapping.
    """
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    desk = _desk(mapping_set, attribute_pk)
    pk = request.GET.get("import", "")
    made = service.import_of(desk, int(pk)) if pk.isdecimal() else None
    if kind == "old":
        content = service.old_data(desk)
    elif made is None or made.purged_at:
        raise Http404
    elif kind == "rejects":
        content = files.rejects(made, reasons(), is_masked=desk.is_sensitive)
    elif kind == "undo":
        content = files.undo_file(made, is_masked=desk.is_sensitive)
    else:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{kind}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
