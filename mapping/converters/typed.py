"""A prepared text to a value of the type that Loket wants. Nothing is guessed; nothing is cut off unasked (rule 48)."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from stdnum import iban as stdnum_iban
from stdnum.nl import bsn as stdnum_bsn

from mapping.catalogue import FieldType, LoketField
from mapping.converters.base import Fault, Plain, name_of

SHORTENABLE = frozenset({FieldType.TEXT, FieldType.INITIALS})
"""What still says something when it is cut off; a number, a date or an address of a mailbox does not."""
IDENTIFIERS = frozenset(
    {
        *("documentIdentification", "bic", "houseNumberAddition"),
        *("deviatingFunctionGroup", "internalTelephoneExtensionNumber"),
    }
)
"""Texts that are another one when they are cut off."""
_LETTER = r"a-z\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF"
_ATOM = rf"[{_LETTER}0-9!#$%&'*+\-/=?^_`{{|}}~]+"
_LABEL = rf"[{_LETTER}0-9](?:[{_LETTER}0-9\-_~]*[{_LETTER}0-9])?"
EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[{_LETTER}]+", re.IGNORECASE)
"""What the pattern of an e-mail address in Loket's document means, without a name in quotes, which is nobody's."""


def typed(field: LoketField, text: str) -> Plain | Fault:
    """The value of a text that is not empty, for a field without a value list."""
    return _BY_TYPE[field.type](field, text)


def may_shorten(field: LoketField) -> bool:
    """Whether support may let this field's values be cut off where Loket has no room."""
    is_text = field.type in SHORTENABLE and field.limit is not None
    return is_text and not field.sensitive and name_of(field) not in IDENTIFIERS


def shortened(field: LoketField, text: str) -> str:
    """As much of a text as Loket has room for; an accent stays with its letter. Only where `may_shorten`."""
    text = re.sub(r"[. ]", "", text) if field.type is FieldType.INITIALS else text
    end = field.limit or len(text)
    while 1 < end < len(text) and unicodedata.combining(text[end]):
        end -= 1
    return text[:end].rstrip()


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
    return _fitting(field, text) if EMAIL.fullmatch(text) else Fault("invalid_email")


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
