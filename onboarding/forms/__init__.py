"""What people fill in on the pages of onboarding."""

from onboarding.forms.accounts import (
    ChangePasswordForm,
    ConfirmPasswordForm,
    NewPasswordForm,
    ResetPasswordForm,
    SetPasswordForm,
    SignInForm,
)
from onboarding.forms.administration import AdministrationForm

__all__ = [
    "AdministrationForm",
    "ChangePasswordForm",
    "ConfirmPasswordForm",
    "NewPasswordForm",
    "ResetPasswordForm",
    "SetPasswordForm",
    "SignInForm",
]
