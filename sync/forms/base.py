"""What the forms about sections share: a refusal in words, and the day from which values count."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mapping.portal.refusals import PortalRefused
from mapping.wording.sections import refused
from onboarding.wording import Words


class RefusableForm(forms.Form):
    """A form that says why a service refused what was filled in."""

    def refuse(self, error: PortalRefused, field: str | None = None) -> None:
        """Says why, at the field that is to be mended where there is one."""
        said = refused(error)
        self.add_error(field if field in self.fields else None, f"{said.text} {said.fix}")

    def refuse_all(self, said: Words) -> None:
        """Says why nothing of it is done."""
        self.add_error(None, f"{said.text} {said.fix}")


class Day(forms.DateField):
    """The day from which values count."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Counts from"),
            required=False,
            help_text=_("For example 2026-09-01. Leave it empty when it has always been so."),
            input_formats=["%Y-%m-%d", "%d-%m-%Y"],
            widget=forms.DateInput(attrs={"autocomplete": "off"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Write the day as 2026-09-01.")},
        )

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and not 1900 <= day.year <= 2199:
            raise ValidationError(_("Write a day between 1900 and 2199."))
        return day
