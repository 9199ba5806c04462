"""What support says before a hidden value is shown."""

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.forms.people import refuse_secrets


class RevealForm(forms.Form):
    """Whose value of which field, and why; the reason is kept, so it holds no value itself."""

    entity = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    person = forms.CharField(max_length=20, widget=forms.HiddenInput)
    target = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why do you have to see it? This is kept."),
        max_length=200,
        validators=[refuse_secrets],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write why you have to see it: the reason is kept with your name.")},
    )
