"""The levers of tests and training: somebody edits a person in Personio, an event is sent, the tokens end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..clock import today
from ..options import Options
from ..world import World
from .attributes import SALARY, stored_key
from .company import entity_id
from .days import day_of, now
from .employees import EMPLOYMENT_FIELDS
from .generated import FIRST_ID
from .people import Employment, Person, find, ids, remove, save, stored
from .tokens import Tokens, given_out
from .webhooks import EVENTS, KIND, Webhooks

NUMBER = "dynamic_24401"
COMPUTED = ("id", "created_at", "last_modified_at", "profile_picture")
COMING = {"start", "end", "status", "position", "department", "hours", "legal_entity", "office"}
Json = dict[str, Any]


class Levers:
    """What `/_simulator/personio/…` can do. Everything raises ValueError for what makes no sense."""

    def __init__(self, world: World, options: Options, tokens: Tokens, webhooks: Webhooks) -> None:
        self.world = world
        self.options = options
        self.tokens = tokens
        self.webhooks = webhooks

    def actions(self, body: Callable[[], Json]) -> dict[str, Callable[[], Json]]:
        """The calls by method and path; `body` gives the request's."""
        return {
            "POST /personio/people/edit": lambda: self.edit(body()),
            "POST /personio/people/add": lambda: self.add(body()),
            "POST /personio/people/remove": lambda: self.remove(body()),
            "POST /personio/employments": lambda: self.employ(body()),
            "POST /personio/events": lambda: self.event(body()),
            "POST /personio/tokens/expire": self.expire,
            "GET /personio/secrets": self.secrets,
            "GET /personio/deliveries": lambda: {"deliveries": list(self.webhooks.sender.deliveries)},
        }

    def edit(self, wanted: Json) -> Json:
        """Sets attributes of the person with that `id` or Loket employee `number`, in whatever form v1 shall show."""
        _only(wanted, {"id", "number", "attributes"})
        attributes = self._attributes(wanted)
        with self.world.transaction():
            person = self._person(wanted)
            changed = _edited(person, attributes, person.employment_on(today()))
            self._save(person, changed)
        self._announce(person, changed)
        return {"id": person.id, "changed": len(changed)}

    def add(self, wanted: Json) -> Json:
        """A new person with an `id` of his own, `attributes` and one `employment`."""
        _only(wanted, {"id", "attributes", "employment"})
        person_id, attributes = wanted.get("id"), self._attributes(wanted)
        if not isinstance(person_id, int) or isinstance(person_id, bool) or not 0 < person_id < FIRST_ID:
            raise ValueError(f"people/add takes an id from 1 to {FIRST_ID - 1}")
        with self.world.transaction():
            if person_id in ids(self.world, self.options):
                raise ValueError(f"There is already a person with id {person_id}")
            employment = {"status": "active", "legal_entity": "", **_employment(wanted.get("employment"))}
            person = Person(person_id, {}, [employment], created=now(), modified=now())
            _edited(person, attributes, employment)
            save(self.world, person)
        self.webhooks.announce("person.created", {"id": str(person.id)})
        return {"id": person.id}

    def remove(self, wanted: Json) -> Json:
        """Deletes the person with that `id` or `number`."""
        _only(wanted, {"id", "number"})
        with self.world.transaction():
            person = self._person(wanted)
            remove(self.world, person.id)
        self.webhooks.announce("person.deleted", {"id": str(person.id)})
        return {"id": person.id}

    def employ(self, wanted: Json) -> Json:
        """A further `employment` of the person with that `id` or `number`; v2 only, until its first day."""
        _only(wanted, {"id", "number", "employment"})
        with self.world.transaction():
            person = self._person(wanted)
            former = person.employments[0]
            made = {**former, "end": None, "ending": None, "status": "onboarding", **_employment(wanted["employment"])}
            person.employments = sorted([*person.employments, made], key=lambda one: str(one["start"]), reverse=True)
            self._save(person, [])
        payload = {"id": person.number_of(made), "person": {"id": str(person.id)}}
        self.webhooks.announce("employment.created", payload)
        return {"id": person.id, "employment": person.number_of(made)}

    def event(self, wanted: Json) -> Json:
        """Sends any event, `times` times, also with a payload that Personio would not send."""
        _only(wanted, {"event_name", "payload", "times"})
        name, times, payload = wanted.get("event_name"), wanted.get("times", 1), wanted.get("payload", {})
        if name not in EVENTS:
            raise ValueError(f"There is no event {name!r}; these are: {', '.join(EVENTS)}")
        if not _is_number(times) or not 1 <= times <= 100 or not isinstance(payload, dict):
            raise ValueError("personio/events takes event_name, an object as payload, and times from 1 to 100")
        return {"webhooks": self.webhooks.announce(name, payload, times)}

    def expire(self) -> Json:
        """Ends the token, although its life is not over."""
        self.tokens.expire()
        return {}

    def secrets(self) -> Json:
        """What must never be found anywhere in the portal: the client secret, tokens given out, tokens of webhooks."""
        hooks = [hook.body.get("token") for hook in self.world.all(KIND, "")]
        known = {self.options.personio_client_secret, *given_out(self.world), *filter(None, hooks)}
        return {"secrets": sorted(known)}

    def _attributes(self, wanted: Json) -> Json:
        attributes = wanted.get("attributes", {})
        if not isinstance(attributes, dict):
            raise ValueError("attributes must be an object")
        named = {stored_key(key, self.options): value for key, value in attributes.items()}
        fixed = [key for key in named if key in COMPUTED]
        if fixed:
            raise ValueError(f"{', '.join(fixed)} can't be edited")
        if isinstance(named.get("subcompany"), str):
            named["subcompany"] = entity_id(named["subcompany"])
        return named

    def _person(self, wanted: Json) -> Person:
        if "id" in wanted:
            found = find(self.world, self.options, wanted["id"]) if _is_number(wanted["id"]) else None
            people = [found] if found else []
        else:
            people = [person for person in stored(self.world) if person.values.get(NUMBER) == str(wanted.get("number"))]
        if len(people) != 1:
            raise ValueError(f"{len(people)} people are meant by {wanted.get('id', wanted.get('number'))!r}; name one")
        return people[0]

    def _save(self, person: Person, changed: list[str]) -> None:
        person.modified = now()
        person.changed |= dict.fromkeys(changed, person.modified)
        save(self.world, person)

    def _announce(self, person: Person, changed: list[str]) -> None:
        """The events that Personio sends for an edit: it says who, never what; for salaries it sends none."""
        if any(key not in EMPLOYMENT_FIELDS and key not in SALARY for key in changed):
            self.webhooks.announce("person.updated", {"id": str(person.id)})
        if any(key in EMPLOYMENT_FIELDS for key in changed):
            employment = person.number_of(person.employment_on(today()))
            self.webhooks.announce("employment.updated", {"id": employment, "person": {"id": str(person.id)}})


def _edited(person: Person, attributes: Json, employment: Employment) -> list[str]:
    """Puts the values in their places; gives the attributes that are different now."""
    changed = []
    for key, value in attributes.items():
        place = employment if key in EMPLOYMENT_FIELDS else person.values
        name = EMPLOYMENT_FIELDS.get(key, key)
        if name not in place or place[name] != value:
            place[name] = day_of(value) if key in EMPLOYMENT_FIELDS else value
            changed.append(key)
    if "termination_date" in changed:
        employment["end"] = employment["termination"]
        employment["ending"] = "EMPLOYEE" if employment["end"] else None
    return changed


def _employment(given: Any) -> Employment:
    if not isinstance(given, dict) or "start" not in given or given.keys() - COMING:
        raise ValueError(f"employment takes start and, if they matter, {', '.join(sorted(COMING - {'start'}))}")
    return {**given, "legal_entity": entity_id(str(given["legal_entity"]))} if "legal_entity" in given else dict(given)


def _only(wanted: Json, known: set[str]) -> None:
    if wanted.keys() - known:
        raise ValueError(f"This takes {', '.join(sorted(known))}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
