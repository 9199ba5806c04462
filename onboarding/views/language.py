"""The switch between English and Dutch: Django's own, which also remembers the choice for e-mails."""

from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from onboarding.services import languages


def language(request: HttpRequest) -> HttpResponseBase:
    """Switches and goes back to the page; keeps the choice of a member, or of a guest who has shown who he is."""
    answer = set_language(request)
    if request.method == "POST":
        languages.remember(request.POST.get("language", ""), user=request.user, session=request.session)
    return answer
