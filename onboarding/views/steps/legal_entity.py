"""The third task: country, KvK number and tax ID of the legal entity (rules 1 and 4)."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from onboarding.forms.before import LegalEntityForm
from onboarding.models import LegalEntity
from onboarding.progress import State, Status
from onboarding.services import legal_entities
from onboarding.services.legal_entities import EntityRefused
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording import names
from onboarding.wording.before import LEGAL_ENTITY


@page
class LegalEntityPage(StepPage):
    """Two numbers to fill in; read-only once connected, and nothing to fill in outside the Netherlands."""

    key = StepKey.LEGAL_ENTITY

    def form(self, request: SignedInRequest, entity: LegalEntity) -> AnyForm | None:
        if not entity.is_dutch or hasattr(entity, "connection"):
            return None
        data = request.POST if request.method == "POST" else None
        return LegalEntityForm(data, entity)

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        connection = getattr(entity, "connection", None)
        is_proved = state.status is Status.VERIFIED
        return {
            "connection": connection,
            "tax_id": entity.tax_id or (connection.tax_id if connection else ""),
            "is_confirmed": state.status.is_done,
            "looks_mistyped": not is_proved and legal_entities.looks_mistyped(entity.tax_id),
            "support_email": settings.SUPPORT_EMAIL,
        }

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        try:
            if form is None:
                legal_entities.confirm(entity, request.user)
                return _("Written down: you have reviewed this legal entity.")
            numbers = form.cleaned_data
            legal_entities.review(entity, request.user, kvk=numbers["kvk_number"], tax=numbers["tax_id"])
        except EntityRefused as refused:
            raise Refused(LEGAL_ENTITY[refused.refusal].filled({"names": names(refused.names)})) from refused
        return _("Saved.")
