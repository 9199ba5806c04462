"""Sixteen workers in four processes share a sign-in whose tokens live two seconds and whose refresh tokens work once (D11)."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.db import connections
from django.utils import timezone

from loket_portal.lib.errors import Retryable, SyncError
from loket_portal.loket.errors import SignInNeeded
from loket_portal.simulator import Options, Simulator, create_simulator
from onboarding.models import Connection, LoginTokens, LoketLogin, Mail
from onboarding.services import tokens
from tests.factories import ConnectionFactory, LoginFactory, member
from tests.faults.processes import all_of, environment

LIFE, SECONDS, PROCESSES, THREADS = 2, 8, 4, 4


@pytest.fixture
def quick_tokens(settings: LazySettings) -> Iterator[Simulator]:
    options = Options(
        client_id=settings.LOKET_CLIENT_ID, client_secret=settings.LOKET_CLIENT_SECRET, token_life=LIFE, latency=5
    )
    with create_simulator(options) as running:
        settings.LOKET_API_URL, settings.LOKET_OAUTH_URL = f"{running.url}/v2", running.url
        yield running


def expired(simulator: Simulator, login: LoketLogin) -> None:
    """The sign-in has a pair of the simulator's whose access token is over."""
    pair = simulator.keys.grant()
    LoginTokens.objects.filter(login=login).update(
        access_token=pair["access_token"], refresh_token=pair["refresh_token"], expires_at=timezone.now(), life=LIFE
    )


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_no_401_reaches_anybody_and_no_refresh_token_is_used_twice(quick_tokens: Simulator) -> None:
    login = LoginFactory(environment="simulator")
    expired(quick_tokens, login)
    workers = [[login.pk, SECONDS, THREADS]] * PROCESSES
    seen = Counter[str]()
    began_at = time.monotonic()
    for process in all_of("tests.faults.token_user", workers, environment(), SECONDS + 60):
        assert process["ok"], "each process had its share"
        seen += Counter(process)

    most = 1 + (time.monotonic() - began_at) / (LIFE * 0.75)  # each token is used for three quarters of its life
    entries = quick_tokens.log.all()
    refreshes = Counter(entry["status"] for entry in entries if entry["path"] == "/token")
    refused = sum(entry["status"] == 401 for entry in entries)
    print(f"\n{seen['ok']} calls, {refused} answered by 401 and repeated, refreshes by status: {dict(refreshes)}")
    assert set(seen) <= {"ok", "repeats"}, seen
    assert set(refreshes) == {200}, "a refresh token that comes twice is refused"
    assert SECONDS // LIFE - 1 <= refreshes[200] <= most, "renewed as often as the tokens ended, not by everybody"
    assert refused <= len(entries) / 20
    login.refresh_from_db()
    assert login.state == LoketLogin.State.ACTIVE
    assert LoginTokens.objects.get(login=login).version == 1 + refreshes[200]


def ask(login: LoketLogin) -> str:
    """What one of many gets that want a token at the same moment: the name of the error, or "token"."""
    try:
        return "token" if tokens.source(login).access_token() else ""
    except SyncError as error:
        return type(error).__name__
    finally:
        connections.close_all()


def all_ask(login: LoketLogin) -> Counter[str]:
    with ThreadPoolExecutor(16) as threads:
        return Counter(threads.map(ask, [login] * 16))


def used(connection: Connection) -> LoketLogin:
    member(connection.entity)
    return connection.login


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_a_refresh_that_came_too_late_to_be_done_is_done_once_more(quick_tokens: Simulator) -> None:
    login = used(ConnectionFactory())
    expired(quick_tokens, login)
    quick_tokens.faults.plan(action="drop_before", path="/token")
    assert all_ask(login) == {"token": 16}
    assert Mail.objects.count() == 0


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_a_lost_answer_at_a_server_that_forgives_nothing_asks_once_to_sign_in_again(quick_tokens: Simulator) -> None:
    """The refresh token was used up by what nobody has seen: one mail, few calls, and nothing is deleted."""
    login = used(ConnectionFactory())
    expired(quick_tokens, login)
    before = LoginTokens.objects.get(login=login)
    quick_tokens.faults.plan(action="drop_after", path="/token")
    assert all_ask(login) == {SignInNeeded.__name__: 16}
    assert all_ask(login) == {SignInNeeded.__name__: 16}
    asked = [entry for entry in quick_tokens.log.all() if entry["path"] == "/token"]
    assert len(asked) <= 3
    assert Mail.objects.filter(kind="sign_in_needed").count() == 1
    after = LoginTokens.objects.get(login=login)
    assert (after.access_token, after.refresh_token) == (before.access_token, before.refresh_token)


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_server_that_is_too_busy_is_asked_once_and_nobody_has_to_sign_in(quick_tokens: Simulator) -> None:
    login = used(ConnectionFactory())
    expired(quick_tokens, login)
    quick_tokens.faults.plan(action="status", status=429, path="/token")
    assert ask(login) == Retryable.__name__
    assert ask(login) == "token"
    assert Mail.objects.count() == 0
