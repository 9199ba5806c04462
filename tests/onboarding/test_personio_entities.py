"""Legal entities of Personio: which are offered, taking one, giving it back; a foreign one is never taken (rule 1)."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from loket_portal.personio.client import PersonioEntity
from onboarding.models import AuditEvent, Company, Issue, LegalEntity, PersonioAccount, Role, User
from onboarding.services import issues, personio_entities
from onboarding.services.issues import Found
from onboarding.services.personio_accounts import PersonioRefused, Refusal
from onboarding.services.personio_entities import State
from sync.models import Roster, RosterPerson
from tests.factories import EntityFactory, PersonioAccountFactory, member
from tests.onboarding.personio_double import GASTRO, HORECA

pytestmark = pytest.mark.django_db
CATERING = PersonioEntity("171", "Linde Catering B.V.", "NL")


@pytest.fixture
def company(entity: LegalEntity) -> Company:
    return entity.company


@pytest.fixture
def account(company: Company) -> PersonioAccount:
    made = PersonioAccountFactory(company=company)
    personio_entities.note_listed(made, [HORECA, CATERING, GASTRO])
    return made


def offered(company: Company) -> dict[str, State]:
    return {offer.id: offer.state for offer in personio_entities.offers(company)}


def refusal(company: Company, user: User, personio_id: str) -> Refusal:
    with pytest.raises(PersonioRefused) as refused:
        personio_entities.take(company, user, personio_id)
    return refused.value.refusal


def kinds(company: Company) -> list[str]:
    return [issue.kind for issue in issues.blocking(company)]


# --- Offers -------------------------------------------------------------------------------------------------------------


def test_offers_tell_what_is_possible(company: Company, account: PersonioAccount) -> None:
    EntityFactory(company=company, name="Linde Catering B.V.")
    assert offered(company) == {"170": State.FREE, "171": State.SAME_NAME, "172": State.NOT_DUTCH}
    assert [offer.name for offer in personio_entities.offers(company)] == sorted(
        [HORECA.name, CATERING.name, GASTRO.name]
    )


def test_nothing_is_offered_without_an_account(company: Company) -> None:
    assert personio_entities.offers(company) == []


@pytest.mark.parametrize("name", ["Linde Horeca BV", "linde  horeca b.v."])
def test_a_name_is_the_same_whatever_its_full_stops_and_capitals(
    name: str, company: Company, account: PersonioAccount
) -> None:
    EntityFactory(company=company, name=name)
    assert offered(company)["170"] is State.SAME_NAME


def test_an_entity_of_another_company_is_never_a_namesake(company: Company, account: PersonioAccount) -> None:
    EntityFactory(name=HORECA.name)
    assert offered(company)["170"] is State.FREE


# --- Taking -------------------------------------------------------------------------------------------------------------


def test_a_new_one_is_dutch_bound_and_not_enabled(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    taken = personio_entities.take(company, administrator, "170")
    assert (taken.company, taken.name, taken.country, taken.personio_id) == (company, HORECA.name, "NL", "170")
    assert not taken.is_enabled
    assert offered(company)["170"] is State.BOUND
    event = AuditEvent.objects.get(action=AuditEvent.Action.PERSONIO_ENTITY)
    assert (event.entity, event.actor, event.detail) == (taken, administrator, "bound")


def test_the_one_of_the_same_name_is_bound_and_keeps_its_uploaded_roster(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    ours = EntityFactory(company=company, name="Linde Horeca BV")
    roster = Roster.objects.create(
        entity=ours, file_name="a.csv", uploaded_at=timezone.now(), person_count=1, fault_count=0, digest=""
    )
    RosterPerson.objects.create(roster=roster, row=2, values={"last_name": "Bakker"}, problems=[])
    taken = personio_entities.take(company, administrator, "170")
    assert taken.pk == ours.pk
    assert taken.name == "Linde Horeca BV"
    assert taken.is_enabled, "what support has enabled stays enabled"
    assert Roster.objects.get(entity=taken).people.count() == 1


def test_taking_twice_changes_nothing(company: Company, account: PersonioAccount, administrator: User) -> None:
    first = personio_entities.take(company, administrator, "170")
    assert personio_entities.take(company, administrator, "170") == first
    assert AuditEvent.objects.filter(action=AuditEvent.Action.PERSONIO_ENTITY).count() == 1


def test_a_foreign_one_is_never_created(company: Company, account: PersonioAccount, administrator: User) -> None:
    assert refusal(company, administrator, "172") is Refusal.NOT_DUTCH
    assert not LegalEntity.objects.filter(name=GASTRO.name).exists()


def test_one_whose_country_personio_does_not_tell_is_not_taken_for_dutch(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    personio_entities.note_listed(account, [PersonioEntity("170", HORECA.name, "")])
    assert refusal(company, administrator, "170") is Refusal.NOT_DUTCH


def test_ours_of_the_same_name_is_not_bound_while_it_is_foreign(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    EntityFactory(company=company, name=HORECA.name, country="BE", enabled_at=None)
    assert refusal(company, administrator, "170") is Refusal.NOT_DUTCH


def test_the_database_itself_binds_no_foreign_entity_and_no_entity_of_personio_twice(company: Company) -> None:
    EntityFactory(company=company, personio_id="170")
    EntityFactory(personio_id="170")  # another company's Personio has numbers of its own
    for fields in ({"personio_id": "170"}, {"personio_id": "9", "country": "DE", "enabled_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            EntityFactory(company=company, **fields)


def test_two_of_one_name_in_personio_do_not_share_ours(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    personio_entities.note_listed(account, [HORECA, PersonioEntity("180", HORECA.name, "NL")])
    personio_entities.take(company, administrator, "170")
    assert refusal(company, administrator, "180") is Refusal.ENTITY_BOUND


def test_one_that_personio_does_not_list_is_not_taken(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    assert refusal(company, administrator, "999") is Refusal.ENTITY_GONE


def test_one_of_another_company_that_has_the_same_number_stays_as_it_is(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    theirs = EntityFactory(name=HORECA.name, personio_id="170")
    taken = personio_entities.take(company, administrator, "170")
    assert taken.company == company
    theirs.refresh_from_db()
    assert theirs.personio_id == "170"
    personio_entities.unbind(taken, administrator)
    theirs.refresh_from_db()
    assert theirs.personio_id == "170"


def test_names_that_only_differ_where_there_is_no_room_are_two_entities(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    long = "Stichting " + "x" * 120
    personio_entities.note_listed(
        account, [PersonioEntity("1", f"{long}a", "NL"), PersonioEntity("2", f"{long}b", "NL")]
    )
    first, second = (personio_entities.take(company, administrator, id_) for id_ in "12")
    assert first.name != second.name
    assert second.name.endswith("(Personio 2)")
    assert max(len(first.name), len(second.name)) <= 100


def test_entities_without_a_name_are_told_apart_by_their_number(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    personio_entities.note_listed(account, [PersonioEntity("1", "", "NL"), PersonioEntity("2", " \u202e\n", "NL")])
    taken = [personio_entities.take(company, administrator, id_).name for id_ in "12"]
    assert taken == ["Personio 1", "Personio 2"]


def test_a_name_is_one_line_that_turns_nothing_around(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    personio_entities.note_listed(account, [PersonioEntity("1", "Linde\r\n\u202eB.V.\u200b", "NL")])
    assert personio_entities.take(company, administrator, "1").name == "Linde B.V."


def test_an_id_that_there_is_no_room_for_is_no_legal_entity(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    personio_entities.note_listed(account, [PersonioEntity("9" * 41, "Linde B.V.", "NL"), HORECA])
    assert offered(company) == {"170": State.FREE}
    assert refusal(company, administrator, "9" * 41) is Refusal.ENTITY_GONE


def test_only_an_administrator_of_the_company_takes_and_gives_back(
    company: Company, entity: LegalEntity, account: PersonioAccount, administrator: User
) -> None:
    taken = personio_entities.take(company, administrator, "170")
    for user in (member(entity, Role.Preset.PAYROLL_MANAGER), member(EntityFactory())):
        assert refusal(company, user, "171") is Refusal.NOT_ALLOWED
        with pytest.raises(PersonioRefused):
            personio_entities.unbind(taken, user)
    taken.refresh_from_db()
    assert taken.reads_personio


def test_binding_and_giving_back_forget_what_was_known_of_the_other_mapping(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    EntityFactory(company=company, name=HORECA.name, mapping_lacks=[{"code": "no_mapping"}])
    taken = personio_entities.take(company, administrator, "170")
    assert {"code": "no_mapping"} not in LegalEntity.objects.get(pk=taken.pk).mapping_lacks


# --- Giving back --------------------------------------------------------------------------------------------------------


def test_giving_back_makes_it_an_uploaders_again_and_resolves_its_issues(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    taken = personio_entities.take(company, administrator, "170")
    personio_entities.note_listed(account, [CATERING])
    assert kinds(company) == [Issue.Kind.LEGAL_ENTITY_GONE]
    personio_entities.unbind(taken, administrator)
    assert not taken.reads_personio
    assert kinds(company) == []
    assert AuditEvent.objects.filter(action=AuditEvent.Action.PERSONIO_ENTITY).first().detail == "unbound"


def test_giving_back_twice_is_told_once(company: Company, account: PersonioAccount, administrator: User) -> None:
    taken = personio_entities.take(company, administrator, "170")
    personio_entities.unbind(taken, administrator)
    personio_entities.unbind(taken, administrator)
    assert AuditEvent.objects.filter(detail="unbound").count() == 1


def test_what_only_a_reading_finds_is_resolved_when_the_last_one_is_given_back(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    horeca = personio_entities.take(company, administrator, "170")
    catering = personio_entities.take(company, administrator, "171")
    strays = (Issue.Kind.NO_LEGAL_ENTITY, Issue.Kind.RECORD_WITHOUT_ID)
    issues.report(company, "personio", strays, [Found(kind, "", {"count": 2}) for kind in strays])
    personio_entities.unbind(horeca, administrator)
    assert {issue.kind for issue in issues.open_of(company)} == set(strays)
    personio_entities.unbind(catering, administrator)
    assert not issues.open_of(company).exists()


# --- What Personio lists later ------------------------------------------------------------------------------------------


def test_a_bound_one_that_moves_abroad_stops_and_stays_as_it_is_here(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    taken = personio_entities.take(company, administrator, "170")
    personio_entities.note_listed(account, [PersonioEntity("170", HORECA.name, "de")])
    (issue,) = issues.blocking(company, taken)
    assert (issue.kind, issue.params) == (Issue.Kind.LEGAL_ENTITY_MOVED, {"name": HORECA.name, "country": "DE"})
    taken.refresh_from_db()
    assert (taken.country, taken.personio_id) == ("NL", "170")
    assert offered(company)["170"] is State.NOT_DUTCH
    assert refusal(company, administrator, "170") is Refusal.NOT_DUTCH


def test_one_that_comes_home_goes_on(company: Company, account: PersonioAccount, administrator: User) -> None:
    personio_entities.take(company, administrator, "170")
    personio_entities.note_listed(account, [])
    assert offered(company) == {"170": State.GONE}
    personio_entities.note_listed(account, [HORECA])
    assert kinds(company) == []


def test_trouble_of_one_entity_does_not_stop_another(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    horeca = personio_entities.take(company, administrator, "170")
    catering = personio_entities.take(company, administrator, "171")
    personio_entities.note_listed(account, [HORECA])
    assert issues.blocking(company, horeca) == []
    assert len(issues.blocking(company, catering)) == 1


def test_a_name_that_no_database_keeps_is_stored_without_what_it_refuses(
    company: Company, account: PersonioAccount, administrator: User
) -> None:
    personio_entities.note_listed(account, [PersonioEntity("170", "Linde\x00" + "x" * 200, "NL")])
    assert len(personio_entities.take(company, administrator, "170").name) == 100
