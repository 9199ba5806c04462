"""The employers, their administrations, functions, departments and distribution units."""

from __future__ import annotations

from typing import Any

from .administrations import is_hidden, overridden
from .calls import Call, Listing, Routes, not_found
from .render import render
from .shapes.company import ADMINISTRATION, DEPARTMENT, DISTRIBUTION_UNIT, EMPLOYER, FUNCTION
from .shapes.field import Field
from .world import Record

ROUTES = Routes()
EMPLOYER_PATH = "/providers/employers/<employer_id>"


def employer(call: Call) -> Record:
    """The employer that the address names, if the user reaches it. Raises Refused (404)."""
    for record in call.employers:
        if record.id == call.path["employer_id"].lower():
            return record
    raise not_found("employer")


@ROUTES.add("GET", "/providers/employers", "GetEmployersByUserId")
def employers(call: Call) -> Listing:
    """The employers that the user reaches."""
    return Listing(call.employers, lambda record: shown(EMPLOYER, record, call))


@ROUTES.add("GET", f"{EMPLOYER_PATH}/payrolladministrations", "GetPayrollAdministrationsByEmployerId")
def administrations(call: Call) -> Listing:
    """The employer's payroll administrations, the ended one too."""
    records = [
        overridden(record, call.options)
        for record in call.world.all("administration", employer(call).id)
        if not is_hidden(record, call.options)
    ]
    return Listing(records, lambda record: shown(ADMINISTRATION, record, call))


@ROUTES.add("GET", f"{EMPLOYER_PATH}/functions", "GetFunctionsByEmployerId")
def functions(call: Call) -> Listing:
    """The employer's functions, known by `key`."""
    return _company_list(call, "function", FUNCTION)


@ROUTES.add("GET", f"{EMPLOYER_PATH}/departments", "GetDepartmentsByEmployerId")
def departments(call: Call) -> Listing:
    """The employer's departments, known by `id`."""
    return _company_list(call, "department", DEPARTMENT)


@ROUTES.add("GET", f"{EMPLOYER_PATH}/distributionunits", "GetDepartmentsByEmployerId")
def distribution_units(call: Call) -> Listing:
    """The employer's distribution units. Loket's pages name no activity for it; it goes with the departments."""
    return _company_list(call, "distributionUnit", DISTRIBUTION_UNIT)


def _company_list(call: Call, name: str, shape: Field) -> Listing:
    records = call.lists.company_list(name, employer(call).id)
    return Listing(records, lambda record: shown(shape, record, call))


def shown(shape: Field, record: Record, call: Call) -> dict[str, Any]:
    """A record as Loket shows it; functions are known by `key`, all others by `id`."""
    view: dict[str, Any] = render(shape, {**record.body, "id": record.id, "key": record.id}, call.lists)
    return view
