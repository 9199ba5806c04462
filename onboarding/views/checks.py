"""The button "Check now" on the page of a task: Loket is asked at once, and the answer stands in place."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.models import Guest, LegalEntity, User
from onboarding.services import access, checking
from onboarding.steps import BY_KEY, Step, StepKey
from onboarding.views.signed_in import SignedInRequest, sends_signed_in, visible_entity
from onboarding.views.steps.base import not_allowed
from onboarding.wording.checks import check_rows, keys_of, summary


@require_POST
@sends_signed_in
def setup_check(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """Runs the checks of a task, and shows the page of the task again."""
    entity = visible_entity(request, pk)
    if step not in set(StepKey) or not BY_KEY[StepKey(step)].checks:
        raise Http404
    if not access.may_edit_payroll(request.user, entity):
        return not_allowed(request, entity)
    here = redirect("setup_step", pk=entity.pk, step=step)
    return check_and_show(request, entity, BY_KEY[StepKey(step)], here, actor=request.user)


def check_and_show(
    request: HttpRequest,
    entity: LegalEntity,
    step: Step,
    here: HttpResponse,
    *,
    actor: User | None = None,
    guest: Guest | None = None,
) -> HttpResponse:
    """Checks now, for a member or a guest. `here` leads back to the page; htmx takes what changed out of it."""
    keys = keys_of(step, is_connected=hasattr(entity, "connection"))
    asked = [key for key in keys if key != checking.NEW_HIRE]  # that one writes: it has a button of its own
    try:
        facts = checking.check(entity, asked, actor=actor, guest=guest)
    except checking.NoSignIn:
        messages.error(request, _("There is no sign-in at Loket yet: do the check sign-in first."))
        return _reload(here) if _is_htmx(request) else here
    if not _is_htmx(request):  # with htmx the live region of the page says it
        messages.info(request, summary(check_rows(facts, asked)))
    return here


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _reload(here: HttpResponse) -> HttpResponse:
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = here["Location"]
    return answer
