"""The user filter (rule 22), on a server of its own as in the document, and what it hides from the lists.

The filter is the same for every user. Loket applies it by itself to the lists of employments, not to the employees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .administrations import is_hidden
from .calls import Answer, Call, Refused, Routes
from .clock import today
from .company import employer
from .people import on_day
from .record import FILTER_SERVER
from .world import Record

ROUTES = Routes()
SERVER = FILTER_SERVER
NEUTRAL: dict[str, Any] = {
    "filterOnAdministrations": [],
    "filterOnDepartments": [],
    "filterOnEmployedStatus": "AllEmployments",
    "filterOnEmploymentCategoryType": [],
    "filterOnOnCallEmployment": None,
}
LISTS = {
    "filterOnAdministrations": ("payrollAdministration", "name"),
    "filterOnDepartments": ("department", "description"),
    "filterOnEmploymentCategoryType": ("employmentCategoryType", "value"),
}
STATUS: dict[str, Callable[[bool, bool], bool]] = {
    "AllEmployments": lambda future, past: True,
    "ActiveEmployments": lambda future, past: not future and not past,
    "ActiveAndFutureEmployments": lambda future, past: not past,
    "ActiveAndHistoricEmployments": lambda future, past: not future,
}


@ROUTES.add("GET", "/user/filtersettings/<employer_id>", "GetUserFilterSettingsByEmployerId")
def filter_settings(call: Call) -> Answer:
    """The filter of the signed-in user at an employer."""
    if call.options.filter_down:
        raise Refused(call.options.filter_down, "The filter is not to be had")
    return Answer({"employmentFilter": _filter(call, employer(call).id)})


def visible_employments(call: Call) -> Sequence[Record]:
    """The employer's employments that the user's filter lets through, in administrations that the user sees."""
    owner = employer(call).id
    chosen = _filter(call, owner)
    hidden = {item.id for item in call.world.all("administration", owner) if is_hidden(item, call.options)}
    records = call.world.shelf("employment", owner)
    if chosen == NEUTRAL and not hidden:
        return records
    return [item for item in records if item.body["payrollAdministration"] not in hidden and _fits(item, chosen)]


def _filter(call: Call, owner: str) -> dict[str, Any]:
    return {
        name: _with_keys(name, call.options.filter.get(name, neutral), call, owner) for name, neutral in NEUTRAL.items()
    }


def _with_keys(name: str, value: Any, call: Call, owner: str) -> Any:
    """Ids and keys instead of names; a name that this employer does not have falls away."""
    if not isinstance(value, list | tuple):
        return value
    field, text = LISTS[name]
    options = call.lists.offered(field, owner)
    return [{"key": next(iter(option.values()))} for option in options if option[text] in value]


def _fits(record: Record, chosen: dict[str, Any]) -> bool:
    day = today().isoformat()
    body = on_day(record, day)
    past = body["endDate"] is not None and body["endDate"] < day
    found = {
        "filterOnAdministrations": body["payrollAdministration"],
        "filterOnDepartments": body["organizationalEntity"]["department"],
        "filterOnEmploymentCategoryType": body["employmentCategoryType"],
    }
    in_lists = all(not chosen[name] or {"key": key} in chosen[name] for name, key in found.items())
    on_call = chosen["filterOnOnCallEmployment"]
    is_wanted = on_call is None or body["isOnCallEmployment"] is on_call
    return in_lists and is_wanted and STATUS[chosen["filterOnEmployedStatus"]](body["startDate"] > day, past)
