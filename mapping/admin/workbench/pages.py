"""The pages beside the workbench: publish, versions, what differs, going back, history, YAML in and out."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from mapping.admin.workbench import fragments
from mapping.admin.workbench.common import Visit, around, visit
from mapping.admin.workbench.forms import ImportForm, PublishForm
from mapping.bench import documents, drafts, publishing, versions
from mapping.bench.refusals import NotPossible
from mapping.models import MappingSet
from mapping.wording import names
from mapping.wording import versions as words
from mapping.wording.refused import not_possible

PER_PAGE = 50
GET_OR_POST = ["GET", "HEAD", "POST"]


def _page(found: Visit, name: str, title: Any, **context: Any) -> HttpResponse:
    return TemplateResponse(found.request, f"admin/mapping/{name}.html", around(found, title, **context))


def _changes(found: Visit, before: MappingSet | None, after: MappingSet) -> list[words.Change]:
    entities = {one.pk: one.name for one in found.desk.company.entities.all()}
    return words.changes(versions.difference(before, after), found.desk.attributes, entities)


@require_http_methods(GET_OR_POST)
def publish(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """What the draft changes, what stands against it, whom it touches; POST puts it in force."""
    found = visit(request, company, source)
    draft, current = found.desk.draft, found.desk.published
    if draft is None:
        return redirect(found.address())
    looked_at = {"against": current and current.pk, "seen": publishing.mark(draft)}
    form = PublishForm(request.POST if request.method == "POST" else None, initial=looked_at)
    told = []
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            publishing.publish(draft, found.user, said["against"], said["seen"])
        except NotPossible as error:
            told = [not_possible(error)]
            form = PublishForm(initial=looked_at)  # what is shown now is what the next click is about
        else:
            messages.success(request, gettext("Version %(version)s is in force.") % {"version": draft.version})
            return redirect(found.address())
    against = [(one.target, not_possible(one)) for one in publishing.refusals(draft)]
    shown: dict[str, Any] = {"changes": _changes(found, current, draft), "against": against, "form": form, "told": told}
    shown["touched"] = fragments.touched(found)
    return _page(found, "publish", _("Publish the draft"), **shown)


@require_safe
def discard(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """Asks once more before a draft is given up."""
    found = visit(request, company, source)
    return _page(found, "discard", _("Discard the draft")) if found.desk.draft else redirect(found.address())


@require_safe
def list_versions(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """What is in force and what was; two of them can be compared."""
    found = visit(request, company, source)
    rows = Paginator(versions.versions(found.desk.company, source), PER_PAGE).get_page(request.GET.get("page"))
    return _page(found, "versions", _("Versions"), rows=rows)


@require_safe
def difference(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """What one version does differently from another; without `after` it is the draft, or else what is in force."""
    found = visit(request, company, source)
    after = _version(found, request.GET.get("after", "")) or found.desk.shown
    if after is None:
        return redirect(found.address())
    before = _version(found, request.GET.get("before", "")) or (
        found.desk.published if after != found.desk.published else None
    )
    return _page(
        found, "difference", _("What changes"), before=before, after=after, changes=_changes(found, before, after)
    )


def _version(found: Visit, number: str) -> MappingSet | None:
    if not number:
        return None
    rows = MappingSet.objects.filter(company=found.desk.company, source=found.desk.source)
    row = rows.filter(version=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    if row is None:
        raise Http404
    return row


@require_http_methods(GET_OR_POST)
def roll_back(request: HttpRequest, company: int, source: str, version: int) -> HttpResponse:
    """What going back to an older version changes; POST does it, as a new version."""
    found = visit(request, company, source)
    old = _version(found, str(version))
    assert old is not None  # noqa: S101  there is a number, so it was found, or it is 404
    told = []
    if request.method == "POST":
        try:
            made = versions.roll_back(old, found.user, discards_draft="discard" in request.POST)
        except NotPossible as error:
            told = [not_possible(error)]
        else:
            said = gettext("Version %(old)s is in force again, as version %(new)s.")
            messages.success(request, said % {"old": old.version, "new": made.version})
            return redirect(found.address())
    changes = _changes(found, found.desk.published, old)
    return _page(found, "roll_back", _("Go back to an older version"), old=old, changes=changes, told=told)


@require_safe
def history(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """Every change of every draft: who, when, before, after (rule 28)."""
    found = visit(request, company, source)
    page = Paginator(drafts.history(found.desk.company, source), PER_PAGE).get_page(request.GET.get("page"))
    events = [words.event(one, found.desk.attributes) for one in page]
    return _page(found, "history", _("History"), rows=page, events=events)


@require_safe
def export(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """The draft, or else the version in force, as a YAML document."""
    found = visit(request, company, source)
    if found.desk.shown is None:
        raise Http404
    name = f"{slugify(found.desk.company.name) or 'mapping'}-{source}-{found.desk.shown.version}.yaml"
    answer = HttpResponse(documents.to_yaml(found.desk.shown), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(GET_OR_POST)
def import_yaml(request: HttpRequest, company: int, source: str) -> HttpResponse:
    """Takes the rules of a document into the draft, and says what it couldn't take."""
    found = visit(request, company, source)
    if found.desk.draft is None:
        return redirect(found.address())
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES if posted else None)
    context: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        try:
            taken = documents.from_yaml(found.desk.draft, found.user, form.cleaned_data["text"])
        except NotPossible as error:
            context["told"] = [not_possible(error)]
        else:
            context |= {"taken": taken, "missing": _lacking(taken)}
    return _page(found, "import", _("Import a mapping"), **context)


def _lacking(taken: documents.Imported) -> list[tuple[str, str, bool]]:
    """Field, names looked for, and whether there were several of that name."""
    found = [(names.field(one.target), ", ".join(one.wanted), False) for one in taken.missing]
    return found + [(names.field(one.target), ", ".join(one.wanted), True) for one in taken.ambiguous]
