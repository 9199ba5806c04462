"""Telephone numbers and IBANs in one way of writing."""

import re

import phonenumbers
from stdnum import iban as stdnum_iban

from mapping.converters.base import Fault

REGION = "NL"
"""Whose number it is when no country is said."""
WRITTEN = re.compile(r"\+?[0-9 ().\-/]+")
FEWEST = 8
"""Characters of "+31" and the shortest number that is somebody's."""
LONGEST = 64
"""Characters of a number or IBAN as written, with its blanks and marks."""


def phone_e164(text: str, _argument: str = "") -> str | Fault:
    """As it is dialled from abroad: "+31612345678" of "06-12345678" and "0031 (0)6 1234 5678".

    One with an extension is refused, since that would be lost.
    """
    if len(text) > LONGEST or not WRITTEN.fullmatch(text):
        return Fault("invalid_phone")
    dialled = re.sub(r"^(\+|00)([0-9 ]{1,4})\(0\)", r"\1\2", text.replace(" (0)", "(0)"))
    dialled = re.sub(r"^(\+|00) ?31[ \-]?0", r"\g<1>31", dialled)  # nobody dials it
    try:
        number = phonenumbers.parse(dialled, REGION)
    except phonenumbers.NumberParseException:
        return Fault("invalid_phone")
    made = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    is_told = len(made) > FEWEST and not made.startswith("+310") and phonenumbers.is_possible_number(number)
    return made if is_told else Fault("invalid_phone")


def iban(text: str, _argument: str = "") -> str | Fault:
    """An IBAN without its label, blanks and marks: "NL91ABNA0417164300" of "IBAN: NL91 ABNA 0417 1643 00"."""
    if len(text) > LONGEST or not text.isascii():
        return Fault("invalid_iban")
    compact = re.sub(r"[^A-Z0-9]", "", re.sub(r"^iban\b", "", text, flags=re.IGNORECASE).upper())
    return compact if stdnum_iban.is_valid(compact) else Fault("invalid_iban")
