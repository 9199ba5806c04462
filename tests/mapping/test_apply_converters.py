"""One person through rules with converters, approved shortening, objects that exist only whole, attributes of the portal."""

from typing import Any

import pytest

from mapping.apply import Mapped, Value, apply
from mapping.catalogue import LOKET_FIELDS, SCOPE_FIELDS, WHOLES
from mapping.rules import (
    PROBLEM_CODES,
    Effect,
    Empty,
    MappingSet,
    Option,
    Rule,
    TooLong,
    from_dict,
    rule_of,
    to_dict,
)
from tests.sync.fakes import VALUE_LISTS

STREET, NUMBER, ADDITION = (f"employee.address.{name}" for name in ("street", "houseNumber", "houseNumberAddition"))
FIRST, LAST, INITIALS = (f"employee.personalDetails.{name}" for name in ("firstName", "lastName", "initials"))
COUNTRY, POSTCODE = "employee.address.country", "employee.address.postalCode"
HOURS = "workingHours.deviatingHoursPerWeek"
ONE_LINE = (
    Rule(STREET, "line", "street_name"),
    Rule(NUMBER, "line", "house_number"),
    Rule(ADDITION, "line", "house_number_addition", empty=Empty.CLEAR),
)


def through(*rules: Rule, is_new: bool = False, **values: Any) -> Mapped:
    return apply(MappingSet("Test", 1, rules), values, VALUE_LISTS, is_new=is_new)


def codes(mapped: Mapped) -> list[str]:
    return [problem.code for problem in mapped.problems]


class TestConverters:
    def test_one_column_fills_three_fields(self) -> None:
        mapped = through(*ONE_LINE, line="Kerkstraat 12 bis")
        assert mapped == Mapped({STREET: Value("Kerkstraat"), NUMBER: Value(12), ADDITION: Value("bis")}, ())

    def test_a_part_that_is_not_there_is_empty_and_the_rule_says_what_that_means(self) -> None:
        assert through(*ONE_LINE, line="Kerkstraat 12").values[ADDITION] == Value(None)
        kept = (*ONE_LINE[:2], Rule(ADDITION, "line", "house_number_addition"))
        assert ADDITION not in through(*kept, line="Kerkstraat 12").values

    def test_a_line_that_cannot_be_taken_apart_holds_the_whole_address(self) -> None:
        mapped = through(*ONE_LINE, Rule("employee.address.city", "city"), line="12 Kerkstraat", city="Utrecht")
        assert mapped.values == {}
        assert codes(mapped) == ["unsplit_address"] * 3 + ["address_held"]
        assert {problem.value for problem in mapped.problems} == {"12 Kerkstraat"}

    def test_the_argument_of_a_rule_reaches_its_converter(self) -> None:
        rule = Rule(HOURS, "part_time", "full_time_hours", argument="38")
        assert str(through(rule, part_time="50%").values[HOURS].value) == "19"

    def test_a_rule_without_its_argument_is_supports_to_mend(self) -> None:
        assert codes(through(Rule(HOURS, "part_time", "full_time_hours"), part_time="50%")) == ["bad_setting"]

    def test_an_option_goes_through_the_converter_before_the_list_is_searched(self) -> None:
        rule = Rule(COUNTRY, "country", "country_code", {"holland": "BE"})
        assert through(rule, country="Germany").values[COUNTRY] == Value(Option(33, "Duitsland", "DE"))
        assert through(rule, country="Holland").values[COUNTRY] == Value(Option(32, "België", "BE"))
        assert codes(through(rule, country="Narnia")) == ["unmapped_option"]
        assert codes(through(rule, country="France")) == ["unmapped_option"]

    def test_the_fallback_is_lokets_own_text_and_goes_through_no_converter(self) -> None:
        rule = Rule(FIRST, "first", "initials_from_names", fallback="Onbekend")
        assert through(rule, first="2e", is_new=True).values[FIRST] == Value("Onbekend", is_fallback=True)

    def test_an_attribute_of_the_portal_is_read_like_any_column(self) -> None:
        mapped = through(Rule(FIRST, "portal.7"), Rule(LAST, "portal.8"), **{"portal.7": "Zoë"})
        assert mapped == Mapped({FIRST: Value("Zoë")}, ())

    def test_an_iban_that_is_none_is_not_repeated(self) -> None:
        (problem,) = through(Rule("iban", "iban", "iban"), iban="IBAN NL91 ABNA 0417 1643 01").problems
        assert problem.code == "invalid_iban"
        assert "ABNA" not in repr(problem)


class TestTooLong:
    def test_it_is_refused_where_nobody_approved_it(self) -> None:
        mapped = through(Rule(FIRST, "first"), first="x" * 29)
        assert (mapped.values, codes(mapped)) == ({}, ["too_long"])

    def test_an_approved_one_is_sent_and_told(self) -> None:
        mapped = through(Rule(FIRST, "first", too_long=TooLong.SHORTEN), first="x" * 28 + "yz")
        assert mapped.values == {FIRST: Value("x" * 28)}
        (problem,) = mapped.problems
        assert (problem.code, problem.field, problem.value) == ("shortened", "first", "x" * 28 + "yz")
        assert dict(problem.params) == {"target": FIRST, "left": "x" * 28, "limit": "28", "length": "30"}

    def test_a_shortened_last_name_does_not_block_the_person(self) -> None:
        mapped = through(Rule(LAST, "last", too_long=TooLong.SHORTEN), last="x" * 26)
        assert not mapped.is_blocked
        assert mapped.problems[0].effect is Effect.FIELD

    def test_one_that_fits_is_not_told(self) -> None:
        assert through(Rule(FIRST, "first", too_long=TooLong.SHORTEN), first="x" * 28).problems == ()

    def test_a_shortened_street_does_not_hold_its_address(self) -> None:
        rules = (Rule(STREET, "street", too_long=TooLong.SHORTEN), Rule(NUMBER, "number"))
        mapped = through(*rules, street="x" * 25, number="12")
        assert mapped.values == {STREET: Value("x" * 24), NUMBER: Value(12)}
        assert codes(mapped) == ["shortened"]

    @pytest.mark.parametrize(
        ("target", "value"),
        [
            ("employee.contactInformation.phoneNumber", "+49 1512 3456789 1234567"),
            ("employee.contactInformation.emailAddress", "x" * 250 + "@x.example"),
            (POSTCODE, "1234567890"),
            ("employee.identityDocument.documentIdentification", "X" * 21),
        ],
    )
    def test_what_would_be_another_value_is_never_cut(self, target: str, value: str) -> None:
        mapped = through(Rule(target, "x", too_long=TooLong.SHORTEN), x=value)
        assert mapped.values == {}
        assert codes(mapped)[0] == "too_long"


class TestWholes:
    @pytest.mark.parametrize("whole", WHOLES, ids=lambda whole: whole.name)
    def test_one_faulty_part_holds_all_that_is_whole_or_not_at_all(self, whole: Any) -> None:
        good, bad = whole.demanded[0], whole.demanded[-1]
        values = (
            {"good": "1", "bad": "?"} if "workPattern" in good or "houseNumber" in good else {"good": "x", "bad": ""}
        )
        rules = (Rule(good, "good"), Rule(bad, "bad", empty=Empty.CLEAR))
        if LOKET_FIELDS[good].type.value == "option":
            rules, values = (Rule(bad, "good"), Rule(good, "bad")), {"good": "x", "bad": "?"}
        mapped = through(*rules, **values)
        assert mapped.values == {}
        assert codes(mapped)[-1] == whole.held

    def test_a_dutch_postal_address_wants_a_dutch_postcode(self) -> None:
        place = "employee.deviatingPostalAddress"
        rules = (Rule(f"{place}.postalCode", "post code"), Rule(f"{place}.country", "country"))
        mapped = through(*rules, **{"post code": "10115", "country": "NL"})
        assert codes(mapped) == ["invalid_postcode", "address_held"]
        assert mapped.problems[0].field == "post code"

    def test_the_two_addresses_do_not_hold_each_other(self) -> None:
        post = "employee.deviatingPostalAddress.houseNumber"
        mapped = through(Rule(post, "post"), Rule(NUMBER, "home"), post="x", home="12")
        assert mapped.values == {NUMBER: Value(12)}

    def test_every_code_is_one_that_is_worded(self) -> None:
        assert {whole.held for whole in WHOLES} | {"shortened", "unsplit_address"} <= set(PROBLEM_CODES)


class TestDocument:
    ROW: dict[str, Any] = {"target": HOURS, "source": "part_time", "converter": "full_time_hours", "argument": "38,5"}

    def test_a_converter_keeps_its_argument(self) -> None:
        mapping = from_dict({"name": "Test", "version": 1, "rules": [self.ROW]})
        assert mapping.rules[0].argument == "38,5"
        assert from_dict(to_dict(mapping)) == mapping

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({"argument": None}, "must be hours"),
            ({"argument": "forty"}, "must be hours"),
            ({"argument": "0"}, "must be hours"),
            ({"converter": "upper"}, "takes none"),
        ],
    )
    def test_a_wrong_argument_is_refused(self, change: dict[str, Any], what: str) -> None:
        with pytest.raises(ValueError, match=what):
            rule_of(self.ROW | change)

    @pytest.mark.parametrize("target", SCOPE_FIELDS)
    def test_who_is_sent_goes_through_no_converter(self, target: str) -> None:
        with pytest.raises(ValueError, match="read from words"):
            rule_of({"target": target, "source": "status", "converter": "upper"})
