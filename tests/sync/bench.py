"""Drafts of mappings for tests of the bench, and members of support."""

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from mapping import services
from mapping.models import MappingSet
from mapping.rules import Rule
from onboarding.models import Company, LegalEntity, User, ValueList
from sync.services import rosters
from tests.factories import ConnectionFactory, UserFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LAST_NAME, GENDER, BSN = "employee.personalDetails.lastName", "employee.personalDetails.gender", "bsn"
FIRST_NAME, STREET = "employee.personalDetails.firstName", "employee.address.street"
NUMBER, INCOME = "employee.employeeNumber", "employment.incomeRelationshipNumber"
STATUS, CONSIDER = "scope.status", "scope.considerInNlPayroll"
GENDERS = [{"key": 1, "value": "Man", "iso_code": None}, {"key": 2, "value": "Vrouw", "iso_code": None}]


def draft(company: Company, source: str, *rules: Rule, entity: LegalEntity | None = None) -> MappingSet:
    """A draft with these rules; with `entity` they are that legal entity's own. Called again it adds to the draft."""
    newest = MappingSet.objects.filter(company=company, source=source).order_by("-version").first()
    if newest is None or newest.state != MappingSet.State.DRAFT:
        version = newest.version + 1 if newest else 1
        newest = MappingSet.objects.create(company=company, source=source, name="Draft", version=version)
    for rule in rules:
        services.store_rule(newest, newest.rules.count(), rule, entity)
    return newest


def copy_of(published: MappingSet, *changed: Rule, without: tuple[str, ...] = ()) -> MappingSet:
    """A draft of the published set's company rules, with some changed and some left out."""
    others = {rule.target for rule in changed} | set(without)
    kept = [rule for rule in services.frozen_rules(published).rules if rule.target not in others]
    return draft(published.company, published.source, *kept, *changed)


def supporter(*permissions: str) -> User:
    """A member of staff with these permissions of mapping."""
    user = UserFactory(is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="mapping", codename__in=permissions))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def with_people(entity: LegalEntity, user: User, text: str) -> LegalEntity:
    """The entity connected, with Loket's list of genders and the people of this file."""
    ConnectionFactory(entity=entity)
    list_of(entity)
    rosters.upload(entity, user, "roster.csv", text.encode())
    return entity


def list_of(entity: LegalEntity, name: str = "gender", options: list[dict[str, object]] | None = None) -> None:
    """Loket's list as the administration of the connected entity has it."""
    connection = entity.connection
    ValueList.objects.update_or_create(
        login=connection.login,
        administration_id=connection.administration_id,
        name=name,
        defaults={"options": options if options is not None else GENDERS, "loaded_at": timezone.now()},
    )
