"""Sections, attributes and mappings that read them, for tests; everything invented."""

from typing import Any

from django.utils import timezone

from mapping.models import FieldRule, HRAttribute, MappingSet, Section
from mapping.portal import attributes, sections
from onboarding.models import Company, LegalEntity, LoketLogin, Membership, Role, User, ValueList
from tests.factories import LoginFactory, UserFactory

GENDER = "employee.personalDetails.gender"


def with_role(entity: LegalEntity, name: str, **fields: Any) -> tuple[Role, User]:
    """A role of the company that administers nothing, and somebody who has it."""
    role = Role.objects.create(company=entity.company, name=name)
    user = UserFactory(**fields)
    Membership.objects.create(company=entity.company, user=user, role=role)
    return role, user


def support(*, may_change: bool = True) -> User:
    """Somebody of the support desk."""
    return UserFactory(is_staff=True, is_superuser=may_change)


def section(company: Company, name: str = "Payroll extras") -> Section:
    """Another section than the one called "Loket"."""
    return sections.make(company, None, name)


def attribute(section: Section, label: str = "Locker", kind: str = "text", **more: Any) -> HRAttribute:
    """An attribute of the portal."""
    return attributes.make(section, None, label, kind, more.pop("options", ()), **more)


def read_by(
    attribute: HRAttribute, state: str = MappingSet.State.PUBLISHED, target: str = GENDER, **rule: Any
) -> MappingSet:
    """A mapping set of the company in this state with one rule that reads the attribute."""
    rows = MappingSet.objects.filter(company=attribute.company, source=MappingSet.Source.ROSTER)
    made = MappingSet.objects.create(
        company=attribute.company, name="Roster", version=rows.count() + 1, state=MappingSet.State.DRAFT
    )
    FieldRule.objects.create(mapping_set=made, position=0, target=target, source=attribute.key, **rule)
    MappingSet.objects.filter(pk=made.pk).update(state=state)
    made.refresh_from_db()
    return made


def value_list(company: Company, name: str, *texts: str) -> LoketLogin:
    """One of Loket's lists, as a sign-in of the company has shown it."""
    login = LoginFactory(company=company)
    options = [{"key": number, "value": text, "iso_code": None} for number, text in enumerate(texts, start=1)]
    ValueList.objects.create(
        login=login, administration_id=login.employer_id, name=name, options=options, loaded_at=timezone.now()
    )
    return login
