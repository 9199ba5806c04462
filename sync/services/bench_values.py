"""The values that really occur for one target, with how many people have each and what it becomes in Loket."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, FieldType
from mapping.converters import Fault, convert, find_option, option_for
from mapping.models import MappingSet
from mapping.rules import Option, Rule, ValueLists, option_key
from mapping.suggest import OptionSuggestion, suggest_option
from mapping.words import UNDERSTOOD
from onboarding.models import LegalEntity
from sync import diff
from sync.records import Sealed
from sync.services import bench, bench_people

MOST = 500
"""So many distinct values are shown, the most frequent first."""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One HR value. `shown` is for the screen; `key` goes back in the form, "" where values are hidden.

    `chosen` is what the option map has for it, `becomes` what it is in Loket now (""; then `fault` has the code and
    `params` its places), `suggestions` what it may mean.
    """

    number: int
    shown: str
    key: str
    count: int
    chosen: str = ""
    becomes: str = ""
    fault: str = ""
    params: Mapping[str, str] | None = None
    suggestions: tuple[OptionSuggestion, ...] = ()

    @property
    def is_stray(self) -> bool:
        """Whether the option map names something that Loket's list hasn't got."""
        return bool(self.chosen) and not self.becomes

    @property
    def best(self) -> OptionSuggestion | None:
        return next(iter(self.suggestions), None)


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one target. `options` are the texts of Loket's list; empty and `is_list`: it isn't known yet.

    `unread`: the legal entities of whose people the attribute was not read yet, `more`: how many values aren't shown.
    """

    target: str
    source: str
    label: str
    rows: tuple[ValueRow, ...] = ()
    options: tuple[str, ...] = ()
    people: int = 0
    empty: int = 0
    more: int = 0
    is_list: bool = False
    is_hidden: bool = False
    entities: tuple[LegalEntity, ...] = ()
    unread: tuple[LegalEntity, ...] = ()

    @property
    def unmapped(self) -> int:
        """How many of the shown values stand for nothing in Loket."""
        return sum(1 for row in self.rows if row.fault and row.count)


def read(mapping_set: MappingSet, target: str, entity_pk: str = "", key: str = "") -> Values:
    """The distinct values of what fills a target, or of the attribute `key` in its place.

    Raises LegalEntity.DoesNotExist, and KeyError for what is no target.
    """
    if target not in LOKET_FIELDS and target not in SCOPE_FIELDS:
        raise KeyError(target)
    place = bench.place(mapping_set, entity_pk)
    rule = bench.rule_of(place.rules, target, key)
    label = bench.labels_of(mapping_set).get(rule.source or "", rule.source or "")
    entities = bench.following(place, target)
    is_list = target in SCOPE_FIELDS or LOKET_FIELDS[target].type is FieldType.OPTION
    if rule.source is None:
        return Values(target, "", "", is_list=is_list, options=_texts(_options(target, entities)), entities=entities)
    looks = [bench_people.look(one, mapping_set, [rule.source]) for one in entities]
    readable = [one for one in looks if bench_people.has_text(one, rule.source or "")]
    counts, empty = _counted(readable, rule.source, is_list=is_list)
    is_hidden = rule.source in bench.hidden_keys(mapping_set) or bench.is_sensitive(target)
    options = _options(target, entities)
    rows = _hidden(counts) if is_hidden else _rows(rule, counts, options, is_list=is_list)
    return Values(
        target=target,
        source=rule.source,
        label=label,
        rows=rows[:MOST],
        options=_texts(options),
        people=sum(counts.values()) + empty,
        empty=empty,
        more=max(0, len(rows) - MOST),
        is_list=is_list,
        is_hidden=is_hidden,
        entities=entities,
        unread=tuple(one.entity for one in looks if one not in readable),
    )


def _counted(looks: Iterable[bench_people.Look], key: str, *, is_list: bool) -> tuple[Counter[str], int]:
    """How many people have each value; of a list, spellings that an option map doesn't tell apart are one."""
    counts, spelled, empty = Counter[str](), dict[str, str](), 0
    for found in looks:
        for _record, value in bench_people.texts(found, key):
            if value is None:
                empty += 1
                continue
            text = value.masked if isinstance(value, Sealed) else value.strip()
            counts[spelled.setdefault(option_key(text) if is_list else text, text)] += 1
    return counts, empty


def _options(target: str, entities: Iterable[LegalEntity]) -> tuple[Option, ...]:
    """Loket's options for a target, of all these entities; what decides who is sent has its own few words."""
    if target in SCOPE_FIELDS:
        return tuple(Option(value, value) for value in SCOPE_FIELDS[target].values)
    field, found = LOKET_FIELDS[target], dict[tuple[str, str | None], Option]()
    if field.type is FieldType.OPTION:
        for entity in entities:
            lists: ValueLists = bench.lists_of(entity)
            for option in lists.get(field.options, ()):
                found.setdefault((option.value, option.iso_code), option)
    return tuple(found.values())


def _texts(options: Iterable[Option]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(option.value for option in options))


def _hidden(counts: Counter[str]) -> tuple[ValueRow, ...]:
    """Masked: how many there are of each says nothing, so they are counted together where they look alike."""
    masked = Counter[str]()
    for text, count in counts.items():
        masked[bench.masked(text)] += count
    return tuple(ValueRow(number, text, "", count) for number, (text, count) in enumerate(masked.most_common()))


def _rows(rule: Rule, counts: Counter[str], options: tuple[Option, ...], *, is_list: bool) -> tuple[ValueRow, ...]:
    """Values that occur, the most frequent first; then those that the option map has and nobody."""
    known = {option_key(text) for text in counts}
    unused = [text for text in rule.option_map if text not in known] if is_list else []
    values = [*counts.most_common(), *((text, 0) for text in unused)]
    make = _option_row if is_list else _plain_row
    return tuple(make(number, rule, text, count, options) for number, (text, count) in enumerate(values))


def _option_row(number: int, rule: Rule, text: str, count: int, options: tuple[Option, ...]) -> ValueRow:
    chosen = rule.option_map.get(option_key(text), "")
    found = _meant(rule, text, options)
    if isinstance(found, Option):
        return ValueRow(number, text, text, count, chosen, found.value)
    suggestions = () if chosen else suggest_option(text, options)
    fault = found or Fault("")
    return ValueRow(number, text, text, count, chosen, "", fault.code, fault.params, suggestions)


def _meant(rule: Rule, text: str, options: tuple[Option, ...]) -> Option | Fault | None:
    """What the value stands for now; None where nobody can tell before Loket's list is known."""
    if rule.target not in SCOPE_FIELDS:
        return option_for(rule, text, options) if options else None
    known = UNDERSTOOD[rule.target].get(option_key(text), "")
    return find_option(rule.option_map.get(option_key(text), known) or text, {}, options)


def _plain_row(number: int, rule: Rule, text: str, count: int, options: tuple[Option, ...]) -> ValueRow:
    if rule.target in SCOPE_FIELDS:
        return ValueRow(number, text, text, count)
    field = LOKET_FIELDS[rule.target]
    made = convert(field, text, rule.converter, rule.argument, rule.too_long)
    if isinstance(made, Fault):
        return ValueRow(number, text, text, count, fault=made.code, params=made.params)
    return ValueRow(number, text, text, count, becomes=diff.display(field, made))
