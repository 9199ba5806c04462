"""Which attribute may fill a target, and which of Loket's options an HR value may mean, each with the reason. Pure.

Nothing here is ever taken without somebody's click but what is called exactly the same (`Reason.SAME_LABEL`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from rapidfuzz import fuzz

from mapping import defaults
from mapping.catalogue import TARGETS, FieldType, LoketField, ScopeField, described
from mapping.converters import prepared
from mapping.resolve import Typed
from mapping.rules import Option, option_key
from mapping.synonyms import NAMES

SIMILAR = 0.8
SHOWN = 5
KNOWING = ("country_code", "nationality_name")
"""Converters that know what values are called in Dutch, English and German."""


class Reason(StrEnum):
    """Why an attribute is suggested; the first is the best."""

    SAME_LABEL = "same_label"
    SYNONYM = "synonym"
    CHOSEN_BEFORE = "chosen_before"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An attribute and why it is suggested. `times`: how often support chose one called so; `score`: how similar, 0 to 1."""

    key: str
    reason: Reason
    times: int = 0
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class OptionSuggestion:
    """One of Loket's options and why an HR value may mean it."""

    option: Option
    reason: Reason
    score: float = 1.0


Memory = Mapping[str, int]
"""How often an attribute called so (as `name_key` has it) was chosen for this target."""


def name_key(text: str) -> str:
    """How names are compared: letters and digits only, without case."""
    return option_key("".join(letter if letter.isalnum() or letter.isspace() else "" for letter in text))


def suggest(
    field: LoketField | ScopeField, attributes: Iterable[Typed], memory: Memory | None = None
) -> tuple[Suggestion, ...]:
    """The attributes that may fill a field, best first and at most five."""
    own, names = _names(field)
    found = (_suggestion(one, own, names, memory or {}) for one in attributes if fits(field, one.type))
    best = sorted((one for one in found if one is not None), key=_rank)
    return tuple(best[:SHOWN])


def _names(field: LoketField | ScopeField) -> tuple[frozenset[str], frozenset[str]]:
    own = frozenset({name_key(field.label), name_key(field.label_nl)})
    return own, frozenset(map(name_key, NAMES.get(field.key, ()))) | own


def _suggestion(one: Typed, own: Collection[str], names: Collection[str], memory: Memory) -> Suggestion | None:
    label = name_key(one.label)
    if not label:
        return None
    times = memory.get(label, 0)
    if label in own:
        return Suggestion(one.key, Reason.SAME_LABEL, times)
    if label in names:
        return Suggestion(one.key, Reason.SYNONYM, times)
    if times:
        return Suggestion(one.key, Reason.CHOSEN_BEFORE, times)
    if label in _taken():  # the very name of another field is not similar to this one
        return None
    score = max(_similarity(label, name) for name in names)
    return Suggestion(one.key, Reason.SIMILAR, score=score) if score >= SIMILAR else None


@cache
def _taken() -> frozenset[str]:
    """What every field of the catalogue is called."""
    return frozenset(name for target in TARGETS for name in _names(described(target))[1])


def _similarity(one: str, other: str) -> float:
    return round(fuzz.ratio(one, other) / 100, 2)


def _rank(one: Suggestion) -> tuple[int, int, float, str]:
    return (list(Reason).index(one.reason), -one.times, -one.score, one.key)


def fits(field: LoketField | ScopeField, kind: str) -> bool:
    """A date fills nothing but a date, and only a date or a text fills one. Other types are for people to judge."""
    is_date = isinstance(field, LoketField) and field.type is FieldType.DATE
    if kind == "date":
        return is_date
    return not is_date or kind in {"standard", "text", ""}


_Way = Callable[[Option, str], bool]
_EXACT: tuple[_Way, ...] = (
    lambda option, wanted: option_key(option.value) == wanted,
    lambda option, wanted: option_key(option.iso_code or "") == wanted,
)


def suggest_option(value: str, options: Sequence[Option]) -> tuple[OptionSuggestion, ...]:
    """Loket's options that an HR value may mean, at most five: of the same text or code, else known to mean it, else alike."""
    wanted = option_key(value)
    if not wanted:
        return ()
    for is_same in _EXACT:
        if same := [option for option in options if is_same(option, wanted)]:
            return tuple(OptionSuggestion(option, Reason.SAME_LABEL) for option in same[:SHOWN])
    meanings = _meanings(value)
    if known := [option for option in options if _is_meant(option, meanings)]:
        return tuple(OptionSuggestion(option, Reason.SYNONYM) for option in known[:SHOWN])
    return tuple(_alike(wanted, options))[:SHOWN]


def _is_meant(option: Option, meanings: Collection[str]) -> bool:
    """An ISO code only in capitals: the word "no" is not Norway."""
    return option.iso_code in meanings or option_key(option.value) in map(option_key, meanings)


def _meanings(value: str) -> frozenset[str]:
    """Loket's texts and codes that an HR value is known to mean, whatever the field."""
    made = (prepared(value, name) for name in KNOWING)
    return frozenset(text for text in made if isinstance(text, str)) | _words().get(option_key(value), frozenset())


@cache
def _words() -> Mapping[str, frozenset[str]]:
    """What the default mappings have for HR values, all of their fields together."""
    found: dict[str, frozenset[str]] = {}
    for file in ("roster", "personio"):
        for row in defaults.read(file)["rules"]:
            for text, meant in (row.get("options") or {}).items():
                found[option_key(text)] = found.get(option_key(text), frozenset()) | {meant}
    return found


def _alike(wanted: str, options: Iterable[Option]) -> Iterator[OptionSuggestion]:
    scored = ((_similarity(wanted, option_key(option.value)), option) for option in options)
    for score, option in sorted(scored, key=lambda pair: -pair[0]):
        if score >= SIMILAR:
            yield OptionSuggestion(option, Reason.SIMILAR, score)
