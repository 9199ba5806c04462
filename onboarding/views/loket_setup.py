"""What the two tasks in Loket can do besides their pages: ticks at once, the check sign-in, the message, "Algemeen"."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loket_portal.loket.errors import RecordRejected, SyncError
from onboarding.forms.rights import RightsForm
from onboarding.models import LegalEntity
from onboarding.services import access, algemeen, rights
from onboarding.services import messages as accountant
from onboarding.services.algemeen import CreateRefused, What
from onboarding.services.signin import Purpose
from onboarding.steps import StepKey
from onboarding.views.connect import leave_for_loket
from onboarding.views.signed_in import SignedInRequest, sends_signed_in, visible_entity
from onboarding.views.steps.base import not_allowed
from onboarding.wording import Words, names, of_error
from onboarding.wording.algemeen import CREATE, ITEMS, REJECTED, SEND


@require_POST
@sends_signed_in
def save_ticks(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keeps the ticks as they are made, and answers with the part of the page that says so."""
    entity, form = visible_entity(request, pk), RightsForm(request.POST)
    if not access.may_edit_payroll(request.user, entity):
        return not_allowed(request, entity)
    if not form.is_valid():
        return redirect("setup_step", pk=entity.pk, step=StepKey.INTEGRATION_USER)
    chosen, shown = form.cleaned_data["rights"], form.cleaned_data["shown"]
    ticks = rights.save_ticks(entity, chosen, shown=shown, actor=request.user)
    return render(request, "onboarding/_ticks_saved.html", {"ticks": ticks})


@require_POST
@sends_signed_in
def check_sign_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sends an administrator to Loket's sign-in page, to check (rule 8); or to the page that says why not."""
    return leave_for_loket(request, visible_entity(request, pk), Purpose.CHECK)


@require_POST
@sends_signed_in
def send_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mails the ready message to the guest who holds the task in Loket."""
    entity = visible_entity(request, pk)
    try:
        guest = accountant.send(entity, request.user)
    except access.NotAllowed:
        return not_allowed(request, entity)
    except accountant.SendRefused as refused:
        words = SEND[refused.refusal]
        messages.warning(request, f"{words.text} {words.fix}")
    else:
        messages.success(request, _("The message is on its way to %(name)s.") % {"name": guest})
    step = request.POST.get("step")
    return redirect("setup_step", pk=entity.pk, step=step if step in accountant.TASKS else StepKey.INTEGRATION_USER)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create_algemeen(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET looks at Loket and asks to confirm, POST creates the item; `what` says which of the three."""
    entity, what = visible_entity(request, pk), _what(request)
    if not access.may_connect(request.user, entity):
        return not_allowed(request, entity, needs_administrator=True)
    is_confirmed = request.method == "POST" and request.POST.get("confirmed") == "yes"
    try:
        if not is_confirmed:
            algemeen.look(entity, what, request.user)
            return _page(request, entity, what)
        algemeen.create(entity, what, request.user)
    except CreateRefused as refused:
        return _page(request, entity, what, CREATE[refused.refusal].filled({"names": names(refused.near)}))
    except RecordRejected as error:
        return _page(request, entity, what, REJECTED, tuple(message.description for message in error.messages))
    except SyncError as error:
        return _page(request, entity, what, of_error(error))
    text = _("%(item)s “Algemeen” is created in Loket.") % {"item": ITEMS[what]}
    messages.success(request, text)
    return redirect("setup_step", pk=entity.pk, step=StepKey.LOKET_ACCOUNT)


def _what(request: SignedInRequest) -> What:
    asked = (request.POST if request.method == "POST" else request.GET).get("what", What.FUNCTION)
    if asked not in set(What):
        raise Http404
    return What(asked)


def _page(
    request: SignedInRequest,
    entity: LegalEntity,
    what: What,
    refused: Words | None = None,
    said: tuple[str, ...] = (),
) -> HttpResponse:
    context = {"entity": entity, "tab": "setup", "what": what, "item": ITEMS[what], "refused": refused, "said": said}
    return render(request, "onboarding/create_algemeen.html", context)
