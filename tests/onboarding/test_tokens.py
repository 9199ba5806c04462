"""The one writer of tokens (D11, rule 33): on PostgreSQL, and with TEST_DATABASE=sqlite as the demo has it."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from loket_portal.loket.auth import Tokens, TokenSource
from loket_portal.loket.errors import SignInNeeded
from onboarding.models import Connection, LoginTokens, LoketLogin, Mail, Role
from onboarding.services import tokens
from onboarding.services.tokens import LoginTokenStore
from tests.factories import ConnectionFactory, EntityFactory, LoginFactory, login_of, member

THREADS = 16
REFUSED = SignInNeeded("Loket no longer accepts the sign-in.")


class CountingOAuth:
    """Refreshes like Loket: a refresh token works once."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._lock = threading.Lock()

    def refresh(self, tokens: Tokens) -> Tokens:
        with self._lock:
            self.calls.append(tokens.refresh_token)
            number = len(self.calls) + 1
        assert not connection.in_atomic_block, "HTTP inside a transaction"
        return Tokens(f"access-{number}", f"refresh-{number}", timezone.now() + timedelta(hours=1), tokens.version)


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_that_find_an_expired_token_cause_exactly_one_refresh() -> None:
    login = LoginFactory(tokens__expires_at=timezone.now() - timedelta(seconds=1))
    oauth, barrier, got, errors = CountingOAuth(), threading.Barrier(THREADS), [], []

    def work() -> None:
        try:
            barrier.wait()
            got.append(TokenSource(LoginTokenStore(login.pk), oauth).access_token())
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert oauth.calls == ["refresh-1"]
    assert got == ["access-2"] * THREADS
    row = LoginTokens.objects.get(login=login)
    assert (row.refresh_token, row.version, row.lease_holder) == ("refresh-2", 2, "")


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_a_lease_is_given_once_and_again_when_its_holder_died() -> None:
    login = LoginFactory()
    store = LoginTokenStore(login.pk)
    assert store.take_lease(1, "a", 30)
    assert not store.take_lease(1, "b", 30)
    LoginTokens.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert store.take_lease(1, "b", 30)
    assert not store.store(1, "a", Tokens("x", "y", timezone.now(), 1)), "a lost its lease"
    assert store.store(1, "b", Tokens("x", "y", timezone.now(), 1))


@pytest.mark.django_db
def test_tokens_are_ciphertext_in_the_database() -> None:
    login = LoginFactory(tokens__access_token="access-canary", tokens__refresh_token="refresh-canary")
    with connection.cursor() as cursor:
        cursor.execute("select access_token, refresh_token from onboarding_logintokens where login_id = %s", [login.pk])
        stored = "".join(cursor.fetchone())
    assert "canary" not in stored
    assert LoginTokenStore(login.pk).read().access_token == "access-canary"


@pytest.mark.django_db
def test_a_changed_byte_asks_to_sign_in_again_and_deletes_nothing() -> None:
    login = LoginFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "update onboarding_logintokens set access_token = 'x' || access_token where login_id = %s", [login.pk]
        )
    with pytest.raises(SignInNeeded):
        LoginTokenStore(login.pk).read()
    with connection.cursor() as cursor:
        cursor.execute("select length(refresh_token) > 20 from onboarding_logintokens")
        assert cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_refused_version_stays_stored_and_a_newer_one_is_left_alone() -> None:
    login = LoginFactory(tokens__version=4)
    store = LoginTokenStore(login.pk)
    store.sign_in_needed(3, "invalid_grant")
    assert store.read().version == 4
    store.sign_in_needed(4, "invalid_grant")
    with pytest.raises(SignInNeeded):
        store.read()
    assert LoginTokens.objects.get(login=login).refresh_token == "refresh-1"


# --- Whom a refused sign-in tells (rule 34) ---------------------------------------------------------------------------


def mailed() -> list[str]:
    return sorted(Mail.objects.filter(kind="sign_in_needed").values_list("to", flat=True))


@pytest.fixture
def connected(db: None) -> Connection:
    return ConnectionFactory()


@pytest.mark.django_db
def test_each_administrator_gets_one_mail_however_many_entities_use_the_sign_in(connected: Connection) -> None:
    one, other = member(connected.entity), member(connected.entity)
    member(connected.entity, Role.Preset.PAYROLL_MANAGER)
    for number in range(2):
        entity = EntityFactory(company=connected.entity.company)
        one.memberships.get().role.payroll_entities.add(entity)
        ConnectionFactory(entity=entity, login=connected.login, tax_id=f"70000{number}L01")
    tokens.refused(connected.login, REFUSED)
    assert mailed() == sorted([one.email, other.email])
    assert f"/entities/{connected.entity.pk}/connect/" in Mail.objects.first().text


@pytest.mark.django_db
def test_the_second_worker_that_is_refused_writes_nothing(connected: Connection) -> None:
    member(connected.entity)
    first, second = LoginTokenStore(connected.login_id), LoginTokenStore(connected.login_id)
    first.sign_in_needed(1, "invalid_grant")
    second.sign_in_needed(1, "invalid_grant")
    tokens.refused(connected.login, REFUSED)
    assert len(mailed()) == 1


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_that_are_refused_at_once_one_writes() -> None:
    connected = ConnectionFactory()
    member(connected.entity)
    barrier, errors = threading.Barrier(8), []

    def work() -> None:
        try:
            barrier.wait()
            LoginTokenStore(connected.login_id).sign_in_needed(1, "invalid_grant")
        except OperationalError as error:  # SQLite lets one write at a time, and tells the others
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailed()) == 1
    assert LoketLogin.objects.get().state == LoketLogin.State.SIGN_IN_NEEDED


@pytest.mark.django_db
def test_after_a_new_sign_in_the_next_refusal_writes_again(connected: Connection) -> None:
    member(connected.entity)
    tokens.refused(connected.login, REFUSED)
    LoketLogin.objects.update(state=LoketLogin.State.ACTIVE, signed_in_at=timezone.now())  # as signin does
    connected.login.refresh_from_db()
    tokens.refused(connected.login, REFUSED)
    assert len(mailed()) == 2


@pytest.mark.django_db
def test_a_worker_that_was_refused_before_the_renewal_leaves_the_new_one_alone(connected: Connection) -> None:
    member(connected.entity)
    stale = LoketLogin.objects.get(pk=connected.login_id)
    LoketLogin.objects.update(signed_in_at=timezone.now() + timedelta(seconds=5))
    tokens.refused(stale, REFUSED)
    assert mailed() == []
    assert LoketLogin.objects.get().state == LoketLogin.State.ACTIVE


@pytest.mark.django_db
def test_a_check_sign_in_leads_to_the_task_of_the_integration_user() -> None:
    entity = EntityFactory(enabled_at=None)
    member(entity)
    login = login_of(entity, purpose=LoketLogin.Purpose.VERIFICATION)
    tokens.refused(login, REFUSED)
    assert f"/entities/{entity.pk}/setup/integration-user/" in Mail.objects.get().text


@pytest.mark.django_db
def test_where_nobody_may_connect_the_payroll_editors_hear_of_it(connected: Connection) -> None:
    manager = member(connected.entity, Role.Preset.PAYROLL_MANAGER)
    tokens.refused(connected.login, REFUSED)
    assert mailed() == [manager.email]


@pytest.mark.django_db
def test_a_sign_in_that_nobody_uses_any_more_tells_nobody() -> None:
    login = LoginFactory()
    tokens.refused(login, REFUSED)
    login.refresh_from_db()
    assert (login.state, mailed()) == (LoketLogin.State.SIGN_IN_NEEDED, [])
