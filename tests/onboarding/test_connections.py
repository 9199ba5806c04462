"""Choosing the administration (rules 1 to 5, 11, 36, 37), with two that try at once on a real database."""

import threading
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connections, transaction

from loket_portal.loket.payloads import Employer, PayrollAdministration
from onboarding.models import AuditEvent, Connection, LegalEntity, LoketLogin, Role, User
from onboarding.services import connections as service
from onboarding.services.connections import LinkRefused, Refusal
from tests.factories import CompanyFactory, ConnectionFactory, EntityFactory, LoginFactory, member

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


@pytest.fixture
def login(entity: LegalEntity) -> LoketLogin:
    return LoginFactory(company=entity.company)


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
    login = LoginFactory(company=first.company)
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
