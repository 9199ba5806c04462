"""What stands in the way of the choice about tax IDs: who shares one, and a ready message, always in Dutch (rule 4).

The numbers themselves are in no message: that of a sole proprietor holds his BSN.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from onboarding.models import LegalEntity, User
from onboarding.services import messages
from onboarding.services.choices import Choice, Refusal
from onboarding.services.messages import Message


@dataclass(frozen=True, slots=True)
class Shared:
    """One tax ID and the administrations that have it, all of which are refused."""

    tax_id: str
    names: tuple[str, ...]


def shared(choices: Sequence[Choice]) -> tuple[Shared, ...]:
    """Every tax ID that more than one administration has and that stands in the way, with their names."""
    refused = {choice.administration.tax_id or "" for choice in choices if choice.refusal is Refusal.SHARED_TAX_ID}
    return tuple(
        Shared(tax_id, tuple(c.administration.name for c in choices if c.administration.tax_id == tax_id))
        for tax_id in sorted(refused)
    )


def missing(choices: Sequence[Choice]) -> tuple[str, ...]:
    """The administrations without a tax ID, by name."""
    return tuple(choice.administration.name for choice in choices if choice.refusal is Refusal.NO_TAX_ID)


def message_for(entity: LegalEntity, choices: Sequence[Choice], user: User) -> Message | None:
    """What to send to the payroll administrator or tax accountant; None when no tax ID stands in the way."""
    doubles, without = shared(choices), missing(choices)
    if not doubles and not without:
        return None
    guest = messages.holder(entity)
    told = {
        "entity": entity,
        "doubles": [one.names for one in doubles],
        "without": without,
        "greet": guest.name if guest else "",
        "contact": messages.contact_of(entity, user),
    }
    text = render_to_string("onboarding/tax_id_message.txt", told).strip() + "\n"
    return Message(f"Loket-koppeling van {entity}: loonheffingennummers van administraties", text)
