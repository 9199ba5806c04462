"""The accountant's checklist: two pages to print, in Dutch whatever the language of the reader."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from loket_portal.loket.rights import RIGHTS
from onboarding.models import Guest, LegalEntity, User
from onboarding.services import messages
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest, visible_entity


@require_safe
@login_required
def setup_checklist(request: SignedInRequest, pk: int) -> HttpResponse:
    """For a member of the company."""
    entity = visible_entity(request, pk)
    back_url = reverse("setup_step", kwargs={"pk": entity.pk, "step": StepKey.INTEGRATION_USER})
    return checklist(request, entity, user=request.user, back_url=back_url)


def checklist(
    request: HttpRequest, entity: LegalEntity, *, back_url: str, user: User | None = None, guest: Guest | None = None
) -> HttpResponse:
    """The page for a member, or for a guest who holds a task of this entity; whether he does is the caller's to know."""
    context = {
        "frame": "guest/base.html" if guest else "onboarding/entity_base.html",
        "guest": guest,
        "tab": "setup",
        "entity": entity,
        "rights": RIGHTS,
        "contact": messages.contact_of(entity, user),
        "portal_url": settings.PORTAL_URL,
        "printed_on": timezone.localdate(),
        "back_url": back_url,
    }
    return render(request, "onboarding/checklist.html", context)
