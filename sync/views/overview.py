"""One legal entity: where it stands, and the one thing to do next."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.models import User
from onboarding.services import hub, who
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.wording import Words
from onboarding.wording.hub import standing
from sync.services import overview
from sync.wording import NEXT_STEPS


@require_safe
@login_required
def entity(request: SignedInRequest, pk: int) -> HttpResponse:
    """The overview of a legal entity."""
    found = visible_entity(request, pk)
    state = overview.read(found, request.user)
    active, roster = state.active_run, state.roster
    context = {
        "entity": found,
        "tab": "overview",
        "overview": state,
        "active_preview": active if active and active.is_dry else None,
        "active_sync": active if active and not active.is_dry else None,
        "can_start": state.connection is not None and roster is not None,
        "next": _next(state, request.user),
        "administrators": who.administrators(found),
        "editors": who.payroll_editors(found),
    }
    return render(request, "sync/entity.html", context)


def _next(state: overview.Overview, user: User) -> Words:
    """What is next, in words; until the entity is connected, where its setup stands."""
    words = NEXT_STEPS[state.next_step]
    if state.next_step is not overview.NextStep.SETUP:
        return words
    return Words(words.text, standing(hub.board(state.entity, user)).text)
