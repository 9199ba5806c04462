"""What administrators fill in: payroll edit per role, and the role of each member."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from onboarding.models import Role
from onboarding.services.roles import Matrix, MemberRow, RoleRow


class PermissionsForm(forms.Form):
    """Payroll edit per role and the role of each member, as they are shown in the matrix of this version."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, matrix: Matrix) -> None:
        super().__init__(data, initial={"version": matrix.version})
        self.matrix = matrix
        roles = [(str(role.pk), role.name) for role in matrix.roles]
        for role in matrix.roles:
            label = gettext("Payroll edit for the role %(role)s") % {"role": role.name}
            self.fields[f"role-{role.pk}"] = forms.BooleanField(label=label, required=False, initial=role.may_edit)
        for member in matrix.members:
            label = gettext("Role of %(member)s") % {"member": member.name}
            self.fields[f"member-{member.pk}"] = forms.ChoiceField(
                label=label, choices=roles, initial=member.role, required=False
            )

    @property
    def rows(self) -> list[tuple[RoleRow, forms.BoundField]]:
        """Each role with its tick box."""
        return [(role, self[f"role-{role.pk}"]) for role in self.matrix.roles]

    @property
    def people(self) -> list[tuple[MemberRow, forms.BoundField]]:
        """Each member with the choice of a role."""
        return [(member, self[f"member-{member.pk}"]) for member in self.matrix.members]

    @property
    def editing(self) -> list[int]:
        """The roles that are ticked, of a valid form."""
        return [role.pk for role in self.matrix.roles if self.cleaned_data[f"role-{role.pk}"]]

    @property
    def moves(self) -> dict[int, int]:
        """The role that was chosen for each membership, of a valid form."""
        chosen = {member.pk: self.cleaned_data[f"member-{member.pk}"] for member in self.matrix.members}
        return {pk: int(role) for pk, role in chosen.items() if role}


class PermissionsButtonForm(forms.Form):
    """The buttons beside the matrix: "this is right", and a preset role that the company lacks."""

    version = forms.CharField(widget=forms.HiddenInput)
    action = forms.CharField()
    preset = forms.ChoiceField(choices=Role.Preset.choices, required=False)
