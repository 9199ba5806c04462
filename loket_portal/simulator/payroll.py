"""The periods of this year and their payroll runs (rule 63): the months before are approved, the present one is open."""

from __future__ import annotations

import calendar
import uuid
from collections.abc import Sequence
from typing import Any

from .calls import Call, Listing, Routes
from .clock import today
from .logins import ACCOUNTANT, performer, user_record
from .world import Record

ROUTES = Routes()
PATH = "/providers/employers/payrolladministrations/<administration_id>"
APPROVED = 9
STATUSES = {
    0: "Staat klaar voor verloning.",
    1: "Verloning gereed.",
    2: "Proforma verloning gereed.",
    APPROVED: "Verloning goedgekeurd.",
}
SINGLE = {"key": 2, "value": "Individueel"}


@ROUTES.add("GET", f"{PATH}/payrollperiods", "GetPayrollPeriodsByPayrollAdministrationId")
def payroll_periods(call: Call) -> Listing:
    """The twelve months of this year; none for an administration that has ended."""
    record = call.record("administration", "administration_id")
    return Listing(range(1, 13) if _goes_on(record) else (), lambda month: _period(call, record, month))


@ROUTES.add("GET", f"{PATH}/payrollruns", "GetPayrollRunsByPayrollAdministrationId")
def payroll_runs(call: Call) -> Listing:
    """One run for each month before this one, and that of the open month when the options want one."""
    record = call.record("administration", "administration_id")
    return Listing(_months(call) if _goes_on(record) else (), lambda month: _run(call, record, month))


def _goes_on(record: Record) -> bool:
    end = record.body["endDate"]
    return end is None or end >= today().isoformat()


def _months(call: Call) -> Sequence[int]:
    """The months that have a run."""
    return range(1, today().month + (call.options.run_status is not None))


def _period(call: Call, record: Record, month: int) -> dict[str, Any]:
    year = today().year
    runs = [_short(call, record, month)] if month in _months(call) else []
    return {
        "automaticProcessing": None,
        "endDate": _last_day(year, month),
        "id": year * 100 + month,
        "payrollPeriodType": call.lists.find("payrollPeriodType", record.body["payrollPeriodType"]),
        "payrollRuns": runs,
        "periodNumber": month,
        "startDate": f"{year}-{month:02}-01",
        "testYear": False,
        "year": year,
    }


def _short(call: Call, record: Record, month: int) -> dict[str, Any]:
    """A run as a period shows it."""
    run = _run(call, record, month)
    names = ("id", "payrollRunStatus", "sequenceNumber", "sequenceNumberApproved")
    return {**{name: run[name] for name in names}, "journalRuns": []}


def _run(call: Call, record: Record, month: int) -> dict[str, Any]:
    year, accountant = today().year, performer(user_record(call.world, ACCOUNTANT))
    status = _status(call, month)
    moment = f"{year}-{month:02}-01T09:00:00Z"
    is_approved = status == APPROVED
    return {
        "approvalTime": moment if is_approved else None,
        "approvedBy": accountant if is_approved else None,
        "availableForEmployeeDate": _last_day(year, month) if is_approved else None,
        "errorsAndWarnings": {"hasErrors": False, "hasWarnings": False},
        "id": str(uuid.uuid5(uuid.UUID(record.id), f"run {year} {month}")),
        "methodOfCreation": SINGLE,
        "payrollPeriod": {"periodNumber": month, "year": year},
        "payrollRunStatus": {"key": status, "value": STATUSES[status]},
        "processingFinishedTime": None if status == 0 else moment,
        "removeTime": None,
        "removedBy": None,
        "requestTime": moment,
        "requestedBy": accountant,
        "sendEmailToEmployee": False,
        "sequenceNumber": 1,
        "sequenceNumberApproved": 1 if is_approved else None,
        "textPaySlip": None,
        "textPayment": None,
        "textTariffPaySlip": None,
    }


def _status(call: Call, month: int) -> int:
    wanted = call.options.run_status
    return APPROVED if wanted is None or month < today().month else wanted


def _last_day(year: int, month: int) -> str:
    return f"{year}-{month:02}-{calendar.monthrange(year, month)[1]}"
