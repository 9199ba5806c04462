"""The words of the mapping workbench: groups, states, decisions, converters, reasons."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mapping.bench.catalog import Attribute
from mapping.bench.desk import SCOPE, Row
from mapping.bench.uses import Use, UseKind
from mapping.catalogue import Effect, FieldType, Group, LoketField, ScopeField
from mapping.converters import Converter
from mapping.coverage import Share, State
from mapping.models import HRAttribute
from mapping.rules import Decision, Empty, TooLong, WriteMode
from mapping.suggest import Reason, Suggestion
from mapping.wording import names
from mapping.wording.personio import TYPES
from mapping.wording.sections import TYPES as PORTAL_TYPES
from onboarding.wording.base import Status, Text

GROUPS: dict[str, Text] = {
    SCOPE: _("Who is sent"),
    Group.PERSON: _("Person"),
    Group.ADDRESS: _("Address"),
    Group.POSTAL_ADDRESS: _("Postal address"),
    Group.CONTACT: _("Contact"),
    Group.IDENTITY: _("Identity document"),
    Group.BANK: _("Bank"),
    Group.EMPLOYMENT: _("Employment"),
    Group.CONTRACT: _("Contract"),
    Group.PAYROLL: _("Payroll"),
    Group.WORKING_HOURS: _("Working hours"),
    Group.WORK_PATTERN: _("Work pattern"),
    Group.ORGANIZATION: _("Organisation"),
}

STATES: dict[State, Status] = {
    State.REQUIRED: Status(_("Required, missing"), "problem", _("Nobody can be sent to Loket without it.")),
    State.GONE: Status(_("Attribute gone"), "problem", _("The HR system no longer shows this attribute.")),
    State.MIGRATION: Status(
        _("Old data open"), "attention", _("Carry the old data over, or leave the copy empty on purpose.")
    ),
    State.WAITS: Status(_("Asked for"), "attention", _("The customer was asked to make the attribute.")),
    State.VALUES: Status(_("Values missing"), "attention", _("Some values stand for none of Loket's options.")),
    State.DONE: Status(_("Mapped"), "ok", _("An attribute fills it.")),
    State.FIXED: Status(_("Value for new people"), "ok", _("No attribute fills it; new people get a value.")),
    State.OFF: Status(_("Not filled here"), "", _("Left out for this legal entity.")),
    State.UNMAPPED: Status(_("Not mapped"), "", _("Optional: Loket keeps what it has.")),
}
SYMBOLS: dict[State, str] = {
    State.REQUIRED: "!",
    State.GONE: "×",
    State.MIGRATION: "…",
    State.WAITS: "…",
    State.VALUES: "≠",
    State.DONE: "✓",
    State.FIXED: "=",
    State.OFF: "–",
    State.UNMAPPED: "",
}
FILTERS: dict[str, Text] = {
    "all": _("All"),
    "open": _("To do"),
    "unmapped": _("Unmapped"),
    "values": _("Values missing"),
    "required": _("Required"),
    "changed": _("Changed"),
}
DECISIONS: dict[str, Text] = {
    Decision.CONNECT: _("Connected"),
    Decision.DUPLICATE: _("Duplicated"),
    Decision.CREATE: _("Created"),
}
WRITE_MODES: dict[str, Text] = {
    WriteMode.OVERWRITE: _("Overwrite"),
    WriteMode.ONLY_IF_EMPTY: _("Only if empty in Loket"),
    WriteMode.ONLY_FOR_NEW: _("Only for new people"),
}
SHORT_EMPTIES: dict[str, Text] = {Empty.KEEP: _("empty keeps"), Empty.CLEAR: _("empty clears")}
EMPTIES: dict[str, Text] = {
    Empty.KEEP: _("Loket keeps its value"),
    Empty.CLEAR: _("Loket's value is cleared"),
}
TOO_LONG: dict[str, Text] = {
    TooLong.REFUSE: _("A problem: it is not sent"),
    TooLong.SHORTEN: _("Shortened, and shown as such"),
}
CONVERTERS: dict[str, Text] = {
    "auto": _("As it is"),
    "upper": _("In capitals"),
    "lower": _("In small letters"),
    "without_dots": _("Without dots"),
    "street_name": _("Street out of an address"),
    "house_number": _("House number out of an address"),
    "house_number_addition": _("Addition out of an address"),
    "name_prefix": _("Prefix out of a last name"),
    "name_without_prefix": _("Last name without its prefix"),
    "initials_from_names": _("Initials of the first names"),
    "country_code": _("Country by name or code"),
    "nationality_name": _("Nationality by name or code"),
    "phone_e164": _("Phone number, international"),
    "iban": _("IBAN without blanks"),
    "date_day_first": _("Date, day first"),
    "date_month_first": _("Date, month first"),
    "date_excel": _("Date as a number of Excel"),
    "yes_no": _("Yes or no"),
    "full_time_hours": _("Part-time percentage to hours"),
    "whole_number": _("Whole number, zeros in front kept"),
    "decimal_number": _("Number with a comma or a point"),
}
ARGUMENTS: dict[str, Text] = {"hours": _("Hours of a full-time week")}
KINDS: dict[FieldType, Text] = {
    FieldType.TEXT: _("Text."),
    FieldType.INITIALS: _("Initials."),
    FieldType.INTEGER: _("A whole number."),
    FieldType.DECIMAL: _("A number with at most %(decimals)s decimals."),
    FieldType.DATE: _("A date."),
    FieldType.BOOLEAN: _("Yes or no."),
    FieldType.OPTION: _("One of Loket's list."),
    FieldType.BSN: _("A BSN. Always masked."),
    FieldType.IBAN: _("An IBAN. Always masked."),
    FieldType.PHONE: _("A phone number."),
    FieldType.EMAIL: _("An e-mail address."),
    FieldType.POSTCODE: _("A postcode."),
}
SHORT = frozenset({FieldType.TEXT, FieldType.INITIALS, FieldType.PHONE, FieldType.EMAIL, FieldType.POSTCODE})
EFFECTS: dict[Effect, Text] = {
    Effect.FIELD: _("With a value that doesn't fit, only this field is left out."),
    Effect.PERSON: _("With a value that doesn't fit, the person is not sent."),
}
ORIGINS: dict[str, Text] = {
    HRAttribute.Source.PERSONIO: "Personio",
    HRAttribute.Source.ROSTER: _("Roster"),
    HRAttribute.Source.PORTAL: _("Portal"),
}
USES: dict[UseKind, Text] = {
    UseKind.TARGET: _("%(target)s reads it too."),
    UseKind.ENTITY: _("For %(entity)s, %(target)s reads it."),
    UseKind.OTHER_SET: _("%(mapping_set)s reads it for %(target)s."),
    UseKind.DUPLICATE: _("A copy was made of it: %(name)s."),
    UseKind.ALLOW_LIST: _("What other integrations may read in Personio is listed there attribute by attribute."),
    UseKind.REPORTS: _("Reports in Personio and other integrations may use it."),
}


@dataclass(frozen=True, slots=True)
class Example:
    """What a converter does, shown on a value of nobody."""

    name: str
    label: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One target as the table shows it. `place` is its id on the page."""

    row: Row
    place: str
    label: str
    key: str
    source: str
    status: Status
    options: str
    decision: Text
    converter: Text
    write: Text
    empty: Text
    section: Text
    group: Text


@dataclass(frozen=True, slots=True)
class Square:
    """One target in the picture of coverage."""

    place: str
    state: State
    symbol: str
    told: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group in the picture of coverage."""

    key: str
    label: Text
    done: int
    total: int
    squares: tuple[Square, ...]
    told: str


def place_of(target: str) -> str:
    """The id of a target on the page."""
    return "t-" + target.replace(".", "-")


def line(row: Row) -> Line:
    """A row in the reader's words."""
    rule = row.rule
    is_plain = rule is None or rule.source is None
    return Line(
        row=row,
        place=place_of(row.target),
        label=names.field(row.target),
        key=row.target.rpartition(".")[2],
        source=_source(row),
        status=STATES[row.state],
        options=_options(row),
        decision=DECISIONS.get(rule.decision or "", "") if rule else "",
        converter="" if is_plain or rule is None or rule.converter == "auto" else converter(rule.converter),
        write="" if rule is None or row.state is State.OFF else WRITE_MODES[rule.write_mode],
        empty="" if is_plain or rule is None else SHORT_EMPTIES[rule.empty],
        section=_section(row.attribute),
        group=GROUPS.get(row.group, row.group),
    )


def _source(row: Row) -> str:
    if row.attribute is not None:
        return called(row.attribute)
    return row.rule.source or "" if row.rule else ""


def _section(attribute: Attribute | None) -> Text:
    if attribute is None or attribute.origin != HRAttribute.Source.PORTAL:
        return ""
    return gettext("Portal, %(section)s") % {"section": attribute.section}


def _options(row: Row) -> str:
    if row.listed:
        return gettext("%(mapped)s of %(listed)s values") % {"mapped": row.mapped, "listed": row.listed}
    count = len(row.rule.option_map) if row.rule else 0
    return ngettext("%(count)s value mapped", "%(count)s values mapped", count) % {"count": count} if count else ""


def converter(name: str) -> Text:
    """What a converter does; one of a later version is shown by its name."""
    return CONVERTERS.get(name, name)


def examples(converters: Iterable[Converter]) -> list[Example]:
    """What each converter does with an example."""
    return [Example(one.name, converter(one.name), one.example_in, one.example_out) for one in converters]


def called(attribute: Attribute) -> str:
    """What an attribute is called."""
    return names.field(attribute.meant_for) if attribute.meant_for else attribute.label


def type_of(attribute: Attribute) -> Text:
    """The kind of an attribute; a column of a roster is what its cells are."""
    if attribute.origin == HRAttribute.Source.ROSTER:
        return ""
    table = PORTAL_TYPES if attribute.origin == HRAttribute.Source.PORTAL else TYPES
    return table.get(attribute.type) or PORTAL_TYPES.get(attribute.type) or attribute.type


def reason(found: Suggestion) -> str:
    """Why an attribute is suggested, as people say it."""
    if found.reason is Reason.SIMILAR:
        return gettext("similar %(score)s") % {"score": f"{found.score:.2f}"}
    told = {Reason.SAME_LABEL: gettext("same label"), Reason.SYNONYM: gettext("synonym")}.get(found.reason)
    times = (
        ngettext("chosen once before", "chosen %(times)s times before", found.times) % {"times": found.times}
        if found.times
        else None
    )
    return ", ".join(part for part in (told, times) if part)


def use(found: Use) -> str:
    """What still uses an attribute that another took the place of."""
    places = {"entity": found.entity, "mapping_set": found.mapping_set, "name": found.name}
    return str(USES[found.kind]) % {**places, "target": names.field(found.target)}


def groups(shares: Iterable[Share]) -> tuple[GroupLine, ...]:
    """The picture of coverage: each group with a square for each of its targets."""
    return tuple(_group(share) for share in shares)


def _group(share: Share) -> GroupLine:
    label = GROUPS.get(share.group, share.group)
    places = {"group": label, "done": share.done, "total": share.total}
    told = gettext("%(group)s: %(done)s of %(total)s filled") % places
    return GroupLine(share.group, label, share.done, share.total, tuple(_square(*one) for one in share.states), told)


def _square(target: str, state: State) -> Square:
    return Square(place_of(target), state, SYMBOLS[state], f"{names.field(target)}: {STATES[state].word}")


def about(field: LoketField | ScopeField) -> str:
    """What fits in a field of Loket, and what a value that doesn't fit costs."""
    if isinstance(field, ScopeField):
        return gettext("It decides who is sent to Loket: %(values)s.") % {"values": ", ".join(field.values)}
    told = [str(KINDS[field.type]) % {"limit": field.limit, "decimals": field.decimals}]
    if field.limit and field.type in SHORT:
        told.append(gettext("At most %(limit)s characters.") % {"limit": field.limit})
    told.append(str(EFFECTS[field.effect]))
    if not field.nullable:
        told.append(gettext("Loket never lets it be emptied."))
    return " ".join(told)


def legend() -> list[tuple[State, str, Text]]:
    """What the squares of the picture mean."""
    return [(state, SYMBOLS[state], STATES[state].word) for state in State if state is not State.OFF]
