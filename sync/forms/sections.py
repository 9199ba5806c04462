"""Sections and attributes of the portal: names, options, access, places."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mapping.models import Section
from mapping.portal import sections
from mapping.portal.attributes import LONGEST_LABEL, AttributeType
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.wording.sections import ACCESS, TYPES
from onboarding.models import Company, Role
from sync.forms.base import RefusableForm


class SectionForm(RefusableForm):
    """The name of a section."""

    name = forms.CharField(
        label=_("Name of the section"),
        max_length=sections.LONGEST_NAME,
        error_messages={"required": _("Write a name for the section.")},
    )


class AccessForm(RefusableForm):
    """What each role may do in a section; administrators may everything anyway (rule 27)."""

    def __init__(self, roles: Iterable[Role], access: dict[int, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in roles:
            self.fields[f"role-{role.pk}"] = forms.ChoiceField(
                label=role.name, choices=list(ACCESS.items()), required=False, initial=access.get(role.pk, "")
            )

    @property
    def access(self) -> dict[int, str]:
        """What was chosen, by the pk of the role."""
        return {int(name.removeprefix("role-")): said for name, said in self.cleaned_data.items() if said}


class LabelForm(RefusableForm):
    """The name of an attribute."""

    label = forms.CharField(
        label=_("Name"), max_length=LONGEST_LABEL, error_messages={"required": _("Write a name for the attribute.")}
    )


class OptionsForm(RefusableForm):
    """The options of a list, one on each line."""

    options = forms.CharField(
        label=_("Options"),
        help_text=_("One option on each line."),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write one option on each line.")},
    )

    @property
    def lines(self) -> list[str]:
        """The options as they were typed."""
        return str(self.cleaned_data["options"]).splitlines()


class AttributeForm(LabelForm, OptionsForm):
    """A new attribute: its name, what it holds, and the options of a list."""

    field_order = ("label", "kind", "options")
    kind = forms.ChoiceField(label=_("What it holds"), choices=list(TYPES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["options"].required = False
        self.fields["options"].help_text = _("Only for a list: one option on each line.")

    def clean(self) -> dict[str, Any]:
        """A list needs options."""
        said = super().clean() or {}
        if said.get("kind") == AttributeType.LIST and not said.get("options", "").strip():
            self.refuse(PortalRefused(Refusal.NO_OPTIONS), "options")
        return said


class MoveForm(RefusableForm):
    """Another section of the company."""

    def __init__(self, company: Company, now: Section, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = sections.of_company(company).exclude(pk=now.pk)
        self.fields["section"] = forms.ModelChoiceField(
            others,
            label=_("Move to"),
            empty_label=None,
            error_messages={"invalid_choice": _("This section is gone. Choose another one.")},
        )
