"""What people fill in on the pages of onboarding."""

from typing import Any

from allauth.account import forms as account
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


# --- Signing in: allauth's forms in the words of the portal (settings: ACCOUNT_FORMS) -------------------------------------

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password once more"),
}


class InOurWords(forms.Form):
    """Our labels, and no example inside the field: the label says what belongs there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class TwiceTheSame(InOurWords):
    """A new password, typed twice."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super(account.PasswordVerificationMixin, self).clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("This is not the same as the new password above."))
        return cleaned


class SignInForm(InOurWords, account.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""


class ChangePasswordForm(TwiceTheSame, account.ChangePasswordForm):  # type: ignore[misc]
    """The present password and a new one."""


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link is sent."""


class NewPasswordForm(TwiceTheSame, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, behind the link of the e-mail."""


class SetPasswordForm(TwiceTheSame, account.SetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ConfirmPasswordForm(InOurWords, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something delicate."""
