"""Loket's questions before it lets a call through (rule 19), and what it tells about them: rights, modules, roles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .calls import Answer, Call, Listing, Routes, not_found
from .company import EMPLOYER_PATH, employer
from .modules import MODULES, needed_modules
from .options import Options
from .rights import ALL_ACTIVITIES, LABELS, activities, activity_id, right_of

ROUTES = Routes()
ROLES = ("Provider", "Werkgever")  # every user of this simulator is one of an employer
USERS = ("GetEmployerUsersByEmployerId", "GetEmployerUserAuthorizationsByEmployerIdAndUserId")
LONGEST = 50  # characters that the document gives an activity's name here


def allowed(options: Options) -> Sequence[str]:
    """The activities that may be performed: client, right, role and module say yes. In alphabetical order."""
    gone = (*options.client_lacks, *options.role_lacks, *(USERS if options.users_hidden else ()))
    return _allowed(tuple(options.missing_rights), tuple(options.missing_modules), gone)


@lru_cache(maxsize=64)
def _allowed(
    missing_rights: tuple[str, ...], missing_modules: tuple[str, ...], gone: tuple[str, ...]
) -> tuple[str, ...]:
    has = set(MODULES).difference(missing_modules)
    names = activities(missing_rights)
    return tuple(name for name in names if name not in gone and _is_bought(name, has))


def _is_bought(activity: str, has: set[str]) -> bool:
    needed = needed_modules(activity)
    return not needed or not has.isdisjoint(needed)


@ROUTES.add("GET", f"{EMPLOYER_PATH}/authorizations", "GetAuthorizationsByEmployerId", ("2018-01-01", "2019-02-11"))
def authorizations(call: Call) -> Listing:
    """The activities that the user may perform at the employer."""
    employer(call)
    names = allowed(call.options)
    if call.version == "2018-01-01":
        return Listing(names, lambda name: {"name": name})
    return Listing(names, lambda name: {"id": activity_id(name), "description": name})


@ROUTES.add("GET", "/applications/<application_id>/authorizations", "GetApplicationAuthorizationsByApplicationId")
def application_authorizations(call: Call) -> Answer:
    """What our application may do, and what the user and the employer need for it. A list without pages."""
    if call.path["application_id"].lower() != activity_id(call.options.client_id):
        raise not_found("application")
    names = sorted(ALL_ACTIVITIES.difference(call.options.client_lacks))
    return Answer({"_embedded": [_requirements(name, call.options) for name in names]})


def _requirements(activity: str, options: Options) -> dict[str, Any]:
    right = right_of(activity)
    roles = ROLES[:1] if activity in options.role_lacks else ROLES
    return {
        "activity": activity[:LONGEST],
        "allowedRoles": [{"description": name, "id": activity_id(f"role {name}")} for name in roles],
        "displayName": activity[:LONGEST],
        "id": activity_id(activity),
        "requiredEmployerModules": [module_view(name) for name in needed_modules(activity)],
        "requiredUserAuthorizations": [right_view(right)] if right else [],
    }


@ROUTES.add("GET", f"{EMPLOYER_PATH}/modules", "GetModulesByEmployerId")
def modules(call: Call) -> Listing:
    """What the employer has bought."""
    employer(call)
    return Listing([name for name in MODULES if name not in call.options.missing_modules], module_view)


def module_view(name: str) -> dict[str, Any]:
    """A module as Loket shows it."""
    return {"description": name, "id": activity_id(f"module {name}")}


def right_view(name: str) -> dict[str, Any]:
    """A right as Loket shows it, by its full label."""
    return {"availableForEmployerUser": True, "description": LABELS.get(name, name), "id": activity_id(f"right {name}")}
