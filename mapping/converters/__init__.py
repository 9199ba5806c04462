"""From HR text to a value of the type that Loket wants. Nothing is guessed, nothing is cut off unasked (rule 48).

A converter that a rule names prepares the text, then the type of the field decides. Both return a value or a `Fault`;
`apply.py` makes a Problem of it. Blanks around a value never count. A new converter is one function and one line in
`_CONVERTERS`, with its name in `rules.CONVERTERS`.
"""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from mapping.catalogue import FieldType, LoketField
from mapping.converters import addresses, contacts, countries, dates, names, numbers, texts
from mapping.converters.base import Converter, Fault, Plain, name_of
from mapping.converters.options import find_option
from mapping.converters.typed import may_shorten, shortened, typed
from mapping.rules import ARGUMENTS, Option, Rule, TooLong, option_key

__all__ = [
    "CONVERTERS",
    "Converter",
    "Fault",
    "Plain",
    "convert",
    "find_option",
    "for_field",
    "may_shorten",
    "option_for",
    "prepared",
]


def convert(
    field: LoketField,
    text: str,
    converter: str = "auto",
    argument: str = "",
    too_long: TooLong = TooLong.REFUSE,
) -> Plain | Fault | None:
    """The value of one HR text for a field without a value list (for lists see `option_for`); None: it says nothing.

    Letters with a separate accent are written as one character, so that a limit counts what a reader counts.
    `TooLong.SHORTEN` gives as much of a text as fits, where `may_shorten`; saying so is up to the caller.
    """
    made = prepared(text, converter, argument)
    if isinstance(made, Fault):
        return made
    if not made:
        return None
    value = typed(field, made)
    is_cut = isinstance(value, Fault) and value.code == "too_long" and too_long is TooLong.SHORTEN
    return shortened(field, made) if is_cut and may_shorten(field) else value


def option_for(rule: Rule, text: str, options: tuple[Option, ...] | None) -> Option | Fault | None:
    """The option of a field with a value list that this HR value stands for; None: it says nothing.

    What the option map has for the HR value itself goes first; only then the converter has a say.
    """
    if not options:
        return Fault("no_value_list")
    if option_key(text) in rule.option_map:
        return find_option(text.strip(), rule.option_map, options)
    made = prepared(text, rule.converter, rule.argument)
    if isinstance(made, Fault):
        return made
    return find_option(made, rule.option_map, options) if made else None


def prepared(text: str, converter: str, argument: str = "") -> str | Fault:
    """The text after the converter, with one blank between words; "" where nothing is left."""
    given = " ".join(unicodedata.normalize("NFC", text).split())
    if not given or converter == "auto":
        return given
    made = CONVERTERS[converter].function(given, argument)
    return made if isinstance(made, Fault) else " ".join(unicodedata.normalize("NFC", made).split())


def for_field(field: LoketField) -> tuple[Converter, ...]:
    """The converters that a rule for this field may name, "auto" first."""
    return tuple(one for one in CONVERTERS.values() if one.fits(field))


def _type(*types: FieldType) -> Callable[[LoketField], bool]:
    return lambda field: field.type in types


def _named(names: Collection[str], *types: FieldType) -> Callable[[LoketField], bool]:
    return lambda field: field.type in types and name_of(field) in names


def _list(*lists: str) -> Callable[[LoketField], bool]:
    return lambda field: field.type is FieldType.OPTION and field.options in lists


def _hours(field: LoketField) -> bool:
    return field.type is FieldType.DECIMAL and "hours" in name_of(field).casefold()


T = FieldType
_WORDS = _type(T.TEXT, T.INITIALS, T.EMAIL, T.POSTCODE, T.OPTION)
_CONVERTERS = (
    Converter("auto", lambda _field: True, texts.auto, "Zoë", "Zoë"),
    Converter("upper", _WORDS, texts.upper, "van der Berg", "VAN DER BERG"),
    Converter("lower", _WORDS, texts.lower, "Sanne@Voorbeeld.example", "sanne@voorbeeld.example"),
    Converter("without_dots", _type(T.TEXT, T.INITIALS, T.OPTION), texts.without_dots, "J.M.A.", "JMA"),
    Converter("street_name", _named({"street"}, T.TEXT), addresses.street_name, "Kerkstraat 12 bis-A", "Kerkstraat"),
    Converter("house_number", _named({"houseNumber"}, T.INTEGER), addresses.house_number, "Kerkstraat 12 bis-A", "12"),
    Converter(
        "house_number_addition",
        _named({"houseNumberAddition"}, T.TEXT),
        addresses.house_number_addition,
        "Kerkstraat 12 bis-A",
        "bis-A",
    ),
    Converter("name_prefix", _named({"prefix", "prefixPartner"}, T.TEXT), names.name_prefix, "van der Berg", "van der"),
    Converter(
        "name_without_prefix",
        _named({"lastName", "lastNamePartner"}, T.TEXT),
        names.name_without_prefix,
        "van der Berg",
        "Berg",
    ),
    Converter("initials_from_names", _type(T.INITIALS), names.initials_from_names, "Jan Willem", "J.W."),
    Converter("country_code", _list("country"), countries.country_code, "Niederlande", "NL"),
    Converter("nationality_name", _list("nationality"), countries.nationality_name, "Dutch", "Nederlandse"),
    Converter("phone_e164", _type(T.PHONE), contacts.phone_e164, "06-12345678", "+31612345678"),
    Converter("iban", _type(T.IBAN), contacts.iban, "IBAN: NL91 ABNA 0417 1643 00", "NL91ABNA0417164300"),
    Converter("date_day_first", _type(T.DATE), dates.date_day_first, "31/12/2026", "2026-12-31"),
    Converter("date_month_first", _type(T.DATE), dates.date_month_first, "12/31/2026", "2026-12-31"),
    Converter("date_excel", _type(T.DATE), dates.date_excel, "46387", "2026-12-31"),
    Converter("yes_no", _type(T.BOOLEAN), numbers.yes_no, "Ja", "yes"),
    Converter("full_time_hours", _hours, numbers.full_time_hours, "80%", "32", ARGUMENTS["full_time_hours"]),
    Converter("whole_number", _type(T.INTEGER), numbers.whole_number, "12.0", "12"),
    Converter("decimal_number", _type(T.DECIMAL), numbers.decimal_number, "32,5", "32.5"),
)
CONVERTERS: Mapping[str, Converter] = MappingProxyType({one.name: one for one in _CONVERTERS})
"""The converters that a rule may name, by name."""
