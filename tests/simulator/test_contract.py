"""The simulator against Loket's API document: its shapes field by field, and its answers."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loket_portal.simulator import Simulator
from loket_portal.simulator.rights import activities
from loket_portal.simulator.shapes import company, concept, employment, person
from loket_portal.simulator.shapes.field import Field
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
    ("/providers/employers/{employerId}/conceptemployees", "2018-01-01"): concept.CONCEPT,
    ("/user", "2018-01-01"): company.USER,
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


def test_activities_are_operations_of_the_document(paths: Schema) -> None:
    operations = {
        item.get("operationId") for path in paths.values() for item in path.values() if isinstance(item, dict)
    }
    assert set(activities(())) <= operations


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
