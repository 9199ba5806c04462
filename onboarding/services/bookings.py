"""Bookings in support's queue: from new to done or declined, one allowed step at a time (rule 10).

Each step is one UPDATE that names the state the caller saw, so of two people who act at once one wins. Booking itself,
with everything that stands before it, is `marketplace.book`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from onboarding.facts import Owner
from onboarding.models import AuditEvent, Booking, LegalEntity, User
from onboarding.services import access, audit, mails
from onboarding.steps import StepKey

State = Booking.State
ALLOWED: Mapping[str, frozenset[str]] = {
    State.NEW: frozenset({State.IN_PROGRESS, State.DECLINED, State.DONE}),
    State.IN_PROGRESS: frozenset({State.WAITING, State.DECLINED, State.DONE}),
    State.WAITING: frozenset({State.IN_PROGRESS, State.DECLINED, State.DONE}),
    State.DONE: frozenset(),
    State.DECLINED: frozenset(),
}
NEEDS_REPLY = frozenset({State.WAITING, State.DECLINED})
"""The customer must be able to act on these, so that they never come without a message."""


class ReplyMissing(Exception):
    """A question or a refusal without a word to the customer."""


def latest_for(entities: Iterable[LegalEntity]) -> dict[int, Booking]:
    """The newest booking of each entity that has one, with its owner; one query."""
    pks = {entity.pk for entity in entities}
    rows = Booking.entities.through.objects.filter(legalentity_id__in=pks)
    rows = rows.select_related("booking__owner", "booking__booked_by", "booking__company").order_by("booking_id")
    return {row.legalentity_id: row.booking for row in rows}


def open_for(entities: Iterable[LegalEntity]) -> dict[int, Booking]:
    """The open booking of each entity that has one."""
    return {pk: booking for pk, booking in latest_for(entities).items() if booking.is_open}


def position(booking: Booking) -> int:
    """Its place among the bookings that nobody has taken yet, from 1; 0 when somebody has."""
    if booking.state != State.NEW:
        return 0
    earlier = Q(booked_at__lt=booking.booked_at) | Q(booked_at=booking.booked_at, pk__lt=booking.pk)
    return Booking.objects.filter(earlier, state=State.NEW).count() + 1


@transaction.atomic
def take(booking: Booking, by: User) -> bool:
    """Support works on it: a new one begins, one of a colleague changes hands. Tells whether anything changed."""
    _require_support(by)
    if booking.state == State.NEW:
        return move(booking, State.IN_PROGRESS, by=by)
    rows = Booking.objects.filter(pk=booking.pk, state__in=Booking.OPEN, owner=booking.owner_id)
    if booking.owner_id == by.pk or not rows.update(owner=by):
        return False
    booking.owner = by
    _record(booking, by, "owner")
    return True


@transaction.atomic
def move(booking: Booking, state: str, *, by: User | None, reply: str = "") -> bool:
    """Moves it on by support and tells the customer; False when it isn't where the caller saw it, or may not go there.

    `by` None is the portal itself. Raises ReplyMissing for a question or a refusal without words.
    """
    _require_support(by)
    reply = reply.strip()
    if state in NEEDS_REPLY and not reply:
        raise ReplyMissing
    fields: dict[str, object] = {"state": state, "state_at": timezone.now(), "reply": reply}
    if booking.owner_id is None and by is not None:
        fields["owner"] = by
    if not _compare_and_set(booking, state, fields):
        return False
    _record(booking, by, state)
    _tell_customer(booking, "booking_changed", {"state": state, "reply": reply})
    return True


@transaction.atomic
def answer(booking: Booking, by: User, text: str) -> bool:
    """The customer answers support's question, and support goes on; raises NotAllowed, ReplyMissing.

    Question and answer join the booking's message, so that the whole conversation can be read in one place.
    """
    if not any(access.may_edit_payroll(by, entity) for entity in booking.entities.all()):
        raise access.NotAllowed
    if not text.strip():
        raise ReplyMissing
    now = timezone.now()
    asked = _line(booking.state_at, str(booking.owner or ""), booking.reply)
    message = "\n\n".join(part for part in (booking.message, asked, _line(now, str(by), text)) if part)
    fields: dict[str, object] = {"state": State.IN_PROGRESS, "state_at": now, "reply": "", "message": message}
    if booking.state != State.WAITING or not _compare_and_set(booking, State.IN_PROGRESS, fields):
        return False
    _record(booking, by, "answered")
    _tell_owner(booking, by, text.strip())
    return True


def finish_enabled(entity: LegalEntity, by: User | None) -> None:
    """Ends the open booking of an entity that was enabled, when it was the last one it asked for."""
    booking = open_for([entity]).get(entity.pk)
    if booking is not None and not booking.entities.filter(enabled_at__isnull=True).exists():
        move(booking, State.DONE, by=by)


def announce(booking: Booking) -> None:
    """Tells both sides that it was booked."""
    _tell_customer(booking, "booking_received", {"position": position(booking)})
    mails.to_support("booking_new", _for_support(booking, booking.booked_by))


def _require_support(by: User | None) -> None:
    if by is not None and not by.is_staff:
        raise access.NotAllowed


def _compare_and_set(booking: Booking, state: str, fields: Mapping[str, object]) -> bool:
    if state not in ALLOWED[booking.state]:
        return False
    if not Booking.objects.filter(pk=booking.pk, state=booking.state).update(**fields):
        return False
    booking.refresh_from_db()
    return True


def _record(booking: Booking, by: User | None, detail: str) -> None:
    entities = list(booking.entities.all()[:2])
    one = entities[0] if len(entities) == 1 else None
    audit.record(AuditEvent.Action.BOOKING_MOVED, company=booking.company, entity=one, actor=by, detail=detail)


def _line(at: datetime, name: str, text: str) -> str:
    day = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return f"{day}, {name}:\n{text.strip()}" if text.strip() else ""


def _tell_customer(booking: Booking, kind: str, more: mails.Context) -> None:
    """Whoever booked, and the contact he named where that is somebody else; who has left the company hears nothing."""
    entities = list(booking.entities.all())
    url = mails.link("setup_step", pk=entities[0].pk, step=StepKey.BOOKING.value)
    context = {"entity": entities[0], "entities": entities, "url": url, **more}
    by = booking.booked_by
    is_there = by is not None and by.is_active and by.memberships.filter(company=booking.company_id).exists()
    if by is not None and is_there:
        mails.to_user(by, kind, context)
    if by is None or by.email.lower() != booking.contact_email.lower():
        language = (by.language if by else "") or settings.LANGUAGE_CODE
        mails.send(kind, booking.contact_email, language, context)
    elif not is_there:
        mails.to_owner(entities[0], Owner.PAYROLL, kind, context)


def _tell_owner(booking: Booking, by: User, text: str) -> None:
    """Whoever of support has it, else the whole desk."""
    context = _for_support(booking, by) | {"answer": text}
    if booking.owner is not None and booking.owner.is_active:
        mails.to_user(booking.owner, "booking_answered", context)
    else:
        mails.to_support("booking_answered", context)


def _for_support(booking: Booking, by: User | None) -> mails.Context:
    entities = list(booking.entities.all())
    url = mails.link("admin:onboarding_booking_change", object_id=booking.pk)
    return {"entity": entities[0], "entities": entities, "company": booking.company, "by": by, "url": url}
