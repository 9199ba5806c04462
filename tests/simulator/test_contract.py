"""The simulator against Loket's API document: its shapes field by field, and its answers."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from loket_portal.simulator import Simulator, convert
from loket_portal.simulator.filter_settings import SERVER
from loket_portal.simulator.rights import ALL_ACTIVITIES
from loket_portal.simulator.shapes import access, company, concept, employment, person
from loket_portal.simulator.shapes.field import Field
from tests.contract.checker import check_exchange
from tests.simulator.conftest import wrong_answers
from tests.simulator.loket import Loket

ROOT = Path(__file__).parents[2]
DOCUMENT = Path(os.environ.get("LOKET_OPENAPI", ROOT.parent / "shared" / "loket" / "openapi.json"))
Schema = dict[str, Any]
ROWS = {
    ("/providers/employers", "2018-01-01"): company.EMPLOYER,
    ("/providers/employers/{employerId}/payrolladministrations", "2018-01-01"): company.ADMINISTRATION,
    ("/providers/employers/{employerId}/functions", "2018-01-01"): company.FUNCTION,
    ("/providers/employers/{employerId}/departments", "2018-01-01"): company.DEPARTMENT,
    ("/providers/employers/{employerId}/employees", "2018-12-31"): person.EMPLOYEE_2018,
    ("/providers/employers/{employerId}/employees", "2021-03-29"): person.EMPLOYEE,
    ("/providers/employers/{employerId}/employees/employments/comprehensive", "2019-12-16"): employment.COMPREHENSIVE,
    (
        "/providers/employers/employees/employments/{employmentId}/paymentinformationsepa",
        "2018-01-01",
    ): employment.PAYMENT,
    ("/providers/employers/employees/employments/{employmentId}", "2019-12-16"): employment.EMPLOYMENT_DETAILS,
    ("/providers/employers/employees/employments/{employmentId}/workinghours", "2018-01-01"): convert.HOURS,
    (
        "/providers/employers/employees/employments/{employmentId}/organizationalentities",
        "2018-01-01",
    ): convert.ORGANIZATION,
    ("/providers/employers/{employerId}/conceptemployees", "2018-01-01"): concept.CONCEPT,
    ("/user", "2018-01-01"): company.USER,
    ("/providers/employers/{employerId}/users", "SSO_gebruiker"): access.USER_ROW,
}
KINDS = {
    "text": "string",
    "date": "string",
    "datetime": "string",
    "uuid": "string",
    "int": "integer",
    "num": "number",
    "bool": "boolean",
}


@pytest.fixture(scope="module")
def paths() -> Schema:
    if not DOCUMENT.exists():
        message = f"Loket's API document is not at {DOCUMENT}; set LOKET_OPENAPI"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    found: Schema = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    return found


def merged(schema: Schema) -> Schema:
    """A schema with its allOf parts put together."""
    properties = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        properties |= merged(part).get("properties", {})
    return {**schema, "properties": properties}


def differences(field: Field, schema: Schema, path: str) -> Iterator[str]:
    """Where a shape says something else than the document."""
    schema = merged(schema)
    said = (field.nullable, field.read_only)
    wanted = (bool(schema.get("nullable")), bool(schema.get("readOnly")))
    if path and said != wanted:
        yield f"{path}: nullable and read-only are {wanted}, not {said}"
    names = set(field.parts) if field.kind == "option" else set(field.fields)
    if names != set(schema["properties"]):
        yield f"{path}: {names ^ set(schema['properties'])}"
    for name in field.fields.keys() & schema["properties"].keys():
        yield from differences(field.fields[name], schema["properties"][name], f"{path}.{name}".lstrip("."))
    if field.kind in KINDS:
        limits = [schema.get("minLength", schema.get("minimum")), schema.get("maxLength", schema.get("maximum"))]
        if (KINDS[field.kind], field.low or 0, field.high or 0) != (schema["type"], *(limit or 0 for limit in limits)):
            yield f"{path}: {schema['type']} {limits}, not {field}"


@pytest.mark.parametrize(("path", "version"), ROWS)
def test_shapes_are_those_of_the_document(paths: Schema, path: str, version: str) -> None:
    content = paths[path]["get"]["responses"]["200"]["content"]
    body = merged(content[f"application/json;version={version}"]["schema"])["properties"]
    row = body["_embedded"]["items"] if "_embedded" in body else body["content"]
    assert list(differences(ROWS[path, version], row, "")) == []


REQUESTS = {
    ("terminate", "2018-01-01"): employment.TERMINATION["2018-01-01"],
    ("terminate", "2019-12-16"): employment.TERMINATION["2019-12-16"],
    ("correctstartdate", "2018-01-01"): employment.FIRST_DAY,
}


@pytest.mark.parametrize(("name", "version"), REQUESTS)
def test_what_a_patch_takes_is_what_the_document_says(paths: Schema, name: str, version: str) -> None:
    operation = paths[f"/providers/employers/employees/employments/{{employmentId}}/{name}"]["patch"]
    schema = operation["requestBody"]["content"][f"application/json;version={version}"]["schema"]
    said = {
        part: (bool(field.get("nullable")), field["type"] if not field.get("properties") else "option")
        for part, field in merged(schema)["properties"].items()
    }
    fields = REQUESTS[name, version].fields
    assert said == {part: (field.nullable, KINDS.get(field.kind, field.kind)) for part, field in fields.items()}


def test_a_difference_would_be_seen(paths: Schema) -> None:
    content = paths["/providers/employers/{employerId}/functions"]["get"]["responses"]["200"]["content"]
    body = merged(content["application/json;version=2018-01-01"]["schema"])["properties"]
    assert len(list(differences(company.DISTRIBUTION_UNIT, body["_embedded"]["items"], ""))) == 1
    wrong = Field("object", fields={**company.FUNCTION.fields, "group": Field("text", high=6)})
    assert len(list(differences(wrong, body["_embedded"]["items"], ""))) == 2


def test_a_wrong_answer_would_be_seen(simulator: Simulator, loket: Loket) -> None:
    """The fixture `start` checks every answer of these tests; this proves that the check can fail."""
    loket.employee(1001)
    good = simulator.exchanges[-1]
    assert wrong_answers([good]) == []
    for name, value in (("nickName", "Jo"), ("employeeNumber", None), ("personalDetails", {})):
        bad = json.loads(json.dumps(good))
        bad["response_body"]["_embedded"][0][name] = value
        assert wrong_answers([bad]), name


def test_the_new_calls_satisfy_the_whole_contract(simulator: Simulator, loket: Loket) -> None:
    """Asked as the document wants it: neither our request nor the answer has a fault."""
    day, employer = {"startDate": "2026-01-01", "endDate": "2026-12-31"}, loket.employer
    application = loket.get("/users/integrations")[0]["application"]["id"]
    users = loket.get(f"{employer}/users")
    loket.control("POST", "/people/edit", {"employeeNumber": 1001, "field": "personalDetails.firstName", "value": "Jo"})
    administration = loket.get(f"{employer}/payrolladministrations")[0]["id"]
    loket.tell(run_status=1)
    for path in ("payrollperiods", "payrollruns"):
        assert loket.get(f"/providers/employers/payrolladministrations/{administration}/{path}")
    for path in (f"users/{users[0]['id']}/authorizations", "modules"):
        assert loket.get(f"{employer}/{path}")
    assert loket.get(f"{employer}/auditTrail/EmployeeData", params=day)
    assert loket.get(f"/applications/{application}/authorizations")
    loket.get(f"/user/filtersettings/{employer.rsplit('/', 1)[-1]}", server=SERVER)
    bodies: dict[str, Schema] = {"functions": {}, "departments": {"code": 77}, "distributionunits": {"code": 77}}
    for path, body in bodies.items():
        assert loket.call("POST", f"{employer}/{path}", {"description": "Nieuw", **body}).status_code == 201
    assert [text for item in simulator.exchanges for text in check_exchange(SimpleNamespace(**item))] == []
    wrong = json.loads(json.dumps(simulator.exchanges[-4]))
    wrong["response_body"]["content"]["employmentFilter"]["filterOnEmployedStatus"] = "Everybody"
    assert len(wrong_answers([wrong])) == 1


def test_activities_are_operations_of_the_document(paths: Schema) -> None:
    operations = {
        item.get("operationId") for path in paths.values() for item in path.values() if isinstance(item, dict)
    }
    assert operations >= ALL_ACTIVITIES


def test_the_simulator_imports_nothing_of_the_product() -> None:
    allowed = {"flask", "werkzeug", "stdnum"}
    for path in (ROOT / "loket_portal" / "simulator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                depth = len(path.relative_to(ROOT / "loket_portal" / "simulator").parts)
                assert node.level <= depth, f"{path.name} reaches out of the simulator"
            names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            outside = {name.split(".")[0] for name in names} - allowed
            assert not {name for name in outside if name in ("loket_portal", "onboarding", "mapping", "sync", "django")}
