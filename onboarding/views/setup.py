"""The setup of a legal entity: the hub with its nine tasks, and the page of each task."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from loket_portal.loket.errors import SyncError
from onboarding.models import LegalEntity
from onboarding.services import access, hub
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.views.steps import PAGES, StepPage
from onboarding.views.steps.base import AnyForm, Refused, frame, not_allowed
from onboarding.wording import hub as words
from onboarding.wording import of_error, pictures, tasks


@require_safe
@login_required
def setup(request: SignedInRequest, pk: int) -> HttpResponse:
    """The hub: where the setup stands, and what is next for whom."""
    entity = visible_entity(request, pk)
    board = hub.board(entity, request.user)
    context = {
        "entity": entity,
        "tab": "setup",
        "board": board,
        "sentence": words.sentence(board),
        "sections": words.sections(board),
        "picture": pictures.who_does_what(board),
        "accountants": words.accountants(board),
        "refusal": None if entity.is_dutch else tasks.problem(board.problems[0].problems[0]),
    }
    return render(request, "onboarding/setup.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def setup_step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """GET shows a task to every member; POST saves, for those with payroll edit (rule 7)."""
    entity, page = visible_entity(request, pk), _page_of(step)
    form = page.form(request, entity)
    if request.method != "POST":
        return _show(request, page, entity, form)
    if not page.may_act(request.user, entity):
        return not_allowed(request, entity, needs_administrator=page.needs_administrator)
    if form is not None and not form.is_valid():
        return _show(request, page, entity, form)
    return _submit(request, page, entity, form)


def _page_of(step: str) -> StepPage:
    if step not in set(StepKey):
        raise Http404
    return PAGES[StepKey(step)]


def _submit(request: SignedInRequest, page: StepPage, entity: LegalEntity, form: AnyForm | None) -> HttpResponse:
    try:
        said = page.submit(request, entity, form)
    except access.NotAllowed:
        return not_allowed(request, entity, needs_administrator=page.needs_administrator)
    except Refused as refused:
        return _show(request, page, entity, form, refused=refused.words)
    except SyncError as error:
        return _show(request, page, entity, form, refused=of_error(error))
    if said:
        messages.success(request, said)
    return redirect(page.after(request, entity))


def _show(
    request: SignedInRequest, page: StepPage, entity: LegalEntity, form: AnyForm | None, **more: Any
) -> HttpResponse:
    board = hub.board(entity, request.user)
    own = page.context(request, entity, board.state(page.key))
    return render(request, page.template, frame(page.key, board, user=request.user) | {"form": form} | more | own)
