"""The fourth task: roles, their payroll edit for this entity, and who has which role (rules 7 and 9)."""

from typing import Any, cast

from django.utils.translation import gettext as _

from onboarding.forms.permissions import PermissionsButtonForm, PermissionsForm
from onboarding.models import LegalEntity, Role, User
from onboarding.progress import State
from onboarding.services import permissions, roles
from onboarding.services.permissions import PermissionsRefused
from onboarding.steps import StepKey
from onboarding.views.signed_in import SignedInRequest
from onboarding.views.steps.base import AnyForm, Refused, StepPage, page
from onboarding.wording import names
from onboarding.wording.before import PERMISSIONS


@page
class PermissionsPage(StepPage):
    """The matrix: administrators of the company change it and say that it is right, everybody else reads it.

    Payroll edit for this entity isn't asked: who else should give it where nobody has it?
    """

    key = StepKey.PERMISSIONS
    needs_administrator = True

    def may_act(self, user: User, entity: LegalEntity) -> bool:
        return permissions.may_change(user, entity)

    def form(self, request: SignedInRequest, entity: LegalEntity) -> AnyForm:
        data = request.POST if request.method == "POST" else None
        if data is not None and "action" in data:
            return PermissionsButtonForm(data)
        return PermissionsForm(data, roles.matrix(entity))

    def context(self, request: SignedInRequest, entity: LegalEntity, state: State) -> dict[str, Any]:
        now = roles.matrix(entity)
        is_of_now = request.POST.get("version") == now.version and "action" not in request.POST
        return {
            "may_act": True,  # the page says by itself why somebody can't: other than elsewhere, payroll edit isn't it
            "may_change": self.may_act(request.user, entity),
            "changers": permissions.administrators(entity),
            "matrix": now,
            "matrix_form": PermissionsForm(
                request.POST if is_of_now else None, now
            ),  # what was typed, where it still fits
            "is_confirmed": state.status.is_done,
        }

    def submit(self, request: SignedInRequest, entity: LegalEntity, form: AnyForm | None) -> str:
        try:
            if isinstance(form, PermissionsForm):
                return self._save(request.user, entity, form)
            return self._press(request.user, entity, cast(PermissionsButtonForm, form).cleaned_data)
        except PermissionsRefused as refused:
            raise Refused(PERMISSIONS[refused.refusal].filled({"names": names(refused.names)})) from refused

    def _save(self, user: User, entity: LegalEntity, form: PermissionsForm) -> str:
        version = form.cleaned_data["version"]
        changed = permissions.set_roles(entity, user, editing=form.editing, moves=form.moves, version=version)
        return _("Saved.") if changed else _("Nothing was different, so nothing was saved.")

    def _press(self, user: User, entity: LegalEntity, pressed: dict[str, Any]) -> str:
        if pressed["action"] == "add" and pressed["preset"]:
            role = permissions.add_role(entity, user, Role.Preset(pressed["preset"]))
            return _("The role %(role)s was added. Now give it payroll edit and members.") % {"role": role.name}
        permissions.confirm(entity, user, pressed["version"])
        return _("Written down: the permissions are right.")
