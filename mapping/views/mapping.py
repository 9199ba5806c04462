"""The mapping of a company as its members see it. Only support changes one, in the support desk (rule 28)."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mapping.bench.overview import overview
from mapping.wording import overview as told
from onboarding.views.signed_in import SignedInRequest
from onboarding.wording import issues


@require_safe
@login_required
def mapping(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is in force, what the company is asked for and what is wrong; 404 for a company of others."""
    found = overview(request.user, pk, request.GET.get("source", ""))
    if found is None:
        raise Http404
    context = {
        "overview": found,
        "groups": told.groups(found),
        "unfilled": told.unfilled(found.unfilled),
        "requests": [told.request(one) for one in found.asked],
        "issues": [(issue, issues.words(issue)) for issue in found.issues],
        "sources": [(source, told.NAMES[source]) for source in found.sources],
    }
    return render(request, "mapping/mapping.html", context)
