"""Whether the names in the options mean anything. A misspelt one would make a test pass that proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .algemeen import TWINS
from .modules import module
from .options import LOGIN_METHODS
from .personio.checks import CHECKS as PERSONIO_CHECKS
from .rights import ALL_ACTIVITIES, right
from .seed import ADMINISTRATIONS, DEPARTMENTS, SECOND_ADMINISTRATION, THIRD_ADMINISTRATIONS

Clean = Callable[[Any], Any]
STATUSES = ("AllEmployments", "ActiveEmployments", "ActiveAndFutureEmployments", "ActiveAndHistoricEmployments")
CATEGORIES = ("Regulier", "Payroll", "Stage")
RUN_STATUSES = (0, 1, 2, 9)
FILTER_ANSWERS = (0, 404, 503)
ADMINISTRATION_NAMES = tuple(row[0] for row in (*ADMINISTRATIONS, SECOND_ADMINISTRATION, *THIRD_ADMINISTRATIONS))


def clean_options(wanted: dict[str, Any]) -> dict[str, Any]:
    """The same options with every name as the simulator writes it. Raises ValueError for an unknown name."""
    return {name: CHECKS[name](value) if name in CHECKS else value for name, value in wanted.items()}


def one_of(known: Iterable[Any], what: str) -> Clean:
    """A check that a value is one of these."""
    names = list(known)

    def check(value: Any) -> Any:
        if value not in names or isinstance(value, bool):
            raise ValueError(f"There is no {what} {value!r}; these are: {', '.join(map(str, names))}")
        return value

    return check


def each(check: Clean) -> Clean:
    """A check of a list; one value alone is a list of one."""
    return lambda value: [check(item) for item in (value if isinstance(value, list | tuple) else [value])]


def named(key: Clean, allowed: tuple[type, ...]) -> Clean:
    """A check of an object: its names, and the types of its values."""

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not all(isinstance(item, allowed) for item in value.values()):
            raise ValueError(f"{value!r} is not an object of {' or '.join(kind.__name__ for kind in allowed)}")
        return {key(name): item for name, item in value.items()}

    return check


def algemeen_list(name: Any) -> str:
    """One of the three lists with an "Algemeen", in whatever case."""
    checked: str = one_of(TWINS, "list")(str(name).lower())
    return checked


def user_filter(value: Any) -> dict[str, Any]:
    """A user filter in the document's words, with names where Loket has ids."""
    if not isinstance(value, dict):
        raise ValueError(f"filter does not take {value!r}")
    return {one_of(FILTERS, "filter")(name): FILTERS[name](item) for name, item in value.items()}


def _switch(value: Any) -> Any:
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"filterOnOnCallEmployment is true, false or null, not {value!r}")
    return value


administration = one_of(ADMINISTRATION_NAMES, "administration")
activity = one_of(sorted(ALL_ACTIVITIES), "activity")
FILTERS: dict[str, Clean] = {
    "filterOnAdministrations": each(administration),
    "filterOnDepartments": each(one_of(DEPARTMENTS.split("|"), "department")),
    "filterOnEmployedStatus": one_of(STATUSES, "employed status"),
    "filterOnEmploymentCategoryType": each(one_of(CATEGORIES, "employment category")),
    "filterOnOnCallEmployment": _switch,
}
CHECKS: dict[str, Clean] = {
    "missing_rights": each(right),
    "missing_modules": each(module),
    "client_lacks": each(activity),
    "role_lacks": each(activity),
    "missing_algemeen": each(algemeen_list),
    "algemeen_twice": each(algemeen_list),
    "algemeen_variants": named(algemeen_list, (str,)),
    "filter": user_filter,
    "filter_down": one_of(FILTER_ANSWERS, "answer of the filter address"),
    "login_method": one_of(LOGIN_METHODS, "login method"),
    "run_status": one_of((*RUN_STATUSES, None), "run status"),
    "tax_ids": named(administration, (str, type(None))),
    "ended": each(administration),
    "hidden_administrations": each(administration),
    **PERSONIO_CHECKS,
}
