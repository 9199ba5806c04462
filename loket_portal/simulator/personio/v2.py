"""API v2: the token as OAuth has it, persons with their employments, legal entities, and three lists in beta."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from ..calls import Refused
from ..clock import today
from ..options import Options
from ..world import World
from .company import COST_CENTERS, DEPARTMENTS, ENTITIES, OFFICES, Entity
from .errors import Wrong, WrongGrant, answer_grant, answer_v2
from .gate import SCOPES, Gate
from .lists import filters, fits, listing
from .people import Person, find, ids
from .persons import View
from .tokens import Tokens

PERSON_FILTERS = (
    *("id", "email", "first_name", "last_name", "preferred_name", "status"),
    *(f"{name}{operator}" for name in ("created_at", "updated_at") for operator in ("", ".gt", ".lt")),
)
EMPLOYMENT_FILTERS = ("id", "updated_at", "updated_at.gt", "updated_at.lt")
NOT_FOUND = "There is no resource for the specified id."


class V2:
    """The calls of v2, but for the webhooks."""

    def __init__(self, world: World, options: Options, tokens: Tokens, gate: Gate) -> None:
        self.world = world
        self.options = options
        self.tokens = tokens
        self.gate = gate

    def blueprint(self) -> Blueprint:
        """To be put under `/personio/v2`."""
        made = prepared("personio_v2", self.gate)
        made.register_error_handler(WrongGrant, answer_grant)
        made.add_url_rule("/auth/token", view_func=self.token, methods=["POST"])
        made.add_url_rule("/auth/revoke", view_func=self.revoke, methods=["POST"])
        made.add_url_rule("/persons", view_func=self.persons)
        made.add_url_rule("/persons/<person_id>", view_func=self.person)
        made.add_url_rule("/persons/<person_id>/employments", view_func=self.employments)
        made.add_url_rule("/persons/<person_id>/employments/<employment_id>", view_func=self.employment)
        made.add_url_rule("/legal-entities", view_func=self.legal_entities)
        made.add_url_rule("/legal-entities/<entity_id>", view_func=self.legal_entity)
        for name, units in {"cost-centers": COST_CENTERS, "workplaces": OFFICES, "org-units": DEPARTMENTS}.items():
            made.add_url_rule(f"/{name}", f"list_{name}", self._beta(name, units))
        return made

    def token(self) -> Response:
        """The token, for credentials in a form. Raises WrongGrant."""
        if request.mimetype != "application/x-www-form-urlencoded":
            raise WrongGrant("invalid_request", "The content type must be application/x-www-form-urlencoded")
        self.gate.auth()
        missing = [name for name in ("grant_type", "client_id", "client_secret") if name not in request.form]
        if missing:
            raise WrongGrant("invalid_request", f"Missing parameters: {', '.join(missing)}")
        if request.form["grant_type"] != "client_credentials":
            raise WrongGrant("unsupported_grant_type", "Only client_credentials is supported")
        if not self.tokens.is_client(request.form["client_id"], request.form["client_secret"]):
            raise WrongGrant("invalid_client", "Client authentication failed")
        token, expires_in = self.tokens.issue()
        scope = " ".join(scope for scope in SCOPES if scope not in self.options.personio_missing_scopes)
        return jsonify({"access_token": token, "token_type": "Bearer", "expires_in": expires_in, "scope": scope})

    def revoke(self) -> Response:
        """Ends the token in the form, if it is still good."""
        if self.tokens.is_valid(request.form.get("token", "")):
            self.tokens.expire()
        return Response(status=200)

    def persons(self) -> Response:
        """A page of persons."""
        self.gate.pass_v2("persons", "personio:persons:read")
        wanted, view = filters(PERSON_FILTERS), self.view()
        with self.world.lock:
            chosen: list[int] = ids(self.world, self.options)
            if wanted:
                chosen = [person_id for person_id in chosen if fits(view.person(self._person(person_id)), wanted)]
            repeat = self.options.personio_repeat_page
            return listing(chosen, 10, 50, lambda person_id: self._listed(view, self._person(person_id)), repeat)

    def person(self, person_id: str) -> Response:
        """One person."""
        self.gate.pass_v2("persons", "personio:persons:read")
        return jsonify(self.view().person(self._person(person_id)))

    def employments(self, person_id: str) -> Response:
        """A person's employments, the newest first."""
        self.gate.pass_v2("employments", "personio:persons:read")
        person, view, wanted = self._person(person_id), self.view(), filters(EMPLOYMENT_FILTERS)
        shown = [view.employment(person, employment) for employment in person.employments]
        return listing([item for item in shown if fits(item, wanted)], 10, 50, dict)

    def employment(self, person_id: str, employment_id: str) -> Response:
        """One employment of a person."""
        self.gate.pass_v2("employments", "personio:persons:read")
        person, view = self._person(person_id), self.view()
        for employment in person.employments:
            if person.number_of(employment) == employment_id:
                return jsonify(view.employment(person, employment))
        raise Wrong(404, NOT_FOUND)

    def legal_entities(self) -> Response:
        """The company's legal entities, the newest first."""
        self._pass_entities()
        wanted = filters(("id", "country"))
        chosen = [item for item in map(_entity, reversed(ENTITIES.values())) if fits(item, wanted)]
        return listing(chosen, 20, 100, dict)

    def legal_entity(self, entity_id: str) -> Response:
        """One legal entity."""
        self._pass_entities()
        if entity_id not in ENTITIES:
            raise Wrong(404, NOT_FOUND)
        return jsonify(_entity(ENTITIES[entity_id]))

    def _listed(self, view: View, person: Person) -> dict[str, Any]:
        """A row of the list of persons, or one with every field null."""
        shown = view.person(person)
        return dict.fromkeys(shown) if person.id == self.options.personio_null_person else shown

    def view(self) -> View:
        """What shows people as they are today."""
        return View(self.options, today(), f"{request.host_url}personio")

    def _pass_entities(self) -> None:
        self.gate.pass_v2("legal-entities", "personio:legal-entities:read")
        if self.options.personio_no_legal_entities:
            raise Wrong(412, "The company has no access to the legal entities feature")

    def _person(self, person_id: str | int) -> Person:
        found = find(self.world, self.options, int(person_id)) if str(person_id).isdecimal() else None
        if found is None:
            raise Wrong(404, NOT_FOUND)
        return found

    def _beta(self, name: str, units: dict[str, int]) -> Callable[[], Response]:
        items = [{"id": str(number), "name": text} for text, number in units.items()]
        if name == "org-units":
            items = [{**item, "type": "department"} for item in items]

        def view() -> Response:
            if request.headers.get("Beta", "").lower() != "true":
                raise Wrong(404, NOT_FOUND)
            scope = "personio:org-units:read" if name == "org-units" else "personio:cost-centers:read"
            self.gate.pass_v2(name, scope)
            wanted = filters(("id", "name", "type"))
            return listing([item for item in items if fits(item, wanted)], 50, 100, dict)

        return view


def prepared(name: str, gate: Gate) -> Blueprint:
    """A blueprint that begins, fails and ends as v2 does."""
    made = Blueprint(name, __name__)
    made.before_request(gate.begin)
    made.register_error_handler(Wrong, answer_v2)
    made.register_error_handler(Refused, lambda error: answer_v2(Wrong(error.status, "Something went wrong")))
    made.after_request(gate.finish_v2)
    made.after_request(gate.retry_after)
    return made


def _entity(entity: Entity) -> dict[str, Any]:
    return {"id": entity.id, "name": entity.name, "country": entity.country}
