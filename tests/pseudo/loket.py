"""A simulated Loket whose employers and administrations have names of the tests' world, and somebody who signs in there."""

import json
from typing import Any

from loket_portal.loket import calls
from loket_portal.loket.rights import RIGHTS
from loket_portal.simulator import Simulator
from onboarding.models import LegalEntity
from onboarding.services import connections, signin
from tests.browserless import sign_in_at_loket
from tests.pseudo.world import World

NAMED = {"employer": ("companyName",), "administration": ("name", "description", "shortName")}
ASKING = frozenset(
    {"administration", "company_picture", "connect", "create_algemeen", "entity", "headcount", "setup"}
    | {"setup_check", "setup_step"}
)
"""The pages on which trouble at Loket shows."""
TROUBLES: dict[str, dict[str, Any]] = {
    "nothing wrong": {},
    "the user": {
        "missing_rights": [right.name for right in RIGHTS[1:4]],
        "login_method": "Webservice",
        "no_two_factor": True,
        "linked_to_multiple": True,
        "filter": {"employedStatus": "active"},
    },
    "the employer": {
        "missing_modules": ["Loket HR"],
        "missing_algemeen": ["function"],
        "algemeen_variants": {"department": "algemeen "},
        "algemeen_twice": ["distributionunit"],
        "obsolete_date": "2027-06-30",
    },
    "our application": {"client_lacks": [calls.LIST_FUNCTIONS.activity], "users_hidden": True, "run_status": 3},
    "the role": {"role_lacks": [calls.LIST_DEPARTMENTS.activity]},
}


def rename(simulator: Simulator) -> None:
    """Names as they are used in the tests' world, so that a page may show them."""
    for record_id, kind, body in simulator.world.rows("SELECT id, kind, body FROM records"):
        if kind in NAMED:
            fields = json.loads(body)
            number = fields.get("clientNumber") or fields["employerNumber"]
            record = simulator.world.get(kind, record_id)
            assert record
            simulator.world.replace(record, fields | dict.fromkeys(NAMED[kind], f"Zz{kind[:5]}{number}"[:12]))


def sign_in(world: World, entity: LegalEntity) -> None:
    """The administrator's sign-in that connects."""
    user = world.people["administrator"]
    address = signin.begin(entity, "zz-session", user=user)
    signin.complete("zz-session", sign_in_at_loket(address), user=user)
    entity.refresh_from_db()


def link(world: World, entity: LegalEntity) -> None:
    """The first administration that can be chosen."""
    user = world.people["administrator"]
    _login, choices = connections.choices(entity, user)
    chosen = next(choice.administration for choice in choices if choice.is_selectable)
    connections.link(entity, chosen.id, chosen.name, user)
    entity.refresh_from_db()
