"""One legal entity: where it stands, and the one thing to do next."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.models import User
from onboarding.services import hub, who
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.wording import Words, issues
from onboarding.wording.hub import standing
from sync.refusals import RUN_REFUSALS
from sync.services import history, overview
from sync.services.runs import Refusal
from sync.wording import next_step


@require_safe
@login_required
def entity(request: SignedInRequest, pk: int) -> HttpResponse:
    """The overview of a legal entity."""
    found = visible_entity(request, pk)
    state = overview.read(found, request.user)
    active = state.active_run
    context = {
        "entity": found,
        "tab": "overview",
        "overview": state,
        "busy": history.in_the_way(active),
        "active_preview": active if active and active.is_dry else None,
        "active_sync": active if active and not active.is_dry else None,
        "can_start": state.connection is not None and state.has_people,
        "next": _next(state, request.user),
        **_issues(state),
        "administrators": who.administrators(found),
        "editors": who.payroll_editors(found),
    }
    return render(request, "sync/entity.html", context)


def _next(state: overview.Overview, user: User) -> Words:
    """What is next, in words; until the entity is connected, where its setup stands."""
    words = next_step(state.next_step, reads_personio=state.personio is not None)
    if state.next_step is overview.NextStep.SETUP:
        return Words(words.text, standing(hub.board(state.entity, user)).text)
    if state.next_step is overview.NextStep.PERSONIO and state.personio:
        is_there = state.personio.account is not None
        why = RUN_REFUSALS[Refusal.PERSONIO_REFUSED if is_there else Refusal.PERSONIO_NOT_CONNECTED]
        return Words(words.text, f"{why.text} {why.fix}")
    return words


def _issues(state: overview.Overview) -> dict[str, Any]:
    """What is to be mended in Personio: what stops the sync as the next step, all else as a number."""
    found = state.personio.issues if state.personio else ()
    is_next = state.next_step in {overview.NextStep.PERSONIO, overview.NextStep.PERSONIO_ISSUE}
    return {
        "blocking": [(issue, issues.words(issue)) for issue in found if issue.is_blocking],
        "open_issues": sum(1 for issue in found if not (is_next and issue.is_blocking)),
    }
