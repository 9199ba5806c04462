"""How far a mapping is: the state of each target, and how many of each group are done. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mapping.rules import Option, Rule, option_key


class State(StrEnum):
    """How a target stands. The order is that of what needs support most."""

    REQUIRED = "required"  # nobody new can be made without it, or it decides who is sent, and no attribute fills it
    GONE = "gone"  # its attribute is no longer there
    MIGRATION = "migration"  # a duplicate whose data is not decided on (rule 25)
    WAITS = "waits"  # the customer was asked to make the attribute
    VALUES = "values"  # values that occur stand for nothing in Loket
    DONE = "done"
    FIXED = "fixed"  # no attribute: a value for new people only
    OFF = "off"  # not filled for this legal entity, on purpose
    UNMAPPED = "unmapped"  # optional, and nobody mapped it


MAPPED = frozenset({State.DONE, State.FIXED})
OPEN = frozenset({State.REQUIRED, State.GONE, State.MIGRATION, State.WAITS, State.VALUES})
"""What keeps a legal entity from being enabled (rule 29), or is going to."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a target beside its rule. `values_missing`: how many values of its list stand for nothing."""

    is_required: bool = False
    is_gone: bool = False
    is_undecided: bool = False
    is_asked: bool = False
    values_missing: int = 0


def state_of(rule: Rule | None, facts: Facts) -> State:
    """How a target stands whose rule is this one; None: it has none."""
    if rule is None or rule.source is None:
        return _without_source(rule, facts)
    if facts.is_gone:
        return State.GONE
    if facts.is_undecided:
        return State.MIGRATION
    return State.VALUES if facts.values_missing else State.DONE


def _without_source(rule: Rule | None, facts: Facts) -> State:
    if facts.is_asked:
        return State.WAITS
    if facts.is_required:
        return State.REQUIRED
    if rule is None:
        return State.UNMAPPED
    return State.OFF if rule.fallback is None else State.FIXED


@dataclass(frozen=True, slots=True)
class Share:
    """One group of targets: how many are filled, and the state of each in the order of the catalogue."""

    group: str
    states: tuple[tuple[str, State], ...]
    counts: Mapping[State, int] = field(hash=False)

    @property
    def total(self) -> int:
        return len(self.states)

    @property
    def done(self) -> int:
        return sum(self.counts.get(state, 0) for state in MAPPED)


def shares(targets: Iterable[tuple[str, str, State]]) -> tuple[Share, ...]:
    """The groups in the order in which they come, from (group, target, state)."""
    found: dict[str, list[tuple[str, State]]] = {}
    for group, target, state in targets:
        found.setdefault(group, []).append((target, state))
    return tuple(
        Share(group, tuple(states), Counter(state for _target, state in states)) for group, states in found.items()
    )


def texts_of(options: Iterable[Option]) -> frozenset[str]:
    """What an HR value, or an entry of an option map, may say to mean one of these options: its text or its ISO code."""
    return frozenset(option_key(text) for option in options for text in (option.value, option.iso_code) if text)


def unmapped(values: Iterable[str], rule: Rule, texts: frozenset[str]) -> tuple[str, ...]:
    """The HR values that stand for nothing; `texts` are those of Loket's list, or the words that need no option map."""
    return tuple(value for value in values if not _stands(option_key(value), rule, texts))


def _stands(key: str, rule: Rule, texts: frozenset[str]) -> bool:
    return option_key(rule.option_map.get(key, key)) in texts
