"""What the sources leave to a converter, and what decides who is sent in spite of it (rules 39 to 42)."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.apply import Value, apply
from mapping.catalogue import CONSIDER, EMPLOYEE_NUMBER, END_DATE, INCOME_NUMBER, STATUS
from mapping.rules import OWN, Effect, MappingSet, Rule
from sync.policy import Reason, decide
from sync.records import HRRecord, Later, Problem, Sealed
from sync.sources import roster
from sync.sources.columns import ROSTER_COLUMNS, Kind
from sync.sources.deciding import DECIDING, meant, settled
from sync.sources.effective import LaterValue
from sync.sources.personio import Lens, lens, record
from tests.sync.employees import EVERY_COLUMN, PERSON, employee
from tests.sync.fakes import CALM, TODAY, VALUE_LISTS
from tests.sync.test_roster_source import HEADER, csv_bytes, xlsx_bytes
from tests.sync.test_roster_source import PERSON as ROW

HOURS = "workingHours.deviatingHoursPerWeek"
BIRTH = "employee.personalDetails.dateOfBirth"
LAST = "employee.personalDetails.lastName"
START = "employment.startDate"


def mapping(*rules: Rule) -> MappingSet:
    """The mapping of every column, with these rules in the place of its own."""
    own = {rule.target: rule for rule in rules}
    kept = (own.pop(rule.target, rule) for rule in EVERY_COLUMN.rules)
    return MappingSet("Personio", 1, (*kept, *own.values()))


def person(through: Lens, later: tuple[LaterValue, ...] = (), **values: Any) -> HRRecord:
    given = {f"the_{name}": value for name, value in (PERSON | values).items()}
    return record(employee(given), through, later)


def codes(found: HRRecord) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.field, problem.value) for problem in found.problems]


class TestPersonio:
    def test_what_a_converter_makes_something_of_is_read_as_it_is_written(self) -> None:
        through = lens(mapping(Rule(HOURS, "the_hours_per_week", "full_time_hours", argument="40")))
        found = person(through, hours_per_week="80%")
        assert (found.values["hours_per_week"], found.problems) == ("80%", ())
        assert str(apply(through.mapping, found.values, VALUE_LISTS).values[HOURS].value) == "32"

    def test_without_a_converter_it_is_read_as_ever(self) -> None:
        found = person(lens(EVERY_COLUMN), hours_per_week="80%")
        assert codes(found) == [("bad_number", "hours_per_week", "80%")]

    def test_two_targets_read_one_attribute_each_in_its_way(self) -> None:
        street, number = "employee.address.street", "employee.address.houseNumber"
        through = lens(mapping(Rule(street, "line", "street_name"), Rule(number, "line", "house_number")))
        found = record(employee({"line": "Kerkstraat 12 bis"}), through)
        wanted = apply(through.mapping, found.values, VALUE_LISTS).values
        assert (wanted[street], wanted[number]) == (Value("Kerkstraat"), Value(12))

    def test_a_field_that_no_roster_has_goes_by_its_own_key(self) -> None:
        target = "employee.personalDetails.placeOfBirth"
        through = lens(mapping(Rule(target, "dynamic_9", "upper")))
        found = record(employee({"dynamic_9": "Utrecht"}), through)
        assert apply(through.mapping, found.values, VALUE_LISTS).values[target] == Value("UTRECHT")

    @pytest.mark.parametrize(
        ("written", "reason"), [("31/12/2020", Reason.HAS_LEFT), ("31/12/2120", Reason.ACTIVE), ("", Reason.ACTIVE)]
    )
    def test_who_has_left_is_known_however_the_last_day_is_written(self, written: str, reason: Reason) -> None:
        through = lens(mapping(Rule(END_DATE, "the_end_date", "date_day_first")))
        assert decide(person(through, end_date=written), TODAY).reason is reason

    def test_a_day_with_a_time_is_that_day(self) -> None:
        through = lens(mapping(Rule(END_DATE, "the_end_date", "date_day_first")))
        assert person(through, end_date="2024-04-01T00:00:00+02:00").values["end_date"] == "2024-04-01"

    def test_a_number_is_the_one_that_loket_has(self) -> None:
        through = lens(mapping(Rule(EMPLOYEE_NUMBER, "the_employee_number", "whole_number")))
        assert person(through, employee_number="1001.0").values["employee_number"] == "1001"

    def test_what_its_converter_cannot_read_blocks_the_person_and_stays_to_be_seen(self) -> None:
        through = lens(mapping(Rule(END_DATE, "the_end_date", "date_day_first")))
        found = person(through, end_date="tomorrow")
        assert codes(found) == [("invalid_date", "end_date", "tomorrow")]
        assert found.problems[0].effect is Effect.PERSON
        assert found.values["end_date"] == "tomorrow"

    def test_an_iban_is_kept_as_it_is_compared_and_a_wrong_one_is_masked(self) -> None:
        """Else it would never be known for the one that Loket has confirmed, and never be purged."""
        through = lens(mapping(Rule("iban", "the_iban", "iban")))
        assert person(through, iban="IBAN: NL91 ABNA 0417 1643 00").values["iban"] == "NL91ABNA0417164300"
        (problem,) = person(through, iban="IBAN: NL91 ABNA 0417 1643 01").problems
        assert problem.code == "invalid_iban"
        assert "ABNA" not in problem.value

    def test_a_planned_day_is_converted_too(self) -> None:
        through = lens(mapping(Rule(START, "the_start_date", "date_day_first")))
        planned = (LaterValue("the_start_date", "1/2/2027", date(2027, 2, 1)),)
        found = person(through, planned, start_date="1/1/2020")
        assert found.later == (Later("start_date", "2027-02-01", date(2027, 2, 1)),)

    @pytest.mark.parametrize("column", ["bsn", "iban"])
    def test_a_column_that_is_read_as_text_is_as_secret_as_before(self, column: str) -> None:
        own = next(one for one in ROSTER_COLUMNS if one.name == column)
        assert replace(own, kind=Kind.TEXT).is_sensitive

    def test_who_is_sent_goes_by_words_and_never_through_a_converter(self) -> None:
        through = lens(mapping(Rule(STATUS, "the_status", "upper", {"bezig": "active"})))
        assert person(through, status="Bezig").values["status"] == "active"


class TestPortal:
    def test_its_attributes_are_not_asked_of_personio(self) -> None:
        rule = Rule(LAST, "portal.7")
        through = lens(MappingSet("P", 1, (rule,)))
        assert (through.sources, through.mapping.rules) == ((), (rule,))

    def test_an_employee_number_of_the_portal_is_somebodys_number(self) -> None:
        through = lens(mapping(Rule(EMPLOYEE_NUMBER, "portal.7")))
        read = person(through)
        assert codes(read) == [("attribute_absent", "employee_number", "")]
        found = settled(replace(read, values={**read.values, "portal.7": "1001"}), through.deciding)
        assert (found.values["employee_number"], found.problems) == ("1001", ())
        assert decide(found, TODAY).in_scope

    def test_without_a_value_there_the_person_stays_blocked(self) -> None:
        through = lens(mapping(Rule(EMPLOYEE_NUMBER, "portal.7")))
        assert decide(settled(person(through), through.deciding), TODAY).blocked

    @pytest.mark.parametrize(
        ("text", "reason"), [("Ja", Reason.ACTIVE), ("Nee", Reason.NOT_CONSIDERED), ("?", Reason.FAULTY_DATA)]
    )
    def test_it_may_say_who_is_considered(self, text: str, reason: Reason) -> None:
        through = lens(mapping(Rule(CONSIDER, "portal.7")))
        read = person(through)
        found = settled(replace(read, values={**read.values, "portal.7": text}), through.deciding)
        assert decide(found, TODAY).reason is reason

    def test_nobody_is_without_a_status(self) -> None:
        through = lens(mapping(Rule(STATUS, "portal.7")))
        read = person(through)
        found = settled(replace(read, values={**read.values, "portal.7": None}), through.deciding)
        assert codes(found) == [("missing_value", "status", "")]

    def test_a_wrong_value_is_told_with_the_column(self) -> None:
        through = lens(mapping(Rule(INCOME_NUMBER, "portal.7")))
        read = person(through)
        found = settled(replace(read, values={**read.values, "portal.7": "one"}), through.deciding)
        assert codes(found) == [("invalid_integer", "income_number", "one")]


class TestSettled:
    RULES = mapping(
        Rule(EMPLOYEE_NUMBER, "employee_number", "whole_number"),
        Rule(END_DATE, "end_date", "date_month_first"),
        Rule("iban", "iban", "iban"),
        Rule(INCOME_NUMBER, "portal.1"),
        Rule(STATUS, "portal.2"),
    )
    TEXT = st.none() | st.text(max_size=20) | st.sampled_from(["1001.0", "12/31/2020", "Actief", "1", "0012", "NL91"])

    @CALM
    @given(st.dictionaries(st.sampled_from(["employee_number", "end_date", "iban", "portal.1", "portal.2"]), TEXT))
    def test_doing_it_twice_changes_nothing(self, values: dict[str, Any]) -> None:
        once = settled(HRRecord("1", 1, values), self.RULES)
        again = settled(once, self.RULES)
        assert (again.values, set(again.problems)) == (once.values, set(once.problems))

    def test_only_what_decides_and_is_filled_otherwise_is_meant(self) -> None:
        assert {rule.target for rule in meant(self.RULES).rules} >= {EMPLOYEE_NUMBER, END_DATE, STATUS, INCOME_NUMBER}
        plain = MappingSet("R", 1, tuple(Rule(column.target, column.name) for column in ROSTER_COLUMNS))
        assert meant(plain).rules == ()

    def test_what_was_purged_stays_purged(self) -> None:
        sealed = HRRecord("1", 1, {"iban": Sealed("abc", "••••300")})
        assert settled(sealed, self.RULES) == sealed

    def test_what_its_reader_has_told_is_not_told_twice(self) -> None:
        faulty = HRRecord("1", 1, {"end_date": "x"}, (Problem("bad_date", "end_date", "x", {}, Effect.PERSON),))
        assert settled(faulty, self.RULES) == faulty

    def test_somebody_elses_number_stays_somebody_elses(self) -> None:
        double = Problem("duplicate_number", "income_number", "1", {}, Effect.PERSON)
        found = settled(HRRecord("1", 1, {"portal.1": "2"}, (double,)), self.RULES)
        assert double in found.problems

    def test_every_deciding_column_is_a_column(self) -> None:
        assert {column.name for column in ROSTER_COLUMNS} >= DECIDING


def file(*columns: tuple[str, Any], xlsx: bool = False, **how: Any) -> roster.RosterFile:
    """A file with one person who has these columns besides the required ones."""
    header, row = [*HEADER, *(name for name, _ in columns)], [*ROW, *(cell for _, cell in columns)]
    data = xlsx_bytes(header, row) if xlsx else csv_bytes(header, row)
    return roster.read("roster.xlsx" if xlsx else "roster.csv", data, TODAY, **how)


class TestRoster:
    def test_a_column_for_a_converter_is_kept_as_it_is_written(self) -> None:
        (found,) = file(("Uren", "80%"), as_text={"hours_per_week"}).records
        assert (found.values["hours_per_week"], found.problems) == ("80%", ())

    def test_without_one_it_is_read_as_ever(self) -> None:
        (found,) = file(("Uren", "80%")).records
        assert codes(found) == [("bad_number", "hours_per_week", "80%")]

    def test_a_companys_own_column_is_kept_where_a_mapping_reads_it(self) -> None:
        read = file(("Rang:", "B"), ("Hobby", "Schaken"), also={"rang"})
        assert read.records[0].values[f"{OWN}rang"] == "B"
        assert "Schaken" not in str(dict(read.records[0].values))
        assert (read.own_columns, read.ignored_columns) == (("Rang:",), ("Hobby",))

    def test_two_of_them_that_are_called_the_same_are_refused(self) -> None:
        data = csv_bytes([*HEADER, "Rang", "rang."], [*ROW, "A", "B"])
        with pytest.raises(roster.RosterRefused) as caught:
            roster.read("roster.csv", data, also={"rang"})
        assert (caught.value.code, caught.value.params["headers"]) == ("duplicate_column", "Rang, rang.")

    def test_a_header_of_ours_is_never_one_of_their_own(self) -> None:
        read = file(("Uren", "32"), also={"uren"})
        assert (read.own_columns, read.records[0].values["hours_per_week"]) == ((), "32")

    def test_a_day_of_excel_is_a_day_and_a_number_is_that_number(self) -> None:
        read = file(
            ("Jubileum", datetime.combine(date(2026, 9, 1), time())),
            ("Rang", 12.0),
            xlsx=True,
            also={"jubileum", "rang"},
        )
        assert [read.records[0].values[f"{OWN}{name}"] for name in ("jubileum", "rang")] == ["2026-09-01", "12"]

    @pytest.mark.parametrize(("written", "has_left"), [("12/31/2020", True), ("12/31/2120", False)])
    def test_who_has_left_is_known_however_the_last_day_is_written(self, written: str, has_left: bool) -> None:
        rules = MappingSet("R", 1, (Rule(END_DATE, "end_date", "date_month_first"),))
        (found,) = file(("Einddatum", written), as_text={"end_date"}, rules=rules).records
        assert (decide(found, TODAY).reason is Reason.HAS_LEFT) is has_left

    def test_what_decides_is_never_left_as_it_is_written_without_its_mapping(self) -> None:
        (found,) = file(("Einddatum", "12/31/2020"), as_text={"end_date"}).records
        assert decide(found, TODAY).blocked

    def test_the_number_by_which_somebody_is_known_is_the_converted_one(self) -> None:
        rules = MappingSet("R", 1, (Rule(EMPLOYEE_NUMBER, "employee_number", "whole_number"),))
        data = csv_bytes(HEADER, ["1001.0", *ROW[1:]], ["1002", *ROW[1:]])
        read = roster.read("roster.csv", data, TODAY, as_text={"employee_number"}, rules=rules)
        assert [found.key for found in read.records] == ["1001", "1002"]

    def test_two_with_one_number_are_two_however_it_is_written(self) -> None:
        rules = MappingSet("R", 1, (Rule(EMPLOYEE_NUMBER, "employee_number", "whole_number"),))
        data = csv_bytes(HEADER, ["1001.0", *ROW[1:]], ["1001", *ROW[1:]])
        read = roster.read("roster.csv", data, TODAY, as_text={"employee_number"}, rules=rules)
        assert [[problem.code for problem in found.problems] for found in read.records] == [["duplicate_number"]] * 2

    def test_a_column_that_the_file_lacks_may_be_filled_from_one_of_its_own(self) -> None:
        rules = MappingSet("R", 1, (Rule(BIRTH, f"{OWN}geb", "date_day_first"),))
        read = file(("Geb.", "1/2/2120"), also={"geb"}, rules=rules)
        (found,) = read.records
        assert found.values["birth_date"] == "2120-02-01"
        assert [problem.code for problem in decide(found, TODAY).problems] == ["birth_date_in_future"]

    def test_a_file_without_such_a_mapping_is_read_as_ever(self) -> None:
        assert file(("Uren", "32,5"), rules=EVERY_COLUMN) == file(("Uren", "32,5"))
