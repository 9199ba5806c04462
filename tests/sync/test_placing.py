"""Where people of Personio work on a day, what is kept of those who work elsewhere, and who stops a reading."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.lib.errors import ConfigProblem, Retryable, SyncError
from loket_portal.personio.client import Attribute, Employee, Employment, Page, Person
from loket_portal.personio.errors import CredentialsRefused, ListChanged, NotReadable
from mapping.rules import MappingSet, Rule
from onboarding.services import personio
from sync.policy import Decision, Reason, decide, decide_all
from sync.records import ELSEWHERE, LEGAL_ENTITY, HRRecord
from sync.services.personio_people import NeedsEverybody, People
from sync.services.subcompanies import TRIES
from tests.sync.fakes import TODAY

HORECA, GASTRO = "170", "172"
LINDE, ABROAD, OLD = (701, "Linde Horeca B.V."), (703, "Linde Gastro GmbH"), (650, "Alt GmbH")
SOURCES = {
    "scope.status": "status",
    "scope.considerInNlPayroll": "consider",
    "employee.employeeNumber": "number",
    "employment.incomeRelationshipNumber": "income",
    "employee.personalDetails.lastName": "last_name",
    "employee.personalDetails.dateOfBirth": "born",
    "employment.startDate": "hire_date",
    "employment.endDate": "termination_date",
    "organization.department": "department",
    "bsn": "bsn",
    "iban": "iban",
    "employee.address.city": "city",
}
MAPPING = MappingSet("P", 1, tuple(Rule(target, key) for target, key in SOURCES.items()))
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
WHO = {"employee_number": "1002", "income_number": "1", "last_name": "Berg", "birth_date": "1990-06-05"}


def job(start: date | None, end: date | None = None, legal_entity: str = HORECA, **values: Any) -> Employment:
    usual: dict[str, Any] = {
        "id": f"{start}-{legal_entity}",
        "status": "active",
        "position": "Kok",
        "weekly_hours": "36",
        "start_on": start,
        "end_on": end,
        "contract_end_on": None,
        "termination_on": None,
        "legal_entity_id": legal_entity,
        "sub_company_id": {HORECA: "701", GASTRO: "703"}.get(legal_entity, ""),
        "department_id": "",
    }
    return Employment(**usual | values)


def person(person_id: int, subcompany: tuple[int, str] | None = LINDE, **values: Any) -> Employee:
    company = subcompany and {"type": "Subcompany", "attributes": {"id": subcompany[0], "name": subcompany[1]}}
    usual: dict[str, Any] = {
        "status": "active",
        "consider": "yes",
        "number": str(1000 + person_id),
        "income": "1",
        "last_name": "Berg",
        "born": "1990-06-05",
        "hire_date": "2024-01-01",
        "termination_date": None,
        "bsn": "111222333",
        "iban": "NL91ABNA0417164300",
        "city": "Utrecht",
        "subcompany": company,
    }
    return Employee(person_id, {key: Attribute(key, value) for key, value in (usual | values).items()})


class Personio:
    """Employees with their employments; an exception in their place is raised."""

    def __init__(self, *people: tuple[Employee, Sequence[Employment] | SyncError]) -> None:
        self.people = {employee.id or 0: (employee, jobs) for employee, jobs in people}
        self.asked: list[int] = []
        self.broken: set[int] = set()
        """Those whose row in the list of persons tells nothing."""

    def pages(self) -> Any:
        yield Page(tuple(employee for employee, _jobs in self.people.values()), len(self.people))

    def iter_persons(self) -> Any:
        for number, (_employee, jobs) in self.people.items():
            told = ("a", "b") if isinstance(jobs, SyncError) else tuple(one.id for one in jobs)
            yield Person(None, ()) if number in self.broken else Person(number, told)

    def list_employments(self, number: int) -> list[Employment]:
        self.asked.append(number)
        jobs = self.people[number][1]
        if isinstance(jobs, SyncError):
            raise jobs
        return list(jobs)

    def get_employee(self, number: int) -> Employee | None:
        return self.people[number][0] if number in self.people else None


SOMEBODY = (person(1), [job(date(2020, 1, 1))])
"""Works here, so that the subcompany is known."""


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Looks at these people of Personio, after `SOMEBODY`."""
    entities = [
        {"id": HORECA, "name": "Linde Horeca B.V.", "country": "NL"},
        {"id": GASTRO, "name": "Linde Gastro GmbH", "country": "DE"},
    ]
    account = SimpleNamespace(legal_entities=entities)
    monkeypatch.setattr(personio, "account_of", lambda _company: account)

    def _look(*people: Any, former: frozenset[int] = frozenset(), **more: Any) -> People:
        client = Personio(SOMEBODY, *people)
        monkeypatch.setattr(personio, "client_for", lambda _account: client)
        entity: Any = SimpleNamespace(company=None, personio_id=HORECA, name="Linde Horeca B.V.")
        return People(entity, MAPPING, former=former, today=TODAY, **more)

    return _look


def records(people: People) -> dict[int, HRRecord]:
    """Everybody but SOMEBODY."""
    return {record.row: record for page in people.pages() for record in page if record.row != 1}


def decided(record: HRRecord) -> Decision:
    return decide(record, TODAY)


# --- The employment in force says where -----------------------------------------------------------------------------------

PAST = job(date(2018, 1, 1), date(2019, 1, 1), status="inactive")
WRONG_WORD = job(date(2018, 1, 1), date(2019, 1, 1))


@pytest.mark.parametrize("past", [PAST, WRONG_WORD])
def test_who_works_nowhere_known_is_not_here_for_an_old_employment(look: Any, past: Employment) -> None:
    now = job(date(2024, 1, 1), legal_entity="")
    people = look((person(2, None), [now, past]))
    assert (records(people), people.unassigned) == ({}, 1)


@pytest.mark.parametrize("past", [PAST, WRONG_WORD])
@pytest.mark.parametrize("now", [{"legal_entity": GASTRO}, {"legal_entity": "", "sub_company_id": "703"}])
def test_who_works_elsewhere_is_shown_and_not_sent_for_an_old_employment(
    look: Any, past: Employment, now: dict[str, Any]
) -> None:
    told = (person(3, ABROAD), [job(date(2021, 1, 1), legal_entity=GASTRO)])
    people = look(told, (person(2, ABROAD), [job(date(2024, 1, 1), **now), past]))
    found = records(people)
    assert set(found) == {2}
    assert found[2].values == {**WHO, "end_date": "2019-01-01", ELSEWHERE: "2024-01-01"}
    assert (found[2].problems, found[2].later, people.unassigned) == ((), (), 0)
    assert decided(found[2]) == Decision(False, False, Reason.WORKS_ELSEWHERE, day=date(2024, 1, 1))


def test_v1_may_show_another_subcompany_than_the_employment_in_force_has(look: Any) -> None:
    told = (person(3, ABROAD), [job(date(2021, 1, 1), legal_entity=GASTRO)])
    now = job(date(2024, 1, 1), legal_entity="", sub_company_id="703")
    found = records(look(told, (person(2, LINDE), [now, PAST])))
    assert decided(found[2]).reason is Reason.WORKS_ELSEWHERE


def test_an_employment_without_a_legal_entity_is_that_of_its_subcompany(look: Any) -> None:
    both = [job(date(2024, 1, 1), legal_entity="", sub_company_id="701", position="Chef"), PAST]
    found = records(look((person(2), both)))[2]
    assert decided(found).in_scope
    assert "bsn" in found.values


def test_who_worked_elsewhere_before_is_here_with_all(look: Any) -> None:
    both = [job(date(2024, 1, 1)), job(date(2018, 1, 1), date(2023, 12, 31), legal_entity=GASTRO)]
    found = records(look((person(2), both)))[2]
    assert decided(found).in_scope
    assert found.values["bsn"] == "111222333"


def test_who_comes_here_later_waits_with_the_day_and_without_bsn(look: Any) -> None:
    both = [job(date(2027, 1, 1), status="active"), job(date(2020, 1, 1), date(2026, 12, 31), legal_entity=GASTRO)]
    found = records(look((person(2, ABROAD), both)))[2]
    assert decided(found) == Decision(False, False, Reason.NOT_ACTIVE_ONBOARDING, day=date(2027, 1, 1))
    assert not {"bsn", "iban", "city"} & set(found.values)


def test_who_has_an_employment_in_force_here_and_a_newer_one_elsewhere_is_blocked(look: Any) -> None:
    both = [job(date(2024, 1, 1), legal_entity=GASTRO), job(date(2020, 1, 1))]
    found = records(look((person(2, ABROAD), both)))[2]
    assert (decided(found).blocked, [p.code for p in found.problems]) == (True, ["works_at_two"])
    assert "bsn" not in found.values


def test_who_left_here_and_then_there_has_left(look: Any) -> None:
    there = job(date(2020, 1, 1), date(2022, 1, 1), legal_entity=GASTRO)
    found = records(look((person(2, ABROAD, status="inactive"), [there, PAST])))[2]
    assert decided(found).reason is Reason.NOT_ACTIVE_INACTIVE
    assert (found.values["end_date"], "bsn" in found.values) == ("2019-01-01", False)


def test_a_stranger_is_not_kept(look: Any) -> None:
    two = [job(date(2020, 1, 1), legal_entity=GASTRO), job(date(2018, 1, 1), date(2019, 12, 31), GASTRO)]
    assert records(look((person(2, ABROAD), two), (person(3, ABROAD), two[:1]))) == {}


def test_a_move_that_is_planned_is_told_by_name(look: Any) -> None:
    both = [job(date(2027, 1, 1), legal_entity=GASTRO), job(date(2020, 1, 1), date(2026, 12, 31))]
    found = records(look((person(2), both)))[2]
    assert [(later.column, later.value) for later in found.later] == [(LEGAL_ENTITY, "Linde Gastro GmbH")]


# --- Dates beat words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["active", "unspecified", "", "leave"])
def test_an_employment_that_ended_is_inactive_whatever_its_status_says(look: Any, word: str) -> None:
    jobs = [job(date(2020, 1, 1), YESTERDAY, status=word), PAST]
    assert decided(records(look((person(2), jobs)))[2]).reason is Reason.NOT_ACTIVE_INACTIVE


@pytest.mark.parametrize("word", ["active", "unspecified", ""])
def test_an_employment_that_begins_tomorrow_is_not_sent_whatever_its_status_says(look: Any, word: str) -> None:
    jobs = [job(TOMORROW, status=word), job(date(2020, 1, 1), YESTERDAY, legal_entity=GASTRO)]
    assert decided(records(look((person(2), jobs)))[2]).reason is Reason.NOT_ACTIVE_ONBOARDING


def test_in_a_gap_the_end_is_shown_and_the_day_of_the_return(look: Any) -> None:
    jobs = [job(TODAY + timedelta(30), status="onboarding"), job(date(2018, 1, 1), TODAY - timedelta(5))]
    found = records(look((person(2), jobs)))[2]
    assert found.values["end_date"] == (TODAY - timedelta(5)).isoformat()
    assert decided(found) == Decision(False, False, Reason.NOT_ACTIVE_INACTIVE, day=TODAY + timedelta(30))


# --- Who was here before ----------------------------------------------------------------------------------------------------


def test_who_was_here_and_is_elsewhere_now_stays_with_a_reason(look: Any) -> None:
    told = (person(3, ABROAD), [job(date(2021, 1, 1), legal_entity=GASTRO)])
    changed = (person(2, ABROAD), [job(date(2020, 1, 1), legal_entity=GASTRO)])  # the employment itself was changed
    found = records(look(told, changed, former=frozenset({2})))
    assert found[2].values == {**WHO, ELSEWHERE: "?"}
    assert decided(found[2]) == Decision(False, False, Reason.WORKS_ELSEWHERE)


def test_who_was_here_and_has_no_legal_entity_now_stays_blocked(look: Any) -> None:
    people = look((person(2, None), [job(date(2020, 1, 1), legal_entity="")]), former=frozenset({2}))
    found = records(people)[2]
    assert (decided(found).blocked, [p.code for p in found.problems], people.unassigned) == (
        True,
        ["no_legal_entity"],
        1,
    )


# --- Who stops a reading, and who doesn't -----------------------------------------------------------------------------------

LONG_AGO = [job(date(2010, 1, 1), date(2012, 1, 1), legal_entity="")]


@pytest.mark.parametrize("number", [1, TRIES + 2])
def test_leavers_of_a_forgotten_subcompany_stop_nobody_and_are_counted(look: Any, number: int) -> None:
    leavers = [(person(10 + n, OLD, status="inactive"), LONG_AGO) for n in range(number)]
    people = look(*leavers)
    assert (records(people), people.unassigned) == ({}, number)


def test_a_leaver_by_date_only_stops_nobody(look: Any) -> None:
    people = look((person(9, OLD, termination_date="2012-01-01"), LONG_AGO))
    assert (records(people), people.unassigned) == ({}, 1)


def test_such_a_leaver_who_was_here_stays(look: Any) -> None:
    found = records(look((person(9, OLD, status="inactive"), LONG_AGO), former=frozenset({9})))
    assert [p.code for p in found[9].problems] == ["no_legal_entity"]


def test_somebody_active_whom_nobody_can_place_stops_it(look: Any) -> None:
    with pytest.raises(ConfigProblem, match="Alt GmbH"):
        records(look((person(9, OLD), [job(date(2020, 1, 1), legal_entity="")])))


def test_a_colleague_who_is_not_for_the_dutch_payroll_stops_nobody(look: Any) -> None:
    people = look((person(9, OLD, consider="no"), [job(date(2020, 1, 1), legal_entity="")]))
    assert (records(people), people.unassigned) == ({}, 1)


def test_somebody_active_is_asked_though_many_leavers_could_not_tell(look: Any) -> None:
    leavers = [(person(10 + n, OLD, status="inactive"), LONG_AGO) for n in range(TRIES + 1)]
    known = job(date(2020, 1, 1), legal_entity="175", sub_company_id="650")
    people = look(*leavers, (person(9, OLD), [known]))
    assert (records(people), people.unassigned) == ({}, 0), "one who can tell tells it of the leavers too"


def test_a_subcompany_with_the_entitys_own_name_that_nobody_can_tell_stops_it(look: Any) -> None:
    twin = (777, "Linde Horeca  b.v.")
    with pytest.raises(ConfigProblem, match="777"):
        records(look((person(9, twin, status="inactive"), LONG_AGO)))


CONTRACT = ConfigProblem("The answer is not what Personio documents.")


@pytest.mark.parametrize("fault", [CONTRACT, ListChanged("404")])
def test_employments_that_can_not_be_read_block_that_person_only(look: Any, fault: SyncError) -> None:
    people = look((person(2), fault), (person(3), [job(date(2024, 1, 1)), PAST]))
    found = records(people)
    assert ([p.code for p in found[2].problems], decided(found[2]).blocked) == (["employments_unreadable"], True)
    assert decided(found[3]).in_scope


def test_a_broken_row_in_the_list_of_persons_costs_nobody_anything(look: Any) -> None:
    people = look((person(2), [job(TOMORROW), PAST]), (person(3), [job(date(2024, 1, 1))]), (person(4), [PAST]))
    people.client.broken = {2, 3}
    found = records(people)
    assert not decided(found[2]).in_scope, "the employments behind the row were asked for, and begin tomorrow"
    assert decided(found[3]).in_scope
    assert {2, 3} <= set(people.client.asked)
    assert 4 not in people.client.asked, "whose row was whole is not asked for"


def test_who_stands_behind_a_broken_row_and_can_not_be_read_is_blocked_alone(look: Any) -> None:
    people = look((person(2), CONTRACT), (person(3), [job(date(2024, 1, 1))]))
    people.client.broken = {2}
    found = records(people)
    assert [p.code for p in found[2].problems] == ["employments_unreadable"]
    assert decided(found[3]).in_scope


def test_it_blocks_though_v1_calls_the_person_inactive(look: Any) -> None:
    assert decided(records(look((person(2, status="inactive"), CONTRACT)))[2]).blocked


def test_of_who_was_here_and_v1_has_elsewhere_little_is_kept(look: Any) -> None:
    told = (person(3, ABROAD), [job(date(2021, 1, 1), legal_entity=GASTRO)])
    found = records(look(told, (person(2, ABROAD), CONTRACT), former=frozenset({2})))
    assert decided(found[2]).blocked
    assert "bsn" not in found[2].values
    assert 2 not in records(look(told, (person(2, ABROAD), CONTRACT)))


def test_a_list_that_moved_is_read_once_more(look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = look((person(2), [job(date(2024, 1, 1)), PAST]))
    calm: Callable[[int], list[Employment]] = people.client.list_employments
    faults = [ListChanged("an id twice")]

    def moved(number: int) -> list[Employment]:
        if number == 2 and faults:
            raise faults.pop()
        return calm(number)

    monkeypatch.setattr(people.client, "list_employments", moved)
    assert decided(records(people)[2]).in_scope


@pytest.mark.parametrize(
    "error", [CredentialsRefused(), NotReadable("persons"), Retryable("Personio could not be reached.")]
)
def test_what_concerns_everybody_ends_the_reading(look: Any, error: SyncError) -> None:
    with pytest.raises(type(error)):
        records(look((person(2), error)))


def test_when_nobodys_employments_can_be_read_it_is_no_fault_of_theirs(look: Any, monkeypatch: Any) -> None:
    people = look(*((person(number), CONTRACT) for number in (2, 3, 4)))
    monkeypatch.setattr(people.client, "people", {n: (e, CONTRACT) for n, (e, _j) in people.client.people.items()})
    with pytest.raises(ConfigProblem):
        records(people)


# --- Departments ------------------------------------------------------------------------------------------------------------


def in_department(number: int, id_: int, name: str, **values: Any) -> Employee:
    return person(number, department={"type": "Department", "attributes": {"id": id_, "name": name}}, **values)


MOVED_DEPARTMENT = (
    in_department(2, 1, "Bar", hire_date="2020-01-01"),
    [job(date(2026, 1, 1), department_id="2"), job(date(2020, 1, 1), date(2025, 12, 31), department_id="1")],
)
IN_THE_KITCHEN = (in_department(3, 2, "Keuken"), [job(date(2020, 1, 1))])


@pytest.mark.parametrize("order", [(MOVED_DEPARTMENT, IN_THE_KITCHEN), (IN_THE_KITCHEN, MOVED_DEPARTMENT)])
def test_a_department_does_not_depend_on_who_comes_first(look: Any, order: Any) -> None:
    assert records(look(*order))[2].values["department"] == "Keuken"


def test_in_a_reading_of_some_the_names_of_the_whole_one_count(look: Any) -> None:
    whole = look(MOVED_DEPARTMENT, IN_THE_KITCHEN)
    records(whole)
    again = look(MOVED_DEPARTMENT, departments=whole.departments)
    ((_, found),) = again.some(frozenset({2}))
    assert found.values["department"] == "Keuken"


def test_a_department_that_nobody_can_name_is_left_out(look: Any) -> None:
    assert "department" not in records(look(MOVED_DEPARTMENT))[2].values


# --- A reading of some --------------------------------------------------------------------------------------------------------


def test_of_some_who_is_gone_was_not_seen_and_who_is_elsewhere_was(look: Any) -> None:
    people = look((person(2, ABROAD), [job(date(2020, 1, 1), legal_entity=GASTRO)]))
    assert dict(people.some(frozenset({2, 99}))) == {2: None, 99: None}
    assert people.seen == {2}


def test_of_some_who_can_only_be_placed_by_others_asks_for_everybody(look: Any) -> None:
    people = look((person(2, OLD), [job(None, legal_entity="", sub_company_id="")]))
    with pytest.raises(NeedsEverybody):
        dict(people.some(frozenset({2})))


def test_a_mover_does_not_block_who_has_the_number_now(look: Any) -> None:
    both = [job(date(2024, 1, 1), legal_entity=GASTRO), PAST]
    people = look((person(2, ABROAD), both), (person(3, number="1002"), [job(date(2024, 1, 1))]))
    plan = {record.row: decision for record, decision in decide_all(list(records(people).values()), TODAY)}
    assert (plan[3].in_scope, plan[2].reason, plan[2].is_succeeded) == (True, Reason.WORKS_ELSEWHERE, True)
