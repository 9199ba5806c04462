"""How people get in: support makes the account; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from onboarding.services import mails

SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth without sign-up, in the words of the portal, and without a notice after each sign-in and sign-out:
    the page itself shows it.
    """

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _(
            "This account is closed. Ask an administrator of your company, or support, to open it again."
        ),
        "email_password_mismatch": _("E-mail address or password is not right. Try again, or choose a new password."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or choose a new password."),
        "rate_limited": _("Too many attempts. Wait five minutes, then try once more."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return subject  # the subject names the portal itself, not the host it runs on

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Stores the e-mail like every other one: the worker sends it, and tries again when the mail server is away."""
        request = allauth_context.request
        told = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        written = self.render_mail(template_prefix, email, told)
        kind = template_prefix.rpartition("/")[2]
        mails.store(kind, email, get_language() or settings.LANGUAGE_CODE, written.subject, written.body)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)
