"""When a legal entity syncs by itself, and what a sync asks before it sends."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.models import Connection, LegalEntity, LoketLogin
from onboarding.services import access, who
from onboarding.services.access import NotAllowed
from onboarding.views.signed_in import SignedInRequest, visible_entity
from sync.forms.schedule import IbanForm, ScheduleForm
from sync.models import Run, Schedule
from sync.refusals import RUN_REFUSALS, run_refusal
from sync.services import history, schedules, standing
from sync.services.runs import Refusal
from sync.services.schedules import ScheduleRefused
from sync.wording import SCHEDULE_STOPS, words


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows both, POST changes the one that `action` names."""
    entity = visible_entity(request, pk)
    connection = Connection.objects.select_related("login").filter(entity=entity).first()
    shown, last = schedules.of(entity), history.last_scheduled(entity)
    forms = _forms(shown.schedule, connection)
    act = request.POST.get("action", "") if request.method == "POST" else ""
    if act in forms:
        forms[act] = type(forms[act])(request.POST)
        if forms[act].is_valid() and _is_set(request, entity, connection, act, forms[act].cleaned_data):
            return redirect("schedule", pk=entity.pk)
    context = {
        "entity": entity,
        "tab": "schedule",
        "connection": connection,
        "shown": shown,
        "stop": words(SCHEDULE_STOPS, shown.schedule.stopped) if shown.schedule.stopped else None,
        "refusal": refusal_of(shown.schedule, entity),
        "last": last,
        "last_said": last if last and last.state == Run.State.FAILED and last.message else None,
        "login_is_refused": connection is not None and connection.login.state == LoketLogin.State.SIGN_IN_NEEDED,
        "may_connect": access.may_connect(request.user, entity),
        "administrators": who.administrators(entity),
        "active": history.active(entity),
        "schedule_form": forms["schedule"],
        "iban_form": forms["iban"],
        "asks_for_iban": connection is not None and standing.asks_for_iban(connection),
        "form": forms.get(act),
        "may_edit_payroll": access.may_edit_payroll(request.user, entity),
        "editors": who.payroll_editors(entity),
    }
    return render(request, "sync/schedule.html", context)


def refusal_of(found: Schedule, entity: LegalEntity) -> Any:
    """Why the last slot began no sync, in words; None where it began one."""
    if found.refusal not in set(Refusal):
        return None
    return run_refusal(Refusal(found.refusal), reads_personio=entity.reads_personio)


def _forms(found: Schedule, connection: Connection | None) -> dict[str, Any]:
    asks = connection is None or standing.asks_for_iban(connection)
    return {
        "schedule": ScheduleForm(initial={"frequency": found.frequency, "at": found.at or schedules.DEFAULT_AT}),
        "iban": IbanForm(initial={"asks": "yes" if asks else "no"}),
    }


def _is_set(
    request: SignedInRequest, entity: LegalEntity, connection: Connection | None, act: str, said: dict[str, Any]
) -> bool:
    """Whether it was stored; what became of it stands above the page."""
    try:
        if act == "schedule":
            schedules.set_for(entity, request.user, Schedule.Frequency(said["frequency"]), said["at"])
        elif connection is not None:
            standing.set_asks_for_iban(connection, request.user, asks=said["asks"] == "yes")
    except (NotAllowed, ScheduleRefused) as error:
        refused = RUN_REFUSALS[Refusal.NOT_ALLOWED if isinstance(error, NotAllowed) else Refusal.NOT_CONNECTED]
        messages.error(request, f"{refused.text} {refused.fix}")
        return False
    messages.success(request, _("The schedule is saved.") if act == "schedule" else _("Your choice is saved."))
    return True
