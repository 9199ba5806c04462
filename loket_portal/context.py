"""What every template may use without its view passing it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

BADGES = {"simulator": _("Simulator"), "acceptance": _("Acceptance")}


def portal(request: HttpRequest) -> dict[str, Any]:
    """Mode, how to reach support, the badge of a Loket environment that isn't the real one, the user's companies."""
    return {
        "is_demo": settings.IS_DEMO,
        "support_email": settings.SUPPORT_EMAIL,
        "environment_badge": BADGES.get(settings.LOKET_ENV, ""),
        "company_names": SimpleLazyObject(lambda: _company_names(request)),
        "csp_nonce": getattr(request, "csp_nonce", None),  # the name that django-htmx looks for
    }


def _company_names(request: HttpRequest) -> list[str]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return list(user.memberships.order_by("company__name").values_list("company__name", flat=True))
