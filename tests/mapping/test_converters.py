"""From HR text to Loket's types: nothing is guessed and nothing is cut off (rule 48)."""

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.catalogue import LOKET_FIELDS, FieldType
from mapping.converters import Fault, convert, find_option
from mapping.rules import Option
from tests.sync.fakes import CALM

PERSON = "employee.personalDetails."
ADDRESS = "employee.address."
CONTACT = "employee.contactInformation."


def converted(key: str, text: str, converter: str = "auto") -> Any:
    result = convert(LOKET_FIELDS[key], text, converter)
    return result.code if isinstance(result, Fault) else result


@pytest.mark.parametrize(
    ("key", "text", "result"),
    [
        (PERSON + "lastName", "  van  der Berg ", "van der Berg"),
        (PERSON + "lastName", "x" * 25, "x" * 25),
        (PERSON + "lastName", "x" * 26, "too_long"),
        (PERSON + "firstName", "Zoe\u0308", "Zoë"),
        (PERSON + "firstName", "e\u0301" * 28, "é" * 28),
        (PERSON + "prefix", "van den der", "too_long"),
        (PERSON + "initials", "J. M.", "J.M."),
        (PERSON + "initials", "J.M.A.", "J.M.A."),
        (PERSON + "initials", "J.M.A.B.", "JMAB"),
        (PERSON + "initials", "J.M.A.B.C.D.E.", "too_long"),
        (PERSON + "initials", "Th.", "Th."),
        (PERSON + "dateOfBirth", "1997-05-16", date(1997, 5, 16)),
        (PERSON + "dateOfBirth", "1997-02-29", "invalid_date"),
        (PERSON + "dateOfBirth", "16-05-1997", "invalid_date"),
        (PERSON + "dateOfBirth", "19970516", "invalid_date"),
        (ADDRESS + "houseNumber", "12", 12),
        (ADDRESS + "houseNumber", "0012", 12),
        (ADDRESS + "houseNumber", "12a", "invalid_integer"),
        (ADDRESS + "houseNumber", "12-14", "invalid_integer"),
        (ADDRESS + "houseNumber", "-1", "invalid_integer"),
        (ADDRESS + "houseNumber", "2147483648", "too_large"),
        (ADDRESS + "houseNumberAddition", "hoog2", "too_long"),
        (ADDRESS + "postalCode", "1012ab", "1012 AB"),
        (ADDRESS + "postalCode", "1012 AB", "1012 AB"),
        (ADDRESS + "postalCode", "SW1A 1AA", "SW1A 1AA"),
        (ADDRESS + "postalCode", "1234567890", "too_long"),
        (CONTACT + "phoneNumber", "013-1234567", "013-1234567"),
        (CONTACT + "phoneNumber", "+31 (0)6 1234 5678", "+31612345678"),
        (CONTACT + "phoneNumber", "(013) 123 45 67 ", "(013) 123 45 67"),
        (CONTACT + "phoneNumber", "06 12 34 56 78 (0)", "06123456780"),
        (CONTACT + "phoneNumber", "+49 1512 3456789 1234567", "too_long"),
        (CONTACT + "phoneNumber", "bel mij", "invalid_phone"),
        (CONTACT + "phoneNumber", "112", "invalid_phone"),
        (CONTACT + "emailAddress", "Zoe@Mail.example", "Zoe@Mail.example"),
        (CONTACT + "emailAddress", "zoe@mail", "invalid_email"),
        (CONTACT + "emailAddress", "zoe mail@x.nl", "invalid_email"),
        (CONTACT + "emailAddress", "a..b@x.nl", "invalid_email"),
        (CONTACT + "emailAddress", ".a@x.nl", "invalid_email"),
        (CONTACT + "emailAddress", "a@-x.nl", "invalid_email"),
        (CONTACT + "emailAddress", "a@x..nl", "invalid_email"),
        (CONTACT + "emailAddress", "a@x.n1", "invalid_email"),
        (CONTACT + "emailAddress", "a,b@x.nl", "invalid_email"),
        (CONTACT + "emailAddress", "O'Neil+Loket@Sub-1.MAIL.Example", "O'Neil+Loket@Sub-1.MAIL.Example"),
        (CONTACT + "emailAddress", "zoë@müller.de", "zoë@müller.de"),
        ("bsn", "111222333", "111222333"),
        ("bsn", "1112.22.333", "111222333"),
        ("bsn", "111222334", "invalid_bsn"),
        ("bsn", "11222334", "invalid_bsn"),
        ("bsn", "012345672", "012345672"),
        ("bsn", "12345672", "invalid_bsn"),
        ("bsn", "000000000", "invalid_bsn"),
        ("iban", "nl91 abna 0417 1643 00", "NL91ABNA0417164300"),
        ("iban", "NL91ABNA0417164301", "invalid_iban"),
        ("iban", "NL24TEST0026007966", "NL24TEST0026007966"),
        ("workingHours.deviatingHoursPerWeek", "24.5", Decimal("24.5")),
        ("workingHours.deviatingHoursPerWeek", "24.50", Decimal("24.5")),
        ("workingHours.deviatingHoursPerWeek", "24.555", "too_many_decimals"),
        ("workingHours.deviatingHoursPerWeek", "0", "too_small"),
        ("workingHours.deviatingHoursPerWeek", "99.5", "too_large"),
        ("workingHours.deviatingHoursPerWeek", "24,5", "invalid_decimal"),
        ("workingHours.deviatingHoursPerWeek", "1e1", "invalid_decimal"),
        ("employee.employeeNumber", "0", "too_small"),
        ("employment.incomeRelationshipNumber", "10000", "too_large"),
        ("employment.incomeRelationshipNumber", "9999", 9999),
    ],
)
def test_a_value_is_taken_as_it_is_or_not_at_all(key: str, text: str, result: Any) -> None:
    assert converted(key, text) == result


def test_a_rule_may_change_the_writing_first() -> None:
    assert converted(PERSON + "lastName", "BERG", "lower") == "berg"
    assert converted(PERSON + "lastName", "berg", "upper") == "BERG"
    assert converted(PERSON + "initials", "J.M.A.", "without_dots") == "JMA"


TEXTS = [field for field in LOKET_FIELDS.values() if field.type is FieldType.TEXT]


@CALM
@given(st.sampled_from(TEXTS), st.text(min_size=1).filter(str.strip))
def test_a_text_is_never_cut_and_never_too_long(field: Any, text: str) -> None:
    result = convert(field, text)
    if isinstance(result, Fault):
        assert result.code == "too_long"
    else:
        assert isinstance(result, str)
        assert len(result) <= field.limit
        assert "".join(result.split()) == "".join(unicodedata.normalize("NFC", text).split())


@CALM
@given(st.text(alphabet="0123456789+-() ./", min_size=1, max_size=30).filter(str.strip))
def test_a_phone_number_never_loses_a_digit(text: str) -> None:
    """But for the (0) of an international number, which nobody dials."""
    field = LOKET_FIELDS[CONTACT + "phoneNumber"]
    result = convert(field, text)
    if isinstance(result, str):
        digits = [c for c in text.replace("(0)", "") if c.isdigit()]
        assert len(result) <= 15
        assert [c for c in result.replace("(0)", "") if c.isdigit()] in (digits, [c for c in text if c.isdigit()])


GENDERS = (Option(1, "Man"), Option(2, "Vrouw"))
COUNTRIES = (Option(7, "Nederland", "NL"), Option(8, "België", "BE"))


def test_an_option_is_found_through_the_map_then_by_text_then_by_iso_code() -> None:
    assert find_option(" V ", {"v": "Vrouw"}, GENDERS) == GENDERS[1]
    assert find_option("vrouw", {}, GENDERS) == GENDERS[1]
    assert find_option("be", {}, COUNTRIES) == COUNTRIES[1]
    assert find_option("Holland", {"holland": "NL"}, COUNTRIES) == COUNTRIES[0]


def test_a_map_that_points_nowhere_is_told_with_its_aim() -> None:
    assert find_option("v", {"v": "Dame"}, GENDERS) == Fault("unmapped_option", {"option": "Dame"})


def test_an_exact_text_wins_and_two_equals_are_nobodys_choice() -> None:
    twins = (Option("a", "algemeen"), Option("b", "Algemeen"))
    assert find_option("Algemeen", {}, twins) == twins[1]
    assert find_option("ALGEMEEN", {}, twins) == Fault("ambiguous_option", {"option": "ALGEMEEN"})
    same = (Option("a", "Kok"), Option("b", "Kok"))
    assert isinstance(find_option("Kok", {}, same), Fault)


def test_without_a_list_nothing_is_found() -> None:
    assert find_option("Man", {}, None) == Fault("no_value_list")
    assert find_option("Man", {}, ()) == Fault("no_value_list")


@CALM
@given(st.text(max_size=12), st.dictionaries(st.text(max_size=3), st.sampled_from(["Man", "Vrouw", "Dame"])))
def test_an_option_is_never_guessed(text: str, option_map: dict[str, str]) -> None:
    """Whatever is found is what the map says, or what HR wrote."""
    found = find_option(text, option_map, GENDERS)
    if isinstance(found, Option):
        wanted = option_map.get(" ".join(text.split()).casefold(), text)
        assert " ".join(wanted.split()).casefold() == found.value.casefold()
