"""What support does with the attributes, for the customer to read: what is missing, who has it, since when."""

from typing import Any

from onboarding.models import LegalEntity
from onboarding.progress import State
from onboarding.services import bookings
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import StepPage, page
from onboarding.wording.enabling import KINDS, lack


@page
class AttributesPage(StepPage):
    """Read-only: the work is support's (rule 28)."""

    key = StepKey.ATTRIBUTES

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        return {
            "kinds": KINDS,
            "lacks": [lack(found) for found in entity.mapping_lacks],
            "booking": bookings.open_for([entity]).get(entity.pk),
        }
