"""Preview, sync, its progress, and what it did."""

from http import HTTPStatus
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
from sync.services import history, how_far, overview, results, rosters, runs
from sync.services.runs import RunRefused
from sync.views.filters import Filters, choices
from sync.views.words import approval_form, asked, asked_choices, questions_of, say, usual_filter
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
        **_under_way(entity),
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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def run(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    """One run: its progress while it lasts, what it asks, then what it did. POST says to it what `action` names."""
    entity = visible_entity(request, pk)
    found = get_object_or_404(Run.objects.select_related("as_in"), pk=run_pk, connection__entity=entity)
    form = None
    if request.method == "POST":
        form = approval_form(found, request.POST) if request.POST.get("action") == "go_on" else None
        if form is None or form.is_valid():
            return say(request, entity, found, form)
    context = {
        "entity": entity,
        "tab": "preview" if found.is_dry else "last_sync",
        "held": found.state in Run.HELD,
        "far": how_far.of(found),
        "may_edit_payroll": access.may_edit_payroll(request.user, entity),
        "may_connect": access.may_connect(request.user, entity),
        "editors": who.payroll_editors(entity),
        "administrators": who.administrators(entity),
        **(_progress(found) if found.is_active else {}),
        **({} if found.is_active and found.state not in Run.HELD else _shown(request, found)),
        **(asked(found, form) if found.state == Run.State.WAITING else {}),
        "has_sent": history.has_sent(found),
    }
    return render(request, "sync/run.html", context)


@require_safe
@login_required
def progress(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    """The fragment that asks for itself every second; the last answer sends the page on, to what the run came to.

    The page of a run that is held asks too: it hears nothing (204) while the run is as it `was`.
    """
    entity = visible_entity(request, pk)
    found = get_object_or_404(Run, pk=run_pk, connection__entity=entity)
    was = request.GET.get("was", "")
    if found.state == was:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if was or found.state in Run.HELD or not found.is_active:
        answer = HttpResponseStopPolling()
        answer["HX-Redirect"] = _after(entity, found)
        return answer
    return render(request, "sync/_progress.html", {"entity": entity, **_progress(found, request.GET.get("said", ""))})


def _after(entity: LegalEntity, run: Run) -> str:
    """Where the page goes when there is no progress to show any more."""
    if run.is_active:
        return reverse("run", args=[entity.pk, run.pk])
    return reverse("preview" if run.is_dry else "last_sync", args=[entity.pk])


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
        **_under_way(entity),
        "history": runs_of_kind,
        "may_edit_payroll": access.may_edit_payroll(request.user, entity),
        "editors": who.payroll_editors(entity),
    }
    if runs_of_kind.completed:
        context |= _shown(request, runs_of_kind.completed)
        context |= _seen(runs_of_kind.completed, entity) if is_dry else {}
    return context


def _under_way(entity: LegalEntity) -> dict[str, Any]:
    """The run that is there to look at, `busy` where nothing can be started beside it."""
    active = history.active(entity)
    return {"active": active, "busy": history.in_the_way(active)}


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
        "questions": questions_of(preview),
        "outdated": "source" if is_elsewhere else history.is_outdated(preview, rosters.current(entity)),
    }


def _refusal(request: SignedInRequest, entity: LegalEntity, *, is_dry: bool) -> dict[str, Any]:
    """Why this can't be started now; `refused` is the code, `refusal` its words."""
    code = runs.refusal_to_start(entity, is_dry=is_dry, user=request.user)
    words = run_refusal(code, reads_personio=entity.reads_personio) if code else None
    return {"refused": code, "refusal": words}


def _shown(request: SignedInRequest, found: Run) -> dict[str, Any]:
    """The run and a page of its results; while it is held, those whom that is about come first."""
    filters = Filters.of(request, {*RESULT_FILTERS, *results.ASKED}, usual_filter(found))
    page = results.find(found, show=filters.show, search=filters.search, page=filters.page)
    return {
        "run": found,
        "filters": filters,
        "results": page,
        "asks": {question.code for question in questions_of(page.run)},
        "choices": [*choices(RESULT_FILTERS, page.counts), *asked_choices(found)],
    }


def _progress(found: Run, said: str = "") -> dict[str, Any]:
    far = how_far.of(found)
    step = far.percentage // SAID_STEP * SAID_STEP
    return {"run": found, "far": far, "said": str(step), "is_news": said != "" and said != str(step)}
