"""Who of the roster is in the sync, who isn't, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.views.signed_in import SignedInRequest, visible_entity
from sync.services import people as service
from sync.services import rosters
from sync.views.filters import Filters, choices
from sync.wording import PEOPLE_FILTERS


@require_safe
@login_required
def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """A page of people, filtered and searched on the server."""
    entity = visible_entity(request, pk)
    filters = Filters.of(request, set(PEOPLE_FILTERS))
    found = service.find(entity, show=filters.show, search=filters.search, page=filters.page)
    context = {
        "entity": entity,
        "tab": "people",
        "roster": rosters.current(entity),
        "filters": filters,
        "people": found,
        "choices": choices(PEOPLE_FILTERS, found.counts),
    }
    return render(request, "sync/people.html", context)
