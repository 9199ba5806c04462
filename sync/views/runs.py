"""Preview, sync, its progress, and what it did."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseStopPolling

from onboarding.models import LegalEntity
from onboarding.services import access, who
from onboarding.views.signed_in import SignedInRequest, visible_entity
from sync.models import Run
from sync.services import history, previews, rosters, runs
from sync.services.runs import RunRefused
from sync.views.filters import Filters, choices
from sync.wording import RESULT_FILTERS, RUN_REFUSALS, words

SAID_STEP = 25  # a screen reader hears of every quarter, not of every person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows the newest preview, or how to make one; POST starts one. It writes nothing to Loket."""
    entity = visible_entity(request, pk)
    if request.method == "POST":
        return _start(request, entity, is_dry=True)
    return _newest(request, entity, is_dry=True, page="sync/preview.html", tab="preview")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sync(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET says what will be written, POST starts the sync."""
    entity = visible_entity(request, pk)
    if request.method == "POST":
        return _start(request, entity, is_dry=False)
    seen = history.newest(entity, is_dry=True)
    context = {
        "entity": entity,
        "tab": "preview",
        "roster": rosters.current(entity),
        "seen": seen,
        "counts": previews.counts(seen) if seen else None,
        "refusal": _refusal(request, entity, is_dry=False),
        "connection": getattr(entity, "connection", None),
    }
    return render(request, "sync/sync.html", context)


@require_safe
@login_required
def last_sync(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the newest sync did."""
    return _newest(request, visible_entity(request, pk), is_dry=False, page="sync/last_sync.html", tab="last_sync")


@require_safe
@login_required
def run(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    """One run: its progress while it lasts, then what it did."""
    entity = visible_entity(request, pk)
    found = get_object_or_404(Run, pk=run_pk, connection__entity=entity)
    tab = "preview" if found.is_dry else "last_sync"
    return render(request, "sync/run.html", {"entity": entity, "tab": tab, **_shown(request, found)})


@require_safe
@login_required
def progress(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    """The fragment that asks for itself every second; the last answer sends the page to the results."""
    entity = visible_entity(request, pk)
    found = get_object_or_404(Run, pk=run_pk, connection__entity=entity)
    if not found.is_active:
        answer = HttpResponseStopPolling()
        answer["HX-Redirect"] = reverse("preview" if found.is_dry else "last_sync", args=[entity.pk])
        return answer
    return render(request, "sync/_progress.html", {"entity": entity, **_progress(found, request.GET.get("said", ""))})


def _start(request: SignedInRequest, entity: LegalEntity, *, is_dry: bool) -> HttpResponse:
    try:
        started = runs.start(entity, is_dry=is_dry, user=request.user)
    except RunRefused as refused:
        said = words(RUN_REFUSALS, refused.refusal)
        messages.error(request, f"{said.text} {said.fix}")
        return redirect("preview", pk=entity.pk)
    return redirect("run", pk=entity.pk, run_pk=started.pk)


def _newest(request: SignedInRequest, entity: LegalEntity, *, is_dry: bool, page: str, tab: str) -> HttpResponse:
    context: dict[str, Any] = {
        "entity": entity,
        "tab": tab,
        "roster": rosters.current(entity),
        "active": history.active(entity),
        "refusal": _refusal(request, entity, is_dry=is_dry),
        "sync_refusal": _refusal(request, entity, is_dry=False),
        "may_edit_payroll": access.may_edit_payroll(request.user, entity),
        "editors": who.payroll_editors(entity),
    }
    if newest := history.newest(entity, is_dry=is_dry):
        context |= _shown(request, newest)
    return render(request, page, context)


def _refusal(request: SignedInRequest, entity: LegalEntity, *, is_dry: bool) -> Any:
    refusal = runs.refusal_to_start(entity, is_dry=is_dry, user=request.user)
    return words(RUN_REFUSALS, refusal) if refusal else None


def _shown(request: SignedInRequest, found: Run) -> dict[str, Any]:
    if found.is_active:
        return _progress(found)
    filters = Filters.of(request, set(RESULT_FILTERS))
    results = previews.results(found, show=filters.show, search=filters.search, page=filters.page)
    return {
        "run": found,
        "filters": filters,
        "results": results,
        "choices": choices(RESULT_FILTERS, results.counts),
    }


def _progress(found: Run, said: str = "") -> dict[str, Any]:
    step = found.percentage // SAID_STEP * SAID_STEP
    return {"run": found, "said": str(step), "is_news": said != "" and said != str(step)}
