"""What no longer fits between a mapping and the attributes that the HR system defines now. Pure; `definitions` asks.

It looks only at what is: the attributes as they were defined last, with those that are gone. So the same question on
the next day finds the same thing while it is not mended, and nothing once it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mapping.catalogue import LOKET_FIELDS, PLACE, SCOPE_FIELDS, SUBCOMPANY, FieldType, described, is_needed
from mapping.converters import Fault, find_option, option_for
from mapping.resolve import Ambiguous, Lacking, Resolved, Typed, label_key
from mapping.rules import MappingSet, Option, Rule, ValueLists, option_key
from mapping.words import UNDERSTOOD

ATTRIBUTE_MISSING = "attribute_missing"
ATTRIBUTE_AMBIGUOUS = "attribute_ambiguous"
ATTRIBUTE_UNUSED = "attribute_unused"
ATTRIBUTE_ID_CHANGED = "attribute_id_changed"
OPTION_RENAMED = "option_renamed"
OPTION_UNMAPPED = "option_unmapped"
LOKET_VALUE_GONE = "loket_value_gone"
KINDS = (
    *(ATTRIBUTE_MISSING, ATTRIBUTE_AMBIGUOUS, ATTRIBUTE_UNUSED, ATTRIBUTE_ID_CHANGED),
    *(OPTION_RENAMED, OPTION_UNMAPPED),
)
"""What a look at Personio finds; `LOKET_VALUE_GONE` is found by a look at Loket's lists."""
NAMES_SHOWN = 3


class Seen(Typed, Protocol):
    """An attribute as it was seen last. `renamed`: a new option's text and the one it had, while that isn't undone."""

    @property
    def options(self) -> Sequence[str]: ...
    @property
    def renamed(self) -> Mapping[str, str]: ...
    @property
    def is_there(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing to mend. `subject` tells two of a kind apart; `is_blocking`: no sync until it is mended."""

    kind: str
    subject: str
    params: dict[str, Any]
    is_blocking: bool = False


def of_mapping(mapping: MappingSet, attributes: Iterable[Seen], lists: ValueLists) -> list[Drift]:
    """Attributes that the mapping reads and that are gone, and options of theirs that stand for nothing in Loket.

    `lists` are Loket's value lists as far as they are known; about options of an unknown list only a renaming is told.
    """
    known = {one.key: one for one in attributes}
    readers: dict[str, list[Rule]] = {}
    for rule in mapping.rules:
        if rule.source is not None:
            readers.setdefault(rule.source, []).append(rule)
    found: list[Drift] = []
    for key, rules in readers.items():
        attribute = known.get(key)
        if attribute is None or not attribute.is_there:
            found.append(_gone(key, attribute, rules, [one for one in known.values() if one.key not in readers]))
        else:
            found += [drift for rule in rules for drift in _options(attribute, rule, lists)]
    return found


def of_account(attributes: Iterable[Seen]) -> list[Drift]:
    """What every account must show whatever the mapping is, and doesn't: for which legal entity somebody works."""
    former = next((one for one in attributes if one.key == SUBCOMPANY), None)
    if former is not None and former.is_there:
        return []
    params = {"label": former.label if former else SUBCOMPANY.capitalize(), "key": SUBCOMPANY, **_fields([PLACE.key])}
    return [Drift(ATTRIBUTE_MISSING, SUBCOMPANY, params, is_blocking=True)]


def beside(
    mapping: MappingSet, resolved: Resolved, attributes: Iterable[Seen], better: Collection[str] = (), *, is_own: bool
) -> list[Drift]:
    """What a mapping made from the default document lacks of it: not found, found twice, or found since.

    `better` are targets for which another attribute than the mapped one is meant by the default document now. `is_own`:
    support has chosen target by target, so only what no sync can do without, and what isn't there, is told.
    """
    labels = {one.key: one.label for one in attributes}
    filled = {rule.target for rule in mapping.rules if rule.source is not None}
    found = [_not_found(lacking) for lacking in resolved.missing if lacking.target not in filled]
    found += [_twice(several) for several in resolved.ambiguous if several.target not in filled]
    if is_own:
        return [one for one in found if one.is_blocking]
    for row in resolved.document["rules"]:
        if row.get("source") and (row["target"] not in filled or row["target"] in better):
            params = {"label": labels[row["source"]], "key": row["source"], **_fields([row["target"]])}
            found.append(Drift(ATTRIBUTE_UNUSED, row["target"], params, is_needed(row["target"])))
    return found


def _gone(key: str, former: Seen | None, rules: Sequence[Rule], others: Iterable[Seen]) -> Drift:
    """Gone, or there under another key: then there is exactly one other that is called the same and is of its type."""
    targets = [rule.target for rule in rules]
    is_blocking = any(map(is_needed, targets))
    params = {"label": former.label if former else key, "key": key, **_fields(targets)}
    alike = [one for one in others if former and one.is_there and is_alike(one, former)]
    if len(alike) == 1:
        return Drift(ATTRIBUTE_ID_CHANGED, key, {**params, "old": key, "new": alike[0].key}, is_blocking)
    return Drift(ATTRIBUTE_MISSING, key, params, is_blocking)


def is_alike(one: Seen, other: Seen) -> bool:
    """Whether one may be the other with another id: they are called the same and are of one type."""
    return label_key(one.label) == label_key(other.label) and one.type == other.type


def _not_found(lacking: Lacking) -> Drift:
    params = {"label": _named(lacking.wanted), "key": "", **_fields([lacking.target])}
    return Drift(ATTRIBUTE_MISSING, lacking.target, params, is_needed(lacking.target))


def _twice(several: Ambiguous) -> Drift:
    found = [f"{label} ({key})" for label, key in several.found]
    params = {"label": _named(several.wanted), "found": found, **_fields([several.target])}
    return Drift(ATTRIBUTE_AMBIGUOUS, several.target, params, is_needed(several.target))


def _named(wanted: Sequence[str]) -> str:
    return " / ".join(wanted[:NAMES_SHOWN])


def _fields(targets: Iterable[str]) -> dict[str, Any]:
    """What it fills in Loket, in both languages: the pages that show it don't know the catalogue."""
    fields = [described(target) for target in dict.fromkeys(targets)]
    return {"fields": [{"label": field.label, "label_nl": field.label_nl} for field in fields]}


def _options(attribute: Seen, rule: Rule, lists: ValueLists) -> Iterator[Drift]:
    """Renamed ones first, each with its former text; the others in one list."""
    if not _has_list(rule.target):
        return
    unmapped = [option for option in attribute.options if _is_unmapped(option, rule, lists) is not False]
    params = {"label": attribute.label, "key": attribute.key, **_fields([rule.target])}
    renamed = [option for option in unmapped if option in attribute.renamed]
    for option in renamed:
        subject = f"{attribute.key} {rule.target} {option}"
        more = {"old": attribute.renamed[option], "new": option}
        yield Drift(OPTION_RENAMED, subject, params | more, is_needed(rule.target))
    others = [option for option in unmapped if option not in renamed and _is_unmapped(option, rule, lists)]
    if others:
        yield Drift(OPTION_UNMAPPED, f"{attribute.key} {rule.target}", params | {"options": others})


def _has_list(target: str) -> bool:
    return target in SCOPE_FIELDS or LOKET_FIELDS[target].type is FieldType.OPTION


def _is_unmapped(option: str, rule: Rule, lists: ValueLists) -> bool | None:
    """Whether an option stands for nothing in Loket; None where Loket's list is not known."""
    if option_key(option) in rule.option_map:
        return False
    if rule.target in SCOPE_FIELDS:
        return option_key(option) not in UNDERSTOOD[rule.target]
    found = option_for(rule, option, lists.get(LOKET_FIELDS[rule.target].options))
    return None if found == Fault("no_value_list") else isinstance(found, Fault) and found.code != "ambiguous_option"


def vanished(rule: Rule, lists: ValueLists, gone: ValueLists) -> list[Drift]:
    """The values of Loket's list that a rule names and that are in no list any more, though they were in one.

    `lists` are Loket's lists as they are now, of all administrations together, `gone` what one of them had once. What was
    never there has not vanished: that it stands for nothing is told where it is mapped.
    """
    field = LOKET_FIELDS.get(rule.target)
    if field is None or field.type is not FieldType.OPTION:
        return []
    now, before = lists.get(field.options), gone.get(field.options)
    wanted = dict.fromkeys([*rule.option_map.values(), *([rule.fallback] if rule.fallback else [])])
    found = [_vanished(rule, text, now or (), find_option(text, {}, before)) for text in wanted if _is_away(text, now)]
    return [one for one in found if one is not None]


def _is_away(text: str, options: tuple[Option, ...] | None) -> bool:
    """Of a list that isn't known nobody can say."""
    found = find_option(text, {}, options)
    return isinstance(found, Fault) and found.code == "unmapped_option"


def _vanished(rule: Rule, text: str, now: Sequence[Option], former: Option | Fault) -> Drift | None:
    if isinstance(former, Fault):
        return None
    same_key = next((option.value for option in now if option.key == former.key), "")
    params = {"value": text, "now": same_key, **_fields([rule.target])}
    return Drift(LOKET_VALUE_GONE, f"{rule.target} {text}", params, is_needed(rule.target))


def renamed_options(former: Sequence[str], now: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Which options have another text than the mapping was made for: the new text, and the first one.

    One gone and one new is a renaming; more of them at once are not told apart. `known` are the renamings so far; one
    that was undone, or whose option went, is no longer among them.
    """
    gone, came = only_in(former, now), only_in(now, former)
    found = dict(known)
    if len(gone) == len(came) == 1:
        found[came[0]] = known.get(gone[0], gone[0])
    return {new: old for new, old in found.items() if new in now and old not in now}


def only_in(these: Iterable[str], those: Iterable[str]) -> tuple[str, ...]:
    """The options that the others lack, compared as HR values are."""
    others = {option_key(one) for one in those}
    return tuple(one for one in these if option_key(one) not in others)
