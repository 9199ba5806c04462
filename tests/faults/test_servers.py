"""Redis is only a doorbell, PostgreSQL may be restarted, a message may come twice: one effect (D6)."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loket_portal.simulator import Simulator
from tests.faults.database import own_database
from tests.faults.field import Field, lay_out
from tests.faults.figures import Figures
from tests.faults.services import Services

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 200
IN_THE_MIDDLE = PEOPLE // 3


def away_for(seconds: float) -> Callable[[Services], None]:
    """Redis ends, and is started again so many seconds later."""

    def fault(services: Services) -> None:
        services.children["redis"].stop()
        time.sleep(seconds)
        services.restart("redis")

    return fault


def lost(services: Services) -> None:
    """Redis is killed and comes back with nothing."""
    services.kill("redis")
    for path in (services.machine.folder / "redis").rglob("*.*"):
        path.unlink()
    services.restart("redis")


FAULTS: dict[str, Callable[[Services], None]] = {
    "flushed": Services.flush,
    "away for 3 seconds": away_for(3),
    "away for 30 seconds": away_for(30),
    "killed, and empty when it comes back": lost,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_ends_as_planned_though_redis_is(field: Field, figures: Figures, fault: str) -> None:
    with field.running("worker", "beat") as services:
        push = field.push()
        struck = field.kill_at(push, IN_THE_MIDDLE, lambda: FAULTS[fault](services))
        assert struck is not None, push.said()
        push.until_end()
        push.assert_whole()
        next_one = field.push()  # the beat and the worker have found Redis again
        next_one.until_end()
        next_one.assert_whole()
    figures(f"Redis {fault} after {IN_THE_MIDDLE} writes: whole", f"{push.took():.1f} s after the first write")
    figures("needless writes", push.needless())
    figures("services that ended by themselves and were started again", ", ".join(services.revived) or "none")
    assert push.needless() <= struck.in_flight


@pytest.mark.parametrize("how", ["restarted", "killed"])
def test_a_push_ends_as_planned_though_postgresql_is(
    transactional_db: None, loket: Simulator, tmp_path: Path, figures: Figures, how: str
) -> None:
    with own_database() as server:
        field = lay_out(loket, tmp_path, PEOPLE)
        with field.running("worker", "beat", "web") as services:
            push = field.push()

            def fault() -> None:
                server.kill() if how == "killed" else server.stop()
                server.start()
                server.wait()
                field.found_again()

            struck = field.kill_at(push, IN_THE_MIDDLE, fault)
            assert struck is not None, push.said()
            push.until_end()
            push.assert_whole()
            assert services.children["web"].is_healthy(), "web has found it again"
            written = sum(push.written().values())
            journal = push.run.operations.count()
    figures(f"PostgreSQL {how} after {IN_THE_MIDDLE} writes: whole", f"{push.took():.1f} s after the first write")
    figures("needless writes", push.needless())
    assert push.needless() <= struck.in_flight
    assert journal >= written, "every write that Loket took stands in the journal"


def test_a_message_that_comes_twice_to_three_workers_has_one_effect(field: Field, figures: Figures) -> None:
    with field.running() as services:
        push = field.push()
        services.ring(push.run.pk, times=3)
        assert services.double() == 6
        services.start_service("worker", "worker.2", "worker.3")
        assert push.until_writes(IN_THE_MIDDLE), push.said()
        services.ring(push.run.pk, times=6)  # late ones too
        services.double()
        push.until_end()
        push.assert_whole()
        services.ring(push.run.pk, times=6)  # and those that come after the end
        after = services.drained()
    assert after, "the messages were taken by somebody"
    assert set(push.written().values()) == {1}
    assert sum(push.written().values()) == PEOPLE
    assert push.fresh().operations.count() == PEOPLE
    figures(f"18 and more messages for one push of {PEOPLE}, three workers: writes", sum(push.written().values()))
