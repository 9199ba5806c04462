"""From HR text to a value of the type that Loket wants. Nothing is guessed, nothing is cut off (rule 48).

A converter returns the value or a `Fault`; `apply.py` makes a Problem of it. Blanks around a value never count.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from stdnum import iban as stdnum_iban
from stdnum.nl import bsn as stdnum_bsn

from mapping.catalogue import FieldType, LoketField
from mapping.rules import Option, option_key

Plain = str | int | Decimal | date | bool | Option


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value can't go: the code of the Problem and what its text needs."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)


PREPARE: dict[str, Callable[[str], str]] = {
    "auto": lambda text: text,
    "upper": str.upper,
    "lower": str.lower,
    "without_dots": lambda text: text.replace(".", ""),
}
"""The converters that a rule may name: what is done to the text first. A new one is one line here and in `rules`."""


def convert(field: LoketField, text: str, converter: str = "auto") -> Plain | Fault:
    """The value of one non-empty HR text for a field without a value list; for lists see `find_option`.

    Letters with a separate accent are written as one character, so that a limit counts what a reader counts.
    """
    prepared = " ".join(PREPARE[converter](unicodedata.normalize("NFC", text)).split())
    return _BY_TYPE[field.type](field, prepared)


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


def _text(field: LoketField, text: str) -> str | Fault:
    return _fitting(field, text)


def _fitting(field: LoketField, text: str, compact: str | None = None) -> str | Fault:
    """The text as given where it fits, else the same value written more briefly, else a Fault: never a cut."""
    limit = field.limit
    for candidate in (text, compact):
        if candidate and (limit is None or len(candidate) <= limit):
            return candidate
    return Fault("too_long", {"limit": str(limit), "length": str(len(compact or text))})


def _initials(field: LoketField, text: str) -> str | Fault:
    """Without blanks. "J.M.A." stays; where six characters are not enough ("J.M.A.B."), the dots go: "JMAB"."""
    given = text.replace(" ", "")
    return _fitting(field, given, given.replace(".", ""))


def _integer(field: LoketField, text: str) -> int | Fault:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        return Fault("invalid_integer")
    number = int(text)
    return _out_of_range(field, Decimal(number)) or number


def _decimal(field: LoketField, text: str) -> Decimal | Fault:
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?", text):
        return Fault("invalid_decimal")
    number = Decimal(text)
    if number != round(number, field.decimals):
        return Fault("too_many_decimals", {"decimals": str(field.decimals)})
    return _out_of_range(field, number) or number


def _out_of_range(field: LoketField, number: Decimal) -> Fault | None:
    if field.minimum is not None and number < Decimal(field.minimum):
        return Fault("too_small", {"minimum": str(field.minimum)})
    if field.maximum is not None and number > field.maximum:
        return Fault("too_large", {"maximum": str(field.maximum)})
    return None


def _date(field: LoketField, text: str) -> date | Fault:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else Fault("invalid_date")
    except ValueError:
        return Fault("invalid_date")


def _boolean(field: LoketField, text: str) -> bool | Fault:
    return {"yes": True, "no": False}.get(text.casefold(), Fault("invalid_boolean"))


def _bsn(field: LoketField, text: str) -> str | Fault:
    """Nine digits that pass the eleven test. Eight digits are refused: a lost leading zero would be a guess."""
    compact = re.sub(r"[ .-]", "", text)
    if not re.fullmatch(r"[0-9]{9}", compact) or not stdnum_bsn.is_valid(compact):
        return Fault("invalid_bsn")
    return compact


def _iban(field: LoketField, text: str) -> str | Fault:
    compact = re.sub(r"[ .-]", "", text).upper()
    if not stdnum_iban.is_valid(compact):
        return Fault("invalid_iban")
    return _fitting(field, compact)


def _phone(field: LoketField, text: str) -> str | Fault:
    """As given; where 15 characters are not enough, without separators: "+31 (0)6 1234 5678" is "+31612345678"."""
    if not re.fullmatch(r"\+?[0-9 ().\-/]+", text) or len(re.findall(r"[0-9]", text)) < 6:
        return Fault("invalid_phone")
    international = text.startswith(("+", "00"))
    brief = text.replace("(0)", "") if international else text
    return _fitting(field, text, re.sub(r"[ ().\-/]", "", brief))


def _email(field: LoketField, text: str) -> str | Fault:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        return Fault("invalid_email")
    return _fitting(field, text)


def _postcode(field: LoketField, text: str) -> str | Fault:
    """A Dutch code is written as Loket's document does ("1234 AA"), any other code stays as it is."""
    if dutch := re.fullmatch(r"([1-9][0-9]{3}) ?([A-Za-z]{2})", text):
        return f"{dutch[1]} {dutch[2].upper()}"
    return _fitting(field, text)


_BY_TYPE: dict[FieldType, Callable[[LoketField, str], Plain | Fault]] = {
    FieldType.TEXT: _text,
    FieldType.INITIALS: _initials,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.BSN: _bsn,
    FieldType.IBAN: _iban,
    FieldType.PHONE: _phone,
    FieldType.EMAIL: _email,
    FieldType.POSTCODE: _postcode,
}
