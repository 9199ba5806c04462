"""The booking in words: where it stands for the customer, and why an entity can't be booked. Everything is translated."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from onboarding.models import Booking
from onboarding.services import bookings, marketplace
from onboarding.services.marketplace import Offer
from onboarding.wording.base import Status, Words, names
from onboarding.wording.steps import quoted, since

State = Booking.State

STATES: dict[str, Status] = {
    State.NEW: Status(_("New"), "todo", _("Support has the booking and begins with it when it is its turn.")),
    State.IN_PROGRESS: Status(
        _("In progress"), "attention", _("Support sets up the attributes. There is nothing to do for you.")
    ),
    State.WAITING: Status(
        _("Waiting for you"), "problem", _("Support asks you something and goes on when you have answered.")
    ),
    State.DONE: Status(_("Done"), "ok", _("Support is done with the booking.")),
    State.DECLINED: Status(
        _("Declined"), "problem", _("Support can't do this. Mend what the message says, then book again.")
    ),
}
"""What the customer sees; support's own words stand with the model."""

REFUSALS: dict[str, Words] = {
    marketplace.Refusal.NOT_DUTCH: Words(
        _("It is not in the Netherlands; Loket.nl runs Dutch payroll only."),
        _("Is the country wrong? Support corrects it."),
    ),
    marketplace.Refusal.ENABLED: Words(_("Its integration is enabled already.")),
    marketplace.Refusal.BOOKED: Words(_("It is in a booking already: %(state)s, %(since)s.")),
    marketplace.Refusal.NOT_ALLOWED: Words(
        _("Your role has no payroll edit for it."), _("An administrator of your company can change that.")
    ),
    marketplace.Refusal.NOT_READY: Words(_("Do this first: %(steps)s.")),
}

ANSWER_TOO_LATE = Words(
    _("Support no longer waits for an answer."), _("Look at the booking as it is now. Nothing was sent.")
)
NOT_FOR_YOU = Words(_("Your role has no payroll edit for a legal entity of this booking."))


def why_not(offer: Offer) -> Words:
    """Why this entity can't be booked, with the steps to do or the booking that it is in."""
    if offer.refusal is None:
        return Words("")
    params = {"steps": names([quoted(key) for key in offer.blocked_by])}
    if offer.booking is not None:
        params |= {"state": str(STATES[offer.booking.state].word), "since": since(offer.booking.state_at)}
    return REFUSALS[offer.refusal].filled(params)


def refused(offers: tuple[Offer, ...]) -> Words:
    """Why a booking was not made, entity by entity."""
    told = [(offer.entity.name, why_not(offer)) for offer in offers]
    text = " ".join(f"{name}: {words.text} {words.fix}".strip() for name, words in told)
    return Words(text, gettext("Nothing was booked. Change the list and send it again."))


def place(booking: Booking) -> str:
    """Where a new booking stands in support's queue."""
    before = bookings.position(booking) - 1
    if before < 0:
        return ""
    if before == 0:
        return gettext("Yours is the next in the queue.")
    return ngettext("%(n)s booking is before yours.", "%(n)s bookings are before yours.", before) % {"n": before}


_CHANGES = {"owner": _("Another owner at support"), "answered": _("The customer has answered")}


def booking_change(detail: str) -> str:
    """What the audit trail noted of a booking: the state it went to, or what else happened."""
    if detail in _CHANGES:
        return str(_CHANGES[detail])
    return str(State(detail).label) if detail in State.values else detail
