"""Companies, people and connections for tests; everything invented."""

import uuid
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from mapping import services as mappings
from onboarding.models import (
    Company,
    Connection,
    LegalEntity,
    LoginTokens,
    LoketLogin,
    Membership,
    PersonioAccount,
    Role,
    User,
)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@company.example")
    first_name = "Anna"
    last_name = factory.Sequence(lambda n: f"Tester{n}")


class CompanyFactory(factory.django.DjangoModelFactory[Company]):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Company {n}")


class EntityFactory(factory.django.DjangoModelFactory[LegalEntity]):
    class Meta:
        model = LegalEntity

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"Entity {n} B.V.")
    country = "NL"
    enabled_at = factory.LazyFunction(timezone.now)


class TokensFactory(factory.django.DjangoModelFactory[LoginTokens]):
    class Meta:
        model = LoginTokens

    access_token = "access-1"
    refresh_token = "refresh-1"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))


class LoginFactory(factory.django.DjangoModelFactory[LoketLogin]):
    class Meta:
        model = LoketLogin
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    environment = "simulator"
    employer_id = factory.LazyFunction(uuid.uuid4)
    employer_name = "Tulp Horeca B.V."
    loket_user = factory.Sequence(lambda n: f"integration{n}@company.example")
    purpose = LoketLogin.Purpose.CONNECTION
    signed_in_at = factory.LazyFunction(timezone.now)
    tokens = factory.RelatedFactory("tests.factories.TokensFactory", factory_related_name="login")


class ConnectionFactory(factory.django.DjangoModelFactory[Connection]):
    class Meta:
        model = Connection

    entity = factory.SubFactory(EntityFactory)
    login = factory.LazyAttribute(lambda o: LoginFactory(company=o.entity.company))
    environment = "simulator"
    administration_id = factory.LazyFunction(uuid.uuid4)
    administration_name = "Tulp Horeca B.V."
    administration_number = 1
    tax_id = factory.Sequence(lambda n: f"8{n:08d}L01")
    linked_at = factory.LazyFunction(timezone.now)


class PersonioAccountFactory(factory.django.DjangoModelFactory[PersonioAccount]):
    class Meta:
        model = PersonioAccount

    company = factory.SubFactory(CompanyFactory)
    client_id = "linde-demo-client"
    client_secret = "linde-demo-secret"
    connected_at = factory.LazyFunction(timezone.now)
    looked_at = factory.LazyFunction(timezone.now)


def login_of(entity: LegalEntity, **fields: Any) -> LoketLogin:
    """A sign-in of its company that the entity uses."""
    entity.loket_login = LoginFactory(company=entity.company, **fields)
    entity.save()
    return entity.loket_login


def member(entity: LegalEntity, preset: Role.Preset = Role.Preset.ADMINISTRATOR, **fields: Any) -> User:
    """A user whose role has payroll edit for the entity."""
    role, _made = Role.objects.get_or_create(
        company=entity.company,
        name=Role.preset_fields(preset)["name"],
        defaults={"is_administrator": preset == Role.Preset.ADMINISTRATOR},
    )
    role.payroll_entities.add(entity)
    user = UserFactory(**fields)
    Membership.objects.create(company=entity.company, user=user, role=role)
    return user


def previewed(entity: LegalEntity, **unmapped: int) -> LegalEntity:
    """Support has seen what the mapping in force makes of everybody, which rule 29 demands before the entity is enabled.

    `unmapped`: how many people have a list value that stands for nothing in Loket, by the target's last word.
    """
    current = mappings.published_for(entity)
    assert current is not None, "there is no mapping to look at"
    targets = {rule.target.rpartition(".")[2]: rule.target for rule in mappings.frozen_rules(current, entity).rules}
    counts = {targets[name]: count for name, count in unmapped.items()}
    mappings.note_preview(current, entity, None, people=8, passed=8, unmapped=counts, lists_known=True)
    entity.refresh_from_db()
    return entity
