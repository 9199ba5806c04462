"""Values of people in a section: one person's with their days, all of them as a file, and a file that is imported."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mapping.models import ValueImport
from mapping.portal import carrying, files, importing
from mapping.portal.refusals import PortalRefused
from mapping.wording.sections import MAY_NOT, reasons, refused
from onboarding.models import LegalEntity
from onboarding.services.access import NotAllowed
from onboarding.views.signed_in import SignedInRequest
from onboarding.wording import thousands
from sync.forms.values import ImportForm, ValuesForm
from sync.services import section_people
from sync.services import sections as service
from sync.services.section_people import PersonPage
from sync.services.sections import Desk
from sync.sources.cells import RosterRefused
from sync.views.sections import desk_of

CSV = "text/csv; charset=utf-8"
Answer = HttpResponse | None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def section_person(request: SignedInRequest, pk: int, section_pk: int, entity_pk: int, row: int) -> HttpResponse:
    """GET shows what the section says of one person and said before; POST stores what was typed, or takes a day back."""
    desk, entity = _of_entity(request, pk, section_pk, entity_pk)
    person = section_people.one(desk.section, entity, row)
    if person is None:
        raise Http404
    form = ValuesForm(person.lines, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        done = _take_back if request.POST.get("action") == "take_back" else _save
        if answer := done(request, desk, entity, person, form):
            return answer
    context = {"desk": desk, "entity": entity, "person": person, "values_form": form}
    return render(request, "sync/sections/person.html", context | {"form": form if form.errors else None})


def _of_entity(request: SignedInRequest, pk: int, section_pk: int, entity_pk: int | str) -> tuple[Desk, LegalEntity]:
    desk = desk_of(request, pk, section_pk)
    entity = next((one for one in desk.entities if str(one.pk) == str(entity_pk)), None)
    if entity is None:
        raise Http404
    return desk, entity


def _save(request: SignedInRequest, desk: Desk, entity: LegalEntity, person: PersonPage, form: ValuesForm) -> Answer:
    if not form.is_valid():
        return None
    day, token = form.cleaned_data["effective_on"], request.POST.get("person", "")
    try:
        count = section_people.save(desk.section, entity, person.record.row, token, form.texts, day, request.user)
    except PortalRefused as error:
        form.refuse(error)
    except NotAllowed:
        form.refuse_all(MAY_NOT)
    else:
        text = ngettext("%(number)s value is saved.", "%(number)s values are saved.", count) % {"number": count}
        messages.success(request, text if count else _("Nothing was changed."))
        return redirect(request.path)
    return None


def _take_back(
    request: SignedInRequest, desk: Desk, entity: LegalEntity, person: PersonPage, form: ValuesForm
) -> Answer:
    token, attribute_pk, day = (request.POST.get(name, "") for name in ("person", "attribute", "day"))
    try:
        which, on = int(attribute_pk), date.fromisoformat(day)
        section_people.take_back(desk.section, entity, person.record.row, token, which, on, request.user)
    except PortalRefused as error:
        messages.error(request, _sentence(error))
    except NotAllowed:
        messages.error(request, f"{MAY_NOT.text} {MAY_NOT.fix}")
    except ValueError:
        messages.error(request, _("This is not possible now. Look at it as it is now."))
    else:
        messages.success(request, _("The value is taken back."))
    return redirect(request.path)


@require_safe
@login_required
@never_cache
def section_file(request: SignedInRequest, pk: int, section_pk: int) -> HttpResponse:
    """The section's values today as a CSV file, for who may see the section; a BSN or an IBAN is not in it."""
    desk = desk_of(request, pk, section_pk)
    if desk.entity is None:
        raise Http404
    return _csv("values", section_people.export(desk.section, desk.entity))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def section_import(request: SignedInRequest, pk: int, section_pk: int, entity_pk: int) -> HttpResponse:
    """GET asks for a file, POST shows what it would do, and a second POST does it."""
    desk, entity = _of_entity(request, pk, section_pk, entity_pk)
    if not desk.may_edit:
        raise Http404
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    context: dict[str, Any] = {"desk": desk, "entity": entity, "form": form}
    if "content" in request.POST:
        return _confirm(request, desk)
    if form.is_valid():
        try:
            context |= _checked(request, desk, entity, form)
        except RosterRefused as error:
            form.refuse_file(error)
        except PortalRefused as error:
            form.refuse(error, "file")
    return render(request, "sync/sections/import.html", context)


def _checked(request: SignedInRequest, desk: Desk, entity: LegalEntity, form: ImportForm) -> dict[str, Any]:
    file, day = form.cleaned_data["file"], form.cleaned_data["effective_on"]
    columns = section_people.read_file(desk.section, entity, request.user, file.name, file.read())
    return {
        "columns": columns,
        "content": importing.seal(desk.section, entity, request.user, day, columns),
        "day": day,
        "file_name": file.name,
        "has_values": any(column.plan.entries for column in columns),
    }


def _confirm(request: SignedInRequest, desk: Desk) -> HttpResponse:
    try:
        made = importing.confirm(desk.section, request.user, request.POST["content"])
    except PortalRefused as error:
        messages.error(request, _sentence(error))
        return redirect(request.path)
    stored = sum(one.stored for one in made)
    text = ngettext("%(number)s value is imported.", "%(number)s values are imported.", stored)
    messages.success(request, text % {"number": thousands(stored)})
    return redirect("section", pk=desk.company.pk, section_pk=desk.section.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def section_imported(request: SignedInRequest, pk: int, section_pk: int, import_pk: int) -> HttpResponse:
    """GET shows what an import did and whom it left out, POST takes it back."""
    desk, made = _import(request, pk, section_pk, import_pk)
    if request.method == "POST":
        try:
            restored = carrying.undo(made, request.user)
        except PortalRefused as error:
            messages.error(request, _sentence(error))
        else:
            text = ngettext("%(number)s value is as before.", "%(number)s values are as before.", restored)
            messages.success(request, text % {"number": thousands(restored)})
        return redirect(request.path)
    return render(request, "sync/sections/imported.html", {"desk": desk, "made": made})


@require_safe
@login_required
@never_cache
def section_imported_file(
    request: SignedInRequest, pk: int, section_pk: int, import_pk: int, kind: str
) -> HttpResponse:
    """Whom an import left out (`rejects`), or what the values were before it (`undo`), as a CSV file."""
    _desk, made = _import(request, pk, section_pk, import_pk)
    if kind not in {"rejects", "undo"} or made.purged_at:
        raise Http404
    return _csv(kind, files.undo_file(made) if kind == "undo" else files.rejects(made, reasons()))


def _import(request: SignedInRequest, pk: int, section_pk: int, import_pk: int) -> tuple[Desk, ValueImport]:
    desk = desk_of(request, pk, section_pk)
    made = service.import_of(desk, import_pk)
    if made is None:
        raise Http404
    return desk, made


def _csv(name: str, content: bytes) -> HttpResponse:
    return HttpResponse(
        content, content_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )


def _sentence(error: PortalRefused) -> str:
    words = refused(error)
    return f"{words.text} {words.fix}"
