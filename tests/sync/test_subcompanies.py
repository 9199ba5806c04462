"""Which legal entity a subcompany is: told by employments, checked by the name, never guessed."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.personio.client import Attribute, Employee, Employment
from sync.services.employments import Employments
from sync.services.subcompanies import TRIES, Subcompanies

ENTITIES = [{"id": "170", "name": "Linde Horeca B.V.", "country": "NL"}]


def employee(person_id: int, value: Any) -> Employee:
    return Employee(person_id, {"subcompany": Attribute("Subcompany", value)})


def linde(person_id: int = 1, name: str = "Linde Horeca B.V.") -> Employee:
    return employee(person_id, {"type": "Subcompany", "attributes": {"id": 701, "name": name}})


def employment(legal_entity: str, sub_company: str) -> Employment:
    days: dict[str, Any] = {"start_on": date(2020, 1, 1), "end_on": None, "contract_end_on": None}
    return Employment(
        id="e",
        status="active",
        position="",
        weekly_hours="",
        termination_on=None,
        legal_entity_id=legal_entity,
        sub_company_id=sub_company,
        department_id="",
        **days,
    )


class Asked:
    """A client that knows employments only, and who was asked for."""

    def __init__(self, *employments: Employment) -> None:
        self.employments, self.people = list(employments), list[int]()
        client: Any = SimpleNamespace(list_employments=self.list_employments)
        self.client = Employments(client)

    def list_employments(self, person_id: int) -> list[Employment]:
        self.people.append(person_id)
        return self.employments


def test_an_employment_that_names_both_tells_it_once_for_all() -> None:
    asked = Asked(employment("171", "702"), employment("170", "701"))
    known = Subcompanies(asked.client, [])
    assert [known.legal_entity_of(linde(number)) for number in (1, 2, 3)] == ["170", "170", "170"]
    assert asked.people == [1]


def test_without_a_subcompany_in_v2_the_name_must_agree() -> None:
    asked = Asked(employment("170", ""))
    assert Subcompanies(asked.client, ENTITIES).legal_entity_of(linde(name="linde  horeca b.v.")) == "170"
    assert Subcompanies(asked.client, ENTITIES).legal_entity_of(linde(name="Linde Catering B.V.")) is None


def test_an_employment_at_another_subcompany_tells_nothing() -> None:
    asked = Asked(employment("171", "702"))
    assert Subcompanies(asked.client, ENTITIES).legal_entity_of(linde()) is None


@pytest.mark.parametrize("value", [None, "", [], {}, 0, {"type": "Subcompany", "attributes": {"id": None, "name": ""}}])
def test_nothing_is_nothing_however_personio_writes_it(value: Any) -> None:
    asked = Asked()
    assert Subcompanies(asked.client, ENTITIES).legal_entity_of(employee(1, value)) == ""
    assert asked.people == []


def test_after_several_who_can_not_tell_nobody_is_asked_any_more() -> None:
    asked = Asked(employment("", ""))
    known = Subcompanies(asked.client, ENTITIES)
    assert {known.legal_entity_of(linde(number)) for number in range(1, TRIES + 3)} == {None}
    assert len(asked.people) == TRIES
    assert "Linde Horeca B.V." in known.untold(linde(1)).message


def test_however_many_leavers_could_not_tell_who_works_there_is_asked() -> None:
    asked = Asked(employment("", ""))
    known = Subcompanies(asked.client, ENTITIES)
    for number in range(1, TRIES + 3):
        assert known.legal_entity_of(linde(number), has_left=lambda: True) is None
    asked.employments = [employment("170", "701")]
    assert known.legal_entity_of(linde(99)) == "170"


def test_the_subcompany_of_the_employment_goes_before_the_one_that_v1_shows() -> None:
    asked = Asked(employment("171", "702"))
    known = Subcompanies(asked.client, ENTITIES)
    assert known.legal_entity_of(linde(), at="702") == "171"
    assert known.known("702") == "171"
    assert known.known("701") == ""


def test_a_subcompany_may_bear_the_name_of_a_legal_entity() -> None:
    known = Subcompanies(Asked().client, ENTITIES)
    assert known.is_named_as(linde(name="Linde  HORECA b.v."), "170")
    assert not known.is_named_as(linde(name="Linde Catering B.V."), "170")
    assert not known.is_named_as(linde(), "999")


def test_one_who_can_not_tell_waits_for_the_next_who_can() -> None:
    asked = Asked()
    known = Subcompanies(asked.client, ENTITIES)
    assert known.legal_entity_of(linde(1)) is None
    asked.employments = [employment("170", "701")]
    assert known.legal_entity_of(linde(2)) == "170"
    assert known.legal_entity_of(linde(1)) == "170"
