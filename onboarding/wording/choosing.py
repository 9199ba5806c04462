"""The list of administrations in words: what can be chosen, and of the others why not and who mends it (rule 36)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from loket_portal.loket.payloads import normal_tax_id
from onboarding.models import LegalEntity
from onboarding.services import tax_ids
from onboarding.services.choices import Choice, Refusal
from onboarding.wording.base import Text, Words, names
from onboarding.wording.connecting import LINK

_HELD: dict[Refusal, Words] = {
    Refusal.TAKEN: Words(_("It is connected to %(names)s."), _("Is that wrong? Only support can release it.")),
    Refusal.TAX_ID_CONNECTED: Words(
        _("%(names)s is connected to another administration with this tax ID."),
        _("Is that one wrong? Only support can release it."),
    ),
}
"""Where the holder is a legal entity of the reader's own company; of others nothing is told."""

_ABOVE = _("How that is mended stands above.")
SAME = _("The tax ID you gave for this legal entity.")
DIFFERS = _("You gave another tax ID for this legal entity. Look twice before you choose.")


@dataclass(frozen=True, slots=True)
class Selectable:
    """One that can be chosen; `note` compares its tax ID with the one given for the legal entity."""

    choice: Choice
    note: Text = ""
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Shared:
    """One tax ID that stands in the way, and the administrations that have it: `names` as a sentence says them."""

    names: str
    count: int


def listed(entity: LegalEntity, choices: Sequence[Choice]) -> dict[str, Any]:
    """What the page of the choice lists: `selectable`, `closed` with the reason, and the tax IDs that are `shared`."""
    return {
        "selectable": [_selectable(entity, choice) for choice in choices if choice.is_selectable],
        "closed": [(choice, why(choice)) for choice in choices if not choice.is_selectable],
        "shared": [Shared(names(one.names), len(one.names)) for one in tax_ids.shared(choices)],
    }


def why(choice: Choice) -> Words:
    """Why an administration can't be chosen, and who does what about it."""
    refusal = Refusal(choice.refusal or "")
    if choice.holders and refusal in _HELD:
        return _HELD[refusal].filled({"names": names(choice.holders)})
    words = LINK[refusal].filled({"names": names(choice.sharers)})
    return Words(words.text, _ABOVE) if refusal is Refusal.SHARED_TAX_ID else words


def _selectable(entity: LegalEntity, choice: Choice) -> Selectable:
    given = normal_tax_id(entity.tax_id)
    if given is None:
        return Selectable(choice)
    is_same = given == choice.administration.tax_id
    return Selectable(choice, SAME if is_same else DIFFERS, is_warning=not is_same)
