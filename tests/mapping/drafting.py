"""A company whose mapping support works on, with what its Personio and the portal itself can tell."""

from typing import Any

import pytest
from django.utils import timezone

from mapping import definitions, services
from mapping.bench import drafts
from mapping.models import HRAttribute, MappingSet
from mapping.rules import Rule
from onboarding.models import Company, LegalEntity, PersonioAccount, User
from tests.factories import EntityFactory, PersonioAccountFactory, UserFactory
from tests.mapping.accounts import SIMULATED
from tests.snapshots import rows_once

PERSONIO, ROSTER = services.Source.PERSONIO, services.Source.ROSTER
LAST_NAME, FIRST_NAME = "employee.personalDetails.lastName", "employee.personalDetails.firstName"
GENDER, BSN = "employee.personalDetails.gender", "bsn"
OF_BSN, OF_GENDER = "dynamic_24407", "dynamic_24409"


def connected(name: str = "Linde Horeca B.V.") -> LegalEntity:
    """A legal entity that reads the simulated Personio, which was looked at."""
    entity = EntityFactory(name=name, personio_id="170", enabled_at=None)
    PersonioAccountFactory(company=entity.company)
    definitions.take(entity.company, SIMULATED)
    return entity


def mapped_account() -> Company:
    """A company whose default mapping is published for the whole simulated account."""
    company = EntityFactory().company
    PersonioAccount.objects.create(company=company, client_id="id", client_secret="secret", connected_at=timezone.now())
    definitions.take(company, SIMULATED)
    definitions.publish_default(company, None)
    return company


def portal(company: Company, number: int, label: str, **fields: Any) -> HRAttribute:
    """An attribute of the portal's own."""
    now = timezone.now()
    known: dict[str, Any] = {"type": "text", "first_seen_at": now, "seen_at": now}
    return HRAttribute.objects.create(
        company=company, source=HRAttribute.Source.PORTAL, key=f"portal.{number}", label=label, **known | fields
    )


def sources(mapping_set: MappingSet) -> dict[str, str | None]:
    """What each target of the company's rules is read from."""
    return {target: rule.source for (target, place), rule in drafts.rules_of(mapping_set).items() if place is None}


def rule(target: str, source: str | None = None, **more: Any) -> Rule:
    return Rule(target, source, **more)


@pytest.fixture
def reader(db: None) -> LegalEntity:
    """A legal entity that reads the simulated Personio."""
    made: LegalEntity = rows_once("reader", connected)
    return made


@pytest.fixture
def company(reader: LegalEntity) -> Company:
    """The company of the `reader`."""
    return reader.company


@pytest.fixture
def sam(db: None) -> User:
    """Somebody of support."""
    return UserFactory(is_staff=True, first_name="Sam", last_name="Support")
