"""The words of the Personio pages: states of the account and of a legal entity, kinds of attributes."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mapping.personio_desk import Attribute, Desk, Wanted
from mapping.wording import names
from onboarding.services.personio_entities import Offer, State
from onboarding.wording.base import Status, Text

OFFERS: dict[str, Status] = {
    State.FREE: Status(
        _("Not in the portal yet"),
        "todo",
        _(
            "In the Netherlands, so it can be connected. “Read its people” adds it to your legal entities; its setup follows."
        ),
    ),
    State.SAME_NAME: Status(
        _("From the roster"),
        "todo",
        _(
            "This legal entity is here already and takes its people from an uploaded roster. Personio can take its place."
        ),
    ),
    State.BOUND: Status(_("From Personio"), "ok", _("Its people come from Personio.")),
    State.NOT_DUTCH: Status(
        _("Not possible"),
        "",
        _(
            "Loket.nl runs Dutch payroll only, and its country in Personio is %(country)s. Is that wrong? Correct it in Personio."
        ),
    ),
    State.GONE: Status(
        _("Gone in Personio"),
        "problem",
        _(
            "Personio no longer shows it, so no sync starts. Give the integration access to it again, or stop reading it."
        ),
    ),
}
TAKES = frozenset({State.FREE, State.SAME_NAME})
"""What an administrator may take from Personio."""

_NO_COUNTRY = _("not filled in")
TYPES: dict[str, Text] = {
    "standard": _("Text"),
    "multiline": _("Long text"),
    "date": _("Date"),
    "integer": _("Whole number"),
    "decimal": _("Decimal number"),
    "list": _("One of a list"),
    "tags": _("Several of a list"),
    "link": _("Link"),
}

WORKING = Status(_("Connected"), "ok")
REFUSED = Status(
    _("Refused by Personio"), "problem", _("Personio no longer accepts the credentials, so nothing is read.")
)


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute as the table shows it."""

    label: str
    key: str
    type: Text
    options: tuple[str, ...]
    fills: tuple[str, ...]
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Need:
    """What is to be allowed in Personio; `called` is the attribute there, "" where it is called the same."""

    name: str
    called: str


def wanted(one: Wanted) -> Need:
    """An attribute that is to be allowed: as people call it, and as they find it in Personio."""
    called = one.labels[0] if one.labels else ""
    is_same = any(names.is_called(one.target, label) for label in one.labels)
    return Need(names.field(one.target), "" if is_same else called)


def status(desk: Desk) -> Status:
    """How the account stands."""
    return WORKING if desk.account is None or desk.account.is_working else REFUSED


def offer(found: Offer) -> Status:
    """How a legal entity of Personio stands here."""
    words = OFFERS[found.state]
    return Status(words.word, words.tone, str(words.text) % {"country": found.country or _NO_COUNTRY})


def row(found: Attribute) -> Row:
    """An attribute in the reader's words; a kind that Personio invents later is shown as it is."""
    fills = tuple(names.field(target) for target in found.fills)
    return Row(found.label, found.key, TYPES.get(found.type, found.type), found.options, fills, found.is_gone)
