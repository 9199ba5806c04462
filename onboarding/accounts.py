"""How people get in: support makes the account; nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth without sign-up, and without a notice after each sign-in and sign-out: the page itself shows it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)
