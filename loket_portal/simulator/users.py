"""The signed-in user, and the users of an employer with their rights (rules 11 to 18)."""

from __future__ import annotations

from typing import Any

from .access import right_view
from .calls import Answer, Call, Listing, Routes, not_found
from .company import EMPLOYER_PATH, employer
from .logins import ACCOUNTANT, everybody, marks, user_record
from .options import LOGIN_METHODS
from .render import render
from .rights import OTHER_RIGHTS, RIGHTS, activity_id
from .shapes.access import USER_ROW
from .shapes.company import USER
from .world import Record

ROUTES = Routes()
ACTIVE, BLOCKED = "Has access to Client", "No access to Client"
# The version that the document gives is a name instead of a date; both are taken.
USERS_VERSION = "SSO_gebruiker"


@ROUTES.add("GET", "/user", "GetUserByToken")
def user(call: Call) -> Answer:
    """The user whose token it is. There is no id in it (rule 18)."""
    return Answer(render(USER, user_record(call.world, call.user).body, call.lists))


@ROUTES.add("GET", "/users/integrations", "GetIntegrationsByBearerToken")
def integrations(call: Call) -> Answer:
    """Our application, as the user has allowed it: one row in a list without pages."""
    created = user_record(call.world, call.user).body["_created"]
    application = {"id": activity_id(call.options.client_id), "isBlocked": False, "logo": None, "name": "Loket Portal"}
    row = {"application": application, "createdOn": created, "isBlocked": False, "lastLogin": None}
    return Answer({"_embedded": [row]})


@ROUTES.add("GET", f"{EMPLOYER_PATH}/users", "GetEmployerUsersByEmployerId", literal=USERS_VERSION)
def users(call: Call) -> Listing:
    """The users of the employer, found by their e-mail address (rule 18)."""
    return Listing(_linked(call), lambda record: _shown(record, call))


@ROUTES.add(
    "GET", f"{EMPLOYER_PATH}/users/<user_id>/authorizations", "GetEmployerUserAuthorizationsByEmployerIdAndUserId"
)
def rights(call: Call) -> Listing:
    """The user's rights by name: the article's fifteen, and others that nobody gave him."""
    if call.path["user_id"].lower() not in {record.id for record in _linked(call)}:
        raise not_found("user")
    has = set(RIGHTS).difference(call.options.missing_rights)
    return Listing(sorted([*RIGHTS, *OTHER_RIGHTS]), lambda name: {**right_view(name), "isEnabled": name in has})


def _linked(call: Call) -> list[Record]:
    mark = employer(call).mark
    names = [name for name in everybody(mark) if mark in marks(name, call.options)]
    return [user_record(call.world, name) for name in names]


def _shown(record: Record, call: Call) -> dict[str, Any]:
    options, key_of, person = call.options, call.lists.key_of, record.mark == ACCOUNTANT
    body = {
        **{name: record.body[name] for name in ("contactInformation", "personalDetails")},
        **record.body["user"],
        "id": record.id,
        "userName": record.mark,
        "accessStatus": key_of("accessStatus", BLOCKED if options.access_blocked else ACTIVE),
        "loginMethod": key_of("loginMethod", LOGIN_METHODS[0] if person else options.login_method),
        "twoFactorAuthenticationRequired": not options.no_two_factor,
        "hasMultiFactorAuthentication": not options.no_two_factor,
        "isLinkedToMultipleEmployers": options.linked_to_multiple or len(marks(record.mark, options)) > 1,
        "isDepartmentManager": False,
        "hasAccessToPayrollingTestData": False,
        "hasIntegrations": call.keys.has_signed_in(record.mark),
        "dateTimeCreation": record.body["_created"],
    }
    shown: dict[str, Any] = render(USER_ROW, body, call.lists)
    return shown
