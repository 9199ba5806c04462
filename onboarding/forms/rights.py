"""The tick list of the 15 rights."""

from django import forms
from django.utils.translation import gettext_lazy as _

from loket_portal.loket.rights import RIGHTS

CHOICES = [(right.slug, right.name) for right in RIGHTS]
_UNKNOWN = {"invalid_choice": _("The list of rights has changed. Load this page again.")}


class RightsForm(forms.Form):
    """Which rights are ticked, and which were when the page was opened; with "report" the task is reported as done."""

    rights = forms.MultipleChoiceField(
        label=_("Authorizations"), choices=CHOICES, required=False, error_messages=_UNKNOWN
    )
    shown = forms.MultipleChoiceField(choices=CHOICES, required=False, error_messages=_UNKNOWN)
    report = forms.BooleanField(required=False)
