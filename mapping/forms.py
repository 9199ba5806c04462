"""What an administrator of a company fills in to connect Personio."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.services.personio import PersonioRefused, Refusal
from onboarding.wording.personio import refused

LONGEST = 200
_AS_COPIED = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class NeverSentBack(forms.PasswordInput):
    """A text that can be read while it is typed, and that no answer holds: it may be the secret, in the wrong field."""

    input_type = "text"


class CredentialsForm(forms.Form):
    """Client ID and secret of a custom integration. Neither is sent back, whatever is wrong."""

    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=LONGEST,
        help_text=_("As Personio shows it at your integration."),
        error_messages={
            "required": _("Fill in the client ID: copy it from your integration in Personio."),
            "max_length": _("This is too long for a client ID. Copy only the client ID from Personio."),
        },
        widget=NeverSentBack(attrs=_AS_COPIED),
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=LONGEST,
        help_text=_(
            "Personio shows it once, when the integration is made. It is stored encrypted and never shown again."
        ),
        error_messages={
            "required": _("Fill in the client secret: copy it from your integration in Personio."),
            "max_length": _("This is too long for a client secret. Copy only the secret from Personio."),
        },
        # Else a browser fills in the password of the portal, which would go to Personio.
        widget=forms.PasswordInput(attrs={**_AS_COPIED, "autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """The same text twice was copied wrongly, and no call to Personio is needed to know it."""
        said = super().clean() or {}
        if said.get("client_id") and said["client_id"] == said.get("client_secret"):
            self.add_error("client_secret", _("This is the client ID once more. Copy the client secret from Personio."))
        return said

    def refuse(self, error: PersonioRefused) -> None:
        """Says why Personio was not connected, at the field that is to be mended where there is one."""
        said = refused(error)
        field = "client_secret" if error.refusal == Refusal.WRONG_CREDENTIALS else None
        self.add_error(field, f"{said.text} {said.fix}")
