"""Numbers, and yes or no."""

import re
from decimal import ROUND_HALF_UP, Decimal

from mapping.converters.base import Fault
from mapping.rules import hours
from mapping.words import GERMAN_YES_NO, YES_NO, meanings

SAID = meanings(YES_NO) | GERMAN_YES_NO
PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,8}))?( ?%)?")
LEAST_PERCENT = 5
"""Without a percent sign, up to 1 is a part of the whole and from here on a percentage; between them it is neither."""
CENT = Decimal("0.01")


def yes_no(text: str, _argument: str = "") -> str | Fault:
    """What it means: "yes" or "no" of "Ja", "nein", "true", "0"."""
    found = SAID.get(text.casefold())
    return found if found is not None else Fault("invalid_boolean")


def whole_number(text: str, _argument: str = "") -> str | Fault:
    """The digits: "12" of "12" and "12.0". "0012" is refused, since it would lose its zeros; so is "1.000"."""
    found = re.fullmatch(r"([0-9]{1,15})(?:[.,]0{1,2})?", text)
    if found is None:
        return Fault("invalid_integer")
    digits = found[1]
    return digits if digits == str(int(digits)) else Fault("zeros_in_front")


def decimal_number(text: str, _argument: str = "") -> str | Fault:
    """With a point: "32.5" of "32,5" and "32.50". Not "1.234", which is two numbers in two countries."""
    found = re.fullmatch(r"([0-9]{1,12})(?:[.,]([0-9]{1,2}|[0-9]{4,6}))?", text)
    if found is None:
        return Fault("invalid_decimal")
    return format(Decimal(f"{found[1]}.{found[2] or 0}").normalize(), "f")


def full_time_hours(text: str, argument: str) -> str | Fault:
    """Hours a week: "32" of "80%", "80" and "0.8" where the argument is "40". To two decimals, as Loket has them."""
    full_time, found = hours(argument), PERCENT.fullmatch(text)
    if full_time is None:
        return Fault("bad_setting", {"setting": argument})
    if found is None:
        return Fault("invalid_part_time")
    number = Decimal(f"{found[1]}.{found[2] or 0}")
    part = number / 100 if found[3] or number >= LEAST_PERCENT else number if number <= 1 else None
    if part is None:
        return Fault("invalid_part_time")
    return format((part * full_time).quantize(CENT, ROUND_HALF_UP).normalize(), "f")
