"""Fixtures for every test."""

import pytest
from django.test import Client

from onboarding.models import LegalEntity, User
from tests.factories import EntityFactory, member


@pytest.fixture
def entity(db: None) -> LegalEntity:
    """A Dutch entity that support has enabled."""
    return EntityFactory()


@pytest.fixture
def administrator(entity: LegalEntity) -> User:
    return member(entity)


@pytest.fixture
def signed_in(client: Client, administrator: User) -> Client:
    client.force_login(administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
