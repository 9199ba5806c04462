"""The pages of a guest: his tasks, and each with what there is to do, to check and to report."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onboarding.forms.people import DoneForm
from onboarding.forms.rights import RightsForm
from onboarding.services import guest_desk, guests, limits
from onboarding.services.assignments import AssignRefused
from onboarding.services.guest_desk import Task
from onboarding.services.rights import NotAllTicked
from onboarding.services.signin import Purpose
from onboarding.steps import BY_KEY, StepKey
from onboarding.views.checklist import checklist
from onboarding.views.checks import check_and_show
from onboarding.views.connect import leave_for_loket
from onboarding.views.guest_doors import GuestRequest, for_guests, slow_down
from onboarding.views.steps import integration_user, loket_account
from onboarding.views.steps.base import frame
from onboarding.wording import Words
from onboarding.wording.people import ASSIGN
from onboarding.wording.rights import not_all_ticked

CHECK_LIMIT = {"times": 20, "seconds": 300}


@require_safe
@for_guests
def guest_tasks(request: GuestRequest) -> HttpResponse:
    """All tasks in the guest's hands, each with where it stands."""
    return render(request, "guest/tasks.html", {"guest": request.guest, "tasks": guest_desk.tasks(request.guest)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def guest_task(request: GuestRequest, assignment_pk: int) -> HttpResponse:
    """One task; POST keeps the ticks, and with "report" says that it is done. Writing needs the code first."""
    task = _task(request, assignment_pk)
    if request.method != "POST":
        return _show(request, task)
    if not guests.is_confirmed(request.session):
        return _first_the_code(request, task)
    ticks = RightsForm(request.POST)
    if task.key is StepKey.INTEGRATION_USER and ticks.is_valid():
        wanted = ticks.cleaned_data
        kept = guest_desk.keep_ticks(task, request.guest, wanted["rights"], wanted["shown"])
        if getattr(request, "htmx", False):  # a tick, kept as it is made
            return render(request, "onboarding/_ticks_saved.html", {"ticks": kept})
    if "report" in request.POST:
        return _report(request, task)
    messages.success(request, _("Your ticks are saved."))
    return redirect("guest_task", assignment_pk=assignment_pk)


def _report(request: GuestRequest, task: Task) -> HttpResponse:
    form = DoneForm(request.POST)
    if not form.is_valid():
        return _show(request, task, form)
    try:
        guest_desk.report(task, request.guest, form.cleaned_data["note"])
    except NotAllTicked as refused:
        return _show(request, task, form, not_all_ticked(refused.missing))
    except AssignRefused as refused:
        return _show(request, task, form, ASSIGN[refused.refusal])
    by = task.assignment.assigned_by or task.board.entity.company
    messages.success(request, _("Thank you. %(name)s sees that it is done.") % {"name": by})
    return redirect("guest_tasks")


def _task(request: GuestRequest, pk: int) -> Task:
    """The guest's own task; 404 for anybody else's, as for one that doesn't exist."""
    found = guest_desk.task(request.guest, pk)
    if found is None:
        raise Http404
    return found


def _show(
    request: GuestRequest, task: Task, form: DoneForm | None = None, refused: Words | None = None
) -> HttpResponse:
    can_write = guests.is_confirmed(request.session)
    context = frame(task.key, task.board, request.guest) | _body(request, task, can_write)
    context |= {"assignment": task.assignment, "may_act": can_write, "can_write": can_write}
    context |= {"form": form or DoneForm(), "refused": refused}
    return render(request, "guest/task.html", context)


def _body(request: GuestRequest, task: Task, can_write: bool) -> dict[str, Any]:
    """The doing, as members see it too; what only they may do is left out."""
    entity, places = task.board.entity, {"assignment_pk": task.assignment.pk}
    common: dict[str, Any] = {
        "guest": request.guest,
        "can_write": can_write,
        "checklist_url": reverse("guest_checklist", kwargs=places),
    }
    if task.key is StepKey.LOKET_ACCOUNT:
        own = loket_account.body(entity, task.state, **common)
        return own | {"body": "onboarding/_loket_account_body.html"}
    own = integration_user.body(
        entity,
        task.state,
        save_url=reverse("guest_task", kwargs=places),
        tick_url=reverse("guest_task", kwargs=places),
        sign_in_url=reverse("guest_sign_in", kwargs=places),
        **common,
    )
    return own | {"body": "onboarding/_integration_user_body.html", "done_form": "rights"}


def _first_the_code(request: GuestRequest, task: Task) -> HttpResponse:
    messages.error(request, _("Nothing was saved: first show with a code that it is you."))
    return redirect("guest_task", assignment_pk=task.assignment.pk)


@require_POST
@for_guests
def guest_check(request: GuestRequest, assignment_pk: int) -> HttpResponse:
    """Asks Loket now and shows what it says, in place."""
    task = _task(request, assignment_pk)
    if not guests.is_confirmed(request.session):
        return _first_the_code(request, task)
    if not limits.is_allowed("guest-check", str(request.guest.pk), **CHECK_LIMIT):
        return slow_down(request)
    here = redirect("guest_task", assignment_pk=assignment_pk)
    return check_and_show(request, task.board.entity, BY_KEY[task.key], here, guest=request.guest)


@require_POST
@for_guests
def guest_sign_in(request: GuestRequest, assignment_pk: int) -> HttpResponse:
    """Sends the holder of the integration user to Loket's sign-in page, to check (rule 8)."""
    task = _task(request, assignment_pk)
    if task.key is not StepKey.INTEGRATION_USER:
        raise Http404
    if not guests.is_confirmed(request.session):
        return _first_the_code(request, task)
    return leave_for_loket(request, task.board.entity, Purpose.CHECK, is_guest=True)


@require_safe
@for_guests
def guest_checklist(request: GuestRequest, assignment_pk: int) -> HttpResponse:
    """The two pages to print, for whoever holds one of the tasks in Loket."""
    task = _task(request, assignment_pk)
    back_url = reverse("guest_task", kwargs={"assignment_pk": assignment_pk})
    return checklist(request, task.board.entity, back_url=back_url, guest=request.guest)
