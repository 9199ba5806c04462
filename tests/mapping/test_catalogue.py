"""The catalogue against Loket's API document: the same places, the same limits, the same nulls (rule 48)."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mapping.catalogue import LOKET_FIELDS, SECTION, FieldType, LoketField, Resource, empty_parent

HERE = Path(__file__).parents[2]
EMPLOYEE = ("/providers/employers/employees/{employeeId}", "put", "2021-03-29")
CONCEPT = ("/providers/employers/{employerId}/conceptemployees", "post", "2018-01-01")
COMPREHENSIVE = "/providers/employers/{employerId}/employees/employments/comprehensive"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    path = Path(os.environ.get("LOKET_OPENAPI") or HERE.parent / "shared/loket/openapi.json")
    if not path.exists():
        message = f"Loket's API document is not at {path}; set LOKET_OPENAPI."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return json.loads(path.read_text(encoding="utf-8"))


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its `allOf` parts taken together."""
    whole = {k: v for k, v in schema.items() if k != "allOf"}
    for part in map(merged, schema.get("allOf", ())):
        whole = {**part, **whole, "properties": {**part.get("properties", {}), **whole.get("properties", {})}}
    return whole


def request(document: dict[str, Any], call: tuple[str, str, str]) -> dict[str, Any]:
    path, method, version = call
    content = document["paths"][path][method]["requestBody"]["content"]
    return merged(content[f"application/json;version={version}"]["schema"])


def row(document: dict[str, Any]) -> dict[str, Any]:
    (content,) = document["paths"][COMPREHENSIVE]["get"]["responses"]["200"]["content"].values()
    return merged(merged(content["schema"])["properties"]["_embedded"]["items"])


def at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    for name in filter(None, path.split(".")):
        schema = merged(schema)["properties"][name]
    return merged(schema)


def check(field: LoketField, schema: dict[str, Any]) -> None:
    if "maxLength" in schema:
        assert field.limit == schema["maxLength"], field.key
    if "minimum" in schema:
        assert float(field.minimum or 0) >= schema["minimum"], field.key
    if "maximum" in schema:
        assert field.maximum is not None, field.key
        assert field.maximum <= schema["maximum"], field.key
    assert (field.type is FieldType.OPTION) == ("key" in schema.get("properties", {})), field.key


def keys(*resources: Resource) -> list[str]:
    return [key for key, field in LOKET_FIELDS.items() if field.resource in resources]


@pytest.mark.parametrize("key", keys(Resource.EMPLOYEE))
def test_an_employee_field_is_as_the_put_has_it(document: dict[str, Any], key: str) -> None:
    field = LOKET_FIELDS[key]
    schema = at(request(document, EMPLOYEE), field.path)
    check(field, schema)
    assert field.nullable == schema.get("nullable", False) or not field.nullable


@pytest.mark.parametrize("key", keys(*SECTION))
def test_a_dated_field_is_where_the_comprehensive_list_has_it(document: dict[str, Any], key: str) -> None:
    field = LOKET_FIELDS[key]
    schema = at(row(document), f"{SECTION[field.resource]}.{field.path}")
    check(field, schema)


@pytest.mark.parametrize("key", [key for key, field in LOKET_FIELDS.items() if field.concept_path])
def test_a_field_is_where_a_concept_has_it(document: dict[str, Any], key: str) -> None:
    check(LOKET_FIELDS[key], at(request(document, CONCEPT), LOKET_FIELDS[key].concept_path))


@pytest.mark.parametrize("path", ["address", "contactInformation"])
def test_an_empty_parent_of_an_employee_lacks_no_field(document: dict[str, Any], path: str) -> None:
    assert set(empty_parent(path)) == set(at(request(document, EMPLOYEE), path)["properties"])


CONCEPT_PARTS = ["employeeData.address", "employeeData.contactInformation", "workingHoursData"]


@pytest.mark.parametrize("path", [*CONCEPT_PARTS, "organizationalEntityData"])
def test_an_empty_parent_of_a_concept_lacks_no_field(document: dict[str, Any], path: str) -> None:
    schema = at(request(document, CONCEPT), path)
    parent = empty_parent(path)
    assert set(parent) == set(schema["properties"])
    for name, value in parent.items():
        part = at(schema, name)
        assert part.get("nullable") or set(value) == set(part["properties"]), name


def test_a_parent_is_a_copy() -> None:
    empty_parent("address")["street"] = "x"
    assert empty_parent("address")["street"] is None
    assert empty_parent("never.heard.of") == {}


def test_only_what_the_tax_office_and_banks_identify_people_by_is_sensitive() -> None:
    assert {key for key, field in LOKET_FIELDS.items() if field.sensitive} == {"bsn", "iban"}
