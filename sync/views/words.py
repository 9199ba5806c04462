"""What people say to a run: go on, pause, resume, cancel; and what it asks them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onboarding.models import LegalEntity, User
from onboarding.services.access import NotAllowed
from onboarding.views.signed_in import SignedInRequest
from sync.forms.approval import ApprovalForm
from sync.models import Run
from sync.refusals import RUN_REFUSALS, WORD_REFUSALS
from sync.services import approvals
from sync.services.runs import Refusal
from sync.views.filters import FilterChoice
from sync.wording import ASKED_FILTERS
from sync.wording.guards import CANT_GO_ON, Question, questions

ACTS: dict[str, Callable[[Run, User], Run]] = {
    "pause": approvals.pause,
    "resume": approvals.resume,
    "cancel": approvals.cancel,
}


def questions_of(run: Run) -> list[Question]:
    """What a run asks, in words; of a preview: what its sync would ask."""
    return questions(approvals.questions(run), reads_personio=run.reads_personio)


def approval_form(run: Run, sent: QueryDict | None = None) -> ApprovalForm:
    """The form with what the run asks."""
    return ApprovalForm(questions_of(run), approvals.mark(run), sent)


def asked(run: Run, form: ApprovalForm | None) -> dict[str, Any]:
    """What the page of a run that waits shows: the questions, and the form that was sent with a fault."""
    form = form or approval_form(run)
    return {
        "form": form,
        "asked": form.asked,
        "can_go_on": not any(question.code in CANT_GO_ON for question in form.questions),
    }


def asked_choices(run: Run) -> list[FilterChoice]:
    """A filter for each question that is about some people: while it is asked, and when their changes were left out."""
    is_open = run.state == Run.State.WAITING or run.is_dry
    return [
        FilterChoice(one.code, ASKED_FILTERS[one.code], one.count, is_alarm=False)
        for one in questions_of(run)
        if one.code in ASKED_FILTERS and (is_open or run.approved.get(one.code) == 0)
    ]


def usual_filter(run: Run) -> str:
    """Which results are shown before anybody chooses: while a run is held, those that this is about."""
    if run.state not in Run.HELD or run.planned is None:
        return "all"
    shown = {one.show for one in questions_of(run)} if run.state == Run.State.WAITING else set()
    return "problems" if "problems" in shown else "planned"


def say(request: SignedInRequest, entity: LegalEntity, run: Run, form: ApprovalForm | None) -> HttpResponse:
    """Does what the button says; a refusal is told on the page as it is by then."""
    try:
        messages.success(request, _do(request, run, form))
    except NotAllowed:
        said = RUN_REFUSALS[Refusal.NOT_ALLOWED]
        messages.error(request, f"{said.text} {said.fix}")
    except approvals.WordRefused as refused:
        said = WORD_REFUSALS[refused.refusal]
        messages.error(request, f"{said.text} {said.fix}")
    return redirect("run", pk=entity.pk, run_pk=run.pk)


def _do(request: SignedInRequest, run: Run, form: ApprovalForm | None) -> str:
    if form is not None:
        approvals.approve(run, request.user, form.answers, seen=form.cleaned_data["seen"])
        return _("Your answer is kept. The sync goes on.")
    act = request.POST.get("action", "")
    if act not in ACTS:
        raise approvals.WordRefused(approvals.Refusal.NOT_POSSIBLE)
    found = ACTS[act](run, request.user)
    return _said(act, is_done=found.state != Run.State.RUNNING)


def _said(act: str, *, is_done: bool) -> str:
    """What comes of it: at once, or after the people whom the worker is at."""
    if act == "resume":
        return _("It goes on.")
    if not is_done:
        return _("The people it is working on are finished first.")
    return _("It is paused.") if act == "pause" else _("It is cancelled.")
