"""What the editor of one target offers: attributes that may fill it, converters, Loket's options for the HR values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mapping.bench import suggestions
from mapping.bench.catalog import Attribute
from mapping.bench.decisions import Wish, wish_for
from mapping.bench.desk import Desk, Row
from mapping.bench.uses import Use, uses_of
from mapping.catalogue import LoketField, ScopeField
from mapping.converters import Converter, for_field, option_for
from mapping.models import HRAttribute, Section
from mapping.rules import Option, Rule, option_key
from mapping.suggest import Suggestion, suggest_option

SHORT_LIST = 25


@dataclass(frozen=True, slots=True)
class Value:
    """One HR value and what it stands for. `suggested`: what it may mean where it stands for nothing yet.

    `is_listed`: whether what it stands for is written as Loket's list has it, so that a select can show it; an ISO code
    isn't, nor is an option that went.
    """

    text: str
    stands_for: str
    by_itself: str
    suggested: str
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Editor:
    """`values` are those that the attribute lists or the option map has; who really has which is for `sync` to show."""

    row: Row
    suggestions: tuple[tuple[Suggestion, Attribute], ...]
    converters: tuple[Converter, ...]
    options: tuple[Option, ...]
    values: tuple[Value, ...]
    uses: tuple[Use, ...]
    former: Attribute | None
    wish: Wish
    sections: tuple[Section, ...]

    @property
    def lacks_list(self) -> bool:
        """Whether Loket's list is still unknown: nobody has signed in at Loket yet."""
        return self.row.is_list and not self.options

    @property
    def is_long(self) -> bool:
        """Whether Loket's list is too long to stand beside every value."""
        return len(self.options) > SHORT_LIST

    @property
    def may_duplicate(self) -> bool:
        """Only a list has options that may differ; without Loket's there is nothing to copy."""
        return isinstance(self.row.field, LoketField) and bool(self.row.field.options) and bool(self.options)

    @property
    def is_undecided(self) -> bool:
        """Whether the target reads a duplicate whose old data is still open (rule 25)."""
        attribute = self.row.attribute
        return attribute is not None and attribute.migration == HRAttribute.Migration.OPEN


def editor(desk: Desk, row: Row) -> Editor:
    """Everything that the editor of a row shows."""
    options = options_of(desk, row)
    former = row.rule.former_source if row.rule else None
    found = suggestions.for_row(desk, row) if desk.draft else ()
    return Editor(
        row=row,
        suggestions=tuple((one, desk.attributes[one.key]) for one in found),
        converters=for_field(row.field) if isinstance(row.field, LoketField) else (),
        options=options,
        values=_values(row, options),
        uses=tuple(uses_of(desk.company, former, desk.source, row.target)) if former else (),
        former=desk.attributes.get(former or ""),
        wish=wish_for(row, tuple(option.value for option in options)),
        sections=tuple(Section.objects.filter(company=desk.company)),
    )


def options_of(desk: Desk, row: Row) -> tuple[Option, ...]:
    """What an HR value may stand for: Loket's list, or the words that decide who is sent; () where there is no list."""
    if isinstance(row.field, ScopeField):
        return tuple(Option(value, value) for value in row.field.values)
    return tuple(desk.lists.get(row.field.options, ())) if row.field.options else ()


def _values(row: Row, options: tuple[Option, ...]) -> tuple[Value, ...]:
    """Those without a counterpart first: they are what is left to do."""
    rule = row.rule
    if not row.is_list or rule is None or row.attribute is None:
        return ()
    listed = {option_key(text): text for text in (*rule.option_map, *row.attribute.options)}
    own = {option_key(text): option.value for option in options for text in (option.iso_code, option.value) if text}
    found = [
        _value(text, rule.option_map.get(key, ""), _by_itself(rule, text, own, options), options)
        for key, text in listed.items()
    ]
    return tuple(sorted(found, key=lambda one: bool(one.stands_for or one.by_itself)))


def _by_itself(rule: Rule, text: str, own: Mapping[str, str], options: tuple[Option, ...]) -> str:
    """What a value stands for without an entry of its own in the option map."""
    key = option_key(text)
    if rule.converter == "auto":
        return own.get(key, "")
    rest = {name: value for name, value in rule.option_map.items() if name != key}
    found = option_for(replace(rule, option_map=rest), text, options)
    return found.value if isinstance(found, Option) else ""


def _value(text: str, stands_for: str, by_itself: str, options: tuple[Option, ...]) -> Value:
    is_open = not (stands_for or by_itself)
    best = suggest_option(text, options) if is_open else ()
    is_listed = not stands_for or any(option.value == stands_for for option in options)
    return Value(text, stands_for, by_itself, best[0].option.value if best else "", is_listed)
