"""Choosing the administration (rules 1 to 5, 11, 36, 37), with two that try at once on a real database."""

import threading
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from django.utils import timezone

from loket_portal.loket.payloads import Employer, PayrollAdministration
from onboarding.facts import Outcome
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, Role, User
from onboarding.services import checking
from onboarding.services import connections as service
from onboarding.services.connections import LinkRefused, Refusal
from tests.factories import CompanyFactory, ConnectionFactory, EntityFactory, LoginFactory, login_of, member
from tests.onboarding.setups import found

TODAY = date(2026, 11, 23)


def administration(
    name: str = "Tulp", tax_id: str | None = "812345678L01", end_on: date | None = None
) -> PayrollAdministration:
    return PayrollAdministration(
        id=str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
        name=name,
        description=name,
        client_number=1,
        tax_id=tax_id,
        period_type="Maand",
        start_on=date(2020, 1, 1),
        end_on=end_on,
        raw={},
    )


class FakeLoket:
    def __init__(self, login: LoketLogin, administrations: list[PayrollAdministration]) -> None:
        self.employers = [Employer(str(login.employer_id), login.employer_name, {})]
        self.administrations = administrations

    def list_employers(self) -> list[Employer]:
        return self.employers

    def list_administrations(self, employer_id: str) -> list[PayrollAdministration]:
        return list(self.administrations)


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The checks that were run: their keys, empty for all of them."""
    asked: list[list[str]] = []
    monkeypatch.setattr(checking, "check", lambda _entity, keys=(), **_who: asked.append(list(keys)))
    return asked


@pytest.fixture
def login(entity: LegalEntity) -> LoketLogin:
    return login_of(entity, checked_at=timezone.now())


@pytest.fixture
def loket(login: LoketLogin, monkeypatch: pytest.MonkeyPatch) -> FakeLoket:
    fake = FakeLoket(login, [administration()])
    monkeypatch.setattr(service, "client_for", lambda _login: fake)
    return fake


# --- Which administrations may be chosen ------------------------------------------------------------------------------


def refusals(*administrations: PayrollAdministration, taken: tuple[Connection, ...] = ()) -> list[Refusal | None]:
    return [choice.refusal for choice in service.judge(administrations, taken, TODAY)]


def test_both_administrations_that_share_a_tax_id_are_refused_and_name_each_other() -> None:  # rule 4
    choices = service.judge([administration("A"), administration("B"), administration("C", "1L01")], [], TODAY)
    assert [c.refusal for c in choices] == [Refusal.SHARED_TAX_ID, Refusal.SHARED_TAX_ID, None]
    assert choices[0].sharers == ("B",)


def test_one_without_tax_id_can_not_prove_that_it_is_unique() -> None:  # rule 4
    assert refusals(administration("A", None)) == [Refusal.NO_TAX_ID]


def test_an_ended_one_still_counts_as_a_sharer_of_the_tax_id() -> None:  # rules 4 and 36
    ended = administration("Old", end_on=date(2026, 11, 22))
    assert refusals(administration("A"), ended) == [Refusal.SHARED_TAX_ID, Refusal.ENDED]


def test_one_that_ends_today_can_still_be_chosen() -> None:
    assert refusals(administration(end_on=TODAY)) == [None]


@pytest.mark.django_db
def test_a_tax_id_connected_under_another_employer_is_refused() -> None:  # rule 4
    other = ConnectionFactory(tax_id="812345678L01")
    assert refusals(administration(), taken=(other,)) == [Refusal.TAX_ID_CONNECTED]


def test_names_are_given_only_of_the_entities_of_ones_own_company() -> None:
    mine, theirs = CompanyFactory.build(pk=1), CompanyFactory.build(pk=2)
    taken = [
        ConnectionFactory.build(
            pk=company.pk,
            entity=EntityFactory.build(company=company, name=f"Of {company.pk}"),
            login=None,
            tax_id=tax_id,
        )
        for company, tax_id in ((mine, "1L01"), (theirs, "2L01"))
    ]
    choices = service.judge([administration("A", "1L01"), administration("B", "2L01")], taken, TODAY, company_id=1)
    assert [c.refusal for c in choices] == [Refusal.TAX_ID_CONNECTED] * 2
    assert [c.holders for c in choices] == [("Of 1",), ()]


@pytest.mark.django_db
def test_the_administration_and_the_tax_id_of_a_released_connection_are_free(  # rule 37
    entity: LegalEntity, administrator: User, loket: FakeLoket
) -> None:
    one = loket.administrations[0]
    former = ConnectionFactory(administration_id=one.id, tax_id=one.tax_id)
    assert refusal_of(entity, administrator) == Refusal.TAKEN
    Connection.objects.filter(pk=former.pk).update(entity=None, former_entity=former.entity, released_at=timezone.now())
    assert refusal_of(entity, administrator) is None
    assert link(entity, administrator, one).tax_id == one.tax_id


def refusal_of(entity: LegalEntity, user: User) -> Refusal | None:
    return service.choices(entity, user)[1][0].refusal


# --- Linking ----------------------------------------------------------------------------------------------------------


def link(entity: LegalEntity, user: User, one: PayrollAdministration, typed: str | None = None) -> Connection:
    return service.link(entity, one.id, typed if typed is not None else one.name, user)


def test_linking_stores_the_administration_and_an_audit_event(
    entity: LegalEntity, administrator: User, loket: FakeLoket
) -> None:
    made = link(entity, administrator, loket.administrations[0], "  tulp ")
    assert (made.tax_id, made.administration_name, made.linked_by) == ("812345678L01", "Tulp", administrator)
    assert AuditEvent.objects.filter(action="linked", entity=entity, actor=administrator).count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda e: LegalEntity.objects.filter(pk=e.pk).update(enabled_at=None), Refusal.NOT_ENABLED),  # rule 8
        (lambda e: LegalEntity.objects.filter(pk=e.pk).update(enabled_at=None, country="DE"), Refusal.NOT_DUTCH),  # 1
        (lambda e: Role.objects.update(is_administrator=False), Refusal.NOT_ALLOWED),  # rule 9
        (lambda e: [r.payroll_entities.clear() for r in Role.objects.all()], Refusal.NOT_ALLOWED),  # rule 7
        (lambda e: LoketLogin.objects.all().delete(), Refusal.SIGN_IN_FIRST),
        (lambda e: LoketLogin.objects.update(purpose="verification"), Refusal.SIGN_IN_FIRST),  # rule 8
        (lambda e: LoketLogin.objects.update(state="sign_in_needed"), Refusal.SIGN_IN_AGAIN),  # rule 34
        (lambda e: found(Outcome.FAILED, "rights", login=LoketLogin.objects.get()), Refusal.CHECKS_FAILED),  # rule 35
        (lambda e: found(Outcome.FAILED, "single_employer", entity=e), Refusal.CHECKS_FAILED),  # rule 11
    ],
)
def test_linking_is_refused(
    entity: LegalEntity,
    administrator: User,
    loket: FakeLoket,
    change: Callable[[LegalEntity], object],
    refusal: Refusal,
) -> None:
    change(entity)
    entity.refresh_from_db()
    with pytest.raises(LinkRefused) as caught:
        link(entity, administrator, loket.administrations[0])
    assert caught.value.refusal == refusal
    assert not Connection.objects.exists()
    with pytest.raises(LinkRefused) as caught:
        service.choices(entity, administrator)
    assert caught.value.refusal == refusal, "nor is the list shown"
    assert AuditEvent.objects.get(action="link_refused").detail == refusal


def test_what_blocks_is_named(entity: LegalEntity, administrator: User, login: LoketLogin) -> None:  # rule 35
    found(Outcome.PROVED, "token_works", login=login)
    found(Outcome.FAILED, "modules", login=login)
    found(Outcome.FAILED, "rights", login=login)
    found(Outcome.FAILED, "drift", entity=entity)  # of a connection at work: blocks nothing
    found(Outcome.UNREACHABLE, "filter_settings", login=login)  # never answered: it could be anything
    found(Outcome.UNREACHABLE, "token_works", login=login)  # away now, but it was proved before
    with pytest.raises(LinkRefused) as caught:
        service.choices(entity, administrator)
    assert [fact.key for fact in caught.value.facts] == ["rights", "modules", "filter_settings"]


def test_what_failed_and_is_good_again_blocks_no_more(
    entity: LegalEntity, administrator: User, login: LoketLogin, loket: FakeLoket
) -> None:
    found(Outcome.FAILED, "rights", login=login)
    found(Outcome.PROVED, "rights", login=login)
    assert len(service.choices(entity, administrator)[1]) == 1


@pytest.mark.parametrize(("age", "expected"), [(timedelta(hours=23), []), (timedelta(hours=25), [[]]), (None, [[]])])
def test_checks_older_than_a_day_run_again_before_the_list_is_shown(  # rule 35
    entity: LegalEntity,
    administrator: User,
    loket: FakeLoket,
    checked: list[list[str]],
    age: timedelta | None,
    expected: list[list[str]],
) -> None:
    LoketLogin.objects.update(checked_at=timezone.now() - age if age else None)
    service.choices(entity, administrator)
    assert checked == expected


def test_checking_again_is_for_who_may_choose(
    entity: LegalEntity, administrator: User, login: LoketLogin, checked: list[list[str]]
) -> None:
    service.check_again(entity, administrator)
    assert checked == [[]]
    with pytest.raises(LinkRefused):
        service.check_again(entity, member(entity, Role.Preset.PAYROLL_MANAGER))
    assert checked == [[]]


def test_once_linked_loket_is_asked_what_it_shows_of_it(
    entity: LegalEntity, administrator: User, loket: FakeLoket, checked: list[list[str]]
) -> None:
    link(entity, administrator, loket.administrations[0])
    health = ["bsn_access", "payroll_period", "drift", "api_lifetime"]
    assert checked == [["own_tax_id", "administrations", "linked_administration", *health]], "and nothing that writes"


@pytest.mark.parametrize("change", ["another sign-in", "another employer"])
def test_a_list_that_was_read_with_another_sign_in_links_nothing(
    entity: LegalEntity, administrator: User, loket: FakeLoket, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    real = service._insert

    def meanwhile(*args: Any) -> Connection:
        if change == "another sign-in":
            login_of(entity)
        else:
            LoketLogin.objects.update(employer_id=uuid.uuid4())
        return real(*args)

    monkeypatch.setattr(service, "_insert", meanwhile)
    with pytest.raises(LinkRefused) as caught:
        link(entity, administrator, loket.administrations[0])
    assert caught.value.refusal == Refusal.GONE
    assert not Connection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_it_is_linked_the_sign_in_moves_to_no_other_employer(  # rule 12
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entity = EntityFactory()
    administrator, login = member(entity), login_of(entity, checked_at=timezone.now())
    real, refused = service._create_or_explain, []

    def a_newer_sign_in_comes() -> None:
        with transaction.atomic(), pytest.raises(OperationalError) as caught:
            LoketLogin.objects.select_for_update(nowait=True).get(pk=login.pk)  # as newcomers.store does, which waits
        refused.append(caught.value)
        connections.close_all()

    def meanwhile(*args: Any) -> Connection:
        thread = threading.Thread(target=a_newer_sign_in_comes)
        thread.start()
        thread.join()
        return real(*args)

    monkeypatch.setattr(service, "client_for", lambda _login: FakeLoket(login, [administration()]))
    monkeypatch.setattr(service, "_create_or_explain", meanwhile)
    link(entity, administrator, administration())
    assert len(refused) == 1


def test_the_name_must_be_typed_since_it_can_not_be_undone(  # rule 37
    entity: LegalEntity, administrator: User, loket: FakeLoket
) -> None:
    with pytest.raises(LinkRefused) as caught:
        link(entity, administrator, loket.administrations[0], "Tulpen")
    assert caught.value.refusal == Refusal.NAME_DIFFERS


def test_administrations_are_read_again_at_link_time(  # rule 5
    entity: LegalEntity, administrator: User, loket: FakeLoket
) -> None:
    chosen = loket.administrations[0]
    service.choices(entity, administrator)
    loket.administrations.append(administration("Came later", chosen.tax_id))
    with pytest.raises(LinkRefused) as caught:
        link(entity, administrator, chosen)
    assert (caught.value.refusal, caught.value.sharers) == (Refusal.SHARED_TAX_ID, ("Came later",))


def test_a_second_employer_that_appears_stops_everything(  # rule 11
    entity: LegalEntity, administrator: User, loket: FakeLoket
) -> None:
    loket.employers.append(Employer(str(uuid.uuid4()), "Another", {}))
    with pytest.raises(LinkRefused) as caught:
        service.choices(entity, administrator)
    assert caught.value.refusal == Refusal.OTHER_EMPLOYER


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("contested", ["administration", "entity", "tax_id"])
def test_of_two_that_link_at_once_exactly_one_wins_and_the_other_gets_the_reason(  # rules 3 to 5
    contested: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = EntityFactory()
    second = first if contested == "entity" else EntityFactory(company=first.company)
    user, other = member(first), member(second)
    login = login_of(first, checked_at=timezone.now())
    type(second).objects.filter(pk=second.pk).update(loket_login=login)
    one, two = administration("One"), administration("Two", "812345678L02")
    if contested == "tax_id":
        two = administration("Two")
    lists = {"administration": ([one], [one]), "entity": ([one, two], [one, two]), "tax_id": ([one], [two])}[contested]
    wanted = (lists[0][0], lists[1][-1])
    barrier, outcomes = threading.Barrier(2), []
    thread_list = threading.local()
    real_insert = service._insert

    def insert_together(*args: object) -> Connection:
        barrier.wait()
        return real_insert(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "client_for", lambda _l: FakeLoket(login, thread_list.value))
    monkeypatch.setattr(service, "_insert", insert_together)

    def work(entity: LegalEntity, actor: User, number: int) -> None:
        thread_list.value = lists[number]
        try:
            outcomes.append(link(entity, actor, wanted[number]))
        except LinkRefused as error:
            outcomes.append(error.refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=args) for args in ((first, user, 0), (second, other, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Connection.objects.count() == 1
    reasons = {"administration": Refusal.TAKEN, "entity": Refusal.ALREADY_CONNECTED, "tax_id": Refusal.TAX_ID_CONNECTED}
    assert [o for o in outcomes if not isinstance(o, Connection)] == [reasons[contested]]


# --- What the database itself refuses ---------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("same", ["entity", "administration_id", "tax_id"])
def test_the_database_refuses_a_second_link(same: str) -> None:  # rules 3 and 4
    one = ConnectionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConnectionFactory(**{same: getattr(one, same)}, login=one.login)


@pytest.mark.any_database
@pytest.mark.django_db
def test_the_database_refuses_a_connection_without_tax_id() -> None:  # rule 4
    with pytest.raises(IntegrityError), transaction.atomic():
        ConnectionFactory(tax_id="")


@pytest.mark.any_database
@pytest.mark.django_db
def test_the_database_refuses_a_loket_user_for_two_employers() -> None:  # rule 12
    one = LoginFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginFactory(loket_user=one.loket_user)


@pytest.mark.any_database
@pytest.mark.django_db
def test_the_database_refuses_to_enable_a_foreign_entity() -> None:  # rule 1
    with pytest.raises(IntegrityError), transaction.atomic():
        EntityFactory(country="DE")


@pytest.mark.django_db
def test_two_entities_of_one_employer_share_a_sign_in() -> None:  # rule 12
    company = CompanyFactory()
    login = LoginFactory(company=company)
    for number in range(2):
        ConnectionFactory(entity=EntityFactory(company=company), login=login, tax_id=f"81234567{number}L01")
    assert login.connections.count() == 2
