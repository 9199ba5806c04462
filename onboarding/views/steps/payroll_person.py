"""The first task: the person who runs the payroll is named, and gets the two tasks in Loket."""

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onboarding.forms.before import INSIDE, PayrollPersonForm
from onboarding.models import LegalEntity
from onboarding.progress import State
from onboarding.services import assignments, payroll_person
from onboarding.services.payroll_person import TASKS, PersonRefused
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording.before import PERSON
from onboarding.wording.steps import STEPS


@page
class PayrollPersonPage(StepPage):
    """A colleague or somebody outside; may be changed at any time."""

    key = StepKey.PAYROLL_PERSON

    def form(self, request: SignedInRequest, entity: LegalEntity) -> AnyForm:
        data = request.POST if request.method == "POST" else None
        return PayrollPersonForm(data, entity, payroll_person.named(entity))

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        held = assignments.open_for([entity])
        return {
            "named": payroll_person.named(entity),
            "tasks": [(key, STEPS[key].title, held.get((entity.pk, key))) for key in TASKS],
        }

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        form = cast(PayrollPersonForm, form)
        said = form.cleaned_data
        try:
            if said["kind"] == INSIDE:
                given = payroll_person.name_colleague(entity, request.user, said["member"], said["message"])
            else:
                given = payroll_person.name_outsider(entity, request.user, form.outsider, said["message"])
        except PersonRefused as refused:
            raise Refused(PERSON[refused.refusal]) from refused
        if not given:
            return _("Saved. No e-mail was sent: there was no task to hand over.")
        text = ngettext("Saved. %(count)s task was handed over.", "Saved. %(count)s tasks were handed over.", given)
        return text % {"count": given}
