"""The second task: what the integration does, read and confirmed by every member with payroll edit (rule 6)."""

from typing import Any, cast

from django.utils.translation import gettext as _

from onboarding.forms.before import ScopeForm
from onboarding.models import LegalEntity
from onboarding.progress import State
from onboarding.services import acknowledgements
from onboarding.services.acknowledgements import AcknowledgementRefused
from onboarding.steps import StepKey
from onboarding.texts import SCOPE_VERSION
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording.before import SCOPE_REFUSED
from onboarding.wording.scope import SCOPE


@page
class ScopePage(StepPage):
    """The text, the ticks, and who has confirmed and who still has to."""

    key = StepKey.SCOPE
    form_class = ScopeForm

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        readers = acknowledgements.readers(entity, request.user)
        return {
            "sections": SCOPE,
            "version": SCOPE_VERSION,
            "readers": readers,
            "mine": next((reader for reader in readers if reader.is_you), None),
        }

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        form = cast(ScopeForm, form)
        version = form.cleaned_data["version"]
        try:
            acknowledgements.acknowledge(entity, request.user, points=form.points, version=version)
        except AcknowledgementRefused as refused:
            raise Refused(SCOPE_REFUSED[refused.refusal]) from refused
        return _("Thank you. Your confirmation is written down, for all legal entities of your company.")
