"""Personio's API for one customer's credentials: one method per operation, with small frozen types in and out."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from loket_portal.personio import calls, lists, payloads
from loket_portal.personio.answers import parsed
from loket_portal.personio.auth import Credentials
from loket_portal.personio.payloads import (
    Attribute,
    Definition,
    Employee,
    Employment,
    Page,
    Person,
    PersonioEntity,
    Webhook,
)
from loket_portal.personio.transport import Transport

__all__ = [
    "Attribute",
    "Credentials",
    "Definition",
    "Employee",
    "Employment",
    "Page",
    "Person",
    "PersonioClient",
    "PersonioEntity",
    "Webhook",
]


class PersonioClient:
    """Calls with one customer's credentials. Every method raises the SyncError that fits (see `answers`)."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        app_id: str = "LOKET_PORTAL",
        partner_id: str = "",
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        **limits: Any,
    ) -> None:
        """`base_url` is Personio's address without a version, such as `https://api.personio.de`.

        The two ids are what Personio asks a client to call itself. `sleep` waits between tries, `clock` counts their
        seconds. `limits`: `timeout` and `total` of a call, as `LockedSession` takes them.
        """
        named = {"X-Personio-App-ID": app_id, "X-Personio-Partner-ID": partner_id}
        headers = {"Accept": "application/json", **{name: value for name, value in named.items() if value}}
        self._calls = Transport(base_url, credentials, headers, sleep=sleep, clock=clock, **limits)

    def sign_in(self) -> None:
        """Asks for a token at once. Raises CredentialsRefused, Retryable."""
        self._calls.sign_in()

    # v1

    def pages(self, *, limit: int = 100) -> Iterator[Page]:
        """All employees, leavers too, a page at a time. Raises ListChanged when what was given was not all of them."""
        return lists.employee_pages(self._calls, limit)

    def get_employee(self, person_id: int) -> Employee | None:
        """One employee, None when Personio has nobody of this id."""
        body = self._calls.json(calls.GET_EMPLOYEE, {"id": str(person_id)})
        return None if body is None else parsed(calls.GET_EMPLOYEE, lambda raw: payloads.employee(raw["data"]), body)

    def list_attributes(self) -> list[Definition]:
        """Every attribute that the credentials may read, with its options."""
        body = self._calls.json(calls.LIST_ATTRIBUTES)
        return parsed(calls.LIST_ATTRIBUTES, payloads.definitions, body)

    # v2

    def list_legal_entities(self) -> list[PersonioEntity]:
        """The legal entities. Raises NotReadable, also when the company has none of them switched on."""
        call = calls.LIST_LEGAL_ENTITIES
        return [parsed(call, payloads.legal_entity, row) for row in lists.rows(self._calls, call, 100)]

    def iter_persons(self) -> Iterator[Person]:
        """All persons with the ids of their employments, one page in memory at a time."""
        for row in lists.rows(self._calls, calls.LIST_PERSONS, 50):
            yield parsed(calls.LIST_PERSONS, payloads.person, row)

    def list_employments(self, person_id: int) -> list[Employment]:
        """A person's employments, the most recent first. Raises ListChanged when there is no such person (any more)."""
        call = calls.LIST_EMPLOYMENTS
        found = lists.rows(self._calls, call, 50, {"id": str(person_id)})
        return [parsed(call, payloads.employment, row) for row in found]

    def list_webhooks(self) -> list[Webhook]:
        """The webhooks that these credentials have registered."""
        call = calls.LIST_WEBHOOKS
        return [parsed(call, payloads.webhook, row) for row in lists.rows(self._calls, call, None)]

    def create_webhook(self, url: str, token: str, events: Iterable[str], description: str) -> str:
        """Registers a webhook that is on at once; gives its id. Personio sends `token` as it is, as Authorization."""
        body: dict[str, Any] = {
            "url": url,
            "description": description,
            "status": "ENABLED",
            "auth_type": "TOKEN",
            "token": token,
            "enabled_events": list(events),
        }
        answer = self._calls.json(calls.CREATE_WEBHOOK, body=body)
        return parsed(calls.CREATE_WEBHOOK, lambda raw: str(raw.get("_data", raw)["id"]), answer)

    def delete_webhook(self, webhook_id: str) -> None:
        """Removes a webhook; it is no error when it was gone."""
        self._calls.json(calls.DELETE_WEBHOOK, {"id": webhook_id})
