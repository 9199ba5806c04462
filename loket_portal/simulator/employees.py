"""The employees of an employer, their BSN, and the list of their employments."""

from __future__ import annotations

from . import audit
from .calls import Answer, Call, Listing, Routes, check, etag_of
from .clock import today
from .company import EMPLOYER_PATH, employer
from .filter_settings import visible_employments
from .filters import above, numbers_of
from .people import comprehensive_view, employee_view
from .rules import Checker
from .shapes.concept import BSN
from .shapes.person import EMPLOYEE_VERSIONS
from .shelf import Shelf
from .world import Record

ROUTES = Routes()
PERSON_VERSIONS = tuple(EMPLOYEE_VERSIONS)
EMPLOYMENT_VERSIONS = ("2019-12-16",)
PERSON_PATH = "/providers/employers/employees/<employee_id>"
EMPLOYMENTS_PATH = f"{EMPLOYER_PATH}/employees/employments"


@ROUTES.add("GET", f"{EMPLOYER_PATH}/employees", "GetEmployeesByEmployerId", PERSON_VERSIONS)
def employees(call: Call) -> Listing:
    """All employees, also those without an employment."""
    records = call.world.shelf("employee", employer(call).id)
    view = lambda record: employee_view(record, call.lists, call.version)  # noqa: E731
    return Listing(records, view, name=f"employees {call.version}")


@ROUTES.add("GET", f"{EMPLOYMENTS_PATH}/comprehensive", "GetEmploymentsComprehensiveByEmployerId", EMPLOYMENT_VERSIONS)
def comprehensive(call: Call) -> Listing:
    """All employments with their employee and the dated parts as they are on `referenceDate` (today when left out)."""
    day = call.query.get("referenceDate") or today().isoformat()
    records = visible_employments(call)
    numbers = numbers_of(call.query.get("filter", ""), "employee.employeeNumber")
    if numbers is not None and isinstance(records, Shelf):  # else each row is shown, only to be left out
        records = call.world.employed(employer(call).id, numbers)
    view = lambda record: comprehensive_view(record, call.world, call.lists, day)  # noqa: E731
    return Listing(records, view, name=f"comprehensive {day}")


@ROUTES.add("GET", f"{EMPLOYMENTS_PATH}/lastmodifiedversionnumbers", "GetEmploymentLastModifiedVersionNumbersByUser")
def version_numbers(call: Call) -> Listing:
    """For each employment a number that only grows, with every change of it or of its employee."""
    records = visible_employments(call)
    since = above(call.query.get("filter", ""), "lastModifiedVersionNumber")
    if since is not None and isinstance(records, Shelf):
        records = call.world.moved("employment", employer(call).id, since)
    return Listing(records, lambda record: {"id": record.id, "lastModifiedVersionNumber": record.version})


@ROUTES.add("GET", PERSON_PATH, "GetEmployeeByEmployeeId", PERSON_VERSIONS)
def employee(call: Call) -> Answer:
    """One employee, with an ETag."""
    return Answer(employee_view(call.record("employee", "employee_id"), call.lists, call.version), has_etag=True)


@ROUTES.add("PUT", PERSON_PATH, "PutEmployeeByEmployeeId", PERSON_VERSIONS)
def put_employee(call: Call) -> Answer:
    """Replaces the whole employee: what the body leaves out becomes null, or is refused where null can't be."""
    record = call.record("employee", "employee_id")
    call.match(lambda: etag_of(employee_view(record, call.lists, call.version)))
    checker = Checker(call.lists, record.owner)
    body = checker.clean(EMPLOYEE_VERSIONS[call.version], call.body)
    if not checker.messages:
        checker.person(body)
        _number_is_free(checker, call, record, body["employeeNumber"])
    check(checker.messages)
    if call.version == PERSON_VERSIONS[0]:  # an older version can't know what a newer one added
        body["contactInformation"] = {**record.body["contactInformation"], **body["contactInformation"]}
    stored = call.world.replace(record, {**record.body, **body}, mark=str(body["employeeNumber"]))
    audit.changed(call.world, call.lists, record, stored, call.user)
    _touch_employments(call, record)
    return Answer(employee_view(stored, call.lists, call.version), has_etag=True)


@ROUTES.add("GET", f"{PERSON_PATH}/citizenservicenumber", "GetCitizenServiceNumberByEmployeeId")
def bsn(call: Call) -> Answer:
    """The BSN, which needs its own right."""
    return Answer(bsn_content(call.record("employee", "employee_id")), has_etag=True)


@ROUTES.add("PUT", f"{PERSON_PATH}/citizenservicenumber", "PutCitizenServiceNumberByEmployeeId")
def put_bsn(call: Call) -> Answer:
    """Replaces the BSN; it has to pass the eleven test."""
    record = call.record("employee", "employee_id")
    call.match(lambda: etag_of(bsn_content(record)))
    checker = Checker(call.lists, record.owner)
    number = (checker.clean(BSN, call.body) or {}).get("citizenServiceNumber")
    checker.citizen_service_number(number)
    check(checker.messages)
    stored = call.world.replace(record, {**record.body, "_bsn": number})
    audit.changed(call.world, call.lists, record, stored, call.user)
    _touch_employments(call, record)
    return Answer(bsn_content(stored), has_etag=True)


def bsn_content(record: Record) -> dict[str, str | None]:
    """What the BSN calls answer for an employee or a concept employee."""
    return {"citizenServiceNumber": record.body.get("_bsn")}


def _number_is_free(checker: Checker, call: Call, record: Record, number: int) -> None:
    others = call.world.all("employee", record.owner, str(number))
    if any(other.id != record.id for other in others):
        checker.fail(11, f"Employee number {number} is already in use", "employeeNumber")


def _touch_employments(call: Call, record: Record) -> None:
    call.world.touch("employment", record.owner, record.id)
