"""The form that connects a legal entity with one administration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.services.connections import LinkRefused, Refusal
from onboarding.wording import LINK, names

OF_THE_NAME = {Refusal.NAME_DIFFERS}


class AdministrationForm(forms.Form):
    """One administration, and its name typed as the proof that it is meant: only support can undo it (rule 37)."""

    administration = forms.CharField(
        label=_("Administration"), error_messages={"required": _("Choose an administration.")}
    )
    typed_name = forms.CharField(
        label=_("Type the name of the administration to confirm"),
        max_length=100,
        error_messages={"required": _("Type the name of the administration you chose.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def refuse(self, error: LinkRefused) -> None:
        """Shows why the service refused, at the field it is about."""
        words = LINK[error.refusal].filled({"names": names(error.sharers)})
        field = "typed_name" if error.refusal in OF_THE_NAME else "administration"
        self.add_error(field, f"{words.text} {words.fix}")

    @property
    def chosen(self) -> Any:
        """The id that was chosen, also when something else was wrong with the form."""
        return self.data.get("administration", "")
