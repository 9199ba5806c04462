"""What still uses an attribute: the warning before another one takes its place (rule 24)."""

import pytest
from django.utils import timezone

from mapping import definitions, rules, services
from mapping.bench import drafts
from mapping.bench.uses import Use, UseKind, uses_of
from mapping.models import HRAttribute, MappingSet
from mapping.wording import workbench
from onboarding.models import Company, LegalEntity, User
from tests.factories import EntityFactory, UserFactory
from tests.mapping.accounts import SIMULATED

CITY, BIRTHPLACE = "employee.address.city", "employee.personalDetails.placeOfBirth"
OUTSIDE = [UseKind.ALLOW_LIST, UseKind.REPORTS]


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    definitions.take(entity.company, SIMULATED)
    return entity.company


@pytest.fixture
def support(db: None) -> User:
    return UserFactory(is_staff=True)


def begun(company: Company, support: User, *found: rules.Rule, source: str = "personio") -> MappingSet:
    draft = drafts.begin(company, source, support, drafts.Start.EMPTY)
    for one in found:
        drafts.change(draft, support, one.target, one)
    return draft


def kinds(found: list[Use]) -> list[UseKind]:
    return [one.kind for one in found]


def test_other_fields_of_the_draft_use_it_and_the_one_in_hand_does_not(company: Company, support: User) -> None:
    begun(company, support, rules.Rule(CITY, "office"), rules.Rule(BIRTHPLACE, "office"))
    found = uses_of(company, "office", "personio", besides=CITY)
    assert kinds(found) == [UseKind.TARGET, *OUTSIDE]
    assert found[0].target == BIRTHPLACE


def test_a_rule_of_one_legal_entity_uses_it_too(company: Company, support: User) -> None:
    entity = EntityFactory(company=company, personio_id="170", name="Linde Horeca B.V.")
    draft = begun(company, support, rules.Rule(CITY, "team"))
    drafts.change(draft, support, CITY, rules.Rule(CITY, "office"), entity)
    (own, *_outside) = uses_of(company, "office", "personio", besides=CITY)
    assert (own.kind, own.entity, own.target) == (UseKind.ENTITY, "Linde Horeca B.V.", CITY)


def test_without_a_draft_the_version_in_force_is_asked(company: Company) -> None:
    services.publish(company, definitions.renewal(company).document, None, "personio")
    targets = [one.target for one in uses_of(company, "last_name", "personio") if one.kind is UseKind.TARGET]
    assert targets == ["employee.personalDetails.lastName"]


def test_a_draft_takes_the_place_of_the_version_in_force(company: Company, support: User) -> None:
    services.publish(company, definitions.renewal(company).document, None, "personio")
    begun(company, support, rules.Rule(CITY, "office"))
    assert kinds(uses_of(company, "last_name", "personio")) == OUTSIDE


def test_a_column_of_a_roster_called_the_same_is_another_attribute(company: Company, support: User) -> None:
    begun(company, support, rules.Rule(CITY, "last_name"), source="roster")
    assert kinds(uses_of(company, "last_name", "personio")) == OUTSIDE
    assert kinds(uses_of(company, "last_name", "roster")) == [UseKind.TARGET], "a roster has no reports in Personio"


def test_an_attribute_of_the_portal_may_be_read_by_both_mappings_and_by_nothing_outside(
    company: Company, support: User
) -> None:
    HRAttribute.objects.create(
        company=company,
        source="portal",
        key="portal.7",
        label="Plaats",
        type="text",
        first_seen_at=timezone.now(),
        seen_at=timezone.now(),
    )
    begun(company, support, rules.Rule(CITY, "portal.7"))
    begun(company, support, rules.Rule(CITY, "portal.7"), source="roster")
    assert kinds(uses_of(company, "portal.7", "personio", besides=CITY)) == [UseKind.OTHER_SET]


def test_a_copy_that_was_made_of_it_is_named(company: Company) -> None:
    original = HRAttribute.objects.get(company=company, key="gender")
    HRAttribute.objects.create(
        company=company,
        source="portal",
        key="portal.8",
        label="Geslacht (Loket)",
        type="list",
        first_seen_at=timezone.now(),
        seen_at=timezone.now(),
        duplicate_of=original,
    )
    (copy, *_outside) = uses_of(company, "gender", "personio")
    assert (copy.kind, copy.name) == (UseKind.DUPLICATE, "Geslacht (Loket)")


def test_what_only_the_customer_can_see_is_said_to_be_so(company: Company) -> None:
    assert [one.is_known for one in uses_of(company, "office", "personio")] == [False, False]


def test_another_company_is_not_asked(company: Company, support: User) -> None:
    other = EntityFactory().company
    definitions.take(other, SIMULATED)
    begun(other, support, rules.Rule(CITY, "office"))
    assert kinds(uses_of(company, "office", "personio")) == OUTSIDE


@pytest.mark.parametrize("kind", UseKind)
def test_every_use_is_said_in_words(kind: UseKind) -> None:
    said = workbench.use(Use(kind, CITY, "Linde Horeca B.V.", "Ours 3", "Geslacht (Loket)"))
    assert said
    assert "%(" not in said
