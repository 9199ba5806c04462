"""One writer of tokens (rule 33): one refresh however many ask, and no sign-in is lost by a race or a lost answer."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from loket_portal.loket.auth import LEASE, Tokens, TokenSource
from loket_portal.loket.errors import ConfigProblem, Retryable, SignInNeeded
from loket_portal.simulator import Simulator
from tests.loket.helpers import MemoryTokenStore, oauth, sign_in

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def pair(number: int, life: int = 3599) -> Tokens:
    return Tokens(f"access-{number}", f"refresh-{number}", NOW + timedelta(seconds=life), 0)


class FakeOAuth:
    """Rotating single-use refresh tokens, as strict as a server can be; `before` runs inside each refresh."""

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.before, self.lock = before, threading.Lock()
        self.number = self.asked = 0
        self.is_revoked = False

    def refresh(self, tokens: Tokens) -> Tokens:
        with self.lock:
            self.asked += 1
        self.before()
        with self.lock:
            if self.is_revoked or tokens.refresh_token != f"refresh-{self.number}":
                raise SignInNeeded("invalid_grant", detail="invalid_grant")
            self.number += 1
            return replace(pair(self.number), version=tokens.version)


def source(store: MemoryTokenStore, server, sleep: Callable[[float], object] = lambda seconds: None) -> TokenSource:
    return TokenSource(store, server, clock=lambda: NOW, sleep=sleep)


def test_a_token_with_enough_life_is_used_as_it_is() -> None:
    server = FakeOAuth()
    assert source(MemoryTokenStore(pair(0, life=301)), server).access_token() == "access-0"
    assert server.asked == 0


def test_a_token_is_renewed_five_minutes_before_its_end() -> None:
    store, server = MemoryTokenStore(pair(0, life=299)), FakeOAuth()
    assert source(store, server).access_token() == "access-1"
    assert store.read().version == 1
    assert store.lease is None


@pytest.mark.parametrize("life", [-10, 20])
def test_sixteen_threads_cause_exactly_one_refresh(life: int) -> None:
    """All find a token that can't be used any more, at the same moment."""
    store, start = MemoryTokenStore(pair(0, life)), threading.Barrier(16)
    server = FakeOAuth()

    def ask(_: int) -> str:
        start.wait()
        return TokenSource(store, server, clock=lambda: NOW).access_token()  # type: ignore[arg-type]

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(ask, range(16))) == {"access-1"}
    assert server.asked == 1
    assert [tokens.version for tokens in store.history] == [0, 1]


def test_sixteen_threads_with_a_401_cause_exactly_one_refresh() -> None:
    store, server, start = MemoryTokenStore(pair(0)), FakeOAuth(), threading.Barrier(16)

    def ask(_: int) -> str:
        start.wait()
        return TokenSource(store, server, clock=lambda: NOW).after_401("access-0")  # type: ignore[arg-type]

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(ask, range(16))) == {"access-1"}
    assert server.asked == 1


def test_sixteen_threads_at_a_real_token_endpoint(simulator: Simulator) -> None:
    """Over HTTP, where the simulator revokes everything when a refresh token comes twice."""
    tokens = sign_in(simulator.url)
    store, start = MemoryTokenStore(replace(tokens, expires_at=datetime.now(UTC))), threading.Barrier(16)

    def ask(_: int) -> str:
        start.wait()
        return TokenSource(store, oauth(simulator.url)).access_token()

    with ThreadPoolExecutor(16) as threads:
        got = set(threads.map(ask, range(16)))
    grants = [item["request_body"]["grant_type"] for item in simulator.exchanges if item["path"] == "/token"]
    assert grants == ["authorization_code", "refresh_token"]
    assert got == {store.read().access_token}


def test_who_loses_goes_on_with_a_token_that_still_works() -> None:
    """Nobody waits for the renewal of a token that has two minutes left."""
    store, in_refresh, go_on = MemoryTokenStore(pair(0, life=120)), threading.Event(), threading.Event()

    def slow() -> None:
        in_refresh.set()
        assert go_on.wait(10)

    server = FakeOAuth(slow)
    with ThreadPoolExecutor(1) as thread:
        winner = thread.submit(source(store, server).access_token)
        assert in_refresh.wait(10)
        assert source(store, server).access_token() == "access-0"
        go_on.set()
        assert winner.result(10) == "access-1"
    assert server.asked == 1


def test_the_new_pair_is_stored_before_it_is_used() -> None:
    """A store that fails gives nobody the new token."""
    store, server = MemoryTokenStore(pair(0, life=-1)), FakeOAuth()
    store.store = lambda *args: (_ for _ in ()).throw(OSError("disk full"))  # type: ignore[method-assign]
    with pytest.raises(OSError, match="disk full"):
        source(store, server).access_token()
    assert store.lease is None


def test_a_lost_answer_is_asked_for_once_more() -> None:
    lost = iter([True, False])

    def drop() -> None:
        if next(lost):
            raise Retryable("no answer")

    store, server = MemoryTokenStore(pair(0, life=-1)), FakeOAuth(drop)
    assert source(store, server).access_token() == "access-1"
    assert server.asked == 2


def test_two_lost_answers_are_tried_again_later_and_free_the_lease() -> None:
    def drop() -> None:
        raise Retryable("no answer")

    store, server = MemoryTokenStore(pair(0, life=-1)), FakeOAuth(drop)
    with pytest.raises(Retryable):
        source(store, server).access_token()
    assert server.asked == 2
    assert store.lease is None
    assert store.refused == [], "nobody has to sign in again for that"


def test_an_invalid_grant_after_a_lost_race_uses_the_winner_s_token() -> None:
    store = MemoryTokenStore(pair(0, life=-1))
    server = FakeOAuth(lambda: store.history.append(replace(pair(5), version=1)))  # somebody else was faster
    server.is_revoked = True
    assert source(store, server).access_token() == "access-5"
    assert store.refused == []


def test_the_winner_gets_two_seconds_to_store_its_pair() -> None:
    store, server, waits = MemoryTokenStore(pair(0, life=-1)), FakeOAuth(), []
    server.is_revoked = True

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        store.history.append(replace(pair(5), version=1))

    assert source(store, server, sleep).access_token() == "access-5"
    assert waits == [2]


def test_a_dead_sign_in_is_marked_once_and_nothing_is_deleted() -> None:
    store, server = MemoryTokenStore(pair(0, life=-1)), FakeOAuth()
    server.is_revoked = True
    for _ in range(3):
        with pytest.raises(SignInNeeded):
            source(store, server).access_token()
    assert store.refused == ["invalid_grant"]
    assert server.asked == 1, "Loket is not hammered"
    assert store.history == [pair(0, life=-1)]
    assert store.lease is None


def test_a_wrong_application_is_not_a_dead_sign_in() -> None:
    def refuse() -> None:
        raise ConfigProblem("invalid_client")

    store = MemoryTokenStore(pair(0, life=-1))
    with pytest.raises(ConfigProblem):
        source(store, FakeOAuth(refuse)).access_token()
    assert store.refused == []
    assert store.lease is None


def test_the_lease_of_a_dead_refresher_ends() -> None:
    store, server = MemoryTokenStore(pair(0, life=-1)), FakeOAuth()
    assert store.take_lease(0, "a worker that was killed", LEASE)
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if sum(waited) > LEASE:
            store.lease = ("a worker that was killed", 0)  # it ran out meanwhile

    assert source(store, server, sleep).access_token() == "access-1"
    assert sum(waited) > LEASE


def test_waiting_for_another_s_refresh_has_an_end() -> None:
    store, server = MemoryTokenStore(pair(0, life=-1)), FakeOAuth()
    store.take_lease = lambda *args: False  # type: ignore[method-assign]
    with pytest.raises(Retryable):
        source(store, server).access_token()
    assert server.asked == 0


def test_who_lost_its_lease_takes_the_pair_that_counts() -> None:
    """So slow that the lease ended and somebody else stored a pair."""
    store = MemoryTokenStore(pair(0, life=-1))

    def overtaken() -> None:
        store.lease = None
        store.history.append(replace(pair(7), version=1))

    assert source(store, FakeOAuth(overtaken)).access_token() == "access-7"
    assert [tokens.access_token for tokens in store.history] == ["access-0", "access-7"]


def test_a_401_with_a_token_that_was_replaced_already_refreshes_nothing() -> None:
    server = FakeOAuth()
    assert source(MemoryTokenStore(pair(3)), server).after_401("access-2") == "access-3"
    assert server.asked == 0


def test_a_401_refreshes_a_token_that_looked_good() -> None:
    assert source(MemoryTokenStore(pair(0)), FakeOAuth()).after_401("access-0") == "access-1"


def test_tokens_do_not_show_themselves() -> None:
    assert "access-0" not in repr(pair(0))
    assert "refresh-0" not in f"{pair(0)!s} {[pair(0)]}"


@pytest.mark.parametrize(("left", "asked"), [(0.6, 0), (0.4, 1)])
def test_a_token_of_a_short_life_is_renewed_in_its_last_quarter(left: float, asked: int) -> None:
    tokens = replace(pair(0), expires_at=NOW + timedelta(seconds=left), life=2)
    server = FakeOAuth()
    source(MemoryTokenStore(tokens), server).access_token()
    assert server.asked == asked


def test_while_somebody_renews_a_token_of_a_short_life_the_others_use_it_to_its_last_tenth() -> None:
    store = MemoryTokenStore(replace(pair(0), expires_at=NOW + timedelta(seconds=0.3), life=2))
    assert store.take_lease(0, "somebody", LEASE)
    assert source(store, FakeOAuth()).access_token() == "access-0"


def test_a_pair_that_was_read_is_not_read_again_with_every_call() -> None:
    store, reads = MemoryTokenStore(pair(0)), []
    read, store.read = store.read, lambda: reads.append(1) or read()  # type: ignore[method-assign,func-returns-value]
    tokens = source(store, FakeOAuth())
    assert {tokens.access_token() for _ in range(100)} == {"access-0"}
    assert len(reads) == 1


def test_after_a_401_and_after_a_refresh_it_is_read_anew() -> None:
    store, server = MemoryTokenStore(pair(0)), FakeOAuth()
    tokens = source(store, server)
    assert tokens.access_token() == "access-0"
    assert tokens.after_401("access-0") == "access-1"
    assert tokens.access_token() == "access-1", "what it knew is over"
    store.history.append(replace(pair(5), version=2))
    assert tokens.after_401("access-1") == "access-5"
    assert tokens.access_token() == "access-5"
    assert server.asked == 1


def test_who_waited_for_a_refresh_that_was_refused_asks_nobody_again() -> None:
    store, server = MemoryTokenStore(pair(0, life=-1)), FakeOAuth()
    tokens, taken = source(store, server), store.take_lease

    def take_after_the_refusal(version: int, holder: str, seconds: int) -> bool:
        store.refused.append("invalid_grant")
        return taken(version, holder, seconds)

    store.take_lease = take_after_the_refusal  # type: ignore[method-assign]
    with pytest.raises(SignInNeeded):
        tokens.access_token()
    assert server.asked == 0
    assert store.lease is None


def test_a_server_that_says_how_long_to_wait_is_not_asked_at_once_again() -> None:
    def busy() -> None:
        raise Retryable("too busy", retry_after=30)

    server = FakeOAuth(busy)
    with pytest.raises(Retryable):
        source(MemoryTokenStore(pair(0, life=-1)), server).access_token()
    assert server.asked == 1
