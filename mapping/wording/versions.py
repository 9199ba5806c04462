"""What differs between two versions of a mapping, and what happened to a draft, as people read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mapping.bench.catalog import Attribute
from mapping.compare import Difference, Kind, OptionChange
from mapping.models import MappingChange
from mapping.rules import Rule
from mapping.wording import names
from mapping.wording import workbench as words
from onboarding.wording.base import Text

KINDS: dict[Kind, Text] = {Kind.ADDED: _("Added"), Kind.REMOVED: _("Removed"), Kind.CHANGED: _("Changed")}
SETTINGS: dict[str, Text] = {
    "source": _("HR attribute"),
    "converter": _("Converter"),
    "argument": _("Setting of the converter"),
    "fallback": _("Value for new people"),
    "write_mode": _("Written"),
    "empty": _("If HR has nothing"),
    "too_long": _("If it is too long"),
    "decision": _("Decision"),
    "former_source": _("Former HR attribute"),
    "options": _("Values"),
}
MOST_OPTIONS = 25
WHOLE: dict[str, Text] = {
    "begun": _("Draft begun"),
    "published": _("Published"),
    "discarded": _("Draft discarded"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that differs; "" is nothing."""

    name: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One target that is filled in another way; `entity` where it counts for one legal entity only."""

    target: str
    label: str
    entity: str
    kind: Text
    settings: tuple[Setting, ...]
    options: tuple[OptionChange, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history of drafts."""

    change: MappingChange
    label: Text
    settings: tuple[Setting, ...]
    is_undone: bool


def changes(
    found: Iterable[Difference], attributes: Mapping[str, Attribute], entities: Mapping[int, str]
) -> list[Change]:
    """The differences in the reader's words."""
    return [_change(one, attributes, entities) for one in found]


def _change(one: Difference, attributes: Mapping[str, Attribute], entities: Mapping[int, str]) -> Change:
    before, after = one.before or Rule(one.target, None), one.after or Rule(one.target, None)
    settings = (_setting(name, before, after, attributes) for name in one.settings)
    entity = entities.get(one.entity, "?") if one.entity is not None else ""
    return Change(one.target, names.field(one.target), entity, KINDS[one.kind], tuple(settings), one.options)


def _setting(name: str, before: Rule, after: Rule, attributes: Mapping[str, Attribute]) -> Setting:
    return Setting(
        SETTINGS[name], value(name, getattr(before, name), attributes), value(name, getattr(after, name), attributes)
    )


def value(name: str, said: Any, attributes: Mapping[str, Attribute]) -> str:
    """What a setting says."""
    text = str(said or "")
    if name in ("source", "former_source"):
        attribute = attributes.get(text)
        return f"{words.called(attribute)} ({text})" if attribute and attribute.label != text else text
    tables: dict[str, Mapping[Any, Text]] = {
        "converter": words.CONVERTERS,
        "write_mode": words.WRITE_MODES,
        "empty": words.EMPTIES,
        "too_long": words.TOO_LONG,
        "decision": words.DECISIONS,
    }
    return str(tables.get(name, {}).get(text, text))


def as_it_is(rule: Rule | None, typed: Mapping[str, str], attributes: Mapping[str, Attribute]) -> list[tuple[str, str]]:
    """The settings of a rule, and what values mean in it that were `typed` otherwise; none where there is no rule."""
    if rule is None:
        return []
    names = [name for name in SETTINGS if name != "options" and getattr(rule, name)]
    found = [(str(SETTINGS[name]), value(name, getattr(rule, name), attributes)) for name in names]
    others = [(key, text) for key, text in rule.option_map.items() if typed.get(key) != text]
    return found + [(f"{SETTINGS['options']}, {key}", text) for key, text in others]


def event(change: MappingChange, attributes: Mapping[str, Attribute]) -> Event:
    """A line of the history: of one target, or of the draft as a whole."""
    is_undone = getattr(change, "undone_by", None) is not None
    if not change.target:
        label = next((told for name, told in WHOLE.items() if name in (change.after or {})), _("Draft"))
        return Event(change, label, (), is_undone)
    settings = tuple(_of_history(change.before or {}, change.after or {}, attributes))
    return Event(change, names.field(change.target), settings, is_undone)


def _of_history(
    before: Mapping[str, Any], after: Mapping[str, Any], attributes: Mapping[str, Attribute]
) -> Iterable[Setting]:
    for name, label in SETTINGS.items():
        old, new = before.get(name), after.get(name)
        if name == "options":
            yield from _options(label, old or {}, new or {})
        elif (old or "") != (new or ""):
            yield Setting(label, value(name, old, attributes), value(name, new, attributes))


def _options(label: Text, old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[Setting]:
    """Value by value where a few stand for something else; a whole list that comes or goes, or a long one, as a number."""
    changed = [key for key in sorted({**old, **new}) if old.get(key) != new.get(key)]
    if old and new and len(changed) <= MOST_OPTIONS:
        for key in changed:
            yield Setting(f"{label}, {key}", old.get(key, ""), new.get(key, ""))
    elif changed:
        yield Setting(label, _count(old), _count(new))


def _count(options: Any) -> str:
    return gettext("%(count)s mapped") % {"count": len(options)} if options else ""
