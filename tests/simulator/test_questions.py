"""Loket's five questions (rule 19): each of them can say no, and what Loket tells about rights and modules says why."""

from __future__ import annotations

from typing import Any

import pytest

from loket_portal.simulator import Simulator
from loket_portal.simulator.modules import MODULES, needed_modules
from loket_portal.simulator.rights import ALL_ACTIVITIES, RIGHTS, right_of
from tests.simulator.conftest import Start
from tests.simulator.loket import PERSON_VERSION, Loket, signed_in

EMPLOYEES = "GetEmployeesByEmployerId"
CONCEPTS = "GetConceptEmployeesByEmployerId"
CUT_OFF = "Beheer diverse vaste gegevens salarisverw"


def application(loket: Loket) -> dict[str, dict[str, Any]]:
    """What our application may do, by activity."""
    own_id = loket.get("/users/integrations")[0]["application"]["id"]
    return {row["activity"]: row for row in loket.get(f"/applications/{own_id}/authorizations")}


def rights(loket: Loket) -> dict[str, bool]:
    """The first user's rights."""
    user = loket.get(f"{loket.employer}/users")[0]
    rows = loket.get(f"{loket.employer}/users/{user['id']}/authorizations")
    return {row["description"]: row["isEnabled"] for row in rows}


def status(loket: Loket, path: str) -> int:
    """How a call about the employer ends."""
    return loket.call("GET", f"{loket.employer}/{path}", version=PERSON_VERSION).status_code


def texts(rows: list[dict[str, Any]]) -> list[str]:
    return [row["description"] for row in rows]


def test_our_application_may_do_everything_that_we_call(loket: Loket) -> None:
    assert set(application(loket)) == {name[:50] for name in ALL_ACTIVITIES}
    assert loket.activities() == ALL_ACTIVITIES


def test_an_activity_names_the_right_the_modules_and_the_roles_that_it_needs(loket: Loket) -> None:
    row = application(loket)[CONCEPTS]
    assert texts(row["requiredUserAuthorizations"]) == ["Raadplegen concept werknemers"]
    assert texts(row["requiredEmployerModules"]) == ["Loket HR"]
    assert texts(row["allowedRoles"]) == ["Provider", "Werkgever"]
    free = application(loket)["GetUserByToken"]
    assert (free["requiredUserAuthorizations"], free["requiredEmployerModules"]) == ([], [])


def test_another_application_is_not_found(loket: Loket) -> None:
    other = "11111111-1111-4111-8111-111111111111"
    assert loket.call("GET", f"/applications/{other}/authorizations").status_code == 404


def test_the_user_has_the_fifteen_rights_and_no_others(loket: Loket) -> None:
    enabled = {name for name, is_enabled in rights(loket).items() if is_enabled}
    assert len(enabled) == 15
    assert len(rights(loket)) > 15
    assert {name for name in RIGHTS if not any(full.startswith(name) for full in enabled)} == set()


def test_ids_of_rights_and_modules_are_stable(start: Start) -> None:
    lokets = [signed_in(start(seed=seed)) for seed in (1, 2)]
    rows = [application(loket)[CONCEPTS] for loket in lokets]
    assert rows[0] == rows[1]
    modules = [loket.get(f"{loket.employer}/modules") for loket in lokets]
    assert modules[0] == modules[1]
    assert rows[0]["requiredEmployerModules"][0] in modules[0]


@pytest.mark.parametrize("name", RIGHTS)
def test_a_missing_right_is_shown_as_not_enabled(loket: Loket, name: str) -> None:
    before = rights(loket)
    loket.tell(missing_rights=[name])
    if name == "Applicatiebeheer werkgever":  # it gives the list of users too
        assert status(loket, "users") == 403
        return
    after = rights(loket)
    different = [label for label in before if before[label] != after[label]]
    assert [label[: len(name)] for label in different] == [name]


def test_a_right_is_known_by_its_full_label_too(loket: Loket) -> None:
    shown = loket.control("POST", "/options", {"missing_rights": [f"{CUT_OFF}erking"]})
    assert shown["missing_rights"] == [CUT_OFF]


def test_our_application_can_lack_an_activity(loket: Loket) -> None:
    before = loket.activities()
    loket.tell(client_lacks=[EMPLOYEES])
    assert EMPLOYEES not in application(loket)
    assert before - loket.activities() == {EMPLOYEES}
    assert status(loket, "employees") == 403
    assert rights(loket)[right_of(EMPLOYEES) or ""] is True
    loket.tell(client_lacks=[])
    assert status(loket, "employees") == 200


def test_the_user_s_role_can_lack_an_activity(loket: Loket) -> None:
    loket.tell(role_lacks=[EMPLOYEES])
    assert texts(application(loket)[EMPLOYEES]["allowedRoles"]) == ["Provider"]
    assert EMPLOYEES not in loket.activities()
    assert status(loket, "employees") == 403


@pytest.mark.parametrize("name", MODULES)
def test_an_employer_can_lack_a_module(loket: Loket, name: str) -> None:
    before = loket.activities()
    loket.tell(missing_modules=[name.upper()])
    assert name not in texts(loket.get(f"{loket.employer}/modules"))
    gone = before - loket.activities()
    assert gone == {activity for activity in ALL_ACTIVITIES if needed_modules(activity) == (name,)}
    assert status(loket, "conceptemployees") == (403 if name == "Loket HR" else 200)
    assert status(loket, "employees") == 200  # payroll or HR is enough for it
    assert all(rights(loket)[right] for right in ("Raadplegen concept werknemers", "Raadplegen dienstverbanden"))


def test_of_two_modules_one_is_enough(loket: Loket) -> None:
    loket.tell(missing_modules=["Loket Salaris", "Loket HR"])
    assert status(loket, "employees") == 403
    assert loket.get("/user")
    assert texts(loket.get(f"{loket.employer}/modules")) == ["Loket Verlof"]


def test_an_entity_can_be_out_of_sight(loket: Loket) -> None:
    path = f"{loket.employer}/payrolladministrations"
    hidden = next(row for row in loket.get(path) if row["name"] == "Tulp Catering")
    one = f"/providers/employers/payrolladministrations/{hidden['id']}/payrollperiods"
    assert loket.get(one)
    loket.tell(hidden_administrations=["Tulp Catering"])
    assert hidden["id"] not in [row["id"] for row in loket.get(path)]
    assert loket.call("GET", one).status_code == 403
    options = loket.options(f"{loket.employer}/conceptemployees/metadata")["payrollAdministration"]
    assert hidden["id"] not in [row["id"] for row in options]
    assert "GetPayrollPeriodsByPayrollAdministrationId" in loket.activities()


def test_people_in_a_hidden_administration_are_not_listed(loket: Loket) -> None:
    path = f"{loket.employer}/employees/employments/comprehensive"
    assert len(loket.get(path, version="2019-12-16")) == 40
    loket.tell(hidden_administrations=["Tulp Horeca B.V."])
    assert loket.get(path, version="2019-12-16") == []
    assert loket.get(f"{loket.employer}/employees/employments/lastmodifiedversionnumbers") == []


@pytest.mark.parametrize("path", ["modules", "users", "authorizations"])
def test_what_loket_tells_about_rights_needs_a_token(simulator: Simulator, loket: Loket, path: str) -> None:
    employer = loket.employer
    assert Loket(simulator.url).call("GET", f"{employer}/{path}").status_code == 401
