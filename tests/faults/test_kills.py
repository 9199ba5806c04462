"""kill -9 in the middle of a push, at seeded points: it goes on by itself, and Loket ends up as the file says (D5, D6).

A kill counts only when a call was in flight. What was in flight may have been done before anybody knew: so many writes, and
no more, may be made twice.
"""

from collections.abc import Callable

import pytest

from tests.faults.field import Field, Kill, points
from tests.faults.figures import Figures, spread
from tests.faults.services import SHIPPED, Services

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 200
EACH = 5
"""Kills in one test; four tests of each kind make twenty."""


def kill_worker(services: Services) -> None:
    services.kill("worker")
    services.bring_up("worker")


def kill_all(services: Services) -> None:
    services.kill("worker", "beat", "web")
    services.bring_up("worker", "beat", "web")


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Services], None]]] = {
    "pool child": (("worker", "beat"), Services.kill_working_child),
    "worker": (("worker", "beat"), kill_worker),
    "worker, beat and web": (("worker", "beat", "web"), kill_all),
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_push_finishes_by_itself_and_writes_nothing_twice(
    field: Field, figures: Figures, kind: str, seed: int
) -> None:
    names, kill = KINDS[kind]
    kills: list[Kill] = []
    pauses, needless = [], 0
    with field.running(*names) as services:
        for point in points(seed, 2 * EACH, PEOPLE):
            push = field.push()
            struck = field.kill_at(push, point, lambda: kill(services))
            push.until_end()
            push.assert_whole()
            if struck is None or not push.has_been_taken_over(struck):
                continue
            kills.append(struck)
            pauses.append(push.pause_after(struck))
            assert push.needless() <= struck.in_flight
            needless += push.needless()
            if len(kills) == EACH:
                break
    assert len(kills) == EACH, "the other kills struck nothing"
    figures(f"kill -9 of the {kind}, after so many of {PEOPLE} writes", ", ".join(str(one.writes) for one in kills))
    figures("calls in flight", ", ".join(str(one.in_flight) for one in kills))
    figures("until the next write", spread(pauses))
    figures("needless writes", needless)


def test_with_the_shipped_times_a_dead_workers_push_is_taken_over_within_90_seconds(
    field: Field, figures: Figures
) -> None:
    with field.running("worker", "beat", **SHIPPED) as services:
        push = field.push()
        services.ring(push.run.pk)
        struck = field.kill_at(push, PEOPLE // 2, services.kill_working_child)
        assert struck is not None, push.said()
        push.until_end(seconds=120)
        push.assert_whole()
        assert push.has_been_taken_over(struck)
    pause = push.pause_after(struck)
    figures("lease 60 s, sweep 30 s: kill -9 of the pool child until somebody went on", f"{pause:.1f} s")
    figures("needless writes", push.needless())
    assert 1 < pause <= 90
    assert push.needless() <= struck.in_flight
