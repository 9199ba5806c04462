"""What every view behind the sign-in starts with."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urljoin

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from onboarding.models import LegalEntity, User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


def visible_entity(request: SignedInRequest, pk: int) -> LegalEntity:
    """The legal entity with its company; 404 for one of another company, as for one that doesn't exist."""
    return get_object_or_404(LegalEntity.objects.visible_to(request.user).select_related("company"), pk=pk)


def sends_signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`login_required` for an address that takes POSTs only: who was signed out meanwhile comes back to the page with the
    button, which is one address up."""

    @wraps(view)
    def guarded(request: HttpRequest, **places: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, **places)
        return redirect_to_login(urljoin(request.path, ".."))

    return guarded
