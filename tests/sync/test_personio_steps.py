"""Whoever does in Personio what the page says, and no more, ends with a working sync."""

import re
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loket_portal.simulator import Simulator
from loket_portal.simulator.personio.attributes import ALL
from loket_portal.simulator.personio.gate import SCOPES
from mapping import definitions, wording
from mapping.resolve import label_key
from onboarding.models import Company, Issue, LegalEntity, PersonioAccount
from onboarding.services import personio_entities
from sync.models import Run
from tests.factories import CompanyFactory, EntityFactory, member
from tests.faults.personio import WHOLE, counts
from tests.sync.personio import CLIENT_ID, CLIENT_SECRET, HORECA, connect_linde, point_at, work

pytestmark = pytest.mark.django_db(transaction=True)

RIGHTS = {
    "Employees: read": "employees:read",
    "Persons: read (personio:persons:read)": "personio:persons:read",
    "Legal entities: read": "personio:legal-entities:read",
}


@pytest.fixture
def company(simulator: Simulator, settings: LazySettings) -> Company:
    point_at(simulator, settings)
    return CompanyFactory()


def said(html: str) -> str:
    """A piece of a page as somebody reads it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def listed(page: str, between: tuple[str, str]) -> list[str]:
    begin = page.index(between[0])
    return [said(item) for item in re.findall(r"<li>(.*?)</li>", page[begin : page.index(between[1], begin)], re.S)]


def found_as(line: str) -> Iterator[str]:
    """The attributes of Personio that somebody ticks for a line of the list: by the name in brackets, else by its own.

    What the customer named in another language is recognised, as far as the default mapping does that too.
    """
    name, _, called = line.removesuffix(")").partition(" (")
    rules = definitions.default_document()["rules"]
    source = next((rule["source"] for rule in rules if wording.field(rule["target"]) == name), [])
    wishes = source if isinstance(source, list) else [source]
    labels = [label for wish in wishes if isinstance(wish, dict) for label in wish.get("labels", ())]
    known = {label_key(text) for text in (called or name, *labels)}
    return (key for key, one in ALL.items() if label_key(one.label) in known)


def test_who_follows_the_list_of_the_page_exactly_has_a_working_sync(
    client: Client, company: Company, simulator: Simulator
) -> None:
    anna = member(EntityFactory(company=company, name="Old B.V."))
    client.force_login(anna)
    address = reverse("personio", args=[company.pk])
    page = client.get(address).content.decode()
    rights = listed(page, ("Give it these access rights", "Choose what it may read"))
    granted = {RIGHTS[one] for one in rights if one in RIGHTS}
    assert [one for one in rights if one not in RIGHTS] == [rights[-1]]
    assert rights[-1].startswith("Webhooks: read and write. Only when"), "the only one that can wait"
    lines = listed(page, ('<ul class="twocol">', "Copy the client ID"))
    allowed = {"id", *(key for line in lines for key in found_as(line))}
    assert len(allowed) > 25
    simulator.options.change(
        {
            "personio_missing_scopes": sorted(set(SCOPES) - granted),
            "personio_unreadable": sorted(set(ALL) - allowed),
        }
    )

    client.post(address, {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})
    assert PersonioAccount.objects.get(company=company).is_working
    entity = personio_entities.take(company, anna, HORECA)
    definitions.publish_default(company, None)
    LegalEntity.objects.filter(pk=entity.pk).update(enabled_at=timezone.now())
    entity.refresh_from_db()
    connection = connect_linde(entity)
    work(connection)
    run = work(connection, is_dry=False)
    assert (run.state, counts(run)) == (Run.State.PARTIAL, WHOLE), run.shown_message
    assert not Issue.objects.filter(resolved_at__isnull=True, kind__startswith="attribute").exists()
