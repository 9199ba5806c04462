"""One attribute of Personio as canonical text: whatever shape it comes in, it is what the roster would say of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loket_portal.personio.payloads import Attribute
from sync.sources.columns import Kind
from sync.sources.personio_values import cell, day, read
from sync.sources.values import Fault, canonical
from tests.sync.employees import read as person
from tests.sync.employees import scope_lens
from tests.sync.fakes import CALM


def value(kind: Kind, given: Any, key: str = "dynamic_1", type_: str = "standard") -> str | None:
    return read(kind, key, Attribute("", given, type_), {})


def fault(kind: Kind, given: Any) -> str:
    with pytest.raises(Fault) as caught:
        value(kind, given)
    return caught.value.code


def department(name: Any) -> dict[str, Any]:
    return {"type": "Department", "attributes": {"id": 2815, "name": name}}


class TestNumbers:
    @pytest.mark.parametrize("given", ["36", 36, "36.0", 36.0, "36,0", " 36 ", "36.000000"])
    def test_hours_are_one_number_however_they_are_written(self, given: Any) -> None:
        assert value(Kind.DECIMAL, given) == "36"

    @pytest.mark.parametrize("given", ["32.5", 32.5, "32,5", "32.50"])
    def test_hours_keep_their_decimals(self, given: Any) -> None:
        assert value(Kind.DECIMAL, given) == "32.5"

    @pytest.mark.parametrize("given", ["12", 12, 12.0, "012", " 12 "])
    def test_a_house_number_is_the_same_as_a_number_and_as_a_text(self, given: Any) -> None:
        assert value(Kind.WHOLE, given) == "12"

    def test_zero_is_a_number(self) -> None:
        assert (value(Kind.WHOLE, 0), value(Kind.DECIMAL, 0.0), value(Kind.TEXT, 0)) == ("0", "0", "0")

    @pytest.mark.parametrize("key", ["fix_salary", "hourly_salary", "department", "supervisor"])
    def test_zero_is_nothing_in_salaries_and_in_relations(self, key: str) -> None:
        assert (value(Kind.TEXT, 0, key), value(Kind.DECIMAL, 0.0, key)) == (None, None)
        assert read(Kind.DECIMAL, "dynamic_9", Attribute("", 0, "decimal", key), {}) is None

    @pytest.mark.parametrize("given", [-1, "1.234,5", "x", True, 10**20])
    def test_what_is_no_such_number_is_a_fault(self, given: Any) -> None:
        assert fault(Kind.DECIMAL, given) == "bad_number"

    @pytest.mark.parametrize("given", [float("nan"), float("inf"), 10**5000], ids=["nan", "inf", "endless"])
    def test_what_no_number_of_a_person_can_be_is_a_fault(self, given: Any) -> None:
        assert fault(Kind.WHOLE, given) == "bad_text"


class TestDates:
    @pytest.mark.parametrize(
        "given",
        [
            *("2024-04-01", "2024-04-01T00:00:00+02:00", "2024-04-01T00:00:00+14:00", "2024-04-01T23:59:59-11:00"),
            *("2024-04-01T00:00:00Z", "2024-04-01 00:00:00", "2024-04-01T00:00", "01-04-2024", "1-4-2024"),
        ],
    )
    def test_a_date_is_the_day_as_it_is_written_never_that_in_utc(self, given: str) -> None:
        assert value(Kind.DATE, given, type_="date") == "2024-04-01"

    @pytest.mark.parametrize("given", ["2024-02-30", "2024-02-30T00:00:00+01:00", "1024-04-01", "04/01/2024", 20240401])
    def test_an_impossible_date_is_the_same_fault_as_in_the_roster(self, given: Any) -> None:
        assert fault(Kind.DATE, given) == "bad_date"

    def test_only_a_time_is_cut_off(self) -> None:
        assert day("2024-04-011") == "2024-04-011"
        assert day("2024-04-01T00:00:00+02:00") == "2024-04-01"


class TestTexts:
    def test_a_relation_is_its_name(self) -> None:
        assert value(Kind.TEXT, department(" Operations  West ")) == "Operations West"
        assert value(Kind.TEXT, {"id": 701, "name": "Voorbeeld BV"}) == "Voorbeeld BV"

    def test_several_relations_are_their_names(self) -> None:
        assert value(Kind.TEXT, [department("KP-100"), department("KP-200")]) == "KP-100, KP-200"

    def test_a_supervisor_is_a_first_and_a_last_name(self) -> None:
        names = {"first_name": {"label": "First name", "value": "Joris"}, "last_name": {"label": "", "value": "Bakker"}}
        assert value(Kind.TEXT, {"type": "Employee", "attributes": {"id": {"value": 4}, **names}}) == "Joris Bakker"

    @pytest.mark.parametrize("given", [department(None), department(""), {"attributes": []}, [], [None, ""], {}, [[]]])
    def test_a_relation_to_nothing_is_empty(self, given: Any) -> None:
        assert value(Kind.TEXT, given) is None

    @pytest.mark.parametrize(
        "given",
        [department([1]), {"attributes": {"id": 5}}, {"attributes": "x"}, [["a"]], {"name": {"value": {}}}, {"a": 1}],
    )
    def test_what_has_no_name_is_a_fault(self, given: Any) -> None:
        assert fault(Kind.TEXT, given) == "bad_text"

    @pytest.mark.parametrize(
        "given", ["Nederlands,Engels", "Nederlands, Engels", '["Nederlands","Engels"]', ["Nederlands", "Engels"]]
    )
    @pytest.mark.parametrize("type_", ["tags", "TAGS"])
    def test_tags_are_the_same_as_comma_text_as_json_and_as_a_list(self, given: Any, type_: str) -> None:
        assert value(Kind.TEXT, given, type_=type_) == "Nederlands, Engels"

    @pytest.mark.parametrize("given", ["", "[]", ",", [], '[""]'])
    def test_no_tags_are_empty(self, given: Any) -> None:
        assert value(Kind.TEXT, given, type_="tags") is None

    @pytest.mark.parametrize("given", ["[A", "[" * 100_000, "[1" + "0" * 5000], ids=["open", "deep", "endless"])
    def test_tags_that_only_look_like_json_are_a_text(self, given: str) -> None:
        assert value(Kind.TEXT, given, type_="tags") == given

    def test_only_tags_are_taken_apart(self) -> None:
        assert value(Kind.TEXT, '["A","B"]') == '["A","B"]'
        assert value(Kind.TEXT, "Laan 1,2") == "Laan 1,2"

    def test_lines_become_one(self) -> None:
        assert value(Kind.TEXT, "Lange\r\n  Akker") == "Lange Akker"

    @pytest.mark.parametrize("given", ["a\x00b", "a\ud800"])
    def test_a_text_that_nobody_can_read_is_a_fault(self, given: str) -> None:
        assert fault(Kind.TEXT, given) == "bad_text"


class TestScope:
    @pytest.mark.parametrize("given", ["Yes", "ja", "JA", "y", True, 1, "1", ["Yes"], "waar"])
    def test_yes_in_three_languages(self, given: Any) -> None:
        assert value(Kind.YES_NO, given) == "yes"

    @pytest.mark.parametrize("given", ["No", "nee", "Nein", "NEIN", False, 0, "0"])
    def test_no_in_three_languages(self, given: Any) -> None:
        assert value(Kind.YES_NO, given) == "no"

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            *(
                ("active", "active"),
                ("Aktiv", "active"),
                ("actief", "active"),
                ("leave", "leave"),
                ("Beurlaubt", "leave"),
            ),
            *(("Abwesend", "leave"), ("inactive", "inactive"), ("Inaktiv", "inactive"), ("Onboarding", "onboarding")),
        ],
    )
    def test_the_status_in_three_languages(self, given: str, expected: str) -> None:
        assert value(Kind.STATUS, given) == expected

    @pytest.mark.parametrize(("kind", "code"), [(Kind.STATUS, "unknown_status"), (Kind.YES_NO, "unknown_yes_no")])
    def test_another_word_is_a_fault(self, kind: Kind, code: str) -> None:
        assert fault(kind, "vielleicht") == code

    def test_a_company_may_have_words_of_its_own(self) -> None:
        lens = scope_lens(status={"in dienst (nl)": "active"}, consider={"loket": "yes", "nein": "yes"})
        found = person(lens, status=" In  dienst (NL)", consider_in_nl_payroll="Nein")
        assert (found.values["status"], found.values["consider_in_nl_payroll"], found.problems) == ("active", "yes", ())

    def test_an_option_map_makes_nothing_out_of_nothing(self) -> None:
        found = person(scope_lens(consider={"": "yes"}), consider_in_nl_payroll="")
        assert found.values["consider_in_nl_payroll"] is None

    def test_the_words_of_other_columns_are_the_mappings_business(self) -> None:
        assert person(city="Nein").values["city"] == "Nein"


@CALM
@given(
    st.text() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(Kind),
)
def test_a_plain_value_reads_as_the_same_cell_of_a_roster(given: Any, kind: Kind) -> None:
    def read_or_code(call: Any) -> Any:
        try:
            return call()
        except Fault as error:
            return error.code

    ours, theirs = read_or_code(lambda: value(kind, given)), read_or_code(lambda: canonical(kind, given))
    assert (
        ours == theirs
        or kind is Kind.DATE
        or str(given).casefold() in {"nein", "aktiv", "inaktiv", "abwesend", "beurlaubt"}
    )


@CALM
@given(st.lists(st.text().filter(lambda text: "," not in text and not text.strip().startswith("[")), max_size=4))
def test_tags_in_their_three_shapes_are_one(tags: list[str]) -> None:
    shapes = [tags, json.dumps(tags), ",".join(tags)]
    assert len({cell("dynamic_1", Attribute("", shape, "tags")) for shape in shapes}) == 1
