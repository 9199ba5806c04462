"""Changes that somebody had left out of a sync: what, of whom, and having the next sync ask again."""

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
from sync.services import left_out as service
from sync.services.runs import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def left_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET lists them, POST has the next sync ask again about the one that `change` names."""
    entity = visible_entity(request, pk)
    if request.method == "POST":
        return _ask_again(request, entity)
    found = service.of(entity, request.GET.get("page", "1"))
    context = {
        "entity": entity,
        "tab": "left_out",
        "kept": found.changes,
        "page_obj": found.page_obj,
        "may_edit_payroll": access.may_edit_payroll(request.user, entity),
        "editors": who.payroll_editors(entity),
    }
    return render(request, "sync/left_out.html", context)


def _ask_again(request: SignedInRequest, entity: LegalEntity) -> HttpResponse:
    try:
        if service.ask_again(entity, request.POST.get("change", ""), request.user):
            messages.success(request, _("The next sync asks about it again."))
        else:  # somebody was quicker, or it is another difference meanwhile
            messages.info(request, _("This change is not left out any more."))
    except NotAllowed:
        said = RUN_REFUSALS[Refusal.NOT_ALLOWED]
        messages.error(request, f"{said.text} {said.fix}")
    return redirect("left_out", pk=entity.pk)
