"""The list of legal entities."""

import pytest
from django.test import Client

from onboarding.models import LegalEntity, LoketLogin
from tests.factories import ConnectionFactory, EntityFactory, UserFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def page(client: Client) -> str:
    return client.get("/").content.decode()


def test_an_enabled_entity_has_the_subtitle(signed_in: Client, entity: LegalEntity) -> None:
    assert "Loket.nl integration" in page(signed_in)


def test_an_entity_that_is_not_enabled_has_no_subtitle(signed_in: Client, entity: LegalEntity) -> None:
    LegalEntity.objects.update(enabled_at=None)
    assert "Loket.nl integration" not in page(signed_in)


def test_a_foreign_entity_says_that_it_is_not_possible(signed_in: Client, entity: LegalEntity) -> None:
    EntityFactory(company=entity.company, country="DE", enabled_at=None)
    assert "Only legal entities in the Netherlands can be connected." in page(signed_in)


def test_a_connection_that_loket_refuses_asks_to_sign_in_again(signed_in: Client, entity: LegalEntity) -> None:
    connection = ConnectionFactory(entity=entity)
    assert connection.administration_name in page(signed_in)
    LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)
    assert "Sign in again" in page(signed_in)


def test_entities_of_other_companies_are_not_listed(signed_in: Client, entity: LegalEntity) -> None:
    stranger = EntityFactory()
    assert stranger.name not in page(signed_in)


@pytest.mark.django_db
def test_support_without_a_company_is_sent_to_the_support_desk(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True), backend=BACKEND)
    assert 'href="/admin/"' in page(client)


@pytest.mark.django_db
def test_a_member_of_nothing_reads_whom_to_ask(client: Client) -> None:
    client.force_login(UserFactory(), backend=BACKEND)
    assert "No legal entities yet" in page(client)


def test_the_number_of_queries_does_not_grow_with_the_entities(
    signed_in: Client, entity: LegalEntity, django_assert_max_num_queries: object
) -> None:
    for _ in range(8):
        ConnectionFactory(entity=EntityFactory(company=entity.company))
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        page(signed_in)
