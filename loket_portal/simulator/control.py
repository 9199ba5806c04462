"""The levers for tests and training, only on this machine: readable state, log, options and faults at run time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from .edits import edit
from .faults import Faults
from .log import Log
from .logins import LOGINS, knows
from .metadata import ValueLists
from .options import Options
from .personio.levers import Levers
from .settlers import settle
from .state import readable
from .tokens import Keys
from .traffic import Traffic
from .validation import clean_options
from .world import World

LOOPBACK = ("127.0.0.1", "::1")


def blueprint(
    world: World,
    lists: ValueLists,
    options: Options,
    keys: Keys,
    faults: Faults,
    log: Log,
    traffic: Traffic,
    personio: Levers,
) -> Blueprint:
    """The control calls, to be put under `/_simulator`. There are none when the simulator serves other machines too."""
    control = Control(world, options, keys, faults, log)
    made = Blueprint("control", __name__)
    made.before_request(control.only_here)
    made.register_error_handler(ValueError, _wrong)
    made.register_error_handler(TypeError, _wrong)
    actions = {
        "GET /state": lambda: jsonify(readable(world, lists, request.args.get("employer", ""))),
        "GET /log": control.show_log,
        "DELETE /log": log.clear,
        "GET /options": control.show_options,
        "POST /options": control.change_options,
        "GET /traffic": lambda: jsonify(traffic.shown()),
        "DELETE /traffic": traffic.reset,
        "POST /tokens/grant": control.grant,
        "POST /tokens/expire": keys.expire,
        "POST /tokens/revoke": control.revoke,
        "POST /people/edit": lambda: jsonify(edit(world, lists, _json())),
        "GET /faults": control.show_faults,
        "POST /faults": control.plan_fault,
        "DELETE /faults": faults.clear,
        "POST /faults/release": faults.release,
    }
    actions |= {name: _shown(lever) for name, lever in personio.actions(_json).items()}
    for name, action in actions.items():
        method, path = name.split()
        view = lambda action=action: action() or jsonify({})  # noqa: E731
        made.add_url_rule(path, name, view, methods=[method])
    return made


class Control:
    """The control calls that need more than one line."""

    def __init__(self, world: World, options: Options, keys: Keys, faults: Faults, log: Log) -> None:
        self.world = world
        self.options = options
        self.keys = keys
        self.faults = faults
        self.log = log

    def only_here(self) -> None:
        """404 for everybody but this machine."""
        if request.remote_addr not in LOOPBACK or self.options.host not in (*LOOPBACK, "localhost"):
            abort(404)

    def show_log(self) -> Response:
        """All requests, and the writes among them."""
        return jsonify({"requests": self.log.all(), "writes": self.log.writes()})

    def show_options(self) -> Response:
        """The options that can be changed now."""
        return jsonify(self.options.changeable())

    def change_options(self) -> Response:
        """Changes the named options and leaves the others."""
        self.options.change(clean_options(_json()))
        settle(self.world, self.options)
        return self.show_options()

    def grant(self) -> Response:
        """A pair of tokens for the `user` in the body, as if he had signed in."""
        return jsonify(self.keys.grant(self._user("grant")))

    def revoke(self) -> None:
        """Ends the tokens of the `user` in the body, or everybody's when there is no body."""
        self.keys.revoke(self._user("revoke") if request.get_data() else "")

    def _user(self, call: str) -> str:
        wanted = _json()
        user = wanted.get("user")
        if wanted.keys() != {"user"} or not isinstance(user, str) or not knows(self.world, user):
            raise ValueError(f"tokens/{call} takes a user, one of: {', '.join(LOGINS)}")
        return user

    def show_faults(self) -> Response:
        """What is planned, and how many requests are held right now."""
        planned = [vars(fault) for fault in self.faults.script if fault.times]
        return jsonify({"planned": planned, "held": self.faults.held})

    def plan_fault(self) -> Response:
        """Plans a fault for a request to come."""
        self.faults.plan(**_json())
        return self.show_faults()


def _shown(lever: Callable[[], dict[str, Any]]) -> Callable[[], Response]:
    return lambda: jsonify(lever())


def _json() -> dict[str, Any]:
    wanted = request.get_json(silent=True)
    if not isinstance(wanted, dict):
        raise ValueError("The body must be a JSON object")
    return wanted


def _wrong(error: Exception) -> tuple[Response, int]:
    return jsonify({"message": str(error)}), 400
