"""Which option of a list of Loket's an HR value stands for. Pure."""

from collections.abc import Mapping
from functools import lru_cache

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
    key = option_key(wanted)
    for fits in (
        lambda option: option.value == wanted,
        lambda option: _folded(option.value) == key,
        lambda option: bool(option.iso_code) and option.iso_code.casefold() == key,
    ):
        if found := [option for option in options if fits(option)]:
            return found[0] if len(found) == 1 else Fault("ambiguous_option", {"option": wanted})
    return Fault("fallback_missing" if fallback else "unmapped_option", {"option": wanted})


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    """`option_key` of a text of Loket's lists, which are compared with every person of a run."""
    return option_key(text)
