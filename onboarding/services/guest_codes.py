"""The mailed code that shows that a guest reads his mailbox: six digits, 15 minutes, five tries, for one browser."""

import secrets
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from loket_portal.lib.crypto import fingerprint
from onboarding.models import Guest, GuestCode
from onboarding.services import guest_links, guests, mails

LIFE = timedelta(minutes=15)
PAUSE = timedelta(seconds=60)
TRIES = 5
A_DAY = 10


def is_waiting(session: SessionBase) -> bool:
    """Whether a code is under way that can still be typed."""
    return _open_codes(session).exists()


def send(guest: Guest, session: SessionBase) -> bool:
    """Mails six digits that hold for 15 minutes in this browser; False when it was too often (one a minute, ten a day)."""
    now, code = timezone.now(), f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic():
        Guest.objects.select_for_update().get(pk=guest.pk)  # two clicks at once count as two
        sent = GuestCode.objects.filter(guest=guest)
        is_early = sent.filter(created_at__gt=now - PAUSE).exists()
        if is_early or sent.filter(created_at__gt=now - timedelta(days=1)).count() >= A_DAY:
            return False
        GuestCode.objects.create(
            guest=guest, session_hash=_session_hash(session), code_hash=_code_hash(session, code), created_at=now
        )
        told = {"entity": guests.subject(guest), "code": code, "url": mails.link("guest_code")}
        mails.to_guest(guest, "guest_code", told)
    return True


def confirm(guest: Guest, session: SessionBase, code: str) -> bool:
    """Whether this is the code that was mailed last, for this browser; each try counts, and five are all."""
    sent = _open_codes(session).filter(guest=guest).first()
    digits = "".join(code.split())
    if sent is None or not GuestCode.objects.filter(pk=sent.pk, tries__lt=TRIES).update(tries=F("tries") + 1):
        return False
    if not constant_time_compare(sent.code_hash, _code_hash(session, digits)):
        return False
    if not GuestCode.objects.filter(pk=sent.pk, used_at__isnull=True).update(used_at=timezone.now()):
        return False
    session.cycle_key()
    session[guests.KEY] = session[guests.KEY] | {"confirmed": True}
    return True


def _open_codes(session: SessionBase) -> QuerySet[GuestCode]:
    """The code mailed last to this browser, while it can be typed. A newer one ends those before."""
    newest = GuestCode.objects.filter(session_hash=_session_hash(session)).order_by("-pk").values("pk")[:1]
    since = timezone.now() - LIFE
    return GuestCode.objects.filter(pk__in=newest, used_at__isnull=True, created_at__gt=since, tries__lt=TRIES)


def _nonce(session: SessionBase) -> str:
    note = session.get(guests.KEY) or {}
    return str(note.get("nonce", ""))


def _session_hash(session: SessionBase) -> str:
    return guest_links.digest(_nonce(session))


def _code_hash(session: SessionBase, code: str) -> str:
    # Six digits are soon guessed from a bare hash: this one needs the key of the installation as well.
    return fingerprint("guest-code", f"{_nonce(session)}:{code}")
