"""What somebody wrote as the value of a portal attribute, to canonical text. Nothing is guessed, nothing is cut off."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from mapping.catalogue import LOKET_FIELDS
from mapping.converters import convert
from mapping.models import HRAttribute
from mapping.portal.attributes import AttributeType
from mapping.portal.refusals import PortalRefused, Refusal
from mapping.rules import option_key
from mapping.words import YES_NO, meanings

LONGEST = 500
FIRST_YEAR, LAST_YEAR = 1900, 2199
UNREADABLE = {"Cc", "Cs"}
YES_OR_NO = meanings(YES_NO)


def canonical(attribute: HRAttribute, text: str) -> str | None:
    """The value as it is stored: ISO dates, plain numbers, "yes" or "no", an option as the list has it; None where the
    text is empty. Raises PortalRefused.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        return None
    if len(plain) > LONGEST:
        raise PortalRefused(Refusal.TOO_LONG, limit=str(LONGEST))
    if any(unicodedata.category(character) in UNREADABLE or character == "\ufffd" for character in plain):
        raise PortalRefused(Refusal.BAD_TEXT)
    if attribute.type == AttributeType.LIST:
        return option_of(attribute, plain)
    return _READERS[AttributeType(attribute.type)](plain)


def option_of(attribute: HRAttribute, text: str) -> str:
    """The option of the list that this text is, whatever its case. Raises PortalRefused."""
    found = {option_key(option): option for option in attribute.options}.get(option_key(text))
    if found is None:
        raise PortalRefused(Refusal.NOT_AN_OPTION, attribute=attribute.label)
    return str(found)


def _text(text: str) -> str:
    return text


def _whole(text: str) -> str:
    """The digits as they were written: zeros in front are part of a number that names something."""
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise PortalRefused(Refusal.BAD_WHOLE)
    return text


def _decimal(text: str) -> str:
    """32, 32.5 and 32,5. No thousands: "1.234" is another number in the other country."""
    if not re.fullmatch(r"-?[0-9]{1,12}([.,][0-9]{1,6})?", text):
        raise PortalRefused(Refusal.BAD_DECIMAL)
    return format(Decimal(text.replace(",", ".")).normalize(), "f")


def _date(text: str) -> str:
    """2026-09-01, 01-09-2026 and 1-9-2026. Not 09/01/2026: nobody can tell an American date from a European one."""
    text = re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", text)  # a day, as Excel has it
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        year, month, day = found.groups()
    elif found := re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})", text):
        day, month, year = found.groups()
    else:
        raise PortalRefused(Refusal.BAD_DATE)
    try:
        read = date(int(year), int(month), int(day))
    except ValueError as error:
        raise PortalRefused(Refusal.BAD_DATE) from error
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise PortalRefused(Refusal.BAD_DATE)
    return read.isoformat()


def _yes_no(text: str) -> str:
    found = YES_OR_NO.get(text.casefold())
    if found is None:
        raise PortalRefused(Refusal.BAD_YES_NO)
    return found


def _number_of(target: str, refusal: Refusal) -> Callable[[str], str]:
    """Reads a number as it is read from an HR system for Loket's own field of it."""

    def read(text: str) -> str:
        found = convert(LOKET_FIELDS[target], text)
        if not isinstance(found, str):
            raise PortalRefused(refusal)
        return found

    return read


_READERS: dict[AttributeType, Callable[[str], str]] = {
    AttributeType.TEXT: _text,
    AttributeType.INTEGER: _whole,
    AttributeType.DECIMAL: _decimal,
    AttributeType.DATE: _date,
    AttributeType.YES_NO: _yes_no,
    AttributeType.BSN: _number_of("bsn", Refusal.BAD_BSN),
    AttributeType.IBAN: _number_of("iban", Refusal.BAD_IBAN),
}
