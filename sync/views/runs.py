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
from sync.refusals import run_refusal
from sync.services import history, overview, results, rosters, runs
from sync.services.runs import RunRefused
from sync.views.filters import Filters, choices
from sync.wording import RESULT_FILTERS

SAID_STEP = 25  # a screen reader hears of every quarter, not of every person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows the newest preview, or how to make one; POST starts one. It writes nothing to Loket."""
    entity = visible_entity(request, pk)
    if request.method == "POST":
        return _start(request, entity, is_dry=True)
    context = _newest(request, entity, is_dry=True) | _refusal(request, entity, is_dry=True)
    return render(request, "sync/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sync(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET says what will be written, POST starts the sync."""
    entity = visible_entity(request, pk)
    if request.method == "POST":
        return _start(request, entity, is_dry=False)
    seen = history.newest_completed(entity, is_dry=True)
    context = {
        "entity": entity,
        "tab": "preview",
        "roster": rosters.current(entity),
        "active": history.active(entity),
        "connection": getattr(entity, "connection", None),
        **_seen(seen, entity),
        **_refusal(request, entity, is_dry=False),
    }
    return render(request, "sync/sync.html", context)


@require_safe
@login_required
def last_sync(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the newest sync did."""
    entity = visible_entity(request, pk)
    context = _newest(request, entity, is_dry=False) | _refusal(request, entity, is_dry=False)
    return render(request, "sync/last_sync.html", context)


@require_safe
@login_required
def run(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    """One run: its progress while it lasts, then what it did."""
    entity = visible_entity(request, pk)
    found = get_object_or_404(Run, pk=run_pk, connection__entity=entity)
    tab = "preview" if found.is_dry else "last_sync"
    shown = _progress(found) if found.is_active else _shown(request, found)
    return render(request, "sync/run.html", {"entity": entity, "tab": tab, **shown})


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
        said = run_refusal(refused.refusal, reads_personio=entity.reads_personio)
        messages.error(request, f"{said.text} {said.fix}")
        return redirect("preview", pk=entity.pk)
    return redirect("run", pk=entity.pk, run_pk=started.pk)


def _newest(request: SignedInRequest, entity: LegalEntity, *, is_dry: bool) -> dict[str, Any]:
    """The last completed run with its results, and around it what failed later and what went before."""
    runs_of_kind = history.of(entity, is_dry=is_dry)
    context: dict[str, Any] = {
        "entity": entity,
        "tab": "preview" if is_dry else "last_sync",
        "roster": rosters.current(entity),
        "active": history.active(entity),
        "history": runs_of_kind,
        "may_edit_payroll": access.may_edit_payroll(request.user, entity),
        "editors": who.payroll_editors(entity),
    }
    if runs_of_kind.completed:
        context |= _shown(request, runs_of_kind.completed)
        context |= _seen(runs_of_kind.completed, entity) if is_dry else {}
    return context


def _seen(preview: Run | None, entity: LegalEntity) -> dict[str, Any]:
    """A preview as the ground for a sync: what it counted, and whether that was sent since or is outdated."""
    if preview is None:
        return {"seen": None}
    is_elsewhere = preview.personio_id != entity.personio_id
    counts = results.counts(preview)
    return {
        "seen": preview,
        "counts": counts,
        "has_to_send": overview.has_to_send(counts),
        "sent": history.sent_after(preview),
        "outdated": "source" if is_elsewhere else history.is_outdated(preview, rosters.current(entity)),
    }


def _refusal(request: SignedInRequest, entity: LegalEntity, *, is_dry: bool) -> dict[str, Any]:
    """Why this can't be started now; `refused` is the code, `refusal` its words."""
    code = runs.refusal_to_start(entity, is_dry=is_dry, user=request.user)
    words = run_refusal(code, reads_personio=entity.reads_personio) if code else None
    return {"refused": code, "refusal": words}


def _shown(request: SignedInRequest, found: Run) -> dict[str, Any]:
    filters = Filters.of(request, set(RESULT_FILTERS))
    page = results.find(found, show=filters.show, search=filters.search, page=filters.page)
    return {
        "run": found,
        "filters": filters,
        "results": page,
        "choices": choices(RESULT_FILTERS, page.counts),
    }


def _progress(found: Run, said: str = "") -> dict[str, Any]:
    step = found.percentage // SAID_STEP * SAID_STEP
    return {"run": found, "said": str(step), "is_news": said != "" and said != str(step)}
