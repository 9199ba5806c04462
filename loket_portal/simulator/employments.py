"""One employment: its own fields, its end and its undoing, its first day (rule 53)."""

from __future__ import annotations

from typing import Any

from .calls import Answer, Call, Listing, Routes, check, etag_of
from .chains import check_first_day, check_last_day, relinked, with_first_day
from .metadata import ValueLists, option_fields
from .parts import store
from .people import employee_view
from .render import render
from .rules import EMAIL, Checker
from .shapes.employment import EMPLOYMENT_DETAILS, FIRST_DAY, TERMINATION
from .world import Record, World

ROUTES = Routes()
PATH = "/providers/employers/employees/employments/<employment_id>"
VERSIONS = ("2019-12-16",)
GET = "GetEmploymentByEmploymentId"
ENDING = ("endDate", "endOfEmploymentDueToIllness", "endOfEmploymentReason", "endOfEmploymentReasonTaxAuthorities")


def employment_view(record: Record, world: World, lists: ValueLists) -> dict[str, Any]:
    """The employment without its dated parts, with its employee in short."""
    employee = world.get("employee", record.mark)
    details = employee_view(employee, lists) if employee else {}
    short = {**details, **details.get("personalDetails", {})}
    view: dict[str, Any] = render(EMPLOYMENT_DETAILS, {**record.body, "id": record.id, "employee": short}, lists)
    return view


@ROUTES.add("GET", "/providers/employers/lastmodifiedversionnumbers", "GetEmployerLastModifiedVersionNumbersByUser")
def employer_versions(call: Call) -> Listing:
    """For each employer that the user reaches the highest number of its employments."""
    sql = "SELECT MAX(version) FROM records WHERE kind = 'employment' AND owner = ?"
    rows = [(employer.id, call.world.rows(sql, employer.id)[0][0] or 0) for employer in call.employers]
    return Listing(rows, lambda row: {"id": row[0], "lastModifiedVersionNumber": row[1]})


@ROUTES.add("GET", PATH, GET, VERSIONS)
def employment(call: Call) -> Answer:
    """One employment, with an ETag."""
    return _shown(call, call.record("employment", "employment_id"))


@ROUTES.add("PUT", PATH, "PutEmploymentByEmploymentId", VERSIONS)
def put_employment(call: Call) -> Answer:
    """Replaces the whole employment, but for its dates and for what Loket fills."""
    record = call.record("employment", "employment_id")
    call.match(lambda: etag_of(employment_view(record, call.world, call.lists)))
    checker = Checker(call.lists, record.owner)
    body = checker.clean(EMPLOYMENT_DETAILS, call.body)
    if not checker.messages:
        _employment_rules(checker, call, record, body)
    check(checker.messages)
    return _shown(call, store(call, record, {**record.body, **body}))


@ROUTES.add("PATCH", f"{PATH}/terminate", "PatchTerminateByEmploymentId", ("2018-01-01", "2019-12-16"))
def terminate(call: Call) -> Answer:
    """Ends the employment; `endDate` is its last day. The chains end with it."""
    record = call.record("employment", "employment_id")
    checker = Checker(call.lists, record.owner)
    body = checker.clean(TERMINATION[call.version], call.body)
    if not checker.messages:
        _end_rules(checker, record, body["endDate"])
    check(checker.messages)
    ending = {name: body.get(name) for name in ENDING}
    store(call, record, relinked({**record.body, **ending}))
    return Answer({})


@ROUTES.add("PATCH", f"{PATH}/reinstate", "PatchReinstateByEmploymentId")
def reinstate(call: Call) -> Answer:
    """Undoes a termination."""
    record = call.record("employment", "employment_id")
    checker = Checker(call.lists, record.owner)
    if record.body["endDate"] is None:
        checker.fail(16, "The employment has no end date", "endDate")
    check(checker.messages)
    store(call, record, relinked({**record.body, **dict.fromkeys(ENDING)}))
    return Answer({})


@ROUTES.add("PATCH", f"{PATH}/correctstartdate", "PatchCorrectStartDateByEmploymentId")
def correct_start_date(call: Call) -> Answer:
    """Moves the first day of the employment, and of the first record of every chain."""
    record = call.record("employment", "employment_id")
    checker = Checker(call.lists, record.owner)
    body = checker.clean(FIRST_DAY, call.body)
    if not checker.messages:
        _start_rules(checker, call, record, body["startDate"])
        check_first_day(checker, record.body, body["startDate"])
    check(checker.messages)
    store(call, record, with_first_day(record.body, body["startDate"]))
    return Answer({})


@ROUTES.add("GET", f"{PATH}/metadata", GET)
def metadata(call: Call) -> Listing:
    """The options of every metadata field of an employment, the reasons for its end among them."""
    owner = call.record("employment", "employment_id").owner
    fields = option_fields(EMPLOYMENT_DETAILS) | option_fields(TERMINATION["2019-12-16"])
    return Listing(call.lists.table(fields, owner))


def _shown(call: Call, record: Record) -> Answer:
    return Answer(employment_view(record, call.world, call.lists), has_etag=True)


def _employment_rules(checker: Checker, call: Call, record: Record, body: dict[str, Any]) -> None:
    email = body["emailLeaveRequest"]
    if email and not EMAIL.fullmatch(email):
        checker.fail(12, "Invalid value for emailLeaveRequest", "emailLeaveRequest")
    others = [item for item in call.world.all("employment", record.owner, record.mark) if item.id != record.id]
    if any(item.body["incomeRelationshipNumber"] == body["incomeRelationshipNumber"] for item in others):
        checker.fail(11, "The income number is already in use", "incomeRelationshipNumber")


def _end_rules(checker: Checker, record: Record, end: str) -> None:
    if record.body["endDate"] is not None:
        checker.fail(16, "The employment has an end date already", "endDate")
    elif end < record.body["startDate"]:
        checker.fail(16, "endDate lies before the start of the employment", "endDate")
    else:
        check_last_day(checker, record.body, end)


def _start_rules(checker: Checker, call: Call, record: Record, start: str) -> None:
    end = record.body["endDate"]
    if end is not None and start > end:
        checker.fail(16, "startDate lies after the end of the employment", "startDate")
    administration = call.world.get("administration", record.body["payrollAdministration"] or "")
    if administration and start < administration.body["startDate"]:
        checker.fail(13, "startDate lies outside the payroll administration", "startDate")
