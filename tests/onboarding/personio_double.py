"""A Personio client that answers from memory, for tests of what the portal does with its answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from loket_portal.personio.client import (
    Credentials,
    Definition,
    Employee,
    Page,
    Person,
    PersonioEntity,
    Webhook,
)
from onboarding.services import personio

HORECA = PersonioEntity("170", "Linde Horeca B.V.", "NL")
GASTRO = PersonioEntity("172", "Linde Gastro GmbH", "DE")
SECRETS = ("the-client-id", "the-client-secret")


class PersonioDouble:
    """Give `fails` an error per method; `asked` has the credentials and calls that were made."""

    def __init__(self) -> None:
        self.fails: dict[str, Exception] = {}
        self.asked: list[tuple[str, ...]] = []
        self.entities = [HORECA, GASTRO]
        self.webhooks: list[Webhook] = []
        self.created: list[tuple[str, str, tuple[str, ...]]] = []

    def __call__(self, base_url: str, credentials: Credentials, **headers: Any) -> "PersonioDouble":
        self.credentials, self.headers = credentials, headers
        return self

    def _ask(self, name: str, *details: str) -> None:
        self.asked.append((name, *details))
        if name in self.fails:
            raise self.fails[name]

    def sign_in(self) -> None:
        self._ask("sign_in")

    def list_attributes(self) -> list[Definition]:
        self._ask("list_attributes")
        return [Definition("last_name", "Last name", "standard", "last_name", ())]

    def pages(self, *, limit: int = 100) -> Iterator[Page]:
        self._ask("pages", str(limit))
        yield Page((Employee(1, {}),), 83)

    def iter_persons(self) -> Iterator[Person]:
        self._ask("iter_persons")
        yield Person(1, ())

    def list_legal_entities(self) -> list[PersonioEntity]:
        self._ask("list_legal_entities")
        return self.entities

    def list_webhooks(self) -> list[Webhook]:
        self._ask("list_webhooks")
        return self.webhooks

    def create_webhook(self, url: str, token: str, events: tuple[str, ...], description: str) -> str:
        self._ask("create_webhook")
        self.created.append((url, token, events))
        return "hook-1"

    def delete_webhook(self, webhook_id: str) -> None:
        self._ask("delete_webhook", webhook_id)


@pytest.fixture
def at_personio(monkeypatch: pytest.MonkeyPatch) -> PersonioDouble:
    """What the portal's client is from now on."""
    double = PersonioDouble()
    monkeypatch.setattr(personio, "PersonioClient", double)
    return double
