"""One legal entity: where it stands, and the one thing to do next."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.services import who
from onboarding.views.signed_in import SignedInRequest, visible_entity
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
        "next": NEXT_STEPS[state.next_step],
        "administrators": who.administrators(found),
        "editors": who.payroll_editors(found),
    }
    return render(request, "sync/entity.html", context)
