"""The default mapping over the one in force: what is read from elsewhere then, and what stays as it is. Pure.

An attribute that support decided on in the workbench (rule 23) gives way to none while it is there. One that is away
gives way to none but one of its own label and type, which is a changed id. Whatever else the default mapping finds may
say something else of the same people, as the number of another payroll does: it is told, and left to a person (rule 24).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mapping import rules
from mapping.drift import Seen, is_alike
from mapping.resolve import Resolved
from mapping.rules import MappingSet, Rule


@dataclass(frozen=True, slots=True)
class Change:
    """One target: the rule that was in force, the one that the default mapping has, and the one to publish.

    `is_wanted`: the default mapping looks for an attribute. `was_there`: the one that was mapped can still be read.
    """

    rule: Rule
    former: Rule | None
    default: Rule | None
    is_wanted: bool = False
    was_there: bool = False

    @property
    def is_moved(self) -> bool:
        """Whether it is read from another attribute than before."""
        return self.former is not None and self.former.source not in (None, self.rule.source)

    @property
    def is_kept(self) -> bool:
        """Whether it stays with its attribute, for which the default mapping finds another one, or none."""
        is_same = self.former is not None and self.rule.source is not None and self.former.source == self.rule.source
        return is_same and self.is_wanted and self.found != self.rule.source

    @property
    def found(self) -> str | None:
        """The attribute that the default mapping finds."""
        return self.default.source if self.default else None

    @property
    def is_own(self) -> bool:
        """Whether its options or settings are support's own, or all of it."""
        if self.former is None or self.default is None:
            return self.former is not None and not self.is_wanted
        return replace(self.rule, source=None) != replace(self.default, source=None)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What publishing the default mapping makes of the one in force, target by target."""

    resolved: Resolved
    changes: tuple[Change, ...]

    @property
    def document(self) -> dict[str, Any]:
        """What to publish."""
        head, rows = self.resolved.document, tuple(change.rule for change in self.changes)
        return rules.to_dict(MappingSet(head["name"], head["version"], rows))

    @property
    def better(self) -> frozenset[str]:
        """Targets for which there is a better attribute now than the one mapped, though that is there too."""
        return frozenset(change.rule.target for change in self.changes if change.is_moved and change.was_there)


def renew(resolved: Resolved, former: MappingSet | None, attributes: Iterable[Seen]) -> Renewal:
    """The default mapping, found as `resolved`, over the one in force. `attributes`: all ever seen, also those gone."""
    known = {one.key: one for one in attributes}
    return Renewal(resolved, tuple(_changes(resolved, former.rules if former else (), known)))


def _changes(resolved: Resolved, former: Iterable[Rule], known: Mapping[str, Seen]) -> Iterator[Change]:
    """The targets of the default mapping first, then those that only the one in force has."""
    document = resolved.document
    defaults = {rule.target: rule for rule in rules.from_dict(document).rules} if document["rules"] else {}
    before = {rule.target: rule for rule in former}
    for target in [*defaults, *(target for target in before if target not in defaults)]:
        old, new = before.get(target), defaults.get(target)
        attribute = known.get(old.source) if old and old.source else None
        rule = _merged(old, new, resolved, known)
        yield Change(rule, old, new, target in resolved.ways, attribute is not None and attribute.is_there)


def _merged(old: Rule | None, new: Rule | None, resolved: Resolved, known: Mapping[str, Seen]) -> Rule:
    """What support has set wins; the default mapping adds what wasn't there."""
    if old is None or new is None:
        return next(rule for rule in (old, new) if rule is not None)
    return replace(
        old,
        source=_source(old, new, resolved, known),
        option_map={**new.option_map, **old.option_map},
        fallback=old.fallback or new.fallback,
    )


def _source(old: Rule, new: Rule, resolved: Resolved, known: Mapping[str, Seen]) -> str | None:
    if old.source is None or new.source is None or old.source == new.source:
        return new.source or old.source
    former = known.get(old.source)
    if former is not None and former.is_there:
        takes = old.decision is None and resolved.is_better(new.target, new.source, old.source)
    else:
        takes = former is not None and is_alike(known[new.source], former)
    return new.source if takes else old.source
