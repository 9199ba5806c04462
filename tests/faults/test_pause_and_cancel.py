"""Pause and cancel in the middle of a push: what is in flight ends, nothing is begun after it, and a pause goes on (D6)."""

import time
from collections.abc import Callable

import pytest

from sync.models import Run
from sync.services import approvals
from tests.faults.field import Field, Push
from tests.faults.figures import Figures

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, MIDDLE = 200, 60
SWEEPS = 3


def stopped(push: Push, say: Callable[[Run, None], Run], state: Run.State) -> tuple[int, float]:
    """Says it in the middle; how many were written between the word and the end, and how long that took."""
    assert push.until_writes(MIDDLE), push.said()
    before, said_at = len(push.company.writes()), time.monotonic()
    say(push.run, None)
    push.until(lambda run: run.state not in (Run.State.QUEUED, Run.State.RUNNING))
    took, written = time.monotonic() - said_at, len(push.company.writes())
    assert push.run.state == state, push.said()
    assert push.company.simulator.traffic.now[""] == 0, "no call is under way any more"
    assert push.open_operations() == 0, "what was in flight has its outcome"
    time.sleep(SWEEPS)
    assert len(push.company.writes()) == written, "nothing is begun after it"
    assert push.fresh().state == state
    return written - before, took


def test_a_pause_holds_and_goes_on_and_a_cancel_ends(field: Field, figures: Figures) -> None:
    with field.running("worker", "beat"):
        paused = field.push()
        late, took = stopped(paused, approvals.pause, Run.State.PAUSED)
        assert sum(paused.written().values()) < PEOPLE
        approvals.resume(paused.run, None)
        paused.until_end()
        paused.assert_whole()
        assert paused.needless() == 0
        figures("a pause: held after", f"{took:.1f} s and {late} writes; needless writes after it went on 0")

        ended = field.push()
        late, took = stopped(ended, approvals.cancel, Run.State.CANCELLED)
        assert_each_is_old_or_new(ended)
        figures("a cancel: ended after", f"{took:.1f} s and {late} writes")

        rest = field.start()  # the next run does what is left, and only that
        rest.until_end()
        rest.assert_whole()
        assert rest.needless() == 0
        assert sum(rest.written().values()) == PEOPLE


def assert_each_is_old_or_new(push: Push) -> None:
    """Whoever was written has what the file says, everybody else is as before."""
    found, wanted = push.company.state()["employees"], push.company.wanted()["employees"]
    before = push.company.before["employees"]
    new = sum(found[number] == wanted[number] for number in found)
    assert new == sum(push.written().values())
    assert all(found[number] in (wanted[number], before[number]) for number in found)
