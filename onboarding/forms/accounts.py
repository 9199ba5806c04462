"""Signing in: allauth's forms in the words of the portal (settings: ACCOUNT_FORMS)."""

from typing import Any

from allauth.account import forms as account
from django import forms
from django.utils.translation import gettext_lazy as _

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
