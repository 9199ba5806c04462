"""What differs between two mapping sets, rule by rule. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mapping.catalogue import TARGETS
from mapping.rules import Rule

SETTINGS = (
    *("source", "converter", "argument", "fallback", "write_mode", "empty"),
    *("too_long", "decision", "former_source"),
)
"""Of a rule, in the order in which a difference names them; the options are told one by one."""
Place = tuple[str, int | None]
"""A target, and the legal entity for which the rule counts; None: the company's own."""


class Kind(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class OptionChange:
    """One HR value that stands for another option than before; None: it stood, or stands, for none."""

    hr_value: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One target that is filled in another way. `settings` and `options` are those that differ."""

    target: str
    entity: int | None
    kind: Kind
    before: Rule | None
    after: Rule | None
    settings: tuple[str, ...] = ()
    options: tuple[OptionChange, ...] = ()

    @property
    def is_moved(self) -> bool:
        """Whether it is read from another attribute than before."""
        return "source" in self.settings


def differences(before: Mapping[Place, Rule], after: Mapping[Place, Rule]) -> tuple[Difference, ...]:
    """What differs, in the order of the catalogue; for each target the company's rule first, then its legal entities'."""
    found = (_difference(place, before.get(place), after.get(place)) for place in {**before, **after})
    return tuple(sorted((one for one in found if one is not None), key=_in_order))


def _in_order(one: Difference) -> tuple[int, str, int]:
    return TARGETS.get(one.target, len(TARGETS)), one.target, -1 if one.entity is None else one.entity


def _difference(place: Place, before: Rule | None, after: Rule | None) -> Difference | None:
    if before == after:
        return None
    kind = Kind.ADDED if before is None else Kind.REMOVED if after is None else Kind.CHANGED
    settings = tuple(name for name in SETTINGS if _setting(before, name) != _setting(after, name))
    return Difference(*place, kind, before, after, settings, tuple(_options(before, after)))


def _setting(rule: Rule | None, name: str) -> object:
    return getattr(rule if rule is not None else _NOTHING, name)


_NOTHING = Rule("", None)


def _options(before: Rule | None, after: Rule | None) -> Iterator[OptionChange]:
    old = before.option_map if before else {}
    new = after.option_map if after else {}
    for hr_value in sorted({**old, **new}):
        if old.get(hr_value) != new.get(hr_value):
            yield OptionChange(hr_value, old.get(hr_value), new.get(hr_value))
