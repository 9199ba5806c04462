"""The three items "Algemeen" in Loket, each by itself, with the exact fix or a button that creates it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from onboarding.models import Guest, LegalEntity, User
from onboarding.progress import State
from onboarding.services import access, algemeen, assignments, evidence, messages, reporting, who
from onboarding.services.algemeen import ItemState
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording.algemeen import ITEMS, STATES
from onboarding.wording.people import ASSIGN


@page
class LoketAccount(StepPage):
    """The button says that all three are there; the checks prove it when there is a sign-in."""

    key = StepKey.LOKET_ACCOUNT

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        can_write = access.may_edit_payroll(request.user, entity)
        return body(entity, state, user=request.user, can_write=can_write, **_addresses(entity))

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        return report(entity, actor=request.user)


def _addresses(entity: LegalEntity) -> dict[str, Any]:
    return {
        "report_url": reverse("setup_step", kwargs={"pk": entity.pk, "step": StepKey.LOKET_ACCOUNT}),
        "create_url": reverse("create_algemeen", kwargs={"pk": entity.pk}),
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
    checklist_url: str,
    report_url: str = "",
    create_url: str = "",
    send_url: str = "",
) -> dict[str, Any]:
    """What onboarding/_loket_account_body.html needs, for a member and for the guest who holds the task.

    Without `report_url` there is no button that reports the task; without `create_url`, or for somebody who may not,
    none that creates; without `send_url` no message is offered.
    """
    facts = evidence.facts_of([entity])[entity.pk]
    refusal = algemeen.refusal_to_create(entity, user) if user and create_url else algemeen.Refusal.NOT_ALLOWED
    items = algemeen.items_in(facts)
    return {
        "can_write": can_write,
        "items": [(item, ITEMS[item.what], STATES[item.state]) for item in items],
        "has_missing": any(item.state is ItemState.MISSING for item in items),
        "may_create": refusal is None,
        "creators": who.administrators(entity),
        "can_report": can_write and all(item.state is ItemState.UNKNOWN for item in items) and not state.status.is_done,
        "message": messages.message_for(entity, facts, user) if send_url else None,
        "report_url": report_url,
        "create_url": create_url,
        "send_url": send_url,
        "checklist_url": checklist_url,
    }


def report(entity: LegalEntity, *, actor: User | None = None, guest: Guest | None = None) -> str:
    """Says that all three are there; gives the sentence to show. Raises Refused and NotAllowed."""
    try:
        reporting.report(entity, StepKey.LOKET_ACCOUNT, actor=actor, guest=guest)
    except assignments.AssignRefused as refused:
        raise Refused(ASSIGN[refused.refusal]) from refused
    return _("Reported as done. The checks prove it as soon as there is a sign-in at Loket.")
