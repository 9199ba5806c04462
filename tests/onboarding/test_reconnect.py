"""Signing in again (rule 38): the link stays; the same employer and administrations must show, else the old tokens do."""

import pytest

from loket_portal.simulator import Simulator
from onboarding.models import Connection, LegalEntity, LoginTokens, LoketLogin, Role, User
from onboarding.services import checking, tokens
from onboarding.services.attempts import SignInRefused
from onboarding.services.signin import Purpose, Refusal
from tests.factories import CompanyFactory, ConnectionFactory, EntityFactory, LoginFactory, member
from tests.onboarding.trips import OTHER, SECOND, linked, trip

AGAIN = {"purpose": Purpose.RECONNECT}


@pytest.fixture(autouse=True)
def no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checks find after a sign-in has tests of its own."""
    monkeypatch.setattr(checking, "after_sign_in", lambda *_args, **_who: None)


@pytest.fixture
def connection(entity: LegalEntity, administrator: User, simulator: Simulator) -> Connection:
    """The entity, connected as the first user with an administration that it sees."""
    return linked(entity, trip(entity, administrator).login)


def refused(entity: LegalEntity, user: User, as_user: str = SECOND) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        trip(entity, user, as_user=as_user, **AGAIN)
    return caught.value


def beside(connection: Connection, number: int, *, may_connect: User | None = None) -> Connection:
    """Another entity of the company on the same sign-in; `may_connect` is an administrator of it."""
    assert connection.entity
    entity = EntityFactory(company=connection.entity.company)
    if may_connect:
        membership = may_connect.memberships.get()
        membership.role.payroll_entities.add(entity)
    return linked(entity, connection.login, number)


def test_the_same_user_renews_the_row_and_all_its_connections(connection: Connection, administrator: User) -> None:
    other = beside(connection, 1)
    LoketLogin.objects.update(state=LoketLogin.State.SIGN_IN_NEEDED)
    assert connection.entity
    renewed = trip(connection.entity, administrator, **AGAIN).login
    assert (renewed.pk, renewed.state, renewed.tokens.version) == (connection.login_id, LoketLogin.State.ACTIVE, 2)
    assert set(renewed.connections.all()) == {connection, other}


def test_the_link_is_as_it_was(connection: Connection, administrator: User) -> None:
    def as_stored() -> dict[str, object]:
        return dict(Connection.objects.values().get())

    before = as_stored()
    assert connection.entity
    renewed = trip(connection.entity, administrator, as_user=SECOND, **AGAIN).login
    assert as_stored() == before | {"login_id": renewed.pk}
    assert renewed.pk != connection.login_id


def test_another_employer_is_refused_and_the_old_tokens_stay(connection: Connection, administrator: User) -> None:
    before = LoginTokens.objects.values().get()
    assert connection.entity
    found = refused(connection.entity, administrator, OTHER)
    assert (found.refusal, found.names) == (Refusal.OTHER_EMPLOYER, ("Tulp Horeca B.V.",))
    assert LoginTokens.objects.values().get() == before
    connection.refresh_from_db()
    assert connection.login.loket_user != OTHER


@pytest.mark.parametrize("as_user", ["integratie@tulphoreca.example", SECOND])
def test_who_does_not_see_the_linked_administration_is_refused_and_the_old_tokens_stay(
    connection: Connection, administrator: User, simulator: Simulator, as_user: str
) -> None:
    before = LoginTokens.objects.values().get()
    simulator.options.change({"hidden_administrations": [connection.administration_name]})
    assert connection.entity
    found = refused(connection.entity, administrator, as_user)
    assert (found.refusal, found.names) == (Refusal.ADMINISTRATION_GONE, (connection.administration_name,))
    assert LoginTokens.objects.values().get() == before
    assert LoketLogin.objects.count() == 1


def test_two_employers_at_once_are_refused_and_the_old_tokens_stay(
    connection: Connection, administrator: User, simulator: Simulator
) -> None:
    before = LoginTokens.objects.values().get()
    simulator.options.change({"two_employers": True})
    assert connection.entity
    assert refused(connection.entity, administrator, connection.login.loket_user).refusal == Refusal.SEVERAL_EMPLOYERS
    assert LoginTokens.objects.values().get() == before


def test_renewing_must_see_the_administrations_of_the_other_entities_too(
    connection: Connection, administrator: User, simulator: Simulator
) -> None:
    other = beside(connection, 1)
    simulator.options.change({"hidden_administrations": [other.administration_name]})
    assert connection.entity
    found = refused(connection.entity, administrator, connection.login.loket_user)
    assert (found.refusal, found.names) == (Refusal.ADMINISTRATION_GONE, (other.administration_name,))


def test_another_user_takes_over_what_this_administrator_may_connect(
    connection: Connection, administrator: User
) -> None:
    mine, others = beside(connection, 1, may_connect=administrator), beside(connection, 2)
    assert connection.entity
    renewed = trip(connection.entity, administrator, as_user=SECOND, **AGAIN).login
    for one in (connection, mine, others):
        one.refresh_from_db()
    assert (connection.login, mine.login) == (renewed, renewed)
    assert others.login != renewed, "somebody else decides about that entity"
    assert mine.entity
    mine.entity.refresh_from_db()
    assert mine.entity.loket_login == renewed, "also after a release nothing leads back to the former user"


def test_a_connection_on_another_sign_in_of_the_employer_stays_there(
    connection: Connection, administrator: User
) -> None:
    assert connection.entity
    third = LoginFactory(company=connection.entity.company, employer_id=connection.login.employer_id)
    entity = EntityFactory(company=connection.entity.company)
    administrator.memberships.get().role.payroll_entities.add(entity)
    elsewhere = ConnectionFactory(entity=entity, login=third)
    trip(connection.entity, administrator, as_user=SECOND, **AGAIN)
    elsewhere.refresh_from_db()
    assert elsewhere.login == third


def test_connecting_a_new_entity_with_another_user_takes_nothing_over(
    connection: Connection, administrator: User
) -> None:
    assert connection.entity
    entity = EntityFactory(company=connection.entity.company)
    administrator.memberships.get().role.payroll_entities.add(entity)
    trip(entity, administrator, as_user=SECOND)
    former = connection.login_id
    connection.refresh_from_db()
    assert connection.login_id == former


def test_a_user_that_another_company_signed_in_at_the_same_moment_stays_theirs(
    entity: LegalEntity, administrator: User, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find no row; whoever comes second finds one when it is stored, and must not take it."""
    theirs = CompanyFactory()
    real = LoketLogin.objects.get_or_create

    def late(**key: object) -> tuple[LoketLogin, bool]:
        LoginFactory(company=theirs, loket_user=key["loket_user"], employer_id=key["defaults"]["employer_id"])  # type: ignore[index]
        return real(**key)  # type: ignore[arg-type]

    monkeypatch.setattr(LoketLogin.objects, "get_or_create", late)
    with pytest.raises(SignInRefused) as caught:
        trip(entity, administrator)
    assert caught.value.refusal == Refusal.USER_OF_OTHER_EMPLOYER


def test_a_payroll_manager_can_not_reconnect(connection: Connection) -> None:  # rule 9
    assert connection.entity
    manager = member(connection.entity, Role.Preset.PAYROLL_MANAGER)
    with pytest.raises(SignInRefused) as caught:
        trip(connection.entity, manager, **AGAIN)
    assert caught.value.refusal == Refusal.NOT_ALLOWED


def test_a_sign_in_that_was_refused_works_again_after_the_new_one(connection: Connection, administrator: User) -> None:
    tokens.LoginTokenStore(connection.login_id).sign_in_needed(1, "invalid_grant")
    assert connection.entity
    trip(connection.entity, administrator, **AGAIN)
    assert tokens.source(connection.login).access_token()
