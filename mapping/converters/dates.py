"""Dates as an HR system writes them to ISO days. Which number is the day is said by the rule and never guessed.

A day that is an ISO date already stays, without its time.
"""

import re
from datetime import date, timedelta

from mapping.converters.base import Fault

FIRST_YEAR, LAST_YEAR = 1900, 2199
EPOCH = date(1899, 12, 30)
"""Day 0 of Excel; true from day 61 on, since Excel has a 29 February 1900 that never was."""
FIRST_SERIAL, LAST_SERIAL = 61, 109_574
INVALID = Fault("invalid_date")
ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.+Z\-]*)?")
PARTS = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")


def date_day_first(text: str, _argument: str = "") -> str | Fault:
    """The ISO day: "2026-09-01" of "1-9-2026", "01/09/2026" and "01.09.2026". Two digits are no year."""
    if found := PARTS.fullmatch(text):
        return _day(found[4], found[3], found[1])
    return _iso(text)


def date_month_first(text: str, _argument: str = "") -> str | Fault:
    """The ISO day: "2026-09-01" of "9/1/2026"."""
    if found := PARTS.fullmatch(text):
        return _day(found[4], found[1], found[3])
    return _iso(text)


def date_excel(text: str, _argument: str = "") -> str | Fault:
    """The ISO day: "2026-09-01" of Excel's number for it, 46266."""
    if found := re.fullmatch(r"([0-9]{2,6})(?:[.,]0+)?", text):
        serial = int(found[1])
        is_day = FIRST_SERIAL <= serial <= LAST_SERIAL
        return (EPOCH + timedelta(days=serial)).isoformat() if is_day else INVALID
    return _iso(text)


def _iso(text: str) -> str | Fault:
    found = ISO.fullmatch(text)
    return _day(*found.groups()) if found else INVALID


def _day(year: str, month: str, day: str) -> str | Fault:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return INVALID
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return INVALID
