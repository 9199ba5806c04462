"""What kinds of e-mail there are, as support and the demo's outbox name them. Their texts are in templates/mail/."""

from django.utils.translation import gettext_lazy as _

from onboarding.wording.base import Text

KINDS: dict[str, Text] = {
    "assigned": _("Task assigned"),
    "reminder": _("Reminder"),
    "done": _("Task done"),
    "problem_found": _("Problem found"),
    "sign_in_needed": _("Sign-in needed"),
    "enabled": _("Integration enabled"),
    "released": _("Connection released"),
    "booking_received": _("Booking received"),
    "booking_new": _("New booking"),
    "booking_changed": _("Booking changed"),
    "booking_answered": _("Booking answered"),
    "guest_code": _("Code for a guest"),
    "link_new": _("New link for a guest"),
    "hr_issue": _("Issue in Personio"),
    "schedule_stopped": _("Scheduled syncs stopped"),
    "run_waiting": _("A sync waits for an answer"),
    "password_reset_key": _("New password"),
}


def kind(code: str) -> Text:
    """The name of a kind; of one that a later version wrote, its code."""
    return KINDS.get(code, code.replace("_", " "))
