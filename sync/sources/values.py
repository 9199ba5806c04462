"""One cell to canonical text: ISO dates, plain numbers, lower-case status. A cell that can't be read is a `Fault`.

Nothing is guessed and nothing is escaped: "=1+1" in a name stays those four characters. Pure.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError
from stdnum.nl import bsn as bsn_number

from mapping.words import STATUSES, YES_NO, meanings
from sync.sources.cells import Cell
from sync.sources.columns import Kind

EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#N/B", "#VERW!", "#WAARDE!", "#NAAM?"}
    | {"#DEEL/0!", "#LEEG!", "#GETAL!", "########"}
)
FIRST_YEAR, LAST_YEAR = 1900, 2199
LONGEST_CODE = 64
"""Of a BSN or IBAN as written, with its blanks and dots. Python refuses to make a number of 5,000 digits."""


class Fault(Exception):
    """The cell can't be read; `code` is the Problem's code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def canonical(kind: Kind, cell: Cell) -> str | None:
    """The canonical text of a cell of this kind; None for an empty one.

    Raises Fault: bad_text, excel_error, bad_number, bad_date, unknown_status, unknown_yes_no, bad_bsn, bad_iban.
    """
    if isinstance(cell, datetime | date) and kind is Kind.DATE:
        return _checked_date(cell.year, cell.month, cell.day)
    text = plain(cell.date() if isinstance(cell, datetime) and cell.time() == time() else cell)
    if not text:
        return None
    if text.upper() in EXCEL_ERRORS:
        raise Fault("excel_error")
    return READERS[kind](text)


def plain(cell: Cell) -> str:
    """The cell as text: one blank between words, no blanks outside, accents composed. Whole numbers without ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return format(Decimal(repr(cell)).normalize(), "f") if math.isfinite(cell) else str(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date | time | timedelta):
        return str(cell)
    return " ".join(unicodedata.normalize("NFC", str(cell)).split())


def _text(text: str) -> str:
    if any(unicodedata.category(char) in ("Cc", "Cs") or char == "\ufffd" for char in text):
        raise Fault("bad_text")
    return text


def _whole(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Fault("bad_number")
    return str(int(text))


def _decimal(text: str) -> str:
    """32, 32.5 and 32,5. No thousands: "1.234" would be read wrongly in one of the two countries."""
    if not re.fullmatch(r"[0-9]{1,12}([.,][0-9]{1,6})?", text):
        raise Fault("bad_number")
    return format(Decimal(text.replace(",", ".")).normalize(), "f")


def _date(text: str) -> str:
    """2026-09-01, 01-09-2026 and 1-9-2026. Not 09/01/2026: nobody can tell an American date from a European one."""
    text = re.sub(r"[ T]00:00(:00(\.0+)?)?$", "", text)
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
        year, month, day = found.groups()
    elif found := re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})", text):
        day, month, year = found.groups()
    else:
        raise Fault("bad_date")
    return _checked_date(int(year), int(month), int(day))


def _checked_date(year: int, month: int, day: int) -> str:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Fault("bad_date")
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise Fault("bad_date") from error


def _one_of(words: dict[str, tuple[str, ...]], code: str) -> Callable[[str], str]:
    known = meanings(words)

    def read(text: str) -> str:
        try:
            return known[text.casefold()]
        except KeyError as error:
            raise Fault(code) from error

    return read


def _bsn(text: str) -> str:
    """Nine digits that pass the eleven test. Excel drops the zeros in front when a BSN stands in a number cell; a BSN
    has nine digits by law, so putting them back is no guess. (A telephone number has no such length: no zero is added.)
    """
    if len(text) > LONGEST_CODE:
        raise Fault("bad_bsn")
    try:
        return str(bsn_number.validate(text))
    except ValidationError as error:
        raise Fault("bad_bsn") from error


def _iban(text: str) -> str:
    if len(text) > LONGEST_CODE:
        raise Fault("bad_iban")
    try:
        return str(iban_number.validate(text))
    except ValidationError as error:
        raise Fault("bad_iban") from error


READERS: dict[Kind, Callable[[str], str]] = {
    Kind.TEXT: _text,
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.STATUS: _one_of(STATUSES, "unknown_status"),
    Kind.YES_NO: _one_of(YES_NO, "unknown_yes_no"),
    Kind.BSN: _bsn,
    Kind.IBAN: _iban,
}
