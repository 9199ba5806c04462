"""API v1: the token, the employees page by page, one employee, and the definitions of the attributes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from ..calls import Refused
from ..clock import today
from ..options import Options
from ..world import World
from .attributes import readable, stored_key
from .days import moment
from .employees import Shower
from .errors import Wrong, answer_v1
from .gate import SCOPES, Gate, bearer
from .people import Person, find, ids
from .tokens import Tokens

USUAL, MOST = 50, 100


class V1:
    """The calls of v1."""

    def __init__(self, world: World, options: Options, tokens: Tokens, gate: Gate) -> None:
        self.world = world
        self.options = options
        self.tokens = tokens
        self.gate = gate

    def blueprint(self) -> Blueprint:
        """To be put under `/personio/v1`."""
        made = Blueprint("personio_v1", __name__)
        made.before_request(self.gate.begin)
        made.register_error_handler(Wrong, lambda error: answer_v1(error, self.options.personio_language))
        made.register_error_handler(Refused, self.told_to_fail)
        made.after_request(self.gate.retry_after)
        made.add_url_rule("/auth", view_func=self.auth, methods=["POST"])
        made.add_url_rule("/company/employees", view_func=self.employees)
        made.add_url_rule("/company/employees/<int:employee_id>", view_func=self.employee)
        for name in ("attributes", "custom-attributes"):
            made.add_url_rule(f"/company/employees/{name}", f"list_{name}", self.attributes)
        return made

    def told_to_fail(self, error: Refused) -> Response:
        """The answer to a call that a planned fault hit."""
        return answer_v1(Wrong(error.status, "Something went wrong"), self.options.personio_language)

    def auth(self) -> Response:
        """The token, for credentials in the body. In the query string they are refused, whatever they are."""
        if "client_id" in request.args or "client_secret" in request.args:
            raise Wrong(403, "Credentials in the query string are not accepted any more", code=0)
        self.gate.auth()
        body = request.get_json(silent=True) if request.is_json else request.form
        if not isinstance(body, dict) or not self.tokens.is_client(body.get("client_id"), body.get("client_secret")):
            raise Wrong(403, "Wrong credentials", code=0)
        token, expires_in = self.tokens.issue()
        scopes = [scope for scope in SCOPES if scope not in self.options.personio_missing_scopes]
        data = {"token": token, "expires_in": expires_in, "scope": " ".join(scopes)}
        return self._answer({"success": True, "data": data}, token)

    def employees(self) -> Response:
        """A page; or everybody who changed since a moment, or who has an e-mail address."""
        self.gate.pass_v1()
        wanted = frozenset(request.args.getlist("attributes[]"))
        limit, offset = min(_number("limit", USUAL, 1), MOST), _number("offset", 0, 0)
        with self.world.lock:
            everybody = ids(self.world, self.options)
            if since := request.args.get("updated_since"):
                chosen = [person.id for person in self._changed(everybody, _since(since), wanted)]
                limit, offset, page = max(len(chosen), 1), 0, chosen
            elif email := request.args.get("email"):
                chosen = page = [person.id for person in self._people(everybody) if person.values.get("email") == email]
            else:
                chosen, page = everybody, self._page(everybody, limit, offset)
            shower = self.shower()
            data = [shower.employee(person, wanted) for person in self._people(page)]
        metadata = {
            "total_elements": len(chosen),
            "current_page": offset // limit,
            "total_pages": -(-len(chosen) // limit),
        }
        return self._answer({"success": True, "metadata": metadata, "offset": offset, "limit": limit, "data": data})

    def employee(self, employee_id: int) -> Response:
        """One employee."""
        self.gate.pass_v1()
        with self.world.lock:
            person = find(self.world, self.options, employee_id)
            if person is None:
                raise Wrong(404, "Employee not found")
            return self._answer({"success": True, "data": self.shower().employee(person)})

    def attributes(self) -> Response:
        """All attributes that may be read, with their options."""
        self.gate.pass_v1()
        return self._answer({"success": True, "data": [item.definition() for item in readable(self.options)]})

    def shower(self) -> Shower:
        """What shows people as they are today."""
        host = f"{request.host_url}personio"
        known: dict[int, Person | None] = {}

        def look_up(person_id: int) -> Person | None:
            if person_id not in known:
                known[person_id] = find(self.world, self.options, person_id)
            return known[person_id]

        return Shower(self.options, today(), readable(self.options), look_up, host)

    def _people(self, chosen: list[int]) -> Iterator[Person]:
        for person_id in chosen:
            person = find(self.world, self.options, person_id)
            if person:
                yield person

    def _changed(self, everybody: list[int], since: datetime, wanted: frozenset[str]) -> Iterator[Person]:
        keys = [stored_key(key, self.options) for key in wanted if _is_known(key, self.options)]
        for person in self._people(everybody):
            moments = [person.changed.get(key, person.created) for key in keys] or [person.modified]
            if any(moment(text) > since for text in moments):
                yield person

    def _page(self, everybody: list[int], limit: int, offset: int) -> list[int]:
        """The page, or the one before it when the option says that it repeats."""
        repeated = self.options.personio_repeat_page
        if repeated > 1 and offset // limit + 1 == repeated:
            offset -= limit
        return everybody[offset : offset + limit]

    def _answer(self, body: dict[str, Any], token: str = "") -> Response:
        response = jsonify(body)
        if self.options.personio_repeats_token:
            response.headers["Authorization"] = f"Bearer {token or bearer()}"
        return response


def _number(name: str, usual: int, least: int) -> int:
    text = request.args.get(name, str(usual))
    if not text.isdecimal() or int(text) < least:
        raise Wrong(422, f"The {name} is invalid")
    return int(text)


def _since(text: str) -> datetime:
    try:
        return moment(text)
    except ValueError:
        raise Wrong(422, "The updated_since is invalid") from None


def _is_known(key: str, options: Options) -> bool:
    try:
        return bool(stored_key(key, options))
    except ValueError:
        return False
