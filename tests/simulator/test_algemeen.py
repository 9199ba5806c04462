"""The "Algemeen" of rule 20: missing, a near miss, twice, and created by us."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.simulator.loket import PERSON_VERSION, Loket, messages

PATHS = {"function": "functions", "department": "departments", "distributionunit": "distributionunits"}
BODIES: dict[str, dict[str, Any]] = {
    "function": {"description": "Algemeen", "group": None},
    "department": {"description": "Algemeen", "code": 77, "emailLeaveRequest": None, "subDepartmentOf": None},
    "distributionunit": {"description": "Algemeen", "code": 77},
}
FIELDS = {"function": "function", "department": "department", "distributionunit": "distributionUnit"}


def called(loket: Loket, kind: str) -> list[str]:
    """What the things of a list are called."""
    return [row["description"] for row in loket.get(f"{loket.employer}/{PATHS[kind]}")]


def offered(loket: Loket, kind: str) -> list[str]:
    """What the metadata of a concept employee offers of the same list."""
    options = loket.options(f"{loket.employer}/conceptemployees/metadata")
    return [row["description"] for row in options[FIELDS[kind]]]


def create(loket: Loket, kind: str, **changes: Any) -> requests.Response:
    """Creates an "Algemeen"."""
    return loket.call("POST", f"{loket.employer}/{PATHS[kind]}", {**BODIES[kind], **changes})


@pytest.mark.parametrize("kind", PATHS)
def test_a_missing_algemeen_can_be_created(loket: Loket, kind: str) -> None:
    loket.tell(missing_algemeen=[kind])
    assert "Algemeen" not in called(loket, kind)
    answer = create(loket, kind)
    assert answer.status_code == 201
    assert BODIES[kind].items() <= answer.json()["content"].items()
    assert called(loket, kind).count("Algemeen") == offered(loket, kind).count("Algemeen") == 1
    identity = "key" if kind == "function" else "id"
    rows = loket.get(f"{loket.employer}/{PATHS[kind]}")
    assert answer.json()["content"][identity] in [row[identity] for row in rows]


@pytest.mark.parametrize("kind", PATHS)
def test_a_near_miss_shows_wherever_the_name_shows(loket: Loket, kind: str) -> None:
    loket.tell(algemeen_variants={kind: "algemeen "})
    assert called(loket, kind).count("algemeen ") == offered(loket, kind).count("algemeen ") == 1
    assert "Algemeen" not in called(loket, kind)
    others = [other for other in PATHS if other != kind]
    assert all("Algemeen" in called(loket, other) for other in others)
    unit = loket.employment(1001)["organizationalEntity"]["distributionUnit"]["description"]
    assert unit == ("algemeen " if kind == "distributionunit" else "Algemeen")
    loket.tell(algemeen_variants={})
    assert "Algemeen" in called(loket, kind)


@pytest.mark.parametrize("kind", PATHS)
def test_algemeen_can_be_there_twice(loket: Loket, kind: str) -> None:
    loket.tell(algemeen_twice=[kind])
    rows = [row for row in loket.get(f"{loket.employer}/{PATHS[kind]}") if row["description"] == "Algemeen"]
    identity = "key" if kind == "function" else "id"
    assert len({row[identity] for row in rows}) == len({str(row) for row in rows}) == 2
    assert offered(loket, kind).count("Algemeen") == 2
    loket.tell(algemeen_twice=[])
    assert called(loket, kind).count("Algemeen") == 1


@pytest.mark.parametrize("kind", ["department", "distributionunit"])
def test_a_code_can_be_used_once(loket: Loket, kind: str) -> None:
    taken = loket.get(f"{loket.employer}/{PATHS[kind]}")[0]["code"]
    answer = create(loket, kind, code=taken)
    assert (answer.status_code, messages(answer)) == (400, ["code"])
    assert answer.json()["messages"][0]["type"] == "BrokenBusinessRule"
    assert called(loket, kind).count("Algemeen") == 1


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("text", ["", "  ", None, "x" * 51, 5])
def test_a_description_is_a_text_of_at_most_fifty_characters(loket: Loket, kind: str, text: Any) -> None:
    answer = create(loket, kind, description=text)
    assert (answer.status_code, messages(answer)) == (400, ["description"])


@pytest.mark.parametrize("change", [{"code": "77"}, {"code": None}, {"nickname": "x"}])
def test_a_wrong_body_creates_nothing(loket: Loket, change: dict[str, Any]) -> None:
    before = called(loket, "department")
    assert create(loket, "department", **change).status_code == 400
    assert called(loket, "department") == before


def test_a_department_can_be_part_of_another(loket: Loket) -> None:
    parent = loket.get(f"{loket.employer}/departments")[0]
    answer = create(loket, "department", subDepartmentOf={"key": parent["id"]})
    assert answer.json()["content"]["subDepartmentOf"]["description"] == parent["description"]


@pytest.mark.parametrize("kind", PATHS)
def test_creating_needs_its_right_and_is_a_write(loket: Loket, kind: str) -> None:
    loket.tell(role_lacks=["PostFunctionByEmployerId", "PostDepartmentByEmployerId"])
    assert create(loket, kind).status_code == 403
    loket.tell(role_lacks=[])
    loket.control("DELETE", "/log")
    assert create(loket, kind).status_code == 201
    assert len(loket.control("GET", "/log")["writes"]) == 1


def test_people_can_be_put_into_what_was_created(loket: Loket) -> None:
    created = create(loket, "department").json()["content"]
    body = loket.concept_body(2001)
    body["organizationalEntityData"]["department"] = {"key": created["id"]}
    concept = loket.call("POST", f"{loket.employer}/conceptemployees", body).json()["content"]
    assert loket.convert(concept["id"]).status_code == 200
    assert loket.employment(2001)["organizationalEntity"]["department"]["key"] == created["id"]
    assert loket.get(f"{loket.employer}/employees", version=PERSON_VERSION)
