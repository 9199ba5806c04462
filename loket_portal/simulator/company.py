"""The signed-in user, the employers, their administrations, functions, departments and distribution units."""

from __future__ import annotations

from typing import Any

from .calls import Answer, Call, Listing, Routes, not_found
from .render import render
from .rights import activities, activity_id
from .shapes.company import ADMINISTRATION, DEPARTMENT, DISTRIBUTION_UNIT, EMPLOYER, FUNCTION, USER
from .shapes.field import Field
from .world import Record

ROUTES = Routes()
EMPLOYER_PATH = "/providers/employers/<employer_id>"
SECOND = "second"  # the mark of the employer that only --two-employers shows


def visible_employers(call: Call) -> list[Record]:
    """The employers that the integration user reaches: one, as rule 11 wants, or two when told so."""
    return [item for item in call.world.all("employer", "") if call.options.two_employers or item.mark != SECOND]


def employer(call: Call) -> Record:
    """The employer that the address names, if the user reaches it. Raises Refused (404)."""
    for record in visible_employers(call):
        if record.id == call.path["employer_id"].lower():
            return record
    raise not_found("employer")


@ROUTES.add("GET", "/user", "GetUserByToken")
def user(call: Call) -> Answer:
    """The integration user."""
    person = call.world.all("user", "")[0]
    return Answer(render(USER, person.body, call.lists))


@ROUTES.add("GET", "/users/integrations", "GetIntegrationsByBearerToken")
def integrations(call: Call) -> Answer:
    """Our application, as the user has allowed it: one row in a list without pages."""
    person = call.world.all("user", "")[0]
    application = {"id": activity_id(call.options.client_id), "isBlocked": False, "logo": None, "name": "Loket Portal"}
    row = {"application": application, "createdOn": person.body["_created"], "isBlocked": False, "lastLogin": None}
    return Answer({"_embedded": [row]})


@ROUTES.add("GET", "/providers/employers", "GetEmployersByUserId")
def employers(call: Call) -> Listing:
    """The employers that the user reaches."""
    return Listing(visible_employers(call), lambda record: _shown(EMPLOYER, record, call))


@ROUTES.add("GET", f"{EMPLOYER_PATH}/authorizations", "GetAuthorizationsByEmployerId", ("2018-01-01", "2019-02-11"))
def authorizations(call: Call) -> Listing:
    """The activities that the user may perform at the employer."""
    employer(call)
    names = activities(call.options.missing_rights)
    if call.version == "2018-01-01":
        return Listing(names, lambda name: {"name": name})
    return Listing(names, lambda name: {"id": activity_id(name), "description": name})


@ROUTES.add("GET", f"{EMPLOYER_PATH}/payrolladministrations", "GetPayrollAdministrationsByEmployerId")
def administrations(call: Call) -> Listing:
    """The employer's payroll administrations, the ended one too."""
    records = call.world.all("administration", employer(call).id)
    return Listing(records, lambda record: _shown(ADMINISTRATION, record, call))


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
    return Listing(records, lambda record: _shown(shape, record, call))


def _shown(shape: Field, record: Record, call: Call) -> dict[str, Any]:
    shown: dict[str, Any] = render(shape, {**record.body, "id": record.id, "key": record.id}, call.lists)
    return shown
