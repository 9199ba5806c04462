"""What a draft of a mapping makes of real people: fragments for support's workbench, and pages for who has no script.

Members of staff only. Each asks one service, and nothing here changes anything at Loket.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from loket_portal.lib.errors import SyncError
from mapping.models import MappingSet
from mapping.wording import names
from onboarding.models import LegalEntity
from onboarding.services.access import NotAllowed
from onboarding.views.signed_in import SignedInRequest
from onboarding.wording import of_error
from sync.forms.bench import RevealForm
from sync.services import bench, bench_everyone, bench_person, bench_state, bench_touched, bench_values
from sync.services.bench_person import Unknown
from sync.views.filters import LONGEST_SEARCH

LOOK, CHANGE, REVEAL = "mapping.view_mappingset", "mapping.change_mappingset", bench_person.REVEAL
KEPT = ("target", "source")
"""What the address keeps when somebody chooses another legal entity; a person is of one only."""


def for_support(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for members of staff who may look at mappings, and change them where it is a POST; to others it isn't there."""

    @wraps(view)
    def guarded(request: SignedInRequest, pk: int, **places: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), "admin:login")
        if not request.user.is_staff:
            raise Http404
        if not request.user.has_perm(LOOK if request.method in ("GET", "HEAD") else CHANGE):
            raise PermissionDenied
        mapping_set = get_object_or_404(MappingSet.objects.select_related("company"), pk=pk)
        try:
            return view(request, mapping_set, **places)
        except LegalEntity.DoesNotExist as error:
            raise Http404 from error
        except NotAllowed as error:
            raise PermissionDenied from error

    return never_cache(vary_on_headers("HX-Request")(guarded))


def _shown(
    request: SignedInRequest, mapping_set: MappingSet, name: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    """The fragment `sync/bench/_NAME.html`, or the page around it where nobody has script."""
    is_fragment = _is_by_script(request)
    own = {"mapping_set": mapping_set, "path": request.path, "is_fragment": is_fragment, **context}
    own["may_change"] = request.user.has_perm(CHANGE)
    fragment = f"sync/bench/_{name}.html"
    if is_fragment:
        return render(request, fragment, own)
    place = bench.place(mapping_set, request.GET.get("entity", ""))
    around = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,
        "title": title,
        "fragment": fragment,
        "entities": place.entities if request.method == "GET" else (),
        "entity": place.one,
        "kept": [(one, request.GET[one]) for one in KEPT if one in request.GET],
    }
    return render(request, "sync/bench/page.html", {**around, **own})


def _is_by_script(request: SignedInRequest) -> bool:
    return bool(getattr(request, "htmx", False))


@require_safe
@for_support
def values(request: SignedInRequest, mapping_set: MappingSet, target: str) -> HttpResponse:
    """The values that really occur for a target (`?entity=`), of another attribute with `?source=`; no form of its own."""
    asked = request.GET
    try:
        found = bench_values.read(mapping_set, target, asked.get("entity", ""), asked.get("source", "")[:80])
    except KeyError as error:
        raise Http404 from error
    title = _("Values of %(field)s") % {"field": names.field(target)}
    return _shown(request, mapping_set, "values", title, {"found": found})


@require_safe
@for_support
def choose(request: SignedInRequest, mapping_set: MappingSet) -> HttpResponse:
    """People to look at, searched by name or number (`?entity=&q=&page=`)."""
    search, page = request.GET.get("q", "").strip()[:LONGEST_SEARCH], request.GET.get("page", "1")
    found = bench_person.choose(mapping_set, request.GET.get("entity", ""), search=search, page=page)
    return _shown(request, mapping_set, "choose", _("Choose somebody"), {"found": found})


@require_safe
@for_support
def person(request: SignedInRequest, mapping_set: MappingSet) -> HttpResponse:
    """One person through the draft (`?entity=&person=`); with `target` that field only, with `loket` what Loket has now."""
    entity_pk, row, target = (request.GET.get(name, "") for name in ("entity", "person", "target"))
    context: dict[str, Any] = {"target": target, "query": urlencode({"entity": entity_pk, "person": row})}
    try:
        try:
            asks_loket = bool(request.GET.get("loket"))
            context["found"] = bench_person.read(mapping_set, entity_pk, row, target=target, asks_loket=asks_loket)
        except SyncError as error:
            context["error"] = of_error(error)
            context["found"] = bench_person.read(mapping_set, entity_pk, row, target=target)
    except Unknown:
        context |= {"is_unknown": True, "entity": bench.place(mapping_set, entity_pk).one}
    context["may_reveal"] = request.user.has_perm(REVEAL) and request.user.has_perm(CHANGE)
    return _shown(request, mapping_set, "person", _("One person"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_support
def everyone(request: SignedInRequest, mapping_set: MappingSet) -> HttpResponse:
    """How many people pass, and who doesn't and why (`?entity=&show=&page=`); POST notes that it was seen (rule 29)."""
    entity_pk = request.GET.get("entity", "")
    if request.method == "POST":
        bench_everyone.note(mapping_set, request.user, entity_pk)
        if not _is_by_script(request):
            return redirect(request.get_full_path())
    show, page = request.GET.get("show", "")[:200], request.GET.get("page", "1")
    found = bench_everyone.read(mapping_set, entity_pk, show=show, page=page)
    return _shown(request, mapping_set, "everyone", _("Everybody"), {"found": found})


@require_safe
@for_support
def touched(request: SignedInRequest, mapping_set: MappingSet) -> HttpResponse:
    """For how many people other values would be sent than by the published version (`?entity=` for one of them)."""
    found = bench_touched.read(mapping_set, request.GET.get("entity", ""))
    return _shown(request, mapping_set, "touched", _("Who is touched"), {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@for_support
def read(request: SignedInRequest, mapping_set: MappingSet) -> HttpResponse:
    """Where a reading for the draft stands (`?entity=`); POST asks for one."""
    entity_pk = request.GET.get("entity", "")
    if request.method == "POST":
        bench_state.ask(mapping_set, request.user, entity_pk)
        if not _is_by_script(request):
            return redirect(request.get_full_path())
    found = bench_state.read(mapping_set, entity_pk)
    return _shown(request, mapping_set, "read", _("Read Personio for this mapping"), {"found": found})


@sensitive_variables()
@require_POST
@for_support
def reveal(request: SignedInRequest, mapping_set: MappingSet) -> HttpResponse:
    """One hidden value of one person, for who may see it and says why; never kept by a browser."""
    form, context = RevealForm(request.POST), dict[str, Any]()
    if not request.user.has_perm(REVEAL):
        raise PermissionDenied
    if form.is_valid():
        asked = form.cleaned_data
        context["entity_pk"] = asked["entity"]
        try:
            context["row"], context["value"] = bench_person.reveal(
                mapping_set, request.user, asked["entity"], asked["person"], asked["target"], asked["reason"]
            )
        except Unknown:
            context["is_unknown"] = True
    return _shown(request, mapping_set, "reveal", _("Hidden value"), {"form": form, **context})
