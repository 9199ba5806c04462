"""What the sync would send is what Loket's document takes, whoever it is about: every field, whatever HR says of it.

No simulator and no engine: the bodies that `sync.diff` makes, laid over the emptiest and the fullest object that the
document allows, judged as strictly as the traffic of all other tests.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.apply import Value, apply
from mapping.catalogue import END_DATE, LOKET_FIELDS, START_DATE, WHOLES, Resource, whole_of
from mapping.rules import Empty, MappingSet, Option, Rule, ValueLists
from sync.diff import diff_concept, diff_employee, diff_part, new_values, overlay, read, whole_in_concept
from sync.resources import endings, payment
from sync.resources.chains import as_new
from sync.sources import roster
from tests.contract.document import Node, document
from tests.contract.plugin import need_document
from tests.contract.walk import Walk
from tests.mapping.values import everything, person_of, wanted_from
from tests.sync.fakes import CALM, FULL, ROSTER
from tests.sync.fakes import VALUE_LISTS as SOME_LISTS

pytestmark = pytest.mark.usefixtures("_document")

EMPLOYMENTS = "/providers/employers/employees/employments"
SAMPLE = Path(__file__).parents[2] / "docs/samples/roster.csv"
ID = "00000000-0000-4000-8000-000000000001"
CALLS = {
    "employee": ("PUT", f"/providers/employers/employees/{ID}", "2021-03-29"),
    "concept": ("PUT", f"/providers/employers/conceptemployees/{ID}", "2018-01-01"),
    "new": ("POST", f"/providers/employers/{ID}/conceptemployees", "2018-01-01"),
    "employment": ("PUT", f"{EMPLOYMENTS}/{ID}", "2019-12-16"),
    "hours": ("PUT", f"{EMPLOYMENTS}/workinghours/{ID}", "2018-01-01"),
    "new hours": ("POST", f"{EMPLOYMENTS}/{ID}/workinghours", "2018-01-01"),
    "organization": ("PUT", f"{EMPLOYMENTS}/organizationalentities/{ID}", "2018-01-01"),
    "new organization": ("POST", f"{EMPLOYMENTS}/{ID}/organizationalentities", "2018-01-01"),
    "payment": ("PUT", f"{EMPLOYMENTS}/paymentinformationsepa/{ID}", "2018-01-01"),
}
PARTS = {
    "employment": Resource.EMPLOYMENT,
    "hours": Resource.WORKING_HOURS,
    "organization": Resource.ORGANIZATION,
    "payment": Resource.PAYMENT,
}
"""What an employment consists of; two of these are chains, in which a new record is a copy of the one before it."""
DATES = {START_DATE, END_DATE}
WITH_UUIDS = {"function", "department", "distributionUnit", "contractCode"}


@pytest.fixture(scope="module", name="_document")
def document_is_there() -> None:
    need_document()


@cache
def body(name: str) -> Node:
    method, path, version = CALLS[name]
    operation = document().find(method, path)
    assert operation is not None
    return operation.requests[f"application/json;version={version}"]


def violations(name: str, whole: Mapping[str, Any]) -> list[str]:
    return list(Walk(missing="" if name == "new" else "writable").violations(dict(whole), body(name), ""))


def lists() -> ValueLists:
    """Lists whose keys are of the type that each field's key has."""
    texts = {name: [option.value for option in options] for name, options in SOME_LISTS.items()}
    texts |= {"function": [*texts["function"], "Souschef", "Afwasser"], "country": ["Nederland", "België"]}
    return {
        name: tuple(
            Option(str(UUID(int=number, version=4)) if name in WITH_UUIDS else number, text, _code(name, text))
            for number, text in enumerate(values, start=1)
        )
        for name, values in texts.items()
    }


def _code(name: str, text: str) -> str | None:
    return {"Nederland": "NL", "België": "BE"}.get(text) if name == "country" else None


LISTS = lists()


def standing(node: Node, *, is_full: bool) -> Any:
    """An object as Loket may hold it: with as little in it as the document allows, or with something everywhere."""
    if node.is_nullable and not is_full:
        return None
    if node.identity:
        kind = node.properties[node.identity]
        return {node.identity: ID if kind.format == "uuid" else 1}
    if node.type == "object":
        parts = ((name, part) for name, part in node.properties.items() if not part.is_read_only)
        return {name: standing(part, is_full=is_full) for name, part in parts}
    plain: dict[str | None, Any] = {"integer": 1, "number": 1, "boolean": False}
    texts = {"date": "2020-01-01", "uuid": ID}
    return plain.get(
        node.type, texts.get(node.format, "a@b.nl" if node.pattern and "@" in node.pattern.pattern else "1")
    )


def bases(name: str, kinds: Iterable[bool] = (False, True)) -> Iterator[dict[str, Any]]:
    for is_full in kinds:
        base = standing(body(name), is_full=is_full)
        if name in ("concept", "new"):
            base["uniqueName"] = "LP-1001"
            base["employeeData"]["personalDetails"]["lastName"] = "Berg"
        yield base


def bodies(
    wanted: Mapping[str, Value], mapping: MappingSet, kinds: Iterable[bool] = (False, True)
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that this person could become: of somebody who is there, with all parts of the employment, who waits
    as a concept, who is new."""
    for base in bases("employee", kinds):
        changes, _ = diff_employee(base, wanted, mapping)
        yield "employee", overlay(base, changes)
    for part, resource in PARTS.items():
        for base in bases(part, kinds):
            changes = diff_part(resource, base, {k: v for k, v in wanted.items() if k not in DATES}, mapping)
            whole = overlay(base, [change for change in changes if change.sendable])
            yield part, whole
            if f"new {part}" in CALLS:
                yield f"new {part}", as_new(whole, date(2026, 11, 23))
    for base in bases("concept", kinds):
        changes, _ = diff_concept(base, wanted, mapping)
        yield "concept", overlay(base, changes)
        new, _ = whole_in_concept(base, new_values(wanted))
        yield "new", overlay(base, [change for change in new if change.sendable])


def check(wanted: Mapping[str, Value], mapping: MappingSet, kinds: Iterable[bool] = (False, True)) -> None:
    for name, whole in bodies(wanted, mapping, kinds):
        assert violations(name, whole) == []


# -- the 60 people of the sample ---------------------------------------------------------------------------------------

PEOPLE = roster.read(SAMPLE.name, SAMPLE.read_bytes()).records


def test_the_sample_has_60_people() -> None:
    assert len(PEOPLE) == 60


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
@pytest.mark.parametrize("is_new", [False, True])
def test_somebody_of_the_sample_makes_bodies_that_loket_takes(person: Any, is_new: bool) -> None:
    check(apply(ROSTER, person.values, LISTS, is_new=is_new).values, ROSTER, [is_new])


# -- 200 people with every field of the catalogue ----------------------------------------------------------------------

ALL = MappingSet("Everything", 1, tuple(Rule(key, key) for key in LOKET_FIELDS))
CLEARING = MappingSet(
    "Everything",
    1,
    tuple(Rule(key, key, empty=Empty.CLEAR if f.nullable else Empty.KEEP) for key, f in LOKET_FIELDS.items()),
)


@pytest.mark.parametrize("seed", range(200))
def test_a_person_in_whom_everything_is_filled_makes_bodies_that_loket_takes(seed: int) -> None:
    mapped = apply(ALL, person_of(seed, LISTS), LISTS, is_new=True)
    dutch = {f"{whole.name}.postalCode" for whole in WHOLES if whole.is_address}
    assert {problem.params.get("target") for problem in mapped.problems} <= dutch, "the text was good"
    check(mapped.values, ALL, [seed % 2 == 0])


def test_what_was_filled_is_what_is_sent() -> None:
    """Else the bodies would be good because they are empty."""
    mapped = apply(
        ALL, person_of(4, LISTS) | {f"employee.{a}.postalCode": "1234 AB" for a in ADDRESSES}, LISTS, is_new=True
    )
    assert mapped.problems == ()
    sent = dict(bodies(mapped.values, ALL))
    for key, field in LOKET_FIELDS.items():
        if field.key.startswith("employee.") and key != "employee.employeeNumber":
            assert read(sent["employee"], field.path) is not None, key
        if field.concept_path and not field.sensitive:
            assert read(sent["new"], field.concept_path) is not None, key
        for part, resource in PARTS.items():
            if field.resource is resource and key not in DATES:
                assert read(sent[part], field.path) is not None, key


ADDRESSES = ("address", "deviatingPostalAddress")


def test_a_text_that_is_too_long_would_be_seen() -> None:
    wanted = {"employee.personalDetails.lastName": Value("x" * 26), "employment.namePayslip": Value("x" * 35)}
    found = [text for name, whole in bodies(wanted, ALL) for text in violations(name, whole)]
    assert len(found) == 2 + 2 * 2 + 2 * 2 + 2
    assert all("too long" in text for text in found)


# -- and whatever else -------------------------------------------------------------------------------------------------


@settings(CALM, max_examples=30)
@given(everything(LISTS))
def test_any_wanted_values_make_bodies_that_loket_takes(wanted: dict[str, Value]) -> None:
    check(wanted, ALL)


@CALM
@given(wanted_from(list(LOKET_FIELDS.values()), LISTS))
def test_some_of_them_do_too_and_nothing_goes_in_half(wanted: dict[str, Value]) -> None:
    check(wanted, ALL)


HR_TEXT = (
    st.none() | st.text(max_size=60) | st.sampled_from([*(v for v in FULL.values() if v), "\x00", "1e5", "yes", "0"])
)


@CALM
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(LOKET_FIELDS, HR_TEXT)), st.booleans())
def test_whatever_hr_says_the_bodies_stay_good(values: dict[str, str | None], is_new: bool) -> None:
    check(apply(CLEARING, values, LISTS, is_new=is_new).values, CLEARING)


NEARLY = st.from_regex(r"[a-zA-Z.ë'+-]{1,4}@[a-z0-9.ë_-]{1,6}\.[a-zA-Z0-9.-]{1,4}", fullmatch=True)


@settings(CALM, max_examples=500)
@given(NEARLY)
def test_an_address_of_a_mailbox_passes_exactly_where_the_document_takes_it(text: str) -> None:
    target = "employee.contactInformation.emailAddress"
    pattern = body("employee").properties["contactInformation"].properties["emailAddress"].pattern
    assert pattern is not None
    mapped = apply(ALL, {target: text}, LISTS)
    if target in mapped.values:
        assert pattern.search(text)
    else:
        assert [problem.code for problem in mapped.problems if problem.field == target] == ["invalid_email"]
        assert not pattern.search(text) or not text.rpartition(".")[2].isalpha()


@pytest.mark.parametrize("whole", WHOLES, ids=lambda whole: whole.name)
def test_half_a_whole_is_a_problem_and_goes_nowhere(whole: Any) -> None:
    given_parts = {key: Value(v) for key, v in one_of_each().items() if whole.has(key)}
    for absent in whole.demanded:
        wanted = {key: value for key, value in given_parts.items() if key != absent}
        emptiest = next(bases("employee"))
        changes, problems = diff_employee(emptiest, wanted, ALL)
        if absent.startswith("employee."):
            assert changes == []
            assert [(p.code, p.field) for p in problems] == [(whole.incomplete, absent)]
        concept, in_concept = diff_concept(next(bases("concept")), wanted, ALL)
        assert (concept == []) == whole.is_whole_in_concept
        assert [p.code for p in in_concept] == ([whole.incomplete] if whole.is_whole_in_concept else [])


@cache
def one_of_each() -> dict[str, Any]:
    values = apply(ALL, person_of(4, LISTS), LISTS).values
    texts = person_of(4, LISTS)
    return {key: values[key].value if key in values else texts[key] for key in LOKET_FIELDS if whole_of(key)}


# -- what ends an employment, and what a first bank account is ---------------------------------------------------------


def test_the_end_of_an_employment_is_as_the_document_wants_it() -> None:
    wanted = {END_DATE: "2026-12-31", **{k: t for k, t in person_of(4, LISTS).items() if k.startswith("ending.")}}
    mapped = apply(ALL, wanted, LISTS)
    context: Any = SimpleNamespace(mapping=ALL, today=date(2026, 11, 23), snapshot=SimpleNamespace(value_lists=LISTS))
    changes = endings.plan_end({"startDate": "2020-01-01", "endDate": None}, mapped, context)
    whole = endings.body_of(changes)
    operation = document().find("PATCH", f"{EMPLOYMENTS}/{ID}/terminate")
    assert operation is not None
    node = operation.requests["application/json;version=2019-12-16"]
    assert list(Walk(missing="writable").violations(whole, node, "")) == []
    assert whole["endDate"] == "2026-12-31"


@pytest.mark.parametrize("seed", range(20))
def test_a_first_bank_account_is_as_the_document_wants_it(seed: int) -> None:
    details = {key: text for key, text in person_of(seed, LISTS).items() if key.startswith("payment.")}
    changes = diff_part(Resource.PAYMENT, {}, apply(ALL, details, LISTS).values, ALL)
    whole = payment.as_new({}, changes, "NL09TEST0000000111", 260)
    operation = document().find("POST", f"{EMPLOYMENTS}/{ID}/paymentinformationsepa")
    assert operation is not None
    node = next(node for kind, node in operation.requests.items() if kind.endswith("2018-01-01"))
    assert list(Walk(missing="writable").violations(whole, node, "")) == []
