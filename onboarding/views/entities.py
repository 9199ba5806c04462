"""The first page: the legal entities of the user's companies."""

from collections import defaultdict

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.models import Company, LegalEntity
from onboarding.services import hub
from onboarding.views.signed_in import SignedInRequest
from onboarding.wording import entity_status


@require_safe
@login_required
def entities(request: SignedInRequest) -> HttpResponse:
    """Legal entities by company, each with where it stands: until it is connected, that of its setup."""
    visible = LegalEntity.objects.visible_to(request.user).select_related("company", "connection__login")
    found = list(visible.order_by("company__name", "name"))
    open_ones = [entity for entity in found if not hasattr(entity, "connection")]
    boards = {board.entity.pk: board for board in hub.boards(open_ones, request.user)}
    rows = defaultdict(list)
    for entity in found:
        rows[entity.company].append((entity, entity_status(entity, boards.get(entity.pk))))
    mine = Company.objects.filter(memberships__user=request.user).order_by("name")
    return render(request, "onboarding/entities.html", {"companies": [(company, rows[company]) for company in mine]})
