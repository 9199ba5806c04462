"""Somebody of support in the workbench of a company, for tests."""

from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from mapping.bench import drafts
from mapping.models import MappingSet
from onboarding.models import Company, LegalEntity
from tests.factories import UserFactory
from tests.mapping.drafting import connected
from tests.mapping.portal import value_list

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HTTP_HX_REQUEST": "true"}
LISTS = {
    "gender": ["Man", "Vrouw", "Onbekend"],
    "nationality": ["Nederlandse", "Duitse", "Belgische"],
    "country": ["Nederland", "Duitsland"],
}


@dataclass
class Bench:
    """One company's workbench, as support opens it."""

    client: Client
    company: Company
    source: str = "personio"

    def address(self, name: str = "workbench", *places: Any) -> str:
        return reverse(f"admin:mapping_{name}", args=[self.company.pk, self.source, *places])

    def page(self, **query: Any) -> str:
        return self.client.get(self.address(), query).content.decode()

    def part(self, **query: Any) -> str:
        """What htmx gets."""
        return self.client.get(self.address(), query, **HTMX).content.decode()

    def rule(self, target: str, htmx: bool = True, entity: LegalEntity | None = None, **said: Any) -> str:
        """Presses a button of the editor."""
        query = f"?for={entity.pk}" if entity else ""
        answer = self.client.post(self.address("rule", target) + query, said, **(HTMX if htmx else {}), follow=not htmx)
        assert answer.status_code == 200
        return answer.content.decode()

    def act(self, name: str, htmx: bool = True, **said: Any) -> str:
        answer = self.client.post(self.address("act", name), said, **(HTMX if htmx else {}), follow=not htmx)
        assert answer.status_code == 200
        return answer.content.decode()

    @property
    def draft(self) -> MappingSet | None:
        return drafts.draft_of(self.company, self.source)

    def begin(self, start: drafts.Start = drafts.Start.EMPTY) -> MappingSet:
        return drafts.begin(self.company, self.source, None, start)

    def stored(self, target: str, entity: LegalEntity | None = None) -> Any:
        assert self.draft
        return drafts.rules_of(self.draft).get((target, entity.pk if entity else None))


def of_personio(client: Client, **user: Any) -> Bench:
    """A company with a Personio as the simulator has it, a legal entity that reads it, and Loket's lists."""
    company = connected().company
    lists_of(company)
    sign_in(client, **user)
    return Bench(client, company)


def sign_in(client: Client, **user: Any) -> None:
    client.force_login(UserFactory(**({"is_staff": True, "is_superuser": True} | user)), backend=BACKEND)


def lists_of(company: Company) -> None:
    for name, texts in LISTS.items():
        value_list(company, name, *texts)
