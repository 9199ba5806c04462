"""What support can, and can't, do in the admin (rules 1, 7, 28, 37)."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onboarding.models import AuditEvent, Connection, LegalEntity, Membership, Role, User
from onboarding.services import access
from tests.factories import CompanyFactory, ConnectionFactory, EntityFactory, UserFactory, member
from tests.onboarding import desk

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def support(client: Client, db: None) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True), backend=BACKEND)
    return client


def act(support: Client, model: str, action: str, pk: int) -> None:
    data = {"action": action, "_selected_action": [pk]}
    assert support.post(reverse(f"admin:onboarding_{model}_changelist"), data).status_code == 302


def test_enabling_is_audited_with_a_name(support: Client) -> None:
    entity = EntityFactory(enabled_at=None)
    desk.ready_to_enable(entity)
    act(support, "legalentity", "enable", entity.pk)
    entity.refresh_from_db()
    assert entity.enabled_by is not None
    assert AuditEvent.objects.get(action="enabled").actor == entity.enabled_by


def test_a_foreign_entity_is_not_enabled(support: Client) -> None:  # rule 1
    entity = EntityFactory(enabled_at=None, country="DE")
    act(support, "legalentity", "enable", entity.pk)
    entity.refresh_from_db()
    assert entity.enabled_at is None


def test_an_entity_never_moves_to_another_company_and_an_enabled_one_stays_dutch(support: Client) -> None:
    entity, other = EntityFactory(), CompanyFactory()
    page = reverse("admin:onboarding_legalentity_change", args=[entity.pk])
    data = {"name": "New name", "kvk_number": "", "company": other.pk, "country": "DE"}
    assert support.post(page, data).status_code == 302
    changed = LegalEntity.objects.get(pk=entity.pk)
    assert (changed.name, changed.company, changed.country) == ("New name", entity.company, "NL")


@pytest.mark.parametrize("model", ["connection", "loketlogin", "auditevent"])
def test_what_services_write_is_only_shown(support: Client, model: str) -> None:  # rule 37
    made = ConnectionFactory()
    AuditEvent.objects.create(company=made.entity.company, action="linked")
    pk = {"connection": made.pk, "loketlogin": made.login.pk, "auditevent": AuditEvent.objects.get().pk}[model]
    page = support.get(reverse(f"admin:onboarding_{model}_change", args=[pk]))
    assert page.status_code == 200
    assert b"access-1" not in page.content
    assert support.post(reverse(f"admin:onboarding_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403
    assert Connection.objects.count() == 1


def test_conversion_is_switched_by_support_and_audited(support: Client) -> None:  # rule 46
    made = ConnectionFactory()
    act(support, "connection", "convert", made.pk)
    act(support, "connection", "convert", made.pk)
    made.refresh_from_db()
    assert made.converts_new_people
    assert AuditEvent.objects.filter(action="conversion_set").count() == 1
    act(support, "connection", "leave_as_concept", made.pk)
    made.refresh_from_db()
    assert not made.converts_new_people


def test_a_role_offers_the_entities_of_its_own_company_only(support: Client) -> None:
    entity, stranger = EntityFactory(), EntityFactory()
    member(entity)
    role = Role.objects.get(company=entity.company)
    page = support.get(reverse("admin:onboarding_role_change", args=[role.pk])).content.decode()
    assert entity.name in page
    assert stranger.name not in page
    data = {"name": "Mixed", "payroll_entities": [stranger.pk]}
    support.post(reverse("admin:onboarding_role_change", args=[role.pk]), data)
    assert stranger not in role.payroll_entities.all()


@pytest.mark.django_db
def test_a_role_of_another_company_gives_nothing() -> None:
    entity, stranger = EntityFactory(), EntityFactory()
    member(stranger)
    role = Role.objects.get(company=stranger.company)
    role.payroll_entities.add(entity)
    mixed = Membership(company=entity.company, user=UserFactory(), role=role)
    with pytest.raises(ValidationError):
        mixed.full_clean()
    mixed.save()
    assert not access.may_connect(mixed.user, entity)
    assert not access.may_edit_payroll(mixed.user, entity)


def test_staff_without_permissions_see_nothing(client: Client, db: None) -> None:
    ConnectionFactory()
    client.force_login(UserFactory(is_staff=True), backend=BACKEND)
    for model in ("company", "legalentity", "connection", "loketlogin", "user", "role", "auditevent"):
        assert client.get(reverse(f"admin:onboarding_{model}_changelist")).status_code == 403


@pytest.mark.django_db
def test_an_address_is_one_person_however_it_is_written() -> None:
    User.objects.create_user("Anna@Company.example", "a-long-password")
    assert User.objects.get().email == "anna@company.example"
