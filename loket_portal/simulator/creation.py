"""New functions, departments and distribution units (rule 20: an "Algemeen" that is missing)."""

from __future__ import annotations

from typing import Any

from .algemeen import OURS
from .calls import Answer, Call, Routes, check
from .company import EMPLOYER_PATH, employer, shown
from .metadata import COMPANY_LISTS
from .rules import Checker
from .shapes.company import DEPARTMENT, DISTRIBUTION_UNIT, FUNCTION
from .shapes.field import Field

ROUTES = Routes()


@ROUTES.add("POST", f"{EMPLOYER_PATH}/functions", "PostFunctionByEmployerId")
def create_function(call: Call) -> Answer:
    """A new function."""
    return _create(call, "function", FUNCTION)


@ROUTES.add("POST", f"{EMPLOYER_PATH}/departments", "PostDepartmentByEmployerId")
def create_department(call: Call) -> Answer:
    """A new department, with a code that no other has."""
    return _create(call, "department", DEPARTMENT)


@ROUTES.add("POST", f"{EMPLOYER_PATH}/distributionunits", "PostDepartmentByEmployerId")
def create_distribution_unit(call: Call) -> Answer:
    """A new distribution unit, with a code that no other has. Its activity is our reading, as that of the list."""
    return _create(call, "distributionUnit", DISTRIBUTION_UNIT)


def _create(call: Call, name: str, shape: Field) -> Answer:
    owner = employer(call).id
    checker = Checker(call.lists, owner)
    body = checker.clean(shape, call.body)
    if not checker.messages:
        _is_new(checker, body, [record.body for record in call.lists.company_list(name, owner)])
    check(checker.messages)
    record = call.world.add(COMPANY_LISTS[name], owner, body, mark=OURS)
    return Answer(shown(shape, record, call), status=201)


def _is_new(checker: Checker, body: dict[str, Any], present: list[dict[str, Any]]) -> None:
    if not body["description"].strip():
        checker.fail(1, "description is required", "description")
    if "code" in body and body["code"] in [item["code"] for item in present]:
        checker.fail(14, f"Code {body['code']} is already in use", "code")
