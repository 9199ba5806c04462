"""What the worker does for onboarding. Each task makes one call into the domain."""

from celery import shared_task

from onboarding.services import checking, delivery, reminders, value_lists


@shared_task
def send_mails(*mail_ids: int) -> None:
    """Sends e-mails that are due: these, or all."""
    delivery.send_due(*mail_ids)


@shared_task
def remind() -> None:
    """Reminds those who hold a task for 3, 7 or 14 days."""
    reminders.remind_due()


@shared_task
def recheck() -> None:
    """Runs the checks of the sign-ins whose turn it is: nightly, or because the set of rights was raised (rule 17)."""
    checking.recheck_due()


@shared_task
def refresh_lists() -> None:
    """Loads Loket's value lists anew where they are a day old (rule 30)."""
    value_lists.refresh_due()
