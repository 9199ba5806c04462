"""The converters that support chooses by name: what they make of real values, and that no text at all breaks them."""

import json
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban

from mapping.catalogue import LOKET_FIELDS, FieldType, LoketField
from mapping.converters import CONVERTERS, Fault, Plain, convert, for_field, may_shorten, option_for, prepared
from mapping.rules import Option, Rule, TooLong, option_key

ROOT = Path(__file__).parents[2]
CALM = settings(deadline=None, max_examples=100)
LISTS: dict[str, Any] = json.loads(
    (ROOT / "loket_portal/simulator/value_lists.json").read_text(encoding="utf-8"),
)
COUNTRIES = tuple(Option(key, name, code) for key, (code, name) in enumerate(LISTS["country"].items(), start=1))
NATIONALITIES = tuple(Option(key, name) for key, name in enumerate(LISTS["nationality"], start=1))
ODD = st.sampled_from(
    [
        *("", " ", "\x00", "\ud800", "٣٤", "²", "½", "ß", "İ", "ŉ", "\u0301", "a\u0301" * 30, "9" * 5000, "x" * 5000),
        *("1 " * 3000, "a 1 " * 500, "- " * 500, "'", ",", "(", "%", "1e9", "NaN", "Infinity", "-1", "+", "00", "0x1F"),
        *("+31 (0)6 12345678", "0031612345678", "+1 800 FLOWERS", "tel:+31-6-1234;ext=5", "06-12345678 x12"),
        *(
            "31/12/2026",
            "12-31-2026",
            "2026-02-30",
            "29.02.1900",
            "1.1.0001",
            "46387",
            "61",
            "109574",
            "2026-09-01T00:00Z",
        ),
        *("80%", "0,8", "100 %", "1.5", "4.99", "5", "0012", "12.0", "1.000", "999999999999999"),
        *("Kerkstraat 12 bis-A", "1e Jan van der Heijdenstraat 5", "Plein 1940 3", "12 Kerkstraat", "Plein 40-45 2"),
        *("van der Berg", "d'Hondt", "'t Hart", "Berg, van der", "van", "van der", "Jan Willem", "IJsbrand", "J.W."),
        *(
            "NL91ABNA0417164300",
            "IBAN: NL91 ABNA 0417 1643 00",
            "GB33BUKB20201555555555",
            "ⅠBAN",
            "Niederlande",
            "Dutch",
        ),
    ]
)
ANY = st.text() | st.text(alphabet="0123456789 -/.,+()%eE", max_size=30) | ODD
ANY_ARGUMENT = st.sampled_from(["40", "38,5", "", "0", "x", "1e2", "9" * 50, "168", "169", "-1"]) | st.text(max_size=5)


def made(name: str, text: str, argument: str = "40") -> str:
    """What a converter makes of a text; the code of its Fault."""
    result = prepared(text, name, argument)
    return result.code if isinstance(result, Fault) else result


class TestAddress:
    @pytest.mark.parametrize(
        ("line", "street", "number", "addition"),
        [
            ("Kerkstraat 12 bis-A", "Kerkstraat", "12", "bis-A"),
            ("Kerkstraat 12", "Kerkstraat", "12", ""),
            ("Kerkstraat, 12", "Kerkstraat", "12", ""),
            ("Kerkstraat nr. 12", "Kerkstraat", "12", ""),
            ("Kerkstraat 12a", "Kerkstraat", "12", "a"),
            ("Kerkstraat 12-A", "Kerkstraat", "12", "A"),
            ("Kerkstraat 12-14", "Kerkstraat", "12", "14"),
            ("Kerkstraat 12 II", "Kerkstraat", "12", "II"),
            ("Kerkstraat 12 3 hoog", "Kerkstraat", "12", "3 hoog"),
            ("Kanaalhof 101 2-hg", "Kanaalhof", "101", "2-hg"),
            ("1e Jan van der Heijdenstraat 5", "1e Jan van der Heijdenstraat", "5", ""),
            ("4 Novemberstraat 8b", "4 Novemberstraat", "8", "b"),
            ("2e Oosterparkstraat 12-2hg", "2e Oosterparkstraat", "12", "2hg"),
            ("Plein 1940 3", "Plein 1940", "3", ""),
            ("Plein 1940 3 bis", "Plein 1940", "3", "bis"),
            ("Plein 40-45 2", "Plein 40-45", "2", ""),
            ("Laan van 1940-1945 12", "Laan van 1940-1945", "12", ""),
            ("Plein 2", "Plein", "2", ""),
            ("Hoofdweg 1940 3", "Hoofdweg", "1940", "3"),
            ("Weg naar 1 Mei 12", "Weg naar 1 Mei", "12", ""),
            ("Straße des 17. Juni 135", "Straße des 17. Juni", "135", ""),
            ("Postbus 1203", "Postbus", "1203", ""),
            ("'s-Gravenweg  7", "'s-Gravenweg", "7", ""),
        ],
    )
    def test_a_line_becomes_street_number_and_addition(
        self, line: str, street: str, number: str, addition: str
    ) -> None:
        parts = [made(name, line) for name in ("street_name", "house_number", "house_number_addition")]
        assert parts == [street, number, addition]

    @pytest.mark.parametrize(
        "line",
        [
            *("12 Kerkstraat", "Kerkstraat", "Kerkstraat12", "12", "12 14", "Plein 1940", "Oude Weg 1940 3"),
            *("Kerkstraat 12 Utrecht", "Kerkstraat 12 1234 AB Utrecht", "Kerkstraat 12, 1234 AB", "Kerkstraat 123456"),
            *("Kerkstraat twaalf", "Kerkstraat 12 (boven)"),
        ],
    )
    def test_what_may_be_two_things_is_refused(self, line: str) -> None:
        assert made("street_name", line) == made("house_number", line) == "unsplit_address"
        assert made("house_number_addition", line) == "unsplit_address"

    @CALM
    @given(
        st.sampled_from(["Kerkstraat", "1e Jan Steenstraat", "Lange Akker", "'s-Gravenweg", "Plantage Middenlaan"]),
        st.integers(1, 999) | st.integers(10_000, 99_999),  # "1200 II" is a postcode too
        st.sampled_from(["", "A", "bis", "bis-A", "2-hg", "II", "hs", "3 hoog"]),
    )
    def test_what_was_put_together_comes_apart_again(self, street: str, number: int, addition: str) -> None:
        line = " ".join(part for part in (street, str(number), addition) if part)
        parts = [made(name, line) for name in ("street_name", "house_number", "house_number_addition")]
        assert parts == [street, str(number), addition]

    @CALM
    @given(ANY)
    def test_no_letter_and_no_digit_of_a_line_is_lost(self, line: str) -> None:
        parts = [prepared(line, name) for name in ("street_name", "house_number", "house_number_addition")]
        if not any(isinstance(part, Fault) for part in parts) and "n" not in line.casefold():  # "nr." goes
            joined = "".join(str(part) for part in parts)
            assert _marks(joined) == _marks(line)


def _marks(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFC", text) if char.isalnum())


class TestNames:
    @pytest.mark.parametrize(
        ("text", "prefix", "name"),
        [
            ("van der Berg", "van der", "Berg"),
            ("Van den Berg", "Van den", "Berg"),
            ("Berg", "", "Berg"),
            ("Berg, van der", "van der", "Berg"),
            ("van 't Hof", "van 't", "Hof"),
            ("'t Hart", "'t", "Hart"),
            ("in 't Veld", "in 't", "Veld"),
            ("d'Hondt", "", "d'Hondt"),
            ("de la Cruz", "de la", "Cruz"),
            ("El Amrani", "El", "Amrani"),
            ("von der Leyen", "von der", "Leyen"),
            ("van den Berg - de Vries", "van den", "Berg - de Vries"),
            ("van der", "van", "der"),
            ("Van", "", "Van"),
            ("Vander Berg", "", "Vander Berg"),
            ("Berg, Jan", "", "Berg, Jan"),
        ],
    )
    def test_a_last_name_and_its_prefix_are_told_apart(self, text: str, prefix: str, name: str) -> None:
        assert (made("name_prefix", text), made("name_without_prefix", text)) == (prefix, name)

    @CALM
    @given(ANY.filter(lambda text: "," not in text))
    def test_prefix_and_name_together_are_the_name(self, text: str) -> None:
        parts = (made("name_prefix", text), made("name_without_prefix", text))
        assert " ".join(part for part in parts if part) == prepared(text, "auto")

    @CALM
    @given(ANY)
    def test_somebody_with_a_name_keeps_one(self, text: str) -> None:
        assert made("name_without_prefix", text) != "" or not text.replace(",", "").strip()

    @pytest.mark.parametrize(
        ("text", "initials"),
        [
            ("Jan Willem", "J.W."),
            ("Jan-Willem", "J.W."),
            ("jan willem", "J.W."),
            ("J.W.", "J.W."),
            ("J. W.", "J.W."),
            ("Zoë", "Z."),
            ("Éva Ágnes", "É.Á."),
            ("IJsbrand", "IJ."),
            ("ijsbrand", "IJ."),
            ("ß", "ß."),
            ("Jan (Johannes)", "invalid_initials"),
            ("2e", "invalid_initials"),
            ("...", "invalid_initials"),
        ],
    )
    def test_initials_are_the_first_letters(self, text: str, initials: str) -> None:
        assert made("initials_from_names", text) == initials

    @CALM
    @given(ANY)
    def test_initials_of_initials_are_the_same(self, text: str) -> None:
        once = prepared(text, "initials_from_names")
        if isinstance(once, str) and "IJ." not in once:  # nobody can tell "IJ." from "I.J."
            assert prepared(once, "initials_from_names") in (once, unicodedata.normalize("NFC", once))


class TestCountries:
    @pytest.mark.parametrize("text", ["NL", "nl", "NLD", "Nederland", "The Netherlands", "niederlande", " HOLLAND "])
    def test_the_netherlands_have_many_names(self, text: str) -> None:
        assert made("country_code", text) == "NL"

    @pytest.mark.parametrize(
        ("text", "code"),
        [("Belgie", "BE"), ("Österreich", "AT"), ("Cote d'Ivoire", "CI"), ("U.S.A.", "US"), ("Türkei", "TR")],
    )
    def test_accents_and_marks_do_not_count(self, text: str, code: str) -> None:
        assert made("country_code", text) == code

    @pytest.mark.parametrize("text", ["Narnia", "Neder land", "Nederlan", "Congo", "N", "?"])
    def test_nothing_similar_is_taken(self, text: str) -> None:
        assert prepared(text, "country_code") == Fault("unmapped_option", {"option": text})

    @pytest.mark.parametrize("said_by", ["value", "iso_code"])
    def test_each_country_of_the_sample_list_is_found(self, said_by: str) -> None:
        rule = Rule("employee.address.country", "country", "country_code")
        assert [option_for(rule, getattr(option, said_by), COUNTRIES) for option in COUNTRIES] == list(COUNTRIES)

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("Dutch", "Nederlandse"),
            ("Nederlander", "Nederlandse"),
            ("niederländisch", "Nederlandse"),
            ("NL", "Nederlandse"),
            ("The Netherlands", "Nederlandse"),
            ("Deutsch", "Duitse"),
            ("Belgie", "Belgische"),
            ("Kosovo", "Kosovaarse"),
            ("staatenlos", "Staatloos"),
            ("Kongo-Kinshasa", "unmapped_option"),
            ("Congolese", "Congolese"),
            ("Klingon", "unmapped_option"),
        ],
    )
    def test_a_nationality_is_an_adjective_a_person_or_a_country(self, text: str, name: str) -> None:
        assert made("nationality_name", text) == name

    @pytest.mark.parametrize("document", ["roster", "personio"])
    @pytest.mark.parametrize("converter", ["nationality_name", "country_code"])
    def test_the_default_mappings_say_the_same(self, document: str, converter: str) -> None:
        rules = yaml.safe_load((ROOT / f"mapping/defaults/{document}.yaml").read_text(encoding="utf-8"))["rules"]
        target = "nationality" if converter == "nationality_name" else "country"
        options = next(rule["options"] for rule in rules if rule["target"].endswith(f".{target}"))
        assert {text: made(converter, text) for text in options} == options

    def test_each_nationality_of_the_sample_list_is_found_by_its_own_name(self) -> None:
        rule = Rule("employee.personalDetails.nationality", "nationality", "nationality_name")
        assert [option_for(rule, one.value.upper(), NATIONALITIES) for one in NATIONALITIES] == list(NATIONALITIES)

    @pytest.mark.parametrize("name", ["countries", "nationalities"])
    def test_no_word_stands_for_two(self, name: str) -> None:
        data = yaml.safe_load((ROOT / f"mapping/defaults/{name}.yaml").read_text(encoding="utf-8"))
        converter = {"countries": "country_code", "nationalities": "nationality_name"}[name]
        wanted = {word: key for key, row in data.items() for word in (row if isinstance(row, list) else row["words"])}
        assert {word: made(converter, word) for word in wanted} == wanted


class TestContacts:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("06-12345678", "+31612345678"),
            ("06 12 34 56 78", "+31612345678"),
            ("0031612345678", "+31612345678"),
            ("+31 (0)6 1234 5678", "+31612345678"),
            ("0031 (0)6 1234 5678", "+31612345678"),
            ("+31 06 12345678", "+31612345678"),
            ("030-0001234", "+31300001234"),
            ("+49 (0)30 901820", "+4930901820"),
            ("+32 470 12 34 56", "+32470123456"),
            ("06-12345678 x12", "invalid_phone"),
            ("0800-BLOEMEN", "invalid_phone"),
            ("112", "invalid_phone"),
            ("06-1234", "invalid_phone"),
            ("+999 12345678", "invalid_phone"),
        ],
    )
    def test_a_telephone_number_is_written_as_it_is_dialled_from_abroad(self, text: str, number: str) -> None:
        assert made("phone_e164", text) == number

    @CALM
    @given(ANY | st.text(alphabet="0123456789+-() ", min_size=8, max_size=20))
    def test_a_number_is_what_the_world_can_dial_and_stays_so(self, text: str) -> None:
        number = prepared(text, "phone_e164")
        if isinstance(number, str) and number:
            assert number.startswith("+")
            assert number[1:].isdigit()
            assert phonenumbers.is_possible_number(phonenumbers.parse(number))
            assert prepared(number, "phone_e164") == number

    def test_a_number_that_loket_has_no_room_for_is_not_cut(self) -> None:
        field, long = LOKET_FIELDS["employee.contactInformation.phoneNumber"], "+49 15123456789012"
        result = convert(field, long, "phone_e164", too_long=TooLong.SHORTEN)
        assert isinstance(result, Fault)

    @pytest.mark.parametrize(
        ("text", "iban"),
        [
            ("NL91ABNA0417164300", "NL91ABNA0417164300"),
            ("iban nl91 abna 0417 1643 00", "NL91ABNA0417164300"),
            ("IBAN: NL91-ABNA-0417.1643/00", "NL91ABNA0417164300"),
            ("NL91ABNA0417164301", "invalid_iban"),
            ("IBAN", "invalid_iban"),
        ],
    )
    def test_an_iban_loses_its_label_and_marks_only(self, text: str, iban: str) -> None:
        assert made("iban", text) == iban

    @CALM
    @given(ANY)
    def test_an_iban_is_a_valid_one(self, text: str) -> None:
        result = prepared(text, "iban")
        assert isinstance(result, Fault) or not result or stdnum_iban.is_valid(result)


DAYS = st.dates(date(1900, 3, 1), date(2199, 12, 31))


class TestDates:
    @pytest.mark.parametrize(
        ("converter", "text", "day"),
        [
            ("date_day_first", "31/12/2026", "2026-12-31"),
            ("date_day_first", "1.9.2026", "2026-09-01"),
            ("date_day_first", "01-09-2026", "2026-09-01"),
            ("date_day_first", "12/31/2026", "invalid_date"),
            ("date_day_first", "1/9/26", "invalid_date"),
            ("date_day_first", "1/9-2026", "invalid_date"),
            ("date_day_first", "2026-09-01", "2026-09-01"),
            ("date_day_first", "2026-09-01T00:00:00+02:00", "2026-09-01"),
            ("date_day_first", "2026-09-01 00:00:00", "2026-09-01"),
            ("date_month_first", "9/1/2026", "2026-09-01"),
            ("date_month_first", "31/12/2026", "invalid_date"),
            ("date_day_first", "29/2/2025", "invalid_date"),
            ("date_day_first", "1/1/1899", "invalid_date"),
            ("date_excel", "46387", "2026-12-31"),
            ("date_excel", "46387.0", "2026-12-31"),
            ("date_excel", "60", "invalid_date"),
            ("date_excel", "46387.5", "invalid_date"),
            ("date_excel", "999999", "invalid_date"),
        ],
    )
    def test_the_rule_says_which_number_is_the_day(self, converter: str, text: str, day: str) -> None:
        assert made(converter, text) == day

    @CALM
    @given(DAYS)
    def test_a_day_comes_back_however_it_is_written(self, day: date) -> None:
        assert made("date_day_first", f"{day.day}-{day.month}-{day.year}") == day.isoformat()
        assert made("date_month_first", f"{day.month:02}/{day.day:02}/{day.year}") == day.isoformat()
        assert made("date_excel", str((day - date(1899, 12, 30)).days)) == day.isoformat()

    @CALM
    @given(DAYS, st.sampled_from(["date_day_first", "date_month_first", "date_excel"]))
    def test_a_day_that_was_converted_stays(self, day: date, converter: str) -> None:
        assert made(converter, day.isoformat()) == day.isoformat()

    @CALM
    @given(st.integers(60, 120_000))
    def test_the_day_after_is_the_next_number_of_excel(self, serial: int) -> None:
        first, second = prepared(str(serial), "date_excel"), prepared(str(serial + 1), "date_excel")
        if isinstance(first, str) and isinstance(second, str):
            assert date.fromisoformat(second) - date.fromisoformat(first) == timedelta(days=1)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            *(("12", "12"), ("12.0", "12"), ("12,00", "12"), ("0", "0")),
            *(("0012", "zeros_in_front"), ("012.0", "zeros_in_front"), ("00", "zeros_in_front")),
            *(("1.000", "invalid_integer"), ("12.5", "invalid_integer"), ("-1", "invalid_integer")),
            *(("1e3", "invalid_integer"), ("٣", "invalid_integer"), ("9" * 16, "invalid_integer")),
        ],
    )
    def test_a_whole_number_loses_nothing(self, text: str, number: str) -> None:
        assert made("whole_number", text) == number

    @CALM
    @given(st.integers(0, 10**15 - 1))
    def test_a_whole_number_comes_back(self, number: int) -> None:
        assert made("whole_number", str(number)) == str(number) == made("whole_number", f"{number}.0")

    @pytest.mark.parametrize(
        ("text", "full_time", "hours"),
        [
            *(
                ("80%", "40", "32"),
                ("80 %", "38", "30.4"),
                ("0.8", "40", "32"),
                ("0,8", "40", "32"),
                ("80", "40", "32"),
            ),
            *(
                ("100", "38,5", "38.5"),
                ("1", "40", "40"),
                ("1%", "40", "0.4"),
                ("33.33", "36", "12"),
                ("110%", "40", "44"),
            ),
            *(
                ("1.5", "40", "invalid_part_time"),
                ("4.99", "40", "invalid_part_time"),
                ("x", "40", "invalid_part_time"),
            ),
            *(("-80", "40", "invalid_part_time"), ("80", "", "bad_setting"), ("80", "0", "bad_setting")),
            *(("80", "169", "bad_setting"), ("80", "forty", "bad_setting")),
        ],
    )
    def test_a_part_of_full_time_becomes_hours(self, text: str, full_time: str, hours: str) -> None:
        assert made("full_time_hours", text, full_time) == hours

    @CALM
    @given(st.integers(5, 100), st.integers(1, 60))
    def test_hours_are_that_part_of_full_time(self, percent: int, full_time: int) -> None:
        hours = made("full_time_hours", f"{percent}%", str(full_time))
        assert abs(Decimal(hours) - Decimal(percent * full_time) / 100) <= Decimal("0.005")
        assert made("full_time_hours", str(percent), str(full_time)) == hours

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            *(("32,5", "32.5"), ("32.50", "32.5"), ("32", "32"), ("100", "100"), ("1.234", "invalid_decimal")),
            *(("1.234,5", "invalid_decimal"), ("-1", "invalid_decimal"), ("", "")),
        ],
    )
    def test_a_comma_is_a_point(self, text: str, number: str) -> None:
        assert made("decimal_number", text) == number

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            *(("Ja", "yes"), ("YES", "yes"), ("true", "yes"), ("1", "yes"), ("nee", "no"), ("Nein", "no"), ("0", "no")),
            *(("maybe", "invalid_boolean"), ("2", "invalid_boolean")),
        ],
    )
    def test_yes_and_no_are_words(self, text: str, said: str) -> None:
        assert made("yes_no", text) == said


class TestEveryConverter:
    @pytest.mark.parametrize("name", CONVERTERS)
    def test_its_example_is_true(self, name: str) -> None:
        one = CONVERTERS[name]
        assert one.name == name
        assert one.function(one.example_in, "40") == one.example_out

    @pytest.mark.parametrize("name", CONVERTERS)
    def test_it_fits_a_field_and_not_every_one(self, name: str) -> None:
        fields = [field for field in LOKET_FIELDS.values() if CONVERTERS[name] in for_field(field)]
        assert fields
        assert name == "auto" or len(fields) < len(LOKET_FIELDS)

    @pytest.mark.parametrize("key", LOKET_FIELDS)
    def test_a_field_is_offered_its_text_as_it_is_first(self, key: str) -> None:
        assert for_field(LOKET_FIELDS[key])[0].name == "auto"

    @pytest.mark.parametrize("name", CONVERTERS)
    @CALM
    @given(ANY, ANY_ARGUMENT)
    @example("Kerkstraat 12", "40")
    def test_it_never_raises_on_any_text(self, name: str, text: str, argument: str) -> None:
        assert isinstance(CONVERTERS[name].function(text, argument), str | Fault)
        assert isinstance(prepared(text, name, argument), str | Fault)

    @pytest.mark.parametrize("name", [name for name in CONVERTERS if name != "full_time_hours"])
    @CALM
    @given(ANY)
    def test_what_it_made_it_leaves_alone(self, name: str, text: str) -> None:
        """But for parts of something: the prefix of a name has no prefix, the number of a line is no line."""
        once = prepared(text, name)
        if isinstance(once, str) and once and not name.startswith(("street", "house", "name_", "initials")):
            again = prepared(once, name)
            assert again == once or name in ("upper", "lower")

    @pytest.mark.parametrize("too_long", TooLong)
    @settings(deadline=None, max_examples=200)
    @given(data=st.data())
    def test_it_never_gives_what_lokets_document_refuses(self, too_long: TooLong, data: st.DataObject) -> None:
        field = data.draw(st.sampled_from(list(LOKET_FIELDS.values())))
        for one in for_field(field):
            text = data.draw(ANY)
            if field.type is FieldType.OPTION:
                options = data.draw(st.sampled_from([COUNTRIES, NATIONALITIES]))
                found = option_for(Rule(field.key, "x", one.name), text, options)
                assert found is None or isinstance(found, Fault) or found in options
            else:
                _check(field, convert(field, text, one.name, "40", too_long))


def _check(field: LoketField, value: Plain | Fault | None) -> None:
    """The value is of the type and the size that the document wants, or there is none."""
    match value:
        case None | Fault():
            return
        case bool():
            assert field.type is FieldType.BOOLEAN
        case int() | Decimal():
            assert field.type is (FieldType.INTEGER if isinstance(value, int) else FieldType.DECIMAL)
            assert field.minimum is None or value >= Decimal(field.minimum)
            assert field.maximum is None or value <= Decimal(field.maximum)
        case date():
            assert field.type is FieldType.DATE
        case str():
            assert value
            assert value == value.strip()
            assert field.limit is None or len(value) <= field.limit


class TestTooLong:
    @pytest.mark.parametrize("key", ["bsn", "iban", "employee.identityDocument.documentIdentification"])
    def test_what_identifies_somebody_is_never_cut(self, key: str) -> None:
        assert not may_shorten(LOKET_FIELDS[key])
        assert isinstance(convert(LOKET_FIELDS[key], "9" * 40, too_long=TooLong.SHORTEN), Fault)

    @pytest.mark.parametrize(
        "kind", sorted(set(FieldType) - {FieldType.TEXT, FieldType.INITIALS}, key=lambda kind: kind.value)
    )
    def test_only_words_may_be_cut(self, kind: FieldType) -> None:
        assert not any(may_shorten(field) for field in LOKET_FIELDS.values() if field.type is kind)

    @pytest.mark.parametrize(
        ("key", "text", "left"),
        [
            ("employee.personalDetails.lastName", "x" * 26, "x" * 25),
            ("employee.personalDetails.lastName", "x" * 24 + " y", "x" * 24),
            ("employee.personalDetails.lastName", "x" * 25, "x" * 25),
            ("employee.personalDetails.initials", "J.M.A.B.C.D.E.", "JMABCD"),
            ("employee.personalDetails.lastName", "x" * 24 + "q\u0301", "x" * 24),
        ],
    )
    def test_as_much_is_left_as_fits(self, key: str, text: str, left: str) -> None:
        assert convert(LOKET_FIELDS[key], text, too_long=TooLong.SHORTEN) == left

    @CALM
    @given(st.text(min_size=1), st.sampled_from([field for field in LOKET_FIELDS.values() if may_shorten(field)]))
    def test_what_is_left_is_the_beginning(self, text: str, field: LoketField) -> None:
        whole, left = prepared(text, "auto"), convert(field, text, too_long=TooLong.SHORTEN)
        if isinstance(left, str) and field.type is FieldType.TEXT:
            assert str(whole).startswith(left)
            assert len(left) <= (field.limit or 0)


class TestOptions:
    RULE = Rule("employee.address.country", "country", "country_code", {"het eiland": "BE", "narnia": "NL"})

    def test_the_option_map_goes_before_the_converter(self) -> None:
        """What support chose for a value counts, whatever the converter would make of it."""
        found = option_for(Rule("t", "c", "country_code", {option_key("Holland"): "BE"}), "holland", COUNTRIES)
        assert isinstance(found, Option)
        assert found.iso_code == "BE"

    def test_a_value_that_the_converter_does_not_know_may_stand_in_the_map(self) -> None:
        found = option_for(self.RULE, " Het  Eiland", COUNTRIES)
        assert isinstance(found, Option)
        assert found.iso_code == "BE"

    def test_a_value_of_neither_is_not_mapped(self) -> None:
        assert option_for(self.RULE, "Atlantis", COUNTRIES) == Fault("unmapped_option", {"option": "Atlantis"})

    def test_without_lokets_list_nobody_can_tell(self) -> None:
        assert option_for(self.RULE, "Atlantis", None) == Fault("no_value_list")

    @CALM
    @given(ANY)
    def test_an_option_is_one_of_the_list(self, text: str) -> None:
        found = option_for(self.RULE, text, COUNTRIES)
        assert found is None or isinstance(found, Fault) or found in COUNTRIES
