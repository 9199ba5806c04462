"""What every view behind the sign-in starts with."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from onboarding.models import LegalEntity, User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


def visible_entity(request: SignedInRequest, pk: int) -> LegalEntity:
    """The legal entity with its company; 404 for one of another company, as for one that doesn't exist."""
    return get_object_or_404(LegalEntity.objects.visible_to(request.user).select_related("company"), pk=pk)
