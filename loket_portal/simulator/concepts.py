"""Concept employees: new people before they are employees, hardly checked until they are converted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from . import audit
from .calls import Answer, Call, Listing, Routes, check, etag_of
from .company import EMPLOYER_PATH, employer
from .convert import convert, plan
from .defaults import concept_defaults
from .employees import bsn_content
from .metadata import ValueLists, option_fields
from .people import formatted_name
from .render import render
from .rules import Checker
from .shapes.concept import BSN, CONCEPT
from .shapes.person import EMPLOYEE
from .world import Record

ROUTES = Routes()
PATH = "/providers/employers/conceptemployees"
ONE = f"{PATH}/<concept_id>"
GET, PUT = "GetConceptEmployeeByConceptEmployeeId", "PutConceptEmployeeByConceptEmployeeId"
CONVERT = "PatchConvertToEmployeeByConceptEmployeeId"


def concept_view(record: Record, lists: ValueLists) -> dict[str, Any]:
    """The concept employee as Loket shows it."""
    data = record.body["employeeData"]
    details = {**data["personalDetails"], "formattedName": formatted_name(data["personalDetails"], lists)}
    own = {"id": record.id, "creationDate": record.body["_created"], "selfService": {"status": "NoAccessToClient"}}
    body = {**record.body, **own, "employeeData": {**data, "personalDetails": details}}
    view: dict[str, Any] = render(CONCEPT, body, lists)
    return view


@ROUTES.add("GET", f"{EMPLOYER_PATH}/conceptemployees", "GetConceptEmployeesByEmployerId")
def concepts(call: Call) -> Listing:
    """All concept employees of the employer."""
    records = call.world.shelf("concept", employer(call).id)
    return Listing(records, lambda record: concept_view(record, call.lists))


@ROUTES.add("POST", f"{EMPLOYER_PATH}/conceptemployees", "PostConceptEmployeeByEmployerId")
def create(call: Call) -> Answer:
    """A new concept employee. No page says that Loket refuses a name twice, so a product that sends twice is seen."""
    owner = employer(call).id
    body = _checked(call, owner)
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    record = call.world.add("concept", owner, {**body, "_created": created, "_bsn": None})
    return Answer(concept_view(record, call.lists), status=201, has_etag=True)


@ROUTES.add("GET", ONE, GET)
def concept(call: Call) -> Answer:
    """One concept employee, with an ETag."""
    return Answer(concept_view(call.record("concept", "concept_id"), call.lists), has_etag=True)


@ROUTES.add("PUT", ONE, PUT)
def put_concept(call: Call) -> Answer:
    """Replaces the whole concept employee."""
    record = call.record("concept", "concept_id")
    call.match(lambda: etag_of(concept_view(record, call.lists)))
    body = _checked(call, record.owner)
    return Answer(concept_view(call.world.replace(record, {**record.body, **body}), call.lists), has_etag=True)


@ROUTES.add("DELETE", ONE, "DeleteConceptEmployeeByConceptEmployeeId")
def delete(call: Call) -> Answer:
    """Removes the concept employee."""
    call.world.remove(call.record("concept", "concept_id"))
    return Answer({})


@ROUTES.add("GET", f"{ONE}/citizenservicenumber", "GetCitizenServiceNumberByConceptEmployeeId")
def bsn(call: Call) -> Answer:
    """The concept employee's BSN."""
    return Answer(bsn_content(call.record("concept", "concept_id")), has_etag=True)


@ROUTES.add("PUT", f"{ONE}/citizenservicenumber", "PutCitizenServiceNumberByConceptEmployeeId")
def put_bsn(call: Call) -> Answer:
    """Replaces the BSN. Only its length is looked at: a concept's data is checked at conversion (rule 47)."""
    record = call.record("concept", "concept_id")
    call.match(lambda: etag_of(bsn_content(record)))
    checker = Checker(call.lists, record.owner)
    body = checker.clean(BSN, call.body) or {}
    check(checker.messages)
    number = body.get("citizenServiceNumber")
    return Answer(bsn_content(call.world.replace(record, {**record.body, "_bsn": number})), has_etag=True)


@ROUTES.add("PATCH", f"{ONE}/convertToEmployee", CONVERT)
def convert_to_employee(call: Call) -> Answer:
    """Makes an employee out of it, or with `X-ValidateOnly: true` only says whether that would work (rule 46)."""
    record = call.record("concept", "concept_id")
    made = plan(record, call.world, call.lists)
    check(made.messages)
    if call.headers.get("X-ValidateOnly", "").strip().lower() != "true":
        audit.hired(call.world, convert(record, made, call.world), call.user)
    return Answer({}, messages=made.messages)


@ROUTES.add("GET", f"{EMPLOYER_PATH}/conceptemployees/metadata", GET)
def metadata(call: Call) -> Listing:
    """The options of every metadata field of a concept employee."""
    return Listing(call.lists.table(option_fields(CONCEPT), employer(call).id))


@ROUTES.add("GET", f"{PATH}/metadata/payrolladministration/<administration_id>", GET)
def administration_metadata(call: Call) -> Listing:
    """The same for one administration; here too all fields, those that don't depend on the administration included."""
    owner = call.record("administration", "administration_id").owner
    return Listing(call.lists.table(option_fields(CONCEPT), owner))


@ROUTES.add("GET", "/providers/employers/employees/<employee_id>/metadata", "GetEmployeeByEmployeeId")
def employee_metadata(call: Call) -> Listing:
    """The options of every metadata field of an employee."""
    owner = call.record("employee", "employee_id").owner
    return Listing(call.lists.table(option_fields(EMPLOYEE), owner))


@ROUTES.add("GET", f"{EMPLOYER_PATH}/conceptemployees/defaults", GET)
def defaults(call: Call) -> Answer:
    """A concept employee to start from; what has no default is null."""
    return Answer(concept_defaults(call.lists, employer(call).id, None))


@ROUTES.add("GET", f"{PATH}/defaults/payrolladministration/<administration_id>", GET)
def administration_defaults(call: Call) -> Answer:
    """A concept employee to start from in one administration."""
    record = call.record("administration", "administration_id")
    return Answer(concept_defaults(call.lists, record.owner, record.id))


def _checked(call: Call, owner: str) -> dict[str, Any]:
    checker = Checker(call.lists, owner)
    body = checker.clean(CONCEPT, call.body)
    check(checker.messages)
    stored: dict[str, Any] = body
    return stored
