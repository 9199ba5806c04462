"""From a mapping document that names attributes by what they are called to one that names them by key. Pure.

A customer's attribute has a key that no other account has ("dynamic_24407"), so the default mapping can't know it. It
asks for it: by key (attributes that every account has), by Personio's universal id, or by label in several languages.
Labels are equal or they are not: nothing similar is ever taken.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Named(Protocol):
    """An attribute by its key, with what it is called."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...


class Typed(Named, Protocol):
    """An attribute that says what kind of value it holds."""

    @property
    def type(self) -> str: ...


class Defined(Named, Protocol):
    """An attribute as the HR system defines it; a Definition of Personio is one, a stored HRAttribute too."""

    @property
    def universal_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Lacking:
    """A target for which no attribute was found, and under which names it was looked for."""

    target: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A target that two or more attributes fit equally well: a person decides. `found` are their labels and keys."""

    target: str
    wanted: tuple[str, ...]
    found: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The document with keys for sources, ready for `rules.from_dict`. What was not found has no source in it.

    `ways` has, for each target that looks for an attribute, the keys of those that fit, a set for each wish in turn.
    """

    document: dict[str, Any]
    missing: tuple[Lacking, ...] = ()
    ambiguous: tuple[Ambiguous, ...] = ()
    ways: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.ambiguous

    def is_better(self, target: str, key: str, other: str) -> bool:
        """Whether one attribute fits an earlier wish than another, which fits a later one; else the first wish of all."""
        ranks = [number for number, keys in enumerate(self.ways[target]) if other in keys]
        return any(key in keys for keys in self.ways[target][: ranks[0] if ranks else 1])


def label_key(text: str) -> str:
    """How labels are compared: without case, punctuation, outer and double blanks. "E-mail " is "email"."""
    return " ".join(re.sub(r"[^\w\s]|_", "", unicodedata.normalize("NFC", text)).split()).casefold()


def resolve(document: Mapping[str, Any], definitions: Iterable[Defined]) -> Resolved:
    """The document for one account. A rule whose attribute isn't there stays with its fallback, or goes without one.

    Raises ValueError, naming the rule, where a source is written in no known way.
    """
    known = list(definitions)
    rows = [row for row in document.get("rules") or () if isinstance(row, Mapping)]
    by_key = {name for row in rows for name in _wishes(row) if isinstance(name, str)}
    labelled = [one for one in known if one.key not in by_key]  # a label of Personio's own attributes is no sign
    kept: list[dict[str, Any]] = []
    missing: list[Lacking] = []
    ambiguous: list[Ambiguous] = []
    ways: dict[str, tuple[frozenset[str], ...]] = {}
    for row in rows:
        wishes, target = _wishes(row), str(row.get("target", ""))
        fitting = [_fitting(wish, known, labelled) for wish in wishes]
        # More than one for the first wish that any fulfils is nobody's choice but a person's.
        found = next((several for several in fitting if several), [])
        if wishes:
            ways[target] = tuple(frozenset(one.key for one in several) for several in fitting)
        if wishes and not found:
            missing.append(Lacking(target, _names(wishes)))
        elif len(found) > 1:
            ambiguous.append(Ambiguous(target, _names(wishes), tuple((one.label, one.key) for one in found)))
        settings = {name: value for name, value in row.items() if name != "source"}
        if len(found) == 1:
            kept.append(settings | {"source": found[0].key})
        elif row.get("fallback") is not None:
            kept.append(settings)
    return Resolved({**document, "rules": kept}, tuple(missing), tuple(ambiguous), ways)


Wish = str | Mapping[str, Any]
"""One way to name an attribute: its key, `universal: iban`, or `labels: [BSN, …]`."""


def _wishes(row: Mapping[str, Any]) -> tuple[Wish, ...]:
    """The ways in which a rule names its attribute, the best first."""
    source = row.get("source")
    wishes = source if isinstance(source, list) else [] if source is None else [source]
    for wish in wishes:
        if not (isinstance(wish, str) or _is_description(wish)):
            raise ValueError(f"The rule for {row.get('target')} has a source in an unknown form: {wish!r}.")
    return tuple(wishes)


def _is_description(wish: object) -> bool:
    if not isinstance(wish, Mapping) or len(wish) != 1:
        return False
    labels = wish.get("labels")
    has_labels = isinstance(labels, list) and bool(labels) and all(isinstance(label, str) for label in labels)
    return has_labels or isinstance(wish.get("universal"), str)


def _fitting(wish: Wish, known: Sequence[Defined], labelled: Sequence[Defined]) -> list[Defined]:
    if isinstance(wish, str):
        return [one for one in known if one.key == wish]
    if "universal" in wish:
        return [one for one in known if one.universal_id == wish["universal"]]
    labels = {label_key(label) for label in wish["labels"]}
    return [one for one in labelled if label_key(one.label) in labels]


def _names(wishes: Iterable[Wish]) -> tuple[str, ...]:
    """What a person looks for: the labels, and the key where the attribute is Personio's own."""
    names: list[str] = []
    for wish in wishes:
        names += [wish] if isinstance(wish, str) else wish.get("labels", ())
    return tuple(names)
