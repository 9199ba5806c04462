"""Sends the e-mails that are due: tried again with growing pauses, given up after a day, never twice at once."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F, QuerySet
from django.utils import timezone

from onboarding.models import Mail

LIFE = timedelta(days=1)
SERVER_SECONDS = 30  # of silence of the mail server; far less than the shortest pause, in which the e-mail is claimed
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
HEADERS = {"Auto-Submitted": "auto-generated"}

log = logging.getLogger(__name__)


def send_due(*ids: int) -> int:
    """Sends what is due, or of these only what is due; tells how many left."""
    waiting = _waiting().filter(due_at__lte=timezone.now())
    rows = waiting.filter(pk__in=ids) if ids else waiting
    return sum(_deliver(pk, tries) for pk, tries in rows.order_by("pk").values_list("pk", "tries"))


def _waiting() -> QuerySet[Mail]:
    return Mail.objects.filter(sent_at__isnull=True, given_up_at__isnull=True)


def _deliver(pk: int, tries: int) -> bool:
    """Claims one e-mail by counting the try: of two workers one wins, and the other finds it not due."""
    now = timezone.now()
    claimed = _waiting().filter(pk=pk, tries=tries, due_at__lte=now)
    if not claimed.update(tries=F("tries") + 1, due_at=now + _pause(tries)):
        return False
    try:
        _send(Mail.objects.get(pk=pk))
    except Exception as error:  # noqa: BLE001  one that can't be sent keeps no other back, and is given up in the end
        _failed(pk, error, now)
        return False
    Mail.objects.filter(pk=pk).update(sent_at=timezone.now(), error="", **_forgotten())
    return True


def _pause(tries: int) -> timedelta:
    return min(FIRST_PAUSE * int(2 ** min(tries, 10)), LONGEST_PAUSE)


def _send(mail: Mail) -> None:
    server = get_connection(timeout=SERVER_SECONDS)
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers=HEADERS, connection=server)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()


def _failed(pk: int, error: Exception, now: datetime) -> None:
    """Keeps why, without the address; after a day nobody waits for it any more, and support sees it in admin."""
    number = getattr(error, "smtp_code", None) if isinstance(error, smtplib.SMTPException) else None
    why = f"{type(error).__name__} {number}" if number else type(error).__name__
    rows = Mail.objects.filter(pk=pk)
    rows.update(error=why)
    if rows.filter(created_at__lt=now - LIFE).update(given_up_at=now, **_forgotten()):
        log.error("e-mail %s was given up after a day: %s", pk, why)


def _forgotten() -> dict[str, str]:
    """A text may hold a guest's link or a code: it is kept in the demo only."""
    return {} if settings.IS_DEMO else {"text": "", "html": ""}
