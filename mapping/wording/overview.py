"""A company's mapping in the words of its members: where a value comes from, what becomes of it, how that stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mapping.attributes.asked import TYPES, Asked
from mapping.bench.catalog import Attribute
from mapping.bench.desk import Row
from mapping.bench.overview import Overview, Target
from mapping.catalogue import SCOPE_FIELDS
from mapping.coverage import State
from mapping.rules import Empty, Rule, TooLong, WriteMode
from mapping.services import Source
from mapping.wording import names
from mapping.wording.workbench import GROUPS, ORIGINS, converter
from onboarding.wording.base import Status, Text
from onboarding.wording.issues import translated

NAMES: dict[str, Text] = {Source.PERSONIO: "Personio", Source.ROSTER: _("Uploaded roster")}
STATES: dict[State, Status] = {
    State.GONE: Status(_("Not readable now"), "problem"),
    State.MIGRATION: Status(_("In preparation"), "attention"),
    State.VALUES: Status(_("Values missing"), "attention"),
    State.DONE: Status(_("In force"), "ok"),
    State.FIXED: Status(_("In force"), "ok"),
    State.OFF: Status(_("In force"), "ok"),
}
PUT_RIGHT = Status(_("To put right"), "attention")
STOPS = Status(_("Stops the sync"), "problem")
EMPTIES: dict[Empty, Text] = {
    Empty.KEEP: _("Loket keeps what it has"),
    Empty.CLEAR: _("Loket's value is cleared"),
}
NOT_SENT = _("This person is not sent")
"""What an empty value of a target does that decides who is sent (rule 39)."""
WRITE_MODES: dict[WriteMode, Text] = {
    WriteMode.ONLY_IF_EMPTY: _("Only where Loket has nothing yet."),
    WriteMode.ONLY_FOR_NEW: _("Only for new people."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule: where it reads, what is done, and what an empty value does.

    `options`: each value of Loket with the HR values that stand for it, `mapped` of them in all. `entity`: for whom the
    rule counts in place of the company's; "" for the company's own.
    """

    entity: str
    source: str
    key: str
    origin: Text
    is_gone: bool
    acts: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    mapped: int
    empty: Text


@dataclass(frozen=True, slots=True)
class Line:
    """One field of Loket as the table shows it: the company's rule first, where it has one. `wrong`: keys of issues."""

    label: str
    rules: tuple[Shown, ...]
    status: Status
    wrong: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What the customer is asked to make in Personio, as it is typed over there."""

    label: str
    type: str
    options: tuple[str, ...]
    field: str
    seen: str
    asked: Asked


def groups(found: Overview) -> list[tuple[Text, list[Line]]]:
    """What is filled, by group, in the order of the catalogue."""
    shown = groupby(found.filled, key=lambda target: target.row.group)
    return [(GROUPS.get(group, group), [line(target) for target in targets]) for group, targets in shown]


def unfilled(rows: Iterable[Row]) -> list[tuple[Text, list[tuple[str, bool]]]]:
    """What nothing fills, by group; each with whether nobody new can be made without it."""
    shown = groupby(rows, key=lambda row: row.group)
    return [
        (GROUPS.get(group, group), [(names.field(r.target), r.is_required) for r in found]) for group, found in shown
    ]


def line(target: Target) -> Line:
    """One field in the reader's words."""
    row = target.row
    company = [_shown(row.rule, row.attribute)] if row.rule is not None else []
    own = [_shown(one.rule, one.attribute, one.entity.name) for one in target.own]
    return Line(names.field(row.target), (*company, *own), _status(target), tuple(issue.pk for issue in target.wrong))


def _status(target: Target) -> Status:
    if any(issue.is_blocking for issue in target.wrong):
        return STOPS
    found = STATES.get(target.row.state, STATES[State.DONE])
    return PUT_RIGHT if target.wrong and found.tone == "ok" else found


def _shown(rule: Rule, attribute: Attribute | None, entity: str = "") -> Shown:
    return Shown(
        entity=entity,
        source=attribute.label if attribute else rule.source or "",
        key=rule.source or "",
        origin=ORIGINS.get(attribute.origin, "") if attribute else "",
        is_gone=rule.source is not None and (attribute is None or not attribute.is_there),
        acts=tuple(_acts(rule)),
        options=_by_loket(rule.option_map),
        mapped=len(rule.option_map),
        empty=_empty(rule) if rule.source else "",
    )


def _by_loket(option_map: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, list[str]] = {}
    for hr_value, loket_value in option_map.items():
        found.setdefault(loket_value, []).append(hr_value)
    return tuple((loket, ", ".join(sorted(values))) for loket, values in sorted(found.items()))


def _empty(rule: Rule) -> Text:
    return NOT_SENT if rule.target in SCOPE_FIELDS else EMPTIES[rule.empty]


def _acts(rule: Rule) -> Iterator[str]:
    """What is done to a value, and to whom it goes; a plain one goes to everybody as it is."""
    if rule.source is None and rule.fallback is None:
        yield gettext("Not filled for this legal entity.")
    if rule.converter != "auto":
        setting = f" ({rule.argument})" if rule.argument else ""
        yield f"{converter(rule.converter)}{setting}."
    if rule.too_long is TooLong.SHORTEN:
        yield gettext("Shortened where Loket has no room, and the preview says so.")
    if rule.write_mode in WRITE_MODES:
        yield str(WRITE_MODES[rule.write_mode])
    if rule.fallback is not None:
        places = {"value": rule.fallback}
        if rule.source is None:
            yield gettext("New people get “%(value)s”.") % places
        else:
            yield gettext("New people without a value get “%(value)s”.") % places


def request(one: Asked) -> Request:
    """What is asked, with what differs where Personio shows something of that name."""
    asked = one.request
    seen = translated(one.seen)
    kind = TYPES.get(asked.type, asked.type)
    return Request(asked.label, kind, tuple(asked.options), names.field(asked.target), seen, one)
