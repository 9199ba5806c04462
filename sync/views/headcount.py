"""How many of our people each administration has: a fragment for the chooser, a page for who has no script."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from loket_portal.loket.errors import SyncError
from onboarding.services.access import NotAllowed
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.wording import of_error
from sync.services import headcount as service


@require_safe
@login_required
@vary_on_headers("HX-Request")
def headcount(request: SignedInRequest, pk: int) -> HttpResponse:
    """The counts per administration: out of band for the places that the chooser has, or as a page; never an error."""
    entity = visible_entity(request, pk)
    context = {"entity": entity, "tab": "setup", "is_fragment": getattr(request, "htmx", False)}
    try:
        context["headcount"] = service.read(entity, request.user)
    except SyncError as error:
        context["error"] = of_error(error)
    except NotAllowed:
        context["is_refused"] = True
    template = "sync/_headcount.html" if context["is_fragment"] else "sync/headcount.html"
    return render(request, template, context)
