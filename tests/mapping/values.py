"""Any value that Loket takes in a field: as Hypothesis strategies, and as the text that HR has of it."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from mapping.apply import Value
from mapping.catalogue import INT32, LOKET_FIELDS, FieldType, LoketField
from mapping.rules import ValueLists

BSNS = ("999900018", "111222333", "123456782")
WORDS = st.characters(categories=["L", "N", "P"])


def values_of(field: LoketField, lists: ValueLists) -> st.SearchStrategy[Any]:
    """What may be written to the field."""
    if field.type is FieldType.OPTION:
        return st.sampled_from(lists[field.options])
    if field.type is FieldType.TEXT:
        return st.text(WORDS, min_size=1, max_size=field.limit)
    if field.type is FieldType.INTEGER:
        return st.integers(int(field.minimum or 0), int(field.maximum or INT32))
    if field.type is FieldType.DECIMAL:
        return st.decimals(Decimal(str(field.minimum)), Decimal(str(field.maximum)), places=field.decimals)
    return _BY_TYPE[field.type]


def _iban(number: int) -> str:
    account = f"TEST{number:010d}"
    return f"NL{mod_97_10.calc_check_digits(f'{account}NL')}{account}"


_BY_TYPE: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.INITIALS: st.text("ABCTh.", min_size=1, max_size=6).filter(lambda text: text.strip(".")),
    FieldType.DATE: st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.PHONE: st.from_regex(r"\A0[1-9][0-9]{8}\Z"),
    FieldType.EMAIL: st.from_regex(r"\A[a-z]{1,8}@[a-z]{1,8}\.nl\Z"),
    FieldType.POSTCODE: st.from_regex(r"\A[1-9][0-9]{3} [A-Z]{2}\Z"),
    FieldType.BSN: st.sampled_from(BSNS),
    FieldType.IBAN: st.builds(_iban, st.integers(0, 9_999_999_999)),
}


def wanted_of(field: LoketField, lists: ValueLists) -> st.SearchStrategy[Value]:
    """What a mapping may want in the field: a value, or nothing where Loket lets it be cleared."""
    values = values_of(field, lists)
    return st.builds(Value, values | st.none() if field.nullable else values)


def wanted_from(fields: list[LoketField], lists: ValueLists) -> st.SearchStrategy[dict[str, Value]]:
    """Some of these fields, wanted."""
    return st.fixed_dictionaries({}, optional={field.key: wanted_of(field, lists) for field in fields})


def everything(lists: ValueLists) -> st.SearchStrategy[dict[str, Value]]:
    """A person in whom every field of the catalogue is filled."""
    return st.fixed_dictionaries(
        {key: st.builds(Value, values_of(field, lists)) for key, field in LOKET_FIELDS.items()}
    )


NAMES = (
    "Zoë",
    "van den Berg",
    "O'Brien-Müller",
    "Ünal",
    "d'Arc",
    "Sint-Maartensdijk",
    "Jansen-de Vries",
    "Łukasz",
    "X",
)


def text_for(field: LoketField, lists: ValueLists, chance: random.Random) -> str:
    """What a careful HR department has written down for this field."""
    match field.type:
        case FieldType.OPTION:
            return chance.choice(lists[field.options]).value
        case FieldType.INTEGER:
            return str(chance.randint(int(field.minimum or 0), min(int(field.maximum or 0), 10_000_000)))
        case FieldType.DECIMAL:
            cents = chance.randint(int(float(field.minimum or 0) * 100), int(float(field.maximum or 0) * 100))
            return f"{cents / 100:.2f}"
        case FieldType.DATE:
            return f"{chance.randint(1950, 2030)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        case FieldType.TEXT:
            return " ".join(chance.choices(NAMES, k=9))[: chance.randint(1, field.limit or 40)].strip()
    return chance.choice(SAMPLES[field.type])


SAMPLES: dict[FieldType, tuple[str, ...]] = {
    FieldType.INITIALS: ("J.", "J.M.A.", "Th.M.", "A B C"),
    FieldType.BOOLEAN: ("yes", "no"),
    FieldType.PHONE: ("06-00001234", "+31 (0)30 000 1234", "0032 2 000 00 00", "030 0001234"),
    FieldType.EMAIL: ("jan.jansen@voorbeeld.example", "Zoe+Werk@Mail.voorbeeld.example", "j_o'brien@x-y.example"),
    FieldType.POSTCODE: ("1234 AB", "3581xa", "2000", "9999 ZZ"),
    FieldType.BSN: BSNS,
    FieldType.IBAN: ("NL09TEST0000000111", "NL91 ABNA 0417 1643 00", "DE89370400440532013000"),
}


def person_of(seed: int, lists: ValueLists) -> dict[str, str]:
    """A person of whom HR has something good in every field of the catalogue, by field key."""
    chance = random.Random(seed)
    return {key: text_for(field, lists, chance) for key, field in LOKET_FIELDS.items()}
