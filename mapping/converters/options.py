"""Which option of a list of Loket's an HR value stands for. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mapping.converters.base import Fault
from mapping.rules import Option, option_key


def find_option(
    text: str, option_map: Mapping[str, str], options: tuple[Option, ...] | None, fallback: bool = False
) -> Option | Fault:
    """The one Loket option that this HR value stands for.

    The option map goes first; without an entry the HR value itself may be Loket's text or ISO code. Text is compared
    exactly, then without case. Two options that fit equally well are nobody's choice but a person's: a Fault.
    """
    if not options:
        return Fault("no_value_list")
    wanted = " ".join(option_map.get(option_key(text), text).split())
    index, key = _index_of(options), option_key(wanted)
    found = index.exact.get(wanted) or index.folded.get(key) or index.codes.get(key)
    if found is None:
        return Fault("fallback_missing" if fallback else "unmapped_option", {"option": wanted})
    return found[0] if len(found) == 1 else Fault("ambiguous_option", {"option": wanted})


@dataclass(frozen=True, slots=True)
class _Index:
    """The options of a list by their text, their text without case, and their ISO code."""

    options: tuple[Option, ...]
    exact: dict[str, list[Option]]
    folded: dict[str, list[Option]]
    codes: dict[str, list[Option]]


_KEPT: dict[int, _Index] = {}
"""Of the lists of late, by their identity: every person of a run is held against the same ones."""
_MOST_KEPT = 512


def _index_of(options: tuple[Option, ...]) -> _Index:
    known = _KEPT.get(id(options))
    if known is None or known.options is not options:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        known = _KEPT[id(options)] = _Index(
            options,
            _by(options, lambda option: option.value),
            _by(options, lambda option: option_key(option.value)),
            _by(filter(_has_code, options), lambda option: str(option.iso_code).casefold()),
        )
    return known


def _has_code(option: Option) -> bool:
    return bool(option.iso_code)


def _by(options: Iterable[Option], text: Callable[[Option], str]) -> dict[str, list[Option]]:
    found: dict[str, list[Option]] = {}
    for option in options:
        found.setdefault(text(option), []).append(option)
    return found
