"""Working hours and organizational entities: two linked chains of an employment (rule 54)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from .calls import Answer, Call, Listing, Routes, check, etag_of
from .chains import check_moved, check_new, linked
from .convert import HOURS, ORGANIZATION
from .employments import PATH
from .metadata import ValueLists
from .parts import HOURS as HOURS_LIST
from .parts import ORGANIZATION as ORGANIZATION_LIST
from .parts import find, store
from .render import render
from .rules import Checker
from .shapes.field import Field

ROUTES = Routes()
EMPLOYMENTS = "/providers/employers/employees/employments"
Fill = Callable[[dict[str, Any]], dict[str, Any]]
WEEKS_OF_A_MONTH = 52 / 12


def chain(name: str, shape: Field, address: str, path_name: str, rights: tuple[str, str, str, str], fill: Fill) -> None:
    """Puts the four calls of one chain on their addresses. `fill` works out what only Loket fills of a record."""
    one = f"{EMPLOYMENTS}/{address}/<{path_name}>"
    list_right, create_right, get_right, put_right = rights

    @ROUTES.add("GET", f"{PATH}/{address}", list_right)
    def records(call: Call) -> Listing:
        """The whole chain, oldest first."""
        record = call.record("employment", "employment_id")
        return Listing(record.body[name], lambda part: _view(shape, part, call.lists))

    @ROUTES.add("POST", f"{PATH}/{address}", create_right)
    def create(call: Call) -> Answer:
        """A new record at the end of the chain; the one before it ends the day before."""
        record = call.record("employment", "employment_id")
        checker = Checker(call.lists, record.owner)
        body = checker.clean(shape, call.body)
        if not checker.messages:
            check_new(checker, record.body, record.body[name], body["startDate"])
        check(checker.messages)
        made = fill({**body, "id": str(uuid.uuid4())})
        parts = linked([*record.body[name], made], record.body["endDate"])
        store(call, record, {**record.body, name: parts}, made["startDate"])
        return Answer(_view(shape, parts[-1], call.lists), status=201)

    @ROUTES.add("GET", one, get_right)
    def part(call: Call) -> Answer:
        """One record, with an ETag."""
        return Answer(_view(shape, find(call, name, path_name).body, call.lists), has_etag=True)

    @ROUTES.add("PUT", one, put_right)
    def put_part(call: Call) -> Answer:
        """Replaces a record where it stands in the chain."""
        found = find(call, name, path_name)
        record = found.employment
        call.match(lambda: etag_of(_view(shape, found.body, call.lists)))
        checker = Checker(call.lists, record.owner)
        body = checker.clean(shape, call.body)
        if not checker.messages:
            check_moved(checker, record.body, found.all, found.place, body["startDate"])
        check(checker.messages)
        parts = linked(found.replaced(fill({**found.body, **body})), record.body["endDate"])
        store(call, record, {**record.body, name: parts}, body["startDate"])
        return Answer(_view(shape, parts[found.place], call.lists), has_etag=True)


def _view(shape: Field, part: dict[str, Any], lists: ValueLists) -> dict[str, Any]:
    view: dict[str, Any] = render(shape, part, lists)
    return view


def filled_hours(body: dict[str, Any]) -> dict[str, Any]:
    """Hours and days by the work pattern where the record wants that; they overwrite what was sent, as Loket says."""
    pattern = body["workPattern"]
    if pattern and body["calculateUsingWorkPattern"]["deviatingDaysAndHours"]:
        weeks = [list(week.values()) for week in (pattern["oddWeeks"], pattern["evenWeeks"])]
        hours = round(sum(map(sum, weeks)) / 2, 2)
        days = sum(hour > 0 for week in weeks for hour in week) / 2
        if hours:
            per_period = min(23, max(1, round(days * WEEKS_OF_A_MONTH)))
            body = {**body, "deviatingHoursPerWeek": min(hours, 99.99), "deviatingSvDaysPerPeriod": per_period}
    return {**body, "aggregatedHoursPerWeek": body["deviatingHoursPerWeek"]}


chain(
    HOURS_LIST,
    HOURS,
    "workinghours",
    "workinghours_id",
    (
        "GetWorkingHoursByEmploymentId",
        "PostWorkingHoursByEmploymentId",
        "GetWorkingHoursByWorkingHoursId",
        "PutWorkingHoursByWorkingHoursId",
    ),
    filled_hours,
)
chain(
    ORGANIZATION_LIST,
    ORGANIZATION,
    "organizationalentities",
    "organizational_entity_id",
    (
        "GetOrganizationalEntitiesByEmploymentId",
        "PostOrganizationalEntityByEmploymentId",
        "GetOrganizationalEntityByOrganizationalEntityId",
        "PutOrganizationalEntityByOrganizationalEntityId",
    ),
    dict,
)
