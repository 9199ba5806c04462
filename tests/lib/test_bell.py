"""The doorbell: a broker that is away, or that hangs, holds nobody up for long and raises nothing."""

import logging
import threading
from collections.abc import Callable

import pytest
from kombu.exceptions import OperationalError

from loket_portal.lib import bell

Rung = list[tuple[str, tuple[int, ...]]]


class Broker:
    """Takes what is sent, or does what a test says."""

    def __init__(self, act: Callable[[], None] = lambda: None) -> None:
        self.rung: Rung = []
        self.act = act

    def send_task(self, task: str, args: tuple[int, ...], retry: bool, **when: float) -> None:
        assert not retry
        self.when = when
        self.act()
        self.rung.append((task, args))


@pytest.fixture(autouse=True)
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every transaction commits at once."""
    monkeypatch.setattr(bell.transaction, "on_commit", lambda then: then())


def use(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Broker:
    monkeypatch.setattr(bell, "current_app", broker)
    return broker


def test_a_ring_has_been_sent_when_it_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = use(Broker(), monkeypatch)
    bell.ring("sync.tasks.execute", 7)
    assert broker.rung == [("sync.tasks.execute", (7,))]


def test_a_ring_may_be_for_later_and_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = use(Broker(), monkeypatch)
    bell.ring("sync.tasks.execute", 7, countdown=12.5, expires=30)
    assert (broker.rung, broker.when) == ([("sync.tasks.execute", (7,))], {"countdown": 12.5, "expires": 30})


def test_a_broker_that_is_away_is_told_to_the_log_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise OperationalError

    use(Broker(refuse), monkeypatch)
    with caplog.at_level(logging.WARNING):
        bell.ring("sync.tasks.execute", 7)
    assert "the sweeper will ring sync.tasks.execute again" in caplog.text


@pytest.mark.parametrize(("ring", "patience"), [(bell.ring, 0.01), (bell.ring_aside, 3600)])
def test_a_broker_that_hangs_is_not_waited_for(
    ring: Callable[[str, int], None], patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken, sent = threading.Event(), threading.Event()

    def hang() -> None:
        woken.wait(60)
        sent.set()

    use(Broker(hang), monkeypatch)
    monkeypatch.setattr(bell, "PATIENCE", patience)
    ring("sync.tasks.execute", 7)
    assert not sent.is_set(), "it returned before the broker answered"
    woken.set()
    assert sent.wait(60)
