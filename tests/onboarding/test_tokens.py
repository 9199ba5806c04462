"""The one writer of tokens (D11, rule 33): on PostgreSQL, and with TEST_DATABASE=sqlite as the demo has it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from loket_portal.loket.auth import Tokens, TokenSource
from loket_portal.loket.errors import SignInNeeded
from onboarding.models import LoginTokens
from onboarding.services.tokens import LoginTokenStore
from tests.factories import LoginFactory

THREADS = 16


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
