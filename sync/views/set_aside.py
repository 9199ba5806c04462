"""People of whom nothing is sent before something changes: who, why, and trying again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.models import LegalEntity
from onboarding.services import access, who
from onboarding.services.access import NotAllowed
from onboarding.views.signed_in import SignedInRequest, visible_entity
from sync.refusals import RUN_REFUSALS
from sync.services import quarantine
from sync.services import set_aside as service
from sync.services.runs import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET lists them, POST has the next sync try the one that `person` names."""
    entity = visible_entity(request, pk)
    if request.method == "POST":
        return _try_again(request, entity)
    found = service.of(entity, request.GET.get("page", "1"))
    context = {
        "entity": entity,
        "tab": "set_aside",
        "kept": found.people,
        "page_obj": found.page_obj,
        "may_edit_payroll": access.may_edit_payroll(request.user, entity),
        "editors": who.payroll_editors(entity),
    }
    return render(request, "sync/set_aside.html", context)


def _try_again(request: SignedInRequest, entity: LegalEntity) -> HttpResponse:
    person = request.POST.get("person", "")
    try:
        if service.is_of(entity, person) and quarantine.release(int(person), request.user):
            messages.success(request, _("The next sync tries this person again."))
        else:  # somebody was quicker, or it agreed with Loket meanwhile
            messages.info(request, _("This person is not set aside any more."))
    except NotAllowed:
        said = RUN_REFUSALS[Refusal.NOT_ALLOWED]
        messages.error(request, f"{said.text} {said.fix}")
    return redirect("set_aside", pk=entity.pk)
