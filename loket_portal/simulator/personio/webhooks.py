"""The webhooks of v2: registering, changing and removing them, and trying one out."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from ..options import Options
from ..world import Record, World
from .errors import Wrong
from .gate import Gate
from .lists import listing
from .sender import Sender
from .tokens import note_secret
from .v2 import NOT_FOUND, prepared

KIND = "personio_webhook"
READ, WRITE = "personio:webhooks:read", "personio:webhooks:write"
STATUSES = ("ENABLED", "DISABLED")
AUTH_TYPES = ("NONE", "TOKEN", "CUSTOM")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_HEADERS = 3
EVENTS = (
    *("person.created", "person.updated", "person.deleted"),
    *("employment.created", "employment.updated", "employment.updated.cost-centers", "employment.deleted"),
    *("employment.started", "employment.terminated"),
    *("absence-period.created", "absence-period.updated.status", "absence-period.updated.timerange"),
    *("absence-period.deleted", "attendance-period.created", "attendance-period.updated", "attendance-period.deleted"),
    *("document.created", "document.updated", "document.deleted", "document.signed"),
)
FIELDS = ("url", "description", "status", "auth_type", "token", "custom_headers", "enabled_events")
SECRET = ("token", "custom_headers")


class Webhooks:
    """The registered addresses. They survive a restart."""

    def __init__(self, world: World, options: Options, gate: Gate, sender: Sender) -> None:
        self.world = world
        self.options = options
        self.gate = gate
        self.sender = sender

    def blueprint(self) -> Blueprint:
        """To be put under `/personio/v2/webhooks`."""
        made = prepared("personio_webhooks", self.gate)
        made.add_url_rule("", view_func=self.list, methods=["GET"])
        made.add_url_rule("", view_func=self.create, methods=["POST"])
        made.add_url_rule("/<hook_id>", view_func=self.get, methods=["GET"])
        made.add_url_rule("/<hook_id>", view_func=self.change, methods=["PATCH"])
        made.add_url_rule("/<hook_id>", view_func=self.delete, methods=["DELETE"])
        made.add_url_rule("/<hook_id>/ping", view_func=self.ping, methods=["POST"])
        made.add_url_rule("/<hook_id>/test-event", view_func=self.test_event, methods=["POST"])
        return made

    def list(self) -> Response:
        """All webhooks."""
        self.gate.pass_v2("webhooks", READ)
        return listing(self.world.all(KIND, ""), 10, 50, shown)

    def create(self) -> tuple[Response, int]:
        """A new webhook, which is off unless the body says otherwise."""
        self.gate.pass_v2("webhooks", WRITE)
        body = checked({"status": "DISABLED", "auth_type": "TOKEN", **_body()})
        note_secret(self.world, body.get("token") or "")
        return jsonify(shown(self.world.add(KIND, "", body, record_id=str(uuid.uuid4())))), 201

    def get(self, hook_id: str) -> Response:
        """One webhook."""
        self.gate.pass_v2("webhooks", READ)
        return jsonify(shown(self._hook(hook_id)))

    def change(self, hook_id: str) -> Response:
        """Changes what the body names."""
        self.gate.pass_v2("webhooks", WRITE)
        with self.world.transaction():
            hook = self._hook(hook_id)
            body = checked({**hook.body, **_body()})
            note_secret(self.world, body.get("token") or "")
            return jsonify(shown(self.world.replace(hook, body)))

    def delete(self, hook_id: str) -> Response:
        """Forgets a webhook."""
        self.gate.pass_v2("webhooks", WRITE)
        with self.world.transaction():
            self.world.remove(self._hook(hook_id))
        return Response(status=204)

    def ping(self, hook_id: str) -> Response:
        """Sends a ping, whether the webhook is on or off."""
        self.gate.pass_v2("webhooks", WRITE)
        self.sender.send(self._hook(hook_id).body, "ping", {})
        return Response(status=204)

    def test_event(self, hook_id: str) -> Response:
        """Sends an event about somebody whom there is not."""
        self.gate.pass_v2("webhooks", WRITE)
        hook, name = self._hook(hook_id), _body().get("event_name")
        if name not in EVENTS:
            raise Wrong(422, "The event_name is invalid")
        self.sender.send(hook.body, name, {"id": "1"})
        return Response(status=204)

    def announce(self, name: str, payload: dict[str, Any], times: int = 1) -> int:
        """Sends an event to every webhook that is on and wants it; says to how many."""
        hooks = [hook.body for hook in self.world.all(KIND, "")]
        wanting = [hook for hook in hooks if hook["status"] == "ENABLED" and name in hook["enabled_events"]]
        for hook in wanting * times:
            self.sender.send(hook, name, payload)
        return len(wanting)

    def _hook(self, hook_id: str) -> Record:
        found = self.world.get(KIND, hook_id)
        if found is None:
            raise Wrong(404, NOT_FOUND)
        return found


def shown(hook: Record) -> dict[str, Any]:
    """A webhook as it is answered: without its token."""
    return {"id": hook.id, **{name: value for name, value in hook.body.items() if name not in SECRET}}


def checked(body: dict[str, Any]) -> dict[str, Any]:
    """The body of a webhook. Raises Wrong (422) for what Personio would refuse."""
    events, headers = body.get("enabled_events"), body.get("custom_headers")
    is_fine = {
        "url": _is_address(body.get("url")),
        "description": isinstance(body.get("description"), str) and bool(body["description"]),
        "status": body["status"] in STATUSES,
        "auth_type": body["auth_type"] in AUTH_TYPES,
        "token": body["auth_type"] != "TOKEN" or bool(body.get("token")),
        "custom_headers": headers is None or (body["auth_type"] == "CUSTOM" and _are_headers(headers)),
        "enabled_events": isinstance(events, list) and bool(events) and set(events) <= set(EVENTS),
    }
    wrong = [name for name, fine in is_fine.items() if not fine] + sorted(body.keys() - set(FIELDS))
    if wrong:
        raise Wrong(422, f"Not valid: {', '.join(wrong)}")
    return body


def _is_address(url: Any) -> bool:
    parts = urlsplit(url if isinstance(url, str) else "")
    return bool(parts.hostname) and (parts.scheme == "https" or is_loopback(url))


def is_loopback(url: str) -> bool:
    """Whether it is an address without TLS on this machine, which only the simulator takes."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def _are_headers(headers: Any) -> bool:
    return (
        isinstance(headers, dict)
        and len(headers) <= MOST_HEADERS
        and all(isinstance(value, str) for value in headers.values())
    )


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Wrong(400, "The body must be a JSON object")
    return body
