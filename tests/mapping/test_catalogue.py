"""The catalogue against Loket's API document: every writable field, the same limits, the same nulls (rule 48)."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from loket_portal.loket.calls import ALL_CALLS
from mapping.catalogue import (
    INT32,
    LISTS_FROM,
    LOKET_FIELDS,
    SECTION,
    WHOLES,
    Effect,
    FieldType,
    Group,
    ListSource,
    LoketField,
    Resource,
    Whole,
    empty_parent,
    whole_of,
)
from mapping.omissions import OMITTED
from tests.contract.document import Node, document, merged
from tests.contract.plugin import need_document

pytestmark = pytest.mark.usefixtures("_document")

ONE = "/providers/employers/employees"
EMPLOYMENTS = f"{ONE}/employments"
BODIES = {
    "employee": ("PUT", f"{ONE}/{{}}", "2021-03-29"),
    "bsn": ("PUT", f"{ONE}/{{}}/citizenservicenumber", "2018-01-01"),
    "employment": ("PUT", f"{EMPLOYMENTS}/{{}}", "2019-12-16"),
    "workingHours": ("PUT", f"{EMPLOYMENTS}/workinghours/{{}}", "2018-01-01"),
    "organization": ("PUT", f"{EMPLOYMENTS}/organizationalentities/{{}}", "2018-01-01"),
    "payment": ("PUT", f"{EMPLOYMENTS}/paymentinformationsepa/{{}}", "2018-01-01"),
    "ending": ("PATCH", f"{EMPLOYMENTS}/{{}}/terminate", "2019-12-16"),
    "concept": ("PUT", "/providers/employers/conceptemployees/{}", "2018-01-01"),
    "new concept": ("POST", "/providers/employers/{}/conceptemployees", "2018-01-01"),
}
BODY_OF = {
    Resource.EMPLOYEE: "employee",
    Resource.BSN: "bsn",
    Resource.EMPLOYMENT: "employment",
    Resource.WORKING_HOURS: "workingHours",
    Resource.ORGANIZATION: "organization",
    Resource.IBAN: "payment",
    Resource.PAYMENT: "payment",
    Resource.ENDING: "ending",
}
READ_ONLY = {"employment.startDate", "employment.endDate"}
"""Of somebody who is there they have calls of their own."""
STRICTER = {
    "employee.employeeNumber": "the document says from 1, and nothing of the largest",
    "employment.incomeRelationshipNumber": "rule 41: from 1",
    "workingHours.deviatingHoursPerWeek": "a concept employee takes 99, a record 99.99; one limit for both",
}
"""Where our limits are narrower than one body has them, on purpose."""
TYPES = {
    "integer": {FieldType.INTEGER},
    "number": {FieldType.DECIMAL, FieldType.INTEGER},
    "boolean": {FieldType.BOOLEAN},
    "date": {FieldType.DATE},
    "string": {
        *(FieldType.TEXT, FieldType.INITIALS, FieldType.PHONE, FieldType.EMAIL, FieldType.POSTCODE),
        *(FieldType.BSN, FieldType.IBAN),
    },
}
FIELDS = LOKET_FIELDS.values()


@pytest.fixture(scope="module", name="_document")
def document_is_there() -> None:
    need_document()


def body(name: str) -> Node:
    method, path, version = BODIES[name]
    operation = document().find(method, path.format("00000000-0000-4000-8000-000000000001"))
    assert operation is not None, name
    return operation.requests[f"application/json;version={version}"]


def at(node: Node, path: str) -> Node:
    for name in filter(None, path.split(".")):
        node = node.properties[name]
    return node


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every writable field with its path; a value of a list is one field."""
    if node.is_read_only:
        return
    if node.type == "object" and (node.identity is None or not path):
        for name, part in node.properties.items():
            yield from leaves(part, f"{path}.{name}".lstrip("."))
    else:
        yield path, node


def mapped(name: str) -> set[str]:
    if "concept" in name:
        return {field.concept_path for field in FIELDS if field.concept_path}
    return {field.path for field in FIELDS if BODY_OF[field.resource] == name and field.key not in READ_ONLY}


def omitted(name: str) -> set[str]:
    own = "concept" if "concept" in name else name
    return {path for key in OMITTED for body_name, _, path in [key.partition(" ")] if body_name == own}


def is_under(path: str, parents: set[str]) -> bool:
    return any(path == parent or path.startswith(f"{parent}.") for parent in parents)


def bodies_of(field: LoketField) -> Iterator[tuple[str, Node]]:
    """Every writable place of the field."""
    if field.key not in READ_ONLY:
        yield BODY_OF[field.resource], at(body(BODY_OF[field.resource]), field.path)
    if field.concept_path:
        yield "concept", at(body("concept"), field.concept_path)


# -- complete ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BODIES)
def test_every_writable_field_is_mapped_or_left_out_for_a_reason(name: str) -> None:
    paths = {path for path, _ in leaves(body(name))}
    known = mapped(name)
    assert known <= paths, "what is in the catalogue is in the document"
    assert {path for path in paths if path not in known and not is_under(path, omitted(name))} == set()


@pytest.mark.parametrize("name", BODIES)
def test_nothing_is_left_out_that_is_mapped_or_that_does_not_exist(name: str) -> None:
    paths = {path for path, _ in leaves(body(name))}
    for path in omitted(name):
        assert any(is_under(leaf, {path}) for leaf in paths), path
    assert [path for path in mapped(name) if is_under(path, omitted(name))] == []


@pytest.mark.parametrize("reason", OMITTED.values())
def test_a_reason_is_a_sentence(reason: str) -> None:
    assert re.fullmatch(r"[A-Z].{40,}\.", reason), reason


def test_the_catalogue_is_as_large_as_support_was_promised() -> None:
    assert 100 <= len(LOKET_FIELDS) <= 130


# -- the same limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_field_is_of_the_type_that_loket_has(field: LoketField) -> None:
    for name, node in bodies_of(field):
        if node.identity:
            assert (field.type, field.identity) == (FieldType.OPTION, node.identity), name
        else:
            kind = node.format if node.format == "date" else str(node.type)
            assert field.type in TYPES[kind], (name, kind)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_text_has_the_tightest_limit_of_the_bodies_that_it_goes_in(field: LoketField) -> None:
    limits = [node.limits["maxLength"] for _, node in bodies_of(field) if "maxLength" in node.limits]
    assert field.limit == (min(limits) if limits else None)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_number_has_the_tightest_limits_of_the_bodies_that_it_goes_in(field: LoketField) -> None:
    is_number = field.type in (FieldType.INTEGER, FieldType.DECIMAL)
    nodes = [node for _, node in bodies_of(field) if is_number]
    low = [Decimal(str(node.limits["minimum"])) for node in nodes if "minimum" in node.limits]
    high = [Decimal(str(node.limits["maximum"])) for node in nodes if "maximum" in node.limits]
    if not is_number:
        assert (field.minimum, field.maximum) == (None, None)
        return
    assert Decimal(str(field.minimum)) == max(low, default=Decimal(0)) or field.key in STRICTER
    assert Decimal(str(field.maximum)) == min(high, default=Decimal(INT32))
    assert Decimal(str(field.minimum)) >= max(low, default=Decimal(0)), "never wider than Loket"


@pytest.mark.parametrize("field", [f for f in FIELDS if f.type is FieldType.DECIMAL], ids=lambda field: field.key)
def test_the_extremes_of_a_decimal_are_written_as_loket_wants_them(field: LoketField) -> None:
    smallest = Decimal(1).scaleb(-field.decimals)
    for number in (Decimal(str(field.minimum)), Decimal(str(field.maximum)), Decimal(str(field.minimum)) + smallest):
        for name, node in bodies_of(field):
            assert node.pattern is None or node.pattern.search(f"{number:f}"), (name, number)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_field_can_be_cleared_exactly_where_the_put_lets_it(field: LoketField) -> None:
    """A concept employee may lack nearly everything; what counts is the employee that it becomes."""
    if field.key in READ_ONLY or field.sensitive:
        assert not field.nullable or field.key == "employment.endDate"
        return
    body_name = BODY_OF[field.resource]
    assert field.nullable == at(body(body_name), field.path).is_nullable


def test_each_narrower_limit_is_still_needed() -> None:
    assert set(STRICTER) <= set(LOKET_FIELDS)


# -- where it is read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [f for f in FIELDS if f.resource in SECTION], ids=lambda field: field.key)
def test_a_dated_field_is_where_the_comprehensive_list_has_it(field: LoketField) -> None:
    path = "/providers/employers/{employerId}/employees/employments/comprehensive"
    operation = document().find("GET", path)
    assert operation is not None
    (answer,) = operation.answers["200"].values()
    row = answer.properties["_embedded"].items
    assert row is not None
    at(row, f"{SECTION[field.resource]}.{field.path}")


OPTIONS = [field for field in FIELDS if field.type is FieldType.OPTION]


@pytest.mark.parametrize("field", OPTIONS, ids=lambda field: field.key)
def test_a_list_is_one_that_the_concept_employees_metadata_have(field: LoketField) -> None:
    """By the last part of the path of a field with a list: so metadata name it, and so the sync finds it."""
    if field.resource is Resource.ENDING:  # read with an employment that is there
        assert field.options_from is ListSource.EMPLOYMENT
        return
    lists = {path.rpartition(".")[2] for path, node in leaves(body("concept")) if node.identity}
    assert field.options in lists
    assert field.options_from in LISTS_FROM


@pytest.mark.parametrize("field", OPTIONS, ids=lambda field: field.key)
def test_a_list_is_the_administrations_own_where_the_document_says_so(field: LoketField) -> None:
    says = words_beside(BODY_OF[field.resource], field.path)
    is_own = "within the payroll administration context" in says or "in the payroll administration level" in says
    assert (field.options_from is ListSource.ADMINISTRATION) == is_own


def words_beside(name: str, path: str) -> str:
    method, template, version = BODIES[name]
    operation = document().find(method, template.format("00000000-0000-4000-8000-000000000001"))
    assert operation is not None
    schema = merged(operation.raw["requestBody"]["content"][f"application/json;version={version}"]["schema"])
    for part in path.split("."):
        schema = merged(schema["properties"][part])
    return str(schema.get("description", ""))


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_only_a_field_with_a_list_names_one(field: LoketField) -> None:
    has_list = field.type is FieldType.OPTION
    assert (bool(field.options), field.options_from is not None) == (has_list, has_list)


@pytest.mark.parametrize("path", LISTS_FROM.values())
def test_the_lists_are_where_the_document_has_metadata(path: str) -> None:
    assert document().find("GET", path) is not None
    assert path in {call.path for call in ALL_CALLS}


# -- whole or not at all -----------------------------------------------------------------------------------------------


def demanded(node: Node, path: str = "") -> set[str]:
    """The fields that may not be null when this object is there."""
    found = set()
    for name, part in node.properties.items():
        here = f"{path}.{name}".lstrip(".")
        if part.is_read_only or part.is_nullable:
            continue
        found |= demanded(part, here) if part.type == "object" and not part.identity else {here}
    return found


def objects(node: Node, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every object that may be null while some parts of it may not, with those."""
    for name, part in node.properties.items():
        here = f"{path}.{name}".lstrip(".")
        if part.is_read_only or part.type != "object" or part.identity:
            continue
        if part.is_nullable and (parts := demanded(part)):
            yield here, {f"{here}.{leaf}" for leaf in parts}
        yield from objects(part, here)


@pytest.mark.parametrize("name", ["employee", "workingHours", "concept"])
def test_the_wholes_are_those_of_the_document(name: str) -> None:
    is_concept = name == "concept"
    ours = {
        (whole.concept_path if is_concept else whole.path): {
            (LOKET_FIELDS[key].concept_path if is_concept else LOKET_FIELDS[key].path) for key in whole.demanded
        }
        for whole in WHOLES
        if (whole.is_whole_in_concept if is_concept else BODY_OF[LOKET_FIELDS[whole.demanded[0]].resource] == name)
    }
    theirs = {path: parts for path, parts in objects(body(name)) if not is_under(path, omitted(name))}
    assert ours == theirs


@pytest.mark.parametrize("whole", WHOLES, ids=lambda whole: whole.name)
def test_a_whole_finds_its_fields(whole: Whole) -> None:
    parts = {key for key in LOKET_FIELDS if whole_of(key) is whole}
    assert set(whole.demanded) <= parts
    assert {key for pair in whole.beside for key in pair} <= parts
    assert {LOKET_FIELDS[key].path.startswith(f"{whole.path}.") for key in parts} == {True}


def parents(name: str) -> set[str]:
    found = set()
    for path in mapped(name):
        names = path.split(".")
        found |= {".".join(names[:depth]) for depth in range(1, len(names))}
    return found


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name in ("employee", "concept") for path in sorted(parents(name))]
)
def test_an_empty_parent_lacks_no_writable_field(name: str, path: str) -> None:
    node, made = at(body(name), path), empty_parent(path)
    assert set(made) == {inner for inner, part in node.properties.items() if not part.is_read_only}
    for inner, value in made.items():
        part = node.properties[inner]
        is_object = part.type == "object" and not part.identity
        assert isinstance(value, dict) == (is_object and not part.is_nullable), inner


def test_a_parent_is_a_copy() -> None:
    empty_parent("address")["street"] = "x"
    assert empty_parent("address")["street"] is None
    empty_parent("workingHoursData")["calculateUsingWorkPattern"]["leaveHours"] = True
    assert empty_parent("workingHoursData")["calculateUsingWorkPattern"]["leaveHours"] is None
    assert empty_parent("never.heard.of") == {}


# -- for people --------------------------------------------------------------------------------------------------------


def test_only_what_the_tax_office_and_banks_identify_people_by_is_sensitive() -> None:
    assert {field.key for field in FIELDS if field.sensitive} == {"bsn", "iban"}


def test_only_who_somebody_is_costs_the_person_and_is_needed_for_somebody_new() -> None:
    who = {"employee.employeeNumber", "employee.personalDetails.lastName", "employment.incomeRelationshipNumber"}
    assert {field.key for field in FIELDS if field.effect is Effect.PERSON} == who
    assert {field.key for field in FIELDS if field.required_for_new} == who


@pytest.mark.parametrize("language", ["label", "label_nl"])
def test_no_two_fields_have_one_label(language: str) -> None:
    labels = [getattr(field, language) for field in FIELDS]
    assert len(labels) == len(set(labels))
    assert all(label.strip() == label and label[0].isupper() and len(label) <= 45 for label in labels), labels


def test_every_group_has_fields() -> None:
    assert {field.group for field in FIELDS} == set(Group)
