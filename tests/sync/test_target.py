"""The engine's way to Loket: what a client answers, and what it makes of it."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from loket_portal.loket.client import LoketClient
from loket_portal.loket.errors import RecordRejected
from loket_portal.loket.payloads import Message
from loket_portal.simulator import Simulator
from onboarding.models import Connection
from onboarding.services import logins
from sync.ports import Versions
from sync.target import LoketTarget
from tests.sync.fakes import TODAY, employee

NOBODY = "c9999999-0000-4000-8000-000000000000"
HERE, ELSEWHERE = "A", "b"


def target(parallel: int = 1, leave: Any = lambda: None, **calls: Any) -> LoketTarget:
    """One over a client that has these calls."""
    connection: Any = SimpleNamespace(login=SimpleNamespace(employer_id="e"), administration_id="a")
    return LoketTarget(Mock(**calls), connection, TODAY, parallel=parallel, leave=leave)


def row(number: int, administration: str | None, start: str, end: str | None = None, **values: Any) -> dict[str, Any]:
    """A row of the comprehensive list."""
    return {
        "id": f"B-{number}-{start}",
        "employee": employee(number, f"e-{number}", **values),
        "payrollAdministration": administration and {"id": administration},
        "startDate": start,
        "endDate": end,
    }


def reading(*rows: dict[str, Any], **calls: Any) -> LoketTarget:
    """One whose lists are these rows and nothing else."""
    lists: dict[str, Any] = {
        "general_metadata": lambda *_: {},
        "concept_metadata": lambda *_: {},
        "iter_concepts": lambda *_, **__: iter(()),
    }
    return target(**{"iter_employments": lambda *_, **__: iter(rows), **lists, **calls})


@pytest.mark.django_db
def test_one_concept_is_read_by_its_id(connected: Connection, simulator: Simulator) -> None:
    client: LoketClient = logins.client_for(connected.login)
    real = LoketTarget(client, connected, TODAY)
    body = real.snapshot().concept_defaults() | {"uniqueName": "LP-1"}
    body["employeeData"]["personalDetails"]["lastName"] = "Berg"
    made = real.create_concept(body)
    assert real.get_concept(made["id"]) == made
    assert real.find_concepts("LP-1") == [made]
    assert [concept.concept_id for concept in real.snapshot().concepts] == [made["id"]]
    assert real.get_concept(NOBODY) is None
    assert real.find_concepts("LP-2") == []


@pytest.mark.django_db(transaction=True)  # its threads have database connections of their own
def test_pages_read_at_once_give_the_same_people(connected: Connection, simulator: Simulator) -> None:
    client: LoketClient = logins.client_for(connected.login)
    left: list[None] = []
    alone = LoketTarget(client, connected, TODAY).snapshot().people
    real = LoketTarget(client, connected, TODAY, parallel=3, leave=lambda: left.append(None))
    together = real.snapshot().people
    assert [(one.number, together.whole(one)) for one in together] == [(one.number, alone.whole(one)) for one in alone]
    assert left, "what a thread has opened is closed"


@pytest.mark.django_db
def test_the_version_number_moves_with_a_write(connected: Connection, simulator: Simulator) -> None:
    client: LoketClient = logins.client_for(connected.login)
    real = LoketTarget(client, connected, TODAY)
    people = real.snapshot().people
    someone = people.whole(next(one for one in people if one.is_here))
    before = real.versions(None)
    assert real.versions(before.highest) == Versions(before.highest, {})
    real.put_employee(someone, someone.employee)
    moved = real.versions(before.highest)
    assert people.numbers_of(moved.moved) == {someone.employee_number: moved.highest}


def test_of_two_employments_the_one_that_runs_here_counts() -> None:
    rows = [row(1, HERE, "2010-01-01", "2020-01-01"), row(1, HERE, "2021-01-01"), row(1, ELSEWHERE, "2025-01-01")]
    for order in (rows, rows[::-1]):
        people = reading(*order).snapshot().people
        (one,) = people
        person = people.whole(one)
        assert person.employment is not None
        assert (person.employment["startDate"], person.is_elsewhere) == ("2021-01-01", False)
        assert people.numbers_of({"B-1-2010-01-01": 5, "b-1-2025-01-01": 7, "other": 9}) == {1: 7}


def test_of_two_that_ended_the_last_one_counts() -> None:
    rows = [row(1, HERE, "2021-01-01", "2022-01-01"), row(1, HERE, "2010-01-01", "2020-01-01")]
    people = reading(*rows).snapshot().people
    employment = people.whole(next(iter(people))).employment
    assert employment is not None
    assert employment["startDate"] == "2021-01-01"


def test_somebody_of_another_administration_is_elsewhere() -> None:
    people = reading(row(1, ELSEWHERE, "2021-01-01"), row(2, None, "2021-01-01")).snapshot().people
    assert [(one.is_here, one.is_elsewhere, people.whole(one).employment) for one in people] == [
        (False, True, None),
        (False, True, None),
    ]


def test_who_is_in_no_employment_comes_from_the_employees_list() -> None:
    asked: list[None] = []

    def everybody(*_: Any, **__: Any) -> Iterator[dict[str, Any]]:
        asked.append(None)
        return iter([employee(1, "e-1"), employee(2, "e-2")])

    real = reading(row(1, HERE, "2021-01-01"), iter_employees=everybody)
    people = real.snapshot().people
    assert ([one.number for one in people], asked) == ([1], [])
    real.add_unemployed(people)
    assert [(one.number, one.is_here, one.is_elsewhere) for one in people] == [(1, True, False), (2, False, False)]


def test_what_new_people_start_with_is_read_when_somebody_asks_and_once() -> None:
    defaults = Mock(return_value={"employeeData": None})
    snapshot = reading(concept_defaults=defaults).snapshot()
    assert defaults.call_count == 0
    assert snapshot.concept_defaults() == snapshot.concept_defaults() == {"employeeData": None}
    assert defaults.call_count == 1


def test_a_concept_that_is_refused_is_not_one_that_is_gone() -> None:
    def refuse(_id: str) -> None:
        raise RecordRejected("no", status=400)

    with pytest.raises(RecordRejected):
        target(get_concept=refuse).get_concept(NOBODY)


def test_warnings_are_the_clients() -> None:
    warning = Message(204, "Warning", "Let op")
    assert target(take_warnings=lambda: (warning,)).take_warnings() == (warning,)


def test_the_calls_of_an_employment_are_the_clients() -> None:
    """By name: `sync.resources` asks for them."""
    real = target(terminate=lambda *_: "ended", payment_defaults=lambda *_: "defaults")
    assert (real.terminate("b", {}), real.payment_defaults("b")) == ("ended", "defaults")
