"""Guests: people without an account who do the tasks assigned to them, of one company.

A guest's session is a note in the browser's session (`KEY`); it makes nobody a user of the portal, and it leaves who is
signed in here signed in. Every request asks anew whether the link still holds, so a revocation works at once. Before
anything that writes the guest types a code that was mailed (guest_codes.py): a machine may have opened the link.
"""

import secrets
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from onboarding.models import Assignment, AuditEvent, Company, Guest, GuestLink, LegalEntity, User
from onboarding.services import access, audit, guest_links, mails
from onboarding.services.guest_links import new_link

__all__ = [
    "current",
    "find_task",
    "is_confirmed",
    "leave",
    "new_link",
    "open_session",
    "peek",
    "renew_link",
    "require_editor",
    "revoke",
    "subject",
    "tasks",
    "visit",
]

KEY = "guest"


# --- The link and the session -------------------------------------------------------------------------------------------


def peek(token: str) -> Guest | None:
    """Whose link this is, where it still opens. Changes nothing."""
    link = guest_links.find(token)
    return link.guest if link and guest_links.is_valid(link) else None


def open_session(token: str, session: SessionBase) -> Guest | None:
    """Opens the guest's session in this browser, under a new session key; None for a link that no longer opens."""
    link = guest_links.find(token)
    if link is None or not guest_links.is_valid(link):
        return None
    session.cycle_key()
    session[KEY] = {"link": link.pk, "nonce": secrets.token_urlsafe(32), "confirmed": False}
    GuestLink.objects.filter(pk=link.pk, opened_at__isnull=True).update(opened_at=timezone.now())
    audit.record(AuditEvent.Action.GUEST_OPENED, company=link.guest.company, guest=link.guest, detail=str(link.guest))
    return link.guest


def visit(session: SessionBase) -> GuestLink | None:
    """The link by which this browser came, also where it no longer holds: the page says whom to ask."""
    note = session.get(KEY)
    return guest_links.rows().filter(pk=note["link"]).first() if note else None


def current(session: SessionBase) -> Guest | None:
    """The guest of this browser, asked anew with every request."""
    link = visit(session)
    return link.guest if link and guest_links.is_valid(link) else None


def leave(session: SessionBase) -> None:
    """Ends the guest's session; who is signed in here stays signed in."""
    session.pop(KEY, None)


def renew_link(link: GuestLink) -> bool:
    """Mails a fresh link where this one has expired, at most one a day; who was revoked gets none."""
    guest = link.guest
    if link.revoked_at or guest.revoked_at or not tasks(guest).exists():
        return False
    with transaction.atomic():
        Guest.objects.select_for_update().get(pk=guest.pk)
        if guest.links.filter(created_at__gt=timezone.now() - timedelta(days=1)).exists():
            return False
        mails.to_guest(guest, "link_new", {"entity": subject(guest)})
    return True


def is_confirmed(session: SessionBase) -> bool:
    """Whether this browser has shown that it reads the guest's mailbox, so that it may write."""
    note = session.get(KEY)
    return bool(note and note["confirmed"]) and current(session) is not None


# --- The tasks --------------------------------------------------------------------------------------------------------------


def tasks(guest: Guest) -> QuerySet[Assignment]:
    """The tasks in the guest's hands: of his company's entities, given to him and not taken back."""
    rows = Assignment.objects.select_related("entity__company", "assigned_by", "guest")
    rows = rows.filter(guest=guest, entity__company=guest.company_id, ended_at__isnull=True)
    return rows.order_by("entity__name", "assigned_at", "pk")


def find_task(guest: Guest, pk: int) -> Assignment | None:
    """One of the guest's own tasks; None for anybody else's, as for one that doesn't exist."""
    return tasks(guest).filter(pk=pk).first()


def subject(guest: Guest) -> LegalEntity | Company:
    """What a mail to the guest is about: the entity of his first open task, else the company."""
    task = tasks(guest).filter(done_at__isnull=True).first() or tasks(guest).first()
    return task.entity if task else guest.company


def revoke(guest: Guest, by: User) -> None:
    """Ends everything at once: links, sessions and tasks of this guest. Raises NotAllowed (rule 7)."""
    if not by.is_staff:  # support revokes in the admin
        require_editor(by, guest.company)
    now = timezone.now()
    with transaction.atomic():
        won = Guest.objects.filter(pk=guest.pk, revoked_at__isnull=True).update(revoked_at=now)
        guest.links.filter(revoked_at__isnull=True).update(revoked_at=now)
        guest.assignments.filter(ended_at__isnull=True).update(ended_at=now)
        if won:
            audit.record(AuditEvent.Action.GUEST_REVOKED, company=guest.company, actor=by, detail=str(guest))
    guest.refresh_from_db()


def require_editor(user: User, company: Company) -> None:
    """Raises NotAllowed for a member who may edit the payroll of no entity of the company (rule 7)."""
    member = user.memberships.filter(company=company, role__company=company, user__is_active=True)
    if not member.filter(role__payroll_entities__company=company).exists():
        raise access.NotAllowed
