"""Links by e-mail for guests: 256 bits, only their hash is stored, 14 days, revocable.

Looking at a link changes nothing: mail scanners fetch every link. Only `guests.open_session` opens it.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from onboarding.models import Guest, GuestLink

LIFE = timedelta(days=14)


def digest(text: str) -> str:
    """SHA-256, as tokens and sessions are stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_link(guest: Guest) -> str:
    """A fresh absolute address for this guest; the ones before stay valid until they expire or are revoked."""
    token, now = secrets.token_urlsafe(32), timezone.now()
    GuestLink.objects.create(guest=guest, token_hash=digest(token), created_at=now, expires_at=now + LIFE)
    return f"{settings.PORTAL_URL}{reverse('guest_open', kwargs={'token': token})}"


def rows() -> QuerySet[GuestLink]:
    """Links with all that a page for guests names: the guest, the company and who invited."""
    return GuestLink.objects.select_related("guest__company", "guest__invited_by")


def find(token: str) -> GuestLink | None:
    """The link of this token, also one that no longer opens: its page says whom to ask."""
    return rows().filter(token_hash=digest(token)).first()


def is_valid(link: GuestLink) -> bool:
    """Whether it still opens: neither expired nor revoked, and its guest isn't revoked."""
    return link.revoked_at is None and link.guest.revoked_at is None and link.expires_at > timezone.now()
