"""Evidence: only ever added, read as the latest per fact, of the entity and of the sign-in it uses."""

import pytest
from django.utils import timezone

from onboarding.facts import Finding, Outcome, Owner
from onboarding.models import AuditEvent, Evidence, LegalEntity, LoketLogin, User
from onboarding.services import evidence
from onboarding.steps import StepKey
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory
from tests.onboarding.setups import found, guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def login(entity: LegalEntity) -> LoketLogin:
    """The sign-in that the entity's checks used."""
    made = LoginFactory(company=entity.company)
    LegalEntity.objects.filter(pk=entity.pk).update(loket_login=made)
    entity.refresh_from_db()
    return made


def facts(entity: LegalEntity) -> dict[str, Outcome]:
    return {key: fact.outcome for key, fact in evidence.facts_of([entity])[entity.pk].items()}


def test_a_finding_is_kept_with_everything_it_says(entity: LegalEntity, administrator: User) -> None:
    rows = ({"name": "Tulp Horeca"}, {"name": "Tulp Events"})
    finding = Finding(Outcome.FAILED, "own_tax_id_shared", {"names": "Tulp Events"}, rows, Owner.SUPPORT)
    evidence.record(finding, "own_tax_id", entity=entity, actor=administrator)
    fact = evidence.facts_of([entity])[entity.pk]["own_tax_id"]
    assert (fact.outcome, fact.code, fact.owner) == (Outcome.FAILED, "own_tax_id_shared", Owner.SUPPORT)
    assert (fact.params, fact.details, fact.by) == ({"names": "Tulp Events"}, rows, str(administrator))


def test_the_newest_row_of_a_fact_counts(entity: LegalEntity) -> None:
    for outcome in (Outcome.PROVED, Outcome.FAILED, Outcome.PROVED):
        found(outcome, "own_tax_id", entity=entity)
    assert facts(entity) == {"own_tax_id": Outcome.PROVED}
    assert Evidence.objects.count() == 3


def test_a_row_can_neither_be_changed_nor_deleted(entity: LegalEntity) -> None:
    row = found(Outcome.PROVED, "own_tax_id", entity=entity)
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_facts_of_the_sign_in_belong_to_every_entity_that_uses_it(entity: LegalEntity, login: LoketLogin) -> None:
    other = EntityFactory(company=entity.company, loket_login=login)
    stranger = EntityFactory(company=entity.company)
    found(Outcome.PROVED, "rights", login=login)
    assert facts(entity) == facts(other) == {"rights": Outcome.PROVED}
    assert facts(stranger) == {}


def test_the_sign_in_of_the_connection_comes_before_the_one_of_the_checks(
    entity: LegalEntity, login: LoketLogin
) -> None:
    found(Outcome.PROVED, "rights", login=login)
    ConnectionFactory(entity=entity)
    assert facts(entity) == {}


def test_facts_of_one_entity_are_not_those_of_another(entity: LegalEntity) -> None:
    other = EntityFactory(company=entity.company)
    found(Outcome.FAILED, "own_tax_id", entity=entity)
    assert facts(other) == {}


# --- Loket couldn't be asked --------------------------------------------------------------------------------------------------


def test_unreachable_keeps_what_was_known_and_says_since_when(entity: LegalEntity, login: LoketLogin) -> None:
    before = found(Outcome.PROVED, "rights", login=login)
    away = found(Outcome.UNREACHABLE, "rights", login=login)
    found(Outcome.UNREACHABLE, "rights", login=login)
    fact = evidence.facts_of([entity])[entity.pk]["rights"]
    assert (fact.outcome, fact.at, fact.since) == (Outcome.PROVED, before.at, away.at)


def test_unreachable_keeps_a_problem_too(entity: LegalEntity, login: LoketLogin) -> None:
    found(Outcome.FAILED, "rights", login=login)
    found(Outcome.UNREACHABLE, "rights", login=login)
    assert facts(entity) == {"rights": Outcome.FAILED}


def test_when_loket_answers_again_since_is_forgotten(entity: LegalEntity, login: LoketLogin) -> None:
    for outcome in (Outcome.PROVED, Outcome.UNREACHABLE, Outcome.PROVED):
        found(outcome, "rights", login=login)
    last = found(Outcome.UNREACHABLE, "rights", login=login)
    assert evidence.facts_of([entity])[entity.pk]["rights"].since == last.since == last.at


def test_unreachable_from_the_first_is_all_that_is_known(entity: LegalEntity, login: LoketLogin) -> None:
    found(Outcome.UNREACHABLE, "rights", login=login)
    fact = evidence.facts_of([entity])[entity.pk]["rights"]
    assert (fact.outcome, fact.since is not None) == (Outcome.UNREACHABLE, True)


def test_unreachable_brings_nothing_back_that_was_taken_back(entity: LegalEntity, login: LoketLogin) -> None:
    found(Outcome.WITHDRAWN, "rights", login=login)
    found(Outcome.UNREACHABLE, "rights", login=login)
    assert evidence.facts_of([entity])[entity.pk]["rights"].outcome is Outcome.UNREACHABLE


# --- People -----------------------------------------------------------------------------------------------------------------


def test_what_a_person_says_is_evidence_and_in_the_audit_trail(entity: LegalEntity, administrator: User) -> None:
    evidence.declare(entity, StepKey.PAYROLL_PERSON, actor=administrator)
    fact = evidence.facts_of([entity])[entity.pk][StepKey.PAYROLL_PERSON]
    assert (fact.outcome, fact.by) == (Outcome.DECLARED, str(administrator))
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.detail) == ("declared", administrator, StepKey.PAYROLL_PERSON)


def test_a_guest_says_it_under_his_own_name(entity: LegalEntity) -> None:
    evidence.declare(entity, StepKey.INTEGRATION_USER, guest=guest(entity))
    fact = evidence.facts_of([entity])[entity.pk][StepKey.INTEGRATION_USER]
    assert fact.by == "M. Jansen (Jansen Accountants)"
    assert AuditEvent.objects.get().guest is not None


def test_taking_it_back_counts_from_then_on(entity: LegalEntity, administrator: User) -> None:
    evidence.declare(entity, StepKey.PAYROLL_PERSON, actor=administrator)
    evidence.record(Finding(Outcome.WITHDRAWN, ""), StepKey.PAYROLL_PERSON, entity=entity)
    assert facts(entity) == {StepKey.PAYROLL_PERSON: Outcome.WITHDRAWN}


# --- History ----------------------------------------------------------------------------------------------------------------


def told(entity: LegalEntity, *keys: str, limit: int = 20) -> list[tuple[str, str]]:
    return [(row.fact, row.outcome) for row in evidence.history(entity, keys, limit)]


def test_the_history_has_the_newest_first_and_only_the_asked_facts(entity: LegalEntity, login: LoketLogin) -> None:
    found(Outcome.PROVED, "rights", login=login)
    found(Outcome.PROVED, "modules", login=login)
    evidence.declare(entity, StepKey.INTEGRATION_USER)
    assert told(entity, "rights", StepKey.INTEGRATION_USER) == [
        (StepKey.INTEGRATION_USER, Outcome.DECLARED),
        ("rights", Outcome.PROVED),
    ]


def test_a_check_that_finds_the_same_every_night_is_told_once(entity: LegalEntity, login: LoketLogin) -> None:
    outcomes = [Outcome.PROVED] * 3 + [Outcome.FAILED] * 2 + [Outcome.PROVED] * 2
    for outcome in outcomes:
        found(outcome, "rights", login=login)
    assert [outcome for _key, outcome in told(entity, "rights")] == [Outcome.PROVED, Outcome.FAILED, Outcome.PROVED]


def test_the_same_problem_with_another_name_in_it_is_news(entity: LegalEntity, login: LoketLogin) -> None:
    for names in ("Beheer HRM", "Beheer beloningen"):
        found(Outcome.FAILED, "rights", login=login, params={"names": names})
    assert len(told(entity, "rights")) == 2


def test_what_people_say_is_told_each_time(entity: LegalEntity, administrator: User) -> None:
    for _ in range(2):
        evidence.declare(entity, StepKey.SCOPE, actor=administrator)
    assert len(told(entity, StepKey.SCOPE)) == 2
    assert len(told(entity, StepKey.SCOPE, limit=1)) == 1


# --- Many entities ------------------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow_with_the_entities(
    entity: LegalEntity, django_assert_num_queries: object
) -> None:
    for number in range(20):
        made = LoginFactory(company=entity.company)
        one = EntityFactory(company=entity.company, loket_login=made)
        found(Outcome.PROVED, "rights", login=made)
        found(Outcome.FAILED, "own_tax_id", entity=one)
        if number % 2:
            ConnectionFactory(entity=one, login=made)
    entities = list(LegalEntity.objects.all())
    with django_assert_num_queries(2):  # type: ignore[operator]
        known = evidence.facts_of(entities)
    assert sum(len(facts) for facts in known.values()) == 40


def test_a_time_stamp_is_the_moment_it_was_recorded(entity: LegalEntity) -> None:
    before = timezone.now()
    row = found(Outcome.PROVED, "own_tax_id", entity=entity)
    assert before <= row.at <= timezone.now()
