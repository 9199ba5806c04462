"""Booking "NL | Loket": which entities can be booked now, why the others can't, and the booking itself (rules 1, 7, 8, 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from onboarding.models import AuditEvent, Booking, Company, LegalEntity, User
from onboarding.services import audit, bookings, hub, payroll_person
from onboarding.steps import BY_KEY, StepKey


class Refusal(StrEnum):
    """Why an entity can't be booked; the page words it."""

    NOT_DUTCH = "not_dutch"
    ENABLED = "enabled"
    BOOKED = "booked"
    NOT_ALLOWED = "not_allowed"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class Offer:
    """One entity as the form lists it. `blocked_by`: the steps to do first; `booking`: the open one it is in."""

    entity: LegalEntity
    refusal: Refusal | None = None
    blocked_by: tuple[StepKey, ...] = ()
    booking: Booking | None = None

    @property
    def is_possible(self) -> bool:
        return self.refusal is None


class BookingRefused(Exception):
    """The booking was not made; `offers` are the entities that stand against it, with why."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__(", ".join(f"{offer.entity}: {offer.refusal}" for offer in offers))
        self.offers = tuple(offers)


def offers(company: Company, user: User) -> list[Offer]:
    """Every legal entity of the company, with what stands in the way; a constant number of queries."""
    return _offers(list(company.entities.select_related("company").order_by("name")), user)


def _offers(entities: list[LegalEntity], user: User) -> list[Offer]:
    open_bookings = bookings.open_for(entities)
    boards = hub.boards(entities, user)
    return [_offer(board, open_bookings.get(board.entity.pk)) for board in boards]


def _offer(board: hub.Board, booking: Booking | None) -> Offer:
    entity, undone = board.entity, _undone(board)
    checks = [
        (not entity.is_dutch, Refusal.NOT_DUTCH),
        (entity.is_enabled, Refusal.ENABLED),
        (booking is not None, Refusal.BOOKED),
        (not board.may_act, Refusal.NOT_ALLOWED),
        (bool(undone), Refusal.NOT_READY),
    ]
    refusal = next((reason for broken, reason in checks if broken), None)
    return Offer(entity, refusal, undone, booking)


def _undone(board: hub.Board) -> tuple[StepKey, ...]:
    done = {state.step.key for state in board.states if state.status.is_done}
    return tuple(key for key in BY_KEY[StepKey.BOOKING].needs if key not in done)


PEOPLE = ("contact_name", "contact_email", "contact_phone", "accountant_name", "accountant_email")


def prefill(entity: LegalEntity, user: User) -> dict[str, str]:
    """The fields of a new booking that are known: from the former one, else who books and the payroll person named."""
    if former := bookings.latest_for([entity]).get(entity.pk):
        return {name: str(getattr(former, name)) for name in PEOPLE}
    known = {"contact_name": str(user), "contact_email": user.email}
    named = payroll_person.named(entity)
    if named and (person := named.guest or named.member):
        known |= {"accountant_name": named.name, "accountant_email": person.email}
    return known


@transaction.atomic
def book(entities: Sequence[LegalEntity], by: User, **fields: str) -> Booking:
    """Books the entities for support's queue, and tells both sides; raises BookingRefused.

    `fields`: contact_name, contact_email, contact_phone, accountant_name, accountant_email, message. Of two bookings of
    one entity at once the second finds the first: both lock the rows of their entities, in one order.
    """
    pks = sorted(entity.pk for entity in entities)
    locked = list(LegalEntity.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    if len({entity.company_id for entity in locked}) != 1:
        raise ValueError("A booking is of one or more entities of one company.")
    if refused := [offer for offer in _offers(locked, by) if not offer.is_possible]:
        raise BookingRefused(refused)
    now = timezone.now()
    company = locked[0].company
    booking = Booking.objects.create(company=company, booked_by=by, booked_at=now, state_at=now, **fields)
    booking.entities.set(locked)
    for entity in locked:
        audit.record(AuditEvent.Action.BOOKED, company=company, entity=entity, actor=by, detail=f"#{booking.pk}")
    bookings.announce(booking)
    return booking
