"""The integration user in Loket: the way there, the tick list of the 15 rights, the check sign-in, the rights doctor."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loket_portal.loket.rights import RIGHTS
from onboarding.forms.rights import RightsForm
from onboarding.models import Guest, LegalEntity, User
from onboarding.progress import State, Status
from onboarding.services import access, assignments, evidence, logins, messages, rights, signin, who
from onboarding.services.signin import Purpose
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording import SIGN_IN
from onboarding.wording.people import ASSIGN
from onboarding.wording.rights import CAUSES, RIGHT_WORDS, STATES, not_all_ticked

OF_THE_PERSON = {signin.Refusal.NOT_ALLOWED, signin.Refusal.NOT_YOUR_TASK}  # the page names who may


@page
class IntegrationUser(StepPage):
    """Every save keeps the ticks; "report" also says that the task is done."""

    key = StepKey.INTEGRATION_USER
    form_class = RightsForm

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        can_write = access.may_edit_payroll(request.user, entity)
        return body(entity, state, user=request.user, can_write=can_write, **_addresses(entity))

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        return keep(entity, form, actor=request.user) if form else ""


def _addresses(entity: LegalEntity) -> dict[str, Any]:
    return {
        "save_url": reverse("setup_step", kwargs={"pk": entity.pk, "step": StepKey.INTEGRATION_USER}),
        "tick_url": reverse("save_ticks", kwargs={"pk": entity.pk}),
        "sign_in_url": reverse("check_sign_in", kwargs={"pk": entity.pk}),
        "send_url": reverse("send_message", kwargs={"pk": entity.pk}),
        "checklist_url": reverse("setup_checklist", kwargs={"pk": entity.pk}),
    }


def body(
    entity: LegalEntity,
    state: State,
    *,
    user: User | None = None,
    guest: Guest | None = None,
    can_write: bool,
    save_url: str,
    sign_in_url: str,
    checklist_url: str,
    tick_url: str = "",
    send_url: str = "",
) -> dict[str, Any]:
    """What onboarding/_integration_user_body.html needs, for a member and for the guest who holds the task.

    The four addresses take a POST (checklist_url a GET). Without `tick_url` the ticks are kept with the button only,
    without `send_url` no message is offered: a guest is the one who would read it.
    """
    facts = evidence.facts_of([entity])[entity.pk]
    ticks, doctor = rights.ticks_in(facts), rights.doctor(facts)
    refusal = signin.refusal_to_begin(entity, user, guest=guest, purpose=Purpose.CHECK)
    has_looked = any(key in facts for key in state.step.checks)
    return {
        "can_write": can_write,
        "ticks": ticks,
        "rights": [(right, RIGHT_WORDS[right.slug], right.slug in ticks.slugs) for right in RIGHTS],
        "all_names": "\n".join(right.name for right in RIGHTS),
        "has_looked": has_looked,
        "primary": _next_button(state, has_looked),
        "login": logins.login_for(entity),
        "may_sign_in": refusal is None,
        "why_not": SIGN_IN[refusal] if refusal and refusal not in OF_THE_PERSON else None,
        "signers": who.administrators(entity),
        "save_url": save_url,
        "tick_url": tick_url,
        "sign_in_url": sign_in_url,
        "checklist_url": checklist_url,
    } | doctor_context(entity, facts, doctor, user=user, send_url=send_url)


def _next_button(state: State, has_looked: bool) -> str:
    """Which button moves the task on; none when everything is verified. What a check found, no report changes."""
    if state.status is Status.VERIFIED:
        return ""
    return "sign_in" if has_looked or state.status.is_done else "report"


def doctor_context(
    entity: LegalEntity, facts: Any, doctor: rights.Doctor, *, user: User | None, send_url: str
) -> dict[str, Any]:
    """What onboarding/_rights_doctor.html needs."""
    counts = [(STATES[state], doctor.count(state)) for state in rights.RightState]
    return {
        "doctor": doctor,
        "doctor_rows": [(row, RIGHT_WORDS[row.right.slug], STATES[row.state]) for row in doctor.rows],
        "missing_names": "\n".join(right.name for right in doctor.missing),
        "doctor_counts": [(words, number) for words, number in counts if number],
        "doctor_refused": [(refused, CAUSES[refused.cause]) for refused in doctor.refused],
        "message": messages.message_for(entity, facts, user) if send_url else None,
        "send_url": send_url,
    }


def keep(entity: LegalEntity, form: AnyForm, *, actor: User | None = None, guest: Guest | None = None) -> str:
    """Keeps the ticks of a valid RightsForm and reports the task where that was asked; gives the sentence to show.

    Raises Refused with the words: the ticks are kept nevertheless.
    """
    wanted = form.cleaned_data
    ticks = rights.save_ticks(entity, wanted["rights"], shown=wanted["shown"], actor=actor, guest=guest)
    if not wanted["report"]:
        number = len(ticks.slugs)
        said = ngettext("Saved. %(number)s of 15 is ticked.", "Saved. %(number)s of 15 are ticked.", number)
        return said % {"number": number}
    try:
        rights.report_done(entity, actor=actor, guest=guest)
    except rights.NotAllTicked as refused:
        raise Refused(not_all_ticked(refused.missing)) from refused
    except assignments.AssignRefused as refused:
        raise Refused(ASSIGN[refused.refusal]) from refused
    return _("Reported as done. Next: the check sign-in below.")
