"""One person through a mapping set."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.apply import Mapped, Value, apply
from mapping.catalogue import LOKET_FIELDS
from mapping.rules import PROBLEM_CODES, Effect, Empty, MappingSet, Option, Rule, Sealed, WriteMode
from tests.sync.fakes import CALM, FULL, ROSTER, VALUE_LISTS

LAST, FIRST, PREFIX = (f"employee.personalDetails.{name}" for name in ("lastName", "firstName", "prefix"))
FUNCTION = "organization.function"


def one(target: str, value: Any, *, is_new: bool = False, **rule: Any) -> Mapped:
    mapping = MappingSet("Test", 1, (Rule(target, "column", **rule),))
    return apply(mapping, {"column": value}, VALUE_LISTS, is_new=is_new)


def codes(mapped: Mapped) -> list[str]:
    return [problem.code for problem in mapped.problems]


def test_a_whole_person_is_mapped() -> None:
    numbers: dict[str, Any] = {"employee_number": "1017", "income_number": "1"}
    mapped = apply(ROSTER, numbers | FULL, VALUE_LISTS)
    assert mapped.problems == ()
    assert mapped.values["employee.employeeNumber"] == Value(1017)
    assert mapped.values["employee.personalDetails.gender"] == Value(Option(12, "Vrouw"))
    assert mapped.values["employee.personalDetails.nationality"] == Value(Option(22, "Belgische"))
    assert mapped.values["workingHours.deviatingHoursPerWeek"] == Value(Decimal("24.5"))
    assert mapped.values["iban"] == Value("NL91ABNA0417164300")
    assert "employee.contactInformation.phoneNumber" not in mapped.values
    assert "organization.distributionUnit" not in mapped.values


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_empty_value_keeps_what_loket_has(value: str | None) -> None:
    """Rule 31, the default."""
    assert one(PREFIX, value).values == {}
    assert one(PREFIX, value).problems == ()


def test_an_empty_value_clears_only_where_the_mapping_says_so() -> None:
    assert one(PREFIX, None, empty=Empty.CLEAR).values == {PREFIX: Value(None)}


def test_what_loket_cannot_leave_empty_is_not_cleared() -> None:
    mapped = one(LAST, None, empty=Empty.CLEAR)
    assert mapped.values == {}
    assert codes(mapped) == ["cannot_clear"]


def test_a_column_that_is_absent_says_nothing_even_with_clear() -> None:
    mapping = MappingSet("Test", 1, (Rule(PREFIX, "not_there", empty=Empty.CLEAR),))
    assert apply(mapping, {}, VALUE_LISTS) == Mapped({}, ())


def test_an_unmapped_value_is_a_problem_with_the_value() -> None:
    mapped = one(FUNCTION, "Sommelier")
    assert mapped.values == {}
    (problem,) = mapped.problems
    assert (problem.code, problem.field, problem.value) == ("unmapped_option", "column", "Sommelier")
    assert problem.effect is Effect.FIELD


def test_a_fallback_is_for_new_people_only() -> None:
    """Rule 21."""
    assert one(FUNCTION, "Sommelier", fallback="Algemeen").values == {}
    new = one(FUNCTION, "Sommelier", fallback="Algemeen", is_new=True)
    assert new.values[FUNCTION] == Value(Option("f-0", "Algemeen"), is_fallback=True)
    assert "unmapped_option" in codes(new)
    assert one(FUNCTION, None, fallback="Algemeen", is_new=True).values[FUNCTION].is_fallback
    assert not one(FUNCTION, "Kok", fallback="Algemeen", is_new=True).values[FUNCTION].is_fallback


def test_a_fallback_that_loket_lacks_is_a_problem() -> None:
    mapped = one(FUNCTION, None, fallback="General", is_new=True)
    assert FUNCTION not in mapped.values
    assert "fallback_missing" in codes(mapped)


def test_only_for_new_is_left_out_for_everybody_else() -> None:
    assert one(FIRST, "Zoë", write_mode=WriteMode.ONLY_FOR_NEW).values == {}
    assert FIRST in one(FIRST, "Zoë", write_mode=WriteMode.ONLY_FOR_NEW, is_new=True).values


def test_a_field_that_is_too_long_is_skipped_and_the_last_name_blocks_the_person() -> None:
    """Rule 49."""
    assert not one(FIRST, "x" * 29).is_blocked
    mapped = one(LAST, "x" * 26)
    assert mapped.is_blocked
    (problem,) = mapped.problems
    assert dict(problem.params) == {"target": LAST, "limit": "25", "length": "26"}


def test_what_a_new_person_cannot_do_without_is_missed() -> None:
    mapped = apply(ROSTER, {"employee_number": "1", "income_number": "1", "last_name": None}, VALUE_LISTS, is_new=True)
    (problem,) = (p for p in mapped.problems if p.effect is Effect.PERSON)
    assert (problem.code, problem.field) == ("required_for_new", "last_name")


@pytest.mark.parametrize(("column", "value"), [("bsn", "111222334"), ("iban", "NL91ABNA0417164301")])
def test_a_wrong_bsn_or_iban_is_never_repeated_in_a_problem(column: str, value: str) -> None:
    (problem,) = apply(ROSTER, {column: value}, VALUE_LISTS).problems
    assert problem.code == f"invalid_{column}"
    assert value not in repr(problem)


def test_a_sealed_value_passes_as_it_is() -> None:
    sealed = Sealed("abc", "••••••333")
    assert apply(ROSTER, {"bsn": sealed}, VALUE_LISTS).values == {"bsn": Value(sealed)}


ADDRESS = {k: FULL[k] for k in ("street", "house_number", "house_number_addition", "postal_code", "city", "country")}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("street", "x" * 25, "too_long"),
        ("house_number", "23bis", "invalid_integer"),
        ("country", "Narnia", "unmapped_option"),
        ("postal_code", "10115", "invalid_postcode"),
    ],
)
def test_half_an_address_is_not_sent(column: str, value: str, code: str) -> None:
    """A new street with the old number is nobody's address."""
    mapped = apply(ROSTER, ADDRESS | {column: value}, VALUE_LISTS)
    assert mapped.values == {}
    assert codes(mapped) == [code, "address_held"]


def test_a_foreign_postcode_is_good_abroad() -> None:
    assert apply(ROSTER, ADDRESS | {"postal_code": "10115", "country": "DE"}, VALUE_LISTS).problems == ()


def test_an_empty_addition_goes_with_its_house_number_only() -> None:
    addition = "employee.address.houseNumberAddition"
    moved = apply(ROSTER, ADDRESS | {"house_number_addition": None}, VALUE_LISTS)
    assert moved.values[addition] == Value(None)
    assert apply(ROSTER, dict.fromkeys(ADDRESS), VALUE_LISTS).values == {}


ANY_TEXT = st.none() | st.text(max_size=40) | st.sampled_from([v for v in FULL.values() if v])


@CALM
@given(st.dictionaries(st.sampled_from(sorted(FULL)), ANY_TEXT), st.booleans())
def test_any_person_gives_values_that_fit_or_problems_that_are_known(values: dict[str, Any], is_new: bool) -> None:
    mapped = apply(ROSTER, values, VALUE_LISTS, is_new=is_new)
    assert {problem.code for problem in mapped.problems} <= set(PROBLEM_CODES)
    for key, value in mapped.values.items():
        field = LOKET_FIELDS[key]
        if isinstance(value.value, Option):
            assert value.value in VALUE_LISTS[field.options]
        if isinstance(value.value, str):
            assert value.value
            assert len(value.value) <= (field.limit or 0)
        if not is_new:
            assert not value.is_fallback
            assert value.value is not None or key == "employee.address.houseNumberAddition"


def test_a_rule_that_says_who_is_sent_fills_nothing() -> None:
    assert one("scope.status", "active", is_new=False) == Mapped({}, ())
