"""Whose employment counts on a day, what it says, and what is planned (rule 43)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loket_portal.personio.payloads import Attribute, Employee, Employment
from sync.records import LEGAL_ENTITY
from sync.sources.effective import LaterValue, as_of, in_force, since
from tests.sync.fakes import CALM, TODAY

NEXT = date(2027, 1, 1)
LAST = NEXT - timedelta(days=1)


def employment(start: date | None = date(2020, 1, 1), **values: Any) -> Employment:
    usual: dict[str, Any] = {
        "id": f"e-{start}",
        "status": "active",
        "position": "Kok",
        "weekly_hours": "36",
        "start_on": start,
        "end_on": None,
        "contract_end_on": None,
        "termination_on": None,
        "legal_entity_id": "170",
        "sub_company_id": "701",
        "department_id": "1",
    }
    return Employment(**usual | values)


def shown(**values: Any) -> Employee:
    """What v1 shows: by default the employment since 2020."""
    usual: dict[str, Any] = {
        "last_name": "Berg",
        "status": "active",
        "position": "Kok",
        "weekly_working_hours": "36",
        "hire_date": "2020-01-01T00:00:00+01:00",
        "termination_date": None,
        "contract_end_date": None,
        "department": {"type": "Department", "attributes": {"id": 1, "name": "Keuken"}},
    }
    return Employee(7, {key: Attribute(key, value) for key, value in (usual | values).items()})


def values(employee: Employee) -> dict[str, Any]:
    return {key: attribute.value for key, attribute in employee.attributes.items()}


OF_LATER: dict[str, Any] = {
    "position": "Souschef",
    "weekly_working_hours": "38",
    "hire_date": "2027-01-01T00:00:00+01:00",
    "status": "onboarding",
    "department": {"attributes": {"id": 2, "name": "Bediening"}},
}
"""What v1 has when it shows the employment that begins in January."""
NOW = employment(end_on=LAST)
THEN = employment(NEXT, position="Souschef", weekly_hours="38", status="onboarding", department_id="2")


class TestInForce:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ([employment(date(2020, 1, 1)), employment(date(2022, 1, 1))], 1),
            ([employment(date(2022, 1, 1)), employment(date(2020, 1, 1))], 0),
            ([THEN, NOW], 1),
            ([employment(TODAY), employment(end_on=TODAY)], 0),
            ([employment(TODAY + timedelta(days=1)), employment(end_on=TODAY)], 1),
            ([employment(TODAY + timedelta(days=2)), employment(end_on=TODAY - timedelta(days=1))], 0),
            ([employment(TODAY + timedelta(days=9)), employment(TODAY + timedelta(days=2))], 1),
            (
                [
                    employment(date(2019, 1, 1), end_on=TODAY - timedelta(days=9)),
                    employment(termination_on=date(2021, 1, 1)),
                ],
                1,
            ),
            ([employment(position="newest"), employment(position="older")], 0),
            ([employment(None), employment()], 1),
        ],
    )
    def test_it_is_the_newest_that_has_begun_and_not_ended(self, given: list[Employment], expected: int) -> None:
        assert in_force(given, TODAY) is given[expected]

    def test_without_a_start_date_nothing_is_known(self) -> None:
        assert in_force([], TODAY) is None
        assert in_force([employment(None)], TODAY) is None

    def test_it_says_the_legal_entity(self) -> None:
        moved = [employment(date(2026, 11, 1), legal_entity_id="171"), employment(end_on=date(2026, 10, 31))]
        current = in_force(moved, TODAY)
        assert current is not None
        assert current.legal_entity_id == "171"


class TestAsOf:
    def test_one_employment_that_v1_shows_changes_nothing(self) -> None:
        assert as_of(shown(), [employment()], TODAY) == (shown(), ())

    def test_without_readable_employments_v1_stays_as_it_is(self) -> None:
        assert as_of(shown(), [employment(None, position="", department_id="")], TODAY) == (shown(), ())

    def test_what_v1_shows_of_a_later_employment_is_not_sent_before_its_day(self) -> None:
        found, later = as_of(shown(**OF_LATER), [THEN, NOW], TODAY, {"1": "Keuken"})
        assert values(found) == values(shown(hire_date="2020-01-01", department="Keuken"))
        assert later == (
            LaterValue("position", "Souschef", NEXT),
            LaterValue("weekly_working_hours", "38", NEXT),
            LaterValue("department", "Bediening", NEXT),
        )

    def test_on_its_day_it_counts(self) -> None:
        found, later = as_of(shown(**OF_LATER), [THEN, NOW], NEXT)
        assert (values(found)["position"], values(found)["weekly_working_hours"], later) == ("Souschef", "38", ())

    def test_what_v1_shows_of_today_stays_beside_what_is_planned(self) -> None:
        found, later = as_of(shown(), [THEN, NOW], TODAY)
        assert found == shown()
        assert [(item.key, item.value, item.on) for item in later] == [
            ("position", "Souschef", NEXT),
            ("weekly_working_hours", "38", NEXT),
        ]

    def test_a_department_that_only_its_id_is_known_of_is_left_out(self) -> None:
        found, _ = as_of(shown(**OF_LATER), [THEN, NOW], TODAY)
        assert "department" not in found.attributes

    def test_a_department_stays_where_v1_shows_the_same_id(self) -> None:
        ours = employment(date(2022, 1, 1))
        found, _ = as_of(shown(hire_date="2027-01-01"), [ours, employment(NEXT)], TODAY)
        assert values(found)["department"] == values(shown())["department"]

    def test_what_v1_does_not_show_is_not_added(self) -> None:
        bare = Employee(7, {"last_name": Attribute("", "Berg")})
        found, later = as_of(bare, [THEN, NOW], TODAY, {"2": "Bediening"})
        assert (found, later) == (bare, ())

    def test_a_text_that_v2_leaves_open_is_v1s_where_it_shows_the_same_employment_only(self) -> None:
        now = employment(position="", weekly_hours="", department_id="", end_on=LAST)
        assert as_of(shown(), [THEN, now], TODAY)[0] == shown()
        found, _ = as_of(shown(**OF_LATER), [THEN, now], TODAY)
        assert not {"position", "weekly_working_hours", "department"} & set(found.attributes)

    def test_an_employment_that_goes_on_in_the_next_does_not_end(self) -> None:
        found, _ = as_of(shown(termination_date="2026-12-31"), [THEN, NOW], TODAY)
        assert values(found)["termination_date"] is None

    @pytest.mark.parametrize("next_one", [{"start": date(2027, 1, 2)}, {"start": NEXT, "legal_entity_id": "171"}])
    def test_a_gap_or_another_legal_entity_is_an_end(self, next_one: dict[str, Any]) -> None:
        found, _ = as_of(shown(), [employment(**next_one), NOW], TODAY)
        assert values(found)["termination_date"] == "2026-12-31"

    def test_a_termination_and_a_contract_end_of_v2_count(self) -> None:
        ends = employment(termination_on=date(2026, 11, 30), contract_end_on=date(2026, 12, 31))
        found, _ = as_of(shown(), [ends], TODAY)
        assert (values(found)["termination_date"], values(found)["contract_end_date"]) == ("2026-11-30", "2026-12-31")

    def test_the_status_is_that_of_the_employment(self) -> None:
        assert values(as_of(shown(), [employment(status="leave")], TODAY)[0])["status"] == "leave"
        assert values(as_of(shown(), [employment(status="unspecified")], TODAY)[0])["status"] == "active"

    def test_dates_beat_words(self) -> None:
        ended, ahead = employment(end_on=TODAY - timedelta(days=1)), employment(TODAY + timedelta(days=1))
        assert values(as_of(shown(), [ended], TODAY)[0])["status"] == "inactive"
        assert values(as_of(shown(), [ahead], TODAY)[0])["status"] == "onboarding"
        assert values(as_of(shown(), [employment(end_on=TODAY)], TODAY)[0])["status"] == "active"

    def test_the_status_may_have_another_key(self) -> None:
        given = shown(dynamic_9="Aktiv")
        found, _ = as_of(given, [employment(end_on=TODAY - timedelta(days=1))], TODAY, status="dynamic_9")
        assert values(found)["dynamic_9"] == "inactive"

    def test_in_a_gap_the_employment_that_ended_is_shown_and_the_return_is_planned(self) -> None:
        back, ended = date(2026, 12, 23), date(2026, 11, 18)
        found, later = as_of(shown(**OF_LATER), [employment(back), employment(end_on=ended)], TODAY)
        assert (values(found)["termination_date"], values(found)["status"]) == ("2026-11-18", "inactive")
        assert LaterValue("hire_date", back.isoformat(), back) in later

    def test_a_gap_between_two_legal_entities_is_none(self) -> None:
        there = employment(end_on=date(2026, 11, 18), legal_entity_id="171")
        found, _ = as_of(shown(), [employment(date(2026, 12, 23)), there], TODAY)
        assert (values(found)["hire_date"], values(found)["status"]) == ("2026-12-23", "onboarding")

    def test_somebody_who_starts_later_has_the_first_employment_to_come(self) -> None:
        found, later = as_of(shown(status="onboarding"), [THEN], TODAY)
        assert (values(found)["hire_date"], values(found)["position"], later) == ("2027-01-01", "Souschef", ())

    def test_somebody_who_has_left_has_the_last_one(self) -> None:
        older, last = employment(date(2018, 1, 1), end_on=date(2019, 1, 1)), employment(end_on=date(2026, 1, 31))
        found, _ = as_of(shown(), [last, older], TODAY)
        assert (values(found)["hire_date"], values(found)["termination_date"]) == (
            "2020-01-01T00:00:00+01:00",
            "2026-01-31",
        )

    def test_an_old_employment_moves_no_start_date(self) -> None:
        old = employment(date(2015, 1, 1), end_on=date(2016, 1, 1), position="Afwasser")
        assert as_of(shown(), [employment(), old], TODAY) == (shown(), ())

    def test_an_older_employment_that_never_ended_goes_on_in_the_newer(self) -> None:
        both = [employment(date(2022, 1, 1)), employment()]
        assert values(as_of(shown(), both, TODAY)[0])["hire_date"] == values(shown())["hire_date"]

    def test_the_first_day_of_a_chain_of_employments_is_a_start_date_too(self) -> None:
        """v1 may show the day on which somebody came or the one of the present employment; either is right."""
        chain = [employment(date(2022, 1, 1)), employment(end_on=date(2021, 12, 31))]
        for begins in ("2020-01-01", "2022-01-01"):
            assert values(as_of(shown(hire_date=begins), chain, TODAY)[0])["hire_date"] == begins
        assert values(as_of(shown(hire_date="2018-01-01"), chain, TODAY)[0])["hire_date"] == "2022-01-01"


class TestPlanned:
    def test_a_move_to_another_legal_entity_is_told_and_nothing_of_what_comes_there(self) -> None:
        away = employment(NEXT, legal_entity_id="171", position="Manager")
        beyond = employment(NEXT + timedelta(days=90), legal_entity_id="171", weekly_hours="8")
        _, later = as_of(shown(), [beyond, away, NOW], TODAY)
        assert later == (LaterValue(LEGAL_ENTITY, "171", NEXT),)

    def test_each_later_employment_tells_what_it_changes(self) -> None:
        spring = date(2027, 4, 1)
        third = employment(spring, position="Souschef", weekly_hours="24", department_id="2")
        _, later = as_of(shown(), [third, employment(NEXT, position="Souschef", end_on=date(2027, 3, 31)), NOW], TODAY)
        assert later == (LaterValue("position", "Souschef", NEXT), LaterValue("weekly_working_hours", "24", spring))

    def test_somebody_who_comes_back_has_a_new_first_day(self) -> None:
        back = employment(date(2027, 4, 1))
        _, later = as_of(shown(), [back, employment(end_on=LAST)], TODAY)
        assert later == (
            LaterValue("hire_date", "2027-04-01", back.start_on or TODAY),
            LaterValue("termination_date", None, date(2027, 4, 1)),
        )

    def test_a_planned_end_of_the_contract_is_told(self) -> None:
        _, later = as_of(shown(), [employment(NEXT, contract_end_on=date(2027, 6, 30)), NOW], TODAY)
        assert later == (LaterValue("contract_end_date", "2027-06-30", NEXT),)

    def test_its_value_stands_in_no_repr(self) -> None:
        assert "Souschef" not in repr(LaterValue("position", "Souschef", NEXT))


_DAYS = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)) | st.sampled_from([date.min, date.max, TODAY])
_EMPLOYMENTS = st.lists(
    st.builds(
        employment,
        _DAYS,
        end_on=_DAYS,
        termination_on=_DAYS,
        contract_end_on=_DAYS,
        legal_entity_id=st.sampled_from(["", "170", "171"]),
        department_id=st.sampled_from(["", "1", "2"]),
        status=st.sampled_from(["", "active", "inactive", "unspecified"]),
        position=st.sampled_from(["", "Kok"]),
    ),
    max_size=4,
)
_ANY = (
    st.none()
    | st.integers()
    | st.text()
    | st.lists(st.integers(), max_size=1)
    | st.sampled_from(
        [{}, {"attributes": []}, {"attributes": {"id": [], "name": 4}}, {"attributes": {"id": 2, "name": "Zaal"}}]
    )
)


@CALM
@given(_EMPLOYMENTS, st.dictionaries(st.sampled_from(sorted(shown().attributes)), _ANY), _DAYS)
def test_whatever_v1_and_v2_say_nothing_raises_and_nothing_is_added(
    employments: list[Employment], given: dict[str, Any], today: date | None
) -> None:
    employee = Employee(7, {key: Attribute(key, value) for key, value in given.items()})
    found, later = as_of(employee, employments, today or TODAY)
    assert set(found.attributes) <= set(given)
    assert {item.key for item in later} <= {*given, LEGAL_ENTITY}
    assert all(item.on > (today or TODAY) for item in later)


class TestSince:
    """From which day the present value holds, where HR made the change as an employment of its own."""

    FIRST = employment(date(2020, 1, 1), end_on=date(2026, 11, 1))
    SECOND = employment(date(2026, 11, 2), weekly_hours="32")

    def test_a_value_holds_from_the_employment_that_brought_it(self) -> None:
        assert since([self.SECOND, self.FIRST], TODAY) == {"weekly_working_hours": date(2026, 11, 2)}

    def test_what_went_on_unchanged_holds_from_further_back(self) -> None:
        third = employment(date(2026, 11, 16), weekly_hours="32", position="Souschef")
        second = employment(date(2026, 11, 2), weekly_hours="32", end_on=date(2026, 11, 15))
        assert since([third, second, self.FIRST], TODAY) == {
            "position": date(2026, 11, 16),
            "weekly_working_hours": date(2026, 11, 2),
        }

    @pytest.mark.parametrize(
        "employments",
        [
            [],
            [employment()],
            [employment(date(2026, 11, 2), weekly_hours="32"), employment(end_on=date(2026, 9, 1))],
            [
                employment(date(2026, 11, 2), weekly_hours="32", legal_entity_id="9"),
                employment(end_on=date(2026, 11, 1)),
            ],
            [employment(date(2026, 11, 2), weekly_hours=""), employment(end_on=date(2026, 11, 1))],
            [NOW, THEN],
        ],
        ids=["nothing", "one", "a gap", "elsewhere before", "empty now", "later"],
    )
    def test_nobody_knows_it_where_nothing_tells(self, employments: list[Employment]) -> None:
        assert since(employments, TODAY) == {}
