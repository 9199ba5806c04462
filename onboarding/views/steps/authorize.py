"""The last task: the sign-in that connects, the choice of the administration, and how the connection fares after it."""

from typing import Any

from django.utils.translation import gettext as _

from onboarding.models import LegalEntity
from onboarding.progress import State
from onboarding.services import checking, logins, signin, who
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording import Words


@page
class AuthorizePage(StepPage):
    """To Loket and back, the choice, and the trial of a new hire once connected."""

    key = StepKey.AUTHORIZE

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        refusal = signin.refusal_to_begin(entity, request.user)
        login = logins.authorized_for(entity)
        return {
            "connection": getattr(entity, "connection", None),
            "authorized": login if login is not None and login.state == login.State.ACTIVE else None,
            "may_connect": refusal is None,
            "is_for_others": refusal is signin.Refusal.NOT_ALLOWED,
            "administrators": who.administrators(entity),
        }

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        """Tries a new hire at Loket: the one check that writes, and cleans up after itself."""
        try:
            checking.try_new_hire(entity, request.user)
        except checking.NoSignIn as error:
            words = Words(_("This legal entity is not connected."), _("An administrator connects it first."))
            raise Refused(words) from error
        return _("A new hire was tried at Loket. The result stands below.")
