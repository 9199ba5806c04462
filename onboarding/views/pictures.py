"""Pictures on a page of their own."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.services import company_picture
from onboarding.views.signed_in import SignedInRequest
from onboarding.wording import pictures


@require_safe
@login_required
def company(request: SignedInRequest, pk: int) -> HttpResponse:
    """The legal entities of a company and the administrations at Loket, with the reason on each line."""
    found = company_picture.company_of(request.user, pk)
    if found is None:
        raise Http404
    picture = pictures.entities_and_administrations(company_picture.joins(found))
    return render(request, "onboarding/company_picture.html", {"company": found, "picture": picture})
