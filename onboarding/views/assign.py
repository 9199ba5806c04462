"""A task in somebody's hands: to give it, to remind, to take it back, to say that it is done (rules 7 and 9)."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.facts import Owner
from onboarding.forms.people import AssignForm
from onboarding.models import Assignment, LegalEntity
from onboarding.services import access, assignments, guests, hub
from onboarding.services.assignments import AssignRefused, Refusal
from onboarding.steps import BY_KEY, StepKey
from onboarding.views.signed_in import SignedInRequest, visible_entity
from onboarding.views.steps.base import not_allowed
from onboarding.wording import Words
from onboarding.wording.people import ASSIGN, default_message


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def setup_assign(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """GET asks who does the task; POST gives it, or does what `action` says with the task as it is given now."""
    entity, key = visible_entity(request, pk), _assignable(step)
    if not access.may_edit_payroll(request.user, entity):
        return not_allowed(request, entity)
    if request.method == "POST" and request.POST.get("action", "assign") != "assign":
        return _act(request, entity, key)
    is_sent = request.method == "POST"
    initial = {"message": default_message(entity, key), "language": "nl"}
    form = AssignForm(entity, key, request.user, request.POST if is_sent else None, initial=initial)
    if is_sent and form.is_valid():
        try:
            made = _assign(request, entity, key, form)
        except AssignRefused as refused:
            form.add_error("who", _sentence(ASSIGN[refused.refusal]))
        else:
            text = _("The task is now with %(name)s, who gets an e-mail.")
            messages.success(request, text % {"name": made.holder_name})
            return redirect("setup_step", pk=entity.pk, step=key)
    context = {
        "entity": entity,
        "tab": "setup",
        "step": key,
        "form": form,
        "assignment": assignments.find(entity, key),
        "board": hub.board(entity, request.user),
    }
    return render(request, "onboarding/assign.html", context)


def _assignable(step: str) -> StepKey:
    """The step; 404 for one that doesn't exist, and for support's own."""
    if step not in set(StepKey) or BY_KEY[StepKey(step)].owner is Owner.SUPPORT:
        raise Http404
    return StepKey(step)


def _assign(request: SignedInRequest, entity: LegalEntity, key: StepKey, form: AssignForm) -> Assignment:
    guest = form.guest
    if form.invitation:
        guest = assignments.invite(entity.company, **form.invitation, by=request.user)
    message = form.cleaned_data["message"]
    return assignments.assign(entity, key, guest=guest, member=form.member, message=message, by=request.user)


def _sentence(words: Words) -> str:
    return f"{words.text} {words.fix}"


def _act(request: SignedInRequest, entity: LegalEntity, key: StepKey) -> HttpResponse:
    """What the buttons beside a given task do. The form names the assignment that was seen: hands may have changed."""
    seen, action = assignments.find(entity, key), _ACTIONS.get(request.POST.get("action", ""))
    if action is None or (action is _done and not BY_KEY[key].is_assignable):  # else its own page says when it is done
        raise Http404
    try:
        if seen is None or str(seen.pk) != request.POST.get("assignment"):
            raise AssignRefused(Refusal.ENDED)
        messages.success(request, action(request, seen))
    except AssignRefused as refused:
        messages.error(request, _sentence(ASSIGN[refused.refusal]))
    return redirect("setup_step", pk=entity.pk, step=key)


def _remind(request: SignedInRequest, assignment: Assignment) -> str:
    assignments.remind(assignment, request.user)
    return _("A reminder is on its way to %(name)s.") % {"name": assignment.holder_name}


def _take_back(request: SignedInRequest, assignment: Assignment) -> str:
    assignments.take_back(assignment, request.user)
    return _("You took the task back from %(name)s.") % {"name": assignment.holder_name}


def _done(request: SignedInRequest, assignment: Assignment) -> str:
    assignments.report_done(assignment, by=request.user)
    return _("The task is reported as done.")


def _revoke(request: SignedInRequest, assignment: Assignment) -> str:
    if assignment.guest is None:
        raise AssignRefused(Refusal.ENDED)
    guests.revoke(assignment.guest, request.user)
    return _("The access of %(name)s is ended: all links and open pages stopped working.") % {
        "name": assignment.guest.name
    }


_ACTIONS: dict[str, Callable[[SignedInRequest, Assignment], str]] = {
    "remind": _remind,
    "take_back": _take_back,
    "done": _done,
    "revoke": _revoke,
}
