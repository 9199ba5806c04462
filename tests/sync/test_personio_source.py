"""Personio through the lens of a mapping: the same columns, values and problems as the roster's (rules 24, 39 to 44)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loket_portal.simulator.options import Options
from mapping.apply import apply
from mapping.catalogue import CONSIDER, LOKET_FIELDS, STATUS
from mapping.rules import MappingSet, Option, Rule, WriteMode
from sync.policy import Reason, decide
from sync.records import LEGAL_ENTITY, REQUIRED_COLUMNS, Effect, HRRecord, Later, Problem, Sealed
from sync.services import codec
from sync.sources import roster
from sync.sources.columns import ROSTER_COLUMNS, Kind, column_of
from sync.sources.effective import LaterValue, as_of
from sync.sources.personio import NoPersonioId, lens, record
from tests.sync.employees import ABSENT, EVERY_COLUMN, LENS, PERSON, account, account_lens, employee, read
from tests.sync.fakes import CALM, ROSTER, TODAY

SAMPLE = Path(__file__).parents[2] / "docs/samples/roster.csv"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**4299, 10**4400) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ODD = st.sampled_from(
    [
        *(
            "\ud800",
            "\x00",
            "[" * 100_000,
            '["A',
            "[NaN]",
            '[{"name": 1}]',
            "[1e999]",
            "9" * 5000,
            "2026-02-30T00:00:00Z",
        ),
        *({"attributes": []}, {"attributes": {"name": {"value": []}}}, {"attributes": {"id": 5}}, {"name": None}),
        *(
            [[]],
            [[1]],
            [None, {}],
            float("inf"),
            -0.0,
            "²" * 9,
            "NL" * 20,
            "ß",
            {"type": "X", "attributes": {"name": 3}},
        ),
    ]
)


def codes(found: HRRecord) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.field, problem.value) for problem in found.problems]


class TestLens:
    def test_every_column_is_filled_by_the_target_of_the_rosters_own_mapping(self) -> None:
        sources = {rule.target: rule.source for rule in ROSTER.rules if rule.source}
        assert sources | {STATUS: "status", CONSIDER: "consider_in_nl_payroll"} == {
            column.target: column.name for column in ROSTER_COLUMNS
        }

    def test_the_engine_gets_columns_for_sources_and_no_rule_of_who_is_sent(self) -> None:
        number = Rule("employee.employeeNumber", "dynamic_1", converter="upper", write_mode=WriteMode.ONLY_FOR_NEW)
        unit = Rule("organization.distributionUnit", None, fallback="Algemeen")
        made = lens(MappingSet("Personio", 3, (Rule(STATUS, "status"), number, unit)))
        filled = Rule(number.target, "employee_number", converter="upper", write_mode=WriteMode.ONLY_FOR_NEW)
        assert made.mapping == MappingSet("Personio", 3, (filled, unit))
        assert made.columns == {"status": "status", "employee_number": "dynamic_1"}
        assert made.attributes == {"status", "dynamic_1"}

    def test_one_attribute_may_fill_two_columns(self) -> None:
        made = lens(
            MappingSet("P", 1, (Rule("organization.function", "team"), Rule("organization.department", "team")))
        )
        found = record(employee({"team": "Keuken"}), made)
        assert (found.values["function"], found.values["department"]) == ("Keuken", "Keuken")

    def test_a_field_that_no_roster_has_is_a_column_of_its_own_name(self) -> None:
        target = "organization.distributionUnit"
        found = record(
            employee({"cost_centers": [{"name": "KP-100"}]}), lens(MappingSet("P", 1, (Rule(target, "cost_centers"),)))
        )
        assert found.values[target] == "KP-100"
        assert apply(
            lens(MappingSet("P", 1, (Rule(target, "x"),))).mapping,
            found.values,
            {"distributionUnit": (Option(1, "KP-100"),)},
        ).values[target].value == Option(1, "KP-100")

    @pytest.mark.parametrize("target", LOKET_FIELDS)
    def test_every_field_of_loket_has_a_column(self, target: str) -> None:
        assert column_of(target).target == target

    def test_an_attribute_that_no_rule_names_is_not_taken_along(self) -> None:
        found = record(employee({"the_last_name": "Berg", "fix_salary": 4000}), LENS)
        assert "4000" not in str(found.values)
        assert set(found.values) == {"last_name"}


class TestPerson:
    def test_the_key_is_personios_id_and_so_is_the_row(self) -> None:
        found = read()
        assert (found.key, found.row, found.problems) == ("personio-41001", 41001, ())

    def test_nobody_without_an_id_becomes_a_record(self) -> None:
        with pytest.raises(NoPersonioId):
            record(employee({"the_last_name": "Berg"}, None), LENS)

    @pytest.mark.parametrize("column", ROSTER_COLUMNS, ids=lambda column: column.name)
    def test_an_absent_attribute_has_no_column_so_that_it_clears_nothing(self, column: Any) -> None:
        assert column.name not in read(**{column.name: ABSENT}).values

    @pytest.mark.parametrize("column", ROSTER_COLUMNS, ids=lambda column: column.name)
    @pytest.mark.parametrize("empty", [None, "", [], "  ", {}])
    def test_what_is_there_and_empty_is_empty_in_each_of_personios_ways(self, column: Any, empty: Any) -> None:
        assert read(**{column.name: empty}).values[column.name] is None

    @pytest.mark.parametrize("name", REQUIRED_COLUMNS)
    def test_without_an_attribute_that_decides_nobody_is_judged(self, name: str) -> None:
        found = read(**{name: ABSENT})
        assert found.problems == (Problem("attribute_absent", name, "", {}, Effect.PERSON),)
        decision = decide(found, TODAY)
        assert (decision.blocked, decision.reason, decision.problems) == (True, Reason.FAULTY_DATA, found.problems)

    def test_an_absent_number_blocks_only_people_who_would_be_sent(self) -> None:
        assert decide(read(employee_number=ABSENT, status="inactive"), TODAY).reason is Reason.NOT_ACTIVE_INACTIVE

    @pytest.mark.parametrize(
        ("name", "problems", "reason"),
        [
            ("status", ["missing_value"], Reason.FAULTY_DATA),
            ("last_name", ["missing_value"], Reason.FAULTY_DATA),
            ("consider_in_nl_payroll", [], Reason.NOT_CONSIDERED),
            ("employee_number", [], Reason.NO_EMPLOYEE_NUMBER),
            ("income_number", [], Reason.NO_INCOME_NUMBER),
        ],
    )
    def test_an_empty_required_value_costs_what_it_costs_in_the_roster(
        self, name: str, problems: list[str], reason: Reason
    ) -> None:
        found = read(**{name: None})
        assert [problem.code for problem in found.problems] == problems
        assert decide(found, TODAY).reason is reason

    def test_somebody_of_whom_all_is_null_is_one_blocked_person(self) -> None:
        found = read(**dict.fromkeys([column.name for column in ROSTER_COLUMNS]))
        assert codes(found) == [("missing_value", "status", ""), ("missing_value", "last_name", "")]
        assert set(found.values.values()) == {None}
        assert decide(found, TODAY).blocked

    def test_a_fault_says_the_value_as_it_was_written_and_a_secret_one_masked(self) -> None:
        found = read(
            birth_date="1988-02-31T00:00:00+01:00", bsn="123456789", iban="NL00TEST0000000111", hours_per_week=-3
        )
        assert codes(found) == [
            ("bad_date", "birth_date", "1988-02-31"),
            ("bad_bsn", "bsn", "••••••789"),
            ("bad_iban", "iban", "••••••111"),
            ("bad_number", "hours_per_week", "-3"),
        ]
        assert found.values["birth_date"] == "1988-02-31"
        assert {problem.effect for problem in found.problems} == {Effect.PERSON}

    def test_what_is_no_value_at_all_is_a_problem_and_neither_empty_nor_absent_news(self) -> None:
        found = read(street={"attributes": {"id": 5}}, status=[["active"]])
        assert codes(found) == [("bad_text", "status", ""), ("bad_text", "street", "")]
        assert "street" not in found.values

    def test_people_with_one_number_are_told_apart_by_their_ids(self) -> None:
        """Rule 41; one page of Personio at a time can't tell."""
        twins = [record(employee({f"the_{k}": v for k, v in PERSON.items()}, number), LENS) for number in (7, 8)]
        assert [one.key for one in twins] == ["personio-7", "personio-8"]
        assert [one.problems for one in twins] == [(), ()]


class TestLater:
    def test_a_planned_value_is_read_as_one_of_today(self) -> None:
        given = [
            LaterValue("the_hours_per_week", "38.0", date(2027, 1, 1)),
            LaterValue("the_function", "  Sous  chef", date(2027, 1, 1)),
            LaterValue("the_start_date", "2027-01-01T00:00:00+01:00", date(2027, 1, 1)),
            LaterValue("not_mapped", "x", date(2027, 1, 1)),
            LaterValue(LEGAL_ENTITY, "171", date(2027, 2, 1)),
        ]
        assert record(employee({"the_last_name": "Berg"}), LENS, given).later == (
            Later("hours_per_week", "38", date(2027, 1, 1)),
            Later("function", "Sous chef", date(2027, 1, 1)),
            Later("start_date", "2027-01-01", date(2027, 1, 1)),
            Later(LEGAL_ENTITY, "171", date(2027, 2, 1)),
        )

    def test_a_planned_value_that_cannot_be_read_blocks_nobody_today(self) -> None:
        found = record(employee({}), LENS, [LaterValue("the_hours_per_week", "many", date(2027, 1, 1))])
        assert found.later == (Later("hours_per_week", "many", date(2027, 1, 1)),)
        assert "hours_per_week" not in {problem.field for problem in found.problems}

    def test_it_is_stored_beside_the_values_and_comes_back(self) -> None:
        found = HRRecord(
            "personio-7", 7, {"bsn": Sealed("f", "••1"), "city": None}, (), (Later("function", None, TODAY),)
        )
        stored = codec.values_to_json(found)
        assert codec.values_from_json(stored) == found.values
        assert codec.later_from_json(stored) == found.later
        assert codec.later_from_json(codec.values_to_json(HRRecord("1", 2, {}))) == ()

    def test_the_day_from_which_a_value_holds_is_kept_beside_the_columns(self) -> None:
        since = {"the_hours_per_week": date(2026, 11, 2), "not_mapped": date(2026, 11, 2)}
        found = record(employee({}), LENS, (), since)
        assert found.since == {"hours_per_week": date(2026, 11, 2)}
        stored = codec.values_to_json(found)
        assert codec.since_from_json(stored) == found.since
        assert "since" not in codec.values_from_json(stored)


class TestBothSources:
    """The people of the sample roster, who are in the simulator's Personio too."""

    @pytest.mark.parametrize("options", [Options(), Options(personio_v1_shows_latest=True)], ids=["usual", "latest"])
    def test_the_sample_roster_and_personio_hold_the_same_people(self, options: Options) -> None:
        ours, through = self._by_person(options), account_lens(options)
        file = roster.read("roster.csv", SAMPLE.read_bytes()).records
        assert len(file) == 60
        lists = _lists(file)
        for row in file:
            found = ours[row.values["employee_number"], row.values["last_name"]]
            theirs, mine = (
                apply(mapping, one.values, lists, is_new=True)
                for mapping, one in ((ROSTER, row), (through.mapping, found))
            )
            assert mine.values == theirs.values, row.key
            assert [problem.code for problem in mine.problems] == [problem.code for problem in theirs.problems]
            differing = {name for name in row.values if row.values[name] != found.values[name]}
            assert differing <= {"gender", "nationality", "country"} | {p.field for p in found.problems}, row.key
            assert _own(row) == _own(found)

    def _by_person(self, options: Options) -> dict[tuple[Any, Any], HRRecord]:
        through, found = account_lens(options), {}
        for someone, employments in account(options, TODAY):
            several = employments if len(employments) > 1 else []
            shown, later = as_of(someone, several, TODAY)
            read_ = record(shown, through, later)
            found[read_.values["employee_number"], read_.values["last_name"]] = read_
        return found


def _lists(records: tuple[HRRecord, ...]) -> dict[str, tuple[Option, ...]]:
    """Loket's lists: its texts for what the roster has, so that both sources must end in the same option."""
    words = {
        "gender": ("Man", "Vrouw"),
        "nationality": {
            text for rule in ROSTER.rules if rule.target.endswith("nationality") for text in rule.option_map.values()
        },
        "function": {str(one.values["function"]) for one in records},
        "department": {str(one.values["department"]) for one in records},
        "distributionUnit": ("Algemeen",),
    }
    lists = {name: tuple(Option(text, text) for text in sorted(texts)) for name, texts in words.items()}
    countries = {"NL": "Nederland", "BE": "België", "DE": "Duitsland", "FR": "Frankrijk"}
    return lists | {"country": tuple(Option(iso, text, iso) for iso, text in countries.items())}


def _own(found: HRRecord) -> list[tuple[str, str]]:
    """A record's problems, but for a number that two have: nobody who reads one page sees that."""
    return [(problem.code, problem.field) for problem in found.problems if problem.code != "duplicate_number"]


@CALM
@given(
    st.dictionaries(st.sampled_from(sorted(LENS.attributes)), JSON | ODD, max_size=8),
    st.sampled_from(["standard", "tags", "list", "date", "integer", "TAGS"]),
)
def test_no_value_of_any_attribute_ever_raises(values: dict[str, Any], kind: str) -> None:
    found = record(employee(values, kind=kind), LENS, [LaterValue(key, value, TODAY) for key, value in values.items()])
    str(found.problems).encode()
    assert all(value is None or isinstance(value, str) for value in found.values.values())
    assert codec.values_from_json(codec.values_to_json(found)) == found.values
    decide(found, TODAY)
    apply(LENS.mapping, found.values, {})


@CALM
@given(st.dictionaries(st.sampled_from(sorted(LENS.attributes)), JSON | ODD, max_size=8))
def test_what_is_not_there_is_in_no_column_whatever_else_is(values: dict[str, Any]) -> None:
    found = record(employee(values), LENS)
    assert {f"the_{name}" for name in found.values} <= set(values)


def test_the_lens_of_every_column_reads_every_kind() -> None:
    assert {column_of(rule.target).kind for rule in EVERY_COLUMN.rules} == set(Kind)
